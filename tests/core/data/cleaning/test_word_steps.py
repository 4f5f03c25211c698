"""What each step makes of words, example by example."""

import math
from typing import get_args

import pytest
import simplemma
import snowballstemmer
import stopwordsiso

from core.data.cleaner import steps_of
from core.data.cleaning import lemmas, stemming
from core.data.stop_lists import FUNCTION_WORDS, StopLanguage, stop_words

EXAMPLES = {
    "numbers": [
        ("12 2024 ٣ 3.5 1,000 -4 12% $5 12:30 (7)", "_number_ " * 10),
        ("b12 3rd x covid19 v2.0 ½ . -", "b12 3rd x covid19 v2.0 ½ . -"),
    ],
    "numbers to=": [("in 1984 it", "in it")],
    "numbers to='a number'": [("1984", "a number")],
    "lengths": [("a I it x2 " + "x" * 40 + " " + "x" * 41, "it x2 " + "x" * 40)],
    "lengths shortest=1 longest=10": [("a " + "x" * 11, "a")],
    "matching_words": [("b12 x 3 a1b word", "x word")],
    r"matching_words action=keep pattern='\p{Latin}+'": [("abc été слово 12 a1", "abc été")],
    "stop_words": [
        ("the patient doesn't like The computer system", "patient like computer system"),
        ("don t doesn’t we've it s research", "research"),
    ],
    "stop_words size=long": [("the computer asked patient", "patient")],
    "stop_words extra=Patient,und keep=The": [("the of patient Und was", "the")],
    "stop_words language=de": [("der Bundestag und die Wahl über", "Bundestag Wahl")],
    "stop_words language=fr": [("quelqu'un parle de la quelqu politique", "politique")],
    "stemming": [("connected connection connecting _url_", "connect connect connect _url_")],
    "stemming language=de": [("häusern gegangen", "haus gegang")],
    "stemming language=ru": [("важная важные", "важн важн")],
    "lemmas": [("went mice houses _number_ xyzzy", "go mouse house _number_ xyzzy")],
    "lemmas language=de": [("häusern Häusern gesetze 123", "haus Haus gesetz 123")],
}


@pytest.mark.parametrize(
    ("step", "words", "wanted"), [(step, *example) for step, examples in EXAMPLES.items() for example in examples]
)
def test_example(step, words, wanted):
    [step] = steps_of([step])
    assert [part for answer in step.words(words.split()) for part in answer] == wanted.split()


def test_languages_are_those_of_the_packages():
    assert set(get_args(StopLanguage)) == set(stopwordsiso.langs())
    assert set(get_args(stemming.Language)) == set(stemming.ALGORITHMS)
    # Two variants of languages that have another algorithm are left out.
    assert set(stemming.ALGORITHMS.values()) == set(snowballstemmer.algorithms()) - {"porter", "dutch_porter"}
    known = simplemma.strategies.dictionaries.dictionary_factory.SUPPORTED_LANGUAGES
    assert set(get_args(lemmas.Language)) == set(known)


@pytest.mark.parametrize("language", get_args(StopLanguage))
def test_every_list_has_words_in_the_form_of_the_corpus(language):
    words = stop_words(language, "long")
    assert len(words) >= 25
    assert all(word == word.lower() and "’" not in word for word in words)


def test_the_short_list_has_words_of_grammar_only():
    long = stop_words("en", "long")
    assert 250 < len(FUNCTION_WORDS) < len(long) < math.inf
    assert {"the", "of", "and", "don", "don't", "isn't", "we've"} <= FUNCTION_WORDS
    assert not {"computer", "system", "research", "state", "work", "problem", "fire"} & FUNCTION_WORDS
    plain = {word for word in FUNCTION_WORDS if "'" not in word}
    assert len(plain - long) < 10, "hardly a word that other lists do not have"


@pytest.mark.parametrize("language", get_args(stemming.Language))
def test_every_stemmer_stems(language):
    [step] = steps_of([f"stemming language={language}"])
    answers = step.words(["a", "é", "_url_", "123", "слово", "λόγος", "كتاب", "परीक्षा"])
    assert all(len(answer) == 1 and answer[0] for answer in answers)
    assert step.words(["_url_"]) == [("_url_",)]
