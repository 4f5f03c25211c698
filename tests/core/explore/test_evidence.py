"""Evidence on a corpus small enough to count by hand."""

from pathlib import Path

import pytest

from core.data.build import build_corpus
from core.data.corpus import Corpus
from core.data.options import CorpusOptions
from core.errors import CorpusError, UnknownWordError
from core.explore.evidence import concordance, evidence
from tests.core.data.tiny_steps import register

TEXT = """The King sat on his golden throne.
A king, a queen.
The throne stood empty; far away, in another land altogether, the old king slept.
Nobody came.
King after king took the throne.
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    source = tmp_path / "lines.txt"
    source.write_text(TEXT, encoding="utf-8")
    return build_corpus(source, tmp_path / "corpora", CorpusOptions())


def test_lines_with_both_words_within_the_window_closest_first(corpus: Corpus) -> None:
    found = evidence(corpus, "king", "throne", window=5)
    # Line 5: king took the throne, distance 3. Line 1: king sat on his golden throne, distance 5. Line 3: distance 11.
    assert [line.number for line in found.lines] == [5, 1]
    assert found.total == 2


def test_spans_are_the_characters_of_the_words(corpus: Corpus) -> None:
    line = evidence(corpus, "King", "throne", window=5).lines[1]
    assert [line.text[first:last] for first, last in line.spans] == ["King", "throne"]


def test_a_wider_window_finds_more_and_the_limit_cuts_only_the_lines(corpus: Corpus) -> None:
    found = evidence(corpus, "throne", "king", window=50, limit=1)
    assert len(found.lines) == 1
    assert found.total == 3


def test_a_word_with_itself_needs_it_twice(corpus: Corpus) -> None:
    found = evidence(corpus, "king", "king", window=5)
    assert [line.number for line in found.lines] == [5]


def test_words_of_two_lines_never_meet(corpus: Corpus) -> None:
    assert evidence(corpus, "queen", "throne", window=50).total == 0


def test_a_missing_word_and_a_missing_text_are_said(corpus: Corpus) -> None:
    with pytest.raises(UnknownWordError, match="emperor"):
        evidence(corpus, "king", "emperor")
    corpus.forget_text()
    with pytest.raises(CorpusError, match="was not kept"):
        evidence(corpus, "king", "throne")


def test_a_concordance_shows_every_place_of_a_word(corpus: Corpus) -> None:
    found = concordance(corpus, " King ")
    assert [line.number for line in found.lines] == [1, 2, 3, 5]
    assert found.total == 4
    last = found.lines[-1]
    assert [last.text[first:past] for first, past in last.spans] == ["King", "king"]
    assert concordance(corpus, "king", limit=1).total == 4
    assert [line.number for line in concordance(corpus, "king", limit=1).lines] == [1]


def test_a_concordance_of_a_missing_word_or_text_is_refused(corpus: Corpus) -> None:
    with pytest.raises(UnknownWordError, match="emperor"):
        concordance(corpus, "emperor")
    corpus.forget_text()
    with pytest.raises(CorpusError, match="was not kept"):
        concordance(corpus, "king")


# ----------------------------------------------------------------------------------------- words that cleaning changed


def marked(lines):
    return [[line.text[first:last] for first, last in line.spans] for line in lines]


@pytest.fixture
def cleaned(tmp_path, monkeypatch):
    register(monkeypatch)

    def build(text, *steps, **options):
        source = tmp_path / "lines.txt"
        source.write_text(text, encoding="utf-8")
        return build_corpus(source, tmp_path / "corpora", CorpusOptions(steps=steps, **options))

    return build


def test_places_of_words_that_steps_rewrote(cleaned) -> None:
    corpus = cleaned("The Kings of the North meet kings.\nA king.\n", "t_suffix", "t_stop")
    assert marked(concordance(corpus, "king").lines) == [["Kings", "kings"], ["king"]]
    assert marked(concordance(corpus, "Kings").lines) == [["Kings", "kings"], ["king"]], "found as the corpus writes it"
    # kings of north meet kings: the words that were dropped do not count for the distance.
    found = evidence(corpus, "north", "kings", window=2)
    assert marked(found.lines) == [["Kings", "North", "kings"]]
    assert found.lines[0].text == "The Kings of the North meet kings."
    with pytest.raises(UnknownWordError):
        concordance(corpus, "the")


def test_a_phrase_is_marked_from_its_first_word_to_its_last(cleaned) -> None:
    corpus = cleaned("New, York is big.\nnew york\nNew is York.\n", "t_often")
    assert marked(concordance(corpus, "new_york").lines) == [["New, York"], ["new york"]]
    assert marked(concordance(corpus, "New York").lines) == [["New, York"], ["new york"]]
    assert marked(evidence(corpus, "new_york", "big").lines) == [["New, York", "big"]]


def test_the_parts_of_a_word_are_marked_within_it(cleaned) -> None:
    corpus = cleaned("The Learner İstanbul\n", tokenizer="t_halves")
    assert marked(concordance(corpus, "##rner").lines) == [["rner"]]
    assert marked(evidence(corpus, "lea", "##rner").lines) == [["Lea", "rner"]]
    # Lower case has one character more than what is in the text: the word as a whole is marked.
    assert marked(concordance(corpus, corpus.words[-1]).lines) == [["İstanbul"]]


def test_what_is_not_certain_is_not_marked(cleaned) -> None:
    text = "the king saw <i class=king>a king</i> here\nhttp://king.com king\nking <king> end\n"
    corpus = cleaned(text, "t_tags")
    found = concordance(corpus, "king")
    assert [line.number for line in found.lines] == [1, 2, 3]
    # In the second line the word may be that of the address, in the third that of the tag: neither is marked.
    assert found.lines[0].text[found.lines[0].spans[0][0] :].startswith("king saw")
    assert all(line.text[first - 6 : first] != "class=" for line in found.lines for first, _ in line.spans)
    assert marked(found.lines[1:]) == [[], []]


def test_a_line_too_long_to_compare_is_shown_without_marks(cleaned, monkeypatch) -> None:
    corpus = cleaned("king <b> queen\nking queen\n", "t_tags")
    assert marked(concordance(corpus, "king").lines) == [["king"], ["king"]]
    monkeypatch.setattr("core.explore.evidence.MOST_COMPARED", 2)
    assert marked(concordance(corpus, "king").lines) == [[], ["king"]]
