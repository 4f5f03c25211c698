"""The kernels of the output layers and optimisers, against autograd and torch's own optimisers."""

import numpy as np
import pytest

from core.kernels.paths import BUSY, EVERY, meeting
from tests.core.kernels.interpreted import assert_as_interpreted
from tests.core.kernels.one_layer import LINE, SETTINGS, SIZE, by_autograd, run, run_paths, sample, start

OUTPUTS = ["negative_sampling", "nce", "hierarchical_softmax", "full_softmax"]
OPTIMISERS = ["sgd", "adagrad", "adam"]
each_model = pytest.mark.parametrize("model", ["skipgram", "cbow"])
each_output = pytest.mark.parametrize("output", OUTPUTS)
each_optimiser = pytest.mark.parametrize("optimiser", OPTIMISERS)


def assert_same(done, expected, tolerance=5e-6):
    np.testing.assert_allclose(done.inputs, expected.inputs, atol=tolerance)
    np.testing.assert_allclose(done.outputs, expected.outputs, atol=tolerance)
    assert done.loss == pytest.approx(expected.loss, rel=1e-5)
    assert done.examples == expected.examples


@each_model
@each_output
@each_optimiser
def test_against_autograd(model, output, optimiser):
    # AdaGrad and Adam divide by the size of a gradient: where it is next to nothing, so is what float32 knows of it.
    assert_same(
        run(model, output, optimiser, **SETTINGS),
        by_autograd(model, output, optimiser, **SETTINGS),
        5e-6 if optimiser == "sgd" else 2e-4,
    )


@each_model
@pytest.mark.parametrize("output", ["nce", "full_softmax"])
@pytest.mark.parametrize(
    "extra",
    [{"l1": 0.03}, {"l2": 0.05}, {"l1": 0.02, "l2": 0.03, "clip": 0.2}, {"clip": 0.05}, {"frozen": [0, 2, 5]}],
    ids=str,
)
def test_penalties_clipping_and_frozen_rows(model, output, extra):
    done = run(model, output, "sgd", **SETTINGS, **extra)
    assert_same(done, by_autograd(model, output, "sgd", **SETTINGS, **extra))
    assert not np.allclose(done.inputs, run(model, output, "sgd", **SETTINGS).inputs, atol=1e-4)
    for row in extra.get("frozen", ()):
        assert np.array_equal(done.inputs[row], start()[0][row])


@each_output
def test_sums_against_autograd(output):
    done = run("cbow", output, "sgd", **SETTINGS, summing=True)
    assert_same(done, by_autograd("cbow", output, "sgd", **SETTINGS, summing=True))


@pytest.mark.parametrize("summing", [False, True])
def test_paths_of_cbow_against_autograd(summing):
    done = run_paths("cbow", **SETTINGS, summing=summing)
    assert_same(done, by_autograd("cbow", "hierarchical_softmax", "sgd", **SETTINGS, summing=summing))


def test_paths_of_skipgram_against_autograd():
    # Windows of up to six words, some of an odd number, and paths of one tile and of two.
    done = run_paths("skipgram", **SETTINGS)
    assert_same(done, by_autograd("skipgram", "hierarchical_softmax", "sgd", **SETTINGS))


def test_paths_of_a_wide_window_against_autograd():
    # More than ten words take their steps in turn, the later ones with nodes that the first have moved.
    settings = SETTINGS | {"rate": 1e-4, "window": 8}
    done, begun = run_paths("skipgram", **settings), start("hierarchical_softmax")
    expected = by_autograd("skipgram", "hierarchical_softmax", "sgd", **settings)
    for after, there, before in zip(
        (done.inputs, done.outputs), (expected.inputs, expected.outputs), begun, strict=True
    ):
        np.testing.assert_allclose((after - before) / 1e-4, (there - before) / 1e-4, atol=0.02)
    assert done.loss == pytest.approx(expected.loss, rel=1e-4)
    assert done.examples == expected.examples


def test_the_busier_a_node_the_oftener_its_copies_meet():
    # By hand, for EVERY = 64, FIRST = 8 and 30 nodes: none in between; 8; 16; 8; all.
    assert [meeting(done, 30) for done in (63, 64, 65, 128, 192, 256)] == [0, 8, 0, 16, 8, 30]


@each_model
def test_threads_with_copies_add_their_shares(model):
    begun = start("hierarchical_softmax")
    alone, together = run_paths(model, **SETTINGS), run_paths(model, **SETTINGS, copies=2, copy=1)
    # Until copies meet, a thread learns from its own as if it were alone.
    assert len(LINE) < EVERY
    assert np.array_equal(together.inputs, alone.inputs)
    # By hand: of two threads' first nodes half of it counts, of the fifth 8/8, and so of the rest.
    shares = np.array([4, 5, 6, 7, 8, 8, 8, 8]) / 8
    moved = alone.outputs - begun[1]
    np.testing.assert_allclose(together.outputs - begun[1], shares[:, None] * moved, atol=1e-6)
    assert together.loss == alone.loss
    # Where all threads learn the same, the first nodes end where one would have taken them.
    several = run_paths(model, [LINE] * 40, **SETTINGS, copies=2, copy=0)
    assert several.loss / several.examples == pytest.approx(
        (one := run_paths(model, [LINE] * 40, **SETTINGS)).loss / one.examples, rel=0.02
    )
    assert SIZE < BUSY


def test_a_word_that_is_its_own_noise_counts_as_both():
    # With two words and so much noise every centre is drawn: the pull and the push of one row are one move.
    done = run("skipgram", "nce", "sgd", **SETTINGS | {"negatives": 40})
    assert_same(done, by_autograd("skipgram", "nce", "sgd", **SETTINGS | {"negatives": 40}))


def test_huge_scores_stay_finite():
    for output in OUTPUTS:
        done = run("skipgram", output, "sgd", **SETTINGS | {"rate": 3.0})
        assert np.isfinite(done.inputs).all()
        assert abs(done.inputs @ done.inputs.T).max() > 100
        assert 300 < done.loss < np.inf


def test_step_numbers_of_adam_go_on():
    first, later = run("cbow", "nce", "adam", **SETTINGS), run("cbow", "nce", "adam", **SETTINGS, before=10_000)
    moved = [abs(done.inputs - start()[0]).max() for done in (first, later)]
    # The very first step is the rate; later the means, which begin at zero, are a tenth and a thousandth of a gradient.
    assert moved[1] > 2 * moved[0]


@pytest.mark.parametrize(
    "name",
    [f"{model} {rest}" for model in ("skipgram", "cbow") for rest in ("paths", "nce adam", "full_softmax adagrad")]
    + ["skipgram hierarchical_softmax sgd", "cbow negative_sampling adam"],
)
def test_compiled_as_interpreted(name, tmp_path):
    file, compiled = tmp_path / "interpreted.npz", vars(sample(name))
    assert_as_interpreted(compiled, file, "tests.core.kernels.one_layer", name, file, rtol=2e-5, atol=2e-6)
    assert compiled["examples"] > 20
