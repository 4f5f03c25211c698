"""Skip-gram with negative sampling on words that are the mean of several rows, one block of tokens at a time.

As `core.kernels.skipgram`, on the live words of `core.kernels.word_parts`. What bounds the speed is reading and
writing the rows of the parts, some thirteen a word, from a matrix that no cache holds: of 580 ns of processor a word of
text (100 dimensions, n-grams of 3 to 6 characters, 3 million words) skip-gram by itself takes 230.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numba
import numpy as np

from core.kernels import rows as whole_rows
from core.kernels import sampling, skipgram, tiles, word_parts
from core.kernels.lanes import digest, load, splat
from core.kernels.lanes import zero as zeros
from core.kernels.rows import zero_row
from core.kernels.sampling import STRETCH, Array, draw_near, draw_negatives, read_words
from core.kernels.skipgram import NOWHERE, ROWS, ROWS_ALONE, lane_roles, train_group, windows_of_group
from core.kernels.tiles import OUTPUTS, fetch_row, lanes_total
from core.kernels.word_parts import (
    MOST_GATHERED,
    PARTS_SIGNATURE,
    gather_words,
    gathered_words,
    places_of_free,
    write_back,
    write_back_free,
)

__all__ = ["fasttext_skipgram_kernel", "warm"]


@cache
def fasttext_skipgram_kernel(width: int, freezing: bool = False) -> Callable[..., None]:
    """Compile (or load) the kernel for rows of `width` floats, a multiple of 16; `PARTS_SIGNATURE` names its arguments.

    `inputs` has a row for each word and more for parts that words share, `outputs` one for each word. With `freezing`
    the rows that frozen words have stay as they are.
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
        size = (group + negatives + OUTPUTS - 1) // OUTPUTS * OUTPUTS
        words = np.empty(STRETCH, np.int64)
        places = np.empty(STRETCH, np.int64)
        reaches = np.empty(STRETCH, np.int64)
        targets = np.empty((STRETCH + group - 1) // group * size, np.int64)
        steps = np.zeros(OUTPUTS * (2 * window + group + 2), np.float32)
        gathered, parts = gathered_words(keep.shape[0], width), (starts, rows, shares)
        moving = np.empty(STRETCH, np.int64) if freezing else places
        now, used = gathered[0], 0
        none = zero_row(chunks)
        positive, negative = lane_roles(group, negatives, size)
        centres = np.full(2 * OUTPUTS, NOWHERE, np.float32)
        limits = np.zeros(2 * OUTPUTS, np.float32)
        at_once = ROWS if group > 1 else ROWS_ALONE
        alpha = splat(np.float32(rate))
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
                losses, pairs = zeros(), zeros()
                if group > 1:
                    used = gather_words(words, 0, count, places, gathered, used, inputs, parts, width, none)
                    if freezing:
                        places_of_free(words, 0, count, places, frozen, width, moving)
                for centre in range(0, count, group):
                    base = centre // group * size
                    if group == 1:
                        near_by = max(centre - reaches[centre], 0), min(centre + reaches[centre] + 1, count)
                        used = gather_words(
                            words, near_by[0], near_by[1], places, gathered, 0, inputs, parts, width, none
                        )
                        if freezing:
                            places_of_free(words, near_by[0], near_by[1], places, frozen, width, moving)
                    if centre + group < count:
                        for j in range(base + size, base + size + group + negatives):
                            fetch_row(outputs, targets[j], chunks)
                    start, stop = windows_of_group(reaches, centre, group, count, centres, limits)
                    around, limit = load(centres, 0), load(limits, 0)
                    losses, pairs = train_group(
                        now, places, moving, start, stop, at_once, around, limit, positive, negative, size,
                        outputs, targets, base, alpha, steps, losses, pairs, chunks,
                    )  # fmt: skip
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
                counted[1] += lanes_total(pairs)
        if freezing:
            write_back_free(gathered, used, inputs, parts, still, width, none)
        else:
            write_back(gathered, used, inputs, parts, width, none)

    return block


def warm(widths: Iterable[int] = (64, 112)) -> None:
    """Compile and cache the kernel for the usual widths."""
    for width in widths:
        fasttext_skipgram_kernel(width)
