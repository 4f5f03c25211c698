"""The spread of a number over trainings that differ by their seed: mean, and an interval for it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Spread", "spread"]


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
