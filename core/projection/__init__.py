"""Two- and three-dimensional maps of a space, one method per file.

To add one, put one file into this folder: its citation, its `Params`, its class.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

from core.neighbours import NeighbourGraph, knn_graph
from core.params import Params
from core.registry import Registry
from core.space import FloatMatrix

__all__ = ["PROJECTIONS", "Progress", "Projection", "graph_of"]

P = TypeVar("P", bound=Params)
Progress = Callable[[float], None]


class Projection(ABC, Generic[P]):
    """A way to draw a space on a plane or in three dimensions.

    Class attributes:
        name: the name on the command line and in records; also the name of the file.
        title: the name as people write it.
        summary: what the map keeps, what it does not, what it costs.
        citation: author, year, title, where.
        Params: the settings, declared once; `dimensions` (2 or 3) is among them.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    citation: ClassVar[str]
    Params: ClassVar[type[Params]]

    @classmethod
    @abstractmethod
    def project(
        cls,
        unit: FloatMatrix,
        params: P,
        seed: int = 1,
        graph: NeighbourGraph | None = None,
        start: FloatMatrix | None = None,
        progress: Progress | None = None,
    ) -> FloatMatrix:
        """Place every word. Same input, settings and seed: same bytes.

        Args:
            unit: rows of length 1, shape `(n, dimensions)`, float32.
            params: settings of this projection.
            seed: seeds every random number.
            graph: what `knn_graph(unit, k)` returned, with k at least `neighbours_wanted(params)`; found here where
                it is absent or too narrow.
            start: an earlier layout of the same words, shape `(n, 2 or 3)`, to continue from in much less time.
            progress: told the share done, 0 to 1, now and then; an exception it raises ends the work.

        Returns:
            Positions, shape `(n, 2)` or `(n, 3)`, float32, finite.
        """

    @classmethod
    def neighbours_wanted(cls, params: P) -> int:
        """How many other words per word the neighbour graph needs; 0 where none is used."""
        return 0


PROJECTIONS: Registry[type[Projection[Any]]] = Registry("projection", "core.projection")


def graph_of(unit: FloatMatrix, k: int, graph: NeighbourGraph | None, progress: Progress | None) -> NeighbourGraph:
    """The first `k` columns of `graph`, or a graph found now (the first fifth of the progress)."""
    k = max(0, min(k, len(unit) - 1))
    if graph is not None and graph[0].shape[0] == len(unit) and graph[0].shape[1] >= k:
        return graph[0][:, :k], graph[1][:, :k]
    return knn_graph(unit, k, None if progress is None else lambda done: progress(done / 5))
