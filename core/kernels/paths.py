"""Paths through a Huffman tree as outputs, in tiles, and the busiest nodes apart for each thread.

Every path begins at the root, most pass the few nodes below it. Threads that write the same cache lines wait for each
other: two together were no faster than one. So each has copies of its own of the `BUSY` nodes nearest to the root,
which the tree numbers first. After every `EVERY` words what the copies of the `FIRST` nodes have moved is added to the
nodes themselves, and those are copied anew; every second time the same is done for twice as many nodes, every fourth
for four times as many. Half as many words pass a node of twice the number, so that between two meetings about as many
pass each. The copies are rows behind the last node's; one thread has none.

Of what the copies of the very first nodes have moved, the T threads add a T-th each, hence their mean: each may have
gone all the way to what it learns from its words, and all of these ways together would overshoot. Of the later ones,
which fewer words pass, they add more, and all of it soon: their mean alone learned as much less as it moved less.
"""

from typing import Any

import numba
import numpy as np

from core.kernels.huffman import LONGEST
from core.kernels.lane_bits import half_twice, later_half_twice, signs_of, store_places
from core.kernels.lanes import LANES, fma, load, prefetch, splat, store, sub, totals, zero
from core.kernels.sampling import Array
from core.kernels.tiles import fetch_row

__all__ = [
    "BUSY",
    "EVERY",
    "FEW",
    "FIRST",
    "PLACES",
    "copies_of",
    "fetch_rest",
    "fetch_turns",
    "meet",
    "meeting",
    "read_path",
    "score_alone",
    "score_four",
    "spread_signs",
    "take_copies",
]


BUSY = 512
"""Nodes of which each thread has a copy; a path leaves them behind after some nine turns."""
EVERY = 64
"""Words after which copies meet; a power of two."""
FIRST = 8
"""Nodes whose copies meet each time."""
CALM = 4
"""The node of this number adds twice the mean, that of twice this number three times, up to the sum."""
FEW = 4
"""Nodes of half a tile, four rows against four nodes: it takes the end of a path where a whole one would stay empty."""
PLACES = LONGEST + LANES
"""Room for a path, and for what fills its last tile."""

_FAR, _LATER = 8, 4
"""Words ahead at which the start of a path is asked for, and then its turns."""


@numba.njit(forceinline=True)
def copies_of(outputs: Array, copies: Any, copy: Any, width: Any) -> Any:
    """How many nodes have copies, and how far behind the nodes' own rows those of one thread are.

    Args:
        outputs: the nodes' rows, then `BUSY` rows for each copy; no copies where there is only one thread.
        copies: how many threads have copies.
        copy: which of them this is.
        width: floats of a row.
    """
    nodes = outputs.shape[0] - (copies * BUSY if copies > 1 else 0)
    return (min(BUSY, nodes) if copies > 1 else 0), (nodes + copy * BUSY) * width


@numba.njit(forceinline=True)
def meet(outputs: Array, copies: Any, limit: Any, home: Any, before: Array, width: Any, chunks: Any) -> None:
    """Add what copies of the first `limit` nodes have moved since `before`, or a share, to these; copy them anew."""
    for node in range(limit):
        part = splat(np.float32(min(1.0, (CALM + node) / (CALM * copies))))
        for k in range(chunks):
            at = node * width + LANES * k
            moved = sub(load(outputs, home + at), load(before, at))
            met = fma(part, moved, load(outputs, at))
            store(outputs, at, met)
            store(outputs, home + at, met)
            store(before, at, met)


@numba.njit(forceinline=True)
def meeting(done: Any, busy: Any) -> Any:
    """How many nodes' copies meet after `done` words."""
    times = done // EVERY
    # The largest power of two that divides it.
    return min(busy, FIRST * (times & -times)) if done % EVERY == 0 else 0


