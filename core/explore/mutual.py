"""Who is near whom: among some words, the pairs that are among each other's nearest."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.neighbours import knn_graph
from core.space import EmbeddingSpace

__all__ = ["MutualGraph", "mutual_graph"]


@dataclass(frozen=True, slots=True)
class MutualGraph:
    """Words, and links between those that are near each other.

    Attributes:
        words: as the vocabulary writes them, each once.
        links: pairs of places in `words`, the smaller first, with their cosine similarity; in order.
    """

    words: tuple[str, ...]
    links: tuple[tuple[int, int, float], ...]


def mutual_graph(space: EmbeddingSpace, words: Sequence[str], nearest: int = 4) -> MutualGraph:
    """Link two of `words` where each is among the other's `nearest` words of the list.

    Only mutual nearness counts: a frequent word is near to many that are not near to it (hubs), and would tie
    everything to everything.

    Args:
        space: the vectors.
        words: the words to look at; doubles count once.
        nearest: how many neighbours each word has at most.

    Raises:
        UnknownWordError: naming all words that are missing.
    """
    rows = list(dict.fromkeys(space.indices(words)))
    indices, distances = knn_graph(space.unit[rows], nearest)
    near = {
        (a, int(b)): 1 - float(distance)
        for a in range(len(rows))
        for b, distance in zip(indices[a], distances[a], strict=True)
    }
    links = tuple((a, b, near[a, b]) for a, b in sorted(near) if a < b and (b, a) in near)
    return MutualGraph(tuple(space.keys[row] for row in rows), links)
