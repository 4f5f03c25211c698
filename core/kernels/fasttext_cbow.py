"""CBOW with negative sampling on words that are the mean of several rows, one block of tokens at a time.

As `core.kernels.cbow`, on the live words of `core.kernels.word_parts`. The mean of a window is over all rows of all its
words, as in fastText: a word of many parts weighs more.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numba
import numpy as np

from core.kernels import cbow, sampling, tiles, word_parts
from core.kernels import rows as whole_rows
from core.kernels.cbow import step_of_outputs
from core.kernels.lanes import add, digest, fma, load, mul, splat, store, sub
from core.kernels.lanes import zero as zeros
from core.kernels.rows import add_row, fma_row, load_row, scale_row, store_row, zero_row
from core.kernels.sampling import STRETCH, Array, draw_near, draw_negatives, read_words
from core.kernels.tiles import OUTPUTS, fetch_row, lanes_total, score_pair, sigmoid_and_loss
from core.kernels.word_parts import MOST_GATHERED, PARTS_SIGNATURE, gather_words, gathered_words, write_back

__all__ = ["fasttext_cbow_kernel", "warm"]

_ONE = np.float32(1)
_FIRST = np.array([1] * 8 + [0] * 8, np.float32)
_SECOND = np.array([0] * 8 + [1] * 8, np.float32)


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
def _add_to_each(now: Array, places: Array, at: Any, start: Any, stop: Any, error: Any) -> None:
    """Add a row to the rows of the same words, one after the other: a word may stand in a window twice."""
    for i in range(start, at):
        store_row(now, places[i], add_row(error, load_row(now, places[i], error)))
    for i in range(at + 1, stop):
        store_row(now, places[i], add_row(error, load_row(now, places[i], error)))


@cache
def fasttext_cbow_kernel(width: int) -> Callable[..., None]:
    """Compile (or load) the kernel for rows of `width` floats, a multiple of 16; `PARTS_SIGNATURE` names its arguments.

    Each row gets the whole error of the mean, as in fastText and gensim. `group` is at most 2.
    """
    version = digest(
        __file__, cbow.__file__, whole_rows.__file__, sampling.__file__, tiles.__file__, word_parts.__file__
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
    ) -> None:
        state = seed + np.uint64(0 * version)
        size = (group + negatives + OUTPUTS - 1) // OUTPUTS * OUTPUTS
        words = np.empty(STRETCH, np.int64)
        places = np.empty(STRETCH, np.int64)
        weights = np.empty(STRETCH, np.float32)
        reaches = np.empty(STRETCH, np.int64)
        targets = np.empty((STRETCH + group - 1) // group * size, np.int64)
        means = np.zeros((2, width), np.float32)
        gathered, parts = gathered_words(keep.shape[0], width), (starts, rows, shares)
        now, used = gathered[0], 0
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
                losses = zeros()
                for at in range(count):
                    weights[at] = lengths[words[at] // width]
                if group > 1:
                    used = gather_words(words, 0, count, places, gathered, used, inputs, parts, width, none)
                for centre in range(0, count, group):
                    base = centre // group * size
                    if group == 1:
                        near_by = max(centre - reaches[centre], 0), min(centre + reaches[centre] + 1, count)
                        used = gather_words(
                            words, near_by[0], near_by[1], places, gathered, 0, inputs, parts, width, none
                        )
                    if centre + group < count:
                        for j in range(base + size, base + size + group + negatives):
                            fetch_row(outputs, targets[j], chunks)
                    after = centre + 1 if group > 1 and centre + 1 < count else count
                    start, stop = _window(reaches, centre, count)
                    begin, end_ = _window(reaches, after, count)
                    near, nigh = min(stop - 1 - start, 1), min(max(end_ - 1 - begin, 0), 1)
                    examples += near + nigh
                    mean = _mean_of_parts(now, places, weights, centre, start, stop, none)
                    other = _mean_of_parts(now, places, weights, after, begin, end_, none)
                    store_row(means, 0, mean)
                    store_row(means, width, other)
                    told = fma(splat(np.float32(near)), load(_FIRST, 0), mul(splat(np.float32(nigh)), load(_SECOND, 0)))
                    error, wrong = none, none
                    for tile in range(0, size, OUTPUTS):
                        is_positive = load(positive, 2 * tile)
                        sign = sub(add(is_positive, is_positive), one)
                        score = score_pair(means, 0, width, outputs, targets, base + tile, chunks)
                        sigmoid, loss = sigmoid_and_loss(score, sign)
                        part = mul(load(weight, 2 * tile), told)
                        losses = fma(loss, part, losses)
                        store(steps, 0, mul(mul(alpha, part), sub(is_positive, sigmoid)))
                        last_ = min(tile + OUTPUTS, group + negatives)
                        error, wrong = step_of_outputs(
                            outputs, targets, base + tile, base + last_, steps, mean, other, error, wrong
                        )
                    _add_to_each(now, places, centre, start, stop, error)
                    _add_to_each(now, places, after, begin, end_, wrong)
                    if group == 1:
                        write_back(gathered, used, inputs, parts, width, none)
                        used = 0
                if used > MOST_GATHERED:
                    write_back(gathered, used, inputs, parts, width, none)
                    used = 0
                counted[0] += lanes_total(losses)
        write_back(gathered, used, inputs, parts, width, none)
        counted[1] += examples

    return block


def warm(widths: Iterable[int] = (64, 112, 128)) -> None:
    """Compile and cache the kernel for the usual widths."""
    for width in widths:
        fasttext_cbow_kernel(width)
