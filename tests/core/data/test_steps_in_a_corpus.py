"""From documents to a corpus through steps of every stage: followed by hand, rebuilt byte for byte."""

import json
import random

import numpy as np
import pytest

from core.data.build import add_corpus, build_corpus
from core.data.card import versions_of
from core.data.cleaner import CLEANING_STEPS, DocumentStep, TextStep
from core.data.corpus import Corpus, corpus_id
from core.data.options import CorpusOptions
from core.data.reader import Batch
from core.data.readers.text import Text
from core.data.tokenizer import TOKENIZERS
from core.errors import CorpusError
from tests.core.data import tiny_steps
from tests.core.data.tiny_steps import NoParams, register


@pytest.fixture(autouse=True)
def _steps(monkeypatch):
    register(monkeypatch)


def make(tmp_path, text, *steps, name="file.txt", **options):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    folder = tmp_path / f"corpus-{random.random()}"
    return build_corpus(path, folder, CorpusOptions(steps=steps, **options))


def lines_of(corpus):
    return [
        " ".join(corpus.words[rank] for rank in corpus.tokens[first:last])
        for first, last in zip(corpus.offsets[:-1], corpus.offsets[1:], strict=True)
    ]


def test_steps_on_words_by_hand(tmp_path):
    corpus = make(tmp_path, "The cats saw the dog.\n\nA dog runs\nthe\n", "t_stop", "t_suffix")
    assert lines_of(corpus) == ["cat saw dog", "", "dog run", ""]
    assert corpus.words == ["dog", "cat", "saw", "run"]
    assert corpus.counts.tolist() == [2, 1, 1, 1]
    assert corpus.offsets.tolist() == [0, 3, 3, 5, 5]
    assert (corpus.tokens_total, corpus.types, corpus.lines, corpus.documents) == (5, 4, 4, 2)
    assert corpus.line(0) == "The cats saw the dog.", "the text stays as it was"
    assert "“the” and “a” are gone." in corpus.warnings
    assert corpus.normal("The Cats, runs") == ("cat", "run")
    assert corpus.normal("the") == ()


def test_text_steps_rewrite_what_is_counted_and_not_what_is_shown(tmp_path):
    corpus = make(tmp_path, "see <b>this</b> http://a.b/c\nend\n", "t_tags")
    assert lines_of(corpus) == ["see this addr", "end"]
    assert corpus.line(0) == "see <b>this</b> http://a.b/c"
    assert corpus.normal("http://x.y") == ("addr",)


def test_documents_are_split_and_left_out(tmp_path):
    text = "text,label,id\nOne cat. Two cats.,x,1\nOne cat. Two cats.,y,2\n,x,3\nOne cat.,y,4\n"
    corpus = make(tmp_path, text, "t_sentences", "t_once", name="a.csv", column="text", label_column="label")
    assert [corpus.line(i) for i in range(corpus.lines)] == [
        "One cat.", "Two cats.", "One cat.", "Two cats.", "", "One cat.",
    ]  # fmt: skip
    assert lines_of(corpus) == ["one cat", "two cats", "", "", "", ""]
    assert [corpus.left_out(i) for i in range(6)] == [False, False, True, True, False, True]
    assert [corpus.origin(i) for i in (1, 2, 4, 5)] == [("a.csv", "row", n) for n in (1, 2, 3, 4)]
    assert [corpus.row(i) for i in range(6)] == [0, 0, 1, 1, 2, 3]
    assert [corpus.label(i) for i in range(6)] == ["x", "x", "y", "y", "x", "y"]
    assert corpus.labels == {"x": 1, "y": 0}, "of documents with words: one is blank, and two are left out"
    assert corpus.card.left_out == 3
    assert any("3 of 6 documents were left out" in warning for warning in corpus.warnings)


def test_a_corpus_says_nothing_of_what_did_not_happen(tmp_path):
    corpus = make(tmp_path, "one two\nthree four\n", "t_sentences", "t_once")
    assert not {"rows.bin", "left_out.bin", "phrases.json", "labels.bin"} & {p.name for p in corpus.folder.iterdir()}
    assert corpus.origin(1) == ("file.txt", "line", 2)
    assert not corpus.left_out(1)
    assert corpus.metadata(1) == {}


def test_phrases_join_again_and_again(tmp_path):
    text = "new york city is big\nin new york city\nnew york\nnew city\n"
    once = make(tmp_path, text, "t_often")
    assert lines_of(once) == ["new_york city is big", "in new_york city", "new_york", "new city"]
    assert once.words == ["city", "new_york", "new", "is", "big", "in"], (
        "as frequent as another, a phrase comes after it"
    )
    assert once.counts.tolist() == [3, 3, 1, 1, 1, 1]
    twice = make(tmp_path, text, "t_often", "t_often")
    assert lines_of(twice) == ["new_york_city is big", "in new_york_city", "new_york", "new city"]
    assert sum(twice.counts) == twice.tokens_total == 8
    assert twice.normal("New York City") == ("new_york_city",)
    kept = json.loads((twice.folder / "phrases.json").read_text())
    assert kept == [
        [["new", "york", "new_york", 3, 3.0], ["york", "city", "york_city", 2, 2.0]],
        [["new_york", "city", "new_york_city", 2, 2.0]],
    ]


