"""Clusters of words, named by their own words, so that a map can say what its regions are."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from core.space import EmbeddingSpace, FloatMatrix

__all__ = ["Clusters", "cluster"]

Labels = npt.NDArray[np.int64]

NAME_WORDS = 3
MOST_CLUSTERS = 24
STARTS = 2
MOST_ROUNDS = 60
# Done when no more than this share of the words changes its cluster.
SETTLED = 0.001


@dataclass(frozen=True, slots=True)
class Clusters:
    """A partition of the most frequent words.

    Attributes:
        labels: cluster of each word, shape `(words,)`, int64; cluster 0 is the largest.
        names: of each cluster, its most typical words: near the centre and not rare.
    """

    labels: Labels
    names: tuple[str, ...]


def cluster(space: EmbeddingSpace, words: int, count: int = 0, seed: int = 1) -> Clusters:
    """Part the `words` most frequent words into clusters of similar direction (k-means on vectors of length 1).

    Args:
        space: the words.
        words: how many of the most frequent.
        count: clusters; 0 chooses by the number of words, 12 for 2,000.
        seed: seeds the starting centres.
    """
    unit = space.unit[:words]
    different = len(np.unique(unit.round(5), axis=0))
    count = min(count or int(np.clip(round(np.sqrt(len(unit)) / 3.7), 2, MOST_CLUSTERS)), different)
    if count < 2:
        return Clusters(np.zeros(len(unit), np.int64), (_name(space, np.arange(len(unit)), unit),))
    # Products this small lose more to waiting for a second thread than they win: beside a training that keeps the
    # cores busy the same took 6 s instead of .25 s.
    with threadpool_limits(1, user_api="blas"):
        found = _kmeans(unit, count, np.random.default_rng(seed))
    sizes = np.bincount(found, minlength=count)
    by_size = np.argsort(-sizes, kind="stable")
    number = np.empty(count, np.int64)
    number[by_size] = np.arange(count)
    labels = number[found]
    names = tuple(_name(space, np.flatnonzero(labels == i), unit) for i in range(count))
    return Clusters(labels, names)


def _kmeans(unit: FloatMatrix, count: int, rng: np.random.Generator) -> Labels:
    """The better of two k-means partitions (Lloyd 1982), each begun by k-means++ (Arthur & Vassilvitskii 2007).

    Two matrix products a round: for 10,000 words a fraction of a second, where importing scikit-learn alone takes one.
    """
    best: tuple[float, Labels] | None = None
    for _ in range(STARTS):
        centres = _apart(unit, count, rng)
        labels = np.full(len(unit), -1, np.int64)
        for _round in range(MOST_ROUNDS):
            closeness = unit @ centres.T - (centres**2).sum(axis=1) / 2
            new = closeness.argmax(axis=1)
            changed = np.count_nonzero(new != labels)
            labels = new
            if changed <= len(unit) * SETTLED:
                break
            members = np.zeros((count, len(unit)), np.float32)
            members[labels, np.arange(len(unit))] = 1
            sizes = members.sum(axis=1)
            # A cluster that lost all its words keeps its centre.
            centres = np.where(sizes[:, None] > 0, members @ unit / np.maximum(sizes, 1)[:, None], centres)
        gain = float(np.take_along_axis(closeness, labels[:, None], axis=1).sum(dtype=np.float64))
        if best is None or gain > best[0]:
            best = gain, labels
    return best[1] if best is not None else np.zeros(len(unit), np.int64)


def _apart(unit: FloatMatrix, count: int, rng: np.random.Generator) -> FloatMatrix:
    """Starting centres: rows drawn with a chance that grows with the squared distance to those drawn before."""
    lengths = (unit**2).sum(axis=1)
    chosen = [int(rng.integers(len(unit)))]
    distances = np.full(len(unit), np.inf)
    while len(chosen) < count:
        last = unit[chosen[-1]]
        distances = np.minimum(distances, np.maximum(lengths + lengths[chosen[-1]] - 2 * (unit @ last), 0))
        total = np.cumsum(distances, dtype=np.float64)
        chosen.append(min(int(np.searchsorted(total, rng.uniform() * total[-1], side="right")), len(unit) - 1))
    return unit[chosen]


def _name(space: EmbeddingSpace, rows: Labels, unit: FloatMatrix) -> str:
    """The words nearest to the centre among the more frequent half: rare words lie central by chance."""
    if not len(rows):
        return ""
    centre = unit[rows].mean(axis=0)
    frequent = rows[: max(NAME_WORDS, len(rows) // 2)]
    nearest = frequent[np.argsort(-(unit[frequent] @ centre), kind="stable")][:NAME_WORDS]
    return ", ".join(space.keys[int(row)] for row in nearest)
