"""What latent Dirichlet allocation counts beside its sampling: lines with a word, topics anew, and held-out words."""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba import types

__all__ = [
    "BINS",
    "EXACT",
    "STEPS_A_DOUBLING",
    "complete_documents",
    "count_documents_with",
    "count_topics",
    "scatter",
    "tally",
]

Array = npt.NDArray[Any]

NONE = 65_535
"""The topic of a word that has none; that of `core.kernels.topics`, which numba's cache would not see from here."""
EXACT, STEPS_A_DOUBLING, BINS = 128, 16, 640
"""Counts below `EXACT` have a bin each, above it each doubling has so many."""
ROUNDS = 20
"""In which the topics of a held-out document settle; another 100 change the loss by less than a thousandth."""

_TOKENS = types.Array(types.uint32, 1, "C", readonly=True)
_OFFSETS = types.Array(types.int64, 1, "C", readonly=True)
_FLAGS = types.Array(types.boolean, 1, "C", readonly=True)
_TOPICS = types.Array(types.uint16, 1, "C", readonly=True)
_FLOATS = types.Array(types.float32, 1, "C", readonly=True)
_MATRIX = types.Array(types.float32, 2, "C")


@numba.njit(
    types.int64(_TOKENS, _OFFSETS, _FLAGS, types.int64[::1]),
    nogil=True,
    cache=True,
    boundscheck=False,
)
def count_documents_with(tokens: Array, offsets: Array, held_out: Array, found: Array) -> Any:
    """Count the documents that each word stands in.

    Args:
        tokens: ranks.
        offsets: of the documents.
        held_out: documents to leave out.
        found: zeros, one a word of the vocabulary; filled in.

    Returns:
        How many documents have a word of the vocabulary.
    """
    latest = np.full(found.size, -1, np.int64)
    documents: Any = 0
    for document in range(offsets.size - 1):
        some: Any = 0
        if not held_out[document]:
            for place in range(offsets[document], offsets[document + 1]):
                word = np.int64(tokens[place])
                if word < found.size:
                    some = 1
                    if latest[word] != document:
                        latest[word] = document
                        found[word] += 1
        documents += some
    return documents


@numba.njit(
    types.void(_TOKENS, _OFFSETS, _FLAGS, _FLAGS, types.int64, types.uint64, types.uint16[::1]),
    nogil=True,
    cache=True,
    boundscheck=False,
)
def scatter(
    tokens: Array, offsets: Array, held_out: Array, common: Array, topics: Any, seed: Any, assignments: Array
) -> None:
    """Give each word that takes part any topic.

    To draw each as those before it would have it begins closer to the goal, and does not reach it: the first documents
    gather all words in a few topics, which hardly ever part again.

    Args:
        tokens: ranks.
        offsets: of the documents.
        held_out: documents to leave out.
        common: one a word of the vocabulary: whether it takes no part.
        topics: how many there are.
        seed: of splitmix64.
        assignments: one a token, changed.
    """
    for document in range(offsets.size - 1):
        if held_out[document]:
            continue
        for place in range(offsets[document], offsets[document + 1]):
            word = np.int64(tokens[place])
            if word < common.size and not common[word]:
                z = seed + np.uint64(place + 1) * np.uint64(0x9E3779B97F4A7C15)
                z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
                z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
                z = z ^ (z >> np.uint64(31))
                assignments[place] = ((z >> np.uint64(32)) * np.uint64(topics)) >> np.uint64(32)


@numba.njit(types.void(_TOKENS, _TOPICS, _MATRIX), nogil=True, cache=True, boundscheck=False)
def count_topics(tokens: Array, assignments: Array, counts: Array) -> None:
    """Add to the counts, shape `(words, width)`, how often each word was given each topic."""
    for place in range(tokens.size):
        topic = assignments[place]
        if topic != NONE:
            counts[np.int64(tokens[place]), np.int64(topic)] += np.float32(1)


