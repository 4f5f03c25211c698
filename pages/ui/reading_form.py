"""How a text will be read and cleaned, shown before it is read; and the reading itself, a process of its own."""

import shutil
from pathlib import Path
from typing import Any

import streamlit as st

from core.data.encoding import EncodingError
from core.data.ingest import Ingestion
from core.data.kept_documents import OF_READING
from core.data.options import CorpusOptions
from core.data.preview import Preview, preview_of
from core.data.source_files import files_of
from core.errors import CorpusError, SemascopeError
from core.files import explain_write_error
from core.params import validate
from core.runs.paths import clean_name
from pages.ui import guards
from pages.ui.before_after import before_after, phrases_box
from pages.ui.cards import PAGES
from pages.ui.cleaning_form import cleaning_form, forget_cleaning
from pages.ui.reading_preview import LOOK, ROWS, columns_of, confirm_encoding, first_rows, format_fields, look_into
from pages.ui.session import corpus, store
from pages.ui.text import count, duration, md, size

__all__ = ["FILE", "READING", "forget_upload", "reading_box", "take"]

FILE = "adding.file"
READING = "adding.reading"
FIELDS = ("encoding", "header", "format", "sheet", "name")
TICK = 0.4


def take(path: Path) -> None:
    """Let the page show how this file or folder would be read."""
    st.session_state[FILE] = str(path)
    for name in FIELDS:
        st.session_state.pop(f"reading.{name}", None)
    st.session_state.pop(LOOK, None)
    forget_cleaning()


def forget_upload() -> None:
    """Let go of the file that was looked at, and of its copy where it was uploaded."""
    path = Path(st.session_state.pop(FILE, ""))
    uploads = store().home / "uploads"
    if uploads in path.parents:
        shutil.rmtree(uploads / path.relative_to(uploads).parts[0], ignore_errors=True)


def reading_box() -> None:
    """How the text will be read, and the button that reads it; then how far that is."""
    if st.session_state.get(READING) is not None:
        st.fragment(_progress, run_every=TICK)()
        return
    path = Path(st.session_state[FILE])
    if said := st.session_state.pop("adding.error", None):
        guards.show_error(CorpusError(said))
    try:
        if path.parent == _corpora():
            _form_again(path)
        else:
            _form(path)
    except SemascopeError as error:
        guards.show_error(error)
        _dismiss()


def _form(path: Path) -> None:
    st.markdown(f"### {md(path.name or str(path), 80)}")
    files = files_of(path)
    extent = size(sum(one.stat().st_size for one in files))
    many = f"{count(len(files))} files, " if len(files) > 1 else ""
    st.caption(f"{many}{extent} · this is how it will be read; nothing is added yet.")
    shown, decision = st.container(), st.container()
    with st.expander("Format and encoding", icon=":material/data_object:"):
        options = format_fields()
    try:
        look = look_into(path, validate(CorpusOptions, options, "a corpus"))
    except EncodingError as error:
        confirm_encoding(path, options, error)
        _dismiss()
        return
    with shown:
        first_rows(look)
        options |= columns_of(look)
        name = st.text_input(
            "Name", key="reading.name", placeholder=path.stem[:80], max_chars=120, help="What the corpus is called."
        )
    _decide(path, options, look, name, decision)


def _form_again(path: Path) -> None:
    """The same for a corpus that is to be cleaned in another way."""
    kept = corpus(path.name)
    st.markdown(f"### {md(kept.name, 80)}")
    st.caption("Cleaned in another way, from its kept text; the corpus that you have stays as it is.")
    shown, decision = st.container(), st.container()
    look = preview_of(kept, ROWS)
    with shown:
        first_rows(look)
        name = st.text_input(
            "Name", key="reading.name", placeholder=kept.name, max_chars=120, help="What the new corpus is called."
        )
    options = {key: kept.meta["options"][key] for key in OF_READING}
    _decide(path, options, look, name or f"{kept.name}, cleaned", decision)


def _decide(path: Path, options: dict[str, Any], look: Preview, name: str, decision: Any) -> None:
    """Words and cleaning, and the buttons that read the text."""
    steps = len(st.session_state.get("reading.steps", []))
    again = path.parent == _corpora()
    with st.expander(
        f"Words and cleaning · {steps} step{'' if steps == 1 else 's'}" if steps else "Words and cleaning",
        icon=":material/cleaning_services:",
        expanded=again or steps > 0,
        key="reading.cleaning",
        on_change="rerun",
    ) as cleaning:
        cleaned = cleaning_form()
        if cleaned is not None and cleaning.open:
            wanted = validate(CorpusOptions, {**options, **cleaned}, "a corpus")
            before_after(look, wanted)
            phrases_box(path, wanted, again)
    with decision, st.container(horizontal=True):
        ready = cleaned is not None
        chosen = {**options, **(cleaned or {})}
        if st.button(
            "Read, then train",
            type="primary",
            icon=":material/play_arrow:",
            key="reading.train",
            disabled=not ready,
            help="Reads the text and opens Train with it.",
        ):
            _begin(path, chosen, name, then="train")
        if st.button(
            "Read this text",
            icon=":material/menu_book:",
            key="reading.go",
            disabled=not ready,
            help="Counts its words, keeps a copy in the store and shows what is in it.",
        ):
            _begin(path, chosen, name, then="corpus")
        _dismiss()


def _begin(path: Path, options: dict[str, Any], name: str, then: str) -> None:
    corpora = _corpora()
    try:
        wanted = validate(CorpusOptions, options, "a corpus")
        st.session_state[READING] = Ingestion(path, corpora, wanted, clean_name(name or path.stem) or "corpus")
    except OSError as error:
        guards.show_error(explain_write_error(error, corpora))
        return
    st.session_state["adding.then"] = then
    st.rerun()


def _progress() -> None:
    under_way: Ingestion | None = st.session_state.get(READING)
    if under_way is None:
        return
    state = under_way.wait(0.05)
    if not state.done:
        left = f" · {duration(state.seconds_left)} left" if state.fraction > 0.02 else ""
        st.progress(min(1.0, state.fraction), text=f"Reading: {count(state.words)} words{left}")
        if st.button("Cancel", key="reading.cancel", icon=":material/close:"):
            under_way.cancel()
            st.session_state.pop(READING, None)
            st.rerun()
        return
    del st.session_state[READING]
    if state.corpus is None:
        said = state.error or "Reading ended without an answer; try again."
        st.session_state["adding.error"] = said.removeprefix("store: ")
        st.rerun()
    forget_upload()
    guards.choose_corpus(state.corpus)
    st.toast("The text is read.", icon=":material/check:")
    if st.session_state.pop("adding.then", "corpus") == "train":
        st.session_state["run"] = None
        st.switch_page(PAGES / "train/train.py", query_params={"corpus": state.corpus})
    st.rerun()


def _corpora() -> Path:
    return store().workspace() / "corpora"


def _dismiss() -> None:
    if st.button("Not this one", key="reading.dismiss", type="tertiary"):
        forget_upload()
        st.rerun()
