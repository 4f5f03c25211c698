"""Sixteen floats at a time, as a type that kernels compute with: a vector register, or the two or four that make one.

LLVM vectorises a loop over a row by itself, but keeps only 256 bits of a register's 512, sums each dot product on its
own and spills what a tile of dot products needs; written out, the same work takes a third of the time. On processors
with narrower registers LLVM splits each operation. With `NUMBA_DISABLE_JIT=1` the same names are functions of numpy
arrays (`core.kernels.lanes_plain`), so that a kernel's own source can be followed step by step.

An index into a matrix is flat: of row r and lane k it is `r * width + k`.
"""

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import config, types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.extending import intrinsic, register_model
from numba.np.arrayobj import make_array

from core.kernels import lanes_plain

__all__ = [
    "LANES",
    "add",
    "count_up_to",
    "digest",
    "div",
    "emit_constant",
    "emit_fma",
    "emit_shuffle",
    "emit_splat",
    "fma",
    "halves_total",
    "lanes",
    "less_one",
    "load",
    "magnitude",
    "maximum",
    "minimum",
    "mul",
    "operation",
    "prefetch",
    "round_lanes",
    "running_totals",
    "scale_by_power",
    "splat",
    "square_root",
    "store",
    "sub",
    "totals",
    "vector_pointer",
    "where_negative",
    "with_lane",
    "zero",
]

LANES = 16

_VECTOR = ir.VectorType(ir.FloatType(), LANES)
_INTEGERS = ir.VectorType(ir.IntType(32), LANES)


class Lanes(types.Type):
    """Numba's name for a vector of sixteen float32."""

    def __init__(self) -> None:
        super().__init__(name=f"Lanes{LANES}")


lanes = Lanes()


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _VECTOR)


def digest(*files: str) -> int:
    """A number that changes with these files and this one.

    A kernel that calls compiled functions of other files holds it in its closure, which is part of the key of numba's
    cache: else the cache would not see an edit there, and answer with the old machine code.
    """
    return zlib.crc32(b"".join(Path(name).read_bytes() for name in (__file__, *files)))


def vector_pointer(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    """Where sixteen floats of an array begin."""
    return _pointer(context, builder, kind, array, index, _VECTOR)


def emit_splat(builder: Any, value: Any) -> Any:
    """Emit: sixteen times the same float."""
    empty = ir.Constant(_VECTOR, ir.Undefined)
    return emit_shuffle(builder, builder.insert_element(empty, value, ir.IntType(32)(0)), empty, [0] * LANES)


def emit_fma(builder: Any, a: Any, b: Any, c: Any) -> Any:
    """Emit: a·b + c, rounded once."""
    return _call(builder, "fma", (a, b, c))


def _pointer(context: Any, builder: Any, kind: Any, array: Any, index: Any, target: Any) -> Any:
    data = make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), target.as_pointer())


def _call(builder: Any, name: str, args: Sequence[Any]) -> Any:
    kind = ir.FunctionType(_VECTOR, [_VECTOR] * len(args))
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.v{LANES}f32"), args)


def emit_constant(value: float) -> Any:
    """Emit: sixteen times the same float, known before the kernel runs."""
    return ir.Constant(_VECTOR, [value] * LANES)


def emit_shuffle(builder: Any, a: Any, b: Any, order: Sequence[int]) -> Any:
    """Emit: lanes of two vectors, those of the second counted from sixteen on, in an order of their own."""
    return builder.shuffle_vector(a, b, ir.Constant(_INTEGERS, list(order)))


def operation(arity: int, emit: Callable[[Any, Sequence[Any]], Any]) -> Any:
    """An operation on `arity` vectors that gives a vector."""
    signature = lanes(*[lanes] * arity)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return emit(builder, args)

    match arity:
        case 1:
            return intrinsic(lambda typing, a: (signature, generate))
        case 2:
            return intrinsic(lambda typing, a, b: (signature, generate))
        case _:
            return intrinsic(lambda typing, a, b, c: (signature, generate))


def _merge(builder: Any, a: Any, b: Any, bit: int) -> Any:
    """Add lanes that differ in `bit`: of `a` where the bit is clear, of `b` where it is set."""
    first = [lane if not lane & bit else LANES + (lane ^ bit) for lane in range(LANES)]
    second = [lane | bit if not lane & bit else LANES + lane for lane in range(LANES)]
    return builder.fadd(emit_shuffle(builder, a, b, first), emit_shuffle(builder, a, b, second))


def _halves_total(builder: Any, args: Sequence[Any]) -> Any:
    total = args[0]
    for bit in (1, 2, 4):
        total = builder.fadd(total, emit_shuffle(builder, total, total, [lane ^ bit for lane in range(LANES)]))
    return total


def _running_totals(builder: Any, args: Sequence[Any]) -> Any:
    total, none = args[0], emit_constant(0)
    for reach in (1, 2, 4, 8):
        # Lanes from `reach` on take the one so far to the left, those before take a zero.
        moved = [LANES + lane if lane < reach else lane - reach for lane in range(LANES)]
        total = builder.fadd(total, emit_shuffle(builder, total, none, moved))
    return total


def _scale_by_power(builder: Any, args: Sequence[Any]) -> Any:
    exponent = builder.add(builder.fptosi(args[1], _INTEGERS), ir.Constant(_INTEGERS, [127] * LANES))
    return builder.fmul(args[0], builder.bitcast(builder.shl(exponent, ir.Constant(_INTEGERS, [23] * LANES)), _VECTOR))


