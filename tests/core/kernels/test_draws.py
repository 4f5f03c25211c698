"""What kernels draw at random, read from what they train; and that they train the same compiled and interpreted.

Inputs are constant and the rate is a tiny power of 2, so that every σ stays ½ and sums are exact: each example adds
rate/2 times an input to an output or takes it away, and outputs count what was drawn.
"""

import numpy as np
import pytest

from core.kernels.noise import alias_table
from core.negative_sampling.blocks import block_seed
from core.negative_sampling.held_out import keep_probabilities, noise_weights
from tests.core.kernels.interpreted import assert_as_interpreted
from tests.core.kernels.one_block import matrices, only, run, sample

pytestmark = pytest.mark.parametrize("name", ["skipgram", "cbow"])
RATE = 2.0**-40


def counting(vocabulary):
    """Inputs of ones in the first of 16 dimensions, outputs of zeros."""
    inputs, outputs = np.zeros((2, vocabulary, 16), np.float32)
    inputs[:, 0] = 1
    return inputs, outputs


def counts(done):
    """How often each word was right more often than wrong."""
    return np.rint(done.outputs[:, 0] / (RATE / 2)).astype(int)


@pytest.mark.parametrize("exponent", [1, 0.75, 0, -0.5])
@pytest.mark.parametrize("group", [1, 2])
def test_negatives_follow_the_noise(name, exponent, group):
    frequencies = np.arange(1, 51)[::-1] ** 2
    weights = noise_weights(frequencies, exponent)
    # The two words of the text are no noise, so that a negative is never drawn again.
    weights[:2] = 0
    done = run(name, [[0, 1]] * 4000, *counting(50), weights, negatives=5, group=group, rate=RATE)
    drawn = -counts(done)[2:]
    # Neighbouring windows share their negatives: each draw counts once for each of them.
    total = 4000 * 2 * 5
    assert drawn.sum() == total
    expected = total * weights[2:] / weights[2:].sum()
    chi_square = ((drawn - expected) ** 2 / expected).sum() / group
    # 47 degrees of freedom: mean 47, standard deviation 9.7.
    assert 15 < chi_square < 100


def test_noise_weights_by_hand(name):
    np.testing.assert_allclose(noise_weights(np.array([10_000, 16, 1]), 0.75), [1000, 8, 1])
    odds, aliases = alias_table(np.array([3.0, 1.0]))
    # Two slots: the second is word 1 in half the draws, else word 0.
    assert odds.tolist() == [2**32 - 1, 2**31]
    assert aliases[1] == 0


@pytest.mark.parametrize("group", [1, 2])
def test_a_negative_is_never_the_true_word(name, group):
    # The noise is always word 0, which is a true word too: the next one steps in for it, 1 or, in a group of 2, 2.
    done = run(name, [[0, 1]] * 100, *counting(4), only(0, 4), negatives=5, group=group, rate=RATE)
    if group == 1:
        assert counts(done).tolist() == [100 - 500, 100 - 500, 0, 0]
    else:
        assert counts(done).tolist() == [100, 100, -1000, 0]


def test_negatives_differ_from_window_to_window_and_from_block_to_block(name):
    inputs, outputs = np.zeros((2, 30, 32), np.float32)
    np.fill_diagonal(inputs, 1)
    weights = np.arange(30) > 1
    seen = [
        run(name, [[0, 1]], inputs, outputs, weights, negatives=5, rate=RATE, seed=block_seed(1, block)).outputs[2:]
        for block in range(20)
    ]
    assert len({one[:, 0].tobytes() for one in seen} | {one[:, 1].tobytes() for one in seen}) == 40


@pytest.mark.parametrize("window", [1, 2, 5, 9])
def test_reach_is_any_number_up_to_the_window_alike(name, window):
    # Input i is axis i: an output tells which words were its contexts.
    inputs, outputs = np.zeros((2, 32, 32), np.float32)
    np.fill_diagonal(inputs, 1)
    line = list(range(31))
    reaches = []
    for seed in range(150):
        done = run(name, [line], inputs, outputs, only(31, 32), window=window, rate=RATE, seed=block_seed(seed, 0))
        near = done.outputs[:31, :31] > RATE / 100
        assert not near.diagonal().any()
        for centre in range(10, 21):
            left, right = near[centre, :centre][::-1], near[centre, centre + 1 :]
            reach = int(left.sum())
            assert left[:reach].all()
            assert right[:reach].all()
            assert right.sum() == reach
            reaches.append(reach)
    observed = np.bincount(reaches, minlength=window + 1)[1:]
    assert len(observed) == window
    expected = len(reaches) / window
    # Five standard deviations of a binomial count.
    assert (abs(observed - expected) <= 5 * np.sqrt(expected)).all()


