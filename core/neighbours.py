"""Exact neighbours by cosine similarity: of a word, of a point, of A − B + C, and of every word at once.

Everything here is numpy and costs one product of the matrix with a vector (a neighbour graph: with itself, in
chunks), so that the web process may call it. Where two words are exactly as near, the more frequent one comes first.

Similarities are cosines, −1 to 1, higher is nearer; distances are 1 − cosine, 0 to 2. A zero vector has similarity 0
with everything.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from core.errors import UnknownWordError
from core.space import EmbeddingSpace, FloatMatrix

__all__ = [
    "AnalogyMethod",
    "Neighbour",
    "NeighbourGraph",
    "Query",
    "analogy",
    "analogy_rank",
    "analogy_scores",
    "knn_graph",
    "mean_of",
    "nearest",
    "similarity",
    "vector_of",
]

FloatVector = npt.NDArray[np.float32]
Query = str | Sequence[str] | FloatVector
NeighbourGraph = tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]
AnalogyMethod = Literal["add", "mul"]

# Levy & Goldberg (2014) add this to the denominator of 3CosMul against a division by zero.
EPSILON = 0.001
# One chunk of similarities stays in the cache of most CPUs; larger chunks are slower.
CHUNK_VALUES = 2_500_000
GROUPS = 64


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One word of an answer.

    Attributes:
        word: the key in the space.
        similarity: its score: a cosine, or for 3CosMul the quotient (0 to about 2,000, higher is nearer).
        count: occurrences in the corpus.
        rank: place in the full order of words, 1 nearest (which words take part is said by each function).
        index: row in the space.
    """

    word: str
    similarity: float
    count: int
    rank: int
    index: int


def vector_of(space: EmbeddingSpace, word: str) -> FloatVector:
    """The unit vector of `word`, shape `(dimensions,)`; of an unseen word where the space has an encoder.

    Raises:
        UnknownWordError: not in the vocabulary, and no encoder gives it a vector.
    """
    if space.resolve(word) is None and space.encoder is not None:
        return _unit(space.unseen(word))
    return np.asarray(space.unit[space.index(word)], np.float32)


def mean_of(space: EmbeddingSpace, words: Sequence[str]) -> FloatVector:
    """The mean of the words' unit vectors, scaled to length 1, shape `(dimensions,)`."""
    missing = [word.strip() for word in words if space.encoder is None and space.resolve(word) is None]
    if missing:
        raise UnknownWordError(missing, space.suggest(missing[0]))
    if not words:
        return np.zeros(space.dimensions, np.float32)
    return _unit(np.mean([vector_of(space, word) for word in words], axis=0))


def similarity(space: EmbeddingSpace, a: str, b: str) -> float:
    """Cosine similarity of two words.

    Raises:
        UnknownWordError: naming all words that are missing.
    """
    if space.encoder is None:
        space.indices([a, b])
    return float(vector_of(space, a) @ vector_of(space, b))


def nearest(space: EmbeddingSpace, query: Query, k: int = 10, exclude: Sequence[str] = ()) -> list[Neighbour]:
    """The `k` words nearest to a word, to the mean of several words, or to a vector.

    The words asked for are left out and take no part in the ranks: the nearest other word has rank 1. Words in
    `exclude` are left out of the answer but keep their place in the ranks.

    Raises:
        UnknownWordError: a word of the query is missing (a missing word in `exclude` is ignored).
    """
    if isinstance(query, np.ndarray):
        words: Sequence[str] = ()
        scores = space.unit @ _unit(query)
    else:
        words = [query] if isinstance(query, str) else list(query)
        scores = space.unit @ (vector_of(space, words[0]) if len(words) == 1 else mean_of(space, words))
    own = _rows(space, words)
    scores[own] = -np.inf
    hidden = set(_rows(space, exclude)) | set(own)
    order = _best(scores, min(k + len(hidden), len(space) - len(own)))
    found = [_neighbour(space, scores, row, rank) for rank, row in enumerate(order, 1) if row not in hidden]
    return found[: max(k, 0)]


def analogy(
    space: EmbeddingSpace,
    a: str,
    b: str,
    c: str,
    k: int = 10,
    method: AnalogyMethod = "add",
    keep_inputs: bool = False,
) -> list[Neighbour]:
    """The words nearest to A − B + C: king − man + woman is near queen.

    Ranks count every word of the vocabulary, the three input words too, whether they are kept in the answer or
    not: a rank of 2 behind a hidden input word stays 2.

    Args:
        space: where to look.
        a: the word to start from (king).
        b: what is taken away (man).
        c: what is added (woman).
        k: number of words.
        method: “add” (3CosAdd) or “mul” (3CosMul), see `analogy_scores`.
        keep_inputs: whether a, b and c may stand in the answer.

    Raises:
        UnknownWordError: naming all words that are missing.
    """
    rows = space.indices([a, b, c])
    scores = analogy_scores(space, a, b, c, method)
    hidden = set() if keep_inputs else set(rows)
    order = _best(scores, k + len(hidden))
    found = [_neighbour(space, scores, row, rank) for rank, row in enumerate(order, 1) if row not in hidden]
    return found[: max(k, 0)]