@numba.njit(
    types.void(_OFFSETS, _TOPICS, types.int64[:, ::1], types.int64[::1]), nogil=True, cache=True, boundscheck=False
)
def tally(offsets: Array, assignments: Array, topics: Array, lengths: Array) -> None:
    """Count the documents that have a topic some number of times, and those of some length.

    Args:
        offsets: of the documents.
        assignments: the topic of each token.
        topics: shape `(topics, BINS)`, added to.
        lengths: shape `(BINS,)`, added to.
    """
    row, met = np.zeros(topics.shape[0], np.int64), np.zeros(topics.shape[0], np.int64)
    for document in range(offsets.size - 1):
        size: Any = 0
        different: Any = 0
        for place in range(offsets[document], offsets[document + 1]):
            topic = np.int64(assignments[place])
            if topic != NONE:
                if row[topic] == 0:
                    met[different] = topic
                    different += 1
                row[topic] += 1
                size += 1
        for at in range(different):
            count = row[met[at]]
            row[met[at]] = 0
            bin_ = count if count < EXACT else EXACT + np.int64(np.log2(count / EXACT) * STEPS_A_DOUBLING)
            topics[met[at], min(bin_, BINS - 1)] += 1
        if size:
            bin_ = size if size < EXACT else EXACT + np.int64(np.log2(size / EXACT) * STEPS_A_DOUBLING)
            lengths[min(bin_, BINS - 1)] += 1


@numba.njit(
    types.UniTuple(types.float64, 2)(
        _TOKENS,
        _OFFSETS,
        types.Array(types.int64, 1, "C", readonly=True),
        _FLAGS,
        _MATRIX,
        _FLOATS,
        types.int64,
    ),
    nogil=True,
    cache=True,
    fastmath=True,
    boundscheck=False,
)
def complete_documents(
    tokens: Array, offsets: Array, documents: Array, common: Array, likely: Array, alpha: Array, rounds: Any
) -> Any:
    """How well the topics of one half of each document's words tell the other half.

    Every second word, from the second on, tells the topics: their shares θ are those that reproduce themselves,
    θ_k = (Σ p(k | word) + α_k) / (words + Σα), with p(k | word) in proportion to θ_k·p(word | k).

    Args:
        tokens: ranks.
        offsets: of all documents.
        documents: numbers of those to look at.
        common: one a word of the vocabulary: whether it takes no part.
        likely: p(word | topic), shape `(words, width)`.
        alpha: shape `(width,)`, zeros beyond the topics.
        rounds: in which θ is found.

    Returns:
        The sum of −log p(word) over the other half, and how many words that are.
    """
    width = alpha.size
    shares, hoped = np.zeros(width, np.float32), np.zeros(width, np.float32)
    whole = np.float32(0)
    for lane in range(width):
        whole += alpha[lane]
    loss, counted = 0.0, 0.0
    for number in range(documents.size):
        begin, end = offsets[documents[number]], offsets[documents[number] + 1]
        words = np.empty(end - begin, np.int64)
        size: Any = 0
        for place in range(begin, end):
            word = np.int64(tokens[place])
            if word < common.size and not common[word]:
                words[size] = word
                size += 1
        for lane in range(width):
            shares[lane] = alpha[lane] / whole
        for _ in range(rounds if size > 1 else 0):
            hoped[:] = alpha
            for at in range(1, size, 2):
                row = likely[words[at]]
                total = np.float32(0)
                for lane in range(width):
                    total += shares[lane] * row[lane]
                part = np.float32(1) / total
                for lane in range(width):
                    hoped[lane] += shares[lane] * row[lane] * part
            scale = np.float32(1) / (whole + np.float32(size // 2))
            for lane in range(width):
                shares[lane] = hoped[lane] * scale
        for at in range(0, size, 2):
            row = likely[words[at]]
            total = np.float32(0)
            for lane in range(width):
                total += shares[lane] * row[lane]
            loss -= np.log(np.float64(total))
            counted += 1.0
    return loss, counted
