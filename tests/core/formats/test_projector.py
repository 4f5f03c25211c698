"""The projector's two tables, line by line."""

import zipfile

import numpy as np

from core.formats.format import FORMATS
from core.space import EmbeddingSpace


def test_two_tables_of_equal_length(tmp_path):
    keys = ["king", "a\tb", "line\nend", "new york", "=1+1"]
    space = EmbeddingSpace(keys, np.arange(10, dtype=np.float32).reshape(5, 2) / 3, np.array([9, 8, 7, 6, 5]))
    warnings = FORMATS.get("projector")().write(space, tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as tables:
        assert tables.namelist() == ["tensors.tsv", "metadata.tsv"]
        assert tables.testzip() is None
        vectors = tables.read("tensors.tsv").decode().split("\n")
        words = tables.read("metadata.tsv").decode().split("\n")
    assert vectors[0] == "0\t0.333333343"
    assert words == ["word\tcount", "king\t9", "a b\t8", "line end\t7", "new york\t6", "=1+1\t5", ""]
    assert len(vectors) == 6
    assert "2 words hold" in warnings[0]
    assert "“a\\tb” became “a b”" in warnings[0]
