"""Losses and gradients of the softmax over words against autograd, however few documents are taken at a time."""

import numpy as np
import pytest
import torch

from core.networks import multinomial as module
from core.networks.batches import bags_of
from core.networks.multinomial import multinomial

WORDS = np.array([2, 0, 2, 5, 1, 1, 1, 4, 0], np.int64)
LENGTHS = np.array([3, 1, 5], np.int64)


def test_bags_by_hand():
    bags = bags_of(WORDS, LENGTHS, 6)
    assert bags.starts.tolist() == [0, 2, 3, 6]
    assert bags.words.tolist() == [0, 2, 5, 0, 1, 4]
    assert bags.counts.tolist() == [1, 2, 1, 1, 3, 1]


@pytest.mark.parametrize("cells", [1, 13, 10**6])
def test_against_autograd(monkeypatch, cells):
    monkeypatch.setattr(module, "CELLS", cells)
    generator = torch.Generator().manual_seed(1)
    codes, weight, bias = (torch.randn(shape, generator=generator) for shape in ((3, 4), (6, 4), (6,)))
    loss, found = multinomial(codes, weight, bias, bags_of(WORDS, LENGTHS, 6))
    leaves = [tensor.double().requires_grad_() for tensor in (codes, weight, bias)]
    owners = np.repeat(np.arange(3), LENGTHS)
    logs = torch.log_softmax(leaves[0] @ leaves[1].T + leaves[2], dim=1)
    expected = -logs[owners, WORDS].sum()
    expected.backward()
    assert loss == pytest.approx(float(expected.detach()), rel=1e-6)
    for gradient, leaf in zip(found, leaves, strict=True):
        torch.testing.assert_close(gradient.double(), leaf.grad, rtol=1e-5, atol=1e-6)
    assert multinomial(codes, weight, bias, bags_of(WORDS, LENGTHS, 6), gradients=False) == (loss, None)


def test_words_that_cannot_come_are_not_pushed_away():
    codes, weight = torch.randn(3, 4), torch.randn(8, 4)
    bias = torch.tensor([0.0] * 6 + [-torch.inf] * 2)
    loss, (_, to_weight, to_bias) = multinomial(codes, weight, bias, bags_of(WORDS, LENGTHS, 8))
    alone, _ = multinomial(codes, weight[:6], bias[:6], bags_of(WORDS, LENGTHS, 6))
    assert loss == pytest.approx(alone, rel=1e-6)
    assert not to_weight[6:].any()
    assert not to_bias[6:].any()
