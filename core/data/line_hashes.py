"""One number for each line of a corpus: lines of the same words in the same order have the same one."""

import numpy as np
import numpy.typing as npt

__all__ = ["line_hashes", "repeats"]

BLOCK = 1 << 21
PLACE = np.uint64(0x9E3779B97F4A7C15)
FIRST_FACTOR = np.uint64(0xBF58476D1CE4E5B9)
SECOND_FACTOR = np.uint64(0x94D049BB133111EB)


def line_hashes(tokens: npt.NDArray[np.uint32], offsets: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """A 64-bit hash of the words of each line, 0 for lines without words.

    The hash of a line is the sum of the mixed bits (splitmix64) of each word with its place, so that long lines can be
    summed in parts. Among ten million different lines two share a hash with a chance of 3 in a million.

    Args:
        tokens: the words, shape `(tokens,)`.
        offsets: line i is `tokens[offsets[i]:offsets[i + 1]]`, shape `(lines + 1,)`.

    Returns:
        The hashes, shape `(lines,)`.
    """
    lines = len(offsets) - 1
    hashes = np.zeros(lines, np.uint64)
    end = int(offsets[-1])
    for begin in range(int(offsets[0]), end, BLOCK):
        until = min(begin + BLOCK, end)
        first = int(np.searchsorted(offsets, begin, side="right")) - 1
        last = int(np.searchsorted(offsets, until, side="left"))
        starts = np.asarray(offsets[first : last + 1])
        within = np.clip(starts, begin, until)
        lengths = np.diff(within)
        # A line that began in an earlier block goes on counting its places.
        places = np.arange(begin, until, dtype=np.int64) - np.repeat(starts[:-1], lengths)
        mixed = _mixed(tokens[begin:until].astype(np.uint64) + places.astype(np.uint64) * PLACE + PLACE)
        filled = np.flatnonzero(lengths)
        hashes[first + filled] += np.add.reduceat(mixed, within[:-1][filled] - begin)
    return hashes


def repeats(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """For each line the first line that has the same words, or -1 where it is the first itself or has no words.

    Args:
        hashes: from `line_hashes`, shape `(lines,)`.
    """
    _, first, which = np.unique(hashes, return_index=True, return_inverse=True)
    same = first[which]
    return np.where((same < np.arange(len(hashes))) & (hashes != 0), same, -1).astype(np.int64)


def _mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    values = (values ^ (values >> np.uint64(30))) * FIRST_FACTOR
    values = (values ^ (values >> np.uint64(27))) * SECOND_FACTOR
    mixed: npt.NDArray[np.uint64] = values ^ (values >> np.uint64(31))
    return mixed
