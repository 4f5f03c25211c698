"""Parquet files made here: their cells as text, claims that are refused, and columns that are not kept."""

import datetime
import decimal

import pyarrow
import pyarrow.parquet
import pytest

from core.data.documents import Documents
from core.data.notes import Notes
from core.data.options import CorpusOptions
from core.data.reader import reader_for
from core.data.source import Source
from core.errors import CorpusError


def write(path, columns, **options):
    pyarrow.parquet.write_table(pyarrow.table(columns), path, **options)
    return path


def read(path, **options):
    """Lines, the other columns, labels by line, and the notes."""
    documents = Documents(path, CorpusOptions(**options))
    text, columns = "", {}
    for batch in documents:
        text += batch.text
        for name, cells in (batch.metadata or {}).items():
            columns.setdefault(name, []).extend(cells)
    labels = [documents.label_names[index] for part in documents.labels for index in part]
    return text.removesuffix("\n").split("\n"), columns, labels, documents


def test_by_hand(tmp_path):
    path = write(
        tmp_path / "a.parquet",
        {
            "id": [1, 2, 3],
            "text": ["alpha beta", "gamma\ndelta", None],
            "label": pyarrow.array(["x", "y", None]).dictionary_encode(),
            "share": [0.5, None, 2.0],
            "good": [True, False, None],
            "day": [datetime.date(2020, 2, 29)] * 3,
            "at": [datetime.datetime(2020, 2, 29, 12, 30)] * 3,
            "price": [decimal.Decimal("1.50")] * 3,
            "nested": [{"a": 1}] * 3,
            "image": [b"\xff\xd8\xff"] * 3,
        },
    )
    lines, columns, labels, documents = read(path, label_column="label")
    assert lines == ["alpha beta", "gamma delta", ""]
    assert labels == ["x", "y", ""]
    assert columns == {
        "id": ["1", "2", "3"],
        "share": ["0.5", "", "2"],
        "good": ["true", "false", ""],
        "day": ["2020-02-29"] * 3,
        "at": ["2020-02-29 12:30:00.000000"] * 3,
        "price": ["1.50"] * 3,
    }
    assert [(file.reader, file.unit, file.lines) for file in documents.files] == [("parquet", "row", 3)]
    assert documents.notes.sentences() == [
        "Column “text” of a.parquet was taken for the text; name another if it is not.",
        "Nested or binary columns of a.parquet are not kept beside the text: “nested”, “image”.",
        "1 row without text (row 3).",
    ]


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd", "brotli", "lz4"])
@pytest.mark.parametrize("rows_in_part", [7, 1000])
def test_parts_and_compressions(tmp_path, compression, rows_in_part, monkeypatch):
    monkeypatch.setattr("core.data.readers.parquet.BATCH", 500)
    texts = [f"word{i} alpha" for i in range(100)]
    path = write(
        tmp_path / "a.parquet", {"text": texts, "n": range(100)}, compression=compression, row_group_size=rows_in_part
    )
    lines, columns, *_ = read(path)
    assert lines == texts
    assert columns == {"n": [str(i) for i in range(100)]}


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (["alpha", "beta"], pyarrow.large_string(), ["alpha", "beta"]),
        ([b"caf\xc3\xa9", b"caf\xe9"], pyarrow.binary(), ["café", "caf\ufffd"]),
        ([["alpha", "beta"], []], pyarrow.list_(pyarrow.string()), ["alpha beta", ""]),
        (["alpha", "alpha"], pyarrow.dictionary(pyarrow.int32(), pyarrow.string()), ["alpha", "alpha"]),
    ],
)
def test_what_may_hold_text(tmp_path, values, kind, expected):
    path = write(tmp_path / "a.parquet", {"text": pyarrow.array(values, kind), "n": [1, 2]})
    assert read(path)[0] == expected


def test_numbers_only_where_they_are_asked_for(tmp_path):
    path = write(tmp_path / "a.parquet", {"n": [1, 2], "deep": [{"a": 1}] * 2})
    with pytest.raises(CorpusError, match="No column"):
        read(path)
    with pytest.raises(CorpusError, match="holds struct"):
        read(path, column="deep")
    assert read(path, column="n")[0] == ["1", "2"]


