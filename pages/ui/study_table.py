"""The table of a study: a row for each training, the best one marked, each score with its error and direction."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core.evaluation.benchmark import BENCHMARKS, NORMAL_95, Benchmark, EvaluationResult
from core.params import describe
from core.runs.metrics import last_row
from core.runs.studies.rows import StudyRow
from core.runs.studies.spec import HELD_OUT_LOSS, DuelPlan
from core.runs.studies.views import StudyView
from pages.ui.text import count, md

__all__ = [
    "PACE",
    "basis_lines",
    "direction_sign",
    "in_order",
    "note_lines",
    "score_title",
    "short_name",
    "study_frame",
    "study_table",
]

ROW_LIMIT = 420
ARROWS = {"highest": "↑", "lowest": "↓"}
BEST = "★"
OPEN = "Open"
PACE = "Words of the corpus passed over, by all seconds of training: with what measuring and the moving map take."
SCORE_WIDTH = 130
"""Narrow enough for a phone to show the first score; what is cut of a title stands below the table."""


def study_table(view: StudyView, on_open: Callable[[], None], opening: str) -> None:
    """Draw the table.

    Args:
        view: of the study.
        on_open: called when a row's button is pressed.
        opening: key under which the press is found.
    """
    frame, columns = study_frame(view)
    columns[OPEN] = st.column_config.ButtonColumn(
        "", width=60, key=opening, on_click=on_open, type="tertiary", help="Its own curve and moving map."
    )
    st.dataframe(
        frame,
        hide_index=True,
        height="content" if len(frame) <= 10 else ROW_LIMIT,
        row_height=38,
        alt=f"The trainings of this {view.kind or 'study'}",
        placeholder="–",
        column_config=columns,
        key=f"study-table-{view.id}",
    )


def in_order(view: StudyView) -> list[StudyRow]:
    """The rows, the best first where something decides; what has no score yet stands below, by number."""
    sign = direction_sign(view.score)
    return sorted(
        view.rows,
        key=lambda row: (
            (row.value is None, sign * (row.value or 0.0), row.number) if view.score else (False, 0.0, row.number)
        ),
    )


def short_name(view: StudyView, row: StudyRow) -> str:
    """What a row is called among the others."""
    if view.kind == "seeds":
        return f"Seed {row.differs.get('seed')}"
    return f"Trial {row.number}" if view.kind == "search" else f"{row.number}. {row.title}"


def direction_sign(score: str) -> int:
    """1 where a low value is good, −1 where a high one is."""
    return -1 if score in BENCHMARKS.names() and BENCHMARKS.get(score).best == "highest" else 1


def decisive_first(view: StudyView) -> list[type[Benchmark[Any]]]:
    """All scores, the one that decides first."""
    return sorted(BENCHMARKS, key=lambda one: one.name != view.score)


def score_title(score: str) -> str:
    """What a score is called, with an arrow to where it is good."""
    if score == HELD_OUT_LOSS:
        return f"{ARROWS['lowest']} Held-out loss"
    unit = BENCHMARKS.get(score)
    return f"{ARROWS[unit.best]} {unit.title}"


def study_frame(view: StudyView) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The rows as a frame, and how its columns are shown."""
    rows = in_order(view)
    # A score that none of them has says why below the table; a column of nothing would push others out of sight.
    known = {name for row in rows for name, score in row.scores.items() if score.value is not None}
    scored = [one for one in decisive_first(view) if one.name in known]
    # Losses of a duel never compare: as a column they would come with its first side and go with the second.
    losses = {row.loss for row in rows if row.held_out_loss is not None and view.kind != "duel"}
    table = []
    for row in rows:
        cells: dict[str, Any] = {"Best": BEST if row.run.id == view.best else ""}
        # Losses that do not mean the same are not put below each other.
        loss: list[dict[str, Any]] = [{_loss_name(view): row.held_out_loss}] if len(losses) == 1 else []
        scores = [_score_cells(one, row.scores) for one in scored]
        parts = [*loss, *scores] if view.score in ("", HELD_OUT_LOSS) else [*scores, *loss]
        # What decides stands beside the name, where a phone shows it; of a trial before its settings.
        name = {"Trial": row.number} if view.kind == "search" else _what(view, row)
        before = [name, *parts[:1], _what(view, row), {OPEN: "Look"}, {"State": _state(row)}]
        for part in (*before, {"Seconds": row.seconds}, *parts[1:]):
            cells |= part
        epochs = {"Epochs": row.differs["epochs"]} if view.kind == "duel" and "epochs" in row.differs else {}
        # Of trials there may be too many for lines of their own (`note_lines`).
        note = {"Note": row.note if view.kind == "search" else ""}
        table.append(cells | epochs | {"Words/s": row.words_per_second} | note)
    frame = pd.DataFrame(table)
    dull = [name for name in ("Best", "Note") if not frame[name].any()]
    if not view.active and frame["Words/s"].isna().all():
        dull.append("Words/s")
    if not view.active and all(row.run.state == "finished" for row in rows):
        dull.append("State")
    return frame.drop(columns=dull), _columns(view, scored, losses)


