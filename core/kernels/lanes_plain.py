"""The operations of `core.kernels.lanes` on numpy arrays of sixteen floats, for `NUMBA_DISABLE_JIT=1` and for tests."""

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = [
    "add",
    "count_up_to",
    "div",
    "fma",
    "halves_total",
    "less_one",
    "load",
    "magnitude",
    "maximum",
    "minimum",
    "mul",
    "prefetch",
    "round_lanes",
    "running_totals",
    "scale_by_power",
    "splat",
    "square_root",
    "store",
    "sub",
    "totals",
    "where_negative",
    "with_lane",
    "zero",
]

Vector = npt.NDArray[np.float32]

add, sub, mul, div = np.add, np.subtract, np.multiply, np.divide
minimum, maximum, magnitude, round_lanes = np.fmin, np.fmax, np.abs, np.rint
square_root = np.sqrt


def zero() -> Vector:
    """Sixteen zeros."""
    return np.zeros(16, np.float32)


def splat(value: float) -> Vector:
    """Sixteen times the same float."""
    return np.full(16, value, np.float32)


def load(array: npt.NDArray[np.float32], index: int) -> Vector:
    """Sixteen neighbours of a C-contiguous float32 array, from a flat index on."""
    return array.reshape(-1)[index : index + 16].copy()


def store(array: npt.NDArray[np.float32], index: int, value: Vector) -> None:
    """Write sixteen neighbours of an array."""
    array.reshape(-1)[index : index + 16] = value


def prefetch(array: npt.NDArray[np.float32], index: int) -> None:
    """Nothing: numpy cannot ask for a cache line."""


def fma(a: Vector, b: Vector, c: Vector) -> Vector:
    """a·b + c, rounded once."""
    return (a.astype(np.float64) * b + c).astype(np.float32)


def less_one(value: Vector, lane: int) -> Vector:
    """One less in this lane; as it is where there is no such lane."""
    return value - (np.arange(16) == lane).astype(np.float32)


def with_lane(value: Vector, lane: int, new: float) -> Vector:
    """Another number in this lane."""
    return np.where(np.arange(16) == lane, np.float32(new), value)


def count_up_to(value: Vector, limit: float) -> int:
    """How many lanes are not above a limit."""
    return int((value <= np.float32(limit)).sum())


def running_totals(value: Vector) -> Vector:
    """In each lane the sum of it and of all before."""
    total = value.copy()
    for reach in (1, 2, 4, 8):
        total[reach:] = total[reach:] + total[:-reach]
    return total


def scale_by_power(value: Vector, exponent: Vector) -> Vector:
    """Scale by 2^exponent, for whole exponents."""
    return np.ldexp(value, exponent.astype(np.int32)).astype(np.float32)


def where_negative(test: Vector, then: Vector, otherwise: Vector) -> Vector:
    """Lanes of `then` where `test` is below zero, else of `otherwise`."""
    return np.where(test < 0, then, otherwise)


def halves_total(value: Vector) -> Vector:
    """In each lane the sum of its half, the first eight lanes or the last eight."""
    return np.repeat(value.reshape(2, 8).sum(axis=1), 8).astype(np.float32)


def totals(*vectors: Any) -> Vector:
    """Lane i is the sum over the lanes of the i-th of sixteen vectors."""
    return np.stack(vectors).sum(axis=1).astype(np.float32)