def analogy_rank(
    space: EmbeddingSpace, a: str, b: str, c: str, expected: str, method: AnalogyMethod = "add"
) -> Neighbour:
    """Where an expected word stands in the answer to A − B + C; its rank counts every word, as in `analogy`."""
    row = space.indices([a, b, c, expected])[3]
    scores = analogy_scores(space, a, b, c, method)
    before = np.count_nonzero(scores > scores[row]) + np.count_nonzero(scores[:row] == scores[row])
    return _neighbour(space, scores, row, int(before) + 1)


def analogy_scores(space: EmbeddingSpace, a: str, b: str, c: str, method: AnalogyMethod = "add") -> FloatVector:
    """The score of every word x as the answer to A − B + C, shape `(items,)`, higher is better.

    add: cos(x, a − b + c) over unit vectors: the order of 3CosAdd, cos(x, a) − cos(x, b) + cos(x, c), which is this
        score times the length of a − b + c. Mikolov, Yih & Zweig 2013, “Linguistic Regularities in Continuous Space
        Word Representations”, NAACL.
    mul: 3CosMul, s(x, a) · s(x, c) / (s(x, b) + .001) with s = (cos + 1) / 2. Levy & Goldberg 2014, “Linguistic
        Regularities in Sparse and Explicit Word Representations”, CoNLL.
    """
    unit = space.unit
    rows = space.indices([a, b, c])
    if method == "add":
        return np.asarray(unit @ _unit(unit[rows[0]] - unit[rows[1]] + unit[rows[2]]), np.float32)
    shifted = (unit @ unit[rows].T + 1) / 2
    return np.asarray(shifted[:, 0] * shifted[:, 2] / (shifted[:, 1] + EPSILON), np.float32)


def knn_graph(unit: FloatMatrix, k: int, progress: Callable[[float], None] | None = None) -> NeighbourGraph:
    """The `k` nearest other rows of every row, exactly.

    UMAP, t-SNE, hubness and the graph of mutual neighbours share it. Same input, same output.

    Args:
        unit: rows of length 1 (or 0), shape `(n, dimensions)`, float32.
        k: neighbours of each row, the row itself not counted; at most n − 1 are returned.
        progress: told the share done, 0 to 1, now and then.

    Returns:
        Indices, shape `(n, k)`, int32, nearest first, and their cosine distances, shape `(n, k)`, float32.
    """
    n = len(unit)
    k = max(0, min(k, n - 1))
    indices = np.zeros((n, k), np.int32)
    distances = np.zeros((n, k), np.float32)
    if k == 0:
        return indices, distances
    chunk = max(1, min(n, CHUNK_VALUES // n))
    transposed = unit.T
    for start in range(0, n, chunk):
        stop = min(start + chunk, n)
        scores = unit[start:stop] @ transposed
        # A row is no neighbour of itself, however many rows equal it.
        np.fill_diagonal(scores[:, start:stop], -np.inf)
        indices[start:stop], similarities = _best_of_rows(scores, k)
        distances[start:stop] = np.maximum(0, 1 - similarities)
        if progress is not None:
            progress(stop / n)
    return indices, distances


def _best_of_rows(scores: FloatMatrix, k: int) -> tuple[npt.NDArray[np.int64], FloatMatrix]:
    """Columns and values of the `k` highest scores of each row, best first, ties by column."""
    rows, n = scores.shape
    width = n // GROUPS
    if width > 2 * k:
        # Each column group's maximum is one of the scores, so the k-th highest maximum bounds the k-th highest
        # score from below, and few other scores reach it: six times faster than partitioning whole rows.
        tops = scores[:, : width * GROUPS].reshape(rows, GROUPS, width).max(axis=1)
        bound = np.partition(tops, width - k, axis=1)[:, width - k]
    else:
        bound = np.partition(scores, n - k, axis=1)[:, n - k]
    row, column = np.nonzero(scores >= bound[:, None])
    values = scores[row, column]
    order = np.lexsort((column, -values, row))
    firsts = np.searchsorted(row, np.arange(rows))
    chosen = order[(firsts[:, None] + np.arange(k)).ravel()]
    return column[chosen].reshape(rows, k), values[chosen].reshape(rows, k)


def _best(scores: FloatVector, count: int) -> list[int]:
    """Rows of the `count` highest scores, best first, ties by row."""
    count = min(count, len(scores))
    if count <= 0:
        return []
    bound = np.partition(scores, len(scores) - count)[len(scores) - count]
    rows = np.flatnonzero(scores >= bound)
    order = np.argsort(-scores[rows], kind="stable")[:count]
    return [int(row) for row in rows[order]]


def _neighbour(space: EmbeddingSpace, scores: FloatVector, row: int, rank: int) -> Neighbour:
    return Neighbour(space.keys[row], float(scores[row]), int(space.counts[row]), rank, row)


def _rows(space: EmbeddingSpace, words: Sequence[str]) -> list[int]:
    return [space.index(word) for word in words if space.resolve(word) is not None]


def _unit(vector: npt.ArrayLike) -> FloatVector:
    array = np.asarray(vector, np.float32)
    norm = float(np.linalg.norm(array))
    return array / np.float32(norm) if norm > 0 else array
