"""GloVe's kernel: a step against autograd, the objective against a dense computation, compiled as interpreted.

`python -m tests.core.kernels.test_glove FILE` writes what `sample()` trains, compiled or interpreted.
"""

import math
import sys
from types import SimpleNamespace

import numba
import numpy as np
import pytest
import torch

from core.kernels.glove import glove_kernel, hold_back, shuffle_rows
from tests.core.kernels.interpreted import assert_as_interpreted

WORDS, WIDTH = 40, 32


def start(seed=1, scale=0.4):
    rng = np.random.default_rng(seed)
    sides = rng.normal(scale=scale, size=(2, WORDS, 2 * WIDTH)).astype(np.float32)
    sides[:, :, WIDTH:] **= 2
    biases = rng.normal(scale=scale, size=(WORDS, 4)).astype(np.float32)
    biases[:, 1::2] **= 2
    return sides[0], sides[1], biases


def run(runs, inputs, outputs, biases, *, most=10.0, alpha=0.75, rate=0.05, frozen=((), ())):
    """Copies of all after some runs, each an owner with its cells (word, count); the losses and the cells counted.

    `frozen` are words, and words as neighbours, whose vectors keep still.
    """
    inputs, outputs, biases, counted = inputs.copy(), outputs.copy(), biases.copy(), np.zeros(2)
    ends = np.cumsum([len(cells) for _, cells in runs])
    still = [np.isin(np.arange(WORDS), words) for words in frozen]
    glove_kernel(WIDTH, freezing=any(map(len, frozen)))(
        np.array([word for _, cells in runs for word, _ in cells], np.uint32),
        np.log(np.array([count for _, cells in runs for _, count in cells], np.float32)),
        np.concatenate(([0], ends[:-1])).astype(np.int64),
        ends.astype(np.int64),
        np.array([owner for owner, _ in runs], np.uint32),
        np.arange(len(runs), dtype=np.uint32),
        inputs,
        outputs,
        biases,
        *still,
        math.log(most),
        alpha,
        rate,
        counted,
    )
    return SimpleNamespace(inputs=inputs, outputs=outputs, biases=biases, loss=counted[0], cells=counted[1])


def sample(frozen=((), ())):
    """Full runs and short ones, counts above and below x_max, a word that meets itself."""
    rng = np.random.default_rng(3)
    runs = []
    for owner, size in ((3, 16), (7, 5), (3, 1), (11, 16), (39, 9)):
        words = [*rng.permutation(WORDS)[: size - 1].tolist(), owner]
        runs.append((owner, [(word, float(rng.choice([0.1, 1, 5, 10, 300]))) for word in dict.fromkeys(words)]))
    return run(runs, *start(), frozen=frozen)


@pytest.mark.parametrize("cells", [1, 5, 16])
def test_a_run_against_autograd(cells):
    rng = np.random.default_rng(cells)
    words, counts = rng.permutation(WORDS)[:cells], rng.choice([0.2, 2, 9, 50], cells)
    before = start()
    done = run([(6, list(zip(words.tolist(), counts.tolist(), strict=True)))], *before)
    inputs, outputs, biases = (torch.tensor(part.astype(np.float64)) for part in before)
    rate, losses = 0.05, []
    parameters = {
        "v": inputs[6, :WIDTH].repeat(cells, 1).requires_grad_(),
        "u": outputs[words, :WIDTH].clone().requires_grad_(),
        "a": biases[6, 0].repeat(cells).requires_grad_(),
        "b": biases[words, 2].clone().requires_grad_(),
    }
    errors = (parameters["v"] * parameters["u"]).sum(dim=1) + parameters["a"] + parameters["b"]
    errors = errors - torch.log(torch.tensor(counts))
    weights = torch.clamp(torch.tensor(counts) / 10, max=1) ** 0.75
    losses = weights * errors**2
    (losses.sum() / 2).backward()  # half the square: its gradient is the one that Stanford's program takes
    steps = {name: rate * value.grad for name, value in parameters.items()}

    def moved(value, squares, step, shared):
        total = squares + ((step**2).sum(dim=0) if shared else step**2)
        return value - (step.sum(dim=0) if shared else step) / torch.sqrt(1 + total), total

    v, vs = moved(inputs[6, :WIDTH], inputs[6, WIDTH:], steps["v"], True)
    u, us = moved(outputs[words, :WIDTH], outputs[words, WIDTH:], steps["u"], False)
    a, as_ = moved(biases[6, 0], biases[6, 1], steps["a"], True)
    b, bs = moved(biases[words, 2], biases[words, 3], steps["b"], False)
    np.testing.assert_allclose(done.inputs[6], torch.cat((v, vs)).detach().numpy(), rtol=2e-5, atol=2e-6)
    np.testing.assert_allclose(done.outputs[words], torch.cat((u, us), dim=1).detach().numpy(), rtol=2e-5, atol=2e-6)
    np.testing.assert_allclose(done.biases[6, :2], [a.item(), as_.item()], rtol=2e-5)
    np.testing.assert_allclose(done.biases[words][:, 2:], torch.stack((b, bs), dim=1).detach(), rtol=2e-5, atol=2e-6)
    assert done.loss == pytest.approx(losses.sum().item(), rel=1e-5)
    assert done.cells == cells
    # Nothing else has moved.
    others = np.setdiff1d(np.arange(WORDS), words)
    np.testing.assert_array_equal(done.outputs[others], before[1][others])
    np.testing.assert_array_equal(np.delete(done.inputs, 6, axis=0), np.delete(before[0], 6, axis=0))


