"""Counting neighbours: against the definition, in several chunks, by any number of threads, and what it costs."""

import numpy as np
import pytest

from core.architecture import CorpusSize
from core.counting import pairs
from core.counting.pairs import PairCounter, window_weights
from core.counting.prices import distinct_pairs
from tests.core.toy import data_of

rng = np.random.default_rng(0)
LINES = [rng.integers(0, 12, rng.integers(0, 14)).tolist() for _ in range(300)]
DATA = data_of(LINES, held_out=[3, 7, 299], vocabulary=10)


def counted(data, weights, both_sides=True, threads=1, seconds=0.0):
    counter = PairCounter(data, weights, both_sides, threads)
    told = list(counter.run(seconds))
    return counter.counted, told


def dense(matrix):
    table = np.zeros((matrix.rows, matrix.width))
    for row in range(matrix.rows):
        cells = slice(matrix.starts[row], matrix.starts[row + 1])
        assert len(set(matrix.columns[cells].tolist())) == len(matrix.columns[cells]), "a cell stands twice"
        table[row, matrix.columns[cells]] = matrix.values[cells]
    return table


def by_definition(lines, held_out, vocabulary, weights, both_sides):
    table = np.zeros((vocabulary, vocabulary))
    for number, line in enumerate(lines):
        known = [word for word in line if word < vocabulary and number not in held_out]
        for i, word in enumerate(known):
            for j in range(max(0, i - len(weights) + 1), i):
                table[word, known[j]] += weights[i - j]
                if both_sides:
                    table[known[j], word] += weights[i - j]
    return table


def test_weights_by_hand():
    np.testing.assert_allclose(window_weights(4, "harmonic")[1:], [1, 1 / 2, 1 / 3, 1 / 4])
    np.testing.assert_allclose(window_weights(4, "linear")[1:], [1, 3 / 4, 1 / 2, 1 / 4])
    np.testing.assert_allclose(window_weights(4, "flat")[1:], 1)


def test_three_words_by_hand():
    # a b a: a beside b twice at distance 1, the two a at distance 2, seen from both.
    found, told = counted(data_of([[0, 1, 0]]), window_weights(2, "harmonic"))
    np.testing.assert_allclose(dense(found), [[1, 2], [2, 0]])
    assert told[-1] == (1, 3)


@pytest.mark.parametrize("both_sides", [True, False])
@pytest.mark.parametrize("window", [1, 3, 50])
def test_against_the_definition(window, both_sides):
    weights = window_weights(window, "harmonic")
    found, _ = counted(DATA, weights, both_sides)
    np.testing.assert_allclose(dense(found), by_definition(LINES, {3, 7, 299}, 10, weights, both_sides), rtol=1e-6)


def test_a_corpus_in_several_chunks(monkeypatch):
    weights = window_weights(4, "linear")
    whole, _ = counted(DATA, weights)
    monkeypatch.setattr(pairs, "CHUNK", 400)
    parts, told = counted(DATA, weights)
    assert len(told) > 3
    assert [words for _, words in told] == sorted(words for _, words in told)
    np.testing.assert_allclose(dense(parts), dense(whole), rtol=1e-5)


def test_more_threads_same_bytes(monkeypatch):
    monkeypatch.setattr(pairs, "SMALLEST_BLOCK", 64)
    weights = window_weights(5, "harmonic")
    one, many = counted(DATA, weights)[0], counted(DATA, weights, threads=3)[0]
    for name in ("starts", "columns", "values"):
        assert getattr(one, name).tobytes() == getattr(many, name).tobytes()


def test_blocks_tell_all_tokens(monkeypatch):
    monkeypatch.setattr(pairs, "SMALLEST_BLOCK", 64)
    counter = PairCounter(DATA, window_weights(2, "flat"), True, 1)
    told = list(counter.run(0))
    assert len(told) > 5
    assert [block for block, _ in told] == list(range(1, len(told) + 1))
    # Words outside the vocabulary are passed over, too, those held out are not.
    assert (
        told[-1][1] == counter.words == sum(len(line) for number, line in enumerate(LINES) if number not in {3, 7, 299})
    )


def test_rows_are_cut_by_their_cells():
    found, _ = counted(DATA, window_weights(5, "flat"))
    bounds = found.cut(4)
    assert (bounds[0], bounds[-1]) == (0, 10)
    assert (np.diff(bounds) > 0).all()
    np.testing.assert_allclose(found.row_sums(), dense(found).sum(axis=1))


def test_the_number_of_different_pairs_is_foreseen():
    # Measured on film reviews, minimum count 5.
    for tokens, vocabulary, window, cells in (
        (1_000_557, 10_498, 5, 2_225_566),
        (1_000_557, 10_498, 10, 3_675_344),
        (11_336_417, 39_030, 5, 15_899_904),
        (11_336_417, 39_030, 10, 26_293_781),
    ):
        foreseen = distinct_pairs(CorpusSize(tokens, vocabulary), 2.0 * window * tokens)
        assert foreseen == pytest.approx(cells, rel=0.25)
