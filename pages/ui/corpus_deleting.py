"""Deleting a corpus: what goes, what stays, and what the vectors still tell of it."""

import streamlit as st

from core.errors import SemascopeError
from core.files import explain_write_error
from core.runs.views import CorpusView
from pages.ui import guards
from pages.ui.session import CORPUS, corpus, store
from pages.ui.text import count, md, size
from pages.ui.undo import remember_deleted

__all__ = ["ask_deletion"]

TEXT, CORPUS_ONLY, WITH_RUNS = "text", "corpus", "runs"


@st.dialog("Delete a corpus", icon=":material/delete:")
def ask_deletion(view: CorpusView) -> None:
    """Ask what goes, and do it."""
    runs = [run for run in store().runs() if run.corpus == view.id]
    has_text = not view.damage and corpus(view.id).has_text
    choices = {
        TEXT: "Only the copy of its text, for good: training goes on, the lines behind a result are not shown again.",
        CORPUS_ONLY: "Text and tokens: its runs stay, without evidence, and cannot be resumed.",
        WITH_RUNS: f"Text, tokens and its {count(len(runs))} run{'' if len(runs) == 1 else 's'}.",
    }
    if not has_text:
        del choices[TEXT]
    if not runs:
        del choices[WITH_RUNS]
        choices[CORPUS_ONLY] = "Text and tokens."
    st.markdown(f"**{md(view.name or view.id, 60)}** · {size(view.bytes)}. What is to go?")
    picked = st.radio(
        "What is to go?",
        list(choices),
        index=list(choices).index(CORPUS_ONLY),
        format_func=choices.__getitem__,
        key=f"deleting.{view.id}",
        label_visibility="collapsed",
    )
    st.caption(
        ":material/info: The vectors of a run, and what was exported from it, hold every word of its vocabulary, and "
        "neighbours tell which words stood together: for confidential text delete the runs as well, and the exports."
    )
    if picked != TEXT:
        st.caption("What goes lies in the trash for seven days, and Undo takes it back.")
    if st.button("Delete", type="primary", icon=":material/delete:", key=f"delete.now.{view.id}"):
        _delete(view, picked)


def _delete(view: CorpusView, what: str) -> None:
    try:
        if what == TEXT:
            corpus(view.id).forget_text()
            st.rerun()
        gone = store().delete_corpus(view.id, with_runs=what == WITH_RUNS)
    except SemascopeError as error:
        guards.show_error(error)
        return
    except OSError as error:
        guards.show_error(explain_write_error(error, view.folder))
        return
    remember_deleted("corpus", view.id, view.name or view.id, gone)
    if st.session_state.get(CORPUS) == view.id:
        st.session_state[CORPUS] = None
        st.query_params.pop(CORPUS, None)
    st.rerun()
