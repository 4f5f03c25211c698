"""Procrustes: a known turn is undone, by hand and against scipy."""

import numpy as np
import pytest
import scipy.spatial
from scipy.linalg import orthogonal_procrustes

from core.explore.alignment import aligned, procrustes


def points(n: int = 50, dimensions: int = 2, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, dimensions)).astype(np.float32)


def test_a_quarter_turn_by_hand() -> None:
    fixed = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]], np.float32)
    # Turned by 90°: (x, y) became (−y, x), then moved by (5, 7).
    moving = np.array([[0, 1], [-1, 0], [0, -1], [1, 0]], np.float32) + np.array([5, 7], np.float32)
    found = procrustes(fixed, moving)
    np.testing.assert_allclose(found.rotation, [[0, -1], [1, 0]], atol=1e-7)
    assert found.origin.tolist() == [5, 7]
    assert found.residual == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(aligned(fixed, moving), fixed, atol=1e-6)


@pytest.mark.parametrize("dimensions", [2, 3, 20])
def test_a_known_rotation_reflection_shift_and_scale_are_undone(dimensions: int) -> None:
    fixed = points(60, dimensions)
    turn = np.linalg.qr(points(dimensions, dimensions, 2))[0]
    turn[:, 0] *= -1
    moving = (3 * fixed @ turn + 4).astype(np.float32)
    found = procrustes(fixed, moving, scaling=True)
    np.testing.assert_allclose(found.rotation, turn.T, atol=1e-5)
    assert found.scale == pytest.approx(1 / 3, rel=1e-5)
    np.testing.assert_allclose(found.apply(moving), fixed, atol=1e-5)
    # Without scaling the size stays three times as large: (3 − 1)² of the spread is left.
    assert procrustes(fixed, moving).residual == pytest.approx(4, rel=1e-4)


def test_equals_scipy() -> None:
    fixed, moving = points(40, 5), points(40, 5, 2)
    expected, _ = orthogonal_procrustes(moving, fixed)
    np.testing.assert_allclose(procrustes(fixed, moving, centring=False).rotation, expected, atol=1e-5)
    _, _, disparity = scipy.spatial.procrustes(fixed, moving)
    assert procrustes(fixed, moving, scaling=True).residual == pytest.approx(disparity, rel=1e-5)


def test_nothing_and_one_point() -> None:
    assert aligned(points(0), points(0)).shape == (0, 2)
    np.testing.assert_allclose(aligned(points(1), points(1, seed=3)), points(1), atol=1e-6)
    with pytest.raises(ValueError, match="cannot align"):
        procrustes(points(3), points(4))
