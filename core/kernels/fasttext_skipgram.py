"""Skip-gram with negative sampling on words that are the mean of several rows, one block of tokens at a time.

As `core.kernels.skipgram`, on the live words of `core.kernels.word_parts`. What bounds the speed is reading and
writing the rows of the parts, some thirteen a word, from a matrix that no cache holds; the tiles come second.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numba
import numpy as np

from core.kernels import rows as whole_rows
from core.kernels import sampling, skipgram, tiles, word_parts
from core.kernels.lanes import add, digest, fma, halves_total, load, mul, splat, store, sub
from core.kernels.lanes import zero as zeros
from core.kernels.rows import zero_row
from core.kernels.sampling import STRETCH, Array, draw_negatives, read_words
from core.kernels.skipgram import ROWS, ROWS_ALONE, window_weights
from core.kernels.tiles import OUTPUTS, fetch_row, lanes_total, score_pair, sigmoid_and_loss, take_steps
from core.kernels.word_parts import MOST_GATHERED, PARTS_SIGNATURE, gather_words, gathered_words, write_back

__all__ = ["fasttext_skipgram_kernel", "warm"]

_NOWHERE = np.float32(1e6)
_ONE = np.float32(1)


@cache
def fasttext_skipgram_kernel(width: int) -> Callable[..., None]:
    """Compile (or load) the kernel for rows of `width` floats, a multiple of 16; `PARTS_SIGNATURE` names its arguments.

    `inputs` has a row for each word and more for parts that words share, `outputs` one for each word.
    """
    version = digest(
        __file__, skipgram.__file__, whole_rows.__file__, sampling.__file__, tiles.__file__, word_parts.__file__
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
        window: Any,
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
        reaches = np.empty(STRETCH, np.int64)
        targets = np.empty((STRETCH + group - 1) // group * size, np.int64)
        steps = np.zeros(OUTPUTS * (2 * window + group + 2), np.float32)
        gathered, parts = gathered_words(keep.shape[0], width), (starts, rows, shares)
        now, used = gathered[0], 0
        none = zero_row(chunks)
        # Each lane of a tile is a positive, a negative, or filling; the tile's second half repeats its first.
        positive = np.zeros(2 * size, np.float32)
        negative = np.zeros(2 * size, np.float32)
        for j in range(group + negatives):
            for lane in range(2):
                place = j // OUTPUTS * 2 * OUTPUTS + j % OUTPUTS + OUTPUTS * lane
                positive[place] = 1 if j < group else 0
                negative[place] = 0 if j < group else 1
        centres = np.full(2 * OUTPUTS, _NOWHERE, np.float32)
        limits = np.zeros(2 * OUTPUTS, np.float32)
        at_once = ROWS if group > 1 else ROWS_ALONE
        alpha = splat(np.float32(rate))
        one = splat(_ONE)
        for segment in range(first, last):
            if held_out[segment]:
                continue
            position, end = offsets[segment], offsets[segment + 1]
            while position < end:
                position, count, state = read_words(tokens, position, end, keep, window, width, state, words, reaches)
                state = draw_negatives(words, count, group, negatives, size, odds, aliases, width, state, targets)
                losses, pairs = zeros(), zeros()
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
                    start, stop = centre, 0
                    for s in range(group):
                        at = centre + s
                        reach = reaches[at] if at < count else -1
                        start, stop = min(start, at - reach), max(stop, at + reach + 1)
                        centres[s], centres[s + OUTPUTS] = at, at
                        limits[s], limits[s + OUTPUTS] = reach + 1, reach + 1
                    start, stop = max(start, 0), min(stop, count)
                    around, limit = load(centres, 0), load(limits, 0)
                    for tile in range(0, size, OUTPUTS):
                        is_positive, is_negative = load(positive, 2 * tile), load(negative, 2 * tile)
                        sign = sub(add(is_positive, is_positive), one)
                        for part in range(start, stop, at_once):
                            upper = min(part + at_once, stop)
                            for i in range(part, upper, 2):
                                other = places[min(i + 1, upper - 1)]
                                score = score_pair(now, places[i], other, outputs, targets, base + tile, chunks)
                                near = window_weights(i, upper, around, limit)
                                pairs = fma(near, is_positive, pairs)
                                weight = fma(is_negative, halves_total(near), mul(near, is_positive))
                                sigmoid, loss = sigmoid_and_loss(score, sign)
                                losses = fma(loss, weight, losses)
                                store(steps, OUTPUTS * (i - part), mul(mul(alpha, weight), sub(is_positive, sigmoid)))
                            take_steps(
                                now, places, part, upper - part, steps, outputs, targets, base + tile, now, chunks
                            )
                    if group == 1:
                        write_back(gathered, used, inputs, parts, width, none)
                        used = 0
                if used > MOST_GATHERED:
                    write_back(gathered, used, inputs, parts, width, none)
                    used = 0
                counted[0] += lanes_total(losses)
                counted[1] += lanes_total(pairs)
        write_back(gathered, used, inputs, parts, width, none)

    return block


def warm(widths: Iterable[int] = (64, 112, 128)) -> None:
    """Compile and cache the kernel for the usual widths."""
    for width in widths:
        fasttext_skipgram_kernel(width)
