"""Skip-gram and CBOW with any output layer and any optimiser, one block of tokens at a time.

What the kernels for negative sampling and for hierarchical softmax do not offer is here: noise-contrastive estimation
and full softmax; AdaGrad and Adam; penalties and clipping. An update is a window: its words, each once however often it
stands there, are copied, scored against all outputs of the centre, whose gradients are collected, and then all rows
move. Frozen rows do not.

The outputs of a centre w, with s = h·u for the row h of a context (skip-gram) or the mean of all contexts (CBOW):

- negative sampling: w and k random words n; −log σ(s_w) − Σ log σ(−s_n).
- NCE: the same of s + b − log(k·P(n)), where P is the noise and b a bias of each word. Random words may be w itself.
- hierarchical softmax: the nodes on w's path, −Σ log σ(±s).
- full softmax: all words, log Σ exp(s) − s_w.

What bounds the speed (100 dimensions, one core of a Sapphire Rapids): with CBOW and five random words a window takes
.7 µs, five times what the kernel for plain steps does, since nothing is shared between windows and each row is copied,
collected and moved in three loops; Adam takes a half more. Full softmax takes .1 µs a window and word of the vocabulary
with skip-gram, half of that with CBOW, a quarter of it the three multiply-adds a word, context and vector, the rest
scores written and read again and the outputs, which beyond some thousand words no near cache holds.

Source: M. Gutmann and A. Hyvärinen, "Noise-contrastive estimation: a new estimation principle for unnormalized
statistical models", AISTATS 2010; A. Mnih and K. Kavukcuoglu, "Learning word embeddings efficiently with
noise-contrastive estimation", NeurIPS 2013; T. Mikolov, I. Sutskever, K. Chen, G. Corrado and J. Dean, "Distributed
representations of words and phrases and their compositionality", NeurIPS 2013.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Literal

import numba
import numpy as np
from numba import types

from core.kernels import moves, sampling, tiles
from core.kernels.lanes import LANES, add, digest, fma, halves_total, load, maximum, mul, splat, store, sub
from core.kernels.lanes import zero as zeros
from core.kernels.moves import ADAM, BETAS, collect_tile, move_rows
from core.kernels.sampling import SIGNATURE, STRETCH, Array, draw_near, draw_negatives, read_words
from core.kernels.tiles import OUTPUTS, lanes_total, power_of_two, score_pair, sigmoid_and_loss

__all__ = ["LAYERS_SIGNATURE", "Output", "layers_kernel", "warm"]

Output = Literal["negative_sampling", "nce", "hierarchical_softmax", "full_softmax"]

_MATRIX = types.Array(types.float32, 2, "C")
LAYERS_SIGNATURE = types.void(
    *SIGNATURE.args,
    _MATRIX,  # squares of the inputs, for AdaGrad and Adam
    _MATRIX,  # means of the inputs, for Adam
    _MATRIX,  # squares of the outputs
    _MATRIX,  # means of the outputs
    types.int64,  # dimensions; behind them, for NCE, the bias less the logarithm of k·P
    types.int64,  # number of outputs
    types.int64,  # updates before this block, for Adam
    types.int64,  # optimiser, as `core.kernels.moves` numbers them
    types.boolean,  # whether CBOW's words are added up
    types.float64,  # l1
    types.float64,  # l2
    types.float64,  # clip
)
"""Of a kernel: the arguments of one block, as in `core.kernels.sampling`, and those of its layer and optimiser.

