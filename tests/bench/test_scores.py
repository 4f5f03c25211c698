"""The scores that presets are chosen by: known answers on vectors made for the purpose."""

import numpy as np

from core.space import EmbeddingSpace
from tests.bench.scores import Gaps, Pairs
from tests.core.toy import data_of

TOPICS, WORDS, LINES = 10, 600, 1_000


def topical(lines):
    """Lines of twelve words of one topic each; word w is of topic w mod 10."""
    rng = np.random.default_rng(0)
    numbers = rng.integers(0, WORDS // TOPICS, (lines, 12))
    return (TOPICS * numbers + rng.integers(0, TOPICS, (lines, 1))).tolist()


def space_of(vectors):
    return EmbeddingSpace([f"w{rank}" for rank in range(WORDS)], vectors.astype(np.float32))


def test_gaps_are_filled_by_vectors_that_know_the_topics_and_by_chance_without():
    gaps = Gaps.of(data_of(topical(LINES), held_out=range(0, LINES, 5), vocabulary=WORDS))
    assert len(gaps) > 1_000
    noise = np.random.default_rng(1).normal(size=(WORDS, TOPICS))
    topics = np.eye(TOPICS)[np.arange(WORDS) % TOPICS]
    # Nine tenths of the competitors are of another topic; one of the same topic lies farther half of the time.
    assert 0.94 < gaps(space_of(topics + 0.01 * noise)) < 0.96
    assert 0.47 < gaps(space_of(noise)) < 0.53


def test_what_was_said_in_training_leaves_no_gap():
    said = topical(LINES)
    assert len(Gaps.of(data_of(said + said, held_out=range(LINES), vocabulary=WORDS))) == 0


def test_pairs_are_scored_where_enough_of_them_are_known(tmp_path):
    rows = [f"w0\tw{10 * i}\t{20 - i}" for i in range(1, 15)] + ["w0\tunheard of\t3"]
    (tmp_path / "pairs.tsv").write_text("# one\ttwo\tscore\n" + "\n".join(rows), "utf-8")
    angles = np.arange(WORDS) / WORDS
    space = space_of(np.stack([np.cos(angles), np.sin(angles)], axis=1))
    assert Pairs([tmp_path / "pairs.tsv"], 14)(space) == 1
    assert np.isnan(Pairs([tmp_path / "pairs.tsv"], 15)(space))
