"""The kernels of fastText: by hand, against autograd, against those without parts, compiled as interpreted."""

import numpy as np
import pytest

from tests.core.kernels import one_block
from tests.core.kernels.interpreted import assert_as_interpreted
from tests.core.kernels.one_block import matrices, only
from tests.core.kernels.one_block_of_parts import by_autograd, run, sample

each = pytest.mark.parametrize("name", ["skipgram", "cbow"])
LINE = [3, 14, 1, 5, 9, 2, 6, 25, 8, 19, 7, 23, 28, 4, 26, 0, 13, 27, 10, 29, 11]


def shared(words, extra, seed=5):
    """Each word has its own row and up to four of `extra` more, which it shares with others."""
    rng = np.random.default_rng(seed)
    return [[word, *(words + rng.choice(extra, rng.integers(0, 5), replace=False)).tolist()] for word in range(words)]


def test_two_words_by_hand():
    # Word 0 is the mean of rows 0 and 2, word 1 of rows 1 and 2: (2, 1) and (0, 3). Each is the other's negative.
    inputs, outputs = np.zeros((3, 16), np.float32), np.zeros((2, 16), np.float32)
    inputs[0, :2], inputs[1, :2], inputs[2, :2] = (3, -2), (-1, 2), (1, 4)
    done = run("skipgram", [[0, 1]], [[0, 2], [1, 2]], inputs, outputs, only(0, 2), rate=0.1)
    # Outputs are zero: both scores are 0, σ = ½, and the context, word 1, does not move.
    first = 0.05 * np.array([0, 3])
    # Then word 0 guesses word 1: scores are ∓.15 · 1.
    high = 1 / (1 + np.exp(-0.15))
    second = 0.1 * high * np.array([2, 1])
    np.testing.assert_allclose(done.outputs[:, :2], [first - second, second - first], rtol=1e-5)
    step = 0.1 * high * 2 * -first
    # Both rows of word 0 take the whole step of its mean.
    np.testing.assert_allclose(done.inputs[[0, 2], :2], inputs[[0, 2], :2] + step, rtol=1e-5)
    np.testing.assert_array_equal(done.inputs[1], inputs[1])
    assert done.loss == pytest.approx(2 * np.log(2) + 2 * np.log1p(np.exp(0.15)), rel=1e-6)
    assert done.examples == 2


@pytest.mark.parametrize(
    ("name", "window", "negatives", "group"),
    [
        ("skipgram", 1, 1, 2),
        ("skipgram", 5, 5, 3),
        ("skipgram", 2, 6, 2),
        ("cbow", 1, 1, 1),
        ("cbow", 4, 7, 1),
        ("cbow", 5, 5, 2),
        ("cbow", 50, 6, 2),
        ("cbow", 2, 20, 2),
    ],
)
def test_against_autograd(name, window, negatives, group):
    settings = {"window": window, "negatives": negatives, "group": group, "rate": 0.05, "seed": 12}
    # So many words that no negative is drawn twice in a window: which place of the two finds it moved is not laid down.
    words, extra = 20_000, 40
    rng = np.random.default_rng(1)
    inputs, outputs = (rng.normal(scale=0.3, size=(rows, 16)).astype(np.float32) for rows in (words + extra, words))
    start = shared(words, extra), inputs, outputs, np.full(words, 2.0)
    done, expected = run(name, [LINE], *start, **settings), by_autograd(name, LINE, *start, **settings)
    np.testing.assert_allclose(done.inputs, expected.inputs, atol=3e-6)
    np.testing.assert_allclose(done.outputs, expected.outputs, atol=3e-6)
    assert done.loss == pytest.approx(expected.loss, rel=1e-6)
    assert done.examples == expected.examples


@pytest.mark.parametrize(("window", "negatives"), [(1, 1), (4, 7)])
def test_windows_alone_against_autograd(window, negatives):
    # Steps follow one another, each with outputs that the last one has moved: at this rate by less than the tolerance.
    settings = {"window": window, "negatives": negatives, "group": 1, "rate": 1e-4, "seed": 12}
    rng = np.random.default_rng(1)
    inputs, outputs = (rng.normal(scale=0.3, size=(rows, 16)).astype(np.float32) for rows in (40, 30))
    start = shared(30, 10), inputs, outputs, np.arange(1.0, 31)
    done, expected = run("skipgram", [LINE], *start, **settings), by_autograd("skipgram", LINE, *start, **settings)
    for after, there, before in ((done.inputs, expected.inputs, inputs), (done.outputs, expected.outputs, outputs)):
        np.testing.assert_allclose((after - before) / 1e-4, (there - before) / 1e-4, atol=0.03)
    assert done.loss == pytest.approx(expected.loss, rel=1e-4)
    assert done.examples == expected.examples


