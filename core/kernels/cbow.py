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

from core.kernels import sampling, tiles
from core.kernels.lanes import add, digest, fma, load, mul, splat, store, sub
from core.kernels.lanes import zero as zeros
from core.kernels.sampling import SIGNATURE, STRETCH, Array, draw_negatives, read_words
from core.kernels.tiles import OUTPUTS, fetch_row, lanes_total, score_pair, sigmoid_and_loss, take_steps

__all__ = ["cbow_kernel", "warm"]

_ONE = np.float32(1)


@numba.njit(forceinline=True)
def _mean_of_rows(matrix: Array, places: Array, count: Any, means: Array, at: Any, chunks: Any) -> None:
    """Mean of `count` rows of a matrix, written to `means` at a flat index."""
    share = splat(_ONE / np.float32(max(count, 1)))
    for k in range(chunks):
        total = zeros()
        for i in range(count):
            total = add(total, load(matrix, places[i] + 16 * k))
        store(means, at + 16 * k, mul(total, share))


@numba.njit(forceinline=True)
def _add_to_each(matrix: Array, places: Array, count: Any, errors: Array, at: Any, chunks: Any) -> None:
    """Add one vector to `count` rows, one after the other: a word may stand in a window twice."""
    for k in range(chunks):
        error = load(errors, at + 16 * k)
        for i in range(count):
            store(matrix, places[i] + 16 * k, add(load(matrix, places[i] + 16 * k), error))


@cache
def cbow_kernel(width: int) -> Callable[..., None]:
    """Compile (or load) the kernel for rows of `width` floats, a multiple of 16; `SIGNATURE` names its arguments.

    Each context word gets the whole error of their mean, as in word2vec.c and gensim: the gradient of the mean times
    the number of contexts. A rate that suits those programs suits this one. `group` is at most 2.
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
        window: Any,
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
        targets = np.empty((STRETCH + group - 1) // group * size, np.int64)
        contexts = np.empty((2, 2 * window + 1), np.int64)
        contexts_of = np.zeros(2, np.int64)
        means = np.zeros((2, width), np.float32)
        errors = np.zeros((2, width), np.float32)
        rows = np.array([0, width])
        steps = np.zeros(2 * OUTPUTS, np.float32)
        # In a tile's first half stands what the first mean is told, in its second half the second's.
        positive = np.zeros(2 * size, np.float32)
        weight = np.zeros(2 * size, np.float32)
        for row in range(group):
            for j in range(group + negatives):
                place = j // OUTPUTS * 2 * OUTPUTS + j % OUTPUTS + OUTPUTS * row
                positive[place] = 1 if j == row else 0
                weight[place] = 1 if j == row or j >= group else 0
        live = np.zeros(2 * OUTPUTS, np.float32)
        alpha = splat(np.float32(rate))
        one = splat(_ONE)
        for segment in range(first, last):
            if held_out[segment]:
                continue
            position, end = offsets[segment], offsets[segment + 1]
            while position < end:
                position, count, state = read_words(tokens, position, end, keep, window, width, state, words, reaches)
                state = draw_negatives(words, count, group, negatives, size, odds, aliases, width, state, targets)
                losses = zeros()
                for centre in range(0, count, group):
                    base = centre // group * size
                    if centre + group < count:
                        for j in range(base + size, base + size + group + negatives):
                            fetch_row(outputs, targets[j], chunks)
                        for s in range(group):
                            fetch_row(inputs, words[min(centre + group + window + s, count - 1)], chunks)
                    for s in range(group):
                        at = centre + s
                        near: Any = 0
                        if at < count:
                            for other in range(max(0, at - reaches[at]), min(count, at + reaches[at] + 1)):
                                contexts[s, near] = words[other]
                                near += 1 if other != at else 0
                        contexts_of[s] = near
                        _mean_of_rows(inputs, contexts[s], near, means, s * width, chunks)
                        for lane in range(OUTPUTS):
                            live[s * OUTPUTS + lane] = 1 if near > 0 else 0
                        counted[1] += 1 if near > 0 else 0
                    errors[:] = 0
                    for tile in range(0, size, OUTPUTS):
                        is_positive = load(positive, 2 * tile)
                        sign = sub(add(is_positive, is_positive), one)
                        score = score_pair(means, 0, width, outputs, targets, base + tile, chunks)
                        sigmoid, loss = sigmoid_and_loss(score, sign)
                        part = mul(load(weight, 2 * tile), load(live, 0))
                        losses = fma(loss, part, losses)
                        store(steps, 0, mul(mul(alpha, part), sub(is_positive, sigmoid)))
                        take_steps(means, rows, 0, group, steps, outputs, targets, base + tile, errors, chunks)
                    for s in range(group):
                        _add_to_each(inputs, contexts[s], contexts_of[s], errors, s * width, chunks)
                counted[0] += lanes_total(losses)

    return block


def warm(widths: Iterable[int] = (64, 112, 128)) -> None:
    """Compile and cache the kernel for the usual widths."""
    for width in widths:
        cbow_kernel(width)
