"""What stands between a link and a page: the values of the URL are read and checked before any widget is made."""

from collections.abc import Callable
from typing import NoReturn

import streamlit as st

from core.errors import SemascopeError
from core.runs.store import Store
from core.runs.studies.keeping import study
from core.runs.studies.views import StudyView
from core.runs.views import RunView
from pages.ui.session import CORPUS, RUN, STUDY, WORD, label, store
from pages.ui.text import distinct, md

__all__ = [
    "adopt_corpus",
    "adopt_corpus_of_link",
    "adopt_link",
    "adopt_study",
    "choose_corpus",
    "choose_run",
    "choose_study",
    "current_run",
    "current_study",
    "empty",
    "forget_run",
    "forget_study",
    "link_word",
    "need_run",
    "need_store",
    "pick_run",
    "show_error",
]

PICKER = "run_picker"


def show_error(error: SemascopeError) -> None:
    """Show an error as one sentence, its words as text."""
    st.error(md(str(error), limit=600), icon=":material/error:")


def need_store(open_store: Callable[[], Store]) -> None:
    """Stop with one sentence where the store cannot be used."""
    try:
        open_store()
    except SemascopeError as error:
        show_error(error)
        st.stop()


def adopt_link() -> None:
    """Take run and word from the URL into the session, and put the session's back into a URL that lost them.

    A click in the navigation drops the query; the session still knows what was being looked at.
    """
    for key in (RUN, WORD):
        value = st.query_params.get(key)
        if value is not None:
            st.session_state[key] = value[:200]
        elif st.session_state.get(key):
            st.query_params[key] = st.session_state[key]


def link_word() -> str:
    """The word that the link names; empty if it names none."""
    return str(st.session_state.get(WORD) or "")


def set_word(word: str) -> None:
    """Make `word` the one being looked at, in the session and in the URL."""
    st.session_state[WORD] = word
    st.query_params[WORD] = word


def current_run() -> RunView | None:
    """The run that link or picker chose; an unknown one is said and forgotten."""
    chosen = st.session_state.get(RUN)
    if not chosen:
        return None
    try:
        return store().run(chosen)
    except SemascopeError as error:
        show_error(error)
        forget_run()
        return None


def forget_run() -> None:
    """No run is being looked at any more."""
    st.session_state[RUN] = None
    st.session_state.pop(PICKER, None)
    st.query_params.pop(RUN, None)


def choose_run(run: str) -> None:
    """Make `run` the one being looked at, in the session and in the URL."""
    st.session_state[RUN] = run
    st.query_params[RUN] = run


def adopt_study() -> None:
    """Take the study from the URL, or put the session's back into it; for the page that shows one.

    A link to a run means that run: this is called before `adopt_link` puts a run of the session into the URL.
    """
    value = st.query_params.get(STUDY)
    if value is not None:
        st.session_state[STUDY] = value[:200]
    elif RUN in st.query_params:
        st.session_state[STUDY] = None
    elif st.session_state.get(STUDY):
        st.query_params[STUDY] = st.session_state[STUDY]


def choose_study(identifier: str) -> None:
    """Make a study the one being looked at, in the session and in the URL."""
    st.session_state[STUDY] = identifier
    st.query_params[STUDY] = identifier


def forget_study() -> None:
    """No study is being looked at any more."""
    st.session_state[STUDY] = None
    st.query_params.pop(STUDY, None)


def current_study() -> StudyView | None:
    """The study that link or last start named; an unknown one is said and forgotten."""
    chosen = st.session_state.get(STUDY)
    if not chosen:
        return None
    try:
        return study(store(), chosen)
    except SemascopeError as error:
        show_error(error)
        forget_study()
        return None


def choose_corpus(corpus: str) -> None:
    """Make `corpus` the one that Corpus and Train look at, in the session and in the URL."""
    st.session_state[CORPUS] = corpus
    if st.query_params.get(CORPUS) != corpus:
        st.query_params[CORPUS] = corpus


