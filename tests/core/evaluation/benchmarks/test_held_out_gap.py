"""Gaps in held-out lines: by hand, known vectors, chance, and what leaves no gap."""

import numpy as np
import pytest

from core.errors import CorpusError
from core.evaluation.benchmarks import held_out_gap
from core.evaluation.benchmarks.held_out_gap import Gaps, HeldOutGap, HeldOutGapParams
from core.evaluation.material import Material
from core.space import EmbeddingSpace
from tests.core.toy import data_of

TOPICS, WORDS, LINES = 10, 600, 1_000


def topical(lines):
    """Lines of twelve words of one topic each; word w is of topic w mod 10."""
    rng = np.random.default_rng(0)
    numbers = rng.integers(0, WORDS // TOPICS, (lines, 12))
    return (TOPICS * numbers + rng.integers(0, TOPICS, (lines, 1))).tolist()


@pytest.fixture(scope="module")
def data():
    return data_of(topical(LINES), held_out=range(0, LINES, 5), vocabulary=WORDS)


def space_of(vectors):
    return EmbeddingSpace([f"w{rank}" for rank in range(len(vectors))], vectors.astype(np.float32), None, {"seed": 7})


def test_by_hand():
    # Before the first gap stands w0, which looks to 0°; the true word is w4 (40°), and of w1 (10°), w2 (100°) and twice
    # w3 (90°) all but w1 lie farther: ¾. Around the second stand w0 and w3, whose sum looks to 45°; the true word w1 is
    # 35° away, and of w2 (55°), w3 (45°) and twice w4 (5°) half lie farther.
    angles = np.radians([0, 10, 100, 90, 40])
    gaps = Gaps(
        np.array([4, 1]),
        np.array([[0] + 9 * [-1], [0, 3] + 8 * [-1]]),
        np.array([[1, 2, 3, 3], [2, 3, 4, 4]]),
        np.array([0, 1]),
    )
    assert gaps.shares(np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)) == pytest.approx([0.75, 0.5])


def test_vectors_to_which_all_other_words_are_alike_are_at_chance(data):
    assert HeldOutGap.evaluate(space_of(np.eye(WORDS)), Material(data)).value == 0.5


@pytest.mark.parametrize("kinds", [1, 2])
def test_words_of_the_same_vector_are_exactly_as_near_however_sums_are_rounded(data, kinds):
    # One direction for all words: nothing is told apart. Of two directions at right angles the competitors of the same
    # one count half, and those of the other all or nothing.
    vectors = np.zeros((WORDS, 101))
    vectors[:, :100] = np.random.default_rng(3).normal(size=100)
    vectors[:, 100] = np.linalg.norm(vectors[0])
    vectors[np.arange(WORDS) % 10 < 5, 100] *= 1 if kinds == 1 else -1
    space, gaps = space_of(vectors), Gaps.of(data)
    if kinds == 1:
        assert HeldOutGap.evaluate(space, Material(data)).value == 0.5
        return
    side = np.arange(WORDS) % 10 < 5
    # A line is of one topic: the words around a gap are all of its own side.
    expected = np.where(side[gaps.competitors] == side[gaps.asked][:, None], 0.5, 1.0).mean(axis=1)
    np.testing.assert_allclose(gaps.shares(space.unit), expected, atol=1e-12)


def test_vectors_that_know_the_topics_fill_gaps_and_others_are_at_chance(data):
    noise = np.random.default_rng(1).normal(size=(WORDS, TOPICS))
    topics = np.eye(TOPICS)[np.arange(WORDS) % TOPICS]
    found = HeldOutGap.evaluate(space_of(topics + 0.01 * noise), Material(data))
    assert found.used > 1_000
    # Nine tenths of the competitors are of another topic; one of the same topic lies farther half of the time.
    assert 0.94 < found.value < 0.96
    assert (found.chance, found.best, found.corpus, found.seed) == (0.5, "highest", "toy", 7)
    chance = HeldOutGap.evaluate(space_of(noise), Material(data))
    assert chance.interval[0] < 0.5 < chance.interval[1]
    gaps = Gaps.of(data)
    about = gaps.shares(space_of(noise).unit) - chance.value
    sums = np.array([about[gaps.lines == line].sum() for line in np.unique(gaps.lines)])
    assert chance.deviation == pytest.approx(np.sqrt(len(sums) / (len(sums) - 1) * (sums**2).sum()) / chance.used)


def test_gaps_are_words_of_held_out_lines_among_their_neighbours(data):
    gaps = Gaps.of(data)
    held = [set(data.tokens[data.offsets[i] : data.offsets[i + 1]].tolist()) for i in np.flatnonzero(data.held_out)]
    for word, around, others in zip(gaps.asked, gaps.around, gaps.competitors, strict=True):
        near = set(around.tolist()) - {-1}
        assert word >= 100
        assert word not in near
        assert any({int(word), *near} <= line for line in held)
        assert not near & set(others.tolist())
        assert word not in others


def test_the_text_in_pieces_gives_the_same_gaps(data, monkeypatch):
    whole = Gaps.of(data)
    monkeypatch.setattr(held_out_gap, "CHUNK_TOKENS", 100)
    pieces = Gaps.of(data)
    for name in ("asked", "around", "competitors"):
        np.testing.assert_array_equal(getattr(pieces, name), getattr(whole, name))


def test_what_was_said_in_training_leaves_no_gap():
    said = topical(LINES)
    twice = data_of(said + said, held_out=range(LINES), vocabulary=WORDS)
    assert len(Gaps.of(twice)) == 0
    found = HeldOutGap.evaluate(space_of(np.eye(WORDS)), Material(twice))
    assert found.value is None
    assert "0 gaps" in found.undefined


def test_as_many_as_asked_for_and_whole_lines(data):
    some = HeldOutGap.evaluate(space_of(np.eye(WORDS)), Material(data), HeldOutGapParams(gaps=60))
    assert 60 <= some.used < 72
    np.testing.assert_array_equal(Gaps.of(data, 60).asked, Gaps.of(data).asked[: some.used])


def test_vectors_of_other_words_are_refused(data):
    with pytest.raises(CorpusError, match="not of the words"):
        HeldOutGap.evaluate(space_of(np.eye(WORDS - 1)), Material(data))


def test_few_words_leave_no_gap():
    tiny = data_of([[0, 1, 2, 0, 1]] * 30, held_out=[3, 4])
    assert "gaps" in HeldOutGap.evaluate(space_of(np.eye(3)), Material(tiny)).undefined


def test_the_text_is_read_once_for_all_spaces_that_are_scored_with_it(data, monkeypatch):
    read, trained, material = [], held_out_gap._trained, Material(data)
    monkeypatch.setattr(held_out_gap, "_trained", lambda *given: read.append(1) or trained(*given))
    rng = np.random.default_rng(2)
    spaces = [space_of(rng.normal(size=(WORDS, 20))) for _ in range(2)]
    values = [HeldOutGap.evaluate(space, material).value for space in spaces]
    assert len(read) == 1
    assert values == [HeldOutGap.evaluate(space, Material(data)).value for space in spaces]
    HeldOutGap.evaluate(spaces[0], material, HeldOutGapParams(gaps=60))
    assert len(read) == 4, "other gaps are asked for"