Hierarchical softmax has its paths in the place of the noise; where no word is frozen now, `frozen` is empty.
"""

_NS, _NCE, _TREE, _FULL = range(4)
_LAYERS: dict[Output, int] = {
    "negative_sampling": _NS,
    "nce": _NCE,
    "hierarchical_softmax": _TREE,
    "full_softmax": _FULL,
}
_ONE, _LOG2E = np.float32(1), np.float32(1.4426950408889634)
_LEAST, _NOWHERE = np.float32(-120), np.float32(-1e30)
_HALVES = np.array([1] * 8 + [0] * 8, np.float32)


@numba.njit
def _find(places: Array, count: Any, place: Any) -> Any:
    """Where a place stands among the first `count`; `count` where it does not."""
    for i in range(count):
        if places[i] == place:
            return i
    return count


@numba.njit
def _window_of(words: Array, centre: Any, start: Any, stop: Any, places: Array, times: Array) -> Any:
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
def _path_of(starts: Array, turns: Array, word: Any, width: Any, targets: Array, right: Array, wrong: Array) -> Any:
    begin, end = np.int64(starts[word]), np.int64(starts[word + 1])
    for at in range(begin, end):
        second = np.float32(turns[at] & np.uint32(1))
        targets[at - begin] = np.int64(turns[at] >> np.uint32(1)) * width
        right[at - begin], wrong[at - begin] = _ONE - second, second
    return end - begin


@numba.njit
def _drawn(drawn: Array, base: Any, negatives: Any, own: Any, targets: Array, right: Array, wrong: Array) -> Any:
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
def _fill_tile(count: Any, targets: Array, right: Array, wrong: Array) -> None:
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
def _score_apart(
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
def _score_together(
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


@numba.njit
def _copy_rows(matrix: Array, places: Array, count: Any, rows: Array, chunks: Any) -> None:
    for i in range(count):
        for k in range(chunks):
            store(rows, LANES * (i * chunks + k), load(matrix, places[i] + LANES * k))


@numba.njit
def _sum_rows(matrix: Array, places: Array, times: Array, count: Any, share: Any, row: Array, chunks: Any) -> None:
    """The sum of some rows, each so many times, times a share."""
    for k in range(chunks):
        total = zeros()
        for i in range(count):
            total = fma(splat(times[i]), load(matrix, places[i] + LANES * k), total)
        store(row, LANES * k, mul(splat(share), total))


@numba.njit
def _tell_all(sums: Array, times: Array, count: Any, chunks: Any) -> None:
    """Give each row, the first the last, what the first holds: as often as its word stands in the window."""
    for i in range(count - 1, -1, -1):
        for k in range(chunks):
            store(sums, LANES * (i * chunks + k), mul(splat(times[i]), load(sums, LANES * k)))


@numba.njit
def _leave_out(frozen: Array, places: Array, count: Any, sums: Array, chunks: Any) -> Any:
    """Close up the places and rows of words that are not frozen; returns how many they are."""
    width, left = LANES * chunks, 0
    for i in range(count):
        if not frozen[places[i] // width]:
            places[left] = places[i]
            for k in range(chunks):
                store(sums, left * width + LANES * k, load(sums, i * width + LANES * k))
            left += 1
    return left


@cache
def layers_kernel(width: int, pairs: bool, output: Output) -> Callable[..., None]:
    """Compile (or load) the kernel for rows of so many floats; `LAYERS_SIGNATURE` names its arguments.

    Args:
        width: floats of a row, a multiple of 16; for NCE at least one more than the dimensions.
        pairs: skip-gram, else CBOW, whose words take the whole error of their mean, as in word2vec.c and gensim.
        output: the output layer.
    """
    version = digest(__file__, moves.__file__, sampling.__file__, tiles.__file__)
    chunks = width // LANES
    layer = _LAYERS[output]
    remember, forget = BETAS

    @numba.njit(LAYERS_SIGNATURE, cache=True, nogil=True, fastmath=True, boundscheck=False)
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
        nearest: Array,
        frozen: Array,
        window: Any,
        span: Any,
        negatives: Any,
        group: Any,
        rate: Any,
        seed: Any,
        counted: Array,
        input_squares: Array,
        input_means: Array,
        output_squares: Array,
        output_means: Array,
        dimensions: Any,
        answers: Any,
        before: Any,
        optimiser: Any,
        summing: Any,
        l1: Any,
        l2: Any,
        clip: Any,
    ) -> None:
        state = seed + np.uint64(0 * version)
        words = np.empty(STRETCH, np.int64)
        reaches = np.empty(STRETCH, np.int64)
        size = (1 + negatives + OUTPUTS - 1) // OUTPUTS * OUTPUTS
        drawn = np.empty(STRETCH * size, np.int64)
        nobody = np.full(STRETCH, -1, np.int64)
        near_by = min(2 * window, keep.shape[0])
        most = near_by if pairs else 1
        places = np.empty(near_by, np.int64)
        times = np.zeros(near_by, np.float32)
        alone = np.ones(1, np.float32)
        often = times if pairs else alone
        # Rows of a window, and what its outputs say of them; an odd one is scored beside itself.
        hidden = np.zeros((most, width), np.float32)
        sums = np.zeros((near_by, width), np.float32)
        ascents = np.zeros((OUTPUTS, width), np.float32)
        room = (answers if layer == _FULL else max(size, 128)) + OUTPUTS
        targets = np.zeros(room, np.int64)
        right = np.zeros(room, np.float32)
        wrong = np.zeros(room, np.float32)
        steps = np.zeros(room * (most + 1), np.float32)
        buffer = np.zeros(LANES, np.float32)
        penalised = np.zeros(width, np.float32)
        penalised[:dimensions] = 1
        if layer == _FULL:
            for j in range(room):
                targets[j] = min(j, answers - 1) * width
        none = zeros()
        done: Any = before
        pace: Any = rate
        examples: Any = 0
        for segment in range(first, last):
            if held_out[segment]:
                continue
            position, end = offsets[segment], offsets[segment + 1]
            while position < end:
                position, count, state = read_words(
                    tokens, position, end, keep, window, span, width, state, words, reaches
                )
                if layer == _NS:
                    state = draw_negatives(words, count, 1, negatives, size, odds, aliases, width, state, drawn)
                    if nearest.shape[0] > 0:
                        state = draw_near(words, count, 1, negatives, size, nearest, width, state, drawn)
                elif layer == _NCE:
                    # Nobody's negatives: none is drawn again because it is a true word.
                    state = draw_negatives(nobody, count, 1, negatives, size, odds, aliases, width, state, drawn)
                for centre in range(count if count > 1 else 0):
                    start, stop = max(centre - reaches[centre], 0), min(centre + reaches[centre] + 1, count)
                    contexts = _window_of(words, centre, start, stop, places, times)
                    rows, share = contexts, _ONE
                    if pairs:
                        _copy_rows(inputs, places, rows, hidden, chunks)
                    else:
                        rows = 1
                        share = _ONE if summing else _ONE / np.float32(stop - 1 - start)
                        _sum_rows(inputs, places, times, contexts, share, hidden, chunks)
                    for place in range(0, rows * width, LANES):
                        store(sums, place, none)
                    examples += stop - 1 - start if pairs else 1
                    own = words[centre]
                    answered = answers
                    if layer == _TREE:
                        answered = _path_of(odds, aliases, own // width, width, targets, right, wrong)
                    elif layer != _FULL:
                        answered = _drawn(drawn, centre * size, negatives, own, targets, right, wrong)
                    if layer == _NCE:
                        for i in range(rows):
                            hidden[i, dimensions] = 1
                    if layer == _FULL:
                        counted[0] += _score_together(
                            hidden, rows, often, outputs, targets, answered, own // width, steps, buffer, chunks
                        )
                    else:
                        _fill_tile(answered, targets, right, wrong)
                        counted[0] += _score_apart(
                            hidden, rows, often, outputs, targets, answered, right, wrong, steps, buffer, chunks
                        )
                    done += 1
                    if optimiser == ADAM:
                        pace = rate * np.sqrt(1 - forget**done) / (1 - remember**done)
                    beside = LANES * ((rows + 1) // 2)
                    for tile in range(0, answered, OUTPUTS):
                        at = tile // OUTPUTS * beside
                        collect_tile(hidden, rows, steps, at, outputs, targets, tile, sums, ascents, chunks)
                        move_rows(
                            outputs, targets, tile, min(OUTPUTS, answered - tile), ascents, output_squares,
                            output_means, optimiser, pace, penalised, l1, l2, clip, chunks,
                        )  # fmt: skip
                    if layer == _NCE:
                        for i in range(rows):
                            sums[i, dimensions] = 0
                    if not pairs:
                        _tell_all(sums, times, contexts, chunks)
                    if frozen.shape[0] > 0:
                        contexts = _leave_out(frozen, places, contexts, sums, chunks)
                    move_rows(
                        inputs, places, 0, contexts, sums, input_squares, input_means, optimiser, pace, penalised, l1,
                        l2, clip, chunks,
                    )  # fmt: skip
        counted[1] += examples

    return block


def warm(widths: Iterable[int] = ()) -> None:
    """Compile and cache the kernels of these widths: none by themselves, for few people change the optimiser."""
    for width in widths:
        for pairs in (True, False):
            layers_kernel(width, pairs, "negative_sampling")