@numba.njit(forceinline=True)
def fetch_turns(starts: Array, turns: Array, words: Array, count: Any, centre: Any, width: Any) -> None:
    """Ask for the turns of a path some words ahead, and, still earlier, for where they are."""
    prefetch(starts, words[min(centre + _FAR, count - 1)] // width)
    later = np.int64(starts[words[min(centre + _LATER, count - 1)] // width])
    prefetch(turns, later)
    prefetch(turns, later + LANES - 1)


@numba.njit(forceinline=True)
def fetch_rest(outputs: Array, targets: Array, at: Any, first: Any, length: Any, chunks: Any) -> None:
    """Ask for the rows of a path's nodes, to be worked on soon, from the number `first` on."""
    for j in range(at + first, at + length):
        fetch_row(outputs, targets[j], chunks)


@numba.njit(forceinline=True)
def read_path(
    starts: Array, turns: Array, word: Any, busy: Any, home: Any, width: Any, targets: Array, signs: Array, at: Any
) -> Any:
    """Write down the nodes of a path and where it turns: 1 to the first branch, −1 to the second, 0 behind its end.

    Args:
        starts: where the path of each word begins.
        turns: all paths; see `core.kernels.huffman`.
        word: whose path.
        busy: how many nodes the thread has copies of.
        home: how far behind the nodes' own rows those are.
        width: floats of a row.
        targets: takes the flat indices of the nodes' rows, behind the end that of the root.
        signs: takes the signs.
        at: where in both to begin.

    Returns:
        The length of the path.
    """
    begin = np.int64(starts[word])
    length = np.int64(starts[word + 1]) - begin
    # Sixteen turns at a time: a loop over them one by one took as long as a fifth of the training.
    for first in range(0, length, LANES):
        sixteen = load(turns, begin + first)
        store_places(targets, at + first, sixteen, length - first, busy, home, width)
        store(signs, at + first, signs_of(sixteen, length - first))
    return length


@numba.njit(forceinline=True)
def spread_signs(signs: Array, at: Any, length: Any, lanes: Array) -> None:
    """Lay out a path's signs as tiles have them, eight of them twice."""
    for first in range(0, length, LANES):
        sixteen = load(signs, at + first)
        store(lanes, 2 * first, half_twice(sixteen))
        store(lanes, 2 * first + LANES, later_half_twice(sixteen))


@numba.njit(forceinline=True)
def score_alone(rows: Array, a: Any, outputs: Array, targets: Array, at: Any, chunks: Any) -> Any:
    """Dot products of one row with the sixteen outputs that `targets` names from `at` on."""
    t0, t1, t2, t3 = targets[at], targets[at + 1], targets[at + 2], targets[at + 3]
    t4, t5, t6, t7 = targets[at + 4], targets[at + 5], targets[at + 6], targets[at + 7]
    t8, t9, t10, t11 = targets[at + 8], targets[at + 9], targets[at + 10], targets[at + 11]
    t12, t13, t14, t15 = targets[at + 12], targets[at + 13], targets[at + 14], targets[at + 15]
    d0, d1, d2, d3, d4, d5, d6, d7 = zero(), zero(), zero(), zero(), zero(), zero(), zero(), zero()
    d8, d9, d10, d11, d12, d13, d14, d15 = zero(), zero(), zero(), zero(), zero(), zero(), zero(), zero()
    for k in range(chunks):
        c = LANES * k
        x = load(rows, a + c)
        d0, d1 = fma(x, load(outputs, t0 + c), d0), fma(x, load(outputs, t1 + c), d1)
        d2, d3 = fma(x, load(outputs, t2 + c), d2), fma(x, load(outputs, t3 + c), d3)
        d4, d5 = fma(x, load(outputs, t4 + c), d4), fma(x, load(outputs, t5 + c), d5)
        d6, d7 = fma(x, load(outputs, t6 + c), d6), fma(x, load(outputs, t7 + c), d7)
        d8, d9 = fma(x, load(outputs, t8 + c), d8), fma(x, load(outputs, t9 + c), d9)
        d10, d11 = fma(x, load(outputs, t10 + c), d10), fma(x, load(outputs, t11 + c), d11)
        d12, d13 = fma(x, load(outputs, t12 + c), d12), fma(x, load(outputs, t13 + c), d13)
        d14, d15 = fma(x, load(outputs, t14 + c), d14), fma(x, load(outputs, t15 + c), d15)
    return totals(d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, d10, d11, d12, d13, d14, d15)


@numba.njit(forceinline=True)
def score_four(
    rows: Array, a: Any, b: Any, c: Any, d: Any, outputs: Array, targets: Array, at: Any, chunks: Any
) -> Any:
    """Dot products of four rows with the four outputs that `targets` names from `at` on."""
    t0, t1, t2, t3 = targets[at], targets[at + 1], targets[at + 2], targets[at + 3]
    a0, a1, a2, a3, b0, b1, b2, b3 = zero(), zero(), zero(), zero(), zero(), zero(), zero(), zero()
    c0, c1, c2, c3, d0, d1, d2, d3 = zero(), zero(), zero(), zero(), zero(), zero(), zero(), zero()
    for k in range(chunks):
        s = LANES * k
        w, x, y, z = load(rows, a + s), load(rows, b + s), load(rows, c + s), load(rows, d + s)
        o = load(outputs, t0 + s)
        a0, b0, c0, d0 = fma(w, o, a0), fma(x, o, b0), fma(y, o, c0), fma(z, o, d0)
        o = load(outputs, t1 + s)
        a1, b1, c1, d1 = fma(w, o, a1), fma(x, o, b1), fma(y, o, c1), fma(z, o, d1)
        o = load(outputs, t2 + s)
        a2, b2, c2, d2 = fma(w, o, a2), fma(x, o, b2), fma(y, o, c2), fma(z, o, d2)
        o = load(outputs, t3 + s)
        a3, b3, c3, d3 = fma(w, o, a3), fma(x, o, b3), fma(y, o, c3), fma(z, o, d3)
    return totals(a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3)


@numba.njit(forceinline=True)
def take_copies(outputs: Array, busy: Any, home: Any, before: Array, width: Any, chunks: Any) -> None:
    """Copy the busiest nodes for a thread."""
    for place in range(0, busy * width, LANES):
        row = load(outputs, place)
        store(outputs, home + place, row)
        store(before, place, row)
