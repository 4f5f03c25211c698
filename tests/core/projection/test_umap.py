"""UMAP: curve, weights and quality against umap-learn."""

import numpy as np
import pytest

from core.neighbours import knn_graph
from core.projection.umap import UMAP, UMAPParams, curve, edges_of


def points(n: int, dimensions: int = 20, seed: int = 4) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, dimensions)) + rng.normal(size=(12, dimensions))[rng.integers(12, size=n)]
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def with_itself(graph):
    """A neighbour graph as umap-learn wants it: the word itself first, at distance 0."""
    n = len(graph[0])
    own = np.arange(n, dtype=np.int32)[:, None]
    return np.hstack([own, graph[0]]), np.hstack([np.zeros((n, 1), np.float32), graph[1]])


@pytest.mark.parametrize(
    # Published: umap-learn's own values for its default and for the edges of the range (find_ab_params, scipy).
    ("distance", "a", "b"),
    [(0.1, 1.576943, 0.895061), (0.5, 0.583030, 1.334167), (0.0, 1.932809, 0.790495), (0.99, 0.119306, 1.916389)],
)
def test_curve(distance, a, b):
    assert curve(distance) == pytest.approx((a, b), abs=2e-5)


def test_edges_by_hand():
    # Three words: 0 – 1 at .1, 0 – 2 at .4, 1 – 2 at .3, two neighbours each. The nearest has strength 1.
    indices = np.array([[1, 2], [0, 2], [1, 0]], np.int32)
    distances = np.array([[0.1, 0.4], [0.1, 0.3], [0.3, 0.4]], np.float32)
    heads, tails, weights = edges_of(indices, distances)
    assert heads.tolist() == [0, 0, 1, 1, 2, 2]
    assert tails.tolist() == [1, 2, 0, 2, 0, 1]
    # Each word's strengths add to log2(3): the second neighbour's is log2(3) − 1 = s. 0 – 2: s + s − s·s.
    s = np.log2(3) - 1
    np.testing.assert_allclose(weights, [1, 2 * s - s * s, 1, 1, 2 * s - s * s, 1], atol=1e-4)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_edges_equal_umap_learn():
    import scipy.sparse
    from umap.umap_ import fuzzy_simplicial_set

    unit = points(400)
    unit[7] = unit[3]
    unit[8] = unit[3]
    graph = knn_graph(unit, 14)
    indices, distances = with_itself(graph)
    theirs, _, _ = fuzzy_simplicial_set(
        unit, 15, np.random.RandomState(1), "cosine", knn_indices=indices, knn_dists=distances
    )
    heads, tails, weights = edges_of(*graph)
    ours = scipy.sparse.coo_matrix((weights, (heads, tails)), shape=(400, 400))
    assert abs(ours - theirs).max() < 1e-5
    assert ours.nnz == theirs.nnz


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_neighbours_are_kept_as_well_as_by_umap_learn():
    import umap
    from sklearn.manifold import trustworthiness

    unit = points(1500)
    graph = knn_graph(unit, 14)
    theirs = umap.UMAP(n_neighbors=15, random_state=1, metric="cosine", precomputed_knn=with_itself(graph))
    their = trustworthiness(unit, theirs.fit_transform(unit), n_neighbors=15, metric="cosine")
    our = trustworthiness(unit, UMAP.project(unit, UMAPParams(), 1, graph), n_neighbors=15, metric="cosine")
    assert our > their - 0.01


def test_importing_and_running_needs_no_umap_learn():
    import subprocess
    import sys
    from pathlib import Path

    code = (
        "import sys, numpy as np; from core.projection.umap import UMAP, UMAPParams;"
        "UMAP.project(np.eye(30, dtype=np.float32), UMAPParams(epochs=11));"
        "assert not {'umap', 'pynndescent', 'scipy.optimize', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])