def basis_lines(view: StudyView) -> list[str]:
    """One line a score: what it was computed on, and what chance or the floor would give."""
    lines = []
    for one in decisive_first(view):
        found = [row.scores[one.name] for row in view.rows if one.name in row.scores]
        known = next((result for result in found if result.value is not None), None)
        if known is None:
            lines += [f"**{md(one.title)}**: {md(result.undefined, 300)}" for result in found[:1] if result.undefined]
            continue
        better = "higher" if known.best == "highest" else "lower"
        floor = f"; the floor is {number(one, known.chance)}" if known.chance is not None else ""
        unused = f"; {count(known.missing)} {md(known.items)} could not be used" if known.missing else ""
        lines.append(
            f"**{md(one.title)}**: {better} is better{floor}; {count(known.used)} {md(known.items)}: "
            f"{md(known.basis, 300)}{unused}."
        )
    return lines


def note_lines(view: StudyView) -> list[str]:
    """What there is to say of its trainings, a line each; of trials of which none has a score that of the first."""
    said = [row for row in view.rows if row.note]
    if view.kind == "search":
        said = [] if view.active or any(row.value is not None for row in view.rows) else said[:1]
    return [f"**{md(short_name(view, row))}**: {md(row.note, 400)}" for row in said]


def number(unit: type[Benchmark[Any]], value: float) -> str:
    """A value as the tables show it."""
    return f"{value:.{_digits(unit)}f}"


def _digits(unit: type[Benchmark[Any]]) -> int:
    return 2 if unit.bounds[1] > 1 else 3


def _what(view: StudyView, row: StudyRow) -> dict[str, Any]:
    """The cells that tell a row from the others."""
    if view.kind == "seeds":
        return {"Seed": row.differs.get("seed")}
    if view.kind == "duel":
        return {"Architecture": row.title}
    labels = {}
    if view.spec is not None and row.run.spec is not None and row.run.spec.params is not None:
        labels = {info.name: info.label for info in describe(type(row.run.spec.params))}
    return {"Trial": row.number} | {labels.get(name, name): value for name, value in row.differs.items()}


def _state(row: StudyRow) -> str:
    if row.run.state == "running" and (newest := last_row(row.run.folder / "metrics.jsonl")) is not None:
        return f"running, {100 * newest['fraction']:.0f} %"
    return row.run.shown


def _score_cells(unit: type[Benchmark[Any]], scores: Mapping[str, EvaluationResult]) -> dict[str, Any]:
    found = scores.get(unit.name)
    reach = NORMAL_95 * found.deviation if found and found.deviation is not None else None
    return {score_title(unit.name): found.value if found else None, f"± {unit.title}": reach}


def _loss_name(view: StudyView) -> str:
    return score_title(HELD_OUT_LOSS) if view.score == HELD_OUT_LOSS else "Held-out loss"


def _columns(view: StudyView, scored: list[type[Benchmark[Any]]], losses: set[str]) -> dict[str, Any]:
    column = st.column_config
    plan = view.spec.plan if view.spec else None
    given = plan.seconds if isinstance(plan, DuelPlan) else None
    shown: dict[str, Any] = {
        "Best": column.TextColumn("", width=30, help="The best by what decides."),
        "Architecture": column.TextColumn(width=130),
        "State": column.TextColumn(width=110),
        "Seconds": column.NumberColumn(
            f"Took, of {given:g} s" if given else "Seconds",
            format="%.1f",
            help="Of training, over all attempts" + (", beside what each had." if given else "."),
        ),
        "Words/s": column.NumberColumn(format="compact", help=PACE),
        "Epochs": column.NumberColumn(help="Times over the text, chosen to fill the time; none where nothing repeats."),
        _loss_name(view): column.NumberColumn(
            format="%.4f", help=md(f"{next(iter(losses), '')}; on what is held out, lower is better.", 300)
        ),
        "Note": column.TextColumn("What to know", width="large"),
    }
    for unit in scored:
        shown[score_title(unit.name)] = column.NumberColumn(
            width=SCORE_WIDTH, format=f"%.{_digits(unit)}f", help=md(f"{unit.summary} In {unit.unit}.", 500)
        )
        shown[f"± {unit.title}"] = column.NumberColumn(
            "±",
            width=60,
            format=f"%.{_digits(unit)}f",
            help=f"Half the width of a 95 % interval over the {unit.items}; another seed may differ by more.",
        )
    return shown
