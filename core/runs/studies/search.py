"""A search: settings are proposed by optuna, trained as runs one after another, and scored; the best score wins.

Proposals come from the tree-structured Parzen estimator. Each is a function of the seed, its number and what the files
say of the trials before it, so that a search that was killed goes on as it would have.

Source: J. Bergstra, R. Bardenet, Y. Bengio, B. Kégl, "Algorithms for hyper-parameter optimization", NIPS 2011; T. Akiba
and others, "Optuna: a next-generation hyperparameter optimization framework", KDD 2019.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from core.errors import RunError, SettingsError
from core.params import validate
from core.runs.paths import clean_name
from core.runs.prices import price_by_size
from core.runs.records import Outcome
from core.runs.settings import automatic_threads
from core.runs.spec import Spec
from core.runs.studies.driving import Driving
from core.runs.studies.ranges import Range
from core.runs.studies.spec import SearchPlan, score_of
from core.runs.studies.views import HOPELESS
from core.runs.views import RunView

if TYPE_CHECKING:  # imported in the driver alone
    from optuna.distributions import BaseDistribution

__all__ = ["Trial", "drive_search", "propose"]

TRIES = 40
"""Proposals, before giving up, whose settings do not fit together or were tried before."""
DIGITS = 4
"""Significant digits of a proposed number: more tell nothing, and these can be read."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a trial.

    Attributes:
        values: of the settings that are searched.
        value: its score; None where it failed, which counts as worse than any score.
    """

    values: Mapping[str, Any]
    value: float | None


def drive_search(driving: Driving) -> tuple[Outcome, str]:
    """Train and score one trial after another; returns the outcome and a reason, as a run's result has them.

    Raises:
        RunError: there is no score to decide by, or one trial after another fails.
    """
    plan = driving.spec.plan
    assert isinstance(plan, SearchPlan)
    trials: list[Trial] = []
    spent, said = 0.0, ""
    for number in range(1, plan.trials + 1):
        run = driving.runs().get(number)
        if run is None and driving.made(number):
            continue
        if run is None:
            if isinstance(proposed := _next(driving, plan, number, trials, spent), str):
                said = proposed
                break
            run = driving.make(number, proposed)
        elif run.state in ("interrupted", "stopped", "cancelled"):
            driving.take_up(run)
        ended = driving.wait(run.id)
        if ended is None:
            continue
        spent += ended.result.seconds.train if ended.result else 0.0
        if ended.state in ("finished", "failed"):
            value = _value(driving, ended) if ended.state == "finished" else None
            trials.append(Trial(_values(driving, ended), value))
        if len(trials) >= HOPELESS and _none_succeeded(trials):
            raise RunError(f"The first {HOPELESS} trials failed; each says why. Narrow the ranges and search again.")
    if _none_succeeded(trials):
        return "failed", f"{said} Every trial failed; each says why. Narrow the ranges and search again.".lstrip()
    return "finished", said


def propose(
    ranges: Sequence[Range],
    trials: Sequence[Trial],
    number: int,
    planned: int,
    seed: int,
    best: Literal["highest", "lowest"],
) -> dict[str, Any]:
    """What to try next.

    Args:
        ranges: what to choose from.
        trials: those that have ended, in their order.
        number: of the trial, from 1.
        planned: trials in all; the first quarter of them, 3 to 10, are chosen at random.
        seed: of the search.
        best: which scores are good.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(
        seed=(seed * 100_003 + number) % 2**32, n_startup_trials=min(10, max(3, planned // 4))
    )
    study = optuna.create_study(direction="maximize" if best == "highest" else "minimize", sampler=sampler)
    distributions = {one.name: _distribution(one) for one in ranges}
    for trial in trials:
        # Pruned without a value is what it takes for worse than all others; a failed one it would forget.
        ended = optuna.trial.TrialState.PRUNED if trial.value is None else optuna.trial.TrialState.COMPLETE
        study.add_trial(
            optuna.trial.create_trial(
                state=ended, value=trial.value, params=dict(trial.values), distributions=distributions
            )
        )
    asked = study.ask(distributions)
    return {one.name: _rounded(one, asked.params[one.name]) for one in ranges}


def _next(driving: Driving, plan: SearchPlan, number: int, trials: Sequence[Trial], spent: float) -> Spec | str:
    """The recipe of the next trial, or why there is none, as a sentence."""
    if plan.minutes and spent >= 60 * plan.minutes:
        return f"It ended after {plan.minutes:g} minutes of training, with {number - 1} trials."
    proposed = _proposed(driving, number, trials)
    return proposed or f"It ended after {number - 1} trials: within the ranges nothing is left to try."


def _proposed(driving: Driving, number: int, trials: Sequence[Trial]) -> Spec | None:
    """The recipe of a trial; None where all that is proposed was tried before, for it would learn the same again.

    The first one is the recipe that the search began from, as near as the ranges allow.

    Raises:
        SettingsError: no settings within the ranges fit together.
    """
    spec, base = driving.spec, driving.spec.entrants[0]
    assert base.params is not None
    began = {one.name: one.nearest(getattr(base.params, one.name)) for one in spec.ranges}
    unit = score_of(spec.score)
    best = unit.best if unit is not None else "lowest"
    tried = [dict(one.values) for one in trials]
    wrong: SettingsError | None = None
    for attempt in range(TRIES):
        seed = base.settings.seed + 1009 * attempt
        first = number == 1 and attempt == 0
        values = began if first else propose(spec.ranges, trials, number, spec.asked, seed, best)
        if values in tried:
            continue
        try:
            params = validate(type(base.params), {**base.params.model_dump(), **values}, base.architecture)
        except SettingsError as error:  # two settings that do not fit together
            wrong = error
            continue
        size = driving.corpus.size(base.settings.min_count, base.settings.max_vocabulary)
        threads = automatic_threads(base.settings.threads, driving.corpus.tokens_total, running=1)
        return dataclasses.replace(
            base,
            params=params,
            predicted=price_by_size(base.architecture, params, size, threads),
            name=clean_name(f"{(spec.name or base.name)[:90]} · trial {number}"),
        )
    if wrong is not None and not trials:
        raise wrong
    return None


def _none_succeeded(trials: Sequence[Trial]) -> bool:
    return bool(trials) and all(one.value is None for one in trials)


def _value(driving: Driving, run: RunView) -> float:
    """The score of a finished trial.

    Raises:
        RunError: there is none, and for the next one there would be none either.
    """
    unit = score_of(driving.spec.score)
    if unit is None:
        if run.result is None or run.result.held_out_loss is None:
            raise RunError("No held-out loss was measured: too few lines are held out; let another score decide.")
        return run.result.held_out_loss
    found = driving.score(run, [unit]).get(unit.name)
    if found is None or found.value is None:
        why = found.undefined if found else "its vectors are gone."
        raise RunError(f"There is no score to decide by: {why}")
    return found.value


def _values(driving: Driving, run: RunView) -> dict[str, Any]:
    assert run.spec is not None
    params = run.spec.params.model_dump() if run.spec.params else {}
    # As near as it can be: a run folder is an input too, and what lies outside its range cannot be told.
    return {one.name: one.nearest(params.get(one.name)) for one in driving.spec.ranges}


def _distribution(one: Range) -> "BaseDistribution":
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if one.choices:
        return CategoricalDistribution(one.choices)
    assert one.low is not None
    assert one.high is not None
    if one.whole:
        return IntDistribution(int(one.low), int(one.high), log=one.scale == "log")
    return FloatDistribution(one.low, one.high, log=one.scale == "log")


def _rounded(one: Range, value: Any) -> Any:
    return one.nearest(float(f"{value:.{DIGITS}g}")) if isinstance(value, float) else value
