"""What the worker can compute."""

import platform
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from core.architecture import ARCHITECTURES
from core.errors import RunError, UnknownNameError
from core.evaluation.benchmark import BENCHMARKS
from core.explore.clusters import cluster
from core.explore.stability import stability
from core.params import Field, Params, validate
from core.projection import PROJECTIONS
from core.runs.compiled import warm
from core.runs.jobs import Job, Task
from core.runs.settings import RunSettings, usable_cores
from core.runs.spec import versions
from core.space import EmbeddingSpace, FloatMatrix
from core.tensors import load_tensors, save_tensors

__all__ = ["TASKS", "validate_task", "warm_projection"]


class MapParams(Params):
    """Arguments of a map."""

    method: str = Field("umap", max_length=40, description="Registered name of a projection.")
    words: int = Field(2000, ge=2, le=200_000, description="How many of the most frequent words to place.")
    seed: int = Field(1, ge=0, le=2**31 - 1, description="Seeds the layout.")
    settings: dict[str, Any] = Field(default_factory=dict, description="The projection's own settings.")
    start: str = Field("", max_length=32, pattern="^[0-9a-f]*$", description="Key of an earlier map to begin from.")


class MapTask(Task):
    """Places the most frequent words and parts them into clusters.

    `positions.safetensors` holds `positions`, shape `(words, 2 or 3)`, and `clusters`, shape `(words,)`; the answer's
    facts hold `cluster_names`.
    """

    name = "map"
    Params = MapParams

    @staticmethod
    def run(job: Job) -> dict[str, Any]:
        """Project, from an earlier layout where one of as many words is named."""
        asked = job.arguments
        assert isinstance(asked, MapParams)
        projection = PROJECTIONS.get(asked.method)
        params = validate(projection.Params, asked.settings, asked.method)
        job.progress(0.0, "opening")
        space = job.space()
        unit = space.unit[: asked.words]
        wanted = projection.neighbours_wanted(params)
        graph = job.memory.graph(space, len(unit), wanted, job.progress) if wanted else None
        start = _start(job.derived, asked.start, len(unit), getattr(params, "dimensions", 2))
        positions = projection.project(
            unit, params, asked.seed, graph, start, lambda share: job.progress(0.2 + 0.7 * share, "layout")
        )
        job.progress(0.9, "clusters")
        found = job.memory.parted(space, len(unit), asked.seed)
        save_tensors(
            job.folder / "positions.safetensors", {"positions": positions.astype(np.float32), "clusters": found.labels}
        )
        return {
            "method": asked.method,
            "words": len(unit),
            "dimensions": int(positions.shape[1]),
            "cluster_names": list(found.names),
        }


class EvaluateParams(Params):
    """Arguments of a score."""

    benchmark: str = Field("held_out_rank", max_length=40, description="Registered name of a score.")
    params: dict[str, Any] = Field(default_factory=dict, description="The score's own settings.")


class EvaluateTask(Task):
    """Scores the vectors on the corpus they learned from, with what the run held out.

    The answer's facts are those of an `EvaluationResult`.
    """

    name = "evaluate"
    Params = EvaluateParams

    @staticmethod
    def run(job: Job) -> dict[str, Any]:
        """Score."""
        asked = job.arguments
        assert isinstance(asked, EvaluateParams)
        benchmark = BENCHMARKS.get(asked.benchmark)
        job.progress(0.0, "opening")
        space, material = job.space(), job.material()
        job.progress(0.3, "scoring")
        return benchmark.evaluate(space, material, validate(benchmark.Params, asked.params, asked.benchmark)).to_dict()


class StabilityParams(Params):
    """Arguments of the stability of words over trainings."""

    others: dict[str, str] = Field(
        default_factory=dict, description="The other trainings: the id of each run with the version of its vectors."
    )
    words: int = Field(2000, ge=1, le=20_000, description="How many of the most frequent words to look at.")
    nearest: int = Field(10, ge=1, le=100, description="Neighbours of each word.")


class StabilityTask(Task):
    """Compares the neighbours of words between trainings that differ by their seed.

    The answer's facts hold `words`, the most frequent first, `shares`, and how many `spaces` were compared.
    """

    name = "stability"
    Params = StabilityParams

    @staticmethod
    def run(job: Job) -> dict[str, Any]:
        """Compare."""
        asked = job.arguments
        assert isinstance(asked, StabilityParams)
        job.progress(0.0, "opening")
        spaces = [job.space(), *map(job.other, asked.others)]
        found = stability(
            spaces, asked.words, asked.nearest, lambda share: job.progress(0.2 + 0.8 * share, "neighbours")
        )
        shares = [round(float(share), 4) for share in found.shares]
        return {"words": list(found.words), "shares": shares, "spaces": found.spaces, "nearest": found.nearest}


