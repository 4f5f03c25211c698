"""What lists and pages show of a study: its state, how far it is, and a row for each of its runs."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from core.architecture import ARCHITECTURES
from core.errors import RunError
from core.runs.locks import is_held, surely_free
from core.runs.metrics import last_row
from core.runs.paths import clean_name
from core.runs.records import Result, read_object
from core.runs.state import ACTIVE, RunState, derive, look
from core.runs.studies.notes import losses_apart, luck_of, over_budget, scoring_of
from core.runs.studies.rows import StudyRow, view_row
from core.runs.studies.scores import read_scores
from core.runs.studies.spec import DuelPlan, Kind, SearchPlan, StudySpec, read_study, score_of
from core.runs.views import RunView, may_live

__all__ = ["HOPELESS", "StudyView", "view_study"]

HOPELESS = 5
"""Trials of a search that may fail before the first one succeeds."""
TRAINED = 0.95
"""Share of a run's work that is done once it has trained, where its vectors are scored then."""


@dataclass(frozen=True, slots=True)
class StudyView:
    """One study as a list shows it, and with its rows as its own page does.

    Attributes:
        id: the study's id.
        folder: where it lives.
        state: derived at the moment of looking, in the words of runs.
        reason: why it is damaged, failed, interrupted or stopped, as a sentence; else empty.
        name: its label.
        notes: free text of its owner.
        spec: what was asked; None where it is damaged.
        rows: its runs that there are, by number; a deleted one is missing.
        fraction: share of the work done, 0 to 1.
        best: id of the run with the best value; empty while there is none, and for seeds.
        scoring: which of its runs is being scored by what, such as “Scoring 2 of 3: gaps filled”; else empty.
        result: how the newest attempt of its driver ended; None for seeds, which need none.
        can_resume: `resume_study` would go on with it.
    """

    id: str
    folder: Path
    state: RunState
    reason: str = ""
    name: str = ""
    notes: str = ""
    spec: StudySpec | None = None
    rows: tuple[StudyRow, ...] = ()
    fraction: float = 0.0
    best: str = ""
    scoring: str = ""
    result: Result | None = None
    can_resume: bool = False

    @property
    def active(self) -> bool:
        """Whether it waits or is at work, so that a page should look again soon."""
        return self.state in ACTIVE

    @property
    def kind(self) -> Kind | None:
        """What its runs differ by; None for a damaged study."""
        return self.spec.kind if self.spec else None

    @property
    def runs(self) -> tuple[RunView, ...]:
        """Its runs, by number."""
        return tuple(row.run for row in self.rows)

    @property
    def corpus(self) -> str:
        """Id of the corpus; empty for a damaged study."""
        return self.spec.settings.corpus if self.spec else ""

    @property
    def created(self) -> str:
        """Wall time in UTC at which it was made; empty for a damaged study."""
        return self.spec.created if self.spec else ""

    @property
    def caution(self) -> str:
        """What the best of a search's scores does not tell, as a sentence; empty where nothing was chosen."""
        return luck_of(sum(row.value is not None for row in self.rows)) if self.kind == "search" else ""

    @property
    def losses_apart(self) -> str:
        """What its held-out losses do not tell, as a sentence; empty where they compare, or while there may be more."""
        measured = [(row.title, row.loss) for row in self.rows if row.held_out_loss is not None]
        return "" if self.active else losses_apart(measured, len(self.rows))

    @property
    def score(self) -> str:
        """What decides, by name: a benchmark or `held_out_loss`; empty for seeds."""
        return self.spec.score if self.spec else ""


def view_study(folder: Path, runs: Iterable[RunView]) -> StudyView:
    """Look at one study.

    Args:
        folder: of the study.
        runs: those that say that they belong to it.
    """
    name, notes = _label(folder)
    damage, spec = "", None
    # Held before anything else is read: what ends in between shows its result.
    held = is_held(folder / "lock")
    try:
        spec = read_study(folder)
    except RunError as error:
        damage = str(error)
    members = _members(runs)
    facts = look(folder, held=held, damage=damage)
    if derive(facts) == "interrupted" and may_live(folder, facts.attempt):
        facts = look(folder, held=not surely_free([folder / "lock"]), damage=damage)
    if spec is None:
        rows = tuple(view_row(None, view, {}, folder) for view in members)
        return StudyView(folder.name, folder, "damaged", damage, name or folder.name, notes, rows=rows)
    rows = tuple(view_row(spec, view, read_scores(folder, view), folder) for view in members)
    state = _state_of_seeds(members) if spec.kind == "seeds" else derive(facts)
    if spec.kind == "seeds":
        resumable = any(view.can_resume or view.state == "cancelled" for view in members)
    else:
        resumable = state in ("interrupted", "stopped", "cancelled") or (
            state == "failed" and not _hopeless(spec, rows)
        )
    return StudyView(
        id=folder.name,
        folder=folder,
        state=state,
        reason=_reason(spec, folder, state, members, facts.attempt, facts.result if not facts.held else None),
        name=name or spec.name or _usual_name(spec),
        notes=notes,
        spec=spec,
        rows=rows,
        fraction=_fraction(spec, state, rows),
        best=_best(spec, rows),
        scoring=scoring_of(spec, members, folder) if facts.held else "",
        result=facts.result,
        can_resume=resumable and state not in ACTIVE,
    )


