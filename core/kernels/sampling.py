"""What every kernel with negative sampling does before it computes: read words, thin them out, draw negatives.

No branch here depends on a random number alone: a mispredicted one costs as much as two dot products.
Random numbers are those of splitmix64 (G. Steele, D. Lea and C. Flood, 2014): a counter and a mixing function.
"""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba import types

__all__ = ["SIGNATURE", "SINKS", "STRETCH", "Array", "draw_near", "draw_negatives", "places_to_move", "read_words"]

STRETCH = 1024
"""Words of a segment held at a time; no window crosses from one stretch to the next. word2vec.c has 1,000."""
ATTEMPTS = 16
SINKS = 16
"""Rows behind the last one of a matrix with frozen rows; they take what would move those, a block of words its own."""

Array = npt.NDArray[Any]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_S27, _S30, _S31, _S32 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_NONE, _LAST, _LAST_SINK = np.uint64(0), np.uint64(1), np.uint64(SINKS - 1)


def _read(dtype: Any) -> Any:
    return types.Array(dtype, 1, "C", readonly=True)


_MATRIX = types.Array(types.float32, 2, "C")

SIGNATURE = types.void(
    _read(types.uint32),  # tokens
    _read(types.int64),  # offsets of the segments
    _read(types.boolean),  # held_out, a segment
    types.int64,  # first segment
    types.int64,  # last segment, exclusive
    _MATRIX,  # inputs
    _MATRIX,  # outputs
    _read(types.uint32),  # keep: chance of a word to survive subsampling, of 2³² − 1
    _read(types.uint32),  # odds and
    _read(types.uint32),  # aliases of the noise distribution
    types.Array(types.uint32, 2, "C", readonly=True),  # near words of the most frequent ones; no rows: none are drawn
    _read(types.boolean),  # frozen, a word; read by kernels for frozen rows only
    types.int64,  # window
    types.int64,  # span: how many widths a window may have, the widest the last
    types.int64,  # negatives
    types.int64,  # group: how many neighbouring windows share their negatives
    types.float64,  # learning rate
    types.uint64,  # seed of the block
    types.Array(types.float64, 1, "C"),  # totals: sum of the losses, number of examples
)
"""Of a kernel: the arguments of one block. Declared, so that a kernel is compiled once, before it is called."""


@numba.njit(forceinline=True)
def _mix(state: Any) -> Any:
    z = state
    z = (z ^ (z >> _S30)) * _FIRST
    z = (z ^ (z >> _S27)) * _SECOND
    return z ^ (z >> _S31)


@numba.njit
def read_words(
    tokens: Array,
    position: Any,
    end: Any,
    keep: Array,
    window: Any,
    span: Any,
    width: Any,
    state: Any,
    words: Array,
    reaches: Array,
) -> Any:
    """Read words until `end` or until a stretch is full.

    A word outside the vocabulary is passed over, one that subsampling drops too. `words` takes the flat index of each
    word's row, `reaches` how far its window reaches to each side: any of the `span` numbers up to `window` alike, so
    that it is dynamic where they are as many as `window`, and fixed where they are one.

    Returns:
        The next position, the number of words, and the random state.
    """
    vocabulary = np.uint64(keep.shape[0])
    least, widths = np.int64(1 + window - span), np.uint64(span)
    count: Any = 0
    while position < end and count < STRETCH:
        token = np.uint64(tokens[position])
        inside = token < vocabulary
        # Only a word of the vocabulary uses up a number: what is passed over leaves no trace in the others'.
        following = state + _STEP
        random = _mix(following)
        state = following if inside else state
        word = token if inside else _NONE
        words[count] = np.int64(word) * width
        reaches[count] = least + np.int64(((random >> _S32) * widths) >> _S32)
        count += np.int64(inside & ((random & _LOW) <= np.uint64(keep[word])))
        position += 1
    return position, count, state


@numba.njit(forceinline=True)
def _draw(odds: Array, aliases: Array, random: Any) -> Any:
    """A word of the noise distribution: see `core.kernels.noise`."""
    slot = np.int64(((random >> _S32) * np.uint64(odds.shape[0])) >> _S32)
    alias = np.int64(aliases[slot])
    return slot if (random & _LOW) <= np.uint64(odds[slot]) else alias


@numba.njit
def draw_negatives(
    words: Array,
    count: Any,
    group: Any,
    negatives: Any,
    size: Any,
    odds: Array,
    aliases: Array,
    width: Any,
    state: Any,
    targets: Array,
) -> Any:
    """Lay out what the words of a stretch are told apart from, group after group of `group` neighbouring words.

    A group has `size` places in `targets`: the flat index of each word's own row, then of its negatives, then, to fill
    the last tile, the first word again. No negative is one of the group's words: such a one is drawn again.

    Returns:
        The random state.
    """
    groups = (count + group - 1) // group
    for g in range(groups):
        base = g * size
        for s in range(group):
            targets[base + s] = words[min(g * group + s, count - 1)]
        for j in range(group, group + negatives):
            state += _STEP
            targets[base + j] = width * _draw(odds, aliases, _mix(state))
        for j in range(group + negatives, size):
            targets[base + j] = targets[base]
    for g in range(groups):
        base = g * size
        for j in range(base + group, base + group + negatives):
            attempts = 0
            taken = _among(targets, base, group, targets[j])
            while taken:
                if attempts < ATTEMPTS:
                    state += _STEP
                    targets[j] = width * _draw(odds, aliases, _mix(state))
                else:
                    targets[j] = (targets[j] + width) % (width * odds.shape[0])
                attempts += 1
                taken = _among(targets, base, group, targets[j])
    return state


@numba.njit
def draw_near(
    words: Array,
    count: Any,
    group: Any,
    negatives: Any,
    size: Any,
    nearest: Array,
    width: Any,
    state: Any,
    targets: Array,
) -> Any:
    """Put near words in the place of half of the negatives that `draw_negatives` has laid out.

    Each negative has an even chance to become a near word of one of its group's words, of each in turn. It stays where
    that word has no row in `nearest`, or where what is drawn is one of the group's words.

    Returns:
        The random state.
    """
    rows, places = nearest.shape[0], np.uint64(nearest.shape[1])
    for g in range((count + group - 1) // group):
        base = g * size
        for j in range(group, group + negatives):
            state += _STEP
            random = _mix(state)
            word = targets[base + (j - group) % group] // width
            near = nearest[min(word, rows - 1), np.int64(((random >> _S32) * places) >> _S32)]
            row = np.int64(near) * width
            stays = (word >= rows) | ((random & _LAST) == _NONE) | _among(targets, base, group, row)
            targets[base + j] = targets[base + j] if stays else row
    return state


@numba.njit
def places_to_move(
    words: Array, count: Any, frozen: Array, inputs: Array, width: Any, seed: Any, places: Array
) -> None:
    """Fill `places` with where the steps of the words of a stretch go: to their rows, of frozen ones to a sink."""
    sink = (inputs.shape[0] - SINKS + np.int64(seed & _LAST_SINK)) * width
    for at in range(count):
        places[at] = sink if frozen[words[at] // width] else words[at]


@numba.njit(forceinline=True)
def _among(targets: Array, base: Any, group: Any, row: Any) -> Any:
    found = False
    for s in range(group):
        found |= targets[base + s] == row
    return found
