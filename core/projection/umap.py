"""UMAP: keeps neighbours together. McInnes, Healy & Melville 2018, arXiv:1802.03426.

The edges are umap-learn's fuzzy simplicial set over the exact neighbour graph; the layout loop is our own compiled
one (core/kernels/layout.py), so that neither umap-learn nor pynndescent is imported or compiled. It begins with PCA
(Kobak & Linderman 2021, “Initialization is critical for preserving global data structure in both t-SNE and UMAP”,
Nature Biotechnology 39: as good as the spectral start, and without its eigenproblem).
"""

from typing import Literal

import numpy as np
import numpy.typing as npt

from core.neighbours import NeighbourGraph
from core.params import Field, Params
from core.projection import PROJECTIONS, Progress, Projection, graph_of
from core.projection.pca import principal_components
from core.space import FloatMatrix

__all__ = ["UMAP", "UMAPParams", "curve", "edges_of"]

Edges = tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.float32]]

# umap-learn's own values.
EXTENT = 10.0
EPOCHS_SMALL, EPOCHS_LARGE, SMALL = 500, 200, 10_000
EPOCHS_WARM, RATE_WARM = 50, 0.25
# Epochs between two words of progress.
STRIDE = 10


class UMAPParams(Params):
    """Settings of the UMAP map."""

    dimensions: Literal[2, 3] = Field(2, description="Dimensions of the map: 2 for the plane, 3 to turn it around.")
    neighbours: int = Field(
        15,
        ge=2,
        le=200,
        description="Words that count as near, the word itself included. Small: fine detail; large: broad groups.",
    )
    min_distance: float = Field(
        0.1, ge=0.0, le=0.99, description="How tightly near words may be packed. Small: dense islands; 0.5: even."
    )
    epochs: int = Field(
        0,
        ge=0,
        le=5000,
        description="Passes of the layout. 0 chooses: 500 up to 10,000 words, else 200; 50 from an earlier map.",
        json_schema_extra={"advanced": True},
    )


@PROJECTIONS.register
class UMAP(Projection[UMAPParams]):
    """See the module."""

    name = "umap"
    title = "UMAP"
    summary = (
        "Keeps near words near and shows islands; distances between islands and their sizes mean little. "
        "The first choice for finding groups. Seconds for 10,000 words."
    )
    citation = "McInnes, Healy & Melville 2018, “UMAP”, arXiv:1802.03426"
    Params = UMAPParams

    @classmethod
    def neighbours_wanted(cls, params: UMAPParams) -> int:
        """The neighbours without the word itself."""
        return params.neighbours - 1

    @classmethod
    def project(
        cls,
        unit: FloatMatrix,
        params: UMAPParams,
        seed: int = 1,
        graph: NeighbourGraph | None = None,
        start: FloatMatrix | None = None,
        progress: Progress | None = None,
    ) -> FloatMatrix:
        """Place every word, from PCA or from an earlier layout."""
        from core.kernels.layout import optimise_layout

        n = len(unit)
        if n <= params.dimensions + 1:
            return principal_components(unit, params.dimensions)
        indices, distances = graph_of(unit, cls.neighbours_wanted(params), graph, progress)
        warm = start is not None and start.shape == (n, params.dimensions)
        epochs = params.epochs or (EPOCHS_WARM if warm else EPOCHS_SMALL if n <= SMALL else EPOCHS_LARGE)
        heads, tails, weights = edges_of(indices, distances)
        kept = weights >= weights.max() / max(epochs, 11)
        heads, tails, weights = heads[kept], tails[kept], weights[kept]
        every = weights.max() / weights
        due = every.copy()
        rng = np.random.default_rng(seed)
        positions = np.zeros((n, 3), np.float32)
        origin = start if start is not None and warm else _spread(principal_components(unit, params.dimensions), rng)
        positions[:, : params.dimensions] = origin
        tables = _tables(*curve(params.min_distance))
        state = rng.integers(0, 2**63, 1).astype(np.uint64)
        rate = RATE_WARM if warm else 1.0
        for first in range(0, epochs, STRIDE):
            last = min(first + STRIDE, epochs)
            optimise_layout(positions, heads, tails, every, due, *tables, state, (first, last, epochs), rate)
            if progress is not None:
                progress(0.2 + 0.8 * last / epochs)
        return np.ascontiguousarray(positions[:, : params.dimensions])


