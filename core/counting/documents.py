"""TF-IDF: how often each word stands in each document, weighed by how few documents it stands in.

A document is a line of the corpus, or a block of 1,000 words where there are few lines (`TrainingData`'s segments).
"""

import time
from collections.abc import Iterator
from typing import Literal

import numpy as np
import numpy.typing as npt

from core.counting.sparse import Sparse
from core.data.training_data import TrainingData
from core.negative_sampling.blocks import Blocks
from core.negative_sampling.workers import Tally, Workers

__all__ = ["DocumentCounter", "TermFrequency", "different_words", "transposed"]

TermFrequency = Literal["log", "count"]
PIECE = 1_000_000

Part = tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32], npt.NDArray[np.float32]]


class DocumentCounter:
    """Counts words in the documents to train on, in blocks of documents.

    Args:
        data: what is trained on; words outside the vocabulary are passed over.
        workers: threads.

    Attributes:
        words: tokens to pass over.
    """

    def __init__(self, data: TrainingData, workers: int) -> None:
        self._data, self._workers = data, workers
        self._blocks = Blocks.of(data, 1)
        self._parts: list[Part | None] = [None] * self._blocks.total
        self.words = int(self._blocks.words[-1])

    def run(self, seconds: float) -> Iterator[tuple[int, int]]:
        """Count; yield blocks and tokens done, about every so many seconds."""
        at = 0
        with Workers(self._workers, self._count) as workers:
            while at < self._blocks.total:
                at += workers.run(at, self._blocks.total, time.perf_counter() + seconds).blocks
                yield at, self._blocks.words_before(at)

    def weighted(self, frequency: TermFrequency) -> Sparse:
        """TF-IDF, one row a document; lets go of the counts.

        A cell is tf·idf over the length of its row, with tf the count, or 1 + log of it, and
        idf = 1 + log((1 + documents) / (1 + documents with the word)).
        """
        parts = [part for part in self._parts if part is not None]
        self._parts = []
        starts = np.concatenate(([0], np.cumsum(np.concatenate([part[0] for part in parts]))))
        words = np.concatenate([part[1] for part in parts])
        values = np.concatenate([part[2] for part in parts])
        documents, vocabulary = len(starts) - 1, self._data.vocabulary
        inverse = 1 + np.log((1 + documents) / (1 + np.bincount(words, minlength=vocabulary)))
        for first in range(0, len(words), PIECE):
            part = slice(first, first + PIECE)
            counts = values[part].astype(np.float64)
            values[part] = (1 + np.log(counts) if frequency == "log" else counts) * inverse[words[part]]
        for first in range(0, documents, 8192):
            last = min(first + 8192, documents)
            cells = slice(starts[first], starts[last])
            squares = np.square(values[cells], dtype=np.float64)
            norms = np.sqrt(np.add.reduceat(squares, starts[first:last] - starts[first])) if last > first else squares
            values[cells] /= np.repeat(norms, np.diff(starts[first : last + 1]))
        return Sparse(starts, words, values, vocabulary)

    def _count(self, block: int, tally: Tally) -> None:
        from core.kernels.documents import count_documents

        data, (first, last) = self._data, self._blocks.segments(block)
        room = int(data.offsets[last] - data.offsets[first])
        lengths, words, counts = np.empty(last - first, np.int64), np.empty(room, np.uint32), np.empty(room, np.float32)
        documents, cells = count_documents(
            np.asarray(data.tokens), np.asarray(data.offsets), np.asarray(data.held_out), first, last, data.vocabulary,
            lengths, words, counts,
        )  # fmt: skip
        self._parts[block] = lengths[:documents].copy(), words[:cells].copy(), counts[:cells].copy()
        tally.add(0.0, 0)


def transposed(matrix: Sparse) -> Sparse:
    """The same cells with rows and columns exchanged."""
    from core.kernels.documents import transpose

    starts = np.empty(matrix.width + 1, np.int64)
    rows, values = np.empty(matrix.cells, np.uint32), np.empty(matrix.cells, np.float32)
    transpose(matrix.starts, matrix.columns, matrix.values, starts, rows, values)
    return Sparse(starts, rows, values, matrix.rows)


def different_words(tokens: int) -> float:
    """About how many cells a table of words and documents has: of so many tokens some say a word again."""
    return 0.75 * tokens
