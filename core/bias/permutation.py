"""The permutation test: is the split of these words into two sets exceptional among all splits of the same sizes?

Both sets are thrown together and dealt anew into sets of the sizes they had. The statistic is the sum of the scores
of the first set minus that of the second. The p-value is one-sided and strict, as Caliskan et al. (2017) define it::

    p = Pr[ statistic(split) > statistic(observed) ]

Exact: every split is tried; p is the share of larger ones, the observed split being one of those that are not (so p
can be 0). Monte Carlo: n splits are drawn at random (each deals every word once, none twice), k of them are larger,
p = (k + 1) / (n + 1).

Ties: two statistics that differ only by rounding are equal, not larger. For sets of unequal size the sum and the
mean order the splits alike, since the sizes are the same in every split: p does not depend on which is taken.
"""

from dataclasses import dataclass
from itertools import chain, combinations, islice
from math import comb

import numpy as np
import numpy.typing as npt

from core.bias.metric import BiasOptions

__all__ = ["PermutationTest", "permutation_test"]

CELLS = 1_000_000  # numbers held at a time


@dataclass(frozen=True, slots=True)
class PermutationTest:
    """The outcome of a permutation test.

    Attributes:
        statistic: sum of the first set's scores minus sum of the second's.
        p_value: one-sided: share of splits with a larger statistic.
        method: how it was found, in words.
        splits: splits tried.
        larger: of them, those with a larger statistic.
        equal: of them, those with the same statistic; when every split is tried, the observed one is among them.
    """

    statistic: float
    p_value: float
    method: str
    splits: int
    larger: int
    equal: int


def permutation_test(
    first: npt.NDArray[np.float64], second: npt.NDArray[np.float64], options: BiasOptions
) -> PermutationTest:
    """Compare the sum of scores `first`, shape `(n1,)`, minus that of `second`, `(n2,)`, with all splits."""
    scores = np.concatenate([first, second])
    total = scores.sum()
    tolerance = 1e-10 * (1 + np.abs(scores).sum())
    # Dealing out the smaller set settles the split: fewer words to choose, the same order of statistics.
    small, sign = (len(first), 1.0) if len(first) <= len(second) else (len(second), -1.0)
    observed = float(first.sum() - second.sum())
    count = comb(len(scores), small)
    if count <= options.exact_up_to:
        statistics = sign * (2 * _all_sums(scores, small, count) - total)
        larger = int((statistics > observed + tolerance).sum())
        equal = int((np.abs(statistics - observed) <= tolerance).sum())
        return PermutationTest(observed, larger / count, f"exact over {count:,} splits", count, larger, equal)
    rng = np.random.default_rng(options.seed)
    larger = equal = 0
    step = max(1, CELLS // len(scores))
    for start in range(0, options.samples, step):
        size = min(step, options.samples - start)
        dealt = rng.permuted(np.broadcast_to(scores, (size, len(scores))), axis=1)[:, :small]
        statistics = sign * (2 * dealt.sum(axis=1) - total)
        larger += int((statistics > observed + tolerance).sum())
        equal += int((np.abs(statistics - observed) <= tolerance).sum())
    method = f"Monte Carlo, {options.samples:,} splits, seed {options.seed}"
    return PermutationTest(observed, (larger + 1) / (options.samples + 1), method, options.samples, larger, equal)


def _all_sums(scores: npt.NDArray[np.float64], size: int, count: int) -> npt.NDArray[np.float64]:
    """Sums over every choice of `size` scores, some at a time."""
    choices = combinations(range(len(scores)), size)
    step = max(1, CELLS // size)
    sums = np.empty(count)
    for start in range(0, count, step):
        rows = min(step, count - start)
        flat = chain.from_iterable(islice(choices, rows))
        chosen = np.fromiter(flat, dtype=np.int64, count=rows * size).reshape(rows, size)
        sums[start : start + rows] = scores[chosen].sum(axis=1)
    return sums
