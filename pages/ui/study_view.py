"""A study as it happens and as it ended: what is asked, how far it is, its trainings, their curves and scores."""

from collections.abc import Sequence

import streamlit as st

from core.errors import SemascopeError
from core.runs.comparing import why_apart
from core.runs.dispatcher import ensure_dispatcher
from core.runs.studies.keeping import resume_study, stop_study, study
from core.runs.studies.spec import DuelPlan, SearchPlan, SeedsPlan
from core.runs.studies.views import StudyView
from core.runs.views import RunView
from pages.ui import guards
from pages.ui.cards import PAGES, STATE_HELP, badge_of
from pages.ui.comparison import draw_curves, drawable
from pages.ui.loss_chart import MOST_CURVES
from pages.ui.overlay import has_curve
from pages.ui.seeds_summary import seeds_summary
from pages.ui.session import architecture_title, corpus_name, is_dark, is_phone, store
from pages.ui.study_table import (
    basis_lines,
    direction_sign,
    in_order,
    note_lines,
    score_title,
    short_name,
    study_table,
)
from pages.ui.text import ago, duration, md
from pages.ui.train_form import adopt_recipe
from pages.ui.trial_chart import trial_options

__all__ = ["KINDS", "back_to_study", "study_facts", "study_label", "study_view"]

LOOK_AGAIN = 1.0
CHART_HEIGHT = 300
TOOLBAR = 24
"""Pixels above a table for its toolbar, which stays on a phone and lies over what stands there."""
KINDS = {"seeds": "Several seeds", "duel": "Duel", "search": "Search"}
WAITING = "waiting for a free slot"


def study_label(view: StudyView) -> str:
    """What a list calls a study."""
    return view.name or (f"{KINDS[view.kind]} · {corpus_name(view.corpus)}" if view.kind else "damaged study")


def study_facts(view: StudyView) -> str:
    """What was asked, in a line."""
    if view.spec is None:
        return ""
    plan = view.spec.plan
    parts = [KINDS[view.spec.kind]]
    if isinstance(plan, SeedsPlan):
        parts.append(f"{plan.seeds} × {architecture_title(view.spec.entrants[0].architecture)}")
    elif isinstance(plan, DuelPlan):
        parts.append(f"{len(view.spec.entrants)} architectures, {duration(plan.seconds)} each")
    elif isinstance(plan, SearchPlan):
        limit = f", {duration(60 * plan.minutes)} at most" if plan.minutes else ""
        parts.append(f"{plan.trials} trials of {architecture_title(view.spec.entrants[0].architecture)}{limit}")
    if view.score:
        parts.append(f"decided by {score_title(view.score)}")
    return " · ".join(md(part, 100) for part in [*parts, corpus_name(view.corpus), ago(view.created)])


def study_view(view: StudyView) -> None:
    """Draw a study, again and again while it changes."""
    st.session_state[_key("busy", view.id)] = view.active
    st.fragment(_study, run_every=LOOK_AGAIN if view.active else None)(view.id)
    if view.kind == "seeds" and not view.active:
        seeds_summary(view)


def back_to_study(run: RunView) -> None:
    """A link from a training to the study that it belongs to."""
    if not run.study:
        return
    try:
        view = study(store(), run.study)
    except SemascopeError:  # deleted meanwhile: the run stands for itself
        return
    st.page_link(
        PAGES / "train/train.py",
        label=f"Part of {md(study_label(view), 60)}",
        icon=":material/arrow_back:",
        query_params={"study": view.id},
    )


def _study(identifier: str) -> None:
    try:
        view = study(store(), identifier)
    except SemascopeError as error:
        guards.show_error(error)
        st.session_state[_key("busy", identifier)] = False
        return
    if st.session_state.pop(_key("opened", identifier), False):
        st.rerun()  # a row's button was pressed: the page shows that training now
    if view.active:
        ensure_dispatcher(store())
    elif st.session_state.get(_key("busy", identifier)):
        st.session_state[_key("busy", identifier)] = False
        st.rerun()  # the timer off, and what stands around the fragment as it is now
    _head(view)
    _progress(view)
    if not view.active:
        _ended(view)
    if not view.rows:
        st.caption(_before(view))
        return
    if view.kind == "search":
        _trials(view)
    _table(view)
    _curves(view)


def _before(view: StudyView) -> str:
    """What there is to say of a study without trainings."""
    if not view.active:
        return "It has no trainings."
    if view.kind == "duel" and view.state == "running":
        return "It measures how much each architecture can do in its time; then the first one trains."
    return "Its first training is about to begin."


def _head(view: StudyView) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(md(study_label(view), 70), anchor=False, width="content")
        badge_of(view.state)
        st.space("stretch")
        if view.active and st.button(
            "Stop",
            key=f"stop-{view.id}",
            icon=":material/stop:",
            disabled=view.state == "stopping",
            help="Ends what trains and begins nothing more; what was learned is kept.",
        ):
            stop_study(store(), view.id)
            st.rerun()
    st.caption(study_facts(view), help=STATE_HELP.get(view.state))
    if view.reason and view.state in ("failed", "damaged"):
        st.error(md(view.reason, 500), icon=":material/error:")
    elif view.reason and view.state == "interrupted":
        st.warning(md(view.reason, 300), icon=":material/bolt:")
    elif view.reason:
        st.info(md(view.reason, 300))


