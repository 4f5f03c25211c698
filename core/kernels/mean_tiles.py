"""Tiles of means: two windows that share their negatives, each told apart from them with a word of its own.

A tile has twelve scores, of each of two means with its own word and with five negatives; what the mean of one window
makes of the other's word is never asked. `core.kernels.tiles` has the tiles of rows that are all scored with all.
"""

from typing import Any

import numba
import numpy as np

from core.kernels.lanes import add, fma, load, mul, splat, store, sub, totals, zero
from core.kernels.rows import fma_row, load_row, store_row
from core.kernels.sampling import Array
from core.kernels.tiles import aligned_floats, fetch_row, sigmoid_and_loss

__all__ = ["NEGATIVES", "PAIRS", "TILE", "judge_windows", "lanes_of_tiles", "learn_from_outputs"]

NEGATIVES = 5
"""Negatives of a tile: the usual number."""
PAIRS = 2
"""Pairs of windows that learn at once. Where windows share nothing, since words are few, each waits for the last."""
TILE = 16
"""Lanes of a tile. The first mean's begin at 0, the second's at 8: its own word, the negatives, and two unused."""

_HALF = TILE // 2
_ONE = np.float32(1)
_FIRST = np.array([1] * _HALF + [0] * _HALF, np.float32)
_SECOND = np.array([0] * _HALF + [1] * _HALF, np.float32)


