"""CBOW with negative sampling on words that are the mean of several rows, one block of tokens at a time.

As `core.kernels.cbow`, on the live words of `core.kernels.word_parts`. The mean of a window is over all rows of all its
words, as in fastText: a word of many parts weighs more.

What bounds the speed is gathering and writing back the rows of the parts, from a matrix of 0.9 GB that no cache holds:
of 500 ns of processor a word of text (100 dimensions, n-grams of 3 to 6 characters, 3 million words) CBOW by itself
takes 130. Random numbers are a twentieth.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numba
import numpy as np

from core.kernels import mean_tiles, sampling, tiles, word_parts
from core.kernels import rows as whole_rows
from core.kernels.lanes import digest, splat
from core.kernels.lanes import zero as zeros
from core.kernels.mean_tiles import NEGATIVES, PAIRS, TILE, judge_windows, lanes_of_tiles, learn_from_outputs
from core.kernels.rows import add_row, fma_row, load_row, scale_row, store_row, zero_row
from core.kernels.sampling import STRETCH, Array, draw_near, draw_negatives, read_words
from core.kernels.tiles import aligned_floats, fetch_row, lanes_total
from core.kernels.word_parts import (
    MOST_GATHERED,
    PARTS_SIGNATURE,
    gather_words,
    gathered_words,
    places_of_free,
    write_back,
    write_back_free,
)

__all__ = ["fasttext_cbow_kernel", "warm"]

_ONE = np.float32(1)


@numba.njit(forceinline=True)
def _window(reaches: Array, at: Any, count: Any) -> Any:
    """First word of the window of the word `at`, and the one after its last; empty beyond the end of the stretch."""
    reach = reaches[at] if at < count else 0
    return max(at - reach, 0), max(min(at + reach + 1, count), at)


@numba.njit(forceinline=True)
def _mean_of_parts(now: Array, places: Array, weights: Array, at: Any, start: Any, stop: Any, none: Any) -> Any:
    """Weighted mean of the rows of the words from `start` to `stop` but the one `at`."""
    total, weight = none, np.float32(0)
    for i in range(start, at):
        total = fma_row(weights[i], load_row(now, places[i], none), total)
        weight += weights[i]
    for i in range(at + 1, stop):
        total = fma_row(weights[i], load_row(now, places[i], none), total)
        weight += weights[i]
    return scale_row(_ONE / max(weight, _ONE), total)


@numba.njit(forceinline=True)
def _tell(now: Array, places: Array, at: Any, start: Any, stop: Any, error: Any) -> None:
    """Add a row to the rows of the same words, one after the other: a word may stand in a window twice."""
    for i in range(start, at):
        store_row(now, places[i], add_row(error, load_row(now, places[i], error)))
    for i in range(at + 1, stop):
        store_row(now, places[i], add_row(error, load_row(now, places[i], error)))


@numba.njit(forceinline=True)
def _take_in(
    now: Array, places: Array, weights: Array, reaches: Array, at: Any, count: Any, means: Array, place: Any, none: Any
) -> Any:
    """Put the mean of the window of the word `at` in its place; return the window's bounds."""
    start, stop = _window(reaches, at, count)
    store_row(means, place, _mean_of_parts(now, places, weights, at, start, stop, none))
    return start, stop


