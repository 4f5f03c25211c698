"""What every projection keeps: shape, finite numbers, same bytes for the same seed, any size, progress."""

import numpy as np
import pytest

from core.neighbours import knn_graph
from core.params import describe
from core.projection import PROJECTIONS, Projection


def groups(n: int = 120, dimensions: int = 10, seed: int = 1) -> np.ndarray:
    """Three well separated groups: row i is in group i % 3."""
    rng = np.random.default_rng(seed)
    rows = np.eye(dimensions)[np.arange(n) % 3] + rng.normal(scale=0.1, size=(n, dimensions))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def quick(projection: type[Projection], **values: object) -> object:
    """The defaults, with few passes where there are passes."""
    names = {info.name for info in describe(projection.Params)}
    return projection.Params(**({"epochs": 40} if "epochs" in names else {}), **values)


@pytest.fixture(params=PROJECTIONS.names())
def projection(request):
    return PROJECTIONS.get(request.param)


def test_it_says_what_it_is(projection):
    assert projection.title
    assert projection.summary.endswith(".")
    assert projection.citation
    assert "dimensions" in {info.name for info in describe(projection.Params)}


@pytest.mark.parametrize("dimensions", [2, 3])
def test_same_seed_same_bytes(projection, dimensions):
    unit = groups()
    params = quick(projection, dimensions=dimensions)
    told: list[float] = []
    first = projection.project(unit, params, 5, progress=told.append)
    assert first.shape == (120, dimensions)
    assert first.dtype == np.float32
    assert np.isfinite(first).all()
    assert told[-1] == pytest.approx(1)
    assert told == sorted(told)
    np.testing.assert_array_equal(first, projection.project(unit, params, 5))


def test_groups_stay_together(projection):
    positions = projection.project(groups(), quick(projection))
    indices, _ = nearest_on_map(positions)
    assert np.mean(indices % 3 == (np.arange(120) % 3)[:, None]) > 0.95


def nearest_on_map(positions: np.ndarray, k: int = 5) -> tuple[np.ndarray, np.ndarray]:
    distances = np.linalg.norm(positions[:, None] - positions[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    indices = np.argsort(distances, axis=1)[:, :k]
    return indices, np.take_along_axis(distances, indices, axis=1)


def test_a_graph_handed_in_changes_nothing(projection):
    unit = groups()
    params = quick(projection)
    wide = knn_graph(unit, projection.neighbours_wanted(params) + 7)
    np.testing.assert_array_equal(projection.project(unit, params, 1, wide), projection.project(unit, params, 1))


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 5, 8, 20])
def test_any_number_of_words(projection, n):
    for dimensions in (2, 3):
        positions = projection.project(groups(n), quick(projection, dimensions=dimensions))
        assert positions.shape == (n, dimensions)
        assert np.isfinite(positions).all()


def test_equal_and_empty_vectors(projection):
    unit = np.zeros((40, 6), np.float32)
    unit[:20, 0] = 1
    assert np.isfinite(projection.project(unit, quick(projection))).all()


def test_an_earlier_layout_is_kept_near(projection):
    unit = groups()
    params = quick(projection)
    first = projection.project(unit, params)
    again = projection.project(unit, params, 2, start=first)
    # The same places up to small moves: the correlation of all distances is high.
    a, b = (np.linalg.norm(p[:, None] - p[None], axis=2).ravel() for p in (first, again))
    assert np.corrcoef(a, b)[0, 1] > 0.9


def test_a_start_that_does_not_fit_is_ignored(projection):
    unit = groups()
    wrong = np.zeros((7, 2), np.float32)
    params = quick(projection)
    np.testing.assert_array_equal(projection.project(unit, params, start=wrong), projection.project(unit, params))


def test_a_word_from_progress_ends_the_work(projection):
    def stop(_share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        projection.project(groups(), quick(projection), progress=stop)
