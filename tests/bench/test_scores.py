"""The scores that presets are chosen by: known answers on vectors made for the purpose."""

import numpy as np

from core.space import EmbeddingSpace
from tests.bench.scores import Pairs

WORDS = 600


def space_of(vectors):
    return EmbeddingSpace([f"w{rank}" for rank in range(WORDS)], vectors.astype(np.float32))


def test_pairs_are_scored_where_enough_of_them_are_known(tmp_path):
    rows = [f"w0\tw{10 * i}\t{20 - i}" for i in range(1, 15)] + ["w0\tunheard of\t3"]
    (tmp_path / "pairs.tsv").write_text("# one\ttwo\tscore\n" + "\n".join(rows), "utf-8")
    angles = np.arange(WORDS) / WORDS
    space = space_of(np.stack([np.cos(angles), np.sin(angles)], axis=1))
    assert Pairs([tmp_path / "pairs.tsv"], 14)(space) == 1
    assert np.isnan(Pairs([tmp_path / "pairs.tsv"], 15)(space))
