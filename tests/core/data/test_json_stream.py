"""JSON in its three shapes, in pieces of any size, with what is broken told from what is not."""

import json

import pytest

from core.data.documents import Documents
from core.data.json_stream import shape_of
from core.data.notes import Notes
from core.data.options import CorpusOptions
from core.data.source import Source
from core.errors import CorpusError

ENTRIES = [{"text": f"word{i} alpha", "n": i} for i in range(40)]
TEXTS = [entry["text"] for entry in ENTRIES]
WRAPPED = {"name": "a set", "version": 3, "tags": ["x", "y"], "none": [], "rows": ENTRIES, "end": {"deep": [1, 2]}}


def read(path, **options):
    documents = Documents(path, CorpusOptions(**options))
    text = "".join(batch.text for batch in documents)
    return text.removesuffix("\n").split("\n"), documents.notes


@pytest.mark.parametrize(
    ("content", "shape"),
    [
        ('{"text": "a"}\n{"text": "b"}\n', "lines"),
        ('{"text": "a"}', "lines"),
        ('{"text": "a long text, longer than the list", "tags": [{"a": 1}]}', "lines"),
        ('{"text": "short", "tags": [{"a": 1}, {"a": 2}, {"a": 3}]}', "object"),
        ('{"text": "short", "tags": [{"a": 1}, {"a": 2}, {"a": 3}]}\n{"text": "x"}\n', "lines"),
        ('{\n "text": "a",\n "b": 1\n}\n', "object"),
        ('{"text": "a",\n "b": 1}\n', "object"),
        ('{"text": "a\n{"text": "b"}\n', "lines"),
        ('[{"text": "a"}]', "array"),
        ('[{"text": "a"}]\n[{"text": "a"}]\n', "lines"),
        ("alpha beta", "lines"),
    ],
)
def test_shapes(tmp_path, content, shape):
    (tmp_path / "a.json").write_text(content)
    assert shape_of(Source(tmp_path / "a.json", CorpusOptions(), Notes())) == shape


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("block", [1, 7, 1 << 20])
def test_an_object_that_holds_an_array(tmp_path, monkeypatch, indent, block):
    monkeypatch.setattr("core.data.source.BLOCK", block)
    (tmp_path / "a.json").write_text(json.dumps(WRAPPED, indent=indent))
    lines, notes = read(tmp_path / "a.json", column="text")
    assert lines == TEXTS
    assert notes.said == ["The entries of “rows” in a.json were read, and nothing beside them."]


def test_the_longest_array_is_what_an_object_is_about(tmp_path):
    content = {"errors": [{"text": "none"}], "rows": ENTRIES, "more": [{"text": "a"}]}
    (tmp_path / "a.json").write_text(json.dumps(content))
    assert read(tmp_path / "a.json")[0] == TEXTS


def test_an_object_longer_than_what_is_looked_at(tmp_path):
    many = [{"text": f"word{i} alpha"} for i in range(30_000)]
    (tmp_path / "a.json").write_text(json.dumps({"rows": many, "end": 1}))
    assert len(read(tmp_path / "a.json")[0]) == 30_000


def test_one_object_is_one_document(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"title": "x", "text": "alpha\nbeta", "by": [{"n": 1}]}, indent=2))
    assert read(tmp_path / "a.json", column="text")[0] == ["alpha beta"]
    (tmp_path / "a.json").write_text(json.dumps({"text": "alpha beta gamma " * 30_000}))
    assert len(read(tmp_path / "a.json")[0]) == 1


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (json.dumps(WRAPPED)[:-30], "breaks off"),
        (json.dumps(WRAPPED)[:400], "breaks off or is damaged after 9 entries"),
        (json.dumps(WRAPPED).replace('"end":', '"end"'), "damaged at its “end”"),
        (json.dumps({"rows": [{"text": "x" * 300_000}]}) + '\n{"text": "b"}\n', "goes on after"),
    ],
)
def test_damage(tmp_path, content, part):
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(CorpusError) as caught:
        read(tmp_path / "a.json", column="text")
    assert part in str(caught.value)
