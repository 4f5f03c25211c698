"""Unigram: the split whose pieces have the greatest product of probabilities."""

from collections import Counter
from pydoc_data.topics import topics

import numpy as np

from core.data.subwords import Lesson
from core.data.tokenize import words_of
from core.data.tokenizer import tokenizer_of

SCORES = {"a": -3.0, "b": -3.0, "c": -3.0, "ab": -4.0, "bc": -3.5, "abc": -8.0}


def restored(scores):
    tokenizer = tokenizer_of("unigram")
    tokenizer.restore({"pieces": list(scores), "scores": list(scores.values())})
    return tokenizer


def test_the_most_probable_split_by_hand():
    # abc: whole -8, a·b·c -9, ab·c -7, a·bc -6.5. ab: whole -4, a·b -6. abab: ab·ab -8.
    assert restored(SCORES).split(["abc", "ab", "abab"]) == [("a", "##bc"), ("ab",), ("ab", "##ab")]
    assert restored(SCORES | {"abc": -6.0}).split(["abc"]) == [("abc",)]


def test_endings_of_english_are_found():
    counts = Counter(words_of(" ".join(topics.values())))
    tokenizer = tokenizer_of("unigram vocabulary=1000")
    tokenizer.fit(list(counts), np.array(list(counts.values())))
    assert {"ing", "ed", "ly", "object", *"abc"} <= set(tokenizer.state()["pieces"])
    for parts, ending in zip(tokenizer.split(["frobbing", "objects"]), ["##ing", "##s"], strict=True):
        assert parts[-1] == ending


def test_characters_that_earned_no_place_are_all_the_same():
    # Each of these letters stands in one word only, and only within what is always together.
    words = ["qwxyz" * 2, "qwxyz" * 3]
    lesson = Lesson(words, np.array([50, 50]), 8, sorted("qwxyz"), 5)
    learned = tokenizer_of("unigram").learn(lesson)
    assert all(tokenizer_of("unigram").learn(lesson) == learned for _ in range(5))
    scores = dict(zip(learned["pieces"], learned["scores"], strict=True))
    # The package keeps q, and adds the others in the order of a hash table.
    assert {scores[letter] for letter in "wxyz"} == {min(scores.values())}
    assert scores["qwxyz"] > scores["q"] > scores["w"]
