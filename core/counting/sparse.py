"""A sparse matrix, row after row, as the kernels take it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Sparse"]


@dataclass(frozen=True, slots=True)
class Sparse:
    """Cells other than zero.

    Attributes:
        starts: shape `(rows + 1,)`; row i has the cells from `starts[i]` to `starts[i + 1]`.
        columns: shape `(cells,)`.
        values: shape `(cells,)`.
        width: number of columns.
    """

    starts: npt.NDArray[np.int64]
    columns: npt.NDArray[np.uint32]
    values: npt.NDArray[np.float32]
    width: int

    @classmethod
    def empty(cls, rows: int, width: int) -> "Sparse":
        """A matrix of zeros."""
        return cls(np.zeros(rows + 1, np.int64), np.zeros(0, np.uint32), np.zeros(0, np.float32), width)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.starts) - 1

    @property
    def cells(self) -> int:
        """Number of cells other than zero."""
        return len(self.columns)

    def row_sums(self) -> npt.NDArray[np.float64]:
        """Sum of each row, shape `(rows,)`."""
        sums = np.zeros(self.rows)
        # Some rows at a time: in double precision, all the cells would be in memory twice.
        for first in range(0, self.rows, 8192):
            last = min(first + 8192, self.rows)
            begin, end = self.starts[first], self.starts[last]
            before = np.concatenate(([0.0], np.cumsum(self.values[begin:end], dtype=np.float64)))
            sums[first:last] = np.diff(before[self.starts[first : last + 1] - begin])
        return sums

    def cut(self, pieces: int) -> npt.NDArray[np.int64]:
        """Bounds of at most so many pieces of rows, each of about as many cells; at least one row each."""
        goals = np.linspace(0, self.cells, max(1, pieces) + 1)
        bounds = np.searchsorted(self.starts, goals, side="left")
        bounds[0], bounds[-1] = 0, self.rows
        return np.unique(bounds).astype(np.int64)
