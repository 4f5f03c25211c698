"""Clusters: planted groups are found, named by their own words, the same every time."""

import numpy as np

from core.explore.clusters import cluster
from core.space import EmbeddingSpace


def planted(groups: int = 3, size: int = 10) -> EmbeddingSpace:
    rng = np.random.default_rng(1)
    centres = np.eye(8)[:groups]
    rows = [centres[i % groups] + rng.normal(scale=0.1, size=8) for i in range(groups * size)]
    return EmbeddingSpace([f"w{i % groups}_{i}" for i in range(groups * size)], np.array(rows, np.float32))


def test_planted_groups_are_found_and_named_by_their_words() -> None:
    found = cluster(planted(), 30, count=3)
    for label, name in enumerate(found.names):
        members = {f"w{i % 3}_{i}"[:2] for i in np.flatnonzero(found.labels == label)}
        assert len(members) == 1
        assert {word[:2] for word in name.split(", ")} == members


def test_the_same_words_give_the_same_clusters_largest_first() -> None:
    one, two = (cluster(planted(4, 25), 90, count=4) for _ in range(2))
    assert one.labels.tolist() == two.labels.tolist()
    sizes = np.bincount(one.labels)
    assert sizes.tolist() == sorted(sizes, reverse=True)


def test_words_that_are_all_alike_are_one_cluster() -> None:
    space = EmbeddingSpace(["a", "b", "c"], np.ones((3, 4), np.float32))
    assert cluster(space, 3).labels.tolist() == [0, 0, 0]


def test_as_compact_as_scikit_learns() -> None:
    from sklearn.cluster import KMeans

    rng = np.random.default_rng(2)
    rows = rng.normal(size=(600, 10)) + 1.5 * rng.normal(size=(9, 10))[rng.integers(9, size=600)]
    space = EmbeddingSpace([f"w{i}" for i in range(600)], rows.astype(np.float32))
    labels = cluster(space, 600, count=9).labels
    ours = sum(((unit - unit.mean(axis=0)) ** 2).sum() for unit in (space.unit[labels == i] for i in range(9)))
    theirs = KMeans(9, n_init=5, random_state=1).fit(space.unit).inertia_
    assert ours < 1.06 * theirs


def test_more_clusters_than_different_words() -> None:
    space = EmbeddingSpace(["a", "b", "c", "d"], np.array([[1, 0], [1, 0], [0, 1], [0, 0]], np.float32))
    found = cluster(space, 4, count=10)
    assert len(found.names) == 3
    assert found.labels.tolist()[:2] == [0, 0]
    assert len(set(found.labels.tolist())) == 3
