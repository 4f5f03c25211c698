"""Clusters of words, named by their own words, so that a map can say what its regions are."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.space import EmbeddingSpace

__all__ = ["Clusters", "cluster"]

NAME_WORDS = 3
MOST_CLUSTERS = 24


@dataclass(frozen=True, slots=True)
class Clusters:
    """A partition of the most frequent words.

    Attributes:
        labels: cluster of each word, shape `(words,)`, int64; cluster 0 is the largest.
        names: of each cluster, its most typical words: near the centre and not rare.
    """

    labels: npt.NDArray[np.int64]
    names: tuple[str, ...]


def cluster(space: EmbeddingSpace, words: int, count: int = 0, seed: int = 1) -> Clusters:
    """Part the `words` most frequent words into clusters of similar direction (k-means on vectors of length 1).

    Args:
        space: the words.
        words: how many of the most frequent.
        count: clusters; 0 chooses by the number of words, 12 for 2,000.
        seed: seeds the starting centres.
    """
    # scikit-learn stays out of the web process: only the worker and the command line come here.
    from sklearn.cluster import KMeans

    unit = space.unit[:words]
    different = len(np.unique(unit.round(5), axis=0))
    count = min(count or int(np.clip(round(np.sqrt(len(unit)) / 3.7), 2, MOST_CLUSTERS)), different)
    if count < 2:
        return Clusters(np.zeros(len(unit), np.int64), (_name(space, np.arange(len(unit)), unit),))
    found = KMeans(count, n_init=2, random_state=seed, max_iter=60).fit_predict(unit)
    sizes = np.bincount(found, minlength=count)
    by_size = np.argsort(-sizes, kind="stable")
    number = np.empty(count, np.int64)
    number[by_size] = np.arange(count)
    labels = number[found]
    names = tuple(_name(space, np.flatnonzero(labels == i), unit) for i in range(count))
    return Clusters(labels, names)


def _name(space: EmbeddingSpace, rows: npt.NDArray[np.int64], unit: npt.NDArray[np.float32]) -> str:
    """The words nearest to the centre among the more frequent half: rare words lie central by chance."""
    if not len(rows):
        return ""
    centre = unit[rows].mean(axis=0)
    frequent = rows[: max(NAME_WORDS, len(rows) // 2)]
    nearest = frequent[np.argsort(-(unit[frequent] @ centre), kind="stable")][:NAME_WORDS]
    return ", ".join(space.keys[int(row)] for row in nearest)
