"""Counting neighbours: for each word of the vocabulary, how often each other stands within the window."""

import itertools
import time
from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from core.counting.sparse import Sparse
from core.data.training_data import TrainingData
from core.negative_sampling.workers import Tally, Workers

__all__ = ["PairCounter", "Weighting", "window_weights"]

Weighting = Literal["harmonic", "linear", "flat"]

CHUNK = 1 << 26
"""Tokens counted at a time: their places are in memory, eight bytes each."""
BLOCKS = 128
SMALLEST_BLOCK = 512

Cells = tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32], npt.NDArray[np.float32]]


def window_weights(window: int, weighting: Weighting) -> npt.NDArray[np.float64]:
    """What a neighbour counts by its distance d, shape `(window + 1,)`; the first is not used.

    `harmonic` is 1/d, GloVe's; `linear` is (window − d + 1)/window, what word2vec's random window comes to in the mean;
    `flat` is 1.
    """
    distance = np.arange(window + 1, dtype=np.float64)
    if weighting == "flat":
        return np.ones(window + 1)
    return (window - distance + 1) / window if weighting == "linear" else 1 / np.maximum(distance, 1)


class PairCounter:
    """Counts the pairs of neighbours in the lines to train on, in blocks of rows.

    Args:
        data: what is trained on; words outside the vocabulary are passed over as if they were not there.
        weights: what a neighbour counts by distance, see `window_weights`.
        both_sides: whether a pair counts for both its words, which makes the matrix symmetric; else row i counts what
            stands to the left of word i.
        workers: threads.

    Attributes:
        words: tokens to pass over.
    """

    def __init__(self, data: TrainingData, weights: npt.NDArray[np.float64], both_sides: bool, workers: int) -> None:
        self.data, self.weights, self.both_sides, self.workers = data, weights, both_sides, workers
        lengths = np.where(data.held_out, 0, np.diff(data.offsets))
        self._before = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
        self.words = int(self._before[-1])
        self._counted: Sparse | None = None

    def run(self, seconds: float) -> Iterator[tuple[int, int]]:
        """Count; yield blocks and tokens done, about every so many seconds."""
        vocabulary = self.data.vocabulary
        counted = Sparse.empty(vocabulary, vocabulary)
        block, chunks = 0, self._chunks()
        for first, last in itertools.pairwise(chunks):
            done, share = int(self._before[first]), int(self._before[last] - self._before[first])
            chunk = _Chunk(self, first, last, counted)
            with Workers(self.workers, chunk.count) as workers:
                at = 0
                while at < chunk.blocks:
                    at += workers.run(at, chunk.blocks, time.perf_counter() + seconds).blocks
                    if at == chunk.blocks:
                        counted = chunk.gathered()
                    yield block + at, done + round(share * chunk.fraction(at))
            block += chunk.blocks
        self._counted = counted

    @property
    def counted(self) -> Sparse:
        """The counts, once `run` has come to its end."""
        assert self._counted is not None
        return self._counted

    def _chunks(self) -> Sequence[int]:
        """Segments at which a chunk begins, and the end."""
        goals = np.arange(0, max(1, self.words), CHUNK)
        bounds = np.searchsorted(self._before, goals, side="right") - 1
        return [*np.unique(bounds).tolist(), self.data.segments]


class _Chunk:
    """A stretch of the corpus, indexed by word; its blocks are rows with about as many tokens each."""

    def __init__(self, counter: PairCounter, first: int, last: int, counted: Sparse) -> None:
        from core.kernels.cooccurrence import index_places, known_tokens

        data = counter.data
        self._counter, self._counted = counter, counted
        tokens, offsets, held_out = np.asarray(data.tokens), np.asarray(data.offsets), np.asarray(data.held_out)
        stream = np.empty(int(offsets[last] - offsets[first]) + last - first + 2, np.uint32)
        count = known_tokens(tokens, offsets, held_out, first, last, data.vocabulary, stream)
        self._stream = stream[:count]
        self._starts = np.empty(data.vocabulary + 2, np.int64)
        self._places = np.empty(count, np.uint32)
        index_places(self._stream, self._starts, self._places)
        known = int(self._starts[-2])
        size = max(known // BLOCKS, SMALLEST_BLOCK)
        cut = np.searchsorted(self._starts[:-1], np.arange(0, known, size))
        self._bounds = np.unique(np.concatenate((cut, [0, data.vocabulary])))
        self._cells: list[Cells | None] = [None] * self.blocks

    @property
    def blocks(self) -> int:
        return len(self._bounds) - 1

    def fraction(self, block: int) -> float:
        """Share of the tokens that is done before a block."""
        if block == self.blocks:
            return 1.0
        return float(self._starts[self._bounds[block]] / max(1, self._starts[-2]))

    def count(self, block: int, tally: Tally) -> None:
        """Count the rows of a block."""
        from core.kernels.cooccurrence import count_rows

        counter, old = self._counter, self._counted
        first, last = int(self._bounds[block]), int(self._bounds[block + 1])
        reach = (len(counter.weights) - 1) * (2 if counter.both_sides else 1)
        most = np.diff(self._starts[first : last + 1]) * reach + np.diff(old.starts[first : last + 1])
        # One cell more: a word that is already in its row is written, too, and then not counted.
        room = int(np.minimum(most, counter.data.vocabulary).sum()) + 1
        lengths, columns, values = (
            np.empty(last - first, np.int64),
            np.empty(room, np.uint32),
            np.empty(room, np.float32),
        )
        filled = count_rows(
            self._stream, self._starts, self._places, counter.weights, counter.both_sides,
            old.starts, old.columns, old.values, first, last, lengths, columns, values,
        )  # fmt: skip
        self._cells[block] = lengths, columns[:filled].copy(), values[:filled].copy()
        tally.add(0.0, 0)

    def gathered(self) -> Sparse:
        """All rows in one matrix; each block makes room for the next."""
        lengths = np.concatenate([cells[0] for cells in self._cells if cells is not None])
        starts = np.concatenate(([0], np.cumsum(lengths)))
        columns, values = np.empty(starts[-1], np.uint32), np.empty(starts[-1], np.float32)
        at = 0
        for number, cells in enumerate(self._cells):
            assert cells is not None
            end = at + len(cells[1])
            columns[at:end], values[at:end] = cells[1], cells[2]
            self._cells[number], at = None, end
        return Sparse(starts, columns, values, self._counter.data.vocabulary)
