"""How a text will be read and cleaned, shown before it is read; and the reading itself, a process of its own."""

import itertools
import json
import shutil
from pathlib import Path
from typing import Any

import streamlit as st

from core.data.encoding import EncodingError
from core.data.ingest import Ingestion
from core.data.kept_documents import OF_READING
from core.data.options import CorpusOptions
from core.data.preview import Preview, preview_of
from core.data.previewing import safe_preview
from core.data.reader import READERS
from core.data.source_files import files_of
from core.errors import CorpusError, SemascopeError
from core.files import explain_write_error
from core.params import validate
from core.runs.paths import clean_name
from pages.ui import guards
from pages.ui.before_after import before_after, phrases_box
from pages.ui.cards import PAGES
from pages.ui.cleaning_form import cleaning_form, forget_cleaning
from pages.ui.session import corpus, store
from pages.ui.text import count, duration, md, size

__all__ = ["FILE", "READING", "forget_upload", "reading_box", "take"]

FILE = "adding.file"
READING = "adding.reading"
LOOK = "reading.look"
FIELDS = ("encoding", "header", "format", "sheet", "name")
ROWS = 8
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
        options = _format_fields()
    try:
        look = _look(path, validate(CorpusOptions, options, "a corpus"))
    except EncodingError as error:
        _confirm_encoding(path, options, error)
        _dismiss()
        return
    with shown:
        _rows(look)
        options |= _columns(look)
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
        _rows(look)
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


def _format_fields() -> dict[str, Any]:
    st.session_state.setdefault("reading.header", True)
    first, second = st.columns(2)
    picked = first.selectbox(
        "Format",
        ["auto", *READERS.names()],
        key="reading.format",
        format_func=lambda one: "found out from the content" if one == "auto" else READERS.get(one).title,
        help="Change it if the guess is wrong.",
    )
    encoding = second.text_input(
        "Encoding",
        key="reading.encoding",
        placeholder="UTF-8, unless a mark says otherwise",
        help="Such as latin-1 or cp1251; leave it empty for UTF-8.",
    )
    header = st.toggle(
        "The first row of a table names its columns", key="reading.header", help="Otherwise columns are numbered."
    )
    sheet = st.text_input(
        "Sheet of a workbook",
        key="reading.sheet",
        placeholder="the first that has rows",
        help="Its name, or its number from 1; only for Excel files.",
    )
    return {"format": picked, "encoding": encoding.strip() or None, "header": header, "sheet": sheet.strip() or None}


def _look(path: Path, options: CorpusOptions) -> Preview:
    """A preview, made anew only where something about it has changed."""
    asked = json.dumps([str(path), options.model_dump(mode="json")])
    kept = st.session_state.get(LOOK)
    if kept is None or kept[0] != asked:
        with st.spinner("Looking into it …"):
            kept = (asked, safe_preview(path, options, ROWS))
        st.session_state[LOOK] = kept
    look: Preview = kept[1]
    return look


def _confirm_encoding(path: Path, options: dict[str, Any], error: EncodingError) -> None:
    """Show how the text reads in the guessed encoding, and let the person say whether that is right."""
    if error.guess is None:
        guards.show_error(error)
        return
    st.warning(
        f"This text is not UTF-8, and no one can know for certain in which encoding it was written. The best guess is "
        f"**{md(error.guess)}**; below is how it reads then. Look at letters with accents.",
        icon=":material/translate:",
    )
    _rows(safe_preview(path, validate(CorpusOptions, {**options, "encoding": error.guess}, "a corpus"), ROWS))
    if st.button(
        f"That is right: read it as {error.guess}",
        type="primary",
        key="reading.confirm",
        help="Otherwise name another one under Format and encoding.",
        on_click=st.session_state.__setitem__,
        args=("reading.encoding", error.guess),
    ):
        st.rerun()


def _rows(look: Preview) -> None:
    names = list(look.columns) or ["Text"]
    # A column of the file may be called like the number.
    head = next(head for head in itertools.accumulate(itertools.repeat("#")) if head not in names)
    st.dataframe(
        [{head: number, **dict(zip(names, row, strict=False))} for number, row in enumerate(look.rows, 1)],
        hide_index=True,
        alt="The first rows as they will be read",
        column_config={head: st.column_config.NumberColumn(width="small", help=f"Number of the {look.unit}.")},
    )
    # Of a binary format nobody chooses the encoding.
    encoding = "" if READERS.get(look.format).binary else f", {md(look.encoding)}"
    st.caption(f"Read as {md(look.title)}{encoding}; each {look.unit} is a document.")


def _columns(look: Preview) -> dict[str, Any]:
    if not look.columns:
        return {}
    names = list(look.columns)
    first, second = st.columns(2)
    key = abs(hash(tuple(names)))
    column = first.selectbox(
        "Column with the text",
        names,
        index=names.index(look.text_column) if look.text_column in names else 0,
        key=f"reading.column.{key}",
        help="Guessed from the first rows.",
    )
    label = second.selectbox(
        "Column with a label",
        names,
        index=names.index(look.label_column) if look.label_column in names else None,
        key=f"reading.label.{key}",
        placeholder="none",
        help="Guessed from the first rows; kept with each document, not trained on.",
    )
    return {"column": column, "label_column": label}


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
