"""Runs: all of them in a table; one with its recipe, files and exports, several with their curves; import, delete.

Trainings that belong to a study stand under it: choosing the study lists them.
"""

import pandas as pd
import streamlit as st

from core.errors import SemascopeError
from core.runs.studies.keeping import studies
from core.runs.studies.views import StudyView
from core.runs.views import RunView
from pages.ui import guards
from pages.ui.cards import run_rows
from pages.ui.comparison import compare
from pages.ui.importing import import_box
from pages.ui.loss_chart import sparkline
from pages.ui.overlay import COMPARED
from pages.ui.run_details import details
from pages.ui.session import architecture_title, corpus_name, label, store
from pages.ui.study_list import name_within, study_details, study_list
from pages.ui.study_table import PACE
from pages.ui.undo import undo_row

STATES = ("queued", "running", "stopping", "finished", "stopped", "failed", "interrupted", "cancelled", "damaged")
TABLE = "runs_table"


def row_of(run: RunView, study: StudyView | None = None) -> dict[str, object]:
    """A run as a row of the table, which may be that of a study alone."""
    rows, result = run_rows(run), run.result
    losses = [row["loss"] for row in rows if row["loss"] is not None]
    held_out = [row["held_out_loss"] for row in rows if row["held_out_loss"] is not None]
    seconds = result.seconds.train if result and result.seconds.train else rows[-1]["seconds"] if rows else None
    words = result.words if result and result.words else rows[-1]["words"] if rows else 0
    return {
        "Name": name_within(run, study) if study else label(run),
        "State": run.shown,
        "Architecture": architecture_title(run.architecture) if run.architecture else "–",
        "Corpus": corpus_name(run.corpus) if run.architecture else "–",
        "Curve": sparkline(rows, 30),
        "Loss": losses[-1] if losses else None,
        "Held-out": held_out[-1] if held_out else None,
        "Words/s": words / seconds if words and seconds else None,
        "Seconds": seconds,
        "Started": pd.to_datetime(run.started or run.created, utc=True, errors="coerce"),
        "Why": run.reason,
    }


def table(runs: list[RunView], study: StudyView | None) -> list[RunView]:
    """The table, of the runs of a study or of those that stand for themselves; returns the chosen ones."""
    wanted = compared() or [str(st.session_state.get("run"))]
    at = [i for i, run in enumerate(runs) if run.id in wanted]
    frame = pd.DataFrame([row_of(run, study) for run in runs])
    if not frame["Why"].any():
        frame = frame.drop(columns="Why")
    key = f"{TABLE}.{hash(tuple(run.id for run in runs))}"
    number = st.column_config.NumberColumn
    st.dataframe(
        frame,
        key=key,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": at}},
        row_height=38,
        height="content" if len(runs) <= 10 else 420,
        alt="All runs, newest first",
        placeholder="–",
        column_config={
            # What tells runs of studies apart that are compared stands at the end of their names.
            "Name": st.column_config.TextColumn(
                width="large" if study is None and any(run.study for run in runs) else "medium"
            ),
            "State": st.column_config.TextColumn(width="small", help="Derived from what lies on the disk now."),
            "Curve": st.column_config.LineChartColumn(
                "Loss curve", width="small", help="Smoothed loss over the training."
            ),
            "Loss": number(
                format="%.3f",
                help="Of the last step, in the unit of the architecture; lower is better within one setting.",
            ),
            "Held-out": number("Held-out loss", format="%.3f", help="The same on what was kept from training."),
            "Words/s": number(format="compact", help=PACE),
            "Seconds": number(format="%.1f", help="Seconds of training over all attempts."),
            "Started": st.column_config.DatetimeColumn(format="distance", width=130),
            "Why": st.column_config.TextColumn(help="Why it failed, was interrupted or is damaged."),
        },
    )
    state = st.session_state.get(key)
    return [runs[row] for row in state["selection"]["rows"] if row < len(runs)] if state else []


def compared() -> list[str]:
    """The runs that the link names for a comparison."""
    return [one for one in st.query_params.get(COMPARED, "")[:2000].split(",") if one]


def keep_compared(runs: list[RunView]) -> None:
    """Let the link name the runs that are compared."""
    if len(runs) > 1:
        st.query_params[COMPARED] = ",".join(run.id for run in runs)
    else:
        st.query_params.pop(COMPARED, None)


def filtered(runs: list[RunView]) -> list[RunView]:
    """The runs that the filter lets through."""
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    text = left.text_input(
        "Filter",
        key="runs.filter",
        placeholder="name, corpus or architecture",
        type="default",
        help="Shows runs that hold this text.",
        icon=":material/search:",
        label_visibility="collapsed",
    )
    present = [state for state in STATES if any(run.state == state for run in runs)]
    states = right.pills(
        "State",
        present,
        selection_mode="multi",
        key="runs.states",
        label_visibility="collapsed",
        help="Shows runs in these states; none chosen: all.",
    )
    needle = text.casefold().strip()
    return [
        run
        for run in runs
        if (not states or run.state in states)
        and (not needle or needle in f"{label(run)} {run.architecture} {corpus_name(run.corpus)} {run.id}".casefold())
    ]


def at_work() -> tuple[str, ...]:
    """The runs and studies that wait or are at work, with their states."""
    busy = [f"{view.id}{view.shown}" for view in store().runs() if view.active]
    return (*busy, *(f"{view.id}{view.state}" for view in studies(store()) if view.active))


def watch(active: tuple[str, ...]) -> None:
    """Look now and then whether what is at work has changed its state."""
    if at_work() != active:
        st.rerun()


with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title("Runs", anchor=False, width="content")
    import_box()
undo_row("run")
undo_row("study")
at = guards.current_run()  # says so when a link names a run that is not here
runs = store().runs()
together = studies(store())
if not runs and not together:
    guards.empty("No runs yet: train one, it takes seconds.", "Train", "train/train.py")
study = study_list(together, at.study if at else "")
if study is not None:
    study_details(study)
    runs = list(study.runs)
elif together:
    apart = {view.id for view in together}
    runs = [run for run in runs if run.study not in apart or run.id in compared()]
shown = filtered(runs) if runs else []
active = at_work()
if active:
    st.fragment(watch, run_every=1.0)(active)
if not shown:
    st.caption("No run fits the filter." if runs else "All runs belong to a study; choose one to see its own.")
    st.stop()
chosen = table(shown, study)
keep_compared(chosen)
if not chosen:
    st.caption("Choose a row to see the run: recipe, files, exports. Choose two or more to compare their curves.")
    st.stop()
try:
    if len(chosen) > 1:
        compare(chosen)
        st.stop()
    if chosen[0].id != st.session_state.get("run"):
        guards.choose_run(chosen[0].id)
    details(chosen[0])
except SemascopeError as error:
    guards.show_error(error)
