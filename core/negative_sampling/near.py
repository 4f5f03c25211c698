"""The nearest wrong words, which make for hard negatives.

A table holds for each of the most frequent words those that are nearest to it among them, exactly, by the cosine of
their vectors as they are when an epoch begins. Synonyms are near each other and are taken for wrong like all others.

Source of the idea: L. Xiong et al., "Approximate nearest neighbor negative contrastive learning for dense text
retrieval", ICLR 2021, which looks for hard negatives in the vectors learned so far, again and again.
"""

import numpy as np
import numpy.typing as npt

from core.space import FloatMatrix

__all__ = ["MOST_WORDS", "NEAR", "Table", "empty_table", "near_words", "table_shape"]

MOST_WORDS = 20_000
"""Words that have near words: with the square of their number grows what a table costs."""
NEAR = 10
"""Near words of a word."""

CHUNK = 128
"""Rows of similarities at a time: with the most words 10 MB."""

Table = npt.NDArray[np.uint32]


def table_shape(words: int) -> tuple[int, int]:
    """Rows and columns of the table for a vocabulary of so many words, at least two."""
    rows = min(words, MOST_WORDS)
    return rows, min(NEAR, rows - 1)


def empty_table() -> Table:
    """The table that has no word."""
    return np.zeros((0, 1), np.uint32)


def near_words(vectors: FloatMatrix) -> Table:
    """The table for these vectors, the most frequent word's first: shape `table_shape(words)`."""
    from core.kernels.nearest import keep_best

    rows, places = table_shape(len(vectors))
    frequent = vectors[:rows]
    lengths = np.linalg.norm(frequent, axis=1, keepdims=True)
    unit = np.asarray(frequent / np.where(lengths > 0, lengths, 1), np.float32)
    found = np.empty((rows, places), np.uint32)
    transposed = unit.T
    for first in range(0, rows, CHUNK):
        scores = unit[first : first + CHUNK] @ transposed
        keep_best(scores, first, found[first : first + CHUNK])
    return found
