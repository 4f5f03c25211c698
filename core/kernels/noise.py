"""The noise distribution that negatives are drawn from, as an alias table: eight bytes a word, one look-up a draw.

Source: A. J. Walker, "An efficient method for generating discrete random variables with general distributions", 1977;
M. D. Vose, "A linear algorithm for generating random numbers with a given distribution", 1991.
"""

import numba
import numpy as np
import numpy.typing as npt

__all__ = ["alias_table", "warm"]

FULL = 2.0**32


@numba.njit("void(float64[::1], uint32[::1], uint32[::1])", cache=True)
def _fill(scaled: npt.NDArray[np.float64], odds: npt.NDArray[np.uint32], aliases: npt.NDArray[np.uint32]) -> None:
    """Vose's method: each slot takes what it lacks from a slot that has more than its share."""
    size = scaled.shape[0]
    small = np.empty(size, np.uint32)
    large = np.empty(size, np.uint32)
    smalls = larges = 0
    for i in range(size):
        aliases[i] = i
        if scaled[i] < 1.0:
            small[smalls] = i
            smalls += 1
        else:
            large[larges] = i
            larges += 1
    while smalls > 0 and larges > 0:
        smalls -= 1
        less, more = small[smalls], large[larges - 1]
        odds[less] = np.uint32(min(scaled[less] * FULL, FULL - 1.0))
        aliases[less] = more
        scaled[more] -= 1.0 - scaled[less]
        if scaled[more] < 1.0:
            larges -= 1
            small[smalls] = more
            smalls += 1
    # What rounding left over is full but for its last bit, and is its own alias.
    for i in range(smalls):
        odds[small[i]] = np.uint32(FULL - 1.0)
    for i in range(larges):
        odds[large[i]] = np.uint32(FULL - 1.0)


def alias_table(weights: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Make the table for drawing i with probability proportional to `weights[i]`.

    A draw takes a slot i at random and answers i if 32 random bits are at most `odds[i]`, else `aliases[i]`.

    Args:
        weights: shape `(items,)`, not negative, at least one above zero.

    Returns:
        odds and aliases, each of shape `(items,)`, uint32.
    """
    scaled = np.ascontiguousarray(weights, np.float64) * (len(weights) / float(np.sum(weights)))
    odds, aliases = np.empty(len(weights), np.uint32), np.empty(len(weights), np.uint32)
    _fill(scaled, odds, aliases)
    return odds, aliases


def warm() -> None:
    """Compile and cache: importing has done it, the signature being declared."""
