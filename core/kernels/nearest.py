"""The highest scores of each row, by one look at every score: few are higher than the lowest of the best so far."""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

__all__ = ["keep_best", "warm"]


@numba.njit("void(float32[:, ::1], int64, uint32[:, ::1])", cache=True, nogil=True)
def keep_best(scores: npt.NDArray[Any], first: Any, best: npt.NDArray[Any]) -> None:
    """Fill `best` with the columns of the highest scores of each row, the highest first, of equal ones the first.

    Args:
        scores: shape `(rows, n)`.
        first: the number of the first row among the n: no row is among its own best.
        best: shape `(rows, k)`, k below n.
    """
    rows, n = scores.shape
    k = best.shape[1]
    highest = np.empty(k, np.float32)
    for i in range(rows):
        highest[:] = -np.inf
        lowest = highest[k - 1]
        for j in range(n):
            score = scores[i, j]
            if score > lowest and j != first + i:
                at = k - 1
                while at > 0 and highest[at - 1] < score:
                    highest[at], best[i, at] = highest[at - 1], best[i, at - 1]
                    at -= 1
                highest[at], best[i, at] = score, j
                lowest = highest[k - 1]


def warm() -> None:
    """Compile and cache: importing has done it, the signature being declared."""
