"""What a row does with its whole gradient: penalties, clipping, and one step of SGD, AdaGrad or Adam.

A row moves once for all that an update says of it, a row that no example touched not at all; its squares and moments
rest with it (“lazy”, as torch.optim.SparseAdam).

Source: J. Duchi, E. Hazan and Y. Singer, "Adaptive subgradient methods for online learning and stochastic
optimization", JMLR 2011; D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.
"""

from typing import Any, Literal

import numba
import numpy as np

from core.kernels.lanes import LANES, add, div, fma, load, maximum, minimum, mul, splat, square_root, store, sub, zero
from core.kernels.sampling import Array
from core.kernels.tiles import OUTPUTS, lanes_total

__all__ = ["ADAM", "BETAS", "OPTIMISERS", "Optimiser", "collect_tile", "move_rows"]

Optimiser = Literal["sgd", "adagrad", "adam"]
OPTIMISERS: dict[Optimiser, int] = {"sgd": 0, "adagrad": 1, "adam": 2}
"""Their numbers, as kernels take them."""
ADAGRAD, ADAM = OPTIMISERS["adagrad"], OPTIMISERS["adam"]
BETAS = 0.9, 0.999
"""How much of the mean gradient and of the mean square stays from one step of Adam to the next; its authors'."""

_STAY = np.float32(BETAS[0]), np.float32(BETAS[1])
_COME = np.float32(1 - BETAS[0]), np.float32(1 - BETAS[1])
_ADAGRAD_LEAST, _ADAM_LEAST = np.float32(1e-10), np.float32(1e-8)
_ONE, _STEEP = np.float32(1), np.float32(1e30)


@numba.njit(forceinline=True)
def collect_tile(
    rows: Array, count: Any, steps: Array, first: Any, outputs: Array, targets: Array, at: Any, sums: Array,
    moves: Array, chunks: Any,
) -> None:  # fmt: skip
    """`tiles.take_steps` without moving anything: sums += steps · outputs, and moves = stepsᵀ · rows.

    Args:
        rows: shape `(rows, width)`, the first `count` of which take part.
        count: how many rows.
        steps: for each row eight numbers, weight times (label − σ), from `first` on.
        first: where in `steps` to begin.
        outputs: the matrix of the outputs.
        targets: flat indices of outputs.
        at: where in `targets` the eight outputs stand.
        sums: shape of `rows`; what the outputs say of the rows is added.
        moves: shape `(8, width)`; takes what the rows say of the outputs.
        chunks: width of a row in vectors.
    """
    width = LANES * chunks
    t0, t1, t2, t3 = targets[at], targets[at + 1], targets[at + 2], targets[at + 3]
    t4, t5, t6, t7 = targets[at + 4], targets[at + 5], targets[at + 6], targets[at + 7]
    for k in range(chunks):
        c = LANES * k
        o0, o1, o2, o3 = load(outputs, t0 + c), load(outputs, t1 + c), load(outputs, t2 + c), load(outputs, t3 + c)
        o4, o5, o6, o7 = load(outputs, t4 + c), load(outputs, t5 + c), load(outputs, t6 + c), load(outputs, t7 + c)
        d0, d1, d2, d3, d4, d5, d6, d7 = zero(), zero(), zero(), zero(), zero(), zero(), zero(), zero()
        for i in range(count):
            row, step = i * width + c, first + OUTPUTS * i
            x, y, z = load(rows, row), load(sums, row), zero()
            g = splat(steps[step])
            d0, y = fma(g, x, d0), fma(g, o0, y)
            g = splat(steps[step + 1])
            d1, z = fma(g, x, d1), fma(g, o1, z)
            g = splat(steps[step + 2])
            d2, y = fma(g, x, d2), fma(g, o2, y)
            g = splat(steps[step + 3])
            d3, z = fma(g, x, d3), fma(g, o3, z)
            g = splat(steps[step + 4])
            d4, y = fma(g, x, d4), fma(g, o4, y)
            g = splat(steps[step + 5])
            d5, z = fma(g, x, d5), fma(g, o5, z)
            g = splat(steps[step + 6])
            d6, y = fma(g, x, d6), fma(g, o6, y)
            g = splat(steps[step + 7])
            d7, z = fma(g, x, d7), fma(g, o7, z)
            store(sums, row, add(y, z))
        store(moves, c, d0), store(moves, width + c, d1), store(moves, 2 * width + c, d2)
        store(moves, 3 * width + c, d3), store(moves, 4 * width + c, d4), store(moves, 5 * width + c, d5)
        store(moves, 6 * width + c, d6), store(moves, 7 * width + c, d7)