def _usual_name(spec: StudySpec) -> str:
    titles = dict.fromkeys(ARCHITECTURES.get(one.architecture).title for one in spec.entrants)
    kinds = {"duel": "Duel", "search": "Search", "seeds": f"{spec.asked} seeds"}
    return f"{kinds[spec.kind]} · {', '.join(titles)}"[:120]


def _members(runs: Iterable[RunView]) -> list[RunView]:
    """The runs by their number; of two that claim the same one, the older."""
    found: dict[int, RunView] = {}
    for view in sorted(runs, key=lambda view: (view.created, view.id)):
        if view.spec is not None:
            found.setdefault(view.spec.number, view)
    return [found[number] for number in sorted(found)]


def _state_of_seeds(runs: list[RunView]) -> RunState:
    """The state that those of the runs amount to; the first rule that fits decides."""
    states = [view.state for view in runs]
    order: tuple[RunState, ...] = ("running", "stopping", "queued", "interrupted", "stopped")
    for state in order:
        if state in states:
            # Between two runs, when one has ended and the next has not begun, the study is at work.
            return "running" if state == "queued" and len(set(states)) > 1 else state
    if "cancelled" in states:
        return "stopped" if "finished" in states else "cancelled"
    return "finished" if "finished" in states or not states else "failed"


def _reason(
    spec: StudySpec, folder: Path, state: RunState, runs: list[RunView], attempt: int, result: Result | None
) -> str:
    if state == "interrupted" and spec.kind != "seeds":
        return _interruption(folder, attempt)
    if result is not None and result.reason:
        return result.reason
    if state in ACTIVE:
        return ""
    # A side of a duel whose time was over has done what was asked of it.
    short = [view for view in runs if view.state != "finished" and not _had_its_time(spec, view)]
    said = [f"{count} {state}" for state, count in _counted(short)]
    if said:
        return f"Of {len(runs)} runs, {' and '.join(said)}; each says why."
    return "" if runs else "None of its runs is left."


def _had_its_time(spec: StudySpec, view: RunView) -> bool:
    seconds = view.result.seconds.train if view.result else None
    return isinstance(spec.plan, DuelPlan) and over_budget(spec.plan, view.state, seconds)


def _counted(runs: list[RunView]) -> list[tuple[str, int]]:
    states = [view.state for view in runs]
    return [(state, states.count(state)) for state in dict.fromkeys(states)]


def _interruption(folder: Path, attempt: int) -> str:
    try:
        code = read_object(folder / "attempts" / f"{attempt:03d}-exit.json").get("code")
    except RunError:
        code = None
    how = "was killed" if code == -9 else "ended without a word"
    return f"What drives the study {how}. Resume goes on with what is not done yet."


def _fraction(spec: StudySpec, state: RunState, rows: tuple[StudyRow, ...]) -> float:
    if state == "finished":
        return 1.0
    # Deleted runs are no work to be done: they were done, or nobody wants them.
    asked = spec.asked if spec.kind != "seeds" else len(rows)
    if not asked:
        return 0.0
    done, scored = 0.0, spec.score != "" and score_of(spec.score) is not None
    trained = TRAINED if scored else 1.0
    for row in rows:
        if row.run.active:
            newest = last_row(row.run.folder / "metrics.jsonl") if row.run.attempt else None
            done += trained * min(1.0, newest["fraction"]) if newest else 0.0
        elif row.run.has_vectors and row.run.state != "failed" and scored and spec.score not in row.scores:
            done += trained
        elif row.run.result is not None:
            # A run that ended early is done all the same.
            ended = spec.kind != "seeds" or row.run.state == "finished"
            done += 1.0 if ended else row.run.result.fraction
    share = done / asked
    if isinstance(spec.plan, SearchPlan) and spec.plan.minutes:
        share = max(share, sum(row.seconds or 0.0 for row in rows) / (60 * spec.plan.minutes))
    return min(1.0, share)


def _hopeless(spec: StudySpec, rows: tuple[StudyRow, ...]) -> bool:
    """Whether all has failed that would be tried: then going on would come to the same end."""
    tried = min(spec.asked, HOPELESS) if spec.kind == "search" else spec.asked
    return len(rows) >= tried and all(row.run.state == "failed" for row in rows)


def _best(spec: StudySpec, rows: tuple[StudyRow, ...]) -> str:
    known = [row for row in rows if row.value is not None]
    if not known:
        return ""
    unit = score_of(spec.score)
    sign = -1 if unit is not None and unit.best == "highest" else 1
    return min(known, key=lambda row: (sign * (row.value or 0.0), row.number)).run.id


def _label(folder: Path) -> tuple[str, str]:
    try:
        value = read_object(folder / "label.json")
    except RunError:
        return "", ""
    return clean_name(str(value.get("name", ""))), str(value.get("notes", ""))[:10_000]
