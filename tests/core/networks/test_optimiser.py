"""One step of each optimiser against torch's own, and of shrinking and clipping by hand."""

import pytest
import torch

from core.networks.optimiser import Gradient, Rule, clip, descend, only

OURS = {"sgd": 0, "adagrad": 1, "adam": 2}
THEIRS = {"sgd": torch.optim.SGD, "adagrad": torch.optim.Adagrad, "adam": torch.optim.AdamW}


def tensors(count, shape=(5, 3)):
    generator = torch.Generator().manual_seed(7)
    return [torch.randn(shape, generator=generator) for _ in range(count)]


@pytest.mark.parametrize("name", OURS)
def test_steps_are_those_of_torch(name):
    weight, *gradients = tensors(5)
    theirs = weight.clone().requires_grad_()
    more = {"weight_decay": 0.0} if name == "adam" else {}
    optimiser = THEIRS[name]([theirs], lr=0.1, **more)
    moments = [torch.zeros_like(weight) for _ in range(OURS[name])]
    for number, gradient in enumerate(gradients, 1):
        theirs.grad = gradient
        optimiser.step()
        descend(weight, moments, Gradient(gradient.clone()), Rule(name), 0.1, number)
        torch.testing.assert_close(weight, theirs.detach(), rtol=1e-5, atol=1e-6)


def test_decay_is_apart_from_the_gradient_as_in_adamw():
    weight, gradient = tensors(2)
    theirs = weight.clone().requires_grad_()
    theirs.grad = gradient
    torch.optim.AdamW([theirs], lr=0.1, weight_decay=0.3).step()
    moments = [torch.zeros_like(weight) for _ in range(2)]
    descend(weight, moments, Gradient(gradient), Rule("adam", l2=0.3), 0.1, 1)
    torch.testing.assert_close(weight, theirs.detach())


@pytest.mark.parametrize("name", OURS)
def test_rows_change_as_if_they_were_all_and_the_others_not_at_all(name):
    weight, gradient = tensors(2)
    moments = [torch.full_like(weight, 0.5) for _ in range(OURS[name])]
    before = weight.clone()
    rows = torch.tensor([3, 1])
    alone, their_moments = weight[rows].clone(), [moment[rows].clone() for moment in moments]
    descend(alone, their_moments, Gradient(gradient[rows]), Rule(name), 0.1, 4)
    descend(weight, moments, Gradient(gradient[rows], rows), Rule(name), 0.1, 4)
    assert torch.equal(weight[rows], alone)
    assert all(torch.equal(moment[rows], part) for moment, part in zip(moments, their_moments, strict=True))
    others = torch.tensor([0, 2, 4])
    assert torch.equal(weight[others], before[others])
    assert all(bool((moment[others] == 0.5).all()) for moment in moments)


def test_shrinking_by_hand():
    weight = torch.tensor([1.0, -0.5, 0.01, 0.0])
    descend(weight, [], Gradient(torch.zeros(4)), Rule("sgd", l1=0.2, l2=1.0), 0.1, 1)
    # A tenth less, then .02 nearer to zero.
    torch.testing.assert_close(weight, torch.tensor([0.88, -0.43, 0.0, 0.0]))
    bias = torch.ones(2)
    descend(bias, [], Gradient(torch.zeros(2)), Rule("sgd", l1=0.2, l2=1.0), 0.1, 1, shrinks=False)
    assert bias.tolist() == [1, 1]


def test_clipping_by_hand():
    gradients = [Gradient(torch.tensor([3.0, 0.0])), Gradient(torch.tensor([[4.0]]))]
    clip(gradients, 10)
    assert gradients[0].value.tolist() == [3, 0]
    clip(gradients, 1)
    torch.testing.assert_close(gradients[0].value, torch.tensor([0.6, 0.0]))
    torch.testing.assert_close(gradients[1].value, torch.tensor([[0.8]]))


def test_only_the_rows_that_may_move():
    value = torch.arange(6.0).reshape(3, 2)
    moving = torch.tensor([True, False, True, True])
    part = only(Gradient(value, torch.tensor([1, 3, 0])), moving)
    assert part.rows.tolist() == [3, 0]
    assert part.value.tolist() == [[2, 3], [4, 5]]
    whole = only(Gradient(torch.arange(8.0).reshape(4, 2)), moving)
    assert whole.rows.tolist() == [0, 2, 3]
    assert whole.value.tolist() == [[0, 1], [4, 5], [6, 7]]
