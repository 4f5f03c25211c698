"""fastText's kernel for any optimiser: against autograd, against the kernel without parts, compiled as interpreted."""

import numpy as np
import pytest

from tests.core.kernels import one_layer
from tests.core.kernels.interpreted import assert_as_interpreted
from tests.core.kernels.one_layer import LINE, SETTINGS
from tests.core.kernels.one_move_of_parts import PARTS, by_autograd, run, sample, start

each_model = pytest.mark.parametrize("model", ["skipgram", "cbow"])
each_optimiser = pytest.mark.parametrize("optimiser", ["sgd", "adagrad", "adam"])


def assert_same(done, expected, tolerance):
    np.testing.assert_allclose(done.inputs, expected.inputs, atol=tolerance)
    np.testing.assert_allclose(done.outputs, expected.outputs, atol=tolerance)
    assert done.loss == pytest.approx(expected.loss, rel=1e-5)
    assert done.examples == expected.examples


@each_model
@each_optimiser
def test_against_autograd(model, optimiser):
    # AdaGrad and Adam divide by the size of a gradient: where it is next to nothing, so is what float32 knows of it.
    done, expected = (one(model, optimiser, **SETTINGS) for one in (run, by_autograd))
    assert_same(done, expected, 5e-6 if optimiser == "sgd" else 2e-4)
    assert not np.allclose(done.inputs, start()[0], atol=1e-3)


@each_model
@pytest.mark.parametrize(
    "extra", [{"l1": 0.03}, {"l2": 0.05}, {"l1": 0.02, "l2": 0.03, "clip": 0.2}, {"clip": 0.05}], ids=str
)
def test_penalties_and_clipping(model, extra):
    done = run(model, "sgd", **SETTINGS, **extra)
    assert_same(done, by_autograd(model, "sgd", **SETTINGS, **extra), 5e-6)
    assert not np.allclose(done.inputs, run(model, "sgd", **SETTINGS).inputs, atol=1e-4)


@each_model
@each_optimiser
def test_words_of_one_row_learn_as_without_parts(model, optimiser, monkeypatch):
    inputs, outputs = (matrix[:9] for matrix in start())
    monkeypatch.setattr(one_layer, "start", lambda output: (inputs.copy(), outputs.copy()))
    monkeypatch.setattr(one_layer, "DIMENSIONS", 16)
    lines = [LINE, [4], [], [5, 5, 5], LINE[::-1]]
    plain = one_layer.run(model, "negative_sampling", optimiser, lines, **SETTINGS, l2=0.01, clip=0.5)
    done = run(model, optimiser, lines, [[word] for word in range(9)], **SETTINGS, l2=0.01, clip=0.5)
    done.inputs = done.inputs[:9]
    assert_same(done, plain, 2e-5)


@each_model
def test_frozen_words_keep_all_their_rows_and_others_move_as_far(model, monkeypatch):
    # Of every two words, which share a row, one is frozen. The other's mean moves as far as if its only row were free.
    parts, frozen = [[word, 9 + word // 2] for word in range(8)] + [[8, 12]], [0, 2, 4, 6, 7]
    inputs, outputs = start()
    means = np.array([inputs[rows].mean(axis=0) for rows in parts], np.float32)
    monkeypatch.setattr(one_layer, "start", lambda output: (means.copy(), outputs.copy()))
    monkeypatch.setattr(one_layer, "DIMENSIONS", 16)
    plain = one_layer.run(model, "negative_sampling", "sgd", [LINE], **SETTINGS, frozen=frozen)
    done = run(model, "sgd", [LINE], parts, **SETTINGS, frozen=frozen)
    still = sorted({row for word in frozen for row in parts[word]})
    assert done.inputs[still].tobytes() == inputs[still].tobytes()
    done.inputs = np.array([done.inputs[rows].mean(axis=0) for rows in parts])
    assert_same(done, plain, 2e-5)
    assert (abs(done.inputs - means).max(axis=1) > 1e-3)[[1, 3, 5, 8]].all()


@each_model
@each_optimiser
def test_compiled_as_interpreted(model, optimiser, tmp_path):
    name, file = f"{model} {optimiser}", tmp_path / "interpreted.npz"
    compiled = vars(sample(name))
    module = "tests.core.kernels.one_move_of_parts"
    assert_as_interpreted(compiled, file, module, name, file, rtol=2e-5, atol=2e-6, timeout=240)
    assert compiled["examples"] > 20
    assert len(PARTS) == 9
