"""The cells of a matrix of counts as GloVe trains on them: runs of a row's cells, in random order."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.counting.sparse import Sparse
from core.negative_sampling.blocks import block_seed
from core.negative_sampling.workers import Tally, Workers
from core.space import FloatMatrix

__all__ = ["Cells", "HeldBack", "Weights"]

RUN = 16
"""Cells of a row that are trained one after the other."""
SMALLEST_BLOCK = 512
LARGEST_BLOCK = 65_536
BLOCKS_PER_EPOCH = 256
MOST_HELD_BACK = 10_000
AT_A_TIME = 2_000
MOST_SAMPLED = 1_000_000
FEWEST_LEFT = 20
"""Cells below which none is held back."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What a cell weighs: min(1, (x / x_max)^α).

    Attributes:
        x_max: count from which on cells weigh 1.
        alpha: how the weight of the others falls.
    """

    x_max: float
    alpha: float

    def of(self, logs: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Those of cells with these logarithms of their counts."""
        return np.exp(self.alpha * np.minimum(0.0, logs - math.log(self.x_max)))


class HeldBack:
    """Cells that are not trained on: of both directions of some pairs of words, drawn at random.

    Attributes:
        rows: words i, shape `(cells,)`.
        columns: words j.
        logs: logarithms of their counts.
    """

    def __init__(
        self, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64], logs: npt.NDArray[np.float32]
    ) -> None:
        self.rows, self.columns, self.logs = rows, columns, logs

    def loss(self, inputs: FloatMatrix, outputs: FloatMatrix, biases: FloatMatrix, weights: Weights) -> float:
        """Mean weighted squared error; `biases` has those of the words i in column 0, those of the words j in 2."""
        logs, total = self.logs.astype(np.float64), 0.0
        for first in range(0, len(self.rows), AT_A_TIME):
            part = slice(first, first + AT_A_TIME)
            rows, columns = self.rows[part], self.columns[part]
            scores = np.einsum("ed,ed->e", inputs[rows], outputs[columns]).astype(np.float64)
            scores += biases[rows, 0] + biases[columns, 2]
            total += float((weights.of(logs[part]) * (scores - logs[part]) ** 2).sum())
        return total / len(self.rows)


class Cells:
    """Shuffled cells, cut into runs and the runs into blocks; the counts are used up.

    Args:
        counts: of pairs of words, above zero.
        share: of the pairs that are held back.
        seed: decides on the pairs held back and on every order.
        threads: that shuffle.

    Attributes:
        columns: words j of the cells.
        logs: logarithms of their counts.
        begins: where the cells of each run begin.
        ends: where they end.
        owners: the word i of each run.
        held_back: cells that are not trained on.
        blocks: of an epoch; 0 where there is no cell.
    """

    def __init__(self, counts: Sparse, share: float, seed: int, threads: int) -> None:
        self._seed, self._epoch = seed, -1
        self.columns, self.logs = counts.columns, counts.values
        self._shuffle(counts, threads)
        row_ends = counts.starts[1:].copy()
        self.held_back = self._hold_back(counts, row_ends, share)
        lengths = row_ends - counts.starts[:-1]
        pieces = -(-lengths // RUN)
        self.owners = np.repeat(np.arange(counts.rows, dtype=np.uint32), pieces)
        within = np.arange(len(self.owners)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        self.begins = counts.starts[self.owners] + RUN * within
        self.ends = np.minimum(self.begins + RUN, row_ends[self.owners])
        self.total = int(lengths.sum())
        size = min(max(self.total // BLOCKS_PER_EPOCH, SMALLEST_BLOCK), LARGEST_BLOCK)
        self._runs = max(1, len(self.owners) * size // max(1, self.total))
        self.blocks = -(-len(self.owners) // self._runs)

    def order(self, block: int) -> npt.NDArray[np.uint32]:
        """Numbers of the runs of a block, a function of the seed and the block's number since training began."""
        epoch, within = divmod(block, self.blocks)
        if epoch != self._epoch:
            rng = np.random.default_rng(block_seed(self._seed, epoch))
            # Threads that come to the next epoch at the same time make the same order.
            self._order = rng.permutation(len(self.owners)).astype(np.uint32)
            self._epoch = epoch
        return self._order[within * self._runs : (within + 1) * self._runs]

    def loss_of_zeros(self, weights: Weights) -> float:
        """Mean loss where all vectors and biases are zero, from a sample of the cells; at least 1."""
        logs = self.logs[:: max(1, len(self.logs) // MOST_SAMPLED)].astype(np.float64)
        return max(float((weights.of(logs) * logs**2).mean()), 1.0) if len(logs) else math.inf

    def _shuffle(self, counts: Sparse, threads: int) -> None:
        from core.kernels.glove import shuffle_rows

        bounds, seed = counts.cut(64).tolist(), np.uint64(block_seed(self._seed, -2))

        def shuffle(piece: int, tally: Tally) -> None:
            shuffle_rows(counts.starts, self.columns, self.logs, bounds[piece], bounds[piece + 1], seed)
            tally.add(0.0, 0)

        with Workers(threads, shuffle) as workers:
            workers.run(0, len(bounds) - 1, math.inf)

    def _hold_back(self, counts: Sparse, row_ends: npt.NDArray[np.int64], share: float) -> HeldBack:
        from core.kernels.glove import hold_back

        wanted = 0
        if share > 0 and counts.cells >= FEWEST_LEFT:
            wanted = min(max(1, round(share * counts.cells / 2)), MOST_HELD_BACK, counts.cells // 4)
        rng = np.random.default_rng([self._seed, 0x4E1D])
        picked = np.sort(rng.integers(0, max(1, counts.cells), wanted))
        one = (np.searchsorted(counts.starts, picked, side="right") - 1).astype(np.uint32)
        other = self.columns[picked]
        rows, columns = np.concatenate((one, other)), np.concatenate((other, one))
        found = np.empty(len(rows), np.float32)
        hold_back(counts.starts, row_ends, self.columns, self.logs, rows, columns, found)
        kept = np.isfinite(found)
        return HeldBack(rows[kept].astype(np.int64), columns[kept].astype(np.int64), found[kept])
