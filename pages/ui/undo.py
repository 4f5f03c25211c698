"""Undo: what was deleted last stands on the page with a button until something else is done about it."""

from collections.abc import Sequence

import streamlit as st

from core.errors import SemascopeError
from core.runs.studies.keeping import undelete_study
from pages.ui import guards
from pages.ui.session import store
from pages.ui.text import md

__all__ = ["remember_deleted", "undo_row"]


def remember_deleted(kind: str, identifier: str, name: str, runs: Sequence[str] = ()) -> None:
    """Offer to take a deleted run or corpus back, and the runs that went with it."""
    st.session_state[f"deleted.{kind}"] = (identifier, name, tuple(runs))


def undo_row(kind: str) -> None:
    """The row that offers it; nothing where nothing was deleted."""
    deleted = st.session_state.get(f"deleted.{kind}")
    if not deleted:
        return
    identifier, name, runs = deleted
    with st.container(horizontal=True, vertical_alignment="center", border=True, key=f"undo-{kind}"):
        st.markdown(f":material/delete: Deleted **{md(name, 60)}**; it is kept for seven days.", width="stretch")
        if st.button("Undo", key=f"undo.{kind}", icon=":material/undo:", help="Takes it back as it was."):
            try:
                if kind == "run":
                    store().undelete(identifier)
                elif kind == "study":
                    undelete_study(store(), identifier)
                else:
                    store().undelete_corpus(identifier, runs)
            except SemascopeError as error:
                guards.show_error(error)
            del st.session_state[f"deleted.{kind}"]
            st.rerun()
        if st.button("Dismiss", key=f"dismiss.{kind}", type="tertiary", icon=":material/close:"):
            del st.session_state[f"deleted.{kind}"]
            st.rerun()
