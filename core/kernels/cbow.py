"""CBOW with negative sampling, one block of tokens at a time.

Two neighbouring windows share their negatives, and two such pairs learn at once: their four means are taken from the
rows as they are before any of the four has told them its error. That leaves the vectors as good as one pair after the
other does.

What bounds the speed (100 dimensions, one core of a Sapphire Rapids, 39,000 words): of some 115 ns a word of text, a
seventh goes into reading words and drawing random numbers, a fifth into rows that only the last cache holds, asked for
a round ahead. The rest is a chain of sums that wait for one another: a pair of windows does some 500 operations on
vectors, 300 loads and 130 stores, which without waiting would take half as long; a tenth less arithmetic changed
nothing. An eighth went when a second pair came to fill the time in which the first waits for its scores, rows were no
longer asked for all at once, and no buffer lay across cache lines. Asking for rows earlier, for every other line of
them, or working on three and four pairs at once changed nothing or took longer.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numba
import numpy as np

from core.kernels import mean_tiles, rows, sampling, tiles
from core.kernels.lanes import digest, splat
from core.kernels.lanes import zero as zeros
from core.kernels.mean_tiles import NEGATIVES, PAIRS, TILE, judge_windows, lanes_of_tiles, learn_from_outputs
from core.kernels.rows import add_row, load_row, scale_row, store_row, zero_row
from core.kernels.sampling import SIGNATURE, STRETCH, Array, draw_near, draw_negatives, places_to_move, read_words
from core.kernels.tiles import aligned_floats, fetch_row, lanes_total

__all__ = ["cbow_kernel", "warm"]

_ONE = np.float32(1)


@numba.njit(forceinline=True)
def _window(reaches: Array, at: Any, count: Any) -> Any:
    """First word of the window of the word `at`, and the one after its last; empty beyond the end of the stretch."""
    inside = at < count
    reach = reaches[at] if inside else 0
    start, stop = max(at - reach, 0), min(at + reach + 1, count)
    return (start, stop) if inside else (0, 1)


@numba.njit(forceinline=True)
def _sum_of_rows(matrix: Array, words: Array, at: Any, start: Any, stop: Any, none: Any) -> Any:
    """Sum of the rows of the words from `start` to `stop` but the one `at`; `none` is a row of zeros.

    The last word takes the place of the one left out meanwhile, which leaves one loop without a branch.
    """
    left_out, words[at] = words[at], words[stop - 1]
    total = none
    for i in range(start, stop - 1):
        total = add_row(total, load_row(matrix, words[i], none))
    words[at] = left_out
    return total


@numba.njit(forceinline=True)
def _tell(
    matrix: Array, words: Array, places: Array, at: Any, start: Any, stop: Any, error: Any, freezing: Any
) -> None:
    """Add a row to the rows of the same words, one after the other: a word may stand in a window twice.

    With `freezing`, what comes of it is put at `places`: where the rows are, or in a sink for rows that must not move.
    """
    left_out, words[at] = words[at], words[stop - 1]
    if freezing:
        kept, places[at] = places[at], places[stop - 1]
        for i in range(start, stop - 1):
            store_row(matrix, places[i], add_row(error, load_row(matrix, words[i], error)))
        places[at] = kept
    else:
        for i in range(start, stop - 1):
            store_row(matrix, words[i], add_row(error, load_row(matrix, words[i], error)))
    words[at] = left_out


@numba.njit(forceinline=True)
def _take_in(
    inputs: Array, words: Array, reaches: Array, at: Any, count: Any, means: Array, place: Any, summing: Any, none: Any
) -> Any:
    """Put the mean of the window of the word `at`, or the sum, in its place; return the window's bounds."""
    start, stop = _window(reaches, at, count)
    mean = _sum_of_rows(inputs, words, at, start, stop, none)
    if not summing:
        mean = scale_row(_ONE / np.float32(max(stop - 1 - start, 1)), mean)
    store_row(means, place, mean)
    return start, stop


@cache
def cbow_kernel(width: int, summing: bool = False, freezing: bool = False) -> Callable[..., None]:
    """Compile (or load) the kernel for rows of `width` floats, a multiple of 16; `SIGNATURE` names its arguments.

    Each context word gets the whole error of their mean, as in word2vec.c and gensim: the gradient of the mean times
    the number of contexts. A rate that suits those programs suits this one. With `summing`, of their sum, whose
    gradient it is. With `freezing` it leaves the rows of frozen words as they are; `inputs` has `SINKS` more rows at
    its end then. `group` is at most 2.
    """
    version = digest(__file__, mean_tiles.__file__, rows.__file__, sampling.__file__, tiles.__file__)
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
        many_tiles = (negatives + NEGATIVES - 1) // NEGATIVES
        size = group + NEGATIVES * many_tiles
        pairs = PAIRS if group > 1 else 1
        together = pairs * group
        words = np.zeros(STRETCH + 1, np.int64)
        reaches = np.empty(STRETCH, np.int64)
        places = np.zeros(STRETCH + 1, np.int64) if freezing else words
        # One round more than a stretch has: what comes next is asked for even at its end.
        targets = np.zeros(((STRETCH + group - 1) // group + 2 * PAIRS) * size, np.int64)
        own, counts = lanes_of_tiles(group, negatives)
        means, steps = aligned_floats(PAIRS * 2 * width), aligned_floats(PAIRS * TILE)
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
                if freezing:
                    places_to_move(words, count, frozen, inputs, width, seed, places)
                losses = zeros()
                for centre in range(0, count, together):
                    base = centre // group * size
                    for s in range(centre + together, centre + 2 * together):
                        fetch_row(inputs, words[min(s + window, count - 1)], chunks)
                        fetch_row(outputs, words[min(s, count - 1)], chunks)
                    # Beyond the end windows are empty; so are all but one where words are few.
                    next_, third, fourth = count, count, count
                    if group > 1:
                        next_, third, fourth = min(centre + 1, count), min(centre + 2, count), min(centre + 3, count)
                    a, b = _take_in(inputs, words, reaches, centre, count, means, 0, summing, none)
                    c, d = _take_in(inputs, words, reaches, next_, count, means, width, summing, none)
                    e, f = _take_in(inputs, words, reaches, third, count, means, 2 * width, summing, none)
                    g, h = _take_in(inputs, words, reaches, fourth, count, means, 3 * width, summing, none)
                    contexts = b - 1 - a, d - 1 - c, f - 1 - e, h - 1 - g
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
                        _tell(inputs, words, places, centre, a, b, error, freezing)
                        _tell(inputs, words, places, next_, c, d, wrong, freezing)
                        if third < count:
                            error, wrong = learn_from_outputs(
                                means, 2 * width, 3 * width, outputs, targets, base + size, group, negatives,
                                pairs * size, tile, steps, TILE, none, none, chunks,
                            )  # fmt: skip
                            _tell(inputs, words, places, third, e, f, error, freezing)
                            _tell(inputs, words, places, fourth, g, h, wrong, freezing)
                counted[0] += lanes_total(losses)
        counted[1] += examples

    return block


def warm(widths: Iterable[int] = (64, 112, 128)) -> None:
    """Compile and cache the kernel for the usual widths."""
    for width in widths:
        cbow_kernel(width)
