"""The parallelogram behind an analogy: how far a − b and d − c are from being the same step."""

from dataclasses import dataclass

import numpy as np

from core.space import EmbeddingSpace, FloatMatrix

__all__ = ["Parallelogram", "parallelogram"]


@dataclass(frozen=True, slots=True)
class Parallelogram:
    """Four words and the point a − b + c, drawn in the plane in which the four lie best.

    Attributes:
        words: a, b, c, d: king, man, woman, queen.
        corners: their places, shape `(4, 2)`, in units of a vector's length (every word has length 1).
        target: where a − b + c falls, shape `(2,)`.
        angle: between a − b and d − c in degrees, 0 to 180; 0 is a perfect parallelogram. None where a step is zero.
        length_error: how much longer d − c is than a − b, as a share: 0 equal, .5 half as long again, −1 zero.
        shown: share of the four points' spread that the plane shows, 0 to 1.
    """

    words: tuple[str, str, str, str]
    corners: FloatMatrix
    target: FloatMatrix
    angle: float | None
    length_error: float | None
    shown: float


def parallelogram(space: EmbeddingSpace, a: str, b: str, c: str, d: str) -> Parallelogram:
    """Draw `a − b + c = d`.

    Steps and errors are measured in the whole space between vectors of length 1, as 3CosAdd compares them; only the
    drawing is flat: the two first principal components of the four points.

    Raises:
        UnknownWordError: a word is not in the vocabulary.
    """
    rows = space.indices([a, b, c, d])
    points = space.unit[rows].astype(np.float64)
    target = points[0] - points[1] + points[2]
    first, second = points[0] - points[1], points[3] - points[2]
    lengths = float(np.linalg.norm(first)), float(np.linalg.norm(second))
    angle = length_error = None
    if lengths[0] > 1e-9:
        length_error = lengths[1] / lengths[0] - 1
        if lengths[1] > 1e-9:
            angle = float(np.degrees(np.arccos(np.clip(first @ second / (lengths[0] * lengths[1]), -1, 1))))
    centre = points.mean(axis=0)
    _, spread, axes = np.linalg.svd(points - centre, full_matrices=False)
    plane = _upright(axes[:2])
    total = float((spread**2).sum())
    return Parallelogram(
        words=(space.keys[rows[0]], space.keys[rows[1]], space.keys[rows[2]], space.keys[rows[3]]),
        corners=((points - centre) @ plane.T).astype(np.float32),
        target=((target - centre) @ plane.T).astype(np.float32),
        angle=angle,
        length_error=length_error,
        shown=float((spread[:2] ** 2).sum()) / total if total > 0 else 1.0,
    )


def _upright(axes: np.ndarray) -> np.ndarray:
    """The axes with the sign that makes their largest entry positive, so that a drawing never flips between views."""
    signs = np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])
    return np.asarray(axes * np.where(signs == 0, 1, signs)[:, None])