def _progress(view: StudyView) -> None:
    if not view.active or view.spec is None:
        return
    ended = sum(not row.run.active and row.run.attempt > 0 for row in view.rows)
    said = f"{ended} of {view.spec.asked} trained"
    if view.state == "queued":
        said = WAITING
    elif view.state == "stopping":
        said += ", stopping"
    elif view.scoring:
        said = f"{md(view.scoring, 120)} …"
    elif view.kind == "duel" and ended == len(view.rows) < view.spec.asked:
        said += f", {architecture_title(view.spec.entrants[ended].architecture)} next"
    st.progress(view.fraction, text=f"{said} · {100 * view.fraction:.0f} %")


def _ended(view: StudyView) -> None:
    best = next((row for row in view.rows if row.run.id == view.best), None)
    shown = best or next((row for row in view.rows if row.run.has_vectors), None)
    with st.container(horizontal=True, vertical_alignment="center", key=f"ended-{view.id}"):
        if (
            shown is not None
            and shown.run.has_vectors
            and st.button(
                "Explore the best" if best else "Explore the first",
                key=f"explore-{view.id}",
                type="primary",
                icon=":material/scatter_plot:",
                help="Opens its map; neighbours and all else are a click from there.",
            )
        ):
            st.switch_page(PAGES / "explore/map.py", query_params={"run": shown.run.id})
        if best is not None and best.run.spec is not None:
            st.button(
                "Use these settings" if view.kind == "search" else "Train the best again",
                key=f"use-{view.id}",
                icon=":material/tune:",
                on_click=_use,
                args=(best.run,),
                help="Puts the settings of the best into the form, to train with them or to change them.",
            )
        if st.session_state.pop(_key("used", view.id), False):
            st.rerun()
        if view.can_resume and st.button(
            "Resume", key=f"resume-{view.id}", icon=":material/resume:", help="Goes on with what is not done yet."
        ):
            try:
                resume_study(store(), view.id)
            except SemascopeError as error:
                guards.show_error(error)
                return
            ensure_dispatcher(store())
            st.rerun()


def _use(run: RunView) -> None:
    """Fill the form with the settings of a run; the page is drawn anew with it."""
    if run.spec is not None:
        adopt_recipe(run.spec)
        st.session_state[_key("used", run.study)] = True


def _table(view: StudyView) -> None:
    opening = f"open-{view.id}"

    def opened() -> None:
        row = st.session_state[opening].row
        listed = in_order(view)
        if row < len(listed):
            guards.forget_study()
            guards.choose_run(listed[row].run.id)
            st.session_state[_key("opened", view.id)] = True

    if is_phone():
        st.space(TOOLBAR)
    study_table(view, opened, opening)
    for lines in (note_lines(view), basis_lines(view)):
        if lines:
            st.caption("  \n".join(lines))


def _trials(view: StudyView) -> None:
    """The value of each trial, and the best so far."""
    known = [(row.number, row.value) for row in view.rows if row.value is not None]
    if not known or view.spec is None:
        st.caption("The first score comes when the first trial has ended." if view.active else "No trial has a score.")
        return
    st.markdown(f"##### {md(score_title(view.score))}")
    st.echarts_chart(
        trial_options(
            known,
            view.spec.asked,
            lowest=direction_sign(view.score) > 0,
            dark=is_dark(),
        ),
        height=CHART_HEIGHT,
        key=f"trials-{view.id}",
        alt=f"{score_title(view.score)} of {len(known)} trials, and the best so far.",
    )
    if view.caution:
        st.caption(md(view.caution, 300))


def _curves(view: StudyView) -> None:
    """The curves, where losses mean the same; of many the best and the latest."""
    begun = [row.run for row in in_order(view) if row.run.attempt and has_curve(row.run)]
    runs = _few(begun, view)
    specs = [run.spec for run in runs if run.spec]
    if len(specs) < 2:
        return
    if drawable(runs):
        few = "" if len(runs) == len(begun) else f" of {len(runs)}: the best and the latest"
        st.markdown(f"##### Curves{few}")
    if apart := why_apart(specs):
        if view.kind == "search":  # a list of what each loss means would be as long as the table
            apart = (
                "A setting that is searched changes what the loss means; curves that mean the same lie on one chart."
            )
        none = "" if drawable(runs) else "**Curves**: no two on one chart. "
        st.caption(f"{none}{md(apart, 600)}")
    draw_curves(runs, f"study-{view.id}", {row.run.id: short_name(view, row) for row in view.rows})


def _few(runs: Sequence[RunView], view: StudyView) -> list[RunView]:
    """As many as can be told apart: the best half, and the latest."""
    if len(runs) <= MOST_CURVES:
        return sorted(runs, key=lambda run: run.spec.number if run.spec else 0)
    best = list(runs[: MOST_CURVES // 2])
    latest = [row.run for row in reversed(view.rows) if row.run.attempt and row.run not in best]
    return [*best, *latest[: MOST_CURVES - len(best)]]


def _key(name: str, identifier: str) -> str:
    return f"study.{name}.{identifier}"
