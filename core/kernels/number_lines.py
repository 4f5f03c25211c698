"""Read lines of a word and its numbers: one pass over bytes, every number as the nearest float32.

A number is its digits as an integer times a power of ten, in float64, which is right to a few parts in 10^16. Where
that is too little to tell which of two float32 is nearer, as it is for one number in a hundred million, and wherever a
line is not plain, the line is left to whoever called: this loop is fast, not clever.
"""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba import types as nb

__all__ = ["ODD", "PLAIN", "read_lines"]

Array = npt.NDArray[Any]

PLAIN, ODD = 0, 1

TAB, LINE_FEED, RETURN, BLANK, PLUS, MINUS, POINT, ZERO = 9, 10, 13, 32, 43, 45, 46, 48
SMALL_E, CAPITAL_E = 101, 69
MOST_DIGITS = 19  # as many as fit into 64 bits
LARGEST_POWER = 300
POWERS = 10.0 ** np.arange(LARGEST_POWER + 1)
# What has gone wrong until then: one rounding each of the digits, the power and the product, 2^-53 each.
ABOVE, BELOW = 1 + 2.0**-50, 1 - 2.0**-50
LEAST_INFINITE = 2.0**128 - 2.0**103  # from here on float32 rounds to infinity

BYTES = nb.Array(nb.uint8, 1, "C", readonly=True)
PLACES, NUMBERS, KINDS = nb.int64[::1], nb.float32[::1], nb.uint8[::1]


@numba.njit(nb.int64(BYTES, nb.int64, nb.int64, nb.int64, NUMBERS), nogil=True, cache=True, boundscheck=False)
def read_numbers(data: Array, start: Any, end: Any, count: Any, row: Array) -> int:
    """Read exactly `count` numbers with one blank between them from `data[start:end]` into `row`; 1 if that is all."""
    place = start
    for column in range(count):
        negative = False
        if place < end and (data[place] == MINUS or data[place] == PLUS):
            negative = data[place] == MINUS
            place += 1
        digits = np.uint64(0)
        kept = 0
        seen = 0
        power = 0
        while place < end and ZERO <= data[place] < ZERO + 10:
            if kept == MOST_DIGITS:
                power += 1
            else:
                digits = digits * np.uint64(10) + np.uint64(data[place] - ZERO)
                kept += digits != 0
            seen += 1
            place += 1
        if place < end and data[place] == POINT:
            place += 1
            while place < end and ZERO <= data[place] < ZERO + 10:
                if kept < MOST_DIGITS:
                    digits = digits * np.uint64(10) + np.uint64(data[place] - ZERO)
                    kept += digits != 0
                    power -= 1
                seen += 1
                place += 1
        if seen == 0:
            return 0
        if place < end and (data[place] == SMALL_E or data[place] == CAPITAL_E):
            place += 1
            downwards = False
            if place < end and (data[place] == MINUS or data[place] == PLUS):
                downwards = data[place] == MINUS
                place += 1
            first = place
            exponent = 0
            while place < end and ZERO <= data[place] < ZERO + 10 and place - first < 6:
                exponent = 10 * exponent + int(data[place]) - ZERO
                place += 1
            if place == first:
                return 0
            power += -exponent if downwards else exponent
        if not -LARGEST_POWER <= power <= LARGEST_POWER:
            return 0
        value = np.float64(digits)
        value = value * POWERS[power] if power >= 0 else value / POWERS[-power]
        if not value < LEAST_INFINITE or np.float32(value * ABOVE) != np.float32(value * BELOW):
            return 0
        row[column] = np.float32(-value if negative else value)
        if column + 1 < count:
            if place >= end or data[place] != BLANK:
                return 0
            place += 1
    return 1 if place == end else 0


@numba.njit(nb.int64(BYTES, nb.int64, PLACES, PLACES, KINDS, nb.float32[:, ::1]), nogil=True, cache=True)
def read_lines(data: Array, count: Any, ends: Array, word_ends: Array, kinds: Array, values: Array) -> int:
    """Read a block of lines, each a word, a blank, and `count` numbers with a blank between them.

    Args:
        data: shape `(bytes,)`, uint8; every line of it ends with a line feed.
        count: numbers in a line.
        ends: room for every line; filled with the place of its line feed.
        word_ends: room for every line; filled with the place of the blank after its word, which may hold blanks.
        kinds: uint8, room for every line; filled with PLAIN where the line was read, else with ODD.
        values: shape `(lines, count)`, float32; filled where the line is plain.

    Returns:
        The number of lines.
    """
    lines = 0
    start = 0
    while start < data.size:
        end = start
        while data[end] != LINE_FEED:
            end += 1
        ends[lines] = end
        stop = end
        while stop > start and (data[stop - 1] == BLANK or data[stop - 1] == TAB or data[stop - 1] == RETURN):
            stop -= 1
        word_end = start
        while word_end < stop and data[word_end] != BLANK and data[word_end] != TAB:
            word_end += 1
        kinds[lines] = ODD
        word_ends[lines] = word_end
        if start < word_end < stop and data[word_end] == BLANK:
            if read_numbers(data, word_end + 1, stop, count, values[lines]) == 1:
                kinds[lines] = PLAIN
            else:
                # The word may hold blanks: its end is found from the right.
                place = stop
                blanks = 0
                while place > word_end and blanks < count:
                    place -= 1
                    blanks += data[place] == BLANK
                last = place
                while last > start and data[last - 1] != BLANK:
                    last -= 1
                plain = blanks == count and last > start and last < place
                # Where the word seems to end in a number, this may be one number too many.
                first = data[last]
                plain = plain and first > POINT and not ZERO <= first < ZERO + 10
                for at in range(start, place):
                    plain = plain and data[at] != TAB
                if plain and read_numbers(data, place + 1, stop, count, values[lines]) == 1:
                    kinds[lines] = PLAIN
                    word_ends[lines] = place
        lines += 1
        start = end + 1
    return lines
