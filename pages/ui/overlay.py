"""Other runs whose loss means the same: which there are, which of them are laid beside the one on screen."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.runs.comparing import comparable, loss_meaning, same_text
from core.runs.views import RunView
from pages.ui.cards import PAGES, run_rows
from pages.ui.loss_chart import MOST_CURVES, Curve
from pages.ui.session import label, store
from pages.ui.text import distinct, md

__all__ = ["COMPARED", "alike", "choose", "chosen", "curves", "has_curve", "names_of"]

MOST_OFFERED = 30
COMPARED = "compare"
"""What names the runs that are compared in a link to the page of runs."""


def alike(run: RunView) -> list[RunView]:
    """The other runs whose curve may lie on the same chart, newest first; those at work are among them."""
    if run.spec is None:
        return []
    views = [view for view in store().runs() if view.id != run.id and view.spec is not None and view.attempt]
    return [view for view in views if view.spec and comparable(view.spec, run.spec) and has_curve(view)][:MOST_OFFERED]


def has_curve(run: RunView) -> bool:
    """Whether a run that has begun has a curve, or may still get one; what failed before its first loss has none."""
    return run.state != "failed" or any(row["loss"] is not None for row in run_rows(run))


def chosen(run: RunView, near: Sequence[RunView]) -> list[RunView]:
    """Those of the runs that have been chosen to lie beside this one."""
    wanted = st.session_state.get(_key(run)) or []
    return [view for view in near if view.id in wanted]


def choose(run: RunView, near: Sequence[RunView]) -> None:
    """Draw the choice of runs beside this one; where there are only others, one sentence says why not."""
    if not near:
        _why_none(run)
        return
    names = dict(zip([view.id for view in near], names_of(near), strict=True))
    st.session_state[_key(run)] = [one for one in st.session_state.get(_key(run)) or [] if one in names]
    st.multiselect(
        "Compare with",
        list(names),
        key=_key(run),
        format_func=names.__getitem__,
        max_selections=MOST_CURVES - 1,
        placeholder="Lay other runs beside it",
        label_visibility="collapsed",
        help="Runs of this corpus whose loss means the same; without a choice the latest ones are drawn faint.",
    )


def curves(views: Sequence[RunView], names: Mapping[str, str] | None = None) -> list[Curve]:
    """The curves of some runs, under names that tell them apart: those given by id, else their labels."""
    shown = names_of(views) if names is None else [names[view.id] for view in views]
    return [Curve(name, rows) for view, name in zip(views, shown, strict=True) if (rows := run_rows(view))]


def names_of(views: Sequence[RunView]) -> list[str]:
    """Names of runs; where two have the same, with the time at which each was made and the end of its id."""
    marks = (f"{view.created[5:19].replace('T', ' ')}, {view.id[-6:]}" for view in views)
    return distinct([label(view) for view in views], marks)


def _why_none(run: RunView) -> None:
    if run.active or run.spec is None:
        return
    spec = run.spec
    others = [view for view in store().runs() if view.id != run.id and view.has_vectors and view.spec]
    beside = next((view for view in others if view.spec and same_text(view.spec, spec)), None)
    if beside is not None:
        st.caption(f"No other run here has a loss that means the same: {md(loss_meaning(spec), 300)}.")
        # With one to begin with: on a page where nothing is chosen yet, nobody finds the comparison.
        both = {COMPARED: f"{run.id},{beside.id}"}
        st.page_link(
            PAGES / "train/runs.py",
            label="Compare by rank",
            icon=":material/compare_arrows:",
            help=f"With {md(label(beside), 120)}, the latest one on this text; choose others there.",
            query_params=both,
        )


def _key(run: RunView) -> str:
    return f"beside.{run.id}"