def test_words_that_phrases_use_up_are_gone(tmp_path):
    corpus = make(tmp_path, "ice cream\nice cream\nmilk\n", "t_often")
    assert corpus.words == ["ice_cream", "milk"]
    assert corpus.types == 2
    assert corpus.counts.tolist() == [2, 1]


def test_a_tokeniser_learns_from_the_words_that_steps_leave(tmp_path):
    corpus = make(tmp_path, "The learner learns\nthe\n", "t_stop", tokenizer="t_halves")
    assert lines_of(corpus) == ["lea ##rner lea ##rns", ""]
    assert json.loads((corpus.folder / "tokenizer.json").read_text()) == {"shown": 2}
    assert corpus.normal("a learner") == ("lea", "##rner")
    assert "Words were halved." in corpus.warnings
    again = Corpus.open(corpus.folder)
    assert again.normal("learns") == ("lea", "##rns")


def test_the_card_counts_every_step(tmp_path):
    text = "The cats see. The cats see <b>cats</b>.\nThe cats see. The cats see <b>cats</b>.\n"
    steps = ("t_often", "t_suffix suffix=ts", "t_stop", "t_tags", "t_once", "t_sentences")
    corpus = make(tmp_path, text, *steps, tokenizer="t_halves")
    card = Corpus.open(corpus.folder).card
    assert [(one.step, one.stage, one.unit, one.before, one.after, one.types) for one in card.steps] == [
        ("t_once", "documents", "documents", 2, 1, None),
        ("t_sentences", "documents", "documents", 1, 2, None),
        # Lines of 13 and 25 characters, one that is left out, and three line feeds; two tags become a blank each.
        ("t_tags", "text", "characters", 41, 36, None),
        ("t_suffix suffix=ts", "words", "words", 7, 7, 3),
        ("t_stop", "words", "words", 7, 5, 2),
        ("t_halves", "tokenizer", "words", 5, 5, 2),
        ("t_often", "phrases", "words", 5, 3, 2),
    ]
    assert lines_of(corpus) == ["ca_see", "ca_see ca", ""]
    assert (card.lines, card.documents, card.left_out, card.tokens, card.types) == (3, 2, 1, 3, 2)
    assert card.source == "file.txt"
    assert card.options["steps"] == list(CorpusOptions(steps=steps).steps)
    assert json.loads(card.json())["steps"][0]["step"] == "t_once"


TEXT = "".join(
    f"The {word}s of <i>house {number}</i>. A learner learns {word} {number % 7}. See http://x.y/{word}\n"
    for number, word in enumerate(["cat", "dog", "house", "learner", "Zürich"] * 40)
)
EVERY = ("t_sentences", "t_once", "t_tags", "t_stop", "t_suffix", "t_often", "t_often")


@pytest.mark.parametrize("short", [0, 2_000_000])
def test_the_same_bytes_again(tmp_path, monkeypatch, short):
    """Whatever the counter, the chunks and the blocks: the recipe rebuilds every file."""
    monkeypatch.setattr("core.data.word_counter.SHORT", short)
    csv = "id,text,label\n" + "".join(f'{n},"{line}",{n % 3}\n' for n, line in enumerate(TEXT.splitlines()))
    options = {"name": "a.csv", "label_column": "label", "column": "text", "tokenizer": "t_halves"}
    first = make(tmp_path, csv, *EVERY, **options)
    monkeypatch.setattr("core.data.corpus_writer.CHUNK", 500)
    monkeypatch.setattr("core.data.rewriting.BLOCK", 50)
    monkeypatch.setattr("core.data.neighbour_pairs.MOST_PAIRS", 10)
    second = make(tmp_path, csv, *EVERY, **options)
    names = {path.name for path in first.folder.iterdir()}
    assert {path.name for path in second.folder.iterdir()} == names
    assert {"rows.bin", "left_out.bin", "phrases.json", "tokenizer.json", "labels.bin"} < names
    for name in names - {"meta.json"}:
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes(), name
    one, other = ({**corpus.meta, "created": "", "name": ""} for corpus in (first, second))
    assert one == other


