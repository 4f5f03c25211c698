"""Segments: the stretches of a corpus that no window crosses, and which of them are kept from training."""

import numpy as np
import numpy.typing as npt

__all__ = ["choose_held_out", "segments_of", "some_pair"]

LONGEST = 10_000
BLOCK = 1_000
FEW_LINES = 200
LOOKED_AT = 1 << 20

Offsets = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def segments_of(offsets: Offsets) -> Offsets:
    """Cut lines into segments.

    Blank lines are left out. Lines beyond 10,000 tokens are cut there; where fewer than 200 lines have words, all are
    cut into blocks of 1,000 tokens, so that there is something to hold back.

    Args:
        offsets: shape `(lines + 1,)`, where each line begins, and the end.

    Returns:
        Where each segment begins, and the end; shape `(segments + 1,)`, int64.
    """
    lengths = np.diff(offsets)
    starts = offsets[:-1][lengths > 0]
    lengths = lengths[lengths > 0]
    limit = BLOCK if lengths.size < FEW_LINES else LONGEST
    pieces = -(-lengths // limit)
    first_piece = np.cumsum(pieces) - pieces
    within = np.arange(int(pieces.sum()), dtype=np.int64) - np.repeat(first_piece, pieces)
    return np.append(np.repeat(starts, pieces) + within * limit, offsets[-1:]).astype(np.int64)


def choose_held_out(segments: int, share: float, seed: int) -> Flags:
    """Choose the segments that are kept from training.

    The nearest whole number to `share * segments`; at least one where there are 20 segments or more, so that small
    corpora never lose more than a twentieth to it; and at least one segment is always left to train on.

    Args:
        segments: how many there are.
        share: 0 to 1.
        seed: same seed, same choice.
    """
    held = np.zeros(segments, np.bool_)
    number = round(share * segments)
    if share > 0 and segments >= 20:
        number = max(1, number)
    number = min(number, segments - 1)
    if number > 0:
        held[np.random.default_rng(seed).choice(segments, number, replace=False)] = True
    return held


def some_pair(tokens: npt.NDArray[np.uint32], segments: Offsets, held_out: Flags, vocabulary: int) -> bool:
    """Whether any segment that is trained on has two tokens of the vocabulary: a pair to learn from."""
    first = 0
    while first < len(segments) - 1:
        last = max(first + 1, int(np.searchsorted(segments, segments[first] + LOOKED_AT, side="right")) - 1)
        begin = int(segments[first])
        known = np.concatenate([[0], np.cumsum(tokens[begin : segments[last]] < vocabulary)])
        inside = known[segments[first + 1 : last + 1] - begin] - known[segments[first:last] - begin]
        if bool(np.any((inside > 1) & ~held_out[first:last])):
            return True
        first = last
    return False
