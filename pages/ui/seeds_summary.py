"""What several seeds agree on: every number with its interval, and which words are stable."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from core.errors import SemascopeError
from core.evaluation.benchmark import BENCHMARKS, EvaluationResult
from core.evaluation.spread import spread
from core.runs.comparing import loss_meaning
from core.runs.material import needs_met
from core.runs.requests import vectors_version
from core.runs.studies.views import StudyView
from core.runs.views import RunView
from pages.ui import guards
from pages.ui.ask import Asked, asked, progress_line
from pages.ui.cards import loss_unit
from pages.ui.session import corpus, store
from pages.ui.text import count, md

__all__ = ["seeds_summary"]

WORDS = 2000
SHOWN = 12
FEWEST = 2


def seeds_summary(view: StudyView) -> None:
    """Draw what the trainings of a study of seeds have in common, once two of them have ended with vectors."""
    ready = [row.run for row in view.rows if row.run.has_vectors and not row.run.active]
    st.subheader("What the seeds agree on", anchor=False)
    if len(ready) < FEWEST:
        st.caption("Two trainings that have ended with vectors are needed to tell.")
        return
    answers = _scores(ready)
    with st.grid(3, min_column_width=180, key=f"spreads-{view.id}"):
        for number in _numbers(ready, answers):
            _metric(number, len(ready))
    few = "; of two seeds it is so wide that it says little, train three or more" if len(ready) == FEWEST else ""
    st.caption(
        f"Below each mean over the seeds its 95 % interval, by Student's t, within what the number can be{few}. Each "
        "seed holds out other lines, too: of scores on these the lines make more of the spread than the training."
    )
    _stability(view, ready)
    _waiting(ready, answers)


@dataclass(frozen=True, slots=True)
class _Number:
    """What there are values of, one of each training; `said` helps to read it."""

    name: str
    values: list[float]
    digits: int
    said: str
    bounds: tuple[float, float]


def _numbers(ready: Sequence[RunView], answers: dict[str, list[Asked | str]]) -> list[_Number]:
    results = [run.result for run in ready if run.result is not None]
    meaning = loss_meaning(ready[0].spec) if ready[0].spec else ""
    found = [
        _Number(
            title,
            [value for value in values if value is not None],
            4,
            f"{meaning}; {said}, lower is better.",
            (0.0, math.inf),
        )
        for title, values, said in (
            ("Loss", [one.loss for one in results], "at the end of training"),
            ("Held-out loss", [one.held_out_loss for one in results], "on what is held out, by each seed other lines"),
        )
        if loss_unit(ready[0])
    ]
    for unit in BENCHMARKS:
        known = [_result(one) for one in answers.get(unit.name, [])]
        values = [one.value for one in known if one is not None and one.value is not None]
        better = "higher" if unit.best == "highest" else "lower"
        digits = 2 if unit.bounds[1] > 1 else 3
        found.append(_Number(unit.title, values, digits, f"{unit.summary} ({better} is better)", unit.bounds))
    return [one for one in found if one.values]


def _metric(number: _Number, asked_of: int) -> None:
    values, digits = number.values, number.digits
    found = spread(values, number.bounds)
    if found is None:
        return
    seeds = f"{len(values)} seeds" if len(values) == asked_of else f"{len(values)} of {asked_of} seeds"
    interval = " to ".join(f"{end:.{digits}f}" for end in found.interval or ())
    st.metric(
        number.name,
        f"{found.mean:.{digits}f}",
        f"{interval}, {seeds}" if interval else seeds,
        delta_color="off",
        delta_arrow="off",
        border=True,
        help=md(f"{number.said} The seeds gave {min(values):.{digits}f} to {max(values):.{digits}f}.", 600),
    )


def _scores(ready: Sequence[RunView]) -> dict[str, list[Asked | str]]:
    """Each score of each training, as far as the worker has it."""
    spec = ready[0].spec
    if spec is None:
        return {}
    try:
        met = needs_met(corpus(spec.settings.corpus), spec.settings)
    except SemascopeError as error:
        guards.show_error(error)
        return {}
    units = [unit for unit in BENCHMARKS if not unit.unmet(met)]
    return {unit.name: [_ask(run, "evaluate", benchmark=unit.name) for run in ready] for unit in units}


def _ask(run: RunView, task: str, **arguments: Any) -> Asked | str:
    try:
        return asked(run, task, **arguments)
    except SemascopeError as error:
        return str(error)


def _result(found: Asked | str) -> EvaluationResult | None:
    if isinstance(found, str) or found[1].state != "done":
        return None
    try:
        return EvaluationResult.from_dict(found[1].facts)
    except SemascopeError:
        return None


def _stability(view: StudyView, ready: Sequence[RunView]) -> None:
    """The most and the least stable of the frequent words."""
    st.markdown(
        "##### Stable words",
        help=f"For each of the {count(WORDS)} most frequent words: the share of its ten nearest neighbours that two "
        "trainings have in common, mean over all pairs of seeds. What is below a half, the next seed tells otherwise.",
    )
    try:
        versions = {run.id: vectors_version(store(), run.id) for run in ready[1:]}
        key, found = asked(ready[0], "stability", others=versions, words=WORDS)
    except SemascopeError as error:
        guards.show_error(error)
        return
    progress_line(ready[0], [("Stability of words", (key, found))], place=f"stability-{view.id}")
    if found.state != "done":
        return
    words, shares = found.facts.get("words"), found.facts.get("shares")
    if not isinstance(words, list) or not isinstance(shares, list) or not words or len(words) != len(shares):
        return
    frame = pd.DataFrame({"Word": words, "Stability": shares, "Rank": range(1, len(words) + 1)})
    mean = float(frame["Stability"].mean())
    st.caption(
        f"Mean over {count(len(frame))} words and {found.facts.get('spaces')} seeds: {mean:.2f}; "
        "1 would be the same neighbours whatever the seed."
    )
    ordered = frame.sort_values(["Stability", "Rank"], ascending=[False, True])
    for place, title, rows in zip(
        st.columns(2, gap="medium"),
        ("Most stable", "Least stable"),
        (ordered.head(SHOWN), ordered.tail(SHOWN)[::-1]),
        strict=True,
    ):
        with place:
            st.markdown(f"**{title}**")
            _words(rows, title)


def _words(rows: pd.DataFrame, title: str) -> None:
    st.dataframe(
        rows,
        hide_index=True,
        height="content",
        alt=f"{title} words",
        column_config={
            "Word": st.column_config.TextColumn(width="small"),
            "Stability": st.column_config.ProgressColumn(format="%.2f", min_value=0, max_value=1),
            "Rank": st.column_config.NumberColumn(format="localized", width="small", help="By frequency, 1 first."),
        },
    )


def _waiting(ready: Sequence[RunView], answers: dict[str, list[Asked | str]]) -> None:
    """Say what is still being computed: one line, for the first training that waits."""
    for number, run in enumerate(ready):
        waiting = [
            (BENCHMARKS.get(name).title, one)
            for name, found in answers.items()
            if not isinstance(one := found[number], str) and one[1].state != "done"
        ]
        if waiting:
            progress_line(run, waiting, place=f"scores-{run.id}")
            return