@numba.njit
def move_rows(
    matrix: Array, places: Array, first: Any, count: Any, ascents: Array, squares: Array, means: Array, optimiser: Any,
    rate: Any, penalised: Array, l1: Any, l2: Any, clip: Any, chunks: Any,
) -> None:  # fmt: skip
    """Move rows up their ascents, the negative gradients of the loss, less those of the penalties.

    The penalties of a row are l1·Σ|w| + l2/2·Σw²; with them its gradient is cut to the length `clip` before it is used.

    Args:
        matrix: where the rows are.
        places: their flat indices, no two alike; those from `first` on take part.
        first: where in `places` to begin.
        count: how many rows.
        ascents: shape `(at least count, width)`; changed.
        squares: of the matrix's shape: AdaGrad's sums of squares, or Adam's means of them. SGD has none.
        means: of the matrix's shape: Adam's means. Others have none.
        optimiser: its number.
        rate: learning rate, with Adam's corrections of both means for the number of the step.
        penalised: shape `(width,)`; 1 where a penalty counts, 0 for biases.
        l1: weight of the sizes.
        l2: weight of the squares.
        clip: largest norm; 0 for any.
        chunks: width of a row in vectors.
    """
    one, none, alpha = splat(_ONE), zero(), splat(np.float32(rate))
    for i in range(count):
        place, at = places[first + i], i * LANES * chunks
        if l1 > 0 or l2 > 0:
            for k in range(chunks):
                c = LANES * k
                w = load(matrix, place + c)
                sign = maximum(minimum(mul(w, splat(_STEEP)), one), sub(none, one))
                pull = mul(load(penalised, c), fma(splat(np.float32(l2)), w, mul(splat(np.float32(l1)), sign)))
                store(ascents, at + c, sub(load(ascents, at + c), pull))
        if clip > 0:
            square = none
            for k in range(chunks):
                g = load(ascents, at + LANES * k)
                square = fma(g, g, square)
            norm = np.sqrt(lanes_total(square))
            if norm > clip:
                shorter = splat(np.float32(clip / norm))
                for k in range(chunks):
                    store(ascents, at + LANES * k, mul(shorter, load(ascents, at + LANES * k)))
        if optimiser == ADAGRAD:
            for k in range(chunks):
                c = LANES * k
                g = load(ascents, at + c)
                square = fma(g, g, load(squares, place + c))
                store(squares, place + c, square)
                g = div(g, add(square_root(square), splat(_ADAGRAD_LEAST)))
                store(matrix, place + c, fma(alpha, g, load(matrix, place + c)))
        elif optimiser == ADAM:
            for k in range(chunks):
                c = LANES * k
                g = load(ascents, at + c)
                square = fma(mul(splat(_COME[1]), g), g, mul(splat(_STAY[1]), load(squares, place + c)))
                mean = fma(splat(_COME[0]), g, mul(splat(_STAY[0]), load(means, place + c)))
                store(squares, place + c, square)
                store(means, place + c, mean)
                g = div(mean, add(square_root(square), splat(_ADAM_LEAST)))
                store(matrix, place + c, fma(alpha, g, load(matrix, place + c)))
        else:
            for k in range(chunks):
                c = LANES * k
                store(matrix, place + c, fma(alpha, load(ascents, at + c), load(matrix, place + c)))
