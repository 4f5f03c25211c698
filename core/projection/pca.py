"""PCA: the flat view with the widest spread. Jolliffe 2002, “Principal Component Analysis”, Springer."""

from typing import Literal

import numpy as np

from core.neighbours import NeighbourGraph
from core.params import Field, Params
from core.projection import PROJECTIONS, Progress, Projection
from core.space import FloatMatrix

__all__ = ["PCA", "PCAParams", "principal_components"]


class PCAParams(Params):
    """Settings of the PCA map."""

    dimensions: Literal[2, 3] = Field(2, description="Dimensions of the map: 2 for the plane, 3 to turn it around.")


@PROJECTIONS.register
class PCA(Projection[PCAParams]):
    """See the module."""

    name = "pca"
    title = "PCA"
    summary = (
        "The straight view with the widest spread: distances along it are true, all others are flattened away. "
        "Use it to compare moments of one training. Takes milliseconds."
    )
    citation = "Jolliffe 2002, “Principal Component Analysis”, Springer"
    Params = PCAParams

    @classmethod
    def project(
        cls,
        unit: FloatMatrix,
        params: PCAParams,
        seed: int = 1,
        graph: NeighbourGraph | None = None,
        start: FloatMatrix | None = None,
        progress: Progress | None = None,
    ) -> FloatMatrix:
        """Place every word; exact, so that seed, graph and start change nothing."""
        positions = principal_components(unit, params.dimensions)
        if progress is not None:
            progress(1.0)
        return positions


def principal_components(rows: FloatMatrix, dimensions: int) -> FloatMatrix:
    """Project centred rows on their first principal axes, shape `(n, dimensions)`, float32.

    The sign of an axis, which PCA leaves open, is chosen so that its largest entry is positive. Axes that the data
    does not have are 0.
    """
    positions = np.zeros((len(rows), dimensions), np.float32)
    if len(rows) < 2:
        return positions
    centred = rows - rows.mean(axis=0)
    # The covariance is small (dimensions squared) where there are many words.
    _, axes = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    axes = axes[:, ::-1][:, :dimensions]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    positions[:, : axes.shape[1]] = centred @ axes.astype(np.float32)
    return positions
