"""The studies on the page of runs: a table of them, and one with what can be done with it."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.errors import SemascopeError
from core.runs.dispatcher import ensure_dispatcher
from core.runs.studies.keeping import delete_study, rename_study, resume_study, stop_study
from core.runs.studies.views import StudyView
from core.runs.views import RunView
from pages.ui import guards
from pages.ui.cards import PAGES, badge_of
from pages.ui.session import corpus_name, is_phone, label, store
from pages.ui.study_table import score_title
from pages.ui.study_view import KINDS, study_facts, study_label
from pages.ui.text import md
from pages.ui.undo import remember_deleted

__all__ = ["name_within", "study_details", "study_list"]

CHOSEN = "study"
NAMED = 90
"""Letters of a study's name that the names of its trials begin with."""
NAME_WIDTH = 340
"""Of about fifty letters; what is longer is whole in the box of the chosen one."""


def study_list(views: Sequence[StudyView], of_run: str = "") -> StudyView | None:
    """Draw the table of studies; returns the one that is chosen.

    Args:
        views: all studies, newest first.
        of_run: id of the study that the run in the link belongs to; it is chosen at first.
    """
    if not views:
        return None
    st.subheader("Studies", anchor=False, help="Several trainings that were asked for together.")
    wanted = st.query_params.get(CHOSEN) or of_run
    at = [number for number, view in enumerate(views) if view.id == wanted]
    key = f"studies_table.{hash(tuple(view.id for view in views))}"
    st.dataframe(
        pd.DataFrame([_row(view) for view in views]),
        key=key,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": at}},
        row_height=38,
        height="content" if len(views) <= 5 else 230,
        alt="All studies, newest first",
        placeholder="–",
        column_config={
            "Name": st.column_config.TextColumn(width="medium" if is_phone() else NAME_WIDTH),
            "State": st.column_config.TextColumn(width=90),
            "Kind": st.column_config.TextColumn(width=110),
            "Runs": st.column_config.NumberColumn(width=60),
            "Done": st.column_config.ProgressColumn(format="%d %%", min_value=0, max_value=100, width=110),
            "Best": st.column_config.NumberColumn(format="%.4g", help="Of the score beside it."),
            "Started": st.column_config.DatetimeColumn(format="distance", width=130),
        },
    )
    state = st.session_state.get(key)
    rows = state["selection"]["rows"] if state else at
    if not rows or rows[0] >= len(views):
        st.query_params.pop(CHOSEN, None)
        st.subheader("Runs", anchor=False, help="Those that stand for themselves.")
        return None
    st.query_params[CHOSEN] = views[rows[0]].id
    return views[rows[0]]


def study_details(view: StudyView) -> None:
    """Draw the chosen study, above the table of its runs."""
    with st.container(border=True, key="study_details"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(md(study_label(view), 80), anchor=False, width="content")
            badge_of(view.state)
        st.caption(study_facts(view) or f"id {md(view.id)}")
        if view.reason:
            kept = " Its runs stand below all the same." if view.state == "damaged" and view.rows else ""
            (st.error if view.state in ("failed", "damaged") else st.warning)(md(f"{view.reason}{kept}", 500))
        try:
            _actions(view)
        except SemascopeError as error:
            guards.show_error(error)


def name_within(run: RunView, view: StudyView) -> str:
    """What a run is called under its study: its label without the name of the study, which stands above."""
    whole, of = label(run), view.spec.name if view.spec else ""
    if not of:
        return whole
    own = whole.removesuffix(f" · {of}")
    return own if own != whole else whole.removeprefix(f"{of[:NAMED]} · ")


def _row(view: StudyView) -> dict[str, object]:
    best = next((row.value for row in view.rows if row.run.id == view.best), None)
    return {
        "Name": study_label(view),
        "State": view.state,
        "Kind": KINDS[view.kind] if view.kind else "–",
        "Corpus": corpus_name(view.corpus) if view.corpus else "–",
        "Runs": len(view.rows),
        "Done": round(100 * view.fraction),
        "Decided by": score_title(view.score) if view.score else "",
        "Best": best,
        "Started": pd.to_datetime(view.created, utc=True, errors="coerce"),
    }


def _actions(view: StudyView) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="study_actions"):
        if view.state != "damaged" and st.button(
            "Open the study",
            key="study.open",
            type="primary",
            icon=":material/visibility:",
            help="Its table of scores and its curves.",
        ):
            st.switch_page(PAGES / "train/train.py", query_params={"study": view.id})
        if view.active and st.button("Stop", key="study.stop", icon=":material/stop:", help="Keeps what was learned."):
            stop_study(store(), view.id)
            st.rerun()
        if view.can_resume and st.button(
            "Resume", key="study.resume", icon=":material/resume:", help="Goes on with what is not done yet."
        ):
            resume_study(store(), view.id)
            ensure_dispatcher(store())
            st.rerun()
        with st.popover("Rename", icon=":material/edit:", disabled=view.state == "damaged"):
            name = st.text_input("Name", value=study_label(view), max_chars=120, key=f"study.name.{view.id}")
            if st.button("Save the name", key=f"study.rename.{view.id}"):
                rename_study(store(), view.id, name)
                st.rerun()
        _delete(view)


def _delete(view: StudyView) -> None:
    """Deleting takes many runs along, so it is asked for twice; it can be undone all the same."""
    with st.popover("Delete", icon=":material/delete:"):
        runs = f"its {len(view.rows)} runs go" if len(view.rows) != 1 else "its run goes"
        st.markdown(f"The study and {runs} into the trash, for seven days.")
        if st.button("Delete all of it", key="study.delete", type="primary"):
            name = study_label(view)
            delete_study(store(), view.id)
            remember_deleted("study", view.id, name)
            guards.forget_study()
            if st.session_state.get("run") in {run.id for run in view.runs}:
                guards.forget_run()
            st.rerun()
