"""What a window asks of its outputs: which words stand in it, which outputs answer, and what they say of its rows.

Rows of a window are scored against all outputs of its centre, eight at a time, and each score becomes a step: by how
much times the row that output shall move, and the output times that row. Nothing moves here. The losses are those of
`core.kernels.layers`.
"""

from typing import Any

import numba
import numpy as np

from core.kernels.lanes import LANES, add, fma, halves_total, load, maximum, mul, splat, store, sub
from core.kernels.lanes import zero as zeros
from core.kernels.sampling import Array
from core.kernels.tiles import OUTPUTS, lanes_total, power_of_two, score_pair, sigmoid_and_loss

__all__ = ["drawn_outputs", "fill_tile", "path_of", "score_apart", "score_together", "window_of"]

_ONE, _LOG2E = np.float32(1), np.float32(1.4426950408889634)
_LEAST, _NOWHERE = np.float32(-120), np.float32(-1e30)


@numba.njit
def _find(places: Array, count: Any, place: Any) -> Any:
    """Where a place stands among the first `count`; `count` where it does not."""
    for i in range(count):
        if places[i] == place:
            return i
    return count


@numba.njit
def window_of(words: Array, centre: Any, start: Any, stop: Any, places: Array, times: Array) -> Any:
    """The different words around a centre, and how often each stands there; returns how many."""
    count = 0
    for at in range(start, stop):
        if at != centre:
            i = _find(places, count, words[at])
            if i == count:
                places[i], times[i] = words[at], 0
                count += 1
            times[i] += _ONE
    return count


@numba.njit
def path_of(starts: Array, turns: Array, word: Any, width: Any, targets: Array, right: Array, wrong: Array) -> Any:
    """The nodes on the way to a word, and which turn is taken at each; returns how many."""
    begin, end = np.int64(starts[word]), np.int64(starts[word + 1])
    for at in range(begin, end):
        second = np.float32(turns[at] & np.uint32(1))
        targets[at - begin] = np.int64(turns[at] >> np.uint32(1)) * width
        right[at - begin], wrong[at - begin] = _ONE - second, second
    return end - begin


@numba.njit
def drawn_outputs(drawn: Array, base: Any, negatives: Any, own: Any, targets: Array, right: Array, wrong: Array) -> Any:
    """The centre's own row, and the different random ones with how often each was drawn."""
    targets[0], right[0], wrong[0] = own, 1, 0
    count = 1
    for j in range(base + 1, base + 1 + negatives):
        i = _find(targets, count, drawn[j])
        if i == count:
            targets[i], right[i], wrong[i] = drawn[j], 0, 0
            count += 1
        wrong[i] += _ONE
    return count


@numba.njit
def fill_tile(count: Any, targets: Array, right: Array, wrong: Array) -> None:
    """Fill the last tile with outputs of which nothing is asked."""
    for j in range(count, -(-count // OUTPUTS) * OUTPUTS):
        targets[j], right[j], wrong[j] = targets[0], 0, 0


@numba.njit(forceinline=True)
def _twice(values: Array, at: Any, buffer: Array) -> Any:
    """Eight values as both halves of a vector."""
    for j in range(OUTPUTS):
        buffer[j] = buffer[j + OUTPUTS] = values[at + j]
    return load(buffer, 0)


@numba.njit(forceinline=True)
def _times_of(times: Array, i: Any, rows: Any, buffer: Array) -> Any:
    """How often the words of two rows stand in the window, each as half of a vector; a row that is not there never."""
    second = times[i + 1] if i + 1 < rows else np.float32(0)
    for j in range(OUTPUTS):
        buffer[j], buffer[j + OUTPUTS] = times[i], second
    return load(buffer, 0)


@numba.njit(fastmath=True)
def score_apart(
    hidden: Array, rows: Any, times: Array, outputs: Array, targets: Array, count: Any, right: Array, wrong: Array,
    steps: Array, buffer: Array, chunks: Any,
) -> Any:  # fmt: skip
    """Steps of outputs that are told apart each for itself; returns the sum of the losses."""
    width, pairs = LANES * chunks, (rows + 1) // 2
    one, losses = splat(_ONE), zeros()
    for tile in range(0, count, OUTPUTS):
        is_right, is_wrong = _twice(right, tile, buffer), _twice(wrong, tile, buffer)
        asked = add(is_right, is_wrong)
        for pair in range(pairs):
            i = 2 * pair
            score = score_pair(hidden, i * width, min(i + 1, rows - 1) * width, outputs, targets, tile, chunks)
            weight = _times_of(times, i, rows, buffer)
            sigmoid, loss = sigmoid_and_loss(score, one)
            # −log σ(−s) is s more than −log σ(s).
            losses = fma(weight, fma(asked, loss, mul(is_wrong, score)), losses)
            step = mul(weight, sub(is_right, mul(asked, sigmoid)))
            store(steps, (tile // OUTPUTS * pairs + pair) * LANES, step)
    return lanes_total(losses)


@numba.njit(fastmath=True)
def score_together(
    hidden: Array, rows: Any, times: Array, outputs: Array, targets: Array, count: Any, own: Any, steps: Array,
    buffer: Array, chunks: Any,
) -> Any:  # fmt: skip
    """Steps of outputs of which one is right, by softmax; returns the sum of the losses."""
    width, pairs = LANES * chunks, (rows + 1) // 2
    beyond = np.zeros(LANES, np.float32)
    for j in range(LANES):
        if count % OUTPUTS and j % OUTPUTS >= count % OUTPUTS:
            beyond[j] = _NOWHERE
    total: Any = 0.0
    for pair in range(pairs):
        i = 2 * pair
        highest = splat(_NOWHERE)
        for tile in range(0, count, OUTPUTS):
            score = score_pair(hidden, i * width, min(i + 1, rows - 1) * width, outputs, targets, tile, chunks)
            if tile + OUTPUTS > count:
                score = add(score, load(beyond, 0))
            highest = maximum(highest, score)
            store(steps, (tile // OUTPUTS * pairs + pair) * LANES, score)
        store(buffer, 0, highest)
        first, second = buffer[0], buffer[OUTPUTS]
        for j in range(1, OUTPUTS):
            first, second = max(first, buffer[j]), max(second, buffer[j + OUTPUTS])
        for j in range(OUTPUTS):
            buffer[j], buffer[j + OUTPUTS] = first, second
        highest, mass = load(buffer, 0), zeros()
        place = (own // OUTPUTS * pairs + pair) * LANES + own % OUTPUTS
        margins = first - steps[place], second - steps[place + OUTPUTS]
        for tile in range(0, count, OUTPUTS):
            at = (tile // OUTPUTS * pairs + pair) * LANES
            power = mul(sub(load(steps, at), highest), splat(_LOG2E))
            risen = power_of_two(maximum(power, splat(_LEAST)))
            mass = add(mass, risen)
            store(steps, at, risen)
        store(buffer, 0, halves_total(mass))
        masses = buffer[0], buffer[OUTPUTS]
        often = times[i], times[i + 1] if i + 1 < rows else np.float32(0)
        total += often[0] * (np.log(masses[0]) + margins[0]) + often[1] * (np.log(masses[1]) + margins[1])
        for j in range(OUTPUTS):
            buffer[j], buffer[j + OUTPUTS] = -often[0] / masses[0], -often[1] / masses[1]
        scale = load(buffer, 0)
        for tile in range(0, count, OUTPUTS):
            at = (tile // OUTPUTS * pairs + pair) * LANES
            store(steps, at, mul(scale, load(steps, at)))
        steps[place] += often[0]
        steps[place + OUTPUTS] += often[1]
    return total
