"""What driving any study takes: its runs by number; one made, waited for, scored; being asked to stop in between."""

import contextlib
import dataclasses
import logging
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.errors import RunError, SemascopeError
from core.evaluation.benchmark import Benchmark, EvaluationResult
from core.evaluation.material import Material
from core.runs.dispatcher import ensure_dispatcher
from core.runs.material import material_of
from core.runs.metrics import last_row
from core.runs.spec import Spec
from core.runs.store import Store
from core.runs.studies.keeping import go_on, study
from core.runs.studies.marks import mark, was_made
from core.runs.studies.scores import note_scoring, read_scores, write_scores
from core.runs.studies.spec import StudySpec
from core.runs.trash import trashed
from core.runs.views import RunView

__all__ = ["Driving", "Stopped"]

POLL = 0.1
log = logging.getLogger("semascope.driver")


class Stopped(Exception):  # noqa: N818 - a way out, not an error
    """The study was asked to stop."""


class Driving:
    """One attempt at a study, in the process that holds its lock.

    Args:
        store: where it is.
        folder: of the study.
        spec: what was asked.
        workspace: of the study.
        asked: whether the process was asked to end, besides the stop file.
    """

    def __init__(
        self, store: Store, folder: Path, spec: StudySpec, workspace: str, asked: Callable[[], bool] = bool
    ) -> None:
        self.store, self.folder, self.spec, self.workspace = store, folder, spec, workspace
        self.corpus = store.corpus(spec.settings.corpus, workspace)
        self._asked = asked
        self._material: Material | None = None
        note_scoring(folder, "", "")  # what a killed one has left

    def check(self) -> None:
        """Raise `Stopped` where the study was asked to stop."""
        if self._asked() or (self.folder / "stop").exists():
            raise Stopped

    def runs(self) -> dict[int, RunView]:
        """The runs that there are, by number."""
        return {row.number: row.run for row in study(self.store, self.folder.name, self.workspace).rows}

    def made(self, number: int) -> bool:
        """Whether the run of this number was made once, be it that it was deleted since: then it is not made again."""
        return was_made(self.folder, number)

    def make(self, number: int, spec: Spec, did_all: bool = False) -> RunView:
        """Queue a run of the study.

        Args:
            number: of the run.
            spec: its recipe.
            did_all: of a side of a duel: it has as many epochs as do any good.
        """
        self.check()
        child = dataclasses.replace(spec, study=self.folder.name, number=number)
        run = self.store.create_run(child, workspace=self.workspace)
        mark(self.folder, number, run, did_all)
        log.info("run %d is %s", number, run)
        return self.store.run(run, self.workspace)

    def throw_away(self, number: int, run: RunView) -> None:
        """Remove a run for good, so that the one of this number can be made anew.

        It does not stay in the trash: taken back from there, there would be two of one number.
        """
        mark(self.folder, number, "")  # first: after a kill in between it is there still, or made anew
        self.store.delete(run.id, self.workspace)
        if (entry := trashed(self.store.workspace(self.workspace) / "trash", "run", run.id)) is not None:
            shutil.rmtree(entry[0], ignore_errors=True)

    def take_up(self, run: RunView) -> None:
        """Have a run go on that an earlier attempt has left."""
        self.check()
        go_on(self.store, run, self.workspace)

    def wait(
        self, run: str, seconds: float | None = None, enough: Callable[[RunView], bool] = lambda _: False
    ) -> RunView | None:
        """Wait for a run to end; None where it was deleted.

        Args:
            run: its id.
            seconds: of training, after which it is stopped; None lets it train to its end.
            enough: asked again and again while it trains; it is stopped once this says so.

        Raises:
            Stopped: the study was asked to stop; the run was stopped too.
        """
        training_since: float | None = None
        stopping = over = False
        while True:
            try:
                view = self.store.run(run, self.workspace)
            except RunError:
                return None
            if not view.active:
                if stopping:
                    raise Stopped
                return view
            if view.state == "queued":
                ensure_dispatcher(self.store)
            if view.phase == "training" and training_since is None:
                training_since = time.monotonic()
            try:
                self.check()
            except Stopped:
                stopping = True
            # One that says nothing for a long time is stopped all the same.
            silent = time.monotonic() - training_since if training_since is not None else 0.0
            if view.phase == "training":
                over = over or enough(view) or (seconds is not None and max(silent, _trained(view)) >= seconds)
            if stopping or over:
                with contextlib.suppress(RunError):
                    self.store.stop(run, self.workspace)
            time.sleep(POLL)

    def material(self) -> Material:
        """What scores are computed from; the same for all runs of a duel or a search."""
        if self._material is None:
            self._material = material_of(self.corpus, self.spec.settings)
        return self._material

    def score(self, run: RunView, units: list[type[Benchmark[Any]]]) -> dict[str, EvaluationResult]:
        """The scores of a run's vectors by benchmark, computed unless they are there; none where it has no vectors.

        Each is kept as soon as it is computed, so that it is seen, and not computed again after a stop.

        Raises:
            Stopped: the study was asked to stop.
        """
        known = read_scores(self.folder, run)
        if run.state == "failed" or not run.has_vectors or all(unit.name in known for unit in units):
            return known
        self.check()
        started = time.monotonic()
        space = self.store.space(run.id, self.workspace)
        found = list(known.values())
        try:
            for unit in units:
                if unit.name in known:
                    continue
                self.check()
                note_scoring(self.folder, run.id, unit.name)
                try:
                    found.append(unit.evaluate(space, self.material()))
                except SemascopeError as error:
                    found.append(dataclasses.replace(unit.evaluate(space, Material()), undefined=str(error)))
                write_scores(self.folder, run, found, time.monotonic() - started)
        finally:
            note_scoring(self.folder, "", "")
        return read_scores(self.folder, run)


def _trained(view: RunView) -> float:
    row = last_row(view.folder / "metrics.jsonl")
    return row["seconds"] if row is not None else 0.0
