"""Signatures: shingles by hand, likeness against the one that is counted."""

import itertools
import random

import numpy as np

from core.data.shingles import alike, minima_of, shingles_of, signatures_of


def numbers_of(documents, size):
    shingles, bounds = shingles_of(documents, size)
    return [shingles[first:end].tolist() for first, end in itertools.pairwise(bounds)]


def test_shingles_by_hand():
    found = numbers_of(["a b c d", "B, C! (d)", "a b", "", "...", "x a b c", "ab c d"], 3)
    assert [len(some) for some in found] == [2, 1, 1, 0, 0, 2, 1]
    assert found[1] == found[0][1:], "case and punctuation are not looked at"
    assert found[5][1] == found[0][0]
    assert not set(found[6]) & set(found[0] + found[5])
    assert len({*found[0], *found[2], *found[5], *found[6]}) == 5, "order and place count"


def test_words_of_other_scripts():
    [hindi, chinese, thai, accents, apart] = numbers_of(["हिन्दी भाषा", "中文字", "ไทย", "Été", "E\u0301te\u0301"], 1)
    assert [len(hindi), len(chinese), len(accents)] == [2, 3, 1]
    assert len(thai) == 3
    assert accents == apart


def test_the_same_every_time():
    shingles, bounds = shingles_of(["the same words in every run"], 2)
    assert bounds.tolist() == [0, 5]
    assert signatures_of(minima_of(shingles, bounds))[0, :6].tolist() == [162, 199, 152, 237, 8, 227]


def test_likeness_is_that_of_the_sets():
    rng = random.Random(5)
    words = [f"w{number}" for number in range(20_000)]
    errors = []
    for share in np.linspace(0, 1, 200):
        rng.shuffle(words)
        common = int(share * 300)
        one, other = words[:300], words[300 - common : 600 - common]
        rng.shuffle(one)
        shingles, bounds = shingles_of([" ".join(one), " ".join(other)], 1)
        signatures = signatures_of(minima_of(shingles, bounds))
        errors.append(alike(signatures[0], signatures[1:])[0] - common / (600 - common))
    assert abs(np.mean(errors)) < 0.01
    assert np.std(errors) < 0.044