def _where_negative(builder: Any, args: Sequence[Any]) -> Any:
    return builder.select(builder.fcmp_ordered("<", args[0], emit_constant(0)), args[1], args[2])


add = operation(2, lambda builder, args: builder.fadd(*args))
sub = operation(2, lambda builder, args: builder.fsub(*args))
mul = operation(2, lambda builder, args: builder.fmul(*args))
div = operation(2, lambda builder, args: builder.fdiv(*args))
fma = operation(3, lambda builder, args: _call(builder, "fma", args))
minimum = operation(2, lambda builder, args: _call(builder, "minnum", args))
maximum = operation(2, lambda builder, args: _call(builder, "maxnum", args))
magnitude = operation(1, lambda builder, args: _call(builder, "fabs", args))
round_lanes = operation(1, lambda builder, args: _call(builder, "rint", args))
square_root = operation(1, lambda builder, args: _call(builder, "sqrt", args))
scale_by_power = operation(2, _scale_by_power)
where_negative = operation(3, _where_negative)
halves_total = operation(1, _halves_total)
running_totals = operation(1, _running_totals)


def _zero(typing: Any) -> Any:
    """Sixteen zeros."""
    return lanes(), lambda context, builder, signature, args: emit_constant(0)


def _splat(typing: Any, value: Any) -> Any:
    """Sixteen times the same float."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return emit_splat(builder, args[0])

    return lanes(types.float32), generate


def _load(typing: Any, array: Any, index: Any) -> Any:
    """Sixteen neighbours of a C-contiguous float32 array, from a flat index on."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        found = builder.load(vector_pointer(context, builder, signature.args[0], args[0], args[1]))
        found.align = 4
        return found

    return lanes(array, types.int64), generate


def _store(typing: Any, array: Any, index: Any, value: Any) -> Any:
    """Write sixteen neighbours of an array."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = vector_pointer(context, builder, signature.args[0], args[0], args[1])
        builder.store(args[2], pointer).align = 4
        return context.get_dummy_value()

    return types.void(array, types.int64, lanes), generate


def _is_lane(builder: Any, lane: Any) -> Any:
    number, first = builder.trunc(lane, ir.IntType(32)), ir.IntType(32)(0)
    empty, same = ir.Constant(_INTEGERS, ir.Undefined), ir.Constant(_INTEGERS, [0] * LANES)
    everywhere = builder.shuffle_vector(builder.insert_element(empty, number, first), empty, same)
    return builder.icmp_signed("==", everywhere, ir.Constant(_INTEGERS, list(range(LANES))))


def _less_one(typing: Any, value: Any, lane: Any) -> Any:
    """One less in this lane; as it is where there is no such lane."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.select(_is_lane(builder, args[1]), builder.fsub(args[0], emit_constant(1)), args[0])

    return lanes(lanes, types.int64), generate


def _with_lane(typing: Any, value: Any, lane: Any, new: Any) -> Any:
    """Another number, not −0, in this lane.

    To write one number of a vector that is soon read whole, write it whole: the processor hands a vector that is on its
    way to memory on to who reads it, but has who reads more than is on its way wait. An addition, for LLVM makes of a
    choice the storing of one number again.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        here, none = _is_lane(builder, args[1]), emit_constant(0)
        there = builder.select(here, emit_splat(builder, args[2]), none)
        return builder.fadd(there, builder.select(here, none, args[0]))

    return lanes(lanes, types.int64, types.float32), generate


def _count_up_to(typing: Any, value: Any, limit: Any) -> Any:
    """How many lanes are not above a limit."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        below = builder.fcmp_ordered("<=", args[0], emit_splat(builder, args[1]))
        return builder.zext(builder.ctpop(builder.bitcast(below, ir.IntType(LANES))), ir.IntType(64))

    return types.int64(lanes, types.float32), generate


def _prefetch(typing: Any, array: Any, index: Any) -> Any:
    """Ask for the cache line at a flat index, soon to be read and written."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        number, byte = ir.IntType(32), ir.IntType(8)
        kind = ir.FunctionType(ir.VoidType(), [byte.as_pointer(), number, number, number])
        ask = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        pointer = _pointer(context, builder, signature.args[0], args[0], args[1], byte)
        builder.call(ask, [pointer, number(1), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(array, types.int64), generate


def _totals(  # one argument a lane: numba has no tuple of them that stays in registers
    typing: Any,
    a0: Any,
    a1: Any,
    a2: Any,
    a3: Any,
    a4: Any,
    a5: Any,
    a6: Any,
    a7: Any,
    b0: Any,
    b1: Any,
    b2: Any,
    b3: Any,
    b4: Any,
    b5: Any,
    b6: Any,
    b7: Any,
) -> Any:
    """Lane i of the answer is the sum over the lanes of the i-th vector: sixteen sums for fifteen merges."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        vectors = list(args)
        for bit in (1, 2, 4, 8):
            vectors = [_merge(builder, vectors[i], vectors[i + 1], bit) for i in range(0, len(vectors), 2)]
        return vectors[0]

    return lanes(*[lanes] * LANES), generate


zero: Any = intrinsic(_zero)
splat: Any = intrinsic(_splat)
load: Any = intrinsic(_load)
store: Any = intrinsic(_store)
less_one: Any = intrinsic(_less_one)
with_lane: Any = intrinsic(_with_lane)
count_up_to: Any = intrinsic(_count_up_to)
prefetch: Any = intrinsic(_prefetch)
totals: Any = intrinsic(_totals)

if getattr(config, "DISABLE_JIT", False):
    globals().update({name: getattr(lanes_plain, name) for name in __all__ if hasattr(lanes_plain, name)})
