"""CBOW with hierarchical softmax, one block of tokens at a time.

The mean of a window's words is scored against sixteen nodes of the centre's path at once.

What bounds the speed (100 dimensions, one core of an Emerald Rapids, 13,400 words): reading and writing rows. Of the
.26 µs of a window 30 % go by in asking for the next one's rows, some 60 cache lines of which half lie beyond the second
level's cache, a tenth in waiting for its turns, a quarter in the steps of the path's nodes, which are written in full,
and no more than a fifth in its 310 fused multiply-adds.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numba
import numpy as np

from core.kernels import huffman, lane_bits, paths, rows, sampling, tiles
from core.kernels.lanes import LANES, digest, fma, load, magnitude, maximum, mul, splat, store, sub
from core.kernels.lanes import zero as zeros
from core.kernels.paths import (
    PLACES,
    copies_of,
    fetch_rest,
    fetch_turns,
    meet,
    meeting,
    read_path,
    score_alone,
    take_copies,
)
from core.kernels.rows import add_row, fma_row, load_row, scale_row, store_row, zero_row
from core.kernels.sampling import SIGNATURE, STRETCH, Array, read_words
from core.kernels.tiles import aligned_floats, fetch_row, lanes_total, sigmoid_and_loss

__all__ = ["cbow_paths_kernel", "warm"]

_ONE = np.float32(1)


@cache
def cbow_paths_kernel(width: int, summing: bool = False) -> Callable[..., None]:
    """Compile (or load) the kernel for rows of `width` floats, a multiple of 16; `SIGNATURE` names its arguments.

    Each context word gets the whole error of their mean, as in word2vec.c and gensim; with `summing`, of their sum.
    What stands in the place of the noise, of `negatives` and of `group` is as for `skipgram_paths_kernel`.
    """
    version = digest(
        __file__, huffman.__file__, lane_bits.__file__, paths.__file__, rows.__file__, sampling.__file__, tiles.__file__
    )
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
        # The path of a word, and, so that its rows can be asked for, that of the next one.
        targets = np.zeros(2 * PLACES, np.int64)
        signs = aligned_floats(2 * PLACES)
        steps = aligned_floats(LANES)
        hidden = aligned_floats(width)
        busy, home = copies_of(outputs, copies, copy, width)
        before = aligned_floats(busy * width)
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
                here, ahead = 0, 0
                if count > 0:
                    ahead = read_path(starts, turns, words[0] // width, busy, home, width, targets, signs, 0)
                # A line of one word has no window.
                for centre in range(count if count > 1 else 0):
                    length = ahead
                    if centre + 1 < count:
                        fetch_turns(starts, turns, words, count, centre, width)
                        following, there = words[centre + 1] // width, PLACES - here
                        ahead = read_path(starts, turns, following, busy, home, width, targets, signs, there)
                        fetch_row(inputs, words[min(centre + 1 + window, count - 1)], chunks)
                    start, stop = max(centre - reaches[centre], 0), min(centre + reaches[centre] + 1, count) - 1
                    # The window's last word takes the place of the centre meanwhile: loops without a branch.
                    left_out, words[centre] = words[centre], words[stop]
                    mean = nothing
                    for i in range(start, stop):
                        mean = add_row(mean, load_row(inputs, words[i], nothing))
                    if not summing:
                        mean = scale_row(_ONE / np.float32(stop - start), mean)
                    store_row(hidden, 0, mean)
                    error = nothing
                    for tile in range(here, here + length, LANES):
                        sign = load(signs, tile)
                        weight = magnitude(sign)
                        score = score_alone(hidden, 0, outputs, targets, tile, chunks)
                        sigmoid, loss = sigmoid_and_loss(score, sign)
                        losses = fma(loss, weight, losses)
                        store(steps, 0, mul(mul(alpha, weight), sub(maximum(sign, none), sigmoid)))
                        for j in range(tile, min(tile + LANES, here + length)):
                            # The next path's rows are asked for one by one: all at once would wait for one another.
                            fetch_row(outputs, targets[j + PLACES - 2 * here], chunks)
                            output = load_row(outputs, targets[j], nothing)
                            error = fma_row(steps[j - tile], output, error)
                            store_row(outputs, targets[j], fma_row(steps[j - tile], mean, output))
                    fetch_rest(outputs, targets, PLACES - here, length, ahead, chunks)
                    for i in range(start, stop):
                        store_row(inputs, words[i], add_row(error, load_row(inputs, words[i], nothing)))
                    words[centre] = left_out
                    here = PLACES - here
                    examples += 1
                    done += 1
                    meet(outputs, copies, meeting(done, busy), home, before, width, chunks)
                counted[0] += lanes_total(losses)
        meet(outputs, copies, busy, home, before, width, chunks)
        counted[1] += examples

    return block


def warm(widths: Iterable[int] = (112,)) -> None:
    """Compile and cache the kernel for the usual widths."""
    for width in widths:
        cbow_paths_kernel(width)
