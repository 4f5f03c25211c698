"""What every kernel with negative sampling does before it computes: read words, thin them out, draw negatives.

No branch here depends on a random number alone: a mispredicted one costs as much as two dot products.
Random numbers are those of splitmix64 (G. Steele, D. Lea and C. Flood, 2014): a counter and a mixing function.
"""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba import types

__all__ = ["SIGNATURE", "STRETCH", "Array", "draw_negatives", "read_words"]

STRETCH = 1024
"""Words of a segment held at a time; no window crosses from one stretch to the next. word2vec.c has 1,000."""
ATTEMPTS = 16

Array = npt.NDArray[Any]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_S27, _S30, _S31, _S32 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_NONE = np.uint64(0)


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
    types.int64,  # window
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
    width: Any,
    state: Any,
    words: Array,
    reaches: Array,
) -> Any:
    """Read words until `end` or until a stretch is full.

    A word outside the vocabulary is passed over, one that subsampling drops too. `words` takes the flat index of each
    word's row, `reaches` how far its window reaches to each side: any number from 1 to `window` alike.

    Returns:
        The next position, the number of words, and the random state.
    """
    vocabulary = np.uint64(keep.shape[0])
    span = np.uint64(window)
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
        reaches[count] = 1 + np.int64(((random >> _S32) * span) >> _S32)
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


@numba.njit(forceinline=True)
def _among(targets: Array, base: Any, group: Any, row: Any) -> Any:
    found = False
    for s in range(group):
        found |= targets[base + s] == row
    return found
