"""What the table of a study says beside its numbers: of a run why it has no score, of all what does not compare."""

from collections.abc import Sequence
from pathlib import Path

from core.evaluation.benchmark import BENCHMARKS, EvaluationResult
from core.runs.state import RunState
from core.runs.studies.marks import did_all
from core.runs.studies.scores import read_scoring
from core.runs.studies.spec import DuelPlan, StudySpec
from core.runs.views import RunView

__all__ = ["losses_apart", "luck_of", "note_of", "over_budget", "scoring_of"]

MUCH = 0.75
"""Share of its time that a side of a duel uses without a word on the rest."""


def note_of(
    spec: StudySpec | None, view: RunView, seconds: float | None, decides: EvaluationResult | None, folder: Path
) -> str:
    """What there is to say of a run, as a sentence; empty for nothing.

    Args:
        spec: what the study was asked; None where it is damaged.
        view: of the run.
        seconds: that it has trained; None before.
        decides: its score that decides; None while there is none.
        folder: of the study.
    """
    if spec is not None and isinstance(spec.plan, DuelPlan) and seconds is not None and seconds >= spec.plan.seconds:
        had = f"{spec.plan.seconds:g} s that each side had"
        if over_budget(spec.plan, view.state, seconds):
            return f"It was stopped at the {had}; it was not done."
        if view.state == "finished":
            return f"It took {seconds:.1f} s, more than the {had}."
    return view.reason or (decides.undefined if decides else "") or _sooner(spec, view, seconds, folder)


def losses_apart(measured: Sequence[tuple[str, str]], of: int) -> str:
    """What the held-out losses of a study's runs do not tell, as a sentence; empty where they compare, or are none.

    Args:
        measured: of each run that has one, its title and what its loss is, in words.
        of: how many runs there are.
    """
    if len({loss for _, loss in measured}) > 1:
        return "The held-out losses do not mean the same and do not compare; the scores do."
    if len(measured) == 1 and of > 1:
        return f"Only {measured[0][0]} has a held-out loss, so there is nothing to compare it with; the scores compare."
    return ""


def luck_of(values: int) -> str:
    """What the best of a search's scores does not tell, as a sentence; empty where nothing was chosen.

    Args:
        values: how many scores there are.
    """
    if values < 2:
        return ""
    return (
        f"The best of {values} scores, all of one seed and the same lines, is partly luck; train its settings with "
        "several other seeds to see what they are worth."
    )


def scoring_of(spec: StudySpec, runs: Sequence[RunView], folder: Path) -> str:
    """What the driver of a study is scoring, in words; empty where it scores nothing.

    Args:
        spec: what the study was asked.
        runs: of the study.
        folder: of the study.
    """
    run, score = read_scoring(folder)
    number = next((view.spec.number for view in runs if view.spec is not None and view.id == run), 0)
    if not number or score not in BENCHMARKS.names():
        return ""
    title = BENCHMARKS.get(score).title
    return f"Scoring {number} of {spec.asked}: {title[:1].lower()}{title[1:]}"


def over_budget(plan: DuelPlan, state: RunState, seconds: float | None) -> bool:
    """Whether a run of a duel was stopped because its time was over, as its facts tell.

    Args:
        plan: of the duel.
        state: of the run.
        seconds: that it has trained.
    """
    return state == "stopped" and seconds is not None and seconds >= plan.seconds


def _sooner(spec: StudySpec | None, view: RunView, seconds: float | None, folder: Path) -> str:
    """Why a side of a duel has left much of its time, where that was meant."""
    if spec is None or view.spec is None or not isinstance(spec.plan, DuelPlan) or view.state != "finished":
        return ""
    if seconds is None or seconds > MUCH * spec.plan.seconds or not did_all(folder, view.spec.number):
        return ""
    epochs = getattr(view.spec.params, "epochs", 0)
    return f"It was done after {seconds:.1f} s: {epochs} epochs are the most that do any good on this text."
