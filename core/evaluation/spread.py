"""The spread of a number: over trainings that differ by their seed, and over items that come in groups."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Spread", "clustered_error", "spread"]


@dataclass(frozen=True, slots=True)
class Spread:
    """A number over several trainings.

    Attributes:
        mean: of the values.
        deviation: standard deviation of the values (ddof 1); None for one value.
        interval: 95 % interval of the mean by Student's t; None for one value.
        count: how many values.
    """

    mean: float
    deviation: float | None
    interval: tuple[float, float] | None
    count: int

    @property
    def reach(self) -> float | None:
        """Half the width of the interval."""
        return None if self.interval is None else (self.interval[1] - self.interval[0]) / 2


def spread(values: Sequence[float]) -> Spread | None:
    """Mean, deviation and interval of some values; None without any.

    The interval is where the mean of very many seeds lies, 19 times out of 20, as far as values scatter like a normal
    distribution: mean ± t(0.975, n − 1) · deviation / √n. Student (1908), The probable error of a mean, Biometrika 6.
    """
    from scipy.special import stdtrit

    if not values:
        return None
    mean = math.fsum(values) / len(values)
    if len(values) == 1:
        return Spread(mean, None, None, 1)
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))
    reach = float(stdtrit(len(values) - 1, 0.975)) * deviation / math.sqrt(len(values))
    return Spread(mean, deviation, (mean - reach, mean + reach), len(values))


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
