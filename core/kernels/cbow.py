"""CBOW with negative sampling, one block of tokens at a time.

Two neighbouring windows share their negatives: the means of their contexts are the two rows of a tile, whose eight
outputs are two positives and the negatives. What bounds the speed is reading and writing the rows of the contexts,
some 80 loads and stores of a vector a window, as much as all arithmetic.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numba
import numpy as np

from core.kernels import rows, sampling, tiles
from core.kernels.lanes import add, digest, fma, load, mul, splat, store, sub
from core.kernels.lanes import zero as zeros
from core.kernels.rows import add_row, fma_row, load_row, scale_row, store_row, zero_row
from core.kernels.sampling import SIGNATURE, STRETCH, Array, draw_near, draw_negatives, places_to_move, read_words
from core.kernels.tiles import OUTPUTS, fetch_row, lanes_total, score_pair, sigmoid_and_loss

__all__ = ["cbow_kernel", "step_of_outputs", "warm"]

_ONE = np.float32(1)
_FIRST = np.array([1] * 8 + [0] * 8, np.float32)
_SECOND = np.array([0] * 8 + [1] * 8, np.float32)


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
def _add_to_each(matrix: Array, words: Array, places: Array, at: Any, start: Any, stop: Any, error: Any) -> None:
    """Add a row to the rows of the same words, one after the other: a word may stand in a window twice.

    What comes of it is put at `places`: where the rows are, or in a sink for rows that must not move.
    """
    left_out, words[at] = words[at], words[stop - 1]
    kept, places[at] = places[at], places[stop - 1]
    for i in range(start, stop - 1):
        store_row(matrix, places[i], add_row(error, load_row(matrix, words[i], error)))
    places[at] = kept
    words[at] = left_out


@numba.njit(forceinline=True)
def step_of_outputs(
    outputs: Array, targets: Array, first: Any, last: Any, steps: Array, mean: Any, other: Any, error: Any, wrong: Any
) -> Any:
    """Take one gradient step of the outputs from `first` to `last`; return the means' errors, added up."""
    for j in range(first, last):
        output = load_row(outputs, targets[j], mean)
        g, h = steps[j - first], steps[OUTPUTS + j - first]
        error, wrong = fma_row(g, output, error), fma_row(h, output, wrong)
        store_row(outputs, targets[j], fma_row(g, mean, fma_row(h, other, output)))
    return error, wrong


@cache
def cbow_kernel(width: int, summing: bool = False, freezing: bool = False) -> Callable[..., None]:
    """Compile (or load) the kernel for rows of `width` floats, a multiple of 16; `SIGNATURE` names its arguments.

    Each context word gets the whole error of their mean, as in word2vec.c and gensim: the gradient of the mean times
    the number of contexts. A rate that suits those programs suits this one. With `summing`, of their sum, whose
    gradient it is. With `freezing` it leaves the rows of frozen words as they are; `inputs` has `SINKS` more rows at
    its end then. `group` is at most 2.
    """
    version = digest(__file__, rows.__file__, sampling.__file__, tiles.__file__)
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
        words = np.zeros(STRETCH + 1, np.int64)
        reaches = np.empty(STRETCH, np.int64)
        places = np.zeros(STRETCH + 1, np.int64) if freezing else words
        targets = np.empty((STRETCH + group - 1) // group * size, np.int64)
        means = np.zeros((2, width), np.float32)
        none = zero_row(chunks)
        steps = np.zeros(2 * OUTPUTS, np.float32)
        # In a tile's first half stands what the first mean is told, in its second half the second's.
        positive = np.zeros(2 * size, np.float32)
        weight = np.zeros(2 * size, np.float32)
        for row in range(group):
            for j in range(group + negatives):
                place = j // OUTPUTS * 2 * OUTPUTS + j % OUTPUTS + OUTPUTS * row
                positive[place] = 1 if j == row else 0
                weight[place] = 1 if j == row or j >= group else 0
        alpha = splat(np.float32(rate))
        one = splat(_ONE)
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
                for centre in range(0, count, group):
                    base = centre // group * size
                    if centre + group < count:
                        for j in range(base + size, base + size + group + negatives):
                            fetch_row(outputs, targets[j], chunks)
                        for s in range(group):
                            fetch_row(inputs, words[min(centre + group + window + s, count - 1)], chunks)
                    after = centre + 1 if group > 1 and centre + 1 < count else count
                    start, stop = _window(reaches, centre, count)
                    begin, end_ = _window(reaches, after, count)
                    near, nigh = min(stop - 1 - start, 1), min(end_ - 1 - begin, 1)
                    examples += near + nigh
                    mean = _sum_of_rows(inputs, words, centre, start, stop, none)
                    other = _sum_of_rows(inputs, words, after, begin, end_, none)
                    if not summing:
                        mean = scale_row(_ONE / np.float32(max(stop - 1 - start, 1)), mean)
                        other = scale_row(_ONE / np.float32(max(end_ - 1 - begin, 1)), other)
                    store_row(means, 0, mean)
                    store_row(means, width, other)
                    live = fma(splat(np.float32(near)), load(_FIRST, 0), mul(splat(np.float32(nigh)), load(_SECOND, 0)))
                    error, wrong = none, none
                    for tile in range(0, size, OUTPUTS):
                        is_positive = load(positive, 2 * tile)
                        sign = sub(add(is_positive, is_positive), one)
                        score = score_pair(means, 0, width, outputs, targets, base + tile, chunks)
                        sigmoid, loss = sigmoid_and_loss(score, sign)
                        part = mul(load(weight, 2 * tile), live)
                        losses = fma(loss, part, losses)
                        store(steps, 0, mul(mul(alpha, part), sub(is_positive, sigmoid)))
                        last = min(tile + OUTPUTS, group + negatives)
                        error, wrong = step_of_outputs(
                            outputs, targets, base + tile, base + last, steps, mean, other, error, wrong
                        )
                    _add_to_each(inputs, words, places, centre, start, stop, error)
                    _add_to_each(inputs, words, places, after, begin, end_, wrong)
                counted[0] += lanes_total(losses)
        counted[1] += examples

    return block


def warm(widths: Iterable[int] = (64, 112, 128)) -> None:
    """Compile and cache the kernel for the usual widths."""
    for width in widths:
        cbow_kernel(width)