def test_columns_of_one_name(tmp_path):
    table = pyarrow.table([["alpha", "beta"], ["gamma", "delta"], [1, 2]], names=["text", "text", "a.b"])
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    lines, columns, *_ = read(tmp_path / "a.parquet", column="text (2)")
    assert lines == ["gamma", "delta"]
    assert columns == {"text": ["alpha", "beta"], "a.b": ["1", "2"]}


def test_look(tmp_path):
    path = write(tmp_path / "a.txt", {"n": [1, 2, 3], "text": ["alpha beta", "b", "c"], "deep": [[1]] * 3})
    source = Source(path, CorpusOptions(), Notes())
    found = reader_for(source).look(source, 2)
    assert (found.names, found.text) == (("n", "text", "deep"), "text")
    assert found.rows == (("1", "alpha beta", ""), ("2", "b", ""))


def test_cells_beyond_reason(tmp_path, monkeypatch):
    path = write(tmp_path / "a.parquet", {"text": ["x" * 100_000], "other": ["y" * 100_000]})
    monkeypatch.setattr("core.data.readers.parquet.LARGEST_CELL", 10_000)
    with pytest.raises(CorpusError, match="cells too large"):
        read(path)


def test_one_text_in_many_rows(tmp_path, monkeypatch):
    path = write(tmp_path / "a.parquet", {"text": ["alpha " * 10_000] * 1_000})
    assert path.stat().st_size < 10_000
    assert len(read(path)[0]) == 1_000
    monkeypatch.setattr("core.data.rows.MOST_UNPACKED", 1_000_000)
    with pytest.raises(CorpusError, match="too large when unpacked"):
        read(path)


@pytest.mark.parametrize(
    ("encoding", "kept_as_dictionary"),
    [(None, True), (None, False), ("PLAIN", True), ("PLAIN", False), ("DELTA_BYTE_ARRAY", False)],
)
def test_long_texts_in_many_rows_come_a_few_at_a_time(tmp_path, monkeypatch, encoding, kept_as_dictionary):
    words = ["alpha " * 20_000, "beta " * 20_000]
    column = pyarrow.array([words[i % 2] for i in range(40)])
    path = write(
        tmp_path / "a.parquet",
        {"text": column.dictionary_encode() if kept_as_dictionary else column},
        use_dictionary=encoding is None,
        column_encoding=None if encoding is None else {"text": encoding},
    )
    asked = []
    iter_batches = pyarrow.parquet.ParquetFile.iter_batches
    monkeypatch.setattr(
        pyarrow.parquet.ParquetFile,
        "iter_batches",
        lambda file, count, **options: asked.append(count) or iter_batches(file, count, **options),
    )
    monkeypatch.setattr("core.data.readers.parquet.LARGEST_CELL", 1_000_000)
    assert read(path)[0] == [words[i % 2] for i in range(40)]
    # Some 200 kB of different text: not more than four rows at once, unless rows share the text in memory, too.
    assert max(asked) <= (4 if encoding != "PLAIN" and not kept_as_dictionary else 4096)


def test_damage(tmp_path):
    path = write(tmp_path / "a.parquet", {"text": ["alpha " * 500, "beta"]}, compression="gzip")
    whole = path.read_bytes()
    for content in (
        whole[: len(whole) // 2],
        b"PAR1" * 3,
        whole[:20] + bytes(40) + whole[60:],
        b"PARE" + whole[4:-4] + b"PARE",
    ):
        path.write_bytes(content)
        with pytest.raises(CorpusError, match="Parquet") as caught:
            read(path)
        assert len(str(caught.value).splitlines()) == 1
    path.write_text("alpha beta\n")
    with pytest.raises(CorpusError, match="no Parquet file, as its name says"):
        read(path)
    with pytest.raises(CorpusError, match="no rows"):
        read(write(path, {"text": pyarrow.array([], pyarrow.string())}))
