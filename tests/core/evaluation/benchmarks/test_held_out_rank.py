"""The rank of the held-out word: by hand on a circle, ties in the middle, what is passed over, chance."""

import math

import numpy as np
import pytest

from core.errors import CorpusError
from core.evaluation.benchmarks.held_out_rank import HeldOutRank, HeldOutRankParams
from core.evaluation.material import Material
from core.space import EmbeddingSpace
from tests.core.toy import data_of, two_topics


def held_out_rank(space, data, **params):
    return HeldOutRank.evaluate(space, Material(data), HeldOutRankParams(**params))


def on_a_circle(*degrees):
    angles = np.radians(degrees)
    vectors = np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)
    return EmbeddingSpace([f"w{i}" for i in range(len(degrees))], vectors)


def test_by_hand():
    # w0 0°, w1 10°, w2 25°, w3 90°, w4 180°; the line is w0 w2. From w2 the nearest of w0, w1, w3, w4 is w1 (15°), then
    # w0 (25°): rank 1 of 3. From w0 the nearest of w1, w2, w3, w4 is w1, then w2: rank 1 of 3.
    found = held_out_rank(on_a_circle(0, 10, 25, 90, 180), data_of([[3, 4, 1], [0, 2]], held_out=[1]))
    assert found.value == pytest.approx(100 / 3)
    # Of one line nobody knows how much lines differ.
    assert (found.used, found.deviation) == (2, None)


def test_the_mean_of_the_neighbours_guesses():
    # Around w2 (25°) stand w0 (0°) and w3 (90°), whose mean looks to 45°: of w1, w2, w4 first w2: rank 0. Around w0
    # stands w2 within one word: of w1, w0, w3, w4 w1 is nearer than w0: 1 of 3; around w3 likewise w1 and w0: 2 of 3.
    line = data_of([[1, 4], [0, 2, 3]], held_out=[1])
    found = held_out_rank(on_a_circle(0, 10, 25, 90, 180), line, window=1)
    assert found.value == pytest.approx((0 + 100 / 3 + 200 / 3) / 3)
    assert found.deviation is None


def test_the_error_takes_the_words_of_a_line_together():
    data = data_of(two_topics(), held_out=range(0, 400, 10))
    space = EmbeddingSpace(list(data.words), np.random.default_rng(2).standard_normal((20, 3), np.float32))
    found = held_out_rank(space, data)
    lines = [held_out_rank(space, data_of(two_topics(), held_out=[line])) for line in range(0, 400, 10)]
    sums = [one.used * (one.value - found.value) for one in lines]
    assert sum(one.used for one in lines) == found.used
    assert found.deviation == pytest.approx(math.sqrt(40 / 39 * sum(one**2 for one in sums)) / found.used)


def test_vectors_that_know_nothing_are_at_chance():
    data = data_of(two_topics(), held_out=range(0, 400, 10))
    one_hot = EmbeddingSpace(list(data.words), np.eye(20, dtype=np.float32))
    assert held_out_rank(one_hot, data).value == 50
    draws = np.random.default_rng(1).standard_normal((40, 20, 50), np.float32)
    ranks = [held_out_rank(EmbeddingSpace(list(data.words), vectors), data).value for vectors in draws]
    assert np.mean(ranks) == pytest.approx(50, abs=4 * np.std(ranks) / math.sqrt(40))


def test_vectors_that_know_the_topic_are_better_than_chance():
    data = data_of(two_topics(), held_out=range(0, 400, 10))
    topics = np.eye(2, dtype=np.float32)[np.arange(20) % 2]
    # Of 20 words n stand around, all of one topic; the 10 − n others of it are equal, so that the true word's rank is
    # (9 − n) / 2 of 19 − n on average: below a quarter.
    assert 0 < held_out_rank(EmbeddingSpace(list(data.words), topics), data).value < 25


def test_what_is_rarer_is_passed_over_and_doubles_are_no_riddle():
    data = data_of([[0, 1, 2], [0, 3, 0], [1, 2, 3]], held_out=[1, 2])
    space = on_a_circle(0, 10, 25, 90)
    # Without w3, line 1 is w0 w0, of which each stands beside itself; line 2 is w1 w2: two riddles.
    found = held_out_rank(space, data, words=3)
    assert found.used == 2
    assert "out of the 3 most frequent" in found.basis
    one = held_out_rank(space, data, examples=1)
    assert (one.used, one.deviation, one.interval) == (1, None, None)


def test_the_same_examples_in_pieces(monkeypatch):
    data = data_of(two_topics(), held_out=range(0, 400, 10))
    space = EmbeddingSpace(list(data.words), np.random.default_rng(2).standard_normal((20, 3), np.float32))
    whole = held_out_rank(space, data)
    monkeypatch.setattr("core.evaluation.benchmarks.held_out_rank.BLOCK_FLOATS", 50)
    pieces = held_out_rank(space, data)
    assert (pieces.value, pieces.deviation) == pytest.approx((whole.value, whole.deviation))
    assert pieces.used == whole.used


def test_what_cannot_be_measured_is_one_sentence():
    space = EmbeddingSpace(["w0", "w1", "w2"], np.eye(3, dtype=np.float32))
    for held_out, said in (([], "No lines were held out"), ([1], "nothing to guess")):
        found = held_out_rank(space, data_of([[0, 1, 2], [1, 1]], held_out=held_out))
        assert found.value is None
        assert said in found.undefined


def test_vectors_of_other_words_are_refused():
    space = EmbeddingSpace(["x0", "x1", "x2"], np.eye(3, dtype=np.float32))
    with pytest.raises(CorpusError, match="not of the words"):
        held_out_rank(space, data_of([[0, 1, 2], [1, 1]], held_out=[1]))
