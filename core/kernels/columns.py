"""The same sixteen floats of several rows as values: words of a window, side by side in vector registers.

What is loaded once serves all nodes of a path. How many rows there are is part of the type, as of `core.kernels.rows`
the vectors of one row: `zero_row(10)` is ten of these columns. Their factors stand `OUTPUTS` apart, as tiles have them.
"""

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import config
from numba.core import types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

from core.kernels.lanes import LANES, emit_fma, emit_splat, vector_pointer
from core.kernels.rows import build_row
from core.kernels.tiles import OUTPUTS

__all__ = ["add_to_columns", "fma_columns", "load_columns", "sum_columns"]


def _pointer(context: Any, builder: Any, signature: Any, args: Any, number: int) -> Any:
    """Where the column of a word begins: at the word's place in `places`, and `offset` further."""
    array, places, first, offset = args[:4]
    data = make_array(signature.args[1])(context, builder, places).data
    place = builder.load(builder.gep(data, [builder.add(first, ir.Constant(first.type, number))]))
    return vector_pointer(context, builder, signature.args[0], array, builder.add(place, offset))


def _load(builder: Any, pointer: Any) -> Any:
    found = builder.load(pointer)
    found.align = 4
    return found


def _factor(context: Any, builder: Any, kind: Any, factors: Any, at: Any, number: int) -> Any:
    data = make_array(kind)(context, builder, factors).data
    place = builder.add(at, ir.Constant(at.type, OUTPUTS * number))
    return emit_splat(builder, builder.load(builder.gep(data, [place])))


def _load_columns(typing: Any, array: Any, places: Any, first: Any, offset: Any, like: Any) -> Any:
    """Columns of the rows that `places` names from `first` on, as many as `like` has."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return build_row(builder, like, lambda k: _load(builder, _pointer(context, builder, signature, args, k)))

    return like(array, places, types.int64, types.int64, like), generate


def _add_to_columns(typing: Any, array: Any, places: Any, first: Any, offset: Any, row: Any) -> Any:
    """Add to the columns of rows, one after the other: where a word stands there twice, both count."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        for k in range(row.chunks):
            pointer = _pointer(context, builder, signature, args, k)
            total = builder.fadd(_load(builder, pointer), builder.extract_value(args[4], k))
            builder.store(total, pointer).align = 4
        return context.get_dummy_value()

    return types.void(array, places, types.int64, types.int64, row), generate


def _fma_columns(typing: Any, factors: Any, at: Any, vector: Any, row: Any) -> Any:
    """Each column plus its factor times a vector."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        def part(k: int) -> Any:
            factor = _factor(context, builder, signature.args[0], args[0], args[1], k)
            return emit_fma(builder, factor, args[2], builder.extract_value(args[3], k))

        return build_row(builder, row, part)

    return row(factors, types.int64, vector, row), generate


def _sum_columns(typing: Any, factors: Any, at: Any, row: Any, addend: Any) -> Any:
    """A vector plus all columns times their factors."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        # Two chains of sums instead of one: each waits half as long for its own last result.
        chains = [args[3], ir.Constant(args[3].type, [0.0] * LANES)]
        for k in range(row.chunks):
            factor = _factor(context, builder, signature.args[0], args[0], args[1], k)
            chains[k % 2] = emit_fma(builder, factor, builder.extract_value(args[2], k), chains[k % 2])
        return builder.fadd(*chains)

    return addend(factors, types.int64, row, addend), generate


load_columns: Any = intrinsic(_load_columns)
add_to_columns: Any = intrinsic(_add_to_columns)
fma_columns: Any = intrinsic(_fma_columns)
sum_columns: Any = intrinsic(_sum_columns)

if getattr(config, "DISABLE_JIT", False):

    def load_columns(array: Any, places: Any, first: int, offset: int, like: Any) -> Any:
        """Columns of the rows that `places` names from `first` on, as many as `like` has; shape `(rows, 16)`."""
        begins = places[first : first + len(like) // LANES] + offset
        return np.array([array.reshape(-1)[begin : begin + LANES] for begin in begins])

    def add_to_columns(array: Any, places: Any, first: int, offset: int, row: Any) -> None:
        """Add to the columns of rows, one after the other: where a word stands there twice, both count."""
        for begin, column in zip(places[first:] + offset, row.reshape(-1, LANES), strict=False):
            array.reshape(-1)[begin : begin + LANES] += column

    def fma_columns(factors: Any, at: int, vector: Any, row: Any) -> Any:
        """Each column plus its factor times a vector."""
        columns = row.reshape(-1, LANES)
        some = factors[at::OUTPUTS][: len(columns), None].astype(np.float64)
        return (some * vector + columns).astype(np.float32)

    def sum_columns(factors: Any, at: int, row: Any, addend: Any) -> Any:
        """A vector plus all columns times their factors."""
        some = factors[at::OUTPUTS][: len(row)].astype(np.float64)
        return (some @ row + addend).astype(np.float32)
