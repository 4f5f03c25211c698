"""The autoencoder against a plain computation in float64, one step of it by autograd, and what is random in it."""

import numpy as np
import pytest
import torch

from core.networks.autoencoder import Autoencoder, Corruption
from core.networks.batches import bags_of
from core.networks.optimiser import Rule

WORDS, DIMENSIONS, HIDDEN = 7, 4, 5
TEXTS = [[0, 1, 1, 5], [6], [2, 3, 4, 2, 2]]
BATCH = bags_of(np.concatenate(TEXTS).astype(np.int64), np.array([4, 1, 5]), WORDS)
INVERSE = np.linspace(1, 2, WORDS).astype(np.float32)


def weights_of(tied=False, layers=0):
    rng = np.random.default_rng(5)
    shapes = {"decoder": (WORDS, DIMENSIONS), "decoder_bias": (WORDS,), "encoder_bias": (DIMENSIONS,)}
    shapes |= {} if tied else {"encoder": (WORDS, DIMENSIONS)}
    if layers:
        shapes |= {"hidden_1": (HIDDEN, DIMENSIONS), "hidden_1_bias": (HIDDEN,)}
        shapes |= {"hidden_2": (DIMENSIONS, HIDDEN), "hidden_2_bias": (DIMENSIONS,)}
    return {name: (rng.normal(size=shape) / 2).astype(np.float32) for name, shape in shapes.items()}


def make(weights, log_counts=True, known=None, **corruption):
    return Autoencoder(weights, {}, Rule("sgd"), INVERSE, known, log_counts, Corruption(**corruption))


def plain_loss(leaves, log_counts=True):
    """The sum of −log p of the words of documents, a document and a word at a time."""
    total = 0.0
    for text in TEXTS:
        words, counts = np.unique(text, return_counts=True)
        share = (1 + np.log(counts) if log_counts else counts) * INVERSE[words].astype(np.float64)
        share *= np.sqrt(DIMENSIONS / (share**2).sum())
        reader = leaves.get("encoder", leaves["decoder"])
        units = torch.tanh(sum(s * reader[w] for s, w in zip(share, words, strict=True)) + leaves["encoder_bias"])
        for layer in (1, 2) if "hidden_1" in leaves else ():
            units = torch.tanh(leaves[f"hidden_{layer}"] @ units + leaves[f"hidden_{layer}_bias"])
        logs = torch.log_softmax(leaves["decoder"] @ units + leaves["decoder_bias"], dim=0)
        total = total - sum(logs[word] for word in text)
    return total


@pytest.mark.parametrize(("tied", "layers", "log_counts"), [(False, 0, True), (True, 0, False), (False, 1, True)])
def test_losses_and_one_step_against_a_plain_computation(tied, layers, log_counts):
    weights = weights_of(tied, layers)
    leaves = {name: torch.tensor(array, dtype=torch.float64, requires_grad=True) for name, array in weights.items()}
    expected = plain_loss(leaves, log_counts)
    (expected / sum(map(len, TEXTS))).backward()  # the mean over words
    network = make(weights, log_counts)
    measured = network.measure(BATCH)
    assert measured.loss == pytest.approx(float(expected.detach()), rel=1e-6)
    assert measured.examples == 10
    assert network.learn(BATCH, 0.5, seed=1, number=1).loss == pytest.approx(float(expected.detach()), rel=1e-6)
    for name, array in weights.items():  # changed in place
        after = leaves[name].detach() - 0.5 * leaves[name].grad
        np.testing.assert_allclose(array, after.numpy(), rtol=1e-5, atol=1e-6, err_msg=name)


def test_what_is_dropped_is_the_seeds_choice_and_dropped_from_reading_only():
    network = make(weights_of(), denoising=0.5, dropout=0.3)
    whole = network.measure(BATCH).loss
    losses = [network.gradients(BATCH, seed)[0] for seed in (1, 1, 2)]
    assert losses[0].loss == losses[1].loss != losses[2].loss
    assert all(found.loss != whole and found.examples == 10 for found in losses)
    assert network.measure(BATCH).loss == whole
    # A document of which nothing is read is told from the bias alone: no word's row of the encoder learns.
    _, gradients = make(weights_of(), denoising=1.0).gradients(BATCH, 1)
    assert not gradients["encoder"].value.any()
    assert gradients["decoder"].value.any()


def test_dropout_keeps_the_size_of_the_units():
    network, units = make(weights_of(), dropout=0.25), torch.ones(400, 50)
    thinned = network._thinned(units, torch.Generator().manual_seed(1))
    assert sorted(set(thinned.flatten().tolist())) == [0, pytest.approx(4 / 3)]
    assert float(thinned.mean()) == pytest.approx(1, abs=0.02)


def test_words_never_seen_are_not_measured():
    known = np.ones(WORDS, np.bool_)
    known[[6, 3]] = False
    network = make(weights_of(), known=known)
    assert network.measure(BATCH).examples == 8
    without = bags_of(np.array([0, 1, 1, 5, 2, 4, 2, 2]), np.array([4, 4]), WORDS)
    assert network.measure(BATCH).loss == network.measure(without).loss
