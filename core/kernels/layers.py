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

from core.kernels import answers as answering
from core.kernels import moves, sampling, tiles
from core.kernels.answers import drawn_outputs, fill_tile, path_of, score_apart, score_together, window_of
from core.kernels.lanes import LANES, digest, fma, load, mul, splat, store
from core.kernels.lanes import zero as zeros
from core.kernels.moves import ADAM, BETAS, collect_tile, move_rows
from core.kernels.sampling import SIGNATURE, STRETCH, Array, draw_near, draw_negatives, read_words
from core.kernels.tiles import OUTPUTS

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
_ONE = np.float32(1)


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
    version = digest(__file__, answering.__file__, moves.__file__, sampling.__file__, tiles.__file__)
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
                    contexts = window_of(words, centre, start, stop, places, times)
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
                        answered = path_of(odds, aliases, own // width, width, targets, right, wrong)
                    elif layer != _FULL:
                        answered = drawn_outputs(drawn, centre * size, negatives, own, targets, right, wrong)
                    if layer == _NCE:
                        for i in range(rows):
                            hidden[i, dimensions] = 1
                    if layer == _FULL:
                        counted[0] += score_together(
                            hidden, rows, often, outputs, targets, answered, own // width, steps, buffer, chunks
                        )
                    else:
                        fill_tile(answered, targets, right, wrong)
                        counted[0] += score_apart(
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
