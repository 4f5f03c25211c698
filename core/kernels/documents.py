"""Which words each document has, and how often; the same table the other way round."""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba import types

__all__ = ["count_documents", "hash_documents", "transpose"]

Array = npt.NDArray[Any]

_TOKENS = types.Array(types.uint32, 1, "C", readonly=True)
_OFFSETS = types.Array(types.int64, 1, "C", readonly=True)
_FLAGS = types.Array(types.boolean, 1, "C", readonly=True)
_FLOATS = types.Array(types.float32, 1, "C", readonly=True)


@numba.njit(
    types.UniTuple(types.int64, 2)(
        _TOKENS,
        _OFFSETS,
        _FLAGS,
        types.int64,
        types.int64,
        types.int64,
        types.int64[::1],
        types.uint32[::1],
        types.float32[::1],
    ),
    nogil=True,
    cache=True,
    boundscheck=False,
)
def count_documents(
    tokens: Array,
    offsets: Array,
    held_out: Array,
    first: Any,
    last: Any,
    vocabulary: Any,
    lengths: Array,
    words: Array,
    counts: Array,
) -> Any:
    """Count the words of some documents, each word once, in the order in which they are met.

    Args:
        tokens: ranks, shape `(tokens,)`.
        offsets: of the documents, shape `(documents + 1,)`.
        held_out: documents to leave out.
        first: first document.
        last: the one after the last.
        vocabulary: ranks from here on are passed over; a document of nothing else is none.
        lengths: room for each document; filled with its number of different words.
        words: room for each token; filled in.
        counts: likewise.

    Returns:
        How many documents and how many cells there are.
    """
    row = np.zeros(vocabulary, np.int64)
    documents: Any = 0
    filled: Any = 0
    for document in range(first, last):
        if held_out[document]:
            continue
        begin = filled
        for position in range(offsets[document], offsets[document + 1]):
            word = np.int64(tokens[position])
            if word < vocabulary:
                if row[word] == 0:
                    words[filled] = word
                    filled += 1
                row[word] += 1
        for cell in range(begin, filled):
            counts[cell] = row[words[cell]]
            row[words[cell]] = 0
        if filled > begin:
            lengths[documents] = filled - begin
            documents += 1
    return documents, filled


@numba.njit(
    types.void(_OFFSETS, _TOKENS, _FLOATS, types.int64[::1], types.uint32[::1], types.float32[::1]),
    nogil=True,
    cache=True,
    boundscheck=False,
)
def transpose(starts: Array, columns: Array, values: Array, new_starts: Array, rows: Array, new_values: Array) -> None:
    """Write the cells of a sparse matrix column after column, the rows of each in order.

    Args:
        starts: of the rows.
        columns: of the cells.
        values: of the cells.
        new_starts: shape `(columns + 1,)`, filled in.
        rows: shape `(cells,)`, filled in.
        new_values: likewise.
    """
    new_starts[:] = 0
    for column in columns:
        new_starts[column + 1] += 1
    for column in range(1, new_starts.size):
        new_starts[column] += new_starts[column - 1]
    for row in range(starts.size - 1):
        for cell in range(starts[row], starts[row + 1]):
            at = new_starts[columns[cell]]
            rows[at], new_values[at] = row, values[cell]
            new_starts[columns[cell]] = at + 1
    for column in range(new_starts.size - 1, 0, -1):
        new_starts[column] = new_starts[column - 1]
    new_starts[0] = 0


@numba.njit(
    types.void(_OFFSETS, _TOKENS, _FLOATS, types.Array(types.float32, 2, "C")),
    nogil=True,
    cache=True,
    boundscheck=False,
)
def hash_documents(starts: Array, words: Array, values: Array, vectors: Array) -> None:
    """Add each document's values to one column of the words' vectors, with a sign, both by a hash of its number.

    Where there are as many columns as documents, each has one of its own.

    Args:
        starts: of the documents.
        words: of the cells.
        values: of the cells.
        vectors: shape `(words, dimensions)`, added to.
    """
    documents, dimensions = starts.size - 1, vectors.shape[1]
    for document in range(documents):
        column: Any = document
        sign = np.float32(1)
        if documents > dimensions:
            # splitmix64's mixing function.
            z = np.uint64(document + 1) * np.uint64(0x9E3779B97F4A7C15)
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            z = z ^ (z >> np.uint64(31))
            column = np.int64(((z >> np.uint64(32)) * np.uint64(dimensions)) >> np.uint64(32))
            sign = np.float32(1) if z & np.uint64(1) else np.float32(-1)
        for cell in range(starts[document], starts[document + 1]):
            vectors[words[cell], column] += sign * values[cell]
