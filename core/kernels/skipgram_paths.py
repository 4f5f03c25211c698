"""Skip-gram with hierarchical softmax, one block of tokens at a time.

All words of a window are trained on the path of its centre at once: first all their scores, two words against eight
nodes and, at the end of a path, four against four; then all steps, up to ten words beside each other in registers.

What bounds the speed (100 dimensions, one core of an Emerald Rapids, 13,400 words): a window of six words and a path of
11 turns take 530 fused multiply-adds for the scores, since the path fills 12.6 places of tiles, and 930 for the steps:
.27 µs at the two 512-bit ones in each cycle that the core can do. They take .62 µs: 40 % of it are the steps, 27 % the
scores, of which a third goes into adding up lanes, 8 % sigmoids and losses, and 18 % reading the path and asking for
its rows, a good half of that waiting for the second level's cache. Two threads take 1.2 times as long as one each,
since what one has changed comes from the cache of the other.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numba
import numpy as np

from core.kernels import columns, huffman, lane_bits, paths, rows, sampling, tiles
from core.kernels.columns import add_to_columns, fma_columns, load_columns, sum_columns
from core.kernels.lane_bits import apart, apart_later, four_times
from core.kernels.lanes import (
    LANES,
    add,
    digest,
    fma,
    load,
    magnitude,
    maximum,
    minimum,
    mul,
    prefetch,
    splat,
    store,
    sub,
)
from core.kernels.lanes import zero as zeros
from core.kernels.paths import (
    FEW,
    PLACES,
    copies_of,
    fetch_rest,
    fetch_turns,
    meet,
    meeting,
    read_path,
    score_four,
    spread_signs,
    take_copies,
)
from core.kernels.rows import zero_row
from core.kernels.sampling import SIGNATURE, STRETCH, Array, read_words
from core.kernels.tiles import (
    OUTPUTS,
    aligned_floats,
    fetch_row,
    lanes_total,
    logarithm,
    score_pair,
    sigmoid_and_power,
)

__all__ = ["skipgram_paths_kernel", "warm"]

MOST = 10
"""Words that take their steps at once: as many columns, and what they are to move by, find room in 32 registers."""

_MADE_OF = tuple(str(one.__file__) for one in (columns, huffman, lane_bits, paths, rows, sampling, tiles))
_ONE = np.float32(1)
# Which lanes stand for words, where one of two is missing, or up to three of four.
_TWO = np.array([1] * 16 + [1] * 8 + [0] * 8, np.float32)
_FOUR = np.array([1] * 16 + [0] * 16, np.float32)


@numba.njit(forceinline=True, fastmath=True)
def _score(
    inputs: Array,
    words: Array,
    start: Any,
    stop: Any,
    outputs: Array,
    targets: Array,
    here: Any,
    length: Any,
    size: Any,
    scores: Array,
    chunks: Any,
) -> None:
    """Score the words from `start` to `stop` against a path: a tile's scores stand `size` behind those of the last."""
    last = stop - 1
    for tile in range(0, length, OUTPUTS):
        at = (tile // OUTPUTS) * size
        if length - tile > FEW:
            for i in range(start, stop, 2):
                pair = score_pair(inputs, words[i], words[min(i + 1, last)], outputs, targets, here + tile, chunks)
                store(scores, at, pair)
                at += LANES
        else:
            for i in range(start, stop, FEW):
                b, c, d = words[min(i + 1, last)], words[min(i + 2, last)], words[min(i + 3, last)]
                store(scores, at, score_four(inputs, words[i], b, c, d, outputs, targets, here + tile, chunks))
                at += 2 * LANES


@numba.njit(forceinline=True, fastmath=True)
def _weigh(score: Any, sign: Any, alpha: Any, products: Any, wrong: Any) -> Any:
    """The steps that scores ask for, and what they add to the losses; where `sign` is 0, nothing."""
    none = zeros()
    some = magnitude(sign)
    sigmoid, power = sigmoid_and_power(score)
    products = mul(products, fma(power, some, splat(_ONE)))
    wrong = add(wrong, minimum(mul(sign, score), none))
    return mul(alpha, sub(maximum(sign, none), mul(some, sigmoid))), products, wrong


@numba.njit(forceinline=True, fastmath=True)
def _steps_of(count: Any, lanes: Array, length: Any, alpha: Any, size: Any, scores: Array, losses: Any) -> Any:
    """Put steps in the place of scores, for each word those of a tile's eight nodes together; add up the losses."""
    for tile in range(0, length, OUTPUTS):
        sign, at = load(lanes, 2 * tile), (tile // OUTPUTS) * size
        # Of no more than a hundred factors up to 2: a window has that many pairs at most.
        products, wrong = splat(_ONE), zeros()
        if length - tile > FEW:
            for i in range(0, count, 2):
                there = mul(sign, load(_TWO, LANES * max(i + 2 - count, 0)))
                steps, products, wrong = _weigh(load(scores, at), there, alpha, products, wrong)
                store(scores, at, steps)
                at += LANES
        else:
            for i in range(0, count, FEW):
                there = mul(four_times(sign), load(_FOUR, FEW * max(i + FEW - count, 0)))
                steps, products, wrong = _weigh(load(scores, at), there, alpha, products, wrong)
                store(scores, at, apart(steps))
                store(scores, at + LANES, apart_later(steps))
                at += 2 * LANES
        losses = add(losses, sub(logarithm(products), wrong))
    return losses


@numba.njit(fastmath=True, boundscheck=False)
def _take(
    inputs: Array,
    words: Array,
    first: Any,
    outputs: Array,
    targets: Array,
    here: Any,
    length: Any,
    steps: Array,
    at: Any,
    size: Any,
    chunks: Any,
    nothing: Any,
) -> None:
    """Take the steps of as many words as `nothing` has columns, with all words and nodes from before."""
    for k in range(chunks):
        words_there, moved = load_columns(inputs, words, first, LANES * k, nothing), nothing
        for j in range(length):
            step, place = at + (j // OUTPUTS) * size + j % OUTPUTS, targets[here + j] + LANES * k
            # The next path's rows are asked for line by line: all at once would wait for one another.
            prefetch(outputs, targets[PLACES - here + j] + LANES * k)
            node = load(outputs, place)
            moved = fma_columns(steps, step, node, moved)
            store(outputs, place, sum_columns(steps, step, words_there, node))
        add_to_columns(inputs, words, first, LANES * k, moved)


@numba.njit(forceinline=True, fastmath=True)
def _train_on_path(
    inputs: Array,
    words: Array,
    start: Any,
    stop: Any,
    outputs: Array,
    targets: Array,
    here: Any,
    lanes: Array,
    length: Any,
    alpha: Any,
    steps: Array,
    losses: Any,
    chunks: Any,
) -> Any:
    """Take a step with the words from `start` to `stop` for all nodes of a path; return `losses` afterwards.

    `words[stop]` is one of them again: where their number is odd, it takes part with steps of 0.
    """
    count = stop - start
    size = OUTPUTS * ((count + FEW - 1) // FEW * FEW)
    _score(inputs, words, start, stop, outputs, targets, here, length, size, steps, chunks)
    losses = _steps_of(count, lanes, length, alpha, size, steps, losses)
    for at in range(0, count, MOST):
        i, left, step = start + at, count - at, OUTPUTS * at
        if left > 8:
            _take(inputs, words, i, outputs, targets, here, length, steps, step, size, chunks, zero_row(MOST))
        elif left > 6:
            _take(inputs, words, i, outputs, targets, here, length, steps, step, size, chunks, zero_row(8))
        elif left > 4:
            _take(inputs, words, i, outputs, targets, here, length, steps, step, size, chunks, zero_row(6))
        elif left > 2:
            _take(inputs, words, i, outputs, targets, here, length, steps, step, size, chunks, zero_row(4))
        elif left > 0:
            _take(inputs, words, i, outputs, targets, here, length, steps, step, size, chunks, zero_row(2))
    return losses


@cache
def skipgram_paths_kernel(width: int) -> Callable[..., None]:
    """Compile (or load) the kernel for rows of `width` floats, a multiple of 16; `SIGNATURE` names its arguments.

    In the place of the noise stand the paths, as `huffman_paths` gives them; of `negatives` and `group` how many
    threads have copies of the busiest nodes, and which of them calls; see `core.kernels.paths`.
    """
    version = digest(__file__, *_MADE_OF)
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
        lanes = aligned_floats(2 * PLACES)
        steps = aligned_floats(PLACES * (2 * window + FEW))
        busy, home = copies_of(outputs, copies, copy, width)
        before = aligned_floats(busy * width)
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
                here, ahead = 0, 0
                if count > 0:
                    ahead = read_path(starts, turns, words[0] // width, busy, home, width, targets, signs, 0)
                for centre in range(count):
                    length = ahead
                    if centre + 1 < count:
                        fetch_turns(starts, turns, words, count, centre, width)
                        following, there = words[centre + 1] // width, PLACES - here
                        ahead = read_path(starts, turns, following, busy, home, width, targets, signs, there)
                        fetch_row(inputs, words[min(centre + 1 + window, count - 1)], chunks)
                    start, stop = max(centre - reaches[centre], 0), min(centre + reaches[centre] + 1, count) - 1
                    spread_signs(signs, here, length, lanes)
                    pairs += stop - start
                    # The window's last word takes the place of the centre meanwhile: one loop without a branch.
                    left_out, words[centre] = words[centre], words[stop]
                    losses = _train_on_path(
                        inputs, words, start, stop, outputs, targets, here, lanes, length, alpha, steps, losses, chunks
                    )
                    fetch_rest(outputs, targets, PLACES - here, length, ahead, chunks)
                    words[centre] = left_out
                    here = PLACES - here
                    done += 1
                    meet(outputs, copies, meeting(done, busy), home, before, width, chunks)
                counted[0] += lanes_total(losses)
        meet(outputs, copies, busy, home, before, width, chunks)
        counted[1] += pairs

    return block


def warm(widths: Iterable[int] = (112,)) -> None:
    """Compile and cache the kernel for the usual widths."""
    for width in widths:
        skipgram_paths_kernel(width)
