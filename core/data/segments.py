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


def choose_held_out(hashes: npt.NDArray[np.uint64], share: float, seed: int) -> Flags:
    """Choose the segments that are kept from training; of segments that are the same all or none.

    The nearest whole number to `share` of all; at least one where there are 20 segments or more, so that small corpora
    never lose more than a twentieth to it; and at least one segment is always left to train on. Where segments repeat,
    fewer may be kept, or none: a repeated line on both sides would measure what was learned by heart.

    Args:
        hashes: equal for segments that are the same, shape `(segments,)` (`core.data.line_hashes`).
        share: 0 to 1.
        seed: same seed, same choice.
    """
    segments = len(hashes)
    held = np.zeros(segments, np.bool_)
    number = round(share * segments)
    if share > 0 and segments >= 20:
        number = max(1, number)
    number = min(number, segments - 1)
    if number <= 0:
        return held
    rng = np.random.default_rng(seed)
    chosen = rng.choice(segments, number, replace=False)
    _, which, sizes = np.unique(hashes, return_inverse=True, return_counts=True)
    if (sizes[which[chosen]] > 1).any():
        chosen = _whole_groups(np.append(chosen, rng.permutation(segments)), which, sizes, number)
    held[chosen] = True
    return held


def _whole_groups(
    order: npt.NDArray[np.int64], which: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64], number: int
) -> npt.NDArray[np.int64]:
    """The segments of as many groups as fit into `number`.

    Args:
        order: all segments in the order in which they are drawn.
        which: the group of each segment, shape `(segments,)`.
        sizes: segments of each group, shape `(groups,)`.
        number: how many segments to choose.
    """
    groups, first = np.unique(which[order], return_index=True)
    drawn = groups[np.argsort(first)]
    drawn = drawn[sizes[drawn] <= number]
    # The first groups that fit together, then single segments for the room that is left.
    fit = np.cumsum(sizes[drawn]) <= number
    room = number - int(sizes[drawn[fit]].sum())
    singles = drawn[~fit & (sizes[drawn] == 1)][:room]
    taken = np.zeros(len(sizes), np.bool_)
    taken[drawn[fit]] = taken[singles] = True
    return np.flatnonzero(taken[which])


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