@cache
def fasttext_cbow_kernel(width: int, freezing: bool = False) -> Callable[..., None]:
    """Compile (or load) the kernel for rows of `width` floats, a multiple of 16; `PARTS_SIGNATURE` names its arguments.

    Each row gets the whole error of the mean, as in fastText and gensim. `group` is at most 2. With `freezing` the rows
    that frozen words have stay as they are.
    """
    version = digest(
        __file__, mean_tiles.__file__, whole_rows.__file__, sampling.__file__, tiles.__file__, word_parts.__file__
    )
    chunks = width // 16

    @numba.njit(PARTS_SIGNATURE, cache=True, nogil=True, fastmath=True, boundscheck=False)
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
        starts: Array,
        rows: Array,
        shares: Array,
        lengths: Array,
        still: Array,
    ) -> None:
        state = seed + np.uint64(0 * version)
        many_tiles = (negatives + NEGATIVES - 1) // NEGATIVES
        size = group + NEGATIVES * many_tiles
        pairs = PAIRS if group > 1 else 1
        together = pairs * group
        words = np.empty(STRETCH, np.int64)
        places = np.empty(STRETCH, np.int64)
        weights = np.empty(STRETCH, np.float32)
        reaches = np.empty(STRETCH, np.int64)
        # One round more than a stretch has: what comes next is asked for even at its end.
        targets = np.zeros(((STRETCH + group - 1) // group + 2 * PAIRS) * size, np.int64)
        own, counts = lanes_of_tiles(group, negatives)
        means, steps = aligned_floats(PAIRS * 2 * width), aligned_floats(PAIRS * TILE)
        gathered, parts = gathered_words(keep.shape[0], width), (starts, rows, shares)
        moving = np.empty(STRETCH, np.int64) if freezing else places
        now, used = gathered[0], 0
        none = zero_row(chunks)
        alpha = splat(np.float32(rate))
        examples: Any = 0
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
                losses = zeros()
                for at in range(count):
                    weights[at] = lengths[words[at] // width]
                if group > 1:
                    used = gather_words(words, 0, count, places, gathered, used, inputs, parts, width, none)
                    if freezing:
                        places_of_free(words, 0, count, places, frozen, width, moving)
                for centre in range(0, count, together):
                    base = centre // group * size
                    if group == 1:
                        near_by = max(centre - reaches[centre], 0), min(centre + reaches[centre] + 1, count)
                        used = gather_words(
                            words, near_by[0], near_by[1], places, gathered, 0, inputs, parts, width, none
                        )
                        if freezing:
                            places_of_free(words, near_by[0], near_by[1], places, frozen, width, moving)
                    for s in range(centre + together, centre + 2 * together):
                        fetch_row(outputs, words[min(s, count - 1)], chunks)
                    # Beyond the end windows are empty; so are all but one where words are few.
                    next_, third, fourth = count, count, count
                    if group > 1:
                        next_, third, fourth = min(centre + 1, count), min(centre + 2, count), min(centre + 3, count)
                    a, b = _take_in(now, places, weights, reaches, centre, count, means, 0, none)
                    c, d = _take_in(now, places, weights, reaches, next_, count, means, width, none)
                    e, f = _take_in(now, places, weights, reaches, third, count, means, 2 * width, none)
                    g, h = _take_in(now, places, weights, reaches, fourth, count, means, 3 * width, none)
                    contexts = max(b - 1 - a, 0), max(d - 1 - c, 0), max(f - 1 - e, 0), max(h - 1 - g, 0)
                    for many in contexts:
                        examples += min(many, 1)
                    for tile in range(many_tiles):
                        losses = judge_windows(
                            means, width, contexts, outputs, targets, base, group, size,
                            own, counts, tile, alpha, steps, losses,
                        )  # fmt: skip
                        error, wrong = learn_from_outputs(
                            means, 0, width, outputs, targets, base, group, negatives, pairs * size,
                            tile, steps, 0, none, none, chunks,
                        )  # fmt: skip
                        _tell(now, moving, centre, a, b, error)
                        _tell(now, moving, next_, c, d, wrong)
                        if third < count:
                            error, wrong = learn_from_outputs(
                                means, 2 * width, 3 * width, outputs, targets, base + size, group, negatives,
                                pairs * size, tile, steps, TILE, none, none, chunks,
                            )  # fmt: skip
                            _tell(now, moving, third, e, f, error)
                            _tell(now, moving, fourth, g, h, wrong)
                    if group == 1:
                        if freezing:
                            write_back_free(gathered, used, inputs, parts, still, width, none)
                        else:
                            write_back(gathered, used, inputs, parts, width, none)
                        used = 0
                if used > MOST_GATHERED:
                    if freezing:
                        write_back_free(gathered, used, inputs, parts, still, width, none)
                    else:
                        write_back(gathered, used, inputs, parts, width, none)
                    used = 0
                counted[0] += lanes_total(losses)
        if freezing:
            write_back_free(gathered, used, inputs, parts, still, width, none)
        else:
            write_back(gathered, used, inputs, parts, width, none)
        counted[1] += examples

    return block


def warm(widths: Iterable[int] = (64, 112)) -> None:
    """Compile and cache the kernel for the usual widths."""
    for width in widths:
        fasttext_cbow_kernel(width)
