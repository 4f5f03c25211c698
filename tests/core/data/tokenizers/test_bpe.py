"""Byte pairs, with the words of Sennrich et al. (2016): low 5, lower 2, newest 6, widest 3."""

import numpy as np

from core.data.subwords import Lesson
from core.data.tokenizer import tokenizer_of

WORDS, TIMES = ["newest", "low", "widest", "lower"], np.array([6, 5, 3, 2])
ALPHABET = sorted(set("".join(WORDS)))


def learned(merges):
    tokenizer = tokenizer_of("bpe")
    tokenizer.restore(tokenizer.learn(Lesson(WORDS, TIMES, len(ALPHABET) + merges, ALPHABET, 16)))
    return tokenizer


def test_merges_by_hand():
    # e·s and s·t 9 (the first by its letters), then es·t 9; l·o and o·w 7 (the first), lo·w 7; e·w, n·e and w·est 6.
    state = learned(5).state()
    pieces = state["pieces"]
    assert pieces == [*ALPHABET, "es", "est", "lo", "low", "ew"]
    assert [(pieces[left], pieces[right]) for left, right in state["merges"]] == [
        ("e", "s"), ("es", "t"), ("l", "o"), ("lo", "w"), ("e", "w"),
    ]  # fmt: skip


def test_split_by_hand():
    assert learned(4).split(["lowest", "newest", "slow", "low", "tower"]) == [
        ("low", "##est"),
        ("n", "##e", "##w", "##est"),
        ("s", "##low"),
        ("low",),
        ("t", "##o", "##w", "##e", "##r"),
    ]


def test_chinese_pieces_are_no_longer_than_said():
    words = ["今天天气很好", "今天天气不好"]
    state = tokenizer_of("bpe").learn(Lesson(words, np.array([50, 50]), 1000, sorted(set("".join(words))), 4))
    assert max(map(len, state["pieces"])) == 4
    assert "今天天气" in state["pieces"]
