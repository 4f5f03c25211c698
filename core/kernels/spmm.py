"""A sparse matrix times a narrow dense one: the rows of the answer stay in registers.

What bounds the speed is reading the rows of the dense matrix, one for each cell: with words in the order of their
frequency most of them are in the cache.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba import types

from core.kernels import rows
from core.kernels.lanes import digest, prefetch
from core.kernels.rows import fma_row, load_row, store_row, zero_row

__all__ = ["WIDEST", "product_kernel", "warm"]

Array = npt.NDArray[Any]
AHEAD = 6
"""Cells ahead of which a row is asked for."""
WIDEST = 256
"""Floats of a row that fit in registers; wider matrices are multiplied in strips."""


def _read(dtype: Any) -> Any:
    return types.Array(dtype, 1, "C", readonly=True)


SIGNATURE = types.void(
    _read(types.int64),  # where each row begins
    _read(types.uint32),  # columns of the cells
    _read(types.float32),  # values of the cells
    types.Array(types.float32, 2, "C"),  # the dense matrix
    types.int64,  # first row
    types.int64,  # last row, exclusive
    types.Array(types.float32, 2, "C"),  # the product
)


@cache
def product_kernel(width: int) -> Callable[..., None]:
    """Compile (or load) the kernel for a dense matrix of `width` columns, a multiple of 16."""
    version = digest(__file__, rows.__file__)
    chunks = width // 16

    @numba.njit(SIGNATURE, cache=True, nogil=True, fastmath=True, boundscheck=False)
    def product(
        starts: Array, columns: Array, values: Array, dense: Array, first: Any, last: Any, answer: Array
    ) -> None:
        none = zero_row(chunks)
        end = starts[last] + 0 * version
        for row in range(first, last):
            total = none
            for cell in range(starts[row], starts[row + 1]):
                ahead = np.int64(columns[min(cell + AHEAD, end - 1)]) * width
                for k in range(chunks):
                    prefetch(dense, ahead + 16 * k)
                total = fma_row(values[cell], load_row(dense, np.int64(columns[cell]) * width, none), total)
            store_row(answer, row * width, total)

    return product


def warm(widths: Iterable[int] = (112, 208)) -> None:
    """Compile and cache the kernel for the usual widths."""
    for width in widths:
        product_kernel(width)
