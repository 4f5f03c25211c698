"""CBOW with negative sampling, one block of tokens at a time."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba import types

__all__ = ["cbow_kernel", "warm"]

BUFFER = 4096
BOUND = 8.0
SLOTS = 4096

Array = npt.NDArray[Any]
MATRIX = types.Array(types.float32, 2, "C")


def _read(dtype: Any) -> Any:
    return types.Array(dtype, 1, "C", readonly=True)


SIGNATURE = types.void(
    _read(types.uint32),
    _read(types.int64),
    _read(types.boolean),
    types.int64,
    types.int64,
    MATRIX,
    MATRIX,
    _read(types.uint32),
    _read(types.uint32),
    _read(types.uint32),
    types.int64,
    types.int64,
    types.int64,
    types.float64,
    types.uint64,
    types.Array(types.float64, 1, "C"),
)


@numba.njit
def _mix(state: Any) -> Any:
    """The output function of splitmix64 (Steele, Lea and Flood, 2014)."""
    z = state
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


_X = (np.arange(SLOTS, dtype=np.float64) + 0.5) * (2 * BOUND / SLOTS) - BOUND
SIGMOID = (1 / (1 + np.exp(-_X))).astype(np.float32)
LOSS = np.log1p(np.exp(-_X)).astype(np.float32)


@cache
def cbow_kernel(width: int) -> Callable[..., None]:
    """Compile (or load) the kernel for rows of `width` floats.

    Each context word gets the whole error of their mean, as in word2vec.c and gensim: the gradient of the mean times
    the number of contexts. A rate that suits those programs suits this one.
    """

    @numba.njit(SIGNATURE, cache=True, nogil=True, fastmath=True, boundscheck=False)
    def block(
        tokens: Array,
        offsets: Array,
        held_out: Array,
        first: Any,
        last: Any,
        inputs: Array,
        outputs: Array,
        keep: Array,
        odds: Array,
        aliases: Array,
        window: Any,
        negatives: Any,
        group: Any,
        rate: Any,
        seed: Any,
        totals: Array,
    ) -> None:
        vocabulary = np.uint64(keep.shape[0])
        step = np.uint64(0x9E3779B97F4A7C15)
        low = np.uint64(0xFFFFFFFF)
        half = np.uint64(32)
        state = seed
        words = np.empty(BUFFER, np.int64)
        mean = np.empty(width, np.float32)
        error = np.empty(width, np.float32)
        alpha = np.float32(rate)
        loss = 0.0
        examples = 0
        for segment in range(first, last):
            if held_out[segment]:
                continue
            position = offsets[segment]
            end = offsets[segment + 1]
            while position < end:
                count = 0
                while position < end and count < BUFFER:
                    word = np.uint64(tokens[position])
                    position += 1
                    if word < vocabulary:
                        state += step
                        if (_mix(state) & low) <= np.uint64(keep[word]):
                            words[count] = np.int64(word)
                            count += 1
                for centre in range(count):
                    state += step
                    reach = 1 + np.int64(((_mix(state) & low) * np.uint64(window)) >> half)
                    start: Any = max(0, centre - reach)
                    stop: Any = min(count, centre + reach + 1)
                    contexts = stop - start - 1
                    if contexts == 0:
                        continue
                    for k in range(width):
                        mean[k] = 0
                        error[k] = 0
                    for at in range(start, stop):
                        if at != centre:
                            context = words[at]
                            for k in range(width):
                                mean[k] += inputs[context, k]
                    share = np.float32(1) / np.float32(contexts)
                    for k in range(width):
                        mean[k] *= share
                    positive = words[centre]
                    for j in range(1 + negatives):
                        target = positive
                        if j > 0:
                            for _ in range(16):
                                state += step
                                random = _mix(state)
                                slot = np.int64(((random >> half) * vocabulary) >> half)
                                target = slot if (random & low) <= np.uint64(odds[slot]) else np.int64(aliases[slot])
                                if target != positive:
                                    break
                            if target == positive:
                                target = (target + 1) % np.int64(vocabulary)
                        dot = np.float32(0)
                        for k in range(width):
                            dot += mean[k] * outputs[target, k]
                        x: Any = dot if j == 0 else -dot
                        index: Any = np.int64((min(max(x, -BOUND), BOUND) + BOUND) * (SLOTS / (2 * BOUND)))
                        index = min(index, SLOTS - 1)
                        loss += LOSS[index]
                        g = alpha * (np.float32(1) - SIGMOID[index])
                        if j > 0:
                            g = -g
                        for k in range(width):
                            error[k] += g * outputs[target, k]
                            outputs[target, k] += g * mean[k]
                    for at in range(start, stop):
                        if at != centre:
                            context = words[at]
                            for k in range(width):
                                inputs[context, k] += error[k]
                    examples += 1
        totals[0] += loss
        totals[1] += examples

    return block


def warm(widths: Iterable[int] = (64, 112, 128)) -> None:
    """Compile and cache the kernel for the usual widths."""
    for width in widths:
        cbow_kernel(width)
