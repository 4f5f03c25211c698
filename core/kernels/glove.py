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

from core.kernels import tiles
from core.kernels.lanes import (
    add,
    digest,
    div,
    fma,
    load,
    maximum,
    minimum,
    mul,
    prefetch,
    splat,
    square_root,
    store,
    sub,
    totals,
)
from core.kernels.lanes import zero as zeros
from core.kernels.tiles import lanes_total, power_of_two

__all__ = ["RUN", "glove_kernel", "hold_back", "shuffle_rows", "warm"]

Array = npt.NDArray[Any]
RUN = 16
"""Cells of a run, at most."""
LOG2E = 1.4426950408889634

_ONE, _LEAST = np.float32(1), np.float32(-100)


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
    _read(types.boolean),  # frozen words i; read by kernels for frozen rows only
    _read(types.boolean),  # frozen words j, likewise
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


@numba.njit(forceinline=True)
def _scores(inputs: Array, mine: Any, outputs: Array, theirs: Array, chunks: Any) -> Any:
    """Dot products of a row with the sixteen that `theirs` names."""
    t0, t1, t2, t3, t4, t5, t6, t7 = (
        theirs[0], theirs[1], theirs[2], theirs[3], theirs[4], theirs[5], theirs[6], theirs[7],
    )  # fmt: skip
    t8, t9, ta, tb, tc, td, te, tf = (
        theirs[8], theirs[9], theirs[10], theirs[11], theirs[12], theirs[13], theirs[14], theirs[15],
    )  # fmt: skip
    s0, s1, s2, s3, s4, s5, s6, s7 = zeros(), zeros(), zeros(), zeros(), zeros(), zeros(), zeros(), zeros()
    s8, s9, sa, sb, sc, sd, se, sf = zeros(), zeros(), zeros(), zeros(), zeros(), zeros(), zeros(), zeros()
    for k in range(chunks):
        c = 16 * k
        v = load(inputs, mine + c)
        s0, s1 = fma(v, load(outputs, t0 + c), s0), fma(v, load(outputs, t1 + c), s1)
        s2, s3 = fma(v, load(outputs, t2 + c), s2), fma(v, load(outputs, t3 + c), s3)
        s4, s5 = fma(v, load(outputs, t4 + c), s4), fma(v, load(outputs, t5 + c), s5)
        s6, s7 = fma(v, load(outputs, t6 + c), s6), fma(v, load(outputs, t7 + c), s7)
        s8, s9 = fma(v, load(outputs, t8 + c), s8), fma(v, load(outputs, t9 + c), s9)
        sa, sb = fma(v, load(outputs, ta + c), sa), fma(v, load(outputs, tb + c), sb)
        sc, sd = fma(v, load(outputs, tc + c), sc), fma(v, load(outputs, td + c), sd)
        se, sf = fma(v, load(outputs, te + c), se), fma(v, load(outputs, tf + c), sf)
    return totals(s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, sa, sb, sc, sd, se, sf)


