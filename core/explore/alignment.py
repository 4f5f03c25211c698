"""Alignment: turn one set of points so that it lies on another, so that a moving map moves only where meaning moves.

Orthogonal Procrustes: Schönemann 1966, “A generalized solution of the orthogonal Procrustes problem”, Psychometrika 31.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.space import FloatMatrix

__all__ = ["Alignment", "aligned", "procrustes"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Alignment:
    """A rotation or reflection, with a shift and perhaps a change of size, from one frame to another.

    Attributes:
        rotation: orthogonal, shape `(dimensions, dimensions)`.
        scale: factor of size; 1 where none was asked for.
        origin: the moving points' centre, shape `(dimensions,)`.
        target: the fixed points' centre, shape `(dimensions,)`.
        residual: share of the fixed points' spread that is left between the two, 0 (the same shape) upwards.
    """

    rotation: FloatArray
    scale: float
    origin: FloatArray
    target: FloatArray
    residual: float

    def apply(self, points: FloatMatrix) -> FloatMatrix:
        """Carry points of the moving frame over, shape `(n, dimensions)`; also points that were not aligned upon."""
        return np.asarray((points - self.origin) @ self.rotation * self.scale + self.target, np.float32)


def procrustes(fixed: FloatMatrix, moving: FloatMatrix, *, scaling: bool = False, centring: bool = True) -> Alignment:
    """The alignment that brings `moving` nearest to `fixed`, in the sense of least squares.

    Args:
        fixed: shape `(n, dimensions)`.
        moving: the same points in another frame, the same shape.
        scaling: whether sizes may change too: yes between maps of different units, no between frames of one training.
        centring: whether centres may be shifted: yes for maps, no for vectors that are compared by angle.

    Raises:
        ValueError: the shapes differ.
    """
    if fixed.shape != moving.shape or fixed.ndim != 2:
        raise ValueError(f"cannot align points of shape {moving.shape} with points of shape {fixed.shape}")
    dimensions = fixed.shape[1]
    shift = centring and len(fixed) > 0
    target = fixed.mean(axis=0, dtype=np.float64) if shift else np.zeros(dimensions)
    origin = moving.mean(axis=0, dtype=np.float64) if shift else np.zeros(dimensions)
    wanted, given = fixed - target, moving - origin
    left, strengths, right = np.linalg.svd(given.T @ wanted)
    rotation = left @ right
    size = float((given**2).sum())
    scale = float(strengths.sum()) / size if scaling and size > 0 else 1.0
    spread = float((wanted**2).sum())
    rest = float(((given @ rotation * scale - wanted) ** 2).sum())
    return Alignment(rotation, scale, origin, target, rest / spread if spread > 0 else 0.0)


def aligned(fixed: FloatMatrix, moving: FloatMatrix, *, scaling: bool = False) -> FloatMatrix:
    """`moving`, turned, mirrored and shifted to lie on `fixed` as well as it can, shape `(n, dimensions)`, float32."""
    return procrustes(fixed, moving, scaling=scaling).apply(moving)
