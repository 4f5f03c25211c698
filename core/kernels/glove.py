"""GloVe's weighted least squares with AdaGrad, a run of cells after the other.

A cell is a pair of words (i, j) with the logarithm of its count. A run is a few cells of the same word i: its vector
and its sums of squares stay in the nearest cache, and only the rows of the words j come and go. The cells of a word
are shuffled once and the runs in each epoch, so that neighbouring steps have hardly more in common than at random.

What bounds the speed (100 dimensions): of each cell four rows are read and two pairs of them stepped, some 28 vectors
of arithmetic with a square root each; memory, asked for ahead, costs less than that.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba import types

from core.kernels.lanes import add, digest, div, fma, load, mul, prefetch, splat, square_root, store, sub
from core.kernels.lanes import zero as zeros

__all__ = ["glove_kernel", "hold_back", "shuffle_rows", "warm"]

Array = npt.NDArray[Any]
AHEAD = 3
"""Cells ahead of which a row is asked for."""

_ONE = np.float32(1)


def _read(dtype: Any) -> Any:
    return types.Array(dtype, 1, "C", readonly=True)


_MATRIX = types.Array(types.float32, 2, "C")

SIGNATURE = types.void(
    _read(types.uint32),  # words j of the cells
    _read(types.float32),  # logarithms of their counts
    _read(types.int64),  # runs: where the cells of each begin
    _read(types.int64),  # where they end
    _read(types.uint32),  # the word i of each
    _read(types.uint32),  # numbers of the runs to train, in their order
    _MATRIX,  # rows of i: a vector and, beside it, its sums of squares
    _MATRIX,  # rows of j: likewise
    _MATRIX,  # shape (words, 4): bias as i, its sum of squares, bias as j, its sum
    types.float64,  # logarithm of x_max
    types.float64,  # alpha
    types.float64,  # learning rate
    types.Array(types.float64, 1, "C"),  # totals: sum of the weighted squared errors, number of cells
)
"""Of a kernel: the arguments of one block."""


@numba.njit(
    types.void(_read(types.int64), types.uint32[::1], types.float32[::1], types.int64, types.int64, types.uint64),
    nogil=True,
    cache=True,
    boundscheck=False,
)
def shuffle_rows(starts: Array, columns: Array, values: Array, first: Any, last: Any, seed: Any) -> None:
    """Put the cells of each row from `first` to `last` in random order, and take the logarithms of their counts."""
    for row in range(first, last):
        # splitmix64, begun anew for each row, so that it does not matter which thread shuffles it.
        state = seed + np.uint64(row) * np.uint64(0xD1342543DE82EF95)
        begin, size = starts[row], starts[row + 1] - starts[row]
        for at in range(size - 1, 0, -1):
            state += np.uint64(0x9E3779B97F4A7C15)
            z = state
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            z = z ^ (z >> np.uint64(31))
            other = begin + np.int64(((z >> np.uint64(32)) * np.uint64(at + 1)) >> np.uint64(32))
            here = begin + at
            columns[here], columns[other] = columns[other], columns[here]
            values[here], values[other] = values[other], values[here]
        for cell in range(begin, begin + size):
            values[cell] = np.log(values[cell])


@numba.njit(
    types.void(
        _read(types.int64),
        types.int64[::1],
        types.uint32[::1],
        types.float32[::1],
        _read(types.uint32),
        _read(types.uint32),
        types.float32[::1],
    ),
    nogil=True,
    cache=True,
    boundscheck=False,
)
def hold_back(
    starts: Array, ends: Array, columns: Array, logs: Array, rows: Array, others: Array, found: Array
) -> None:
    """Move some cells behind the end of their rows.

    Args:
        starts: where each row begins.
        ends: where each row ends; moved forward.
        columns: of the cells.
        logs: of the cells.
        rows: of the cells to move.
        others: their columns.
        found: filled with their values, nan where there is no such cell (any more).
    """
    for number in range(rows.size):
        row, other = rows[number], others[number]
        found[number] = np.nan
        for cell in range(starts[row], ends[row]):
            if columns[cell] == other:
                last = ends[row] - 1
                found[number] = logs[cell]
                columns[cell], columns[last] = columns[last], columns[cell]
                logs[cell], logs[last] = logs[last], logs[cell]
                ends[row] = last
                break


@cache
def glove_kernel(width: int) -> Callable[..., None]:
    """Compile (or load) the kernel for vectors of `width` floats, a multiple of 16; `SIGNATURE` names its arguments.

    The loss of a cell is f·e² with e = w_i·u_j + a_i + b_j − log x and f = min(1, (x / x_max)^α); the step of each
    parameter is rate·f·e·∂e / √(1 + Σ (rate·f·e·∂e)²), the sum over all its steps, this one included: Stanford's, but
    for this one, which Duchi's AdaGrad has too and without which a first step knows no bound.
    """
    version = digest(__file__)
    chunks = width // 16

    @numba.njit(SIGNATURE, cache=True, nogil=True, fastmath=True, boundscheck=False)
    def block(
        columns: Array,
        logs: Array,
        begins: Array,
        ends: Array,
        owners: Array,
        order: Array,
        inputs: Array,
        outputs: Array,
        biases: Array,
        log_most: Any,
        alpha: Any,
        rate: Any,
        counted: Array,
    ) -> None:
        buffer = np.zeros(16, np.float32)
        total: Any = 0.0
        cells: Any = 0 * version
        one = splat(_ONE)
        for number in range(order.size):
            run = np.int64(order[number])
            begin, end, owner = begins[run], ends[run], np.int64(owners[run])
            if number + 1 < order.size:
                following = np.int64(order[number + 1])
                soon = np.int64(owners[following]) * 2 * width
                for k in range(2 * chunks):
                    prefetch(inputs, soon + 16 * k)
            mine = owner * 2 * width
            for cell in range(begin, end):
                ahead = np.int64(columns[min(cell + AHEAD, end - 1)]) * 2 * width
                for k in range(2 * chunks):
                    prefetch(outputs, ahead + 16 * k)
                other = np.int64(columns[cell])
                theirs = other * 2 * width
                product = zeros()
                for k in range(chunks):
                    product = fma(load(inputs, mine + 16 * k), load(outputs, theirs + 16 * k), product)
                store(buffer, 0, product)
                score = np.float32(0)
                for lane in range(16):
                    score += buffer[lane]
                error = score + biases[owner, 0] + biases[other, 2] - logs[cell]
                less = logs[cell] - np.float32(log_most)
                weight = np.exp(np.float32(alpha) * less) if less < 0 else _ONE
                pull = weight * error
                total += pull * error
                step = np.float32(rate) * pull
                steps = splat(step)
                for k in range(chunks):
                    at, to = mine + 16 * k, theirs + 16 * k
                    v, u = load(inputs, at), load(outputs, to)
                    of_v, of_u = mul(steps, u), mul(steps, v)
                    squares = fma(of_v, of_v, load(inputs, at + width))
                    store(inputs, at + width, squares)
                    store(inputs, at, sub(v, mul(of_v, div(one, square_root(add(one, squares))))))
                    squares = fma(of_u, of_u, load(outputs, to + width))
                    store(outputs, to + width, squares)
                    store(outputs, to, sub(u, mul(of_u, div(one, square_root(add(one, squares))))))
                biases[owner, 1] += step * step
                biases[owner, 0] -= step / np.sqrt(_ONE + biases[owner, 1])
                biases[other, 3] += step * step
                biases[other, 2] -= step / np.sqrt(_ONE + biases[other, 3])
            cells += end - begin
        counted[0] += total
        counted[1] += cells

    return block


def warm(widths: Iterable[int] = (64, 112, 128)) -> None:
    """Compile and cache the kernel for the usual widths."""
    for width in widths:
        glove_kernel(width)
