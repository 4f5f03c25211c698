"""CBOW with hierarchical softmax, one block of tokens at a time.

The mean of a window's words is scored against sixteen nodes of the centre's path at once.

What bounds the speed (100 dimensions, one core of a Sapphire Rapids, 15,700 words): reading and writing rows. Of the
.3 µs of a window, its six words take 130 loads and stores of a vector and the path's eleven nodes 270, against 310
fused multiply-adds, of which the places that a path leaves empty are 40.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numba
import numpy as np

from core.kernels import huffman, paths, rows, sampling, tiles
from core.kernels.lanes import LANES, digest, fma, load, magnitude, maximum, mul, splat, store, sub
from core.kernels.lanes import zero as zeros
from core.kernels.paths import EVERY, PLACES, copies_of, fetch_path, meet, read_path, score_alone, take_copies
from core.kernels.rows import add_row, fma_row, load_row, scale_row, store_row, zero_row
from core.kernels.sampling import SIGNATURE, STRETCH, Array, read_words
from core.kernels.tiles import fetch_row, lanes_total, sigmoid_and_loss

__all__ = ["cbow_paths_kernel", "warm"]

_ONE = np.float32(1)


@cache
def cbow_paths_kernel(width: int, summing: bool = False) -> Callable[..., None]:
    """Compile (or load) the kernel for rows of `width` floats, a multiple of 16; `SIGNATURE` names its arguments.

    Each context word gets the whole error of their mean, as in word2vec.c and gensim; with `summing`, of their sum.
    What stands in the place of the noise, of `negatives` and of `group` is as for `skipgram_paths_kernel`.
    """
    version = digest(__file__, huffman.__file__, paths.__file__, rows.__file__, sampling.__file__, tiles.__file__)
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
        starts: Array,
        turns: Array,
        nearest: Array,
        frozen: Array,
        window: Any,
        span: Any,
        copies: Any,
        copy: Any,
        rate: Any,
        seed: Any,
        counted: Array,
    ) -> None:
        state = seed + np.uint64(0 * version)
        words = np.empty(STRETCH, np.int64)
        reaches = np.empty(STRETCH, np.int64)
        targets = np.empty(PLACES, np.int64)
        signs = np.zeros(PLACES, np.float32)
        steps = np.zeros(LANES, np.float32)
        hidden = np.zeros((1, width), np.float32)
        busy, home = copies_of(outputs, copies, copy, width)
        before = np.zeros((busy, width), np.float32)
        take_copies(outputs, busy, home, before, width, chunks)
        done: Any = 0
        alpha = splat(np.float32(rate))
        none, nothing = zeros(), zero_row(chunks)
        examples: Any = 0
        for segment in range(first, last):
            if held_out[segment]:
                continue
            position, end = offsets[segment], offsets[segment + 1]
            while position < end:
                position, count, state = read_words(
                    tokens, position, end, keep, window, span, width, state, words, reaches
                )
                losses = zeros()
                # A line of one word has no window.
                for centre in range(count if count > 1 else 0):
                    if centre + 1 < count:
                        fetch_path(outputs, starts, turns, words[centre + 1] // width, busy, home, width, chunks)
                        fetch_row(inputs, words[min(centre + 1 + window, count - 1)], chunks)
                    start, stop = max(centre - reaches[centre], 0), min(centre + reaches[centre] + 1, count) - 1
                    length = read_path(starts, turns, words[centre] // width, busy, home, width, targets, signs)
                    # The window's last word takes the place of the centre meanwhile: loops without a branch.
                    left_out, words[centre] = words[centre], words[stop]
                    mean = nothing
                    for i in range(start, stop):
                        mean = add_row(mean, load_row(inputs, words[i], nothing))
                    if not summing:
                        mean = scale_row(_ONE / np.float32(stop - start), mean)
                    store_row(hidden, 0, mean)
                    error = nothing
                    for tile in range(0, length, LANES):
                        sign = load(signs, tile)
                        weight = magnitude(sign)
                        score = score_alone(hidden, 0, outputs, targets, tile, chunks)
                        sigmoid, loss = sigmoid_and_loss(score, sign)
                        losses = fma(loss, weight, losses)
                        store(steps, 0, mul(mul(alpha, weight), sub(maximum(sign, none), sigmoid)))
                        for j in range(tile, min(tile + LANES, length)):
                            output = load_row(outputs, targets[j], nothing)
                            error = fma_row(steps[j - tile], output, error)
                            store_row(outputs, targets[j], fma_row(steps[j - tile], mean, output))
                    for i in range(start, stop):
                        store_row(inputs, words[i], add_row(error, load_row(inputs, words[i], nothing)))
                    words[centre] = left_out
                    examples += 1
                    done += 1
                    if done % EVERY == 0:
                        meet(outputs, copies, busy, home, before, width, chunks)
                counted[0] += lanes_total(losses)
        meet(outputs, copies, busy, home, before, width, chunks)
        counted[1] += examples

    return block


def warm(widths: Iterable[int] = (112,)) -> None:
    """Compile and cache the kernel for the usual widths."""
    for width in widths:
        cbow_paths_kernel(width)
