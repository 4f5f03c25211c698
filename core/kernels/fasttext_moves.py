"""Skip-gram and CBOW on words that are the mean of several rows, with any optimiser, one block of tokens at a time.

As `core.kernels.layers` with negative sampling: an update is a window. The different words of it, each the mean of its
rows, are scored against the centre and its random words; then each row that stands in any of them moves once, by the
sum of what all of them say. As in fastText a row takes the whole gradient of a mean that it is in, whatever its share.

What bounds the speed is that nothing is shared between windows: the rows of some ten words, a hundred and more, are
read, collected and written for every word of text, where the kernels for plain steps do that once for many windows.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import numba
import numpy as np
from numba import types

from core.kernels import answers, moves, sampling, tiles
from core.kernels.answers import drawn_outputs, fill_tile, score_apart, window_of
from core.kernels.lanes import LANES, digest, fma, load, splat, store
from core.kernels.lanes import zero as zeros
from core.kernels.moves import ADAM, BETAS, collect_tile, move_rows
from core.kernels.sampling import STRETCH, Array, draw_near, draw_negatives, read_words
from core.kernels.tiles import OUTPUTS
from core.kernels.word_parts import PARTS_SIGNATURE

__all__ = ["MOVES_SIGNATURE", "fasttext_moves_kernel"]

_MATRIX = types.Array(types.float32, 2, "C")
MOVES_SIGNATURE = types.void(
    *PARTS_SIGNATURE.args,
    _MATRIX,  # squares of the inputs, for AdaGrad and Adam
    _MATRIX,  # means of the inputs, for Adam
    _MATRIX,  # squares of the outputs
    _MATRIX,  # means of the outputs
    types.int64,  # updates before this block, for Adam
    types.int64,  # optimiser, as `core.kernels.moves` numbers them
    types.float64,  # l1
    types.float64,  # l2
    types.float64,  # clip
)
"""Of a kernel: the arguments of one block, as in `core.kernels.word_parts`, and those of the optimiser.

Where no word is frozen now, `still` is empty.
"""

_ONE = np.float32(1)


@numba.njit
def _most_entries(starts: Array) -> Any:
    most = 0
    for word in range(starts.shape[0] - 1):
        most = max(most, starts[word + 1] - starts[word])
    return most


@numba.njit
def _add_mean(inputs: Array, parts: Any, word: Any, times: Any, into: Array, at: Any, chunks: Any) -> None:
    """Add the mean of a word's rows, so many times, to a row."""
    starts, rows, shares = parts
    for entry in range(starts[word], starts[word + 1]):
        row, share = np.int64(rows[entry]) * LANES * chunks, splat(times * shares[entry])
        for k in range(chunks):
            store(into, at + LANES * k, fma(share, load(inputs, row + LANES * k), load(into, at + LANES * k)))


@numba.njit
def _add_row(ascents: Array, slot: Any, times: Any, sums: Array, at: Any, chunks: Any) -> None:
    for k in range(chunks):
        c = LANES * (slot * chunks + k)
        store(ascents, c, fma(splat(times), load(sums, at + LANES * k), load(ascents, c)))


