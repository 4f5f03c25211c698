"""The files of a corpus as one stream: their names, their order, and what is kept of each."""

import os
import sys
from pathlib import Path

import pytest

from core.data.corpus import Corpus
from core.data.documents import Documents
from core.data.ingest import ingest
from core.data.options import CorpusOptions
from core.data.source_files import files_of, text_size
from core.errors import CorpusError


def test_files_follow_their_paths(tmp_path):
    for name in ("b.txt", "a/z.txt", "a.txt", ".hidden.txt", "c/.git/x.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(f"in {name}\n")
    documents = Documents(tmp_path, CorpusOptions())
    assert "".join(batch.text for batch in documents) == "in a/z.txt\nin a.txt\nin b.txt\n"
    files = [(file.name, file.reader, file.unit, file.first_line, file.lines, file.bytes) for file in documents.files]
    assert files == [
        ("a/z.txt", "text", "line", 0, 1, 11),
        ("a.txt", "text", "line", 1, 1, 9),
        ("b.txt", "text", "line", 2, 1, 9),
    ]
    assert documents.bytes_read == documents.bytes_total == 29


def test_the_same_words_in_other_files_are_another_corpus(tmp_path):
    hashes = set()
    for names in ({"a": "x\ny\n"}, {"a": "x\n", "b": "y\n"}, {"a": "x\ny", "b": "\n"}):
        folder = tmp_path / str(len(hashes))
        folder.mkdir()
        for name, text in names.items():
            (folder / name).write_text(text)
        documents = Documents(folder, CorpusOptions())
        list(documents)
        hashes.add(documents.sha256)
    assert len(hashes) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_names_that_are_no_text(tmp_path):
    for name, text in ((b"a\xff\n.txt", b"alpha beta\n"), (b"b\xff.txt", b"caf\xe9 " * 9)):
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
            file.write(text)
    first, second = sorted(tmp_path.iterdir())
    corpora = tmp_path / ".corpora"
    corpus = Corpus.open(corpora / ingest(first, corpora, CorpusOptions()))
    assert corpus.meta["source"].isprintable()
    assert corpus.origin(0)[0] == "a\ufffd\ufffd.txt"
    with pytest.raises(CorpusError, match="is not UTF-8"):
        ingest(second, corpora, CorpusOptions())
    corpus = Corpus.open(corpora / ingest(tmp_path, corpora, CorpusOptions()))
    assert "b\ufffd.txt" in corpus.warnings[0]


def test_a_very_long_line_comes_in_several(tmp_path, monkeypatch):
    monkeypatch.setattr("core.data.readers.text.LONGEST", 40)
    monkeypatch.setattr("core.data.source.BLOCK", 16)
    words = " ".join(f"word{i}" for i in range(40))
    (tmp_path / "a.txt").write_text(f"short\n{words}\nlast")
    documents = Documents(tmp_path / "a.txt", CorpusOptions())
    batches = [batch.text for batch in documents]
    assert all(text.endswith("\n") for text in batches)
    lines = "".join(batches).split("\n")
    assert lines[0] == "short"
    assert lines[-2:] == ["last", ""]
    assert "".join(lines[1:-2]).replace(" ", "") == words.replace(" ", "")
    assert max(map(len, lines)) < 80
    assert "was cut into several" in documents.notes.said[0]


def test_a_folder_without_a_name_is_called_by_its_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CorpusError, match=f"The folder .*{tmp_path.name} is empty"):
        files_of(Path())


def test_what_has_no_size_is_not_opened_to_guess_how_much_text_it_holds(tmp_path, monkeypatch):
    """Some files of the system have none, and reading them waits for something to happen."""
    (tmp_path / "tap").touch()
    (tmp_path / "a.gz").write_bytes(b"\x1f\x8b" + bytes(98))
    opened = []
    usual = Path.open
    monkeypatch.setattr(Path, "open", lambda path, *how: opened.append(path.name) or usual(path, *how))
    assert text_size([tmp_path / "tap", tmp_path / "a.gz"]) == 800
    assert opened == ["a.gz"]