@cache
def glove_kernel(width: int, freezing: bool = False) -> Callable[..., None]:
    """Compile (or load) the kernel for vectors of `width` floats, a multiple of 16; `SIGNATURE` names its arguments.

    With `freezing` the vectors of frozen words stay as they are, to the bit, and so do their sums of squares; their
    biases move.

    The loss of a cell is f·e² with e = w_i·u_j + a_i + b_j − log x and f = min(1, (x / x_max)^α); the step of each
    parameter is rate·f·e·∂e / √(1 + Σ (rate·f·e·∂e)²), the sum over all its steps, this one included: Stanford's, but
    for this one, which Duchi's AdaGrad has too and without which a first step knows no bound.
    """
    version = digest(__file__, tiles.__file__)
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
        frozen: Array,
        frozen_contexts: Array,
        log_most: Any,
        alpha: Any,
        rate: Any,
        counted: Array,
    ) -> None:
        # Sixteen numbers each, one a cell: its log, the bias of j and its sum of squares, 1 or for filling 0, the step.
        log, bias, squared, live, steps = (
            np.zeros(RUN, np.float32),
            np.zeros(RUN, np.float32),
            np.zeros(RUN, np.float32),
            np.zeros(RUN, np.float32),
            np.zeros(RUN, np.float32),
        )
        theirs, soon = np.zeros(RUN, np.int64), np.zeros(RUN, np.int64)
        stays = np.zeros(RUN, np.bool_)
        losses = zeros()
        cells: Any = 0 * version
        one, pace, power = splat(_ONE), splat(np.float32(rate)), splat(np.float32(alpha * LOG2E))
        most = splat(np.float32(log_most))
        for number in range(order.size):
            run = np.int64(order[number])
            begin, count, owner = begins[run], ends[run] - begins[run], np.int64(owners[run])
            mine = owner * 2 * width
            after = np.int64(order[min(number + 1, order.size - 1)])
            next_begin, next_end, next_owner = begins[after], ends[after], np.int64(owners[after]) * 2 * width
            for lane in range(RUN):
                cell = begin + min(lane, count - 1)
                other = np.int64(columns[cell])
                theirs[lane] = other * 2 * width
                if freezing:
                    stays[lane] = frozen_contexts[other]
                log[lane], bias[lane], squared[lane] = logs[cell], biases[other, 2], biases[other, 3]
                live[lane] = 1 if lane < count else 0
                soon[lane] = np.int64(columns[min(next_begin + lane, next_end - 1)]) * 2 * width
            score = _scores(inputs, mine, outputs, theirs, chunks)
            error = sub(add(add(score, splat(biases[owner, 0])), load(bias, 0)), load(log, 0))
            exponent = mul(power, minimum(sub(load(log, 0), most), zeros()))
            weight = power_of_two(maximum(exponent, splat(_LEAST)))
            pull = mul(mul(weight, error), load(live, 0))
            losses = fma(pull, error, losses)
            step = mul(pace, pull)
            store(steps, 0, step)
            squares = fma(step, step, load(squared, 0))
            store(squared, 0, squares)
            store(bias, 0, sub(load(bias, 0), div(step, square_root(add(one, squares)))))
            whole, sum_of_squares = np.float32(0), biases[owner, 1]
            for lane in range(count):
                other = np.int64(columns[begin + lane])
                biases[other, 2], biases[other, 3] = bias[lane], squared[lane]
                whole += steps[lane]
                sum_of_squares += steps[lane] * steps[lane]
            biases[owner, 1] = sum_of_squares
            biases[owner, 0] -= whole / np.sqrt(_ONE + sum_of_squares)
            held = freezing and frozen[owner]
            for k in range(chunks):
                v, total, all_squares = load(inputs, mine + 16 * k), zeros(), load(inputs, mine + 16 * k + width)
                prefetch(inputs, next_owner + 16 * k)
                prefetch(inputs, next_owner + 16 * k + width)
                for lane in range(count):
                    # Asked for a little at a time: all at once would wait for one another.
                    prefetch(outputs, soon[lane] + 16 * k)
                    prefetch(outputs, soon[lane] + 16 * k + width)
                    at = theirs[lane] + 16 * k
                    pace_of = splat(steps[lane])
                    u = load(outputs, at)
                    of_v, of_u = mul(pace_of, u), mul(pace_of, v)
                    total, all_squares = add(total, of_v), fma(of_v, of_v, all_squares)
                    if not (freezing and stays[lane]):
                        squares = fma(of_u, of_u, load(outputs, at + width))
                        store(outputs, at + width, squares)
                        store(outputs, at, sub(u, div(of_u, square_root(add(one, squares)))))
                if not held:
                    store(inputs, mine + 16 * k + width, all_squares)
                    store(inputs, mine + 16 * k, sub(v, div(total, square_root(add(one, all_squares)))))
            cells += count
        counted[0] += lanes_total(losses)
        counted[1] += cells

    return block


def warm(widths: Iterable[int] = (64, 112)) -> None:
    """Compile and cache the kernel for the usual widths."""
    for width in widths:
        glove_kernel(width)