@numba.njit
def lanes_of_tiles(group: Any, negatives: Any) -> Any:
    """For each lane of a pair's tiles: 1 where it is a window's own word, and 1 where it counts at all."""
    lanes = (negatives + NEGATIVES - 1) // NEGATIVES * TILE
    own, counts = aligned_floats(lanes), aligned_floats(lanes)
    for window in range(group):
        own[_HALF * window], counts[_HALF * window] = 1, 1
        for j in range(negatives):
            counts[j // NEGATIVES * TILE + _HALF * window + 1 + j % NEGATIVES] = 1
    return own, counts


@numba.njit(forceinline=True)
def _scores(means: Array, a: Any, b: Any, outputs: Array, mine: Any, yours: Any, targets: Array, at: Any) -> Any:
    """Dot products of the mean at `a` with the output `mine`, of that at `b` with `yours`, of both with five more."""
    t0, t1, t2, t3, t4 = targets[at], targets[at + 1], targets[at + 2], targets[at + 3], targets[at + 4]
    own_a, a0, a1, a2, a3, a4 = zero(), zero(), zero(), zero(), zero(), zero()
    own_b, b0, b1, b2, b3, b4 = zero(), zero(), zero(), zero(), zero(), zero()
    for c in range(0, b - a, 16):
        x, y = load(means, a + c), load(means, b + c)
        own_a, own_b = fma(x, load(outputs, mine + c), own_a), fma(y, load(outputs, yours + c), own_b)
        o = load(outputs, t0 + c)
        a0, b0 = fma(x, o, a0), fma(y, o, b0)
        o = load(outputs, t1 + c)
        a1, b1 = fma(x, o, a1), fma(y, o, b1)
        o = load(outputs, t2 + c)
        a2, b2 = fma(x, o, a2), fma(y, o, b2)
        o = load(outputs, t3 + c)
        a3, b3 = fma(x, o, a3), fma(y, o, b3)
        o = load(outputs, t4 + c)
        a4, b4 = fma(x, o, a4), fma(y, o, b4)
    none = zero()
    return totals(own_a, a0, a1, a2, a3, a4, none, none, own_b, b0, b1, b2, b3, b4, none, none)


@numba.njit(forceinline=True)
def _steps(score: Any, is_own: Any, part: Any, alpha: Any) -> Any:
    """Rate times weight times (label − σ) of a tile's scores, and their weighted losses."""
    sigmoid, loss = sigmoid_and_loss(score, sub(add(is_own, is_own), splat(_ONE)))
    return mul(mul(alpha, part), sub(is_own, sigmoid)), mul(loss, part)


@numba.njit(forceinline=True)
def _live(contexts: Any, others: Any) -> Any:
    """1 in the lanes of a window that has contexts, else 0."""
    near, nigh = np.float32(min(contexts, 1)), np.float32(min(others, 1))
    return fma(splat(near), load(_FIRST, 0), mul(splat(nigh), load(_SECOND, 0)))


@numba.njit(forceinline=True)
def judge_windows(
    means: Array,
    width: Any,
    contexts: Any,
    outputs: Array,
    targets: Array,
    base: Any,
    group: Any,
    size: Any,
    own: Array,
    counts: Array,
    tile: Any,
    alpha: Any,
    steps: Array,
    losses: Any,
) -> Any:
    """Score two pairs of windows side by side and fill in the steps; each waits less for its own sums that way.

    Args:
        means: of the four windows, one after the other.
        width: of a mean, a constant.
        contexts: how many words each window has; one that has none counts for nothing.
        outputs: the matrix of the outputs.
        targets: flat indices of outputs; a pair's own words, then the negatives that it shares.
        base: where in `targets` the first pair's begin.
        group: windows of a pair, 2, or 1 where windows share nothing.
        size: places in `targets` from one pair to the next.
        own: see `lanes_of_tiles`.
        counts: likewise.
        tile: which of a pair's tiles to score, a number.
        alpha: the learning rate.
        steps: filled for the first pair's tile, then for the second's.
        losses: sixteen sums to add to.

    Returns:
        The sums of the losses.
    """
    live, told = _live(contexts[0], contexts[1]), _live(contexts[2], contexts[3])
    is_own, part = load(own, TILE * tile), load(counts, TILE * tile)
    at = base + group + NEGATIVES * tile
    score = _scores(means, 0, width, outputs, targets[base], targets[base + group - 1], targets, at)
    mine, yours = targets[base + size], targets[base + size + group - 1]
    other = _scores(means, 2 * width, 3 * width, outputs, mine, yours, targets, at + size)
    step, loss = _steps(score, is_own, mul(part, live), alpha)
    other_step, other_loss = _steps(other, is_own, mul(part, told), alpha)
    store(steps, 0, step)
    store(steps, TILE, other_step)
    return add(add(losses, loss), other_loss)


@numba.njit(forceinline=True)
def learn_from_outputs(
    means: Array,
    first: Any,
    second: Any,
    outputs: Array,
    targets: Array,
    base: Any,
    group: Any,
    negatives: Any,
    ahead: Any,
    tile: Any,
    steps: Array,
    at: Any,
    error: Any,
    wrong: Any,
    chunks: Any,
) -> Any:
    """Take one gradient step of the outputs of a pair's tile; add to the errors of its two means and return them.

    The first tile has the windows' own words too. The negatives that stand so far `ahead` are asked for, one with each
    step: all at once would wait for one another.
    """
    mean, other = load_row(means, first, error), load_row(means, second, error)
    if tile == 0:
        output, g = load_row(outputs, targets[base], error), steps[at]
        error = fma_row(g, output, error)
        store_row(outputs, targets[base], fma_row(g, mean, output))
        if group > 1:
            output, g = load_row(outputs, targets[base + 1], error), steps[at + _HALF]
            wrong = fma_row(g, output, wrong)
            store_row(outputs, targets[base + 1], fma_row(g, other, output))
    begin = base + group + NEGATIVES * tile
    for j in range(min(NEGATIVES, negatives - NEGATIVES * tile)):
        target = targets[begin + j]
        fetch_row(outputs, targets[begin + j + ahead], chunks)
        output, g, h = load_row(outputs, target, error), steps[at + 1 + j], steps[at + 1 + j + _HALF]
        error, wrong = fma_row(g, output, error), fma_row(h, output, wrong)
        store_row(outputs, target, fma_row(g, mean, fma_row(h, other, output)))
    return error, wrong
