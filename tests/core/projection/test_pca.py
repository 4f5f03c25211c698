"""PCA against scikit-learn."""

import numpy as np
from sklearn.decomposition import PCA

from core.projection.pca import principal_components


def test_equals_scikit_learn_up_to_sign():
    rows = np.random.default_rng(1).normal(size=(200, 8)).astype(np.float32) * np.arange(1, 9, dtype=np.float32)
    ours = principal_components(rows, 3)
    theirs = PCA(3, svd_solver="full").fit_transform(rows)
    np.testing.assert_allclose(np.abs(ours), np.abs(theirs), atol=1e-3)


def test_by_hand_on_a_line():
    # Points on the line (3, 4) / 5 · t for t = −1, 0, 1: the only axis holds t, the second is empty.
    rows = np.array([[-3, -4], [0, 0], [3, 4]], np.float32) / 5
    np.testing.assert_allclose(principal_components(rows, 2), [[-1, 0], [0, 0], [1, 0]], atol=1e-6)


def test_missing_axes_are_zero():
    positions = principal_components(np.array([[1], [3]], np.float32), 3)
    np.testing.assert_allclose(positions, [[-1, 0, 0], [1, 0, 0]])
