"""How the words of a corpus are distributed: its growth, its frequencies, and what a vocabulary covers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["PowerLaw", "coverage", "growth", "heaps", "zipf", "zipf_points"]

BLOCK = 1 << 21
POINTS = 60


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """A straight line on paper with two logarithmic axes: y = factor · x ** exponent.

    Attributes:
        factor: y at x = 1.
        exponent: the slope.
        r2: share of the variance of log y that the line explains, 0 to 1; higher fits better.
        points: how many points it was fitted to.
    """

    factor: float
    exponent: float
    r2: float
    points: int


def growth(
    tokens: npt.NDArray[np.uint32], types: int, points: int = POINTS
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """How many different words the first n words hold: the type/token curve.

    Args:
        tokens: frequency ranks in the order of the text, shape `(tokens,)`.
        types: how many different ones there are.
        points: at most so many points, evenly spaced on a logarithmic axis.

    Returns:
        The n, and the different words among the first n; both of shape `(points,)`.
    """
    first = np.full(types, len(tokens), np.int64)
    # From the end: of several assignments to one word the last one, its first occurrence, stays.
    for begin in reversed(range(0, len(tokens), BLOCK)):
        block = np.asarray(tokens[begin : begin + BLOCK])
        first[block[::-1]] = np.arange(begin + len(block) - 1, begin - 1, -1)
    first.sort()
    after = _spaced(len(tokens), points)
    return after, np.searchsorted(first, after, side="left").astype(np.int64)


def heaps(after: npt.NDArray[np.int64], types: npt.NDArray[np.int64]) -> PowerLaw | None:
    """Heaps' law fitted to a growth curve beyond its first hundred words (H. S. Heaps, Information Retrieval, 1978).

    An exponent near 1 means that new words never cease (names, numbers, typing errors); texts have .4 to .7.
    """
    return _fit(after[after >= 100], types[after >= 100])


def zipf_points(
    counts: npt.NDArray[np.int64], points: int = POINTS
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Ranks from 1, evenly spaced on a logarithmic axis, and the occurrences of the words there.

    Args:
        counts: occurrences by rank, falling, shape `(types,)`.
        points: at most so many points.
    """
    ranks = _spaced(len(counts), points)
    return ranks, np.asarray(counts)[ranks - 1]


def zipf(counts: npt.NDArray[np.int64]) -> PowerLaw | None:
    """Zipf's law fitted by least squares to points evenly spaced in the logarithm of the rank, single words left out.

    So the many rare words do not outweigh the frequent ones (G. K. Zipf, Human Behavior and the Principle of Least
    Effort, 1949). Natural text has an exponent near -1.
    """
    ranks, occurrences = zipf_points(counts, 200)
    return _fit(ranks[occurrences > 1], occurrences[occurrences > 1])


def coverage(
    counts: npt.NDArray[np.int64], points: int = POINTS
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Share of all words of the text, 0 to 1, that the most frequent n different words make up.

    Args:
        counts: occurrences by rank, falling, shape `(types,)`.
        points: at most so many points.

    Returns:
        The n and the shares; both of shape `(points,)`.
    """
    sizes = _spaced(len(counts), points)
    sums = np.cumsum(counts)
    return sizes, sums[sizes - 1] / max(1, int(counts.sum()))


def _spaced(most: int, points: int) -> npt.NDArray[np.int64]:
    """Whole numbers from 1 to `most`, evenly spaced on a logarithmic axis."""
    if most < 1:
        return np.zeros(0, np.int64)
    return np.unique(np.rint(np.geomspace(1, most, points)).astype(np.int64))


def _fit(x: npt.NDArray[np.int64], y: npt.NDArray[np.int64]) -> PowerLaw | None:
    if len(x) < 5 or len(np.unique(y)) < 2:
        return None
    log_x, log_y = np.log(x), np.log(y)
    slope, level = np.polyfit(log_x, log_y, 1)
    residual = log_y - (slope * log_x + level)
    r2 = 1 - float(np.var(residual) / np.var(log_y))
    return PowerLaw(float(np.exp(level)), float(slope), r2, len(x))
