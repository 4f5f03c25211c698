"""Latent Dirichlet allocation by collapsed Gibbs sampling: each word of each document is given a topic, over and over.

T. L. Griffiths and M. Steyvers, “Finding scientific topics”, PNAS 101, 2004: with what all other words have, topic k
is drawn for word w of document d in proportion to (n_dk + α_k)·(n_wk + β) / (n_k + Vβ). Those numbers are computed for
sixteen topics at a time, all of them for each word: up to some hundred topics that is faster than to keep lists of
those that a word or a document has.

What bounds the speed (100 topics, 13 million words a second): a word cannot be drawn before the one before it in its
document, so that the latencies of one draw add up, from the weights read to the weight written; the arithmetic on the
topics takes a third of it. What waited for more than it needed, and is why this is longer than its formula: a weight
written alone and read with fifteen others, a topic read that may just be written, a division, a branch on the draw.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba import types

from core.kernels.lanes import (
    add,
    count_up_to,
    digest,
    fma,
    less_one,
    load,
    mul,
    prefetch,
    running_totals,
    splat,
    store,
    with_lane,
    zero,
)

__all__ = ["NONE", "topics_kernel", "warm"]

Array = npt.NDArray[Any]

NONE = 65_535
"""The topic of a word that has none: not yet, or never."""
AHEAD = 4
"""Words ahead whose rows are asked for."""
TINY = 1e-12
FACTORS = 16
"""Probabilities that are multiplied before a logarithm is taken."""

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_S27, _S30, _S31, _S40 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(40)
_UNIT = np.float32(2.0**-24)


def _read(dtype: Any) -> Any:
    return types.Array(dtype, 1, "C", readonly=True)


_MATRIX = types.Array(types.float32, 2, "C")

SIGNATURE = types.void(
    _read(types.uint32),  # tokens
    _read(types.int64),  # offsets of the documents
    _read(types.boolean),  # held_out, a document
    types.int64,  # first document
    types.int64,  # last document, exclusive
    _read(types.boolean),  # common: words that take no part in the topics
    types.int64,  # topics
    types.uint16[::1],  # assignments: the topic of each token
    _MATRIX,  # counts of words in topics, shape (words, width), width a multiple of 16
    types.float64[::1],  # counts of topics, as this thread knows them, shape (width,)
    _read(types.float32),  # alpha, shape (width,), zeros beyond the topics
    types.float64,  # beta
    types.float64,  # beta times the number of words that take part
    types.uint64,  # seed of the block
    types.boolean,  # whether what is likely shall be summed
    _MATRIX,  # sums: what each word's topics are likely to be, shape of the counts
    types.float64[::1],  # totals: sum of the losses, number of words
)
"""Of the kernel: the arguments of one block."""


@numba.njit(forceinline=True)
def _read_document(
    tokens: Array, begin: Any, end: Any, common: Array, assignments: Array, words: Array, places: Array, mine: Array
) -> Any:
    """Gather the words that take part, the places where they stand and the topics that they have.

    Returns:
        How many words there are, and how many of them have a topic.
    """
    mine[:] = 0
    size: Any = 0
    known: Any = 0
    for place in range(begin, end):
        word = np.int64(tokens[place])
        if word < common.size and not common[word]:
            words[size], places[size] = word, place
            size += 1
            topic = np.int64(assignments[place])
            if topic != NONE:
                mine[topic] += np.float32(1)
                known += 1
    return size, known


@numba.njit(forceinline=True)
def _put(weights: Array, topic: Any, weight: Any) -> None:
    first = topic & ~15
    store(weights, first, with_lane(load(weights, first), topic - first, weight))


@numba.njit(forceinline=True)
def _draw(row: Any, old: Any, unit: Any, more: Any, weights: Array, counts: Array, ladder: Array, steps: Array) -> Any:
    """Draw a topic; `steps[16]` is left as the sum of all weights.

    That sum is cut into sixteen lanes, each of every sixteenth topic: first the lane is found in which the aim lies,
    then the place in the lane.
    """
    width = counts.shape[1]
    sofar = zero()
    for lane in range(0, width, 16):
        found = add(less_one(load(counts, row + lane), old - lane), more)
        sofar = fma(load(weights, lane), found, sofar)
        store(ladder, lane, sofar)
    running = running_totals(sofar)
    store(steps, 1, running)
    aim = steps[16] * unit
    lane = min(count_up_to(running, aim), 15)
    rest = aim - steps[lane]
    sixteens: Any = 0
    for first in range(0, width, 16):
        sixteens += 1 if ladder[first + lane] <= rest else 0
    return 16 * sixteens + lane


@numba.njit(forceinline=True)
def _add_likely(row: Any, old: Any, total: Any, more: Any, weights: Array, counts: Array, sums: Array) -> None:
    share = splat(np.float32(1) / total)
    for lane in range(0, counts.shape[1], 16):
        found = add(less_one(load(counts, row + lane), old - lane), more)
        found = mul(mul(load(weights, lane), found), share)
        store(sums, row + lane, add(load(sums, row + lane), found))


@numba.njit(forceinline=True)
def _add_mean(
    tokens: Array, begin: Any, end: Any, common: Array, alpha: Array, mine: Array, scale: Any, sums: Array
) -> None:
    """Words that take no part are told by the topics of the documents that they stand in."""
    width, share = alpha.size, splat(np.float32(scale))
    for place in range(begin, end):
        word = np.int64(tokens[place])
        if word < common.size and common[word]:
            for lane in range(0, width, 16):
                found = mul(add(load(mine, lane), load(alpha, lane)), share)
                store(sums, word * width + lane, add(load(sums, word * width + lane), found))


@cache
def topics_kernel() -> Callable[..., None]:
    """Compile (or load) the kernel; `SIGNATURE` names its arguments.

    The loss of a word is −log p(word), given the topics of all other words of its document and of all others so far.
    A word without a topic (in the first pass) takes part from the moment on at which it is given one.
    """
    version = digest(__file__)

    @numba.njit(SIGNATURE, cache=True, nogil=True, boundscheck=False, error_model="numpy")
    def block(
        tokens: Array,
        offsets: Array,
        held_out: Array,
        first: Any,
        last: Any,
        common: Array,
        topics: Any,
        assignments: Array,
        counts: Array,
        totals: Array,
        alpha: Array,
        beta: Any,
        smoothing: Any,
        seed: Any,
        soft: Any,
        sums: Array,
        counted: Array,
    ) -> None:
        width = counts.shape[1]
        longest: Any = 0 * version
        for document in range(first, last):
            longest = max(longest, offsets[document + 1] - offsets[document])
        words, places = np.empty(longest, np.int64), np.empty(longest, np.int64)
        # How often each topic stands in the document, and that weighed by how rare the topic is.
        mine, weights = np.zeros(width, np.float32), np.zeros(width, np.float32)
        ladder, steps = np.zeros(width, np.float32), np.zeros(17, np.float32)
        sizes = np.zeros(3, np.float32)
        # One over the size of each topic, and what it will be with a word more: no draw shall wait for a division.
        inverse, after = np.zeros(width, np.float32), np.zeros(width, np.float32)
        more, concentration = splat(np.float32(beta)), 0.0
        for topic in range(topics):
            concentration += np.float64(alpha[topic])
            inverse[topic] = np.float32(1.0 / (totals[topic] + smoothing))
            after[topic] = np.float32(1.0 / (totals[topic] + smoothing + 1.0))
        state, loss, product, examples = seed, 0.0, 1.0, 0
        for document in range(first, last):
            if held_out[document]:
                continue
            begin, end = offsets[document], offsets[document + 1]
            size, known = _read_document(tokens, begin, end, common, assignments, words, places, mine)
            for lane in range(0, width, 16):
                store(weights, lane, mul(add(load(mine, lane), load(alpha, lane)), load(inverse, lane)))
            old: Any = np.int64(assignments[places[0]]) if size else NONE
            if old != NONE:
                known -= 1
                mine[old] -= np.float32(1)
                totals[old] -= 1.0
                after[old] = inverse[old]
                inverse[old] = np.float32(1.0 / (totals[old] + smoothing))
                _put(weights, old, (mine[old] + alpha[old]) * inverse[old])
            for at in range(size):
                word, place, soon = words[at], places[at], words[min(at + AHEAD, size - 1)] * width
                for lane in range(0, width, 16):
                    prefetch(counts, soon + lane)
                # What the next word's topic will be like without that word is computed while this one is drawn: to
                # read it afterwards is to wait for all that is written now.
                then = np.int64(assignments[places[min(at + 1, size - 1)]])
                place_of = then if then != NONE else 0
                held, whole = mine[place_of], totals[place_of]
                sizes[0], sizes[1], sizes[2] = 1.0 / (whole - 1.0 + smoothing), inverse[place_of], after[place_of]
                prior = alpha[place_of]
                state += _STEP
                z = state
                z = (z ^ (z >> _S30)) * _FIRST
                z = (z ^ (z >> _S27)) * _SECOND
                z = z ^ (z >> _S31)
                unit = np.float32(z >> _S40) * _UNIT
                new = min(_draw(word * width, old, unit, more, weights, counts, ladder, steps), topics - 1)
                if soft:
                    _add_likely(word * width, old, steps[16], more, weights, counts, sums)
                # No branch on whether the topic is another: half of them would be guessed wrong.
                if old != NONE:
                    counts[word, old] -= np.float32(1)
                mine[new] += np.float32(1)
                _put(weights, new, (mine[new] + alpha[new]) * after[new])
                counts[word, new] += np.float32(1)
                assignments[place] = new
                totals[new] += 1.0
                inverse[new] = after[new]
                after[new] = np.float32(1.0 / (totals[new] + smoothing + 1.0))
                # Threads that take a word's count away at the same time may leave less than nothing.
                product *= max(np.float64(steps[16]), TINY) / (known + concentration)
                known += 1
                if then != NONE and at + 1 < size:
                    known -= 1
                    again = np.int64(new == then)
                    held += np.float32(again - 1)
                    mine[then], totals[then] = held, whole + (again - 1)
                    inverse[then], after[then] = sizes[again], sizes[again + 1]
                    _put(weights, then, (held + prior) * sizes[again])
                old = then
                examples += 1
                if examples % FACTORS == 0:
                    loss -= np.log(product)
                    product = 1.0
            if soft:
                _add_mean(tokens, begin, end, common, alpha, mine, 1.0 / (known + concentration), sums)
        counted[0] += loss - np.log(product)
        counted[1] += examples

    kernel: Callable[..., None] = block
    return kernel


def warm() -> None:
    """Compile all of this file, or load it from numba's cache."""
    topics_kernel()
