"""A Huffman tree over the words: each is a path of left and right turns, the more frequent the shorter.

Built as word2vec.c builds it: two queues instead of a heap, since the words come sorted by frequency. The root is
node 0, and the nodes nearest to it, which most paths pass, follow: their rows lie together.

Source: D. A. Huffman, "A method for the construction of minimum-redundancy codes", 1952; F. Morin and Y. Bengio,
"Hierarchical probabilistic neural network language model", AISTATS 2005; T. Mikolov, I. Sutskever, K. Chen,
G. Corrado and J. Dean, "Distributed representations of words and phrases and their compositionality", NeurIPS 2013.
"""

import numba
import numpy as np
import numpy.typing as npt

__all__ = ["LONGEST", "ROOM", "huffman_paths", "warm"]

LONGEST = 96
"""Turns that no path exceeds: a path of 92 needs more occurrences than 64 bits can count."""
ROOM = 16
"""Zeros behind the last path: kernels read so many turns at a time."""


@numba.njit("void(int64[::1], int64[::1], uint8[::1])", cache=True)
def _join(counts: npt.NDArray[np.int64], parents: npt.NDArray[np.int64], turns: npt.NDArray[np.uint8]) -> None:
    """Join the two rarest of words and nodes until all hang together; of equal ones the word comes after the node."""
    size = (len(counts) + 1) // 2
    word, node = size - 1, size
    for made in range(size, 2 * size - 1):
        for turn in range(2):
            # A word is taken before a node only if it is rarer, as in word2vec.c.
            if word >= 0 and (node >= made or counts[word] < counts[node]):
                taken = word
                word -= 1
            else:
                taken = node
                node += 1
            counts[made] += counts[taken]
            parents[taken] = made
            turns[taken] = turn


@numba.njit("void(int64[::1], uint8[::1], uint32[::1], uint32[::1])", cache=True)
def _measure_and_write(
    parents: npt.NDArray[np.int64],
    turns: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.uint32],
    steps: npt.NDArray[np.uint32],
) -> None:
    """With no room for `steps` write where each path starts, else the paths themselves."""
    size = len(starts) - 1
    root = 2 * size - 2
    for word in range(size):
        at, length = word, 0
        if len(steps) == 0:
            while at != root:
                at = parents[at]
                length += 1
            starts[word + 1] = starts[word] + np.uint32(length)
        else:
            place = np.int64(starts[word + 1])
            while at != root:
                place -= 1
                steps[place] = np.uint32(2 * (root - parents[at]) + turns[at])
                at = parents[at]


def huffman_paths(counts: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Build the tree and write down the path to each word.

    Args:
        counts: shape `(words,)`, at least two; a word that does not occur counts as one that does once.

    Returns:
        starts, shape `(words + 1,)`, uint32: where the path of each word begins in the second; and the turns of all
        paths, root first, uint32: twice the number of the node, 0 to words − 2, and 1 more where the path turns to the
        second of its branches (word2vec.c's code 1); behind them all, `ROOM` zeros.
    """
    size = len(counts)
    order = np.argsort(-np.asarray(counts, np.int64), kind="stable")
    weights = np.zeros(2 * size - 1, np.int64)
    weights[:size] = np.maximum(counts, 1)[order]
    parents, turns = np.zeros(2 * size - 1, np.int64), np.zeros(2 * size - 1, np.uint8)
    _join(weights, parents, turns)
    if (order != np.arange(size)).any():
        parents[order], turns[order] = parents[:size].copy(), turns[:size].copy()
    starts = np.zeros(size + 1, np.uint32)
    _measure_and_write(parents, turns, starts, np.empty(0, np.uint32))
    steps = np.zeros(int(starts[-1]) + ROOM, np.uint32)
    _measure_and_write(parents, turns, starts, steps)
    return starts, steps


def warm() -> None:
    """Compile and cache: importing has done it, the signatures being declared."""
