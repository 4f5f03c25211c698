"""WEAT by hand, against plain loops, and against the number that WEFE gives for a stored space."""

import json
import math
from pathlib import Path
from statistics import fmean, pstdev

import numpy as np
import pytest

from core.bias.metric import METRICS, BiasOptions
from core.bias.word_sets import WordSets
from core.space import EmbeddingSpace

SPACE = json.loads(Path(__file__).with_name("data").joinpath("small_space.json").read_text("utf-8"))
WORDS = SPACE["words"]
WEAT = METRICS.get("weat")()

# From WEFE 1.0.1 (numpy 1.26.4): statistic ("weat") and effect size of three tests in data/small_space.json.
WEFE = {
    "occupations": (4.115334296226501, 1.261480562272473),
    "small": (0.34418483078479767, 0.38343092756259795),
    "neutral": (1.307688258588314, 1.307194155957233),
}
TESTS = {
    "occupations": (WORDS[:6], WORDS[6:12], WORDS[12:17], WORDS[17:22]),
    "small": (["king", "pilot"], ["queen", "nurse"], ["he"], ["she", "her"]),
    "neutral": (["paris", "rome", "river"], ["apple", "pear", "tree"], ["he", "man"], ["she", "woman"]),
}


def sets_of(t1, t2, a1, a2):
    return WordSets.from_dict({"targets": {"T1": t1, "T2": t2}, "attributes": {"A1": a1, "A2": a2}})


def stored_space():
    return EmbeddingSpace(WORDS, np.array(SPACE["vectors"], np.float32))


def loops(vectors, t1, t2, a1, a2):
    """The definition, word for word."""

    def cos(a, b):
        return sum(x * y for x, y in zip(vectors[a], vectors[b], strict=True)) / (
            math.hypot(*vectors[a]) * math.hypot(*vectors[b])
        )

    def s(w):
        return fmean(cos(w, a) for a in a1) - fmean(cos(w, b) for b in a2)

    xs, ys = [s(x) for x in t1], [s(y) for y in t2]
    return sum(xs) - sum(ys), (fmean(xs) - fmean(ys)) / pstdev(xs + ys)


def test_by_hand():
    # Attributes lie on the axes, so that s(w) is cos - sin of the angle of w: 1, -0.2 and 0.2, -1.
    keys = ["x1", "x2", "y1", "y2", "a", "b"]
    space = EmbeddingSpace(keys, np.array([[2, 0], [3, 4], [4, 3], [0, 9], [1, 0], [0, 5]], np.float32))
    result = WEAT.compute(space, sets_of(["x1", "x2"], ["y1", "y2"], ["a"], ["b"]), BiasOptions())
    assert [score.association for score in result.words[:4]] == pytest.approx([1, -0.2, 0.2, -1])
    assert [score.similarities for score in result.words[1:2]] == [pytest.approx((0.6, 0.8))]
    # Sums .8 and -.8; means .4 and -.4; the mean of all is 0, their variance (1 + .04 + .04 + 1) / 4 = .52.
    assert result.statistic == pytest.approx(1.6)
    assert result.value == pytest.approx(0.8 / math.sqrt(0.52))
    # The six splits, by what is dealt into the first set:
    #   {1, -.2} 1.6 observed   {1, .2} 2.4 larger   {1, -1} 0   {-.2, .2} 0   {-.2, -1} -2.4   {.2, -1} -1.6
    assert (result.splits, result.larger, result.equal) == (6, 1, 1)
    assert result.p_value == pytest.approx(1 / 6)
    assert result.p_method == "exact over 6 splits"
    assert "not defined" not in result.reads
    assert "p = 0.17" in result.reads


@pytest.mark.parametrize("name", TESTS)
def test_as_wefe(name):
    result = WEAT.compute(stored_space(), sets_of(*TESTS[name]), BiasOptions())
    assert (result.statistic, result.value) == pytest.approx(WEFE[name], abs=1e-6)


@pytest.mark.parametrize("name", TESTS)
def test_as_loops(name):
    result = WEAT.compute(stored_space(), sets_of(*TESTS[name]), BiasOptions())
    vectors = dict(zip(WORDS, SPACE["vectors"], strict=True))
    assert (result.statistic, result.value) == pytest.approx(loops(vectors, *TESTS[name]), abs=1e-6)


