"""The permutation test against enumeration in exact arithmetic."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from core.bias.metric import BiasOptions
from core.bias.permutation import permutation_test

EXACT = BiasOptions()


def enumerate_splits(first, second):
    """Counts of larger and equal splits, in fractions: no rounding, no tolerance."""
    scores = [Fraction(str(score)) for score in (*first, *second)]

    def statistic(chosen):
        return 2 * sum(scores[i] for i in chosen) - sum(scores)

    observed = statistic(range(len(first)))
    all_splits = [statistic(chosen) for chosen in combinations(range(len(scores)), len(first))]
    return (
        len(all_splits),
        sum(value > observed for value in all_splits),
        sum(value == observed for value in all_splits),
    )


CASES = [
    ([3, 1], [2, -4]),
    ([0.1, 0.2, 0.3], [0.4, 0.5, 0.6]),  # sums that tie in decimals and differ in binary
    ([0.6, 0.5, 0.4], [0.3, 0.2, 0.1]),
    ([0.7, 0.1, 0.1, 0.1], [0.3, 0.3, 0.2, 0.2]),
    ([1, 2], [0.5, 0.25, 3, 1.5, 2]),
    ([0.5, 0.25, 3, 1.5, 2], [1, 2]),
    ([-0.3, -0.3], [-0.3, -0.3]),
]


@pytest.mark.parametrize(("first", "second"), CASES)
def test_exact_is_exact(first, second):
    test = permutation_test(np.array(first, float), np.array(second, float), EXACT)
    assert (test.splits, test.larger, test.equal) == enumerate_splits(first, second)
    assert test.p_value == test.larger / test.splits
    assert test.equal >= 1
    assert test.statistic == pytest.approx(sum(first) - sum(second))
    assert test.method == f"exact over {test.splits:,} splits"


def test_many_tied_scores():
    rng = np.random.default_rng(5)
    for _ in range(20):
        first, second = (np.round(rng.integers(-4, 5, 5) * 0.1, 1).tolist() for _ in range(2))
        test = permutation_test(np.array(first), np.array(second), EXACT)
        assert (test.splits, test.larger, test.equal) == enumerate_splits(first, second)


def test_eight_against_eight_tries_all_12870():
    rng = np.random.default_rng(1)
    first, second = rng.normal(0.4, 1, 8), rng.normal(0, 1, 8)
    test = permutation_test(first, second, EXACT)
    assert test.method == "exact over 12,870 splits"
    drawn = permutation_test(first, second, BiasOptions(exact_up_to=0, samples=40_000))
    assert drawn.method == "Monte Carlo, 40,000 splits, seed 1"
    assert drawn.p_value == pytest.approx(test.p_value, abs=4 * np.sqrt(0.25 / 40_000))
    assert drawn.p_value == (drawn.larger + 1) / 40_001


def test_random_splits_deal_every_word_once():
    # Of the six splits of {8, 4, 2, 1} one is larger than {8, 2}. Drawn with replacement, 8 could come twice and
    # about a third of the draws would be larger.
    test = permutation_test(np.array([8.0, 2]), np.array([4.0, 1]), BiasOptions(exact_up_to=0, samples=20_000))
    assert test.p_value == pytest.approx(1 / 6, abs=0.012)
    assert test.equal / test.splits == pytest.approx(1 / 6, abs=0.012)


def test_the_seed_decides():
    first, second = np.arange(15.0), np.arange(15.0)[::-1] * 1.07
    drawn = [permutation_test(first, second, BiasOptions(samples=5_000, seed=seed)).larger for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_a_few_against_very_many_is_exact_too():
    scores = np.random.default_rng(0).normal(size=602)
    test = permutation_test(scores[:2], scores[2:], EXACT)
    assert test.splits == 602 * 601 // 2
    sums = np.add.outer(scores, scores)[np.triu_indices(602, 1)]
    assert test.larger == (sums > scores[:2].sum() + 1e-9).sum()
    reverse = permutation_test(scores[2:], scores[:2], EXACT)
    assert reverse.larger == test.splits - test.larger - test.equal
