"""A duel: the same text and the same seconds of training for each side, one after the other, with nothing beside it."""

import dataclasses
import logging
from typing import Any

from core.architecture import ARCHITECTURES
from core.evaluation.benchmark import BENCHMARKS, Benchmark
from core.runs.metrics import last_row, tail
from core.runs.paths import clean_name
from core.runs.prices import Predicted
from core.runs.probing import Withdrawn, probe
from core.runs.records import Outcome
from core.runs.settings import automatic_threads
from core.runs.spec import Spec
from core.runs.studies.driving import Driving, Stopped
from core.runs.studies.notes import over_budget
from core.runs.studies.pace import Fitted, begin_anew, fit_epochs, more_or_less
from core.runs.studies.quiet import Quiet, quiet
from core.runs.studies.spec import DuelPlan
from core.runs.views import RunView

__all__ = ["drive_duel"]

WORTH_A_TRIAL = 3.0
"""Seconds of training below which a trial would take longer than what it tells of."""
LOOK, SHORTEST_LOOK, LONGEST_LOOK = 0.1, 1.0, 5.0
"""After this share of its time the pace of a training is known; seconds, at least and at most."""
log = logging.getLogger("semascope.driver")


def drive_duel(driving: Driving) -> tuple[Outcome, str]:
    """Train and score one side after another; returns the outcome and a reason, as a run's result has them."""
    spec, plan = driving.spec, driving.spec.plan
    assert isinstance(plan, DuelPlan)
    units = _benchmarks(driving)
    ended: list[RunView] = []
    for number in range(1, len(spec.entrants) + 1):
        run = driving.runs().get(number)
        if run is None and driving.made(number):
            continue
        if run is None or _to_do(run, plan):
            with quiet(driving.store, driving.check) as still:
                run = _train(driving, number, run, plan, still)
        if run is not None:
            driving.score(run, units)
            ended.append(run)
    if ended and all(run.state == "failed" for run in ended):
        return "failed", "Every side failed; each run says why."
    return "finished", ""


def _train(driving: Driving, number: int, run: RunView | None, plan: DuelPlan, still: Quiet) -> RunView | None:
    if run is None:
        still.all()
        fitted = _fitted(driving, number, plan)
        still.all_but_one()
        return _at_its_pace(driving, number, fitted, plan)
    if not run.active:
        still.all_but_one()
        driving.take_up(run)
    return driving.wait(run.id, plan.seconds)


class Look:
    """A look at the pace of a side, once it has trained for long enough to show one.

    Args:
        fitted: what it has time for by a trial.
        seconds: that it has.
    """

    def __init__(self, fitted: Fitted, seconds: float) -> None:
        self.better: tuple[int, float] | None = None
        self._fitted, self._seconds, self._looked = fitted, seconds, False

    def at(self, run: RunView) -> bool:
        """Whether another number of epochs suits the time so much better that it shall begin anew."""
        path = run.folder / "metrics.jsonl"
        newest = last_row(path) if not self._looked else None
        if newest is not None and (newest["fraction"] >= 1 or newest["seconds"] >= self._from):
            self._looked = True
            epochs = getattr(self._fitted.params, "epochs", 0)
            self.better = more_or_less(epochs, self._fitted.most, tail(path)[1], self._seconds)
        return self.better is not None

    @property
    def _from(self) -> float:
        return min(LONGEST_LOOK, max(SHORTEST_LOOK, LOOK * self._seconds))


def _at_its_pace(driving: Driving, number: int, fitted: Fitted, plan: DuelPlan) -> RunView | None:
    """Train a side; where its first seconds speak for quite another number of epochs, from the start with that."""
    run = driving.make(number, _recipe(driving, number, fitted), fitted.did_all)
    if fitted.most == 0 or plan.seconds < WORTH_A_TRIAL or not ARCHITECTURES.get(run.architecture).steady:
        return driving.wait(run.id, plan.seconds)
    look = Look(fitted, plan.seconds)
    ended = driving.wait(run.id, plan.seconds, look.at)
    if ended is None or ended.state not in ("stopped", "finished") or not look.at(ended) or look.better is None:
        return ended
    anew = begin_anew(driving.spec.entrants[number - 1], fitted, *look.better)
    log.info("run %d begins anew: there is time for %d epochs", number, look.better[0])
    driving.throw_away(number, ended)
    return driving.wait(driving.make(number, _recipe(driving, number, anew), anew.did_all).id, plan.seconds)


def _to_do(run: RunView, plan: DuelPlan) -> bool:
    """Whether a run that is there has not come to its end, nor to that of its time."""
    over = over_budget(plan, run.state, run.result.seconds.train if run.result else None)
    return run.active or run.state == "cancelled" or (run.state in ("interrupted", "stopped") and not over)


def _fitted(driving: Driving, number: int, plan: DuelPlan) -> Fitted:
    """What one side has time for, as a trial tells."""
    spec, store = driving.spec.entrants[number - 1], driving.store
    tokens = driving.corpus.tokens_total
    threads = automatic_threads(spec.settings.threads, tokens, running=1)
    size = driving.corpus.size(spec.settings.min_count, spec.settings.max_vocabulary)

    def trial(asked: dict[str, Any]) -> Predicted | None:
        if plan.seconds < WORTH_A_TRIAL:
            return None
        try:
            # The slots are held by this process: nothing else trains.
            return probe(store, driving.workspace, asked, wanted=lambda: _goes_on(driving), busy=lambda _: False)
        except Withdrawn:
            driving.check()
            return None

    return fit_epochs(spec, plan.seconds, size, threads, trial)


def _recipe(driving: Driving, number: int, fitted: Fitted) -> Spec:
    """The recipe of one side, with the epochs that its time allows."""
    spec = driving.spec.entrants[number - 1]
    threads = automatic_threads(spec.settings.threads, driving.corpus.tokens_total, running=1)
    title = ARCHITECTURES.get(spec.architecture).title
    return dataclasses.replace(
        spec,
        params=fitted.params,
        predicted=fitted.predicted,
        settings=spec.settings.model_copy(update={"threads": threads}),
        name=clean_name(f"{title} · {driving.spec.name}" if driving.spec.name else spec.name or title),
    )


def _goes_on(driving: Driving) -> bool:
    try:
        driving.check()
    except Stopped:
        return False
    return True


def _benchmarks(driving: Driving) -> list[type[Benchmark[Any]]]:
    """All scores that the corpus allows, first the one that decides, which is among them even if it does not."""
    has, decides = driving.material().has, driving.spec.score
    units = [unit for unit in BENCHMARKS if unit.name == decides or not unit.unmet(has)]
    return sorted(units, key=lambda unit: unit.name != decides)