def test_the_objective_of_a_whole_table():
    rng = np.random.default_rng(5)
    counts = rng.integers(0, 30, (WORDS, WORDS)) * (rng.random((WORDS, WORDS)) < 0.3)
    inputs, outputs, biases = start()
    runs = []
    for owner in range(WORDS):
        cells = [(int(word), float(counts[owner, word])) for word in np.flatnonzero(counts[owner])]
        runs += [(owner, cells[first : first + 16]) for first in range(0, len(cells), 16)]
    done = run(runs, inputs, outputs, biases, rate=0.0)
    scores = inputs[:, :WIDTH].astype(float) @ outputs[:, :WIDTH].T + biases[:, :1] + biases[:, 2]
    terms = np.minimum(1, (counts / 10) ** 0.75) * (scores - np.log(np.maximum(counts, 1))) ** 2
    assert done.loss == pytest.approx(terms[counts > 0].sum(), rel=1e-5)
    assert done.cells == (counts > 0).sum()
    for name, before in zip(("inputs", "outputs", "biases"), (inputs, outputs, biases), strict=True):
        np.testing.assert_array_equal(getattr(done, name), before)


def test_no_step_is_longer_than_one():
    inputs, outputs, biases = start(scale=30.0)
    inputs[:, WIDTH:] = outputs[:, WIDTH:] = 0
    biases[:, 1::2] = 0
    done = run([(2, [(5, 1e9)])], inputs, outputs, biases, rate=10.0)
    for after, before in ((done.inputs[:, :WIDTH], inputs[:, :WIDTH]), (done.outputs[:, :WIDTH], outputs[:, :WIDTH])):
        assert np.abs(after - before).max() <= 1.001


STILL = [3, 11, 20], [7, 11, 39]


def test_frozen_vectors_keep_still_and_others_move_as_if_they_were_told_the_same():
    inputs, outputs, biases = start()
    inputs[3, :2], outputs[7, :2] = (-0.0, 1e-42), (-0.0, -1e-42)
    cells = [(7, 3.0), (20, 12.0), (39, 1.0), (3, 0.5)]
    free, held = (
        run([(3, cells), (12, cells)], inputs, outputs, biases, frozen=frozen) for frozen in (((), ()), STILL)
    )
    for after, before, rows in ((held.inputs, inputs, STILL[0]), (held.outputs, outputs, STILL[1])):
        assert after[rows].tobytes() == before[rows].tobytes()
    # The biases of frozen words move, and so do the vectors of what they stand beside.
    assert (held.biases[[3, 7, 39]] != biases[[3, 7, 39]]).any(axis=1).all()
    one = run([(3, cells)], inputs, outputs, biases, frozen=STILL)
    np.testing.assert_array_equal(one.outputs[[20, 3]], run([(3, cells)], inputs, outputs, biases).outputs[[20, 3]])
    assert not np.array_equal(held.inputs[12], inputs[12])
    assert held.loss != free.loss


@pytest.mark.parametrize("frozen", [((), ()), STILL], ids=["free", "frozen"])
def test_compiled_as_interpreted(tmp_path, frozen):
    file = tmp_path / "interpreted.npz"
    given = file, *frozen[0][:1]
    assert_as_interpreted(vars(sample(frozen)), file, "tests.core.kernels.test_glove", *given, rtol=1e-5, atol=2e-6)


def test_rows_are_shuffled_each_within_itself():
    starts = np.array([0, 1000, 1000, 1003], np.int64)
    columns = np.concatenate((np.arange(1000), [5, 6, 7])).astype(np.uint32)
    values = (columns + 1).astype(np.float32)
    shuffle_rows(starts, columns, values, 0, 3, np.uint64(1))
    assert sorted(columns[:1000].tolist()) == list(range(1000))
    assert sorted(columns[1000:].tolist()) == [5, 6, 7]
    np.testing.assert_allclose(values, np.log(columns + 1.0), rtol=1e-6)
    assert abs(np.corrcoef(np.arange(1000), columns[:1000])[0, 1]) < 0.1


def test_what_is_held_back_stands_behind_the_end():
    starts = np.array([0, 3, 5], np.int64)
    ends, columns = starts[1:].copy(), np.array([4, 1, 9, 0, 2], np.uint32)
    logs, found = np.arange(5, dtype=np.float32), np.empty(3, np.float32)
    hold_back(starts, ends, columns, logs, np.array([0, 1, 0], np.uint32), np.array([1, 7, 1], np.uint32), found)
    np.testing.assert_array_equal(found, [1, np.nan, np.nan])
    assert ends.tolist() == [2, 5]
    assert columns.tolist() == [4, 9, 1, 0, 2]
    assert logs.tolist() == [0, 2, 1, 3, 4]


if __name__ == "__main__":
    print("interpreted" if numba.config.DISABLE_JIT else "compiled")  # noqa: T201
    with np.errstate(over="ignore"):
        np.savez(sys.argv[1], **vars(sample(STILL if sys.argv[2:] else ((), ()))))
