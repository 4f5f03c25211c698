"""Cut text into words and number them: one pass over code points, one hash table.

The text is an array of code points (UTF-32). A table says of each code point what it is in a word and which code point
stands in its place (its lower case). The hash table is open addressing with linear probing; it maps a word to its
number, in the order of first occurrence, so numbers never depend on hashes.
"""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba import types as nb

__all__ = ["CLASS_SHIFT", "JOINS", "LETTER", "SEPARATES", "SPACELESS", "STRIPPED", "count_words", "grow_slots"]

Array = npt.NDArray[Any]

# The classes of a code point, in the three topmost bits of its entry in the table. A letter of a script without spaces
# goes on with a word like any other, but ends one that has become long and begins the next.
SEPARATES, LETTER, JOINS, STRIPPED, SPACELESS = 0, 1, 2, 3, 4
CLASS_SHIFT = 29

# The cells of `state`, which lives from one chunk to the next.
TYPES, POOL_USED, TOKENS, OVERLONG, INSIDE_OVERLONG = 0, 1, 2, 3, 4


CODES = nb.Array(nb.uint32, 1, "C", readonly=True)
WORD_NUMBERS, INTEGERS, HASHES = nb.uint32[::1], nb.int64[::1], nb.uint64[::1]
COUNT_WORDS = nb.UniTuple(nb.int64, 3)(
    CODES,
    nb.int64,
    nb.boolean,
    CODES,
    nb.int64,
    nb.int64,
    nb.uint64,
    INTEGERS,
    INTEGERS,
    HASHES,
    INTEGERS,
    WORD_NUMBERS,
    INTEGERS,
    WORD_NUMBERS,
    INTEGERS,
)


@numba.njit(COUNT_WORDS, nogil=True, cache=True, boundscheck=False)
def count_words(
    codes: Array,
    start: Any,
    final: Any,
    table: Array,
    longest: Any,
    longest_run: Any,
    seed: Any,
    state: Array,
    slots: Array,
    hashes: Array,
    starts: Array,
    pool: Array,
    counts: Array,
    tokens: Array,
    line_ends: Array,
) -> tuple[int, int, int]:
    """Number the words of one chunk, and count them.

    Args:
        codes: shape `(characters,)`, uint32, code points; line feeds end lines.
        start: index into `codes` to begin at.
        final: whether a word that reaches the end of the chunk ends there; if not, it is left for the next call.
        table: shape `(0x110000,)`, uint32: class in the three topmost bits, the code point to keep in the others.
        longest: words of more code points than this are passed over and counted.
        longest_run: where a letter of a script without spaces ends a word of this many code points or more.
        seed: uint64, where hashes begin.
        state: shape `(5,)`, int64: types, used code points of the pool, tokens so far, overlong words so far, and
            whether the last chunk ended inside an overlong word.
        slots: shape `(power of two,)`, int64: 0 or word number + 1.
        hashes: shape `(capacity,)`, uint64, by word number.
        starts: shape `(capacity + 1,)`, int64: word i is `pool[starts[i]:starts[i + 1]]`.
        pool: uint32, the code points of all words, one after the other.
        counts: shape `(capacity,)`, int64, by word number.
        tokens: uint32, room for every word of the chunk; filled with word numbers.
        line_ends: int64, room for every line feed of the chunk; filled with the tokens so far at each.

    Returns:
        Where it stopped, how many cells of `tokens` and of `line_ends` were filled. It stops before the end of `codes`
        at the first code point of a word when a table is full, or of an unfinished word when `final` is false.
    """
    mask = np.uint64(slots.size - 1)
    types = state[TYPES]
    base = state[POOL_USED]
    total = state[TOKENS]
    skipping = state[INSIDE_OVERLONG]
    end = codes.size
    filled = 0
    lines = 0
    length = 0
    hashed = seed
    word_start = start
    inside = skipping != 0
    position = start
    while position <= end:
        if position < end:
            entry = table[codes[position]]
            kind = entry >> np.uint32(CLASS_SHIFT)
        else:
            if not final:
                break
            kind = np.uint32(SEPARATES)
            entry = np.uint32(0)
        if (
            kind == LETTER
            or (kind == JOINS and inside)
            or (kind == SPACELESS and length < longest_run and skipping == 0)
        ):
            if not inside:
                inside = True
                word_start = position
                if types == counts.size or base + longest + 1 > pool.size:
                    # No room for one more word: the caller makes room and calls again from here.
                    state[TYPES], state[POOL_USED], state[TOKENS], state[INSIDE_OVERLONG] = types, base, total, 0
                    return position, filled, lines
            if length < longest:
                code = entry & np.uint32((1 << CLASS_SHIFT) - 1)
                pool[base + length] = code
                hashed = (hashed ^ np.uint64(code)) * np.uint64(1099511628211)
            length += 1
        elif kind != STRIPPED:
            if inside:
                if skipping != 0 or length > longest:
                    state[OVERLONG] += 1
                else:
                    hashed ^= hashed >> np.uint64(32)
                    slot = hashed & mask
                    number = -1
                    while slots[slot] != 0:
                        candidate = slots[slot] - 1
                        if hashes[candidate] == hashed and starts[candidate + 1] - starts[candidate] == length:
                            first = starts[candidate]
                            same = True
                            for i in range(length):
                                if pool[first + i] != pool[base + i]:
                                    same = False
                                    break
                            if same:
                                number = candidate
                                break
                        slot = (slot + np.uint64(1)) & mask
                    if number < 0:
                        number = types
                        slots[slot] = types + 1
                        hashes[types] = hashed
                        base += length
                        starts[types + 1] = base
                        counts[types] = 0
                        types += 1
                    counts[number] += 1
                    tokens[filled] = number
                    filled += 1
                    total += 1
                inside = False
                skipping = 0
                length = 0
                hashed = seed
                if kind == SPACELESS:
                    # It has ended the run; now it begins the next.
                    continue
            if position < end and codes[position] == 10:
                line_ends[lines] = total
                lines += 1
        position += 1
    state[TYPES], state[POOL_USED], state[TOKENS] = types, base, total
    if inside and (skipping != 0 or length > longest):
        # The rest of an overlong word is passed over in the next chunk; nothing of it needs to be kept.
        state[INSIDE_OVERLONG] = 1
        return end, filled, lines
    state[INSIDE_OVERLONG] = 0
    return (word_start if inside else end), filled, lines


@numba.njit(nb.void(INTEGERS, HASHES, nb.int64), nogil=True, cache=True, boundscheck=False)
def grow_slots(slots: Array, hashes: Array, types: Any) -> None:
    """Enter the first `types` words into an empty, larger table of slots (shape `(power of two,)`, zeros)."""
    mask = np.uint64(slots.size - 1)
    for number in range(types):
        slot = hashes[number] & mask
        while slots[slot] != 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = number + 1
