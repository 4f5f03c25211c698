"""The spread of a number: over trainings that differ by their seed, and over items that come in groups."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Spread", "clustered_error", "spread"]

LARGEST = 300.0
"""Of an exponent: e to the power of 700 is no number."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A number over several trainings.

    Attributes:
        mean: of the values.
        deviation: standard deviation of the values (ddof 1); None for one value.
        interval: 95 % interval of the mean by Student's t, within the bounds of the values; None for one value.
        count: how many values.
    """

    mean: float
    deviation: float | None
    interval: tuple[float, float] | None
    count: int


def spread(values: Sequence[float], bounds: tuple[float, float] = (-math.inf, math.inf)) -> Spread | None:
    """Mean, deviation and interval of some values; None without any.

    The interval is where the mean of very many seeds lies, 19 times out of 20, as far as values scatter like a normal
    distribution: mean ± t(0.975, n − 1) · deviation / √n. Student (1908), The probable error of a mean, Biometrika 6.

    Two seeds have a t of 12.7, which would reach far beyond what a share or a correlation can be. Where values have
    bounds, the interval is that of a number without any, g(mean), with the error that g makes of the mean's (the delta
    method), and goes back by g⁻¹: g is the logit of where a value lies between two bounds, which for a correlation is
    twice Fisher's z; the logarithm of how far it is from a single one. A narrow interval is as without bounds.

    Args:
        values: one of each training.
        bounds: the least and the greatest that a value can be; infinite where there is none.
    """
    from scipy.special import stdtrit

    if not values:
        return None
    mean = math.fsum(values) / len(values)
    if len(values) == 1:
        return Spread(mean, None, None, 1)
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))
    reach = float(stdtrit(len(values) - 1, 0.975)) * deviation / math.sqrt(len(values))
    return Spread(mean, deviation, _within(mean, reach, *bounds), len(values))


def _within(mean: float, reach: float, least: float, most: float) -> tuple[float, float]:
    """The interval about a mean that has this reach where there are no bounds, and leaves none of those there are."""
    below, above = mean - least, most - mean
    if reach == 0 or min(below, above) <= 0:  # at a bound are only values that are all the same
        return mean, mean
    if math.isinf(below) and math.isinf(above):
        return mean - reach, mean + reach
    if math.isinf(above):
        return least + below * math.exp(-reach / below), least + below * math.exp(min(reach / below, LARGEST))
    if math.isinf(below):
        return most - above * math.exp(min(reach / above, LARGEST)), most - above * math.exp(-reach / above)
    odds, step = below / above, min(reach * (most - least) / (below * above), LARGEST)
    low, high = odds * math.exp(-step), odds * math.exp(step)
    return least + (most - least) * low / (1 + low), least + (most - least) * high / (1 + high)


def clustered_error(values: npt.NDArray[np.float64], groups: npt.NDArray[np.int64]) -> float | None:
    """Standard error of the mean of values of which those of one group are alike; None where there is but one group.

    Words of one line are easy or hard together: taken for independent, they would make the error too small by a
    third where lines are long. √(g/(g − 1) · Σ over groups of (Σ within of (x − x̄))²) / n; where each value is its own
    group it is the usual one. A. C. Cameron and D. L. Miller (2015), A practitioner's guide to cluster-robust
    inference. Journal of Human Resources 50(2).

    Args:
        values: shape `(n,)`.
        groups: the number of each value's group, shape `(n,)`.
    """
    _, group = np.unique(groups, return_inverse=True)
    count = int(group.max(initial=-1)) + 1
    if count < 2:
        return None
    sums = np.bincount(group, values - values.mean())
    return float(np.sqrt(count / (count - 1) * (sums @ sums)) / len(values))
