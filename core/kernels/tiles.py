"""Tiles of dot products and their gradients: two rows against eight outputs, in registers from end to end.

A tile's sixteen scores stand in one vector: lanes 0 to 7 are the first row's, 8 to 15 the second's. Shapes: `chunks` is
the width of a row in vectors, a constant where these functions are inlined, so that LLVM unrolls the loops over it.
"""

from typing import Any

import numba
import numpy as np

from core.kernels.lane_bits import exponent_of, mantissa_of
from core.kernels.lanes import (
    LANES,
    add,
    div,
    fma,
    load,
    magnitude,
    minimum,
    mul,
    prefetch,
    round_lanes,
    scale_by_power,
    splat,
    store,
    sub,
    totals,
    where_negative,
    zero,
)
from core.kernels.sampling import Array

__all__ = [
    "OUTPUTS",
    "aligned_floats",
    "fetch_row",
    "lanes_total",
    "logarithm",
    "power_of_two",
    "score_pair",
    "sigmoid_and_loss",
    "sigmoid_and_power",
    "take_steps",
    "take_steps_to",
]

OUTPUTS = 8
"""Outputs of a tile: three positives and five negatives fill it."""

# 2^x for x in −½ to ½ and log(1 + x) for x in 0 to 1, Chebyshev interpolants; errors 3e-9 and 4e-8.
_E0, _E1, _E2, _E3, _E4, _E5, _E6 = (
    np.float32(c) for c in (1, 0.693147207, 0.240226509, 0.0555032723, 0.00961805668, 0.00134004282, 0.000154614447)
)
_L0, _L1, _L2, _L3, _L4, _L5, _L6, _L7, _L8 = (
    np.float32(c)
    for c in (
        3.91090555e-08,
        0.99999363,
        -0.499825499,
        0.331446652,
        -0.239433371,
        0.16499813,
        -0.0922904174,
        0.0342646,
        -0.00600660505,
    )
)
_LN2 = np.float32(0.6931471805599453)
_LOG2E = np.float32(1.4426950408889634)
_ONE = np.float32(1)
_LARGEST = np.float32(80)


@numba.njit(forceinline=True)
def power_of_two(power: Any) -> Any:
    """2^x of sixteen x, none further from 0 than 126: beyond, the exponent has no room."""
    whole = round_lanes(power)
    rest = sub(power, whole)
    e = splat(_E6)
    e = fma(e, rest, splat(_E5))
    e = fma(e, rest, splat(_E4))
    e = fma(e, rest, splat(_E3))
    e = fma(e, rest, splat(_E2))
    e = fma(e, rest, splat(_E1))
    return scale_by_power(fma(e, rest, splat(_E0)), whole)


@numba.njit
def aligned_floats(count: Any) -> Any:
    """Zeros that begin on a cache line; of a buffer that does not, each vector would lie across two lines."""
    buffer = np.zeros(count + LANES, np.float32)
    start = (-buffer.ctypes.data % 64) // 4
    return buffer[start : start + count]


@numba.njit(forceinline=True)
def _log_of_one_more(value: Any) -> Any:
    """log(1 + x) of sixteen x from 0 to 1."""
    log = splat(_L8)
    log = fma(log, value, splat(_L7))
    log = fma(log, value, splat(_L6))
    log = fma(log, value, splat(_L5))
    log = fma(log, value, splat(_L4))
    log = fma(log, value, splat(_L3))
    log = fma(log, value, splat(_L2))
    log = fma(log, value, splat(_L1))
    return fma(log, value, splat(_L0))


@numba.njit(forceinline=True)
def logarithm(value: Any) -> Any:
    """Natural logarithms of sixteen x from 1 up."""
    return fma(exponent_of(value), splat(_LN2), _log_of_one_more(sub(mantissa_of(value), splat(_ONE))))


@numba.njit(forceinline=True)
def sigmoid_and_power(score: Any) -> Any:
    """σ(x) and e^−|x| of sixteen scores x. Of a true word −log σ(x) is log(1 + e^−|x|) − min(x, 0).

    Where many losses are added up, multiply: one logarithm of the product, instead of one each.
    """
    one = splat(_ONE)
    power = power_of_two(mul(minimum(magnitude(score), splat(_LARGEST)), splat(-_LOG2E)))
    above = div(one, add(one, power))
    return where_negative(score, sub(one, above), above), power


@numba.njit(forceinline=True)
def sigmoid_and_loss(score: Any, sign: Any) -> Any:
    """σ(x) and −log σ(sign·x) of sixteen scores x; `sign` is 1 for a true word and −1 for a negative."""
    sigmoid, power = sigmoid_and_power(score)
    return sigmoid, sub(_log_of_one_more(power), minimum(mul(sign, score), zero()))


@numba.njit(forceinline=True)
def fetch_row(matrix: Array, row: Any, chunks: Any) -> None:
    """Ask for a row of a matrix, to be worked on a group later."""
    for k in range(chunks):
        prefetch(matrix, row + 16 * k)


