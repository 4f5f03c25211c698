"""The two loops of UMAP: how far each word's neighbourhood reaches, and the layout by sampled attraction and repulsion.

McInnes, Healy & Melville 2018, “UMAP: Uniform Manifold Approximation and Projection for Dimension Reduction”,
arXiv:1802.03426: algorithm 3 (smoothed k-neighbour distance) and algorithm 5 (optimisation of the layout). Written
anew so that a fresh process neither imports nor compiles umap-learn and pynndescent; tested against umap-learn.

Shapes: N words, K neighbours, E directed edges, T table entries.
"""

import numba
import numpy as np
import numpy.typing as npt

__all__ = ["NEGATIVES", "TABLE_CELLS", "TABLE_LOWEST", "TABLE_SHIFT", "optimise_layout", "smooth_distances", "warm"]

# The two force curves are read from tables over the squared distance: its float32 bits shifted right leave the
# exponent and four bits of the mantissa, between which the loop interpolates. pow() would take most of the time.
TABLE_SHIFT = 19
TABLE_LOWEST = (127 - 30) << (23 - TABLE_SHIFT)  # 2^-30
TABLE_CELLS = 50 << (23 - TABLE_SHIFT)  # up to 2^20

# umap-learn's default; a constant of the compiled loop, which unrolls it (a sixth faster).
NEGATIVES = 5

_FRACTION_MASK = (1 << TABLE_SHIFT) - 1
_FRACTION_SCALE = np.float32(1.0 / (1 << TABLE_SHIFT))
_CLIP = np.float32(4.0)
_MULTIPLIER = np.uint64(6364136223846793005)
_INCREMENT = np.uint64(1442695040888963407)
_HALF = np.uint64(32)
_TOLERANCE = 1e-5
_LEAST_SCALE = 1e-3
_ROUNDS = 64