@each
@pytest.mark.parametrize("group", [1, 2])
def test_words_of_one_row_learn_as_without_parts(name, group):
    lines = [[*LINE, *LINE[::-1]] * 30, [], [4], [5, 5, 5]]
    start = *matrices(30, scale=0.3), np.arange(1.0, 31)
    settings = {"window": 4, "negatives": 5, "group": group, "rate": 0.02}
    plain = one_block.run(name, lines, *start, **settings)
    done = run(name, lines, [[word] for word in range(30)], *start, **settings)
    np.testing.assert_allclose(done.inputs, plain.inputs, atol=2e-5)
    np.testing.assert_allclose(done.outputs, plain.outputs, atol=2e-5)
    assert done.loss == pytest.approx(plain.loss, rel=1e-5)
    assert done.examples == plain.examples


@each
def test_more_words_than_are_kept_gathered(name):
    # 5,000 different words fill the room for gathered words again and again; none is lost or written back twice.
    words = 5_000
    rng = np.random.default_rng(3)
    lines = [rng.integers(0, words, 700).tolist() for _ in range(20)]
    start = *matrices(words, scale=0.3), np.ones(words)
    settings = {"window": 2, "negatives": 2, "group": 2, "rate": 0.02}
    plain = one_block.run(name, lines, *start, **settings)
    done = run(name, lines, [[word] for word in range(words)], *start, **settings)
    np.testing.assert_allclose(done.inputs, plain.inputs, atol=2e-5)
    assert done.loss == pytest.approx(plain.loss, rel=1e-5)


FROZEN = [word % 3 == 1 for word in range(30)]


@each
@pytest.mark.parametrize("group", [1, 2])
def test_frozen_words_keep_all_their_rows_and_others_move_as_without_them(name, group):
    # Each free word shares a row with a frozen one. Its mean moves as far as if its only row were free.
    lines = [[*LINE, *LINE[::-1]] * 30, [], [4], [5, 5, 5]]
    rng = np.random.default_rng(4)
    inputs, outputs = (rng.normal(scale=0.3, size=(rows, 16)).astype(np.float32) for rows in (40, 30))
    parts = [[word, 30 + word // 3] for word in range(30)]
    means = np.array([inputs[rows].mean(axis=0) for rows in parts], np.float32)
    settings = {"window": 4, "negatives": 5, "group": group, "rate": 0.02, "frozen": FROZEN}
    plain = one_block.run(name, lines, means, outputs, np.arange(1.0, 31), **settings)
    done = run(name, lines, parts, inputs, outputs, np.arange(1.0, 31), **settings)
    moved = np.array([done.inputs[rows].mean(axis=0) for rows in parts])
    np.testing.assert_allclose(moved, plain.inputs, atol=2e-5)
    np.testing.assert_allclose(done.outputs, plain.outputs, atol=2e-5)
    assert done.loss == pytest.approx(plain.loss, rel=1e-5)
    assert moved[FROZEN].tobytes() == means[FROZEN].tobytes()
    assert (abs(moved - means).max(axis=1) > 1e-3)[[word for word in LINE if not FROZEN[word]]].all()


@each
def test_a_row_that_no_frozen_word_has_moves_as_ever(name):
    # Words 0 and 1 are neighbours; of word 0's rows, 3 is its own with the frozen word 2, 4 its own with nobody.
    inputs, outputs = matrices(5, scale=0.3)
    start = [[0, 1, 0]], [[0, 3, 4], [1], [2, 3]], inputs, outputs[:3], only(2, 3)
    free, held = (run(name, *start, rate=0.1, frozen=frozen) for frozen in ([False] * 3, [False, False, True]))
    step = free.inputs[4] - inputs[4]
    assert abs(step).max() > 1e-3
    np.testing.assert_allclose(held.inputs[[0, 3, 4]] - inputs[[0, 3, 4]], [2 * step, 0 * step, step], atol=1e-6)


@each
@pytest.mark.parametrize("kind", ["free", "frozen"])
def test_compiled_as_interpreted(name, kind, tmp_path):
    file, compiled = tmp_path / "interpreted.npz", vars(sample(name, kind))
    given = name, file, kind
    module = "tests.core.kernels.one_block_of_parts"
    assert_as_interpreted(compiled, file, module, *given, rtol=1e-5, atol=2e-6, timeout=240)
