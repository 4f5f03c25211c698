"""Skip-gram with hierarchical softmax, one block of tokens at a time.

All words of a window are trained on the path of its centre, two of them against eight nodes at once, and what is left
of a path four against four.

What bounds the speed (100 dimensions, one core of a Sapphire Rapids, 15,700 words): a path has 11 turns and takes 12.6
places of tiles (14.7 without the half ones), each with 21 fused multiply-adds a word of the window: 1,600 in the .72 µs
of a window of six, a 512-bit one in every cycle of the clock. Two threads take 1.45 times the time of one each, since
every row that one has changed comes from the cache of the other; 2.1 times without nodes of their own, which is no gain
at all from the second; 1.06 times where they share nothing.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numba
import numpy as np

from core.kernels import huffman, paths, sampling, tiles
from core.kernels.lanes import digest, fma, load, magnitude, maximum, mul, splat, store, sub
from core.kernels.lanes import zero as zeros
from core.kernels.paths import (
    EVERY,
    FEW,
    PLACES,
    copies_of,
    fetch_path,
    meet,
    read_path,
    score_four,
    spread_signs,
    take_copies,
    take_few_steps,
)
from core.kernels.sampling import SIGNATURE, STRETCH, Array, read_words
from core.kernels.tiles import OUTPUTS, fetch_row, lanes_total, score_pair, sigmoid_and_loss, take_steps

__all__ = ["skipgram_paths_kernel", "warm"]

# Which lanes stand for words, where one of two is missing, or up to three of four.
_TWO = np.array([1] * 16 + [1] * 8 + [0] * 8, np.float32)
_FOUR = np.array([1] * 16 + [0] * 16, np.float32)


@numba.njit(forceinline=True, fastmath=True)
def _train_on_path(
    inputs: Array,
    words: Array,
    start: Any,
    stop: Any,
    outputs: Array,
    targets: Array,
    lanes: Array,
    length: Any,
    alpha: Any,
    steps: Array,
    losses: Any,
    chunks: Any,
) -> Any:
    """Take a step with the words from `start` to `stop` for each tile of a path; return `losses` afterwards."""
    none = zeros()
    for tile in range(0, length, OUTPUTS):
        sign = load(lanes, 2 * tile)
        label, some = maximum(sign, none), magnitude(sign)
        if length - tile > FEW:
            for i in range(start, stop, 2):
                second = min(i + 1, stop - 1)
                score = score_pair(inputs, words[i], words[second], outputs, targets, tile, chunks)
                weight = mul(some, load(_TWO, 16 * (i + 1 - second)))
                sigmoid, loss = sigmoid_and_loss(score, sign)
                losses = fma(loss, weight, losses)
                store(steps, OUTPUTS * (i - start), mul(mul(alpha, weight), sub(label, sigmoid)))
            take_steps(inputs, words, start, stop - start, steps, outputs, targets, tile, inputs, chunks)
        else:
            for i in range(start, stop, FEW):
                b, c, d = words[min(i + 1, stop - 1)], words[min(i + 2, stop - 1)], words[min(i + 3, stop - 1)]
                score = score_four(inputs, words[i], b, c, d, outputs, targets, tile, chunks)
                weight = mul(some, load(_FOUR, FEW * max(i + FEW - stop, 0)))
                sigmoid, loss = sigmoid_and_loss(score, sign)
                losses = fma(loss, weight, losses)
                store(steps, FEW * (i - start), mul(mul(alpha, weight), sub(label, sigmoid)))
            take_few_steps(inputs, words, start, stop - start, steps, outputs, targets, tile, chunks)
    return losses


@cache
def skipgram_paths_kernel(width: int) -> Callable[..., None]:
    """Compile (or load) the kernel for rows of `width` floats, a multiple of 16; `SIGNATURE` names its arguments.

    In the place of the noise stand the paths, as `huffman_paths` gives them; of `negatives` and `group` how many
    threads have copies of the busiest nodes, and which of them calls; see `core.kernels.paths`.
    """
    version = digest(__file__, huffman.__file__, paths.__file__, sampling.__file__, tiles.__file__)
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
        lanes = np.zeros(2 * PLACES, np.float32)
        steps = np.zeros(OUTPUTS * (2 * window + FEW), np.float32)
        busy, home = copies_of(outputs, copies, copy, width)
        before = np.zeros((busy, width), np.float32)
        take_copies(outputs, busy, home, before, width, chunks)
        done: Any = 0
        alpha = splat(np.float32(rate))
        pairs: Any = 0
        for segment in range(first, last):
            if held_out[segment]:
                continue
            position, end = offsets[segment], offsets[segment + 1]
            while position < end:
                position, count, state = read_words(
                    tokens, position, end, keep, window, span, width, state, words, reaches
                )
                losses = zeros()
                for centre in range(count):
                    if centre + 1 < count:
                        fetch_path(outputs, starts, turns, words[centre + 1] // width, busy, home, width, chunks)
                        fetch_row(inputs, words[min(centre + 1 + window, count - 1)], chunks)
                    start, stop = max(centre - reaches[centre], 0), min(centre + reaches[centre] + 1, count) - 1
                    length = read_path(starts, turns, words[centre] // width, busy, home, width, targets, signs)
                    spread_signs(signs, length, lanes)
                    pairs += stop - start
                    # The window's last word takes the place of the centre meanwhile: one loop without a branch.
                    left_out, words[centre] = words[centre], words[stop]
                    losses = _train_on_path(
                        inputs, words, start, stop, outputs, targets, lanes, length, alpha, steps, losses, chunks
                    )
                    words[centre] = left_out
                    done += 1
                    if done % EVERY == 0:
                        meet(outputs, copies, busy, home, before, width, chunks)
                counted[0] += lanes_total(losses)
        meet(outputs, copies, busy, home, before, width, chunks)
        counted[1] += pairs

    return block


def warm(widths: Iterable[int] = (112,)) -> None:
    """Compile and cache the kernel for the usual widths."""
    for width in widths:
        skipgram_paths_kernel(width)
