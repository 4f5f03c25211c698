"""WordPiece: the longest piece first; beginnings and continuations are learned apart."""

import numpy as np

from core.data.subwords import Lesson
from core.data.tokenizer import tokenizer_of

WORDS, TIMES = ["newest", "low", "widest", "lower"], np.array([6, 5, 3, 2])
ALPHABET = sorted(set("".join(WORDS)))


def test_the_longest_piece_first_by_hand():
    tokenizer = tokenizer_of("wordpiece")
    tokenizer.restore({"pieces": ["[UNK]", *"abcd", "ab", "abc", "##b", "##c", "##d", "##cd"]})
    # abc is longer than ab, though ab ##cd would be fewer pieces of what is left.
    assert tokenizer.split(["abcd", "abd", "bcd", "a"]) == [
        ("abc", "##d"),
        ("ab", "##d"),
        ("b", "##cd"),
        ("a",),
    ]


def test_where_nothing_fits_characters_do():
    tokenizer = tokenizer_of("wordpiece")
    tokenizer.restore({"pieces": ["[UNK]", *"ab", "##b"]})
    assert tokenizer.split(["aba", "aé"]) == [("a", "##b", "##a"), ("a", "##é")]


def test_learning_by_hand():
    tokenizer = tokenizer_of("wordpiece")
    inner = sorted(set("".join(word[1:] for word in WORDS)))
    lesson = Lesson(WORDS, TIMES, 1 + len(ALPHABET) + len(inner) + 4, ALPHABET, 16)
    pieces = tokenizer.learn(lesson)["pieces"]
    # ##e·##s 9, ##es·##t 9, ##w·##e 8 (newest and lower), l·##o 7; with the merge of “we” there is no “low” in lower.
    assert pieces[: 1 + len(ALPHABET) + len(inner)] == ["[UNK]", *ALPHABET, *(f"##{letter}" for letter in inner)]
    assert pieces[-4:] == ["##es", "##est", "lo", "low"]