@numba.njit(cache=True, nogil=True)
def smooth_distances(
    distances_NK: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Scale and offset that give every word the same fuzzy number of neighbours, log2(K + 1).

    The word itself counts as one of its neighbours, as in umap-learn, and is not in `distances_NK`.

    Args:
        distances_NK: distances to the nearest other words, ascending.

    Returns:
        sigmas, shape `(N,)`, and rhos, the distance to the nearest word that is not at distance 0, shape `(N,)`.
    """
    n, k = distances_NK.shape
    sigmas = np.zeros(n, np.float32)
    rhos = np.zeros(n, np.float32)
    target = np.log2(k + 1.0)
    total = 0.0
    for i in range(n):
        for j in range(k):
            total += distances_NK[i, j]
    overall = total / (n * (k + 1.0))
    for i in range(n):
        rho = 0.0
        mean = 0.0
        for j in range(k):
            d = np.float64(distances_NK[i, j])
            mean += d
            if rho == 0.0 and d > 0.0:
                rho = d
        mean /= k + 1.0
        low, high, middle = 0.0, np.inf, 1.0
        for _ in range(_ROUNDS):
            fuzzy = 0.0
            for j in range(k):
                d = distances_NK[i, j] - rho
                fuzzy += np.exp(-d / middle) if d > 0.0 else 1.0
            if abs(fuzzy - target) < _TOLERANCE:
                break
            if fuzzy > target:
                high = middle
                middle = (low + high) / 2.0
            else:
                low = middle
                middle = middle * 2.0 if high == np.inf else (low + high) / 2.0
        least = _LEAST_SCALE * (mean if rho > 0.0 else overall)
        sigmas[i] = max(middle, least)
        rhos[i] = rho
    return sigmas, rhos


@numba.njit(cache=True, nogil=True, fastmath=True)
def optimise_layout(
    positions: npt.NDArray[np.float32],
    heads_E: npt.NDArray[np.int32],
    tails_E: npt.NDArray[np.int32],
    every_E: npt.NDArray[np.float32],
    due_E: npt.NDArray[np.float32],
    attraction_T: npt.NDArray[np.float32],
    repulsion_T: npt.NDArray[np.float32],
    state: npt.NDArray[np.uint64],
    epochs: tuple[int, int, int],
    rate: float,
) -> None:
    """Move `positions` in place through some epochs of the layout.

    An edge is sampled when it is due; both its ends move towards each other, and its head away from `NEGATIVES`
    words drawn at random. A layout in two dimensions is one in three whose third coordinate is 0 and stays so.

    Args:
        positions: shape `(N, 3)`.
        heads_E: row of each edge's first word.
        tails_E: row of each edge's second word.
        every_E: the edge is sampled once in so many epochs, at least 1.
        due_E: the epoch in which the edge is next due; kept between calls.
        attraction_T: pull over squared distance, `TABLE_CELLS + 1` entries.
        repulsion_T: push over squared distance, likewise.
        state: the random state, shape `(1,)`; kept between calls.
        epochs: from, to (exclusive), and how many there are in all.
        rate: learning rate at epoch 0; falls to 0 linearly.
    """
    n = np.uint64(len(positions))
    seed = state[0]
    first, last, total = epochs
    for epoch in range(first, last):
        alpha = np.float32(rate * (1.0 - epoch / total))
        for e in range(len(heads_E)):
            if due_E[e] > epoch:
                continue
            due_E[e] += every_E[e]
            i = heads_E[e]
            j = tails_E[e]
            x, y, z = positions[i, 0], positions[i, 1], positions[i, 2]
            dx, dy, dz = x - positions[j, 0], y - positions[j, 1], z - positions[j, 2]
            squared = np.float32(dx * dx + dy * dy + dz * dz)
            bits = int(squared.view(np.int32))
            cell = min(max((bits >> TABLE_SHIFT) - TABLE_LOWEST, 0), TABLE_CELLS - 1)
            part = np.float32(bits & _FRACTION_MASK) * _FRACTION_SCALE
            force = attraction_T[cell] + part * (attraction_T[cell + 1] - attraction_T[cell])
            gx = min(max(force * dx, -_CLIP), _CLIP) * alpha
            gy = min(max(force * dy, -_CLIP), _CLIP) * alpha
            gz = min(max(force * dz, -_CLIP), _CLIP) * alpha
            x += gx
            y += gy
            z += gz
            positions[j, 0] -= gx
            positions[j, 1] -= gy
            positions[j, 2] -= gz
            # Stored now, so that drawing the word itself gives a difference and a push of 0. All pushes are taken
            # from this one place: they do not wait for each other, which halves the time.
            positions[i, 0], positions[i, 1], positions[i, 2] = x, y, z
            px = py = pz = np.float32(0.0)
            for _ in range(NEGATIVES):
                seed = seed * _MULTIPLIER + _INCREMENT
                other = np.int64(((seed >> _HALF) * n) >> _HALF)
                dx, dy, dz = x - positions[other, 0], y - positions[other, 1], z - positions[other, 2]
                squared = np.float32(dx * dx + dy * dy + dz * dz)
                bits = int(squared.view(np.int32))
                cell = min(max((bits >> TABLE_SHIFT) - TABLE_LOWEST, 0), TABLE_CELLS - 1)
                part = np.float32(bits & _FRACTION_MASK) * _FRACTION_SCALE
                force = repulsion_T[cell] + part * (repulsion_T[cell + 1] - repulsion_T[cell])
                px += min(max(force * dx, -_CLIP), _CLIP)
                py += min(max(force * dy, -_CLIP), _CLIP)
                pz += min(max(force * dz, -_CLIP), _CLIP)
            positions[i, 0] = x + px * alpha
            positions[i, 1] = y + py * alpha
            positions[i, 2] = z + pz * alpha
    state[0] = seed


def warm() -> None:
    """Compile both loops, or load them from numba's cache."""
    smooth_distances(np.ones((2, 2), np.float32))
    edges, numbers, table = np.zeros(1, np.int32), np.ones(1, np.float32), np.zeros(TABLE_CELLS + 1, np.float32)
    state = np.ones(1, np.uint64)
    optimise_layout(
        np.zeros((2, 3), np.float32), edges, edges, numbers, numbers.copy(), table, table, state, (0, 1, 1), 1.0
    )
