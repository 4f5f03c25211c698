"""A corpus cleaned in another way from its kept text is the one that its file would give."""

import pytest

from core.data.build import add_corpus
from core.data.corpus import Corpus
from core.data.ingest import ingest
from core.data.options import CorpusOptions
from core.errors import CorpusError

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