def adopt_corpus() -> None:
    """Take the corpus from the URL, or put the session's back into it; for the pages that look at a corpus."""
    value = st.query_params.get(CORPUS)
    if value is not None:
        st.session_state[CORPUS] = value[:100]
    elif st.session_state.get(CORPUS):
        st.query_params[CORPUS] = st.session_state[CORPUS]


def adopt_corpus_of_link() -> None:
    """Where the URL names a run or a study and no corpus, the corpus is theirs, if it is still there.

    As `adopt_study`, this is called before `adopt_link` puts a run of the session into the URL: what was chosen on
    another page stays chosen when the navigation leads here.
    """
    if CORPUS in st.query_params:
        return
    learned = ""
    try:
        if identifier := st.query_params.get(STUDY):
            learned = study(store(), identifier[:200]).corpus
        elif identifier := st.query_params.get(RUN):
            learned = store().run(identifier[:200]).corpus
    except SemascopeError:  # said where the run or the study is shown
        return
    if any(view.id == learned and not view.damage for view in store().corpora()):
        choose_corpus(learned)


def pick_run() -> None:
    """The one run picker: the first row of every page that looks at a run."""
    asked = st.session_state.get(RUN)
    chosen = current_run()
    runs = [run for run in store().runs() if run.state != "damaged" and (run.has_vectors or run.active or run.attempt)]
    if runs and not asked:
        # A newcomer who has just trained means the newest run; whoever asked for another one is not given this one.
        ready = [run for run in runs if run.has_vectors]
        if ready:
            choose_run(ready[0].id)
            chosen = ready[0]
    by_id = {run.id: run for run in runs}
    if chosen is not None and chosen.id not in by_id:
        by_id[chosen.id] = chosen
    if not by_id:
        return
    st.session_state[PICKER] = chosen.id if chosen else None
    shown = [f"{label(run)} · {run.shown} · {run.created[:16].replace('T', ' ')}" for run in by_id.values()]
    names = dict(zip(by_id, distinct(shown, (identifier[-6:] for identifier in by_id)), strict=True))

    def changed() -> None:
        if st.session_state[PICKER]:
            choose_run(st.session_state[PICKER])

    st.selectbox(
        "Run",
        list(by_id),
        index=None,
        key=PICKER,
        on_change=changed,
        format_func=names.__getitem__,
        placeholder="Choose a run",
        label_visibility="collapsed",
        help="The run that every page looks at.",
    )


def need_run() -> RunView:
    """The chosen run with vectors to look at; else an empty state with one sentence and one button, and stop."""
    chosen = st.session_state.get(RUN)
    run = None
    if chosen:
        try:
            run = store().run(chosen)
        except SemascopeError:
            run = None
    if run is None and store().runs():
        empty("Choose a run above, or look at all of them.", "See all runs", "train/runs.py")
    if run is None:
        empty("Nothing to look at yet: train a run first, it takes seconds.", "Train a sample", "train/train.py")
    if run.state == "damaged":
        empty(f"This run is damaged: {md(run.reason, 300)}", "See all runs", "train/runs.py")
    if not run.has_vectors and not (run.folder / "checkpoints").is_dir():
        if run.active:
            empty(f"This run has no vectors yet: it is {run.shown}.", "Watch it train", "train/train.py")
        empty(f"This run left nothing to look at; its state is “{run.shown}”.", "See why", "train/train.py")
    return run


def empty(sentence: str, button: str, page: str) -> NoReturn:
    """An empty state: one sentence, one button, nothing else on the page."""
    from pathlib import Path

    with st.container(horizontal_alignment="center", gap="medium"):
        st.space("large")
        st.markdown(f"#### {sentence}", width="content", text_alignment="center")
        if st.button(button, type="primary", key="empty_state"):
            st.switch_page(Path(__file__).parents[1] / page)
    st.stop()
