"""A duel: the same text and the same seconds of training for each side, one after the other, with nothing beside it."""

import dataclasses
from typing import Any

from core.architecture import ARCHITECTURES
from core.evaluation.benchmark import BENCHMARKS, Benchmark
from core.runs.paths import clean_name
from core.runs.prices import Predicted
from core.runs.probing import Withdrawn, probe
from core.runs.records import Outcome
from core.runs.settings import automatic_threads
from core.runs.spec import Spec
from core.runs.studies.driving import Driving, Stopped
from core.runs.studies.pace import fit_epochs
from core.runs.studies.quiet import Quiet, quiet
from core.runs.studies.spec import DuelPlan
from core.runs.studies.views import over_budget
from core.runs.views import RunView

__all__ = ["drive_duel"]

WORTH_A_TRIAL = 3.0
"""Seconds of training below which a trial would take longer than what it tells of."""


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
        spec = _fitted(driving, number, plan)
        still.all_but_one()
        run = driving.make(number, spec)
    elif not run.active:
        still.all_but_one()
        driving.take_up(run)
    return driving.wait(run.id, plan.seconds)


def _to_do(run: RunView, plan: DuelPlan) -> bool:
    """Whether a run that is there has not come to its end, nor to that of its time."""
    over = over_budget(plan, run.state, run.result.seconds.train if run.result else None)
    return run.active or run.state == "cancelled" or (run.state in ("interrupted", "stopped") and not over)


def _fitted(driving: Driving, number: int, plan: DuelPlan) -> Spec:
    """The recipe of one side, with the epochs that its time allows."""
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

    fitted = fit_epochs(spec, plan.seconds, size, threads, trial)
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
    """All scores that the corpus allows; the one that decides is among them even if it does not, to say why."""
    has = driving.material().has
    return [unit for unit in BENCHMARKS if unit.name == driving.spec.score or not unit.unmet(has)]
