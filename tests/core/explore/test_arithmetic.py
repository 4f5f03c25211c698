"""The parallelogram, worked by hand."""

import numpy as np
import pytest

from core.explore.arithmetic import parallelogram
from core.space import EmbeddingSpace


def space(**vectors: list[float]) -> EmbeddingSpace:
    return EmbeddingSpace(list(vectors), np.array(list(vectors.values()), np.float32))


def test_a_perfect_parallelogram_has_no_error() -> None:
    # Four corners of a square on the unit sphere: steps are the same vector.
    found = parallelogram(
        space(king=[1, 1, 1], man=[-1, 1, 1], woman=[-1, -1, 1], queen=[1, -1, 1]), "king", "man", "woman", "queen"
    )
    assert found.angle == pytest.approx(0, abs=1e-3)
    assert found.length_error == pytest.approx(0, abs=1e-6)
    assert found.shown == pytest.approx(1)
    np.testing.assert_allclose(found.target, found.corners[3], atol=1e-6)
    # The side of the square is 2 / √3 for points scaled to length 1.
    assert np.linalg.norm(found.corners[0] - found.corners[1]) == pytest.approx(2 / np.sqrt(3), rel=1e-6)


def test_angle_and_length_by_hand() -> None:
    # a − b = (1, −1); d − c = (−1, −1): a right angle; both have length √2.
    found = parallelogram(space(a=[1, 0], b=[0, 1], c=[1, 0], d=[0, -1]), "a", "b", "c", "d")
    assert found.angle == pytest.approx(90)
    assert found.length_error == pytest.approx(0)
    # d = c: no second step; its length is all missing and no angle is defined.
    flat = parallelogram(space(a=[1, 0], b=[0, 1], c=[1, 0], d=[1, 0]), "a", "b", "c", "d")
    assert flat.angle is None
    assert flat.length_error == pytest.approx(-1)


def test_a_step_of_nothing_defines_no_error() -> None:
    found = parallelogram(space(a=[1, 0], b=[1, 0], c=[0, 1], d=[0, -1]), "a", "b", "c", "d")
    assert found.angle is None
    assert found.length_error is None
