"""Which words of one text are certainly those of another that was made from it.

Both are laid side by side so that as many words as possible fall together (a longest common subsequence). Often there
are several ways to do so; a word counts as found only if it falls on the same word in all of them.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["same_words"]

Codes = npt.NDArray[np.int64]


def same_words(before: Sequence[str], after: Sequence[str]) -> list[int | None]:
    """For each word of `after` its place in `before`, or None where that is not certain.

    Takes time and memory like the product of both lengths: 0.3 s and 20 MB for 3,000 words each.
    """
    numbers = {word: number for number, word in enumerate(dict.fromkeys([*before, *after]))}
    a, b = (np.array([numbers[word] for word in words], np.int64) for words in (before, after))
    # From word i and word j on, the two have this many words in common.
    rest = np.zeros((len(a) + 1, len(b) + 1), np.uint16)
    for i in range(len(a) - 1, -1, -1):
        rest[i, :-1] = _next(rest[i + 1, ::-1], b[::-1] == a[i])[:0:-1]
    most = int(rest[0, 0])
    place, ways, left_out = np.zeros(len(b), np.int64), np.zeros(len(b), np.int64), np.zeros(len(b), np.bool_)
    so_far = np.zeros(len(b) + 1, np.uint16)
    for i in range(len(a) + 1):
        # Word j may be left out where what is before it and what is after it hold as much as both texts do.
        left_out |= so_far[:-1] + rest[i, 1:] == most
        if i < len(a):
            same = b == a[i]
            fits = same & (so_far[:-1] + rest[i + 1, 1:] + 1 == most)
            place[fits] = i
            ways += fits
            so_far = _next(so_far, same)
    certain = (ways == 1) & ~left_out
    return [int(at) if sure else None for at, sure in zip(place, certain, strict=True)]


def _next(row: npt.NDArray[np.uint16], same: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint16]:
    """The row of the table of common lengths that follows; `same` says which words are the new one."""
    longer = np.append(row[:1], np.maximum(row[1:], row[:-1] + same))
    return np.maximum.accumulate(longer).astype(np.uint16)