def test_a_long_line_in_parts_keeps_its_words_apart(tmp_path, monkeypatch):
    class Strip(TextStep[NoParams]):
        name, title, summary, Params = "t_strip", "Strip", "", NoParams

        def text(self, text):
            return "\n".join(line.strip() for line in text.split("\n"))

    register(monkeypatch, Strip)
    monkeypatch.setattr("core.data.corpus_writer.CHUNK", 20)
    words = " ".join(f"word{number}" for number in range(50))
    assert lines_of(make(tmp_path, f"{words}\nend\n", "t_strip")) == [words, "end"]


def test_the_id_is_that_of_bytes_options_and_versions(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text(TEXT)
    plain, stop, halves = (
        add_corpus(tmp_path / "a.txt", tmp_path / "corpora", options)
        for options in (CorpusOptions(), CorpusOptions(steps=("t_stop",)), CorpusOptions(tokenizer="t_halves"))
    )
    assert len({plain.id, stop.id, halves.id}) == 3
    same = CorpusOptions(steps=("t_suffix suffix=s", "t_tags"))
    assert same == CorpusOptions(steps=("t_tags", "t_suffix"))
    assert corpus_id("0", same) == corpus_id("0", CorpusOptions(steps=("t_tags", "t_suffix")))
    monkeypatch.setattr(tiny_steps.Stop, "packages", ("numpy",))
    assert versions_of(CorpusOptions(steps=("t_stop",)))["numpy"] == np.__version__
    assert corpus_id(stop.meta["sha256"], CorpusOptions(steps=("t_stop",))) != stop.id


def test_metadata_follows_the_document(tmp_path, monkeypatch):
    def read(source):
        yield Batch("plain one.\n")
        yield Batch("a b. c d.\ne f.\n", metadata={"year": ["1999", ""], "who": ["Ann", "Bo\nb"]})
        yield Batch("g h.\n", metadata={"place": ["Rome"]})

    monkeypatch.setattr(Text, "read", read)
    corpus = make(tmp_path, "whatever\n", "t_sentences")
    assert corpus.fields == ["year", "who", "place"]
    ann = {"year": "1999", "who": "Ann"}
    assert [corpus.metadata(i) for i in range(5)] == [{}, ann, ann, {"who": "Bo\nb"}, {"place": "Rome"}]
    assert (corpus.folder / "metadata.jsonl").read_text().splitlines()[3] == '["", "", "Rome"]'
    corpus.forget_text()
    assert Corpus.open(corpus.folder).metadata(1) == {}


# ------------------------------------------------------------------------------------- steps that break their contract


class Lines(TextStep[NoParams]):
    name, title, summary, Params = "t_lines", "Lines", "", NoParams

    def text(self, text):
        return text.replace(" ", "\n")


class Few(DocumentStep[NoParams]):
    name, title, summary, Params = "t_few", "Few", "", NoParams

    def documents(self, documents):
        return [[text] for text in documents[1:]]


class Feeds(DocumentStep[NoParams]):
    name, title, summary, Params = "t_feeds", "Feeds", "", NoParams

    def documents(self, documents):
        return [[f"{text}\n"] for text in documents]


@pytest.mark.parametrize(
    ("step", "part"),
    [
        ("t_lines", "The step t_lines changed the number of lines"),
        ("t_few", "The step t_few was given 2 documents and answered for 1"),
        ("t_feeds", "The step t_feeds put a line feed into a document"),
    ],
)
def test_a_step_that_breaks_its_contract_is_named(tmp_path, monkeypatch, step, part):
    register(monkeypatch, Lines, Few, Feeds)
    with pytest.raises(CorpusError, match=part):
        make(tmp_path, "one two\nthree four\n", step)


def test_steps_that_leave_nothing_are_named(tmp_path):
    with pytest.raises(CorpusError, match="The steps leave 1 of 4 words"):
        make(tmp_path, "the a the end\n", "t_stop")
    with pytest.raises(CorpusError, match="cleaning steps leave"):
        make(tmp_path, "<one>\n<two>\n", "t_tags")


# ------------------------------------------------------------------------------------------------------ the registries


@pytest.mark.parametrize("unit", [*CLEANING_STEPS, *TOKENIZERS], ids=lambda unit: unit.name)
def test_every_package_that_decides_the_result_is_named(unit):
    """What a module of a step or tokeniser imports beside this project and numpy goes into the corpus's id."""
    import ast
    import importlib.metadata
    import inspect
    import sys

    tree = ast.parse(inspect.getsource(sys.modules[unit.__module__]))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    packages = importlib.metadata.packages_distributions()
    foreign = {name.split(".")[0] for name in names} - {"core", "numpy", "pydantic", *sys.stdlib_module_names}
    missing = {distribution for name in foreign for distribution in packages[name]} - set(unit.packages)
    assert not missing, f"packages of {unit.name} must hold {missing}"
    for name in unit.packages:
        assert importlib.metadata.version(name)