def test_a_p_of_none_of_the_splits_is_less_than_one_of_them():
    vectors = np.array([[1, 0], [1, 0.1], [0, 1], [0.1, 1], [1, 0], [0, 1]], np.float32)
    sets = sets_of(["a", "b"], ["c", "d"], ["e"], ["f"])
    result = WEAT.compute(EmbeddingSpace(list("abcdef"), vectors), sets, BiasOptions())
    assert (result.splits, result.larger, result.p_value) == (6, 0, 0)
    assert "0 lean more towards the pairing “T1” with “A1” (p < 1/6, one-sided" in result.reads


def test_swapping_targets_or_attributes_turns_the_sign():
    t1, t2, a1, a2 = TESTS["occupations"]
    result = WEAT.compute(stored_space(), sets_of(t1, t2, a1, a2), BiasOptions())
    for swapped in ((t2, t1, a1, a2), (t1, t2, a2, a1)):
        other = WEAT.compute(stored_space(), sets_of(*swapped), BiasOptions())
        assert other.value == pytest.approx(-result.value)
        # What is not larger one way and not equal is larger the other way: no two-sided p of 1 for negative scores.
        assert other.larger == other.splits - result.larger - result.equal
    assert result.p_value < 0.05


def test_scale_and_rotation_change_nothing():
    rng = np.random.default_rng(0)
    rotation = np.linalg.qr(rng.normal(size=(8, 8)))[0]
    vectors = np.array(SPACE["vectors"]) @ rotation * rng.uniform(0.1, 9, (len(WORDS), 1))
    sets = sets_of(*TESTS["occupations"])
    turned = WEAT.compute(EmbeddingSpace(WORDS, vectors.astype(np.float32)), sets, BiasOptions())
    result = WEAT.compute(stored_space(), sets, BiasOptions())
    assert turned.value == pytest.approx(result.value, abs=1e-5)
    assert turned.p_value == result.p_value


def test_words_are_found_in_lower_case_and_counted_once():
    t1, t2, a1, a2 = TESTS["occupations"]
    result = WEAT.compute(stored_space(), sets_of([*t1, "Engineer"], t2, a1, a2), BiasOptions())
    assert result.sets[0].used == tuple(t1)


def test_unequal_sizes_are_said_and_split_as_they_are():
    t1, t2, a1, a2 = TESTS["occupations"]
    result = WEAT.compute(stored_space(), sets_of([*t1[:4], "unknown"], t2, a1, a2), BiasOptions())
    assert result.splits == math.comb(10, 4)
    assert any("4 words here" in warning for warning in result.warnings)
    assert result.sets[0].missing == ("unknown",)


def test_one_word_a_side_is_not_defined():
    # With one word a side the effect size would be 2 or -2 whatever the vectors are.
    result = WEAT.compute(stored_space(), sets_of(["king", "zzz"], ["queen"], ["he"], ["she"]), BiasOptions())
    assert result.value is None
    assert result.undefined.startswith("1 of 2 words of “T1” are in the vocabulary (not in it: “zzz”)")
    assert result.undefined in result.reads
    assert result.words[0].similarities[0] == pytest.approx(
        float(stored_space().unit[WORDS.index("king")] @ stored_space().unit[WORDS.index("he")]), abs=1e-6
    )


def test_zero_vectors_are_missing_by_name():
    vectors = np.array(SPACE["vectors"], np.float32)
    vectors[0] = 0
    result = WEAT.compute(EmbeddingSpace(WORDS, vectors), sets_of(*TESTS["occupations"]), BiasOptions())
    assert result.sets[0].missing == (WORDS[0],)


def test_many_words_need_little_memory():
    import tracemalloc

    rng = np.random.default_rng(0)
    words = [f"w{i}" for i in range(1_200)]
    space = EmbeddingSpace(words, rng.normal(size=(len(words), 20)).astype(np.float32))
    sets = sets_of(words[:300], words[300:600], words[600:900], words[900:])
    tracemalloc.start()
    result = WEAT.compute(space, sets, BiasOptions(samples=2_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50e6
    assert result.p_method == "Monte Carlo, 2,000 splits, seed 1"