class WarmParams(Params):
    """Arguments of warming up."""

    architecture: str = Field("", max_length=40, description="Architecture whose kernel to compile.")
    params: dict[str, Any] = Field(default_factory=dict, description="Its parameters.")
    method: str = Field("", max_length=40, description="Projection to get ready.")


class WarmTask(Task):
    """Compiles what a training or a map is about to need, so that the next click does not wait for it."""

    name = "warm"
    Params = WarmParams

    @staticmethod
    def run(job: Job) -> dict[str, Any]:
        """Compile; the compiled code is in numba's cache, where the trainer finds it."""
        asked = job.arguments
        assert isinstance(asked, WarmParams)
        if asked.architecture:
            job.progress(0.0, "compiling")
            unit = ARCHITECTURES.get(asked.architecture)
            warm(unit, validate(unit.Params, asked.params, asked.architecture))
        if asked.method:
            job.progress(0.5, "compiling")
            warm_projection(asked.method)
        return {}

    @staticmethod
    def depends() -> dict[str, str]:
        """Compiled code is of one version of Semascope and numba."""
        return versions()


class ProbeParams(Params):
    """Arguments of a trial: all of a recipe that time and memory depend on."""

    architecture: str = Field("", max_length=40, description="Architecture to try.")
    params: dict[str, Any] = Field(default_factory=dict, description="Its parameters.")
    settings: dict[str, Any] = Field(default_factory=dict, description="The corpus and its cut-offs.")
    threads: int = Field(1, ge=1, le=64, description="Worker threads.")


class ProbeTask(Task):
    """Tries a training to tell what all of it will take.

    The answer's facts hold `predicted`, None where a trial tells nothing and the size has to do.
    """

    name = "probe"
    Params = ProbeParams

    @staticmethod
    def run(job: Job) -> dict[str, Any]:
        """Have the trial made by a process of its own."""
        job.progress(0.0, "trying")
        found = job.trial(job.arguments.model_dump(mode="json"))
        return {"predicted": found.model_dump(mode="json") if found else None}

    @staticmethod
    def depends() -> dict[str, str]:
        """A trial tells of one machine, and of what else that was doing in this hour."""
        hour = f"{time.time() // 3600:.0f}"
        return {**versions(), "node": platform.node(), "cores": str(usable_cores()), "hour": hour}


def warm_projection(method: str) -> None:
    """Load and compile a projection by placing a few random points."""
    projection = PROJECTIONS.get(method)
    points = np.random.default_rng(1).normal(size=(200, 8)).astype(np.float32)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    projection.project(points, projection.Params())
    cluster(EmbeddingSpace([str(i) for i in range(len(points))], points), len(points))


TASKS: dict[str, type[Task]] = {task.name: task for task in (EvaluateTask, MapTask, ProbeTask, StabilityTask, WarmTask)}


def validate_task(task: str, arguments: Mapping[str, Any]) -> Params:
    """The validated arguments of a task.

    Raises:
        UnknownNameError: no such task.
        SettingsError: an argument breaks its rule.
    """
    if task not in TASKS:
        raise UnknownNameError(f"There is no task called “{task[:40]}”; there are: {', '.join(TASKS)}.")
    params = validate(TASKS[task].Params, arguments, f"the task {task}")
    if isinstance(params, MapParams):
        projection = PROJECTIONS.get(params.method)
        validate(projection.Params, params.settings, params.method)
    if isinstance(params, EvaluateParams):
        validate(BENCHMARKS.get(params.benchmark).Params, params.params, params.benchmark)
    if isinstance(params, ProbeParams):
        validate(ARCHITECTURES.get(params.architecture).Params, params.params, params.architecture)
        validate(RunSettings, params.settings, "a run")
    return params


def _start(derived: Path, key: str, rows: int, dimensions: int) -> FloatMatrix | None:
    """The earlier layout to begin from; none where it does not fit, since it only saves time."""
    if not key:
        return None
    try:
        positions = load_tensors(derived / key / "positions.safetensors")[0]["positions"]
    except (OSError, KeyError, RunError, ValueError):
        return None
    fits = positions.shape == (rows, dimensions) and positions.dtype == np.float32 and np.isfinite(positions).all()
    return positions if fits else None