def test_a_fixed_window_reaches_as_far_as_it_can(name):
    inputs, outputs = np.zeros((2, 32, 32), np.float32)
    np.fill_diagonal(inputs, 1)
    for seed in range(5):
        done = run(name, [list(range(31))], inputs, outputs, only(31, 32), window=3, rate=RATE, seed=seed, fixed=True)
        near = done.outputs[:31, :31] > RATE / 100
        assert near.tolist() == [[0 < abs(i - j) <= 3 for j in range(31)] for i in range(31)]


@pytest.mark.parametrize("group", [1, 2])
def test_half_of_the_negatives_are_near_words(name, group):
    # Words 0 and 1 are the text, 2 to 5 near word 0, 6 near word 1, which are near each other too; noise is word 7.
    nearest = [[1, 2, 3, 4, 5], [0, 6, 6, 6, 6]]
    times = 1000
    settings = {"negatives": 4, "group": group, "rate": RATE, "nearest": nearest}
    drawn = -counts(run(name, [[0, 1]] * times, *counting(8), only(7, 8), **settings))
    if group == 1:
        # Each centre has 4 negatives, half of them near ones, of which a fifth are the other word of the text.
        wrong = np.array([-1 + 0.4, -1 + 0.4, 0.4, 0.4, 0.4, 0.4, 1.6, 4]) * times
    else:
        # Both windows share 4 negatives and each counts twice; what is a word of the group stays the noise's.
        wrong = np.array([-1, -1, 0.4, 0.4, 0.4, 0.4, 1.6, 4.8]) * times
    assert drawn.sum() == (2 * 4 - 2) * times
    assert (abs(drawn - wrong) <= 5 * np.sqrt(2 * np.maximum(abs(wrong), 400))).all()


def test_words_without_near_ones_keep_the_noise(name):
    # Of the words of the text, 2 and 3, none has a row.
    nearest = [[1, 4], [0, 4]]
    plain, near = (
        run(name, [[2, 3]] * 50, *counting(6), only(5, 6), negatives=3, rate=RATE, nearest=rows)
        for rows in ([], nearest)
    )
    assert counts(plain).tolist() == counts(near).tolist() == [0, 0, 50, 50, 0, -300]


@pytest.mark.parametrize("group", [1, 2])
def test_frozen_rows_do_not_move_a_bit(name, group):
    inputs, outputs = matrices(12, scale=0.3)
    inputs[3, :4] = [-0.0, 1e-42, 7, -7]
    frozen = [word % 3 == 0 for word in range(12)]
    line = np.random.default_rng(3).integers(0, 11, 400).tolist()
    settings = {"window": 4, "negatives": 3, "group": group, "rate": 0.05}
    held = run(name, [line], inputs, outputs, np.ones(12), frozen=frozen, **settings)
    free = run(name, [line], inputs, outputs, np.ones(12), **settings)
    assert held.inputs[frozen].tobytes() == inputs[frozen].tobytes()
    moved = (held.inputs != inputs).any(axis=1)
    assert moved.tolist() == [word < 11 and not frozen[word] for word in range(12)]
    assert (held.outputs != outputs).any(axis=1).all()
    none = run(name, [line], inputs, outputs, np.ones(12), frozen=[False] * 12, **settings)
    np.testing.assert_allclose(none.inputs, free.inputs, rtol=1e-6)
    np.testing.assert_allclose(none.outputs, free.outputs, rtol=1e-6)
    assert none.loss == pytest.approx(free.loss, rel=1e-6)


def test_windows_end_with_the_line(name):
    pairs = run(name, [[0, 1, 2], [], [3], [4, 5]], *matrices(8), only(7, 8), window=50, rate=RATE)
    # Windows reach over all of a line or, of the first and the last of three words, one word only.
    low, high = {"skipgram": (6, 8), "cbow": (5, 5)}[name]
    assert low <= pairs.examples <= high
    inputs, outputs = np.zeros((2, 8, 16), np.float32)
    np.fill_diagonal(inputs, 1)
    done = run(name, [[0, 1, 2], [], [3], [4, 5]], inputs, outputs, only(7, 8), window=50, rate=RATE)
    near = done.outputs > RATE / 100
    assert not near[:3, 3:].any()
    assert not near[3].any()
    assert near[4:6].sum() == 2


