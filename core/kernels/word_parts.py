"""Words that are the mean of several rows: gathered when a stretch of text needs them, written back a while later.

Meanwhile each is one row of a small matrix, `now`, and trains like any other. A step g that moves every one of n rows
moves their mean by g too: so what the mean has moved is what each of its rows has to move. The rows are read and
written once for some thousand words of text, however many pairs there are and however often a word returns. What a
word's rows learn from other words meanwhile reaches it with the next gathering, as with threads that know nothing of
one another; where the vocabulary is so small that this would be much, words are gathered anew for each window.

Where words are frozen, none of their rows moves. Another word's own row then moves for those that it shares with them
too, so that its mean moves as far as it would.

`core.data.word_parts` says which rows a word has and what share each has in its mean.
"""

from typing import Any

import numba
import numpy as np
from numba import types

from core.kernels.rows import add_row, fma_row, load_row, store_row
from core.kernels.sampling import SIGNATURE, STRETCH, Array
from core.kernels.tiles import aligned_floats, fetch_row

__all__ = [
    "MOST_GATHERED",
    "PARTS_SIGNATURE",
    "gather_words",
    "gathered_words",
    "places_of_free",
    "write_back",
    "write_back_free",
]

MOST_GATHERED = 1024
"""Words from which on all are written back when a stretch is done: with a stretch more, they fit in a core's cache."""
AHEAD = 4
"""Rows are asked for so many words before they are needed."""
_ONE, _MINUS_ONE = np.float32(1), np.float32(-1)

PARTS_SIGNATURE = types.void(
    *SIGNATURE.args,
    types.Array(types.int64, 1, "C", readonly=True),  # starts of the words' entries
    types.Array(types.uint32, 1, "C", readonly=True),  # rows of the entries
    types.Array(types.float32, 1, "C", readonly=True),  # shares of the entries
    types.Array(types.float32, 1, "C", readonly=True),  # lengths: how many parts a word has
    types.Array(types.boolean, 1, "C", readonly=True),  # still: rows of frozen words; read by kernels for these only
)
"""Of a kernel: the arguments of one block, as in `core.kernels.sampling`, and the parts of the words."""


@numba.njit
def gathered_words(vocabulary: Any, width: Any) -> Any:
    """Room for gathered words.

    Returns:
        `now` and `before`, their rows as they are and as they were gathered, and one more, that takes what would move
        a frozen word; `members`, the words of those rows; `where`, for each word of the vocabulary the flat index of
        its row, or -1.
    """
    room = MOST_GATHERED + STRETCH + 1
    now, before = aligned_floats(room * width), aligned_floats(room * width)
    return (
        now.reshape(room, width),
        before.reshape(room, width),
        np.zeros(room, np.int64),
        np.full(vocabulary, -1, np.int64),
    )


@numba.njit(forceinline=True)
def _fetch_parts(inputs: Array, parts: Any, word: Any, width: Any, chunks: Any) -> None:
    starts, rows, _ = parts
    for entry in range(starts[word], starts[word + 1]):
        fetch_row(inputs, np.int64(rows[entry]) * width, chunks)


@numba.njit(forceinline=True)
def gather_words(
    words: Array,
    first: Any,
    last: Any,
    places: Array,
    gathered: Any,
    used: Any,
    inputs: Array,
    parts: Any,
    width: Any,
    none: Any,
) -> Any:
    """Gather some words of a stretch, but those that are there already.

    Args:
        words: flat indices of the words' outputs.
        first: the first word.
        last: the one after the last.
        places: filled with flat indices of the words' rows in `now`.
        gathered: what `gathered_words` gave.
        used: how many rows of `now` are used.
        inputs: the matrix.
        parts: starts, rows and shares of the entries.
        width: floats of a row.
        none: a row of zeros.

    Returns:
        How many rows are used then.
    """
    now, before, members, where = gathered
    starts, rows, shares = parts
    for at in range(first, last):
        coming = words[min(at + AHEAD, last - 1)] // width
        if where[coming] < 0:
            _fetch_parts(inputs, parts, coming, width, width // 16)
        word = words[at] // width
        place = where[word]
        if place < 0:
            place = used * width
            mean = none
            for entry in range(starts[word], starts[word + 1]):
                mean = fma_row(shares[entry], load_row(inputs, np.int64(rows[entry]) * width, none), mean)
            store_row(now, place, mean)
            store_row(before, place, mean)
            members[used] = word
            where[word] = place
            used += 1
        places[at] = place
    return used


@numba.njit(forceinline=True)
def write_back(gathered: Any, used: Any, inputs: Array, parts: Any, width: Any, none: Any) -> None:
    """Move the rows of all gathered words by what those have moved, and let go of them."""
    now, before, members, where = gathered
    starts, rows, _ = parts
    for i in range(used):
        _fetch_parts(inputs, parts, members[min(i + AHEAD, used - 1)], width, width // 16)
        word = members[i]
        where[word] = -1
        moved = fma_row(_MINUS_ONE, load_row(before, i * width, none), load_row(now, i * width, none))
        for entry in range(starts[word], starts[word + 1]):
            row = np.int64(rows[entry]) * width
            store_row(inputs, row, add_row(moved, load_row(inputs, row, none)))


@numba.njit
def places_of_free(
    words: Array, first: Any, last: Any, places: Array, frozen: Array, width: Any, moving: Array
) -> None:
    """Fill `moving` with where the steps of some words go: to their places, of frozen ones to the last row of all."""
    for at in range(first, last):
        moving[at] = (MOST_GATHERED + STRETCH) * width if frozen[words[at] // width] else places[at]


@numba.njit(forceinline=True)
def write_back_free(gathered: Any, used: Any, inputs: Array, parts: Any, still: Array, width: Any, none: Any) -> None:
    """As `write_back`, but in the place of rows of frozen words a word's own row moves, the first of its entries."""
    now, before, members, where = gathered
    starts, rows, shares = parts
    for i in range(used):
        word = members[i]
        where[word] = -1
        begin, end = starts[word], starts[word + 1]
        if still[np.int64(rows[begin])]:
            continue
        moved = fma_row(_MINUS_ONE, load_row(before, i * width, none), load_row(now, i * width, none))
        kept = np.float32(0)
        for entry in range(begin + 1, end):
            if still[np.int64(rows[entry])]:
                kept += shares[entry]
            else:
                row = np.int64(rows[entry]) * width
                store_row(inputs, row, add_row(moved, load_row(inputs, row, none)))
        own = np.int64(rows[begin]) * width
        store_row(inputs, own, fma_row(_ONE + kept / shares[begin], moved, load_row(inputs, own, none)))
