"""Sixteen lanes by their bits and places: parts of floats, lanes in another order, and turns of a path.

A turn is twice the number of a node, and 1 more towards the second of its branches (`core.kernels.huffman`). Sixteen
turns are loaded as a vector of floats and read as what they are here.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import config, types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

from core.kernels.lanes import LANES, emit_constant, emit_shuffle, lanes, operation

__all__ = [
    "apart",
    "apart_later",
    "exponent_of",
    "four_times",
    "half_twice",
    "later_half_twice",
    "mantissa_of",
    "signs_of",
    "store_places",
]

_VECTOR = ir.VectorType(ir.FloatType(), LANES)
_INTEGERS = ir.VectorType(ir.IntType(32), LANES)
_PLACES = ir.VectorType(ir.IntType(64), LANES)
_NONE = range(LANES, LANES + 4)

_ORDERS = {
    "half_twice": [*range(8), *range(8)],
    "later_half_twice": [*range(8, 16), *range(8, 16)],
    "four_times": [*range(4)] * 4,
    "apart": [*range(4), *_NONE, *range(4, 8), *_NONE],
    "apart_later": [*range(8, 12), *_NONE, *range(12, 16), *_NONE],
}
"""Lanes in the order in which they are to stand; from sixteen on, zeros."""


def _everywhere(builder: Any, number: Any, kind: Any = _INTEGERS) -> Any:
    """Emit: sixteen times the same whole number."""
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), number, ir.IntType(32)(0))
    return builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), ir.Constant(_INTEGERS, [0] * LANES))


def _whole(number: int) -> Any:
    return ir.Constant(_INTEGERS, [number] * LANES)


def _is_before(builder: Any, count: Any) -> Any:
    first = _everywhere(builder, builder.trunc(count, ir.IntType(32)))
    return builder.icmp_signed("<", ir.Constant(_INTEGERS, list(range(LANES))), first)


def _ordered(name: str) -> Any:
    return operation(1, lambda builder, args: emit_shuffle(builder, args[0], emit_constant(0), _ORDERS[name]))


def _exponent_of(builder: Any, args: Sequence[Any]) -> Any:
    exponent = builder.lshr(builder.bitcast(args[0], _INTEGERS), _whole(23))
    return builder.sitofp(builder.sub(exponent, _whole(127)), _VECTOR)


def _mantissa_of(builder: Any, args: Sequence[Any]) -> Any:
    mantissa = builder.and_(builder.bitcast(args[0], _INTEGERS), _whole((1 << 23) - 1))
    return builder.bitcast(builder.or_(mantissa, _whole(127 << 23)), _VECTOR)


def _signs_of(typing: Any, turns: Any, count: Any) -> Any:
    """1 for turns to the first branch, −1 for those to the second, 0 from lane `count` on."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        branch = builder.and_(builder.bitcast(args[0], _INTEGERS), _whole(1))
        signs = builder.select(builder.icmp_signed("==", branch, _whole(0)), emit_constant(1), emit_constant(-1))
        return builder.select(_is_before(builder, args[1]), signs, emit_constant(0))

    return lanes(lanes, types.int64), generate


def _store_places(typing: Any, places: Any, at: Any, turns: Any, count: Any, busy: Any, home: Any, width: Any) -> Any:
    """Write the flat indices of the rows of sixteen turns' nodes, from lane `count` on those of the root.

    The rows of the first `busy` nodes are `home` further, those of a node `width` behind those of the one before.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        places, at, turns, count, busy, home, width = args
        node = builder.lshr(builder.bitcast(turns, _INTEGERS), _whole(1))
        node = builder.zext(builder.select(_is_before(builder, count), node, _whole(0)), _PLACES)
        copied = builder.icmp_signed("<", node, _everywhere(builder, busy, _PLACES))
        away = builder.select(copied, _everywhere(builder, home, _PLACES), ir.Constant(_PLACES, [0] * LANES))
        found = builder.add(builder.mul(node, _everywhere(builder, width, _PLACES)), away)
        data = make_array(signature.args[0])(context, builder, places).data
        builder.store(found, builder.bitcast(builder.gep(data, [at]), _PLACES.as_pointer())).align = 8
        return context.get_dummy_value()

    whole = types.int64
    return types.void(places, whole, lanes, whole, whole, whole, whole), generate


half_twice, later_half_twice, four_times, apart, apart_later = (_ordered(name) for name in _ORDERS)
exponent_of = operation(1, _exponent_of)
mantissa_of = operation(1, _mantissa_of)
signs_of: Any = intrinsic(_signs_of)
store_places: Any = intrinsic(_store_places)

if getattr(config, "DISABLE_JIT", False):

    def _reordered(name: str) -> Any:
        return lambda value: np.append(value, np.zeros(LANES, np.float32))[_ORDERS[name]].astype(np.float32)

    half_twice, later_half_twice, four_times, apart, apart_later = (_reordered(name) for name in _ORDERS)

    def exponent_of(value: Any) -> Any:
        """The power of two in each lane: of x from 2ⁿ up to 2ⁿ⁺¹ it is n."""
        return np.float32(np.frexp(value)[1] - 1)

    def mantissa_of(value: Any) -> Any:
        """What each lane is of that power, from 1 up to 2."""
        return np.float32(2 * np.frexp(value)[0])

    def signs_of(turns: Any, count: int) -> Any:
        """1 for turns to the first branch, −1 for those to the second, 0 from lane `count` on."""
        return np.where(np.arange(LANES) < count, 1 - 2 * (turns % 2).astype(np.float32), 0).astype(np.float32)

    def store_places(places: Any, at: int, turns: Any, count: int, busy: int, home: int, width: int) -> None:
        """Write the flat indices of the rows of sixteen turns' nodes, from lane `count` on those of the root."""
        node = np.where(np.arange(LANES) < count, turns // 2, 0).astype(np.int64)
        places[at : at + LANES] = node * width + np.where(node < busy, home, 0)
