"""A corpus cleaned in another way from its kept text is the one that its file would give."""

import pytest

from core.data.build import add_corpus
from core.data.corpus import Corpus
from core.data.ingest import ingest
from core.data.kept_documents import why_not
from core.data.options import CorpusOptions
from core.errors import CorpusError
from core.files import write_json

TABLE = "body,kind,year\n" + "".join(f'"A Word about Ships, Number {n}",{n % 2},{1900 + n}\n' for n in range(9000))


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "notes.csv"
    path.write_text(TABLE, "utf-8")
    return path


@pytest.fixture
def corpora(tmp_path):
    folder = tmp_path / "corpora"
    folder.mkdir()
    return folder


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "meta.json"}


def test_the_same_as_from_the_file(table, corpora, tmp_path):
    first = CorpusOptions(label_column="kind")
    second = CorpusOptions(label_column="kind", lowercase=False)
    kept = add_corpus(table, corpora, first)
    again = add_corpus(kept.folder, corpora, second)
    anew = add_corpus(table, tmp_path / "elsewhere", second)
    assert again.id == anew.id != kept.id
    assert contents(again.folder) == contents(anew.folder)
    told = dict.fromkeys(("created", "warnings"))
    assert {**again.meta, **told} == {**anew.meta, **told}
    assert again.metadata(8999) == {"year": "10899"}
    assert again.label(8999) == "1"
    assert again.words[0] == "A"


def test_in_a_process_of_its_own(table, corpora):
    kept = add_corpus(table, corpora, CorpusOptions())
    again = Corpus.open(corpora / ingest(kept.folder, corpora, CorpusOptions(lowercase=False), "again"))
    assert (again.name, again.lines, again.meta["source"]) == ("again", 9000, "notes.csv")


def test_what_needs_the_file(table, corpora):
    kept = add_corpus(table, corpora, CorpusOptions())
    with pytest.raises(CorpusError, match="Another column needs the file itself"):
        add_corpus(kept.folder, corpora, CorpusOptions(column="kind"))
    kept.forget_text()
    with pytest.raises(CorpusError, match="Only the words"):
        add_corpus(kept.folder, corpora, CorpusOptions(lowercase=False))


def test_it_is_known_beforehand_that_the_file_is_needed(tmp_path, corpora):
    (tmp_path / "a.txt").write_text("One sentence. Another sentence.\nA third one.\n")
    whole = add_corpus(tmp_path / "a.txt", corpora, CorpusOptions())
    assert why_not(whole) == ""
    split = add_corpus(whole.folder, corpora, CorpusOptions(steps=("sentences language=en",)))
    assert "split into lines" in why_not(split)
    whole.forget_text()
    assert "Only the words" in why_not(whole)


def test_files_of_which_little_is_known(table, corpora):
    """A corpus that came with a run does not say how its files were read."""
    kept = add_corpus(table, corpora, CorpusOptions())
    files = [{"name": "notes.csv", "unit": "line", "first_line": 0, "lines": 9000}]
    write_json(kept.folder / "meta.json", {**kept.meta, "files": files})
    again = add_corpus(kept.folder, corpora, CorpusOptions(lowercase=False))
    assert again.meta["files"] == [{**files[0], "reader": "", "bytes": 0}]
    assert again.origin(8999) == ("notes.csv", "line", 9000)
