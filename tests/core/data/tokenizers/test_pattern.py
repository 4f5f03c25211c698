"""What a regular expression matches, within its time."""

import pytest

from core.data.build import build_corpus
from core.data.options import CorpusOptions
from core.data.tokenize import PlainCounter, spans_of, words_of
from core.data.tokenizer import tokenizer_of
from core.errors import CorpusError, SettingsError

CAREFUL = tokenizer_of("pattern")


def test_as_it_stands_apostrophes_and_hyphens_stay():
    assert words_of("Don't tear well-known words - 'quoted'!", True, CAREFUL) == [
        "don't", "tear", "well-known", "words", "quoted",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "text", "words"),
    [
        ("[A-Z][a-z]+", "The cat met Tom", ["the", "tom"]),
        (r"\p{L}+", "a1b2 été", ["a", "b", "été"]),
        ("x*", "axxb", ["xx"]),
        (r"\s+", "a b", []),
        (r"[a-z]+\s+[a-z]+", "new   york\tis", ["new york"]),
        ("(?:a|(b))c", "ac bc", ["ac", "bc"]),
        (".+", "y" * 101, []),
    ],
)
def test_by_hand(pattern, text, words):
    assert words_of(text, True, tokenizer_of(f"pattern pattern='{pattern}'")) == words


def test_places_are_those_of_the_match():
    assert spans_of("New \u00ad York, Bern", True, tokenizer_of("pattern 'pattern=[A-Z]\\w+(?:\\s+[A-Z]\\w+)?'"))[
        1
    ] == [
        ("new york", 0, 9),
        ("bern", 11, 15),
    ]


def test_no_match_reaches_over_a_line():
    counter = PlainCounter(tokenizer=tokenizer_of(r"pattern pattern='[a-z]+\s*[a-z]+'"))
    tokens, ends = counter.add("ab\ncd ef\n", False)
    more, _ = counter.add("gh", True)
    assert [counter.words()[token] for token in [*tokens, *more]] == ["ab", "cd ef", "gh"]
    assert ends.tolist() == [1, 2]


def test_a_corpus(tmp_path):
    (tmp_path / "a.txt").write_text("id-7 fails\nid-9 fails; id-7 works\n")
    options = CorpusOptions(tokenizer=r"pattern pattern='id-[0-9]+'")
    corpus = build_corpus(tmp_path / "a.txt", tmp_path / "corpus", options)
    assert corpus.words == ["id-7", "id-9"]


@pytest.mark.parametrize("pattern", ["(a", "a{2,1}", "[z-a]", "(?P<x", "(" * 1000, "\\"])
def test_a_pattern_that_is_none_is_refused_in_one_sentence(pattern):
    with pytest.raises(SettingsError, match="pattern must be a regular expression") as told:
        tokenizer_of(f"pattern 'pattern={pattern}'")
    assert len(str(told.value)) < 250


def test_a_pattern_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr("core.data.timed_pattern.SECONDS_TO_START", 0.05)
    slow = tokenizer_of("pattern pattern='(a|aa)+$'")
    assert words_of("aaa", True, slow) == ["aaa"]
    with pytest.raises(CorpusError, match="takes too long"):
        words_of("a" * 80 + "b", True, slow)
