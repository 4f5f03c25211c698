"""Skip-gram with negative sampling, one block of tokens at a time.

A few neighbouring windows form a group and share their negatives. All words within reach are scored against all the
group's outputs at once; a weight of 1 marks the pairs of a word and a centre that are neighbours, and a negative
counts for each window that a word is in. With three windows and five negatives a group has one tile of eight outputs.

What bounds the speed (100 dimensions, two cores of a Sapphire Rapids): the tile does 24 fused multiply-adds a word
within reach and vector, about 600 cycles of 512-bit arithmetic a group; memory, with the rows of the next group asked
for ahead, costs a tenth. Sharing among eleven windows was a little faster and lost a third of the analogies.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numba
import numpy as np

from core.kernels import sampling, tiles
from core.kernels.lanes import add, digest, fma, halves_total, load, magnitude, maximum, minimum, mul, splat, store, sub
from core.kernels.lanes import zero as zeros
from core.kernels.sampling import SIGNATURE, STRETCH, Array, draw_near, draw_negatives, places_to_move, read_words
from core.kernels.tiles import OUTPUTS, fetch_row, lanes_total, score_pair, sigmoid_and_loss, take_steps_to

__all__ = [
    "NOWHERE",
    "ROWS",
    "ROWS_ALONE",
    "lane_roles",
    "skipgram_kernel",
    "train_group",
    "warm",
    "windows_of_group",
]

_SECOND = np.array([0] * 8 + [1] * 8, np.float32)
_ONE = np.float32(1)
ROWS, ROWS_ALONE = 14, 2
"""Context words that move the outputs in one step: a window of 5 fits; a wide one takes several, or would overshoot.

Where windows share nothing, the vocabulary is so small that the same few words stand in each window and among the
negatives many times: there a step is two words."""
NOWHERE = np.float32(1e6)
"""Where a window is that a group has not."""


@numba.njit(forceinline=True)
def _window_weights(position: Any, end: Any, places: Any, reaches: Any) -> Any:
    """1 where a word, at `position` or the one after, is in the window of a centre at `places`; else 0."""
    one, none = splat(_ONE), zeros()
    where = add(splat(np.float32(position)), load(_SECOND, 0))
    away = magnitude(sub(where, places))
    near = minimum(maximum(sub(reaches, away), none), one)
    inside = minimum(maximum(sub(splat(np.float32(end)), where), none), one)
    return mul(mul(near, minimum(away, one)), inside)


@numba.njit
def lane_roles(group: Any, negatives: Any, size: Any) -> Any:
    """For each lane of a group's tiles, 1 where it is a positive and 1 where it is a negative; filling is neither.

    The second half of a tile's lanes repeats its first.
    """
    positive = np.zeros(2 * size, np.float32)
    negative = np.zeros(2 * size, np.float32)
    for j in range(group + negatives):
        for lane in range(2):
            place = j // OUTPUTS * 2 * OUTPUTS + j % OUTPUTS + OUTPUTS * lane
            positive[place] = 1 if j < group else 0
            negative[place] = 0 if j < group else 1
    return positive, negative


@numba.njit(forceinline=True)
def windows_of_group(reaches: Array, centre: Any, group: Any, count: Any, centres: Array, limits: Array) -> Any:
    """Write down where a group's windows are and how far they reach; return the first word within reach and the end."""
    start, stop = centre, 0
    for s in range(group):
        at = centre + s
        reach = reaches[at] if at < count else -1
        start, stop = min(start, at - reach), max(stop, at + reach + 1)
        centres[s], centres[s + OUTPUTS] = at, at
        limits[s], limits[s + OUTPUTS] = reach + 1, reach + 1
    return max(start, 0), min(stop, count)


