"""Words that are certainly the same: by hand, and against every way to lay two short texts side by side."""

import itertools
import random

import pytest

from core.explore.same_words import same_words


def by_trying(before, after):
    ways = []
    for size in range(min(len(before), len(after)), -1, -1):
        for some in itertools.combinations(range(len(before)), size):
            for others in itertools.combinations(range(len(after)), size):
                if [before[i] for i in some] == [after[j] for j in others]:
                    ways.append(dict(zip(others, some, strict=True)))
        if ways:
            break
    found = [{way.get(j) for way in ways} for j in range(len(after))]
    return [next(iter(places)) if len(places) == 1 else None for places in found]


@pytest.mark.parametrize(
    ("before", "after", "places"),
    [
        ("a b c", "a b c", [0, 1, 2]),
        ("a x b", "a b", [0, 2]),
        ("king i king end", "king end", [None, 3]),
        ("http king com king", "addr king", [None, None]),
        ("a b", "x a b y", [None, 0, 1, None]),
        ("a b", "b a", [None, None]),
        ("", "a", [None]),
        ("a", "", []),
    ],
)
def test_by_hand(before, after, places):
    assert same_words(before.split(), after.split()) == places


@pytest.mark.parametrize("seed", range(40))
def test_against_every_way(seed):
    rng = random.Random(seed)
    before, after = ([rng.choice("abc") for _ in range(rng.randrange(7))] for _ in range(2))
    assert same_words(before, after) == by_trying(before, after)
