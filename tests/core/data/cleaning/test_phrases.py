"""Scores of pairs: by hand, and the values of Dunning's paper."""

import itertools
import math
import re
from collections import Counter

import numpy as np
import pytest

from core.data.cleaner import Pairs, steps_of
from core.data.cleaning.phrases import log_likelihood, npmi, word2vec_score


def pairs_of(lines, rare=1):
    words, together = Counter(), Counter()
    for line in lines:
        found = re.findall(r"\w+", line)
        words.update(found)
        together.update(itertools.pairwise(found))
    number = {word: place for place, word in enumerate(words)}
    listed = [(number[a], number[b], count) for (a, b), count in together.items() if count >= rare]
    first, second, counts = np.array(listed, np.int64).reshape(-1, 3).T
    return Pairs(
        list(words),
        np.array(list(words.values()), np.int64),
        sum(words.values()),
        first.astype(np.uint32),
        second.astype(np.uint32),
        counts,
        sum(together.values()),
    )


def of(values):
    return np.array(values, np.int64)


def test_npmi_by_hand():
    # f(a) = 20, f(b) = 10, f(ab) = 8 in 1,000 words: ln(.008 / (.02 * .01)) = ln 40, -ln .008 = ln 125.
    assert npmi(of([20]), of([10]), of([8]), 1000)[0] == pytest.approx(math.log(40) / math.log(125), rel=1e-12)
    # Never apart: 1. As often as by chance (20 * 50 / 1000 = 1): 0. Less often: below 0.
    scores = npmi(of([5, 20, 500]), of([5, 50, 400]), of([5, 1, 50]), 1000)
    assert scores[:2] == pytest.approx([1, 0], abs=1e-12)
    assert -1 < scores[2] < 0
    assert npmi(of([7]), of([7]), of([7]), 7)[0] == 1


@pytest.mark.parametrize(
    ("cells", "published"),
    [
        # “the swiss”, “can be”, “previous year”, “mineral water” in T. Dunning (1993), table of bigrams.
        ((110, 2442, 111, 29114), 270.72),
        ((29, 13, 123, 31612), 263.90),
        ((31, 23, 139, 31584), 256.84),
        ((10, 0, 3, 31764), 167.23),
    ],
)
def test_log_likelihood_is_that_of_the_paper(cells, published):
    both, only_first, only_second, _ = cells
    [score] = log_likelihood(of([both + only_first]), of([both + only_second]), of([both]), sum(cells))
    assert score == pytest.approx(published, abs=0.005)


def test_log_likelihood_has_a_sign():
    chance, apart = log_likelihood(of([20, 500]), of([50, 400]), of([1, 50]), 1000)
    assert chance == pytest.approx(0, abs=1e-12)
    assert apart < -100
    # A word that follows itself all the time has no cell below 0.
    assert np.isfinite(log_likelihood(of([4]), of([4]), of([3]), 4)).all()


def test_word2vec_by_hand():
    # (8 - 5) * 1000 / (20 * 10) = 15.
    assert word2vec_score(of([20]), of([10]), of([8]), 1000, 5)[0] == 15


LINES = ["i saw new york today"] * 12 + ["the old new house of the king"] * 3 + ["york is in the north of the land"] * 3


def test_candidates_are_the_pairs_that_score_the_strongest_first():
    pairs = pairs_of(LINES)
    [step] = steps_of(["phrases"])
    found = step.candidates(pairs)
    assert found[0].score >= found[-1].score >= 0.5
    assert {(one.first, one.second) for one in found} == {
        ("i", "saw"),
        ("saw", "new"),
        ("new", "york"),
        ("york", "today"),
    }
    york = next(one for one in found if one.second == "york")
    tokens = 12 * 5 + 3 * 7 + 3 * 8
    assert york.together == 12
    assert york.score == pytest.approx(math.log(12 * tokens / (15 * 15)) / math.log(tokens / 12))
    assert step.joined("new", "york") == "new_york"


def test_settings_choose():
    pairs = pairs_of(LINES)

    def names(settings):
        [step] = steps_of([f"phrases {settings}"])
        return {f"{one.first} {one.second}" for one in step.candidates(pairs)}

    assert "of the" in names("min_count=5 threshold=-1")
    assert "of the" not in names("min_count=5 threshold=-1 stop_words=en")
    assert "old new" in names("min_count=3 threshold=-1") - names("min_count=4 threshold=-1")
    assert names("most=1") == {"i saw"}, "the first of those that score the same"
    assert names("threshold=1") == {"i saw"}
    assert names("method=log_likelihood") < names("method=log_likelihood threshold=10")
    assert names("method=word2vec min_count=2 threshold=2") >= {"new york"}


def test_words_that_stand_for_others_are_not_joined():
    pairs = pairs_of(["_number_ mg of new york"] * 20)
    [step] = steps_of(["phrases threshold=-1"])
    assert {one.first for one in step.candidates(pairs)} == {"mg", "of", "new"}