@numba.njit(forceinline=True, fastmath=True)
def train_group(
    matrix: Array,
    places: Array,
    destinations: Array,
    start: Any,
    stop: Any,
    at_once: Any,
    centres: Any,
    limits: Any,
    positive: Array,
    negative: Array,
    size: Any,
    outputs: Array,
    targets: Array,
    base: Any,
    alpha: Any,
    steps: Array,
    losses: Any,
    pairs: Any,
    chunks: Any,
) -> Any:
    """Train all words within reach of a group on all its outputs.

    Args:
        matrix: the words' rows.
        places: flat indices of the rows of the stretch's words.
        destinations: of where they are put when they have moved; see `take_steps_to`.
        start: the first word within reach.
        stop: the one after the last.
        at_once: words that move the outputs in one step.
        centres: where the group's windows are, as lanes.
        limits: how far each reaches, and one; as lanes.
        positive: what `lane_roles` gave.
        negative: likewise.
        size: places of a group in `targets`.
        outputs: the matrix of the outputs.
        targets: flat indices of outputs.
        base: where in `targets` the group's stand.
        alpha: learning rate, as lanes.
        steps: room for eight numbers a word.
        losses: sum of the losses before, as lanes.
        pairs: number of pairs before, as lanes.
        chunks: width of a row in vectors.

    Returns:
        `losses` and `pairs` afterwards.
    """
    one = splat(_ONE)
    for tile in range(0, size, OUTPUTS):
        is_positive, is_negative = load(positive, 2 * tile), load(negative, 2 * tile)
        sign = sub(add(is_positive, is_positive), one)
        for part in range(start, stop, at_once):
            upper = min(part + at_once, stop)
            for i in range(part, upper, 2):
                other = places[min(i + 1, upper - 1)]
                score = score_pair(matrix, places[i], other, outputs, targets, base + tile, chunks)
                near = _window_weights(i, upper, centres, limits)
                pairs = fma(near, is_positive, pairs)
                weight = fma(is_negative, halves_total(near), mul(near, is_positive))
                sigmoid, loss = sigmoid_and_loss(score, sign)
                losses = fma(loss, weight, losses)
                store(steps, OUTPUTS * (i - part), mul(mul(alpha, weight), sub(is_positive, sigmoid)))
            take_steps_to(
                matrix, places, part, upper - part, steps, outputs, targets, base + tile, matrix, destinations, chunks
            )
    return losses, pairs


@cache
def skipgram_kernel(width: int, freezing: bool = False) -> Callable[..., None]:
    """Compile (or load) the kernel for rows of `width` floats, a multiple of 16; `SIGNATURE` names its arguments.

    With `freezing` it leaves the rows of frozen words as they are; `inputs` has `SINKS` more rows at its end then.
    """
    version = digest(__file__, sampling.__file__, tiles.__file__)
    chunks = width // 16

    @numba.njit(SIGNATURE, cache=True, nogil=True, fastmath=True, boundscheck=False)
    def block(
        tokens: Array,
        offsets: Array,
        held_out: Array,
        first: Any,
        last: Any,
        inputs: Array,
        outputs: Array,
        keep: Array,
        odds: Array,
        aliases: Array,
        nearest: Array,
        frozen: Array,
        window: Any,
        span: Any,
        negatives: Any,
        group: Any,
        rate: Any,
        seed: Any,
        counted: Array,
    ) -> None:
        state = seed + np.uint64(0 * version)
        size = (group + negatives + OUTPUTS - 1) // OUTPUTS * OUTPUTS
        words = np.empty(STRETCH, np.int64)
        reaches = np.empty(STRETCH, np.int64)
        places = np.empty(STRETCH, np.int64) if freezing else words
        targets = np.empty((STRETCH + group - 1) // group * size, np.int64)
        steps = np.zeros(OUTPUTS * (2 * window + group + 2), np.float32)
        positive, negative = lane_roles(group, negatives, size)
        centres = np.full(2 * OUTPUTS, NOWHERE, np.float32)
        limits = np.zeros(2 * OUTPUTS, np.float32)
        rows = ROWS if group > 1 else ROWS_ALONE
        alpha = splat(np.float32(rate))
        for segment in range(first, last):
            if held_out[segment]:
                continue
            position, end = offsets[segment], offsets[segment + 1]
            while position < end:
                position, count, state = read_words(
                    tokens, position, end, keep, window, span, width, state, words, reaches
                )
                state = draw_negatives(words, count, group, negatives, size, odds, aliases, width, state, targets)
                if nearest.shape[0] > 0:
                    state = draw_near(words, count, group, negatives, size, nearest, width, state, targets)
                if freezing:
                    places_to_move(words, count, frozen, inputs, width, seed, places)
                losses, pairs = zeros(), zeros()
                for centre in range(0, count, group):
                    base = centre // group * size
                    if centre + group < count:
                        for j in range(base + size, base + size + group + negatives):
                            fetch_row(outputs, targets[j], chunks)
                        for s in range(group):
                            fetch_row(inputs, words[min(centre + group + window + s, count - 1)], chunks)
                    start, stop = windows_of_group(reaches, centre, group, count, centres, limits)
                    around, limit = load(centres, 0), load(limits, 0)
                    losses, pairs = train_group(
                        inputs, words, places, start, stop, rows, around, limit, positive, negative, size,
                        outputs, targets, base, alpha, steps, losses, pairs, chunks,
                    )  # fmt: skip
                counted[0] += lanes_total(losses)
                counted[1] += lanes_total(pairs)

    return block


def warm(widths: Iterable[int] = (64, 112, 128)) -> None:
    """Compile and cache the kernel for the usual widths."""
    for width in widths:
        skipgram_kernel(width)
