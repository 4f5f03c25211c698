"""Train: choose, see the price, start, watch."""

import streamlit as st

from core.errors import SemascopeError
from core.runs.studies.views import StudyView
from core.runs.views import RunView
from pages.ui import guards
from pages.ui.cards import PAGES
from pages.ui.live import live_view
from pages.ui.projector import enlarged
from pages.ui.scrolling import scroller
from pages.ui.session import CORPUS, is_phone, store
from pages.ui.starting import is_sample
from pages.ui.study_view import back_to_study, study_view
from pages.ui.train_form import FILLED, FORM, WATCHING, train_form


def watched() -> RunView | StudyView | None:
    """The study or run that link or last start named; without either, what is at work."""
    found = guards.current_study() or guards.current_run()
    if found is not None:
        return found
    at_work = next((view for view in store().runs() if view.active), None)
    if at_work is not None and at_work.study:
        guards.choose_study(at_work.study)
        return guards.current_study() or at_work
    return at_work


def watching(shown: RunView | StudyView | None) -> None:
    """The live view, or where there is room what will stand there."""
    if isinstance(shown, StudyView):
        study_view(shown)
        return
    if shown is not None:
        back_to_study(shown)
        live_view(shown)
        return
    if is_phone():
        return
    with st.container(border=True, height=420, horizontal_alignment="center", vertical_alignment="center"):
        st.markdown("#### Press Start: loss and map appear here and move while it learns.", text_alignment="center")
        # The form may change its corpus without this being drawn anew: what stands here is true of any.
        if not is_sample(st.session_state.get(CORPUS)) and st.button(
            "See the samples", key="sample_instead", type="tertiary", help="Texts to try it on, on the first page."
        ):
            st.switch_page(PAGES / "home.py")


def choosing() -> None:
    """The form; an error of the store is said, not thrown."""
    try:
        train_form()
    except SemascopeError as error:
        guards.show_error(error)


guards.adopt_corpus()
shown = watched()
if (is_phone() or enlarged()) and shown is not None:
    # One column, for want of room or so that a room sees it: the live part first, the form behind it.
    with st.container(key=WATCHING):
        watching(shown)
    with (
        st.container(key=FORM),
        st.expander("Train again", icon=":material/tune:", expanded=bool(st.session_state.get(FILLED))),
    ):
        choosing()
else:
    left, right = st.columns([1, 2], gap="large")
    with left, st.container(key=FORM):
        choosing()
    with right, st.container(key=WATCHING):
        watching(shown)
scroller()
