"""The classifier against a plain computation in float64, one step of it by autograd, and what is random in it."""

import numpy as np
import pytest
import torch

from core.networks.batches import Labelled
from core.networks.classifier import Classifier
from core.networks.optimiser import Rule

WORDS, DIMENSIONS, HIDDEN, LABELS = 7, 4, 5, 3
TEXTS = [[0, 1, 1, 5], [6], [2, 3, 1, 2, 2]]
BATCH = Labelled(np.concatenate(TEXTS).astype(np.int64), np.array([0, 4, 5]), np.array([2, 0, 2]))
SHARES = np.array([2.0, 1.0, 0.5], np.float32)


def weights_of(hidden=False):
    rng = np.random.default_rng(5)
    shapes = {"vectors": (WORDS, DIMENSIONS), "outputs": (LABELS, DIMENSIONS), "outputs_bias": (LABELS,)}
    if hidden:
        shapes |= {"hidden_1": (HIDDEN, DIMENSIONS), "hidden_1_bias": (HIDDEN,), "outputs": (LABELS, HIDDEN)}
    return {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def plain_losses(leaves):
    losses, right = [], 0
    for text, label in zip(TEXTS, BATCH.labels, strict=True):
        mean = sum(leaves["vectors"][word] for word in text) / len(text)
        if "hidden_1" in leaves:
            mean = torch.tanh(leaves["hidden_1"] @ mean + leaves["hidden_1_bias"])
        scores = leaves["outputs"] @ mean + leaves["outputs_bias"]
        losses.append(-torch.log_softmax(scores, dim=0)[label])
        right += int(scores.argmax() == label)
    return losses, right


@pytest.mark.parametrize("hidden", [False, True])
def test_losses_and_one_step_against_a_plain_computation(hidden):
    weights = weights_of(hidden)
    leaves = {name: torch.tensor(array, dtype=torch.float64, requires_grad=True) for name, array in weights.items()}
    losses, right = plain_losses(leaves)
    sum(SHARES[label] * loss for label, loss in zip(BATCH.labels, losses, strict=True)).div(3).backward()
    network = Classifier(weights, {}, Rule("sgd"), SHARES)
    measured = network.learn(BATCH, 0.5, seed=1, number=1)
    # What is told is the plain loss, what is followed the weighted one.
    assert measured.loss == pytest.approx(float(sum(losses).detach()), rel=1e-6)
    assert (measured.examples, measured.right) == (3, right)
    for name, array in weights.items():  # changed in place
        after = leaves[name].detach() - 0.5 * leaves[name].grad
        np.testing.assert_allclose(array, after.numpy(), rtol=1e-5, atol=1e-6, err_msg=name)
    after = {name: torch.tensor(array, dtype=torch.float64) for name, array in weights.items()}
    losses, right = plain_losses(after)
    assert network.measure(BATCH).loss == pytest.approx(float(sum(losses).detach()), rel=1e-6)
    assert network.measure(BATCH).right == right


def test_words_that_are_not_met_are_not_touched():
    weights = weights_of()
    before = weights["vectors"].copy()
    Classifier(weights, {}, Rule("sgd", l2=1.0), SHARES).learn(BATCH, 0.5, seed=1, number=1)
    assert (weights["vectors"] == before).all(axis=1).tolist() == [False] * 4 + [True] + [False] * 2


def test_frozen_rows_keep_still_until_they_are_let_go():
    weights = weights_of()
    before = weights["vectors"].copy()
    network = Classifier(weights, {}, Rule("sgd"), SHARES)
    network.freeze("vectors", np.arange(WORDS) < 3)
    network.learn(BATCH, 0.5, seed=1, number=1)
    assert (weights["vectors"] == before).all(axis=1).tolist() == [True] * 3 + [False, True, False, False]
    network.freeze("vectors", np.zeros(0, np.bool_))
    network.learn(BATCH, 0.5, seed=1, number=2)
    assert not (weights["vectors"][:3] == before[:3]).all(axis=1).any()


def test_dropout_is_the_seeds_choice():
    network = Classifier(weights_of(), {}, Rule("sgd"), SHARES, dropout=0.5)
    losses = [network.gradients(BATCH, seed)[0].loss for seed in (1, 1, 2)]
    assert losses[0] == losses[1] != losses[2]
    assert network.measure(BATCH).loss == Classifier(weights_of(), {}, Rule("sgd"), SHARES).measure(BATCH).loss
