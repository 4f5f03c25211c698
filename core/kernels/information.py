"""From counts to positive pointwise mutual information: what is above zero is counted, then written."""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba import types

__all__ = ["count_positive", "write_positive"]

Array = npt.NDArray[Any]

_STARTS = types.Array(types.int64, 1, "C", readonly=True)
_COLUMNS = types.Array(types.uint32, 1, "C", readonly=True)
_FLOATS = types.Array(types.float32, 1, "C", readonly=True)
_LOGS = types.Array(types.float64, 1, "C", readonly=True)


@numba.njit(
    types.void(_STARTS, _COLUMNS, _FLOATS, _LOGS, _LOGS, types.int64, types.int64, types.int64[::1]),
    nogil=True,
    cache=True,
    boundscheck=False,
)
def count_positive(
    starts: Array,
    columns: Array,
    values: Array,
    row_logs: Array,
    column_logs: Array,
    first: Any,
    last: Any,
    lengths: Array,
) -> None:
    """Count the cells of each row in which log(value) − row_logs[row] − column_logs[column] is above zero.

    Args:
        starts: of the rows.
        columns: of the cells.
        values: of the cells, above zero.
        row_logs: shape `(rows,)`.
        column_logs: shape `(columns,)`.
        first: first row.
        last: the one after the last.
        lengths: shape `(rows,)`, filled in.
    """
    for row in range(first, last):
        count: Any = 0
        for cell in range(starts[row], starts[row + 1]):
            count += np.int64(np.log(values[cell]) - row_logs[row] - column_logs[columns[cell]] > 0.0)
        lengths[row] = count


@numba.njit(
    types.void(
        _STARTS,
        _COLUMNS,
        _FLOATS,
        _LOGS,
        _LOGS,
        types.int64,
        types.int64,
        _STARTS,
        types.uint32[::1],
        types.float32[::1],
    ),
    nogil=True,
    cache=True,
    boundscheck=False,
)
def write_positive(
    starts: Array,
    columns: Array,
    values: Array,
    row_logs: Array,
    column_logs: Array,
    first: Any,
    last: Any,
    new_starts: Array,
    new_columns: Array,
    new_values: Array,
) -> None:
    """Write those cells, each row from `new_starts[row]` on; the arguments before that are `count_positive`'s."""
    for row in range(first, last):
        at = new_starts[row]
        for cell in range(starts[row], starts[row + 1]):
            information = np.log(values[cell]) - row_logs[row] - column_logs[columns[cell]]
            if information > 0.0:
                new_columns[at] = columns[cell]
                new_values[at] = information
                at += 1
