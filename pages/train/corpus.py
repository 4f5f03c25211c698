"""Corpus: bring a text, see what is in it and what a run would leave out, train on it."""

import streamlit as st

from core.errors import SemascopeError
from core.runs.views import CorpusView
from pages.ui import guards
from pages.ui.adding import add_box
from pages.ui.corpus_deleting import ask_deletion
from pages.ui.corpus_view import corpus_view
from pages.ui.reading_form import FILE, reading_box
from pages.ui.session import CORPUS, corpus, is_phone, store
from pages.ui.text import ago, count, md, size
from pages.ui.undo import undo_row


def listed(view: CorpusView, chosen: str | None) -> None:
    """One corpus of the list: its name opens it."""
    with st.container(border=True, gap="xsmall", key=f"corpus-{view.id}"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            if st.button(
                md(view.name or view.id, 40),
                key=f"open.{view.id}",
                type="secondary" if view.id == chosen else "tertiary",
                icon=":material/description:",
                disabled=bool(view.damage),
                wrap=True,
            ):
                guards.choose_corpus(view.id)
                st.session_state.pop(FILE, None)
                st.rerun()
            if st.button(
                "",
                key=f"delete.{view.id}",
                type="tertiary",
                icon=":material/delete:",
                help=f"Delete {md(view.name or view.id, 40)}; asks what is to go.",
            ):
                ask_deletion(view)
        if view.damage:
            st.caption(f":red[{md(view.damage, 200)}]")
        else:
            st.caption(f"{count(view.tokens)} words · {size(view.bytes)} · {ago(view.created)}")


def shown(chosen: str) -> None:
    """The chosen corpus, or one sentence that says why not."""
    try:
        corpus_view(corpus(chosen), next(view for view in views if view.id == chosen))
    except SemascopeError as error:
        guards.show_error(error)


guards.adopt_corpus()
views = store().corpora()
usable = [view for view in views if not view.damage]
chosen = st.session_state.get(CORPUS)
if chosen and chosen not in {view.id for view in views}:
    st.error(
        f"There is no corpus “{md(str(chosen), 60)}” here; choose one of the list, or add it.", icon=":material/error:"
    )
    chosen = None
    st.session_state[CORPUS] = None
    st.query_params.pop(CORPUS, None)
if chosen is None and usable:
    chosen = usable[0].id


def bring() -> None:
    """The ways to bring a text, and the corpora that are there."""
    add_box()
    undo_row("corpus")
    if views:
        st.markdown("##### Your corpora")
        for view in views:
            listed(view, chosen)


def look() -> None:
    """The text that is being brought, else the chosen corpus."""
    if st.session_state.get(FILE):
        reading_box()
    elif chosen is not None:
        shown(chosen)
    else:
        with st.container(border=True, height=420, horizontal_alignment="center", vertical_alignment="center"):
            st.markdown("#### Bring a text, or make a sample: what is in it shows here.", text_alignment="center")


if is_phone() and st.session_state.get(FILE):
    # One column: what was brought comes first.
    look()
    bring()
else:
    left, right = st.columns([1, 2], gap="large")
    with left:
        bring()
    with right:
        look()
