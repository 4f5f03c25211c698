"""t-SNE: shows every small group. van der Maaten & Hinton 2008, “Visualizing Data using t-SNE”, JMLR 9.

Computed by openTSNE (Poličar, Stražar & Zupan 2024, JSS 109) over the exact neighbour graph, from a PCA start. On the
plane it interpolates repulsion on a grid (FIt-SNE) for many words; that method does not exist in three dimensions,
where the slower Barnes–Hut tree is used.
"""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from core.neighbours import NeighbourGraph
from core.params import Field, Params
from core.projection import PROJECTIONS, Progress, Projection, graph_of
from core.projection.pca import principal_components
from core.space import FloatMatrix

__all__ = ["TSNE", "TSNEParams"]

JOBS = 2
EARLY, EARLY_EXAGGERATION, EARLY_MOMENTUM, MOMENTUM = 250, 12, 0.5, 0.8
# Measured on 10,000 words: neighbours are kept best after 200; later passes only spread the map, and cost the most.
EPOCHS, EPOCHS_WARM = 250, 100
# openTSNE's advice: a start that narrow lets the attraction sort the words before the map spreads.
START_DEVIATION = 1e-4
# Below this many words the tree is faster than the grid.
SMALL = 1000
# How often progress is told, in epochs.
STRIDE = 25


class TSNEParams(Params):
    """Settings of the t-SNE map."""

    dimensions: Literal[2, 3] = Field(2, description="Dimensions of the map: 2 for the plane, 3 (slow) to turn it.")
    perplexity: float = Field(
        30.0,
        ge=2.0,
        le=100.0,
        description="About how many words count as near. Small: many small groups; large: fewer, broader ones.",
    )
    epochs: int = Field(
        0,
        ge=0,
        le=5000,
        description="Passes after the first 250 (or as many). 0 chooses: 250, or 100 alone from an earlier map.",
        json_schema_extra={"advanced": True},
    )


@PROJECTIONS.register
class TSNE(Projection[TSNEParams]):
    """See the module."""

    name = "tsne"
    title = "t-SNE"
    summary = (
        "Shows every small group apart; distances between groups, their sizes and densities mean nothing. "
        "Use it to count groups that UMAP runs together. Slower than UMAP."
    )
    citation = "van der Maaten & Hinton 2008, “Visualizing Data using t-SNE”, JMLR 9"
    Params = TSNEParams

    @classmethod
    def neighbours_wanted(cls, params: TSNEParams) -> int:
        """Three times the perplexity, as is usual: farther words have no weight."""
        return int(3 * params.perplexity)

    @classmethod
    def project(
        cls,
        unit: FloatMatrix,
        params: TSNEParams,
        seed: int = 1,
        graph: NeighbourGraph | None = None,
        start: FloatMatrix | None = None,
        progress: Progress | None = None,
    ) -> FloatMatrix:
        """Place every word, from PCA or from an earlier layout."""
        n, dimensions = len(unit), params.dimensions
        if n <= 3 * dimensions:
            return principal_components(unit, dimensions)
        from openTSNE import TSNEEmbedding
        from openTSNE.affinity import PerplexityBasedNN
        from openTSNE.nearest_neighbors import PrecomputedNeighbors

        # A perplexity needs three times as many other words.
        perplexity = min(params.perplexity, (n - 1) / 3)
        indices, distances = graph_of(unit, int(3 * perplexity), graph, progress)
        affinities = PerplexityBasedNN(
            perplexity=perplexity,
            knn_index=PrecomputedNeighbors(indices, distances.astype(np.float64)),
            n_jobs=JOBS,
            random_state=seed,
        )
        warm = start is not None and start.shape == (n, dimensions)
        origin = start if start is not None and warm else _narrow(principal_components(unit, dimensions), seed)
        embedding = TSNEEmbedding(
            np.array(origin, np.float64),
            affinities,
            negative_gradient_method="fft" if dimensions == 2 and n > SMALL else "bh",
            n_jobs=JOBS,
            random_state=seed,
        )
        epochs = params.epochs or (EPOCHS_WARM if warm else EPOCHS)
        early = 0 if warm else min(EARLY, epochs)
        tell = _teller(progress, early + epochs)
        if early:
            embedding.optimize(early, True, exaggeration=EARLY_EXAGGERATION, momentum=EARLY_MOMENTUM, **tell(0))
        embedding.optimize(epochs, True, momentum=MOMENTUM, **tell(early))
        if progress is not None:
            progress(1.0)
        positions = np.array(embedding, np.float32)
        return np.asarray(positions - positions.mean(axis=0), np.float32)


def _teller(progress: Progress | None, total: int) -> Callable[[int], dict[str, Any]]:
    """Arguments for openTSNE to call back, counting on after `before` epochs."""

    def arguments(before: int) -> dict[str, Any]:
        def told(epoch: int, _error: float, _embedding: Any) -> None:
            if progress is not None:
                progress(0.2 + 0.8 * min(1.0, (before + epoch) / total))

        return {} if progress is None else {"callbacks": told, "callbacks_every_iters": STRIDE}

    return arguments


def _narrow(positions: FloatMatrix, seed: int) -> FloatMatrix:
    """Scale so that the first axis deviates by `START_DEVIATION`, with a little noise to part equal words."""
    deviation = float(positions[:, 0].std())
    scaled = positions * np.float32(START_DEVIATION / deviation if deviation > 0 else 1.0)
    noise = np.random.default_rng(seed).normal(scale=START_DEVIATION / 100, size=positions.shape)
    return np.asarray(scaled + noise, np.float32)