@numba.njit
def _spread(
    words: Array, times: Array, count: Any, pairs: Any, parts: Any, still: Array, sums: Array, slots: Array,
    places: Array, ascents: Array, chunks: Any,
) -> Any:  # fmt: skip
    """Add up what the words of a window say of each of their rows.

    Rows that keep still do not move; a word's own row, the first of its entries, moves for those too. In CBOW all words
    say what the first of `sums` has, as often as each stands in the window.

    Args:
        words: flat indices of the words' outputs.
        times: how often each stands there.
        count: how many words.
        pairs: whether it is skip-gram.
        parts: starts, rows and shares of the entries.
        still: rows that do not move; none where there are no such.
        sums: what each word's mean shall move by, but for the rate.
        slots: for each row of the matrix -1; filled with where it stands in `places`.
        places: filled with flat indices of the rows.
        ascents: filled with what they shall move by.
        chunks: width of a row in vectors.

    Returns:
        How many rows there are.
    """
    starts, rows, shares = parts
    width, found = LANES * chunks, 0
    for i in range(count):
        word = words[i] // width
        begin, end = starts[word], starts[word + 1]
        at, often, kept = (i * width, _ONE, np.float32(0)) if pairs else (0, times[i], np.float32(0))
        if still.shape[0] > 0:
            if still[np.int64(rows[begin])]:
                continue
            for entry in range(begin, end):
                kept += shares[entry] * np.float32(still[np.int64(rows[entry])])
        for entry in range(begin, end):
            row = np.int64(rows[entry])
            if still.shape[0] > 0 and still[row]:
                continue
            slot = slots[row]
            if slot < 0:
                slot = found
                slots[row], places[slot] = slot, row * width
                for k in range(chunks):
                    store(ascents, slot * width + LANES * k, zeros())
                found += 1
            _add_row(
                ascents, slot, often * (_ONE + kept / shares[entry]) if entry == begin else often, sums, at, chunks
            )
    for slot in range(found):
        slots[places[slot] // width] = -1
    return found


@cache
def fasttext_moves_kernel(width: int, pairs: bool) -> Callable[..., None]:
    """Compile (or load) the kernel for rows of so many floats; `MOVES_SIGNATURE` names its arguments.

    Args:
        width: floats of a row, a multiple of 16.
        pairs: skip-gram, else CBOW, whose mean is over the parts of all words of a window.
    """
    version = digest(__file__, answers.__file__, moves.__file__, sampling.__file__, tiles.__file__)
    chunks = width // LANES
    remember, forget = BETAS

    @numba.njit(MOVES_SIGNATURE, cache=True, nogil=True, fastmath=True, boundscheck=False)
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
        input_squares: Array,
        input_means: Array,
        output_squares: Array,
        output_means: Array,
        before: Any,
        optimiser: Any,
        l1: Any,
        l2: Any,
        clip: Any,
    ) -> None:
        state = seed + np.uint64(0 * version)
        words = np.empty(STRETCH, np.int64)
        reaches = np.empty(STRETCH, np.int64)
        size = (1 + negatives + OUTPUTS - 1) // OUTPUTS * OUTPUTS
        drawn = np.empty(STRETCH * size, np.int64)
        near_by = min(2 * window, keep.shape[0])
        most, parts = near_by if pairs else 1, (starts, rows, shares)
        near = np.empty(near_by, np.int64)
        times = np.zeros(near_by, np.float32)
        often = times if pairs else np.ones(1, np.float32)
        # An odd row is scored beside itself.
        hidden = np.zeros((most, width), np.float32)
        sums = np.zeros((most, width), np.float32)
        ascents = np.zeros((OUTPUTS, width), np.float32)
        room = min(near_by * _most_entries(starts), inputs.shape[0])
        slots = np.full(inputs.shape[0], -1, np.int32)
        places = np.empty(room, np.int64)
        climbs = np.zeros((room, width), np.float32)
        targets = np.zeros(size + OUTPUTS, np.int64)
        right = np.zeros(size + OUTPUTS, np.float32)
        wrong = np.zeros(size + OUTPUTS, np.float32)
        steps = np.zeros((size + OUTPUTS) * (most + 1), np.float32)
        buffer = np.zeros(LANES, np.float32)
        # Behind the dimensions all is zero, and a penalty of zero leaves it so.
        penalised = np.ones(width, np.float32)
        none = zeros()
        done: Any = before
        pace: Any = rate
        examples: Any = 0
        for segment in range(first, last):
            if held_out[segment]:
                continue
            position, end = offsets[segment], offsets[segment + 1]
            while position < end:
                position, count, state = read_words(
                    tokens, position, end, keep, window, span, width, state, words, reaches
                )
                state = draw_negatives(words, count, 1, negatives, size, odds, aliases, width, state, drawn)
                if nearest.shape[0] > 0:
                    state = draw_near(words, count, 1, negatives, size, nearest, width, state, drawn)
                for centre in range(count if count > 1 else 0):
                    start, stop = max(centre - reaches[centre], 0), min(centre + reaches[centre] + 1, count)
                    contexts = window_of(words, centre, start, stop, near, times)
                    scored = contexts if pairs else 1
                    for place in range(0, scored * width, LANES):
                        store(hidden, place, none)
                        store(sums, place, none)
                    weight = np.float32(0)
                    for i in range(contexts):
                        weight += times[i] * lengths[near[i] // width]
                    for i in range(contexts):
                        word = near[i] // width
                        if pairs:
                            _add_mean(inputs, parts, word, _ONE, hidden, i * width, chunks)
                        else:
                            _add_mean(inputs, parts, word, times[i] * lengths[word] / weight, hidden, 0, chunks)
                    examples += stop - 1 - start if pairs else 1
                    answered = drawn_outputs(drawn, centre * size, negatives, words[centre], targets, right, wrong)
                    fill_tile(answered, targets, right, wrong)
                    counted[0] += score_apart(
                        hidden, scored, often, outputs, targets, answered, right, wrong, steps, buffer, chunks
                    )
                    done += 1
                    if optimiser == ADAM:
                        pace = rate * np.sqrt(1 - forget**done) / (1 - remember**done)
                    beside = LANES * ((scored + 1) // 2)
                    for tile in range(0, answered, OUTPUTS):
                        at = tile // OUTPUTS * beside
                        collect_tile(hidden, scored, steps, at, outputs, targets, tile, sums, ascents, chunks)
                        move_rows(
                            outputs, targets, tile, min(OUTPUTS, answered - tile), ascents, output_squares,
                            output_means, optimiser, pace, penalised, l1, l2, clip, chunks,
                        )  # fmt: skip
                    moving = _spread(near, times, contexts, pairs, parts, still, sums, slots, places, climbs, chunks)
                    move_rows(
                        inputs, places, 0, moving, climbs, input_squares, input_means, optimiser, pace, penalised, l1,
                        l2, clip, chunks,
                    )  # fmt: skip
        counted[1] += examples

    return block
