"""Whole rows as values: a row of a matrix held in as many vector registers as it takes.

Where a loop runs over words and adds up their rows, or adds one row to many, this leaves one short loop instead of one
for each vector of the row. A row of up to 192 floats finds room in the 32 registers of AVX-512. How many vectors a row
has is part of its type: `zero_row(chunks)` takes it from a constant, the others from a row that they are given.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import config, types
from numba.core.datamodel import models
from numba.extending import intrinsic, register_model

from core.kernels.lanes import LANES, emit_fma, emit_splat, vector_pointer

__all__ = ["add_row", "build_row", "fma_row", "load_row", "scale_row", "store_row", "zero_row"]

_VECTOR = ir.VectorType(ir.FloatType(), LANES)


class Row(types.Type):
    """Numba's name for a row of so many vectors."""

    def __init__(self, chunks: int) -> None:
        self.chunks = chunks
        super().__init__(name=f"Row{LANES}x{chunks}")

    @property
    def key(self) -> int:
        """What tells two of these types apart."""
        return self.chunks


@register_model(Row)
class _RowModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, ir.ArrayType(_VECTOR, kind.chunks))


def build_row(builder: Any, kind: Row, part: Callable[[int], Any]) -> Any:
    """Emit: a row whose vectors `part` emits, one after the other."""
    row = ir.Constant(ir.ArrayType(_VECTOR, kind.chunks), ir.Undefined)
    for k in range(kind.chunks):
        row = builder.insert_value(row, part(k), k)
    return row


def _zero_row(typing: Any, chunks: Any) -> Any:
    """A row of zeros; `chunks` is a constant."""
    if not isinstance(chunks, types.IntegerLiteral):
        return None
    kind = Row(chunks.literal_value)
    return kind(chunks), lambda context, builder, signature, args: build_row(
        builder, kind, lambda k: ir.Constant(_VECTOR, [0.0] * LANES)
    )


def _load_row(typing: Any, array: Any, index: Any, like: Any) -> Any:
    """The row at a flat index, of as many vectors as `like`."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        def part(k: int) -> Any:
            place = builder.add(args[1], ir.Constant(args[1].type, LANES * k))
            found = builder.load(vector_pointer(context, builder, signature.args[0], args[0], place))
            found.align = 4
            return found

        return build_row(builder, like, part)

    return like(array, types.int64, like), generate


def _store_row(typing: Any, array: Any, index: Any, row: Any) -> Any:
    """Write a row at a flat index."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        for k in range(row.chunks):
            place = builder.add(args[1], ir.Constant(args[1].type, LANES * k))
            pointer = vector_pointer(context, builder, signature.args[0], args[0], place)
            builder.store(builder.extract_value(args[2], k), pointer).align = 4
        return context.get_dummy_value()

    return types.void(array, types.int64, row), generate


def _add_row(typing: Any, a: Any, b: Any) -> Any:
    """Sum of two rows."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return build_row(
            builder, a, lambda k: builder.fadd(builder.extract_value(args[0], k), builder.extract_value(args[1], k))
        )

    return a(a, a), generate


def _scale_row(typing: Any, factor: Any, row: Any) -> Any:
    """A row times a float."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        factors = emit_splat(builder, args[0])
        return build_row(builder, row, lambda k: builder.fmul(factors, builder.extract_value(args[1], k)))

    return row(types.float32, row), generate


def _fma_row(typing: Any, factor: Any, row: Any, addend: Any) -> Any:
    """A float times a row, plus a row."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        factors = emit_splat(builder, args[0])
        return build_row(
            builder,
            row,
            lambda k: emit_fma(builder, factors, builder.extract_value(args[1], k), builder.extract_value(args[2], k)),
        )

    return row(types.float32, row, row), generate


zero_row: Any = intrinsic(prefer_literal=True)(_zero_row)
load_row: Any = intrinsic(_load_row)
store_row: Any = intrinsic(_store_row)
add_row: Any = intrinsic(_add_row)
scale_row: Any = intrinsic(_scale_row)
fma_row: Any = intrinsic(_fma_row)

if getattr(config, "DISABLE_JIT", False):

    def zero_row(chunks: int) -> Any:
        """A row of zeros."""
        return np.zeros(LANES * chunks, np.float32)

    def load_row(array: Any, index: int, like: Any) -> Any:
        """The row at a flat index, as long as `like`."""
        return array.reshape(-1)[index : index + len(like)].copy()

    def store_row(array: Any, index: int, row: Any) -> None:
        """Write a row at a flat index."""
        array.reshape(-1)[index : index + len(row)] = row

    def scale_row(factor: Any, row: Any) -> Any:
        """A row times a float."""
        return factor * row

    def fma_row(factor: Any, row: Any, addend: Any) -> Any:
        """A float times a row, plus a row, rounded once."""
        return (np.float64(factor) * row + addend).astype(np.float32)

    add_row = np.add
