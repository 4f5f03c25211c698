"""What a task of the worker is: its arguments, declared once, and a function that fills a folder."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from core.evaluation.material import Material
from core.explore.clusters import Clusters, cluster
from core.neighbours import NeighbourGraph, knn_graph
from core.params import Params
from core.runs.prices import Predicted
from core.space import EmbeddingSpace

__all__ = ["Job", "Memory", "Task", "timed"]

Progress = Callable[[float, str], None]


@dataclass
class Memory:
    """What a worker keeps between two jobs: the neighbour graph and the clusters of the words that it placed last."""

    graphs: dict[tuple[str, int], NeighbourGraph] = field(default_factory=dict)
    clusters: dict[tuple[str, int, int], Clusters] = field(default_factory=dict)

    def graph(self, space: EmbeddingSpace, words: int, k: int, progress: Progress) -> NeighbourGraph:
        """The exact neighbour graph of the most frequent words, with at least `k` neighbours each."""
        what = (_identity(space), words)
        known = self.graphs.get(what)
        if known is None or known[0].shape[1] < min(k, words - 1):
            self.graphs.clear()
            known = knn_graph(space.unit[:words], k, lambda share: progress(0.2 * share, "neighbours"))
            self.graphs[what] = known
        return known

    def parted(self, space: EmbeddingSpace, words: int, seed: int) -> Clusters:
        """The clusters of the most frequent words."""
        what = (_identity(space), words, seed)
        if what not in self.clusters:
            self.clusters = {what: cluster(space, words, seed=seed)}
        return self.clusters[what]


@dataclass(frozen=True)
class Job:
    """What a task is given.

    Attributes:
        arguments: validated.
        space: opens the run's vectors; raises RunError where there are none.
        other: opens the vectors of another run, likewise.
        material: opens what the run was trained on; raises a SemascopeError where that is gone.
        trial: tries a training for three seconds; see `core.runs.probing.probe`.
        derived: the folder of earlier answers of the same run.
        folder: to be filled; becomes the answer.
        progress: told the share done and what is being done.
        memory: of the worker.
    """

    arguments: Params
    space: Callable[[], EmbeddingSpace]
    other: Callable[[str], EmbeddingSpace]
    material: Callable[[], Material]
    trial: Callable[[Mapping[str, Any]], Predicted | None]
    derived: Path
    folder: Path
    progress: Progress
    memory: Memory


class Task(ABC):
    """One kind of request.

    Class attributes:
        name: as `ask` names it.
        Params: its arguments.
    """

    name: ClassVar[str]
    Params: ClassVar[type[Params]]

    @staticmethod
    @abstractmethod
    def run(job: Job) -> dict[str, Any]:
        """Fill the folder; what it returns is added to result.json.

        Raises:
            Withdrawn: there shall be no answer, as if nobody had asked.
        """

    @staticmethod
    def depends() -> dict[str, str]:
        """What besides its arguments the answer depends on, where it is about no vectors."""
        return {}


def timed(run: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `run` returns, with the seconds that it took."""
    started = time.monotonic()
    return {**run(), "seconds": round(time.monotonic() - started, 3)}


def _identity(space: EmbeddingSpace) -> str:
    return str(space.metadata.get("sha256") or id(space))