def test_subsampling_keeps_as_word2vec_does(name):
    # (√(f/t) + 1)·t/f by hand, t = 1e-3: f of .64, .16, .1, .099 and .001.
    frequencies = np.array([64_000, 16_000, 10_000, 9_900, 100])
    chances = [0.0410910, 0.0853069, 0.11, 0.1106048, 1]
    keep = keep_probabilities(frequencies, 1e-3)
    np.testing.assert_allclose(keep, chances, atol=2e-6)
    thresholds = np.append(keep, 1) * (2**32 - 1)
    for word, chance in enumerate(chances):
        # A line of two words is trained where both of them stay.
        done = run(
            name, [[word, word]] * 20_000, *counting(6), only(5, 6), rate=RATE, keep=thresholds.astype(np.uint32)
        )
        lines, both = done.examples / 2, chance * chance
        assert abs(lines - 20_000 * both) <= 5 * np.sqrt(20_000 * both * (1 - both))


def test_no_subsampling_keeps_all(name):
    keep = keep_probabilities(np.array([10**9, 1, 0]), 0)
    assert keep.tolist() == [1, 1, 1]
    done = run(name, [[0, 1]] * 20_000, *counting(3), only(2, 3), keep=(keep * (2**32 - 1)).astype(np.uint32))
    assert done.examples == 40_000


def test_windows_reach_over_what_is_passed_over(name):
    # Word 9 is beyond the vocabulary; held-out lines are not trained on.
    inputs, outputs = np.zeros((2, 8, 16), np.float32)
    np.fill_diagonal(inputs, 1)
    lines = [[0, 9, 9, 1], [2, 3], [9, 4, 9]]
    done = run(name, lines, inputs, outputs, only(7, 8), rate=RATE, held_out=[False, True, False])
    near = done.outputs > RATE / 100
    assert sorted(zip(*near.nonzero(), strict=True)) == [(0, 1), (1, 0)]
    assert done.examples == 2


def test_words_beyond_the_vocabulary_leave_no_trace(name):
    settings = {"window": 3, "negatives": 5, "group": 2, "keep": np.full(9, 2**31, np.uint32)}
    start = *matrices(9, scale=0.3), np.arange(1.0, 10)
    lines = [[0, 3, 0, 5, 2], [8, 6, 1, 0, 7, 2, 3, 5, 1]] * 20
    mixed = [[99, *(at for word in line for at in (word, *[10] * (word % 3)))] for line in lines]
    alone, among = run(name, lines, *start, **settings), run(name, [[10, 11], *mixed], *start, **settings)
    assert alone.examples == among.examples > 50
    assert alone.loss == among.loss
    assert np.array_equal(alone.inputs, among.inputs)
    assert np.array_equal(alone.outputs, among.outputs)


def test_a_line_of_any_length(name):
    done = run(name, [[0, 1] * 15_000], *counting(3), only(2, 3), rate=RATE)
    # Every word but the first and the last of a stretch has two neighbours.
    most = {"skipgram": 59_998, "cbow": 30_000}[name]
    assert 0.998 * most <= done.examples <= most
    # By hand: each example is one true word and one negative, at ½; a stretch is summed up in single precision.
    assert done.loss / done.examples == pytest.approx(2 * np.log(2), rel=1e-4)


def test_huge_scores_stay_finite(name):
    inputs, outputs = matrices(5, scale=1e4)
    done = run(name, [[0, 1, 2, 3]] * 3, inputs, outputs, np.ones(5), negatives=3, rate=1e-3)
    assert np.isfinite(done.loss)
    assert np.isfinite(done.inputs).all()
    # A true word scored −x costs x: so that divergence shows.
    inputs, outputs = counting(3)
    outputs[:, 0] = -1e4
    assert run(name, [[0, 1]], inputs, outputs, only(2, 3), rate=RATE).loss == pytest.approx(2e4, rel=1e-3)


def test_compiled_as_interpreted(name, tmp_path):
    file, compiled = tmp_path / "interpreted.npz", vars(sample(name))
    assert_as_interpreted(compiled, file, "tests.core.kernels.one_block", name, file, rtol=1e-6, atol=1e-6)
    start = matrices(9, scale=0.3)
    assert not np.allclose(compiled["inputs"], start[0], atol=1e-3)
    assert compiled["examples"] > 20 if name == "skipgram" else compiled["examples"] > 8
