"""Which words stand beside which, and how often: one row of counts after the other.

For each word its places in the text are looked up, and what stands around them is added to one row of a dense array,
which fits in a core's cache whatever the corpus; the cells that were touched are then written out. So nothing is sorted
or merged, memory is what the answer takes, and no row depends on how many threads there are. What bounds the speed is
one addition in the cache for each pair of neighbours, about a nanosecond.
"""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba import types

__all__ = ["count_rows", "index_places", "known_tokens"]

Array = npt.NDArray[Any]

_TOKENS = types.Array(types.uint32, 1, "C", readonly=True)
_OFFSETS = types.Array(types.int64, 1, "C", readonly=True)
_VALUES = types.Array(types.float32, 1, "C", readonly=True)
_FLAGS = types.Array(types.boolean, 1, "C", readonly=True)
_WEIGHTS = types.Array(types.float64, 1, "C", readonly=True)


@numba.njit(
    types.int64(_TOKENS, _OFFSETS, _FLAGS, types.int64, types.int64, types.int64, types.uint32[::1]),
    nogil=True,
    cache=True,
    boundscheck=False,
)
def known_tokens(
    tokens: Array, offsets: Array, held_out: Array, first: Any, last: Any, vocabulary: Any, stream: Array
) -> Any:
    """Write out the words of some segments that are in the vocabulary, the number `vocabulary` around each segment.

    Args:
        tokens: ranks, shape `(tokens,)`.
        offsets: of the segments, shape `(segments + 1,)`.
        held_out: segments to leave out.
        first: first segment.
        last: the one after the last.
        vocabulary: ranks from here on are passed over.
        stream: room for all tokens and two numbers more than there are segments.

    Returns:
        How many numbers were written.
    """
    stream[0] = vocabulary
    count: Any = 1
    limit = np.uint32(vocabulary)
    for segment in range(first, last):
        if held_out[segment]:
            continue
        for position in range(offsets[segment], offsets[segment + 1]):
            stream[count] = tokens[position]
            count += np.int64(tokens[position] < limit)
        if stream[count - 1] != limit:
            stream[count] = limit
            count += 1
    return count


@numba.njit(types.void(_TOKENS, types.int64[::1], types.uint32[::1]), nogil=True, cache=True, boundscheck=False)
def index_places(stream: Array, starts: Array, places: Array) -> None:
    """Say where each word stands: word w at `places[starts[w]:starts[w + 1]]`, in the order of the text.

    Args:
        stream: what `known_tokens` wrote.
        starts: shape `(vocabulary + 2,)`, filled in; the last part is of the marks between segments.
        places: shape `(len(stream),)`, filled in.
    """
    starts[:] = 0
    for word in stream:
        starts[word + 1] += 1
    for word in range(1, starts.size):
        starts[word] += starts[word - 1]
    for place in range(stream.size):
        word = stream[place]
        places[starts[word]] = place
        starts[word] += 1
    # Each start has become the next one's.
    for word in range(starts.size - 1, 0, -1):
        starts[word] = starts[word - 1]
    starts[0] = 0


@numba.njit(
    types.int64(
        _TOKENS,
        _OFFSETS,
        _TOKENS,
        _WEIGHTS,
        types.boolean,
        _OFFSETS,
        _TOKENS,
        _VALUES,
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
def count_rows(
    stream: Array,
    starts: Array,
    places: Array,
    weights: Array,
    both_sides: Any,
    old_starts: Array,
    old_columns: Array,
    old_values: Array,
    first: Any,
    last: Any,
    lengths: Array,
    columns: Array,
    values: Array,
) -> Any:
    """Count what stands around each of some words.

    Args:
        stream: what `known_tokens` wrote.
        starts: what `index_places` wrote.
        places: likewise.
        weights: what a neighbour counts, by distance; shape `(window + 1,)`, the first is not used.
        both_sides: whether words to the right count as well as those to the left.
        old_starts: counts so far, of text before this; shape `(vocabulary + 1,)`.
        old_columns: their words.
        old_values: their counts.
        first: first word.
        last: the one after the last.
        lengths: shape `(last - first,)`: filled with the number of cells of each row.
        columns: room for all cells; filled with words, in the order in which they are met.
        values: likewise with counts.

    Returns:
        How many cells there are.
    """
    vocabulary = starts.size - 2
    mark = np.uint32(vocabulary)
    window = weights.size - 1
    row = np.zeros(vocabulary, np.float64)
    filled: Any = 0
    for word in range(first, last):
        begin = filled
        for cell in range(old_starts[word], old_starts[word + 1]):
            columns[filled] = old_columns[cell]
            row[old_columns[cell]] = old_values[cell]
            filled += 1
        for at in range(starts[word], starts[word + 1]):
            place = np.int64(places[at])
            for distance in range(1, window + 1):
                other = stream[place - distance]
                if other == mark:
                    break
                columns[filled] = other
                filled += np.int64(row[other] == 0.0)
                row[other] += weights[distance]
            if both_sides:
                for distance in range(1, window + 1):
                    other = stream[place + distance]
                    if other == mark:
                        break
                    columns[filled] = other
                    filled += np.int64(row[other] == 0.0)
                    row[other] += weights[distance]
        for cell in range(begin, filled):
            values[cell] = row[columns[cell]]
            row[columns[cell]] = 0.0
        lengths[word - first] = filled - begin
    return filled
