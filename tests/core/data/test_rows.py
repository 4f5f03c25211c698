"""The columns beside the text are kept, row by row, within bounds that are told."""

import json

import pytest

from core.data.documents import Documents
from core.data.options import CorpusOptions


def read(path, **options):
    """The text, the other columns over all batches, and the notes."""
    documents = Documents(path, CorpusOptions(**options))
    text, columns, lines = "", {}, 0
    for batch in documents:
        text += batch.text
        count = batch.text.count("\n")
        for name, cells in (batch.metadata or {}).items():
            assert len(cells) == count
            columns.setdefault(name, [""] * lines).extend(cells)
        lines += count
        for cells in columns.values():
            cells.extend([""] * (lines - len(cells)))
    return text, columns, documents.notes


def test_csv(tmp_path):
    (tmp_path / "a.csv").write_text('id,text,label,by,\n1,alpha,x,"A\nB",u\n2,beta,y\n')
    text, columns, _ = read(tmp_path / "a.csv", column="text", label_column="label")
    assert text == "alpha\nbeta\n"
    assert columns == {"id": ["1", "2"], "by": ["A B", ""], "column 5": ["u", ""]}
    assert list(read(tmp_path / "a.csv", column="text")[1]) == ["id", "label", "by", "column 5"]


def test_jsonl_fields_that_come_late(tmp_path):
    rows = [{"text": "a", "n": 1, "none": None}, {"text": "b", "deep": {"x": ["é"]}}, {"text": "c", "n": True}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows) + "broken\n")
    _, columns, _ = read(tmp_path / "a.jsonl")
    assert columns == {"n": ["1", "", "true", ""], "none": [""] * 4, "deep": ["", '{"x": ["é"]}', "", ""]}


def test_plain_text_has_none(tmp_path):
    (tmp_path / "a.txt").write_text("alpha\n")
    assert next(iter(Documents(tmp_path / "a.txt", CorpusOptions()))).metadata is None


def test_batches_of_any_size(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text("id,text\n" + "".join(f"{i},word{i} alpha\n" for i in range(50)))
    whole = read(tmp_path / "a.csv")[:2]
    monkeypatch.setattr("core.data.rows.BATCH", 30)
    assert read(tmp_path / "a.csv")[:2] == whole
    assert whole[1] == {"id": [str(i) for i in range(50)]}


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_bounds_are_told(tmp_path, kind):
    names = [f"c{i}" for i in range(250)]
    path = tmp_path / f"a.{kind}"
    if kind == "csv":
        path.write_text(",".join(["text", *names]) + "\n" + ",".join(["alpha beta", *["x" * 1001] * 250]) + "\n")
    else:
        path.write_text(json.dumps({"text": "alpha beta", **dict.fromkeys(names, "x" * 1001)}) + "\n")
    _, columns, notes = read(path, column="text")
    assert list(columns) == names[:200]
    assert {cells[0] for cells in columns.values()} == {"x" * 1000}
    assert sum("more than 200 columns" in said for said in notes.said) == 1
    assert sum("more than 1,000 characters" in said for said in notes.said) == 1