def edges_of(indices: npt.NDArray[np.int32], distances: npt.NDArray[np.float32]) -> Edges:
    """The fuzzy simplicial set of a neighbour graph: how surely two words belong together.

    Each word sees its neighbours with strength exp(−(d − ρ) / σ); the two views a, b of a pair join to a + b − a·b.

    Args:
        indices: nearest other words, shape `(n, k)`.
        distances: their distances, ascending, shape `(n, k)`.

    Returns:
        heads, tails and weights in (0, 1] of all directed edges (each pair in both directions), by head, then tail.
    """
    from core.kernels.layout import smooth_distances

    n, k = indices.shape
    sigmas, rhos = smooth_distances(np.ascontiguousarray(distances))
    strengths = np.exp(-np.maximum(distances - rhos[:, None], 0) / sigmas[:, None]).ravel()
    rows = np.repeat(np.arange(n, dtype=np.int64), k)
    columns = indices.ravel().astype(np.int64)
    pairs = np.concatenate([rows * n + columns, columns * n + rows])
    keys, inverse = np.unique(pairs, return_inverse=True)
    # Every key is met from its own side at most once and from the other side at most once.
    own = np.zeros(len(keys), np.float32)
    other = np.zeros(len(keys), np.float32)
    own[inverse[: n * k]] = strengths
    other[inverse[n * k :]] = strengths
    weights = own + other - own * other
    present = weights > 0
    return (
        (keys[present] // n).astype(np.int32),
        (keys[present] % n).astype(np.int32),
        weights[present].astype(np.float32),
    )


def curve(min_distance: float, spread: float = 1.0) -> tuple[float, float]:
    """The a and b for which 1 / (1 + a·x^(2b)) comes nearest to UMAP's wanted closeness over distance x.

    Wanted is 1 up to `min_distance` and exp(−(x − min_distance) / spread) beyond. Least squares over 300 points,
    by Levenberg and Marquardt's method.
    """
    x = np.linspace(0, 3 * spread, 300)[1:]
    wanted = np.where(x < min_distance, 1.0, np.exp(-(x - min_distance) / spread))
    logs = np.log(x)
    a = b = 1.0
    damping = 1e-3
    error = np.inf
    for _ in range(200):
        power = np.exp(2 * b * logs)
        value = 1 / (1 + a * power)
        slopes = np.stack([-power, -2 * a * power * logs]) * value**2
        normal = slopes @ slopes.T
        step = np.linalg.solve(normal + damping * np.diag(np.diag(normal)), slopes @ (wanted - value))
        error = float(np.sum((wanted - value) ** 2))
        new_a, new_b = a + step[0], b + step[1]
        if new_a > 0 and np.sum((wanted - 1 / (1 + new_a * x ** (2 * new_b))) ** 2) <= error:
            a, b = float(new_a), float(new_b)
            damping /= 10
        else:
            damping *= 10
        if np.abs(step).max() < 1e-10:
            break
    return a, b


def _tables(a: float, b: float) -> tuple[FloatMatrix, FloatMatrix]:
    """Pull and push, as the layout loop multiplies them with a difference, at the cells' squared distances."""
    from core.kernels.layout import TABLE_CELLS, TABLE_LOWEST, TABLE_SHIFT

    bits = (np.arange(TABLE_CELLS + 1) + TABLE_LOWEST) << TABLE_SHIFT
    squared = bits.astype(np.int32).view(np.float32).astype(np.float64)
    pull = -2 * a * b * squared ** (b - 1) / (1 + a * squared**b)
    push = 2 * b / ((0.001 + squared) * (1 + a * squared**b))
    return pull.astype(np.float32), push.astype(np.float32)


def _spread(positions: FloatMatrix, rng: np.random.Generator) -> FloatMatrix:
    """Scale to `EXTENT` and add a little noise, so that words in one place can part."""
    widest = float(np.abs(positions).max())
    scaled = positions * np.float32(EXTENT / widest if widest > 0 else 1.0)
    return np.asarray(scaled + rng.normal(scale=1e-4, size=positions.shape), np.float32)