@numba.njit(forceinline=True)
def score_pair(rows: Array, a: Any, b: Any, outputs: Array, targets: Array, at: Any, chunks: Any) -> Any:
    """Dot products of two rows with the eight outputs that `targets` names from `at` on."""
    t0, t1, t2, t3 = targets[at], targets[at + 1], targets[at + 2], targets[at + 3]
    t4, t5, t6, t7 = targets[at + 4], targets[at + 5], targets[at + 6], targets[at + 7]
    a0, a1, a2, a3, a4, a5, a6, a7 = zero(), zero(), zero(), zero(), zero(), zero(), zero(), zero()
    b0, b1, b2, b3, b4, b5, b6, b7 = zero(), zero(), zero(), zero(), zero(), zero(), zero(), zero()
    for k in range(chunks):
        c = 16 * k
        x, y = load(rows, a + c), load(rows, b + c)
        o = load(outputs, t0 + c)
        a0, b0 = fma(x, o, a0), fma(y, o, b0)
        o = load(outputs, t1 + c)
        a1, b1 = fma(x, o, a1), fma(y, o, b1)
        o = load(outputs, t2 + c)
        a2, b2 = fma(x, o, a2), fma(y, o, b2)
        o = load(outputs, t3 + c)
        a3, b3 = fma(x, o, a3), fma(y, o, b3)
        o = load(outputs, t4 + c)
        a4, b4 = fma(x, o, a4), fma(y, o, b4)
        o = load(outputs, t5 + c)
        a5, b5 = fma(x, o, a5), fma(y, o, b5)
        o = load(outputs, t6 + c)
        a6, b6 = fma(x, o, a6), fma(y, o, b6)
        o = load(outputs, t7 + c)
        a7, b7 = fma(x, o, a7), fma(y, o, b7)
    return totals(a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7)


@numba.njit(forceinline=True)
def take_steps_to(
    rows: Array,
    places: Array,
    first: Any,
    count: Any,
    steps: Array,
    outputs: Array,
    targets: Array,
    at: Any,
    results: Array,
    destinations: Array,
    chunks: Any,
) -> None:
    """Take one gradient step: results += steps · outputs and outputs += stepsᵀ · rows, with the outputs from before.

    Rows are worked on one after the other and each output is read again before its sum is added, so that no step is
    lost where a word stands among the rows or the outputs more than once.

    Args:
        rows: the matrix of the rows.
        places: flat indices of rows; those from `first` on take part.
        first: where in `places` to begin.
        count: how many rows.
        steps: for each row eight numbers, learning rate times weight times (label − σ).
        outputs: the matrix of the outputs.
        targets: flat indices of outputs.
        at: where in `targets` the eight outputs stand.
        results: what the rows' steps are added to, at the rows' places: the rows themselves, or sums kept apart.
        destinations: flat indices of where in `results` each sum is put: those of `places`, or of a sink for rows that
            must not move.
        chunks: width of a row in vectors.
    """
    t0, t1, t2, t3 = targets[at], targets[at + 1], targets[at + 2], targets[at + 3]
    t4, t5, t6, t7 = targets[at + 4], targets[at + 5], targets[at + 6], targets[at + 7]
    for k in range(chunks):
        c = 16 * k
        o0, o1, o2, o3 = load(outputs, t0 + c), load(outputs, t1 + c), load(outputs, t2 + c), load(outputs, t3 + c)
        o4, o5, o6, o7 = load(outputs, t4 + c), load(outputs, t5 + c), load(outputs, t6 + c), load(outputs, t7 + c)
        d0, d1, d2, d3, d4, d5, d6, d7 = zero(), zero(), zero(), zero(), zero(), zero(), zero(), zero()
        for i in range(count):
            row, step = places[first + i] + c, OUTPUTS * i
            x = load(rows, row)
            # Two chains of sums instead of one: each waits half as long for its own last result.
            y, z = load(results, row), zero()
            g = splat(steps[step])
            d0, y = fma(g, x, d0), fma(g, o0, y)
            g = splat(steps[step + 1])
            d1, z = fma(g, x, d1), fma(g, o1, z)
            g = splat(steps[step + 2])
            d2, y = fma(g, x, d2), fma(g, o2, y)
            g = splat(steps[step + 3])
            d3, z = fma(g, x, d3), fma(g, o3, z)
            g = splat(steps[step + 4])
            d4, y = fma(g, x, d4), fma(g, o4, y)
            g = splat(steps[step + 5])
            d5, z = fma(g, x, d5), fma(g, o5, z)
            g = splat(steps[step + 6])
            d6, y = fma(g, x, d6), fma(g, o6, y)
            g = splat(steps[step + 7])
            d7, z = fma(g, x, d7), fma(g, o7, z)
            store(results, destinations[first + i] + c, add(y, z))
        store(outputs, t0 + c, add(load(outputs, t0 + c), d0))
        store(outputs, t1 + c, add(load(outputs, t1 + c), d1))
        store(outputs, t2 + c, add(load(outputs, t2 + c), d2))
        store(outputs, t3 + c, add(load(outputs, t3 + c), d3))
        store(outputs, t4 + c, add(load(outputs, t4 + c), d4))
        store(outputs, t5 + c, add(load(outputs, t5 + c), d5))
        store(outputs, t6 + c, add(load(outputs, t6 + c), d6))
        store(outputs, t7 + c, add(load(outputs, t7 + c), d7))


@numba.njit(forceinline=True)
def take_steps(
    rows: Array,
    places: Array,
    first: Any,
    count: Any,
    steps: Array,
    outputs: Array,
    targets: Array,
    at: Any,
    results: Array,
    chunks: Any,
) -> None:
    """Take one gradient step as `take_steps_to` does, with every sum put where it was begun."""
    take_steps_to(rows, places, first, count, steps, outputs, targets, at, results, places, chunks)


@numba.njit
def lanes_total(values: Any) -> Any:
    """Sum of sixteen lanes, in double precision."""
    buffer = np.zeros(16, np.float32)
    store(buffer, 0, values)
    total: Any = 0.0
    for value in buffer:
        total += value
    return total
