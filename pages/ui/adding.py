"""Bringing a text: upload, path or sample; how it will be read, shown before it is; and the reading itself.

An upload goes to the disk at once and out of the server's memory. Reading is a process of its own; the page looks how
far it is.
"""

import secrets
import shutil
import time
from pathlib import Path
from typing import Any

import streamlit as st

from core.data.ingest import Ingestion
from core.data.notes import Notes
from core.data.options import CorpusOptions
from core.data.reader import Columns, reader_for
from core.data.source import Source, files_of
from core.errors import CorpusError, SemascopeError
from core.files import explain_write_error
from core.params import validate
from core.runs.paths import clean_name
from pages.ui import guards
from pages.ui.session import store
from pages.ui.text import count, duration, md, size
from sample_corpora import SAMPLES, sample_corpus

__all__ = ["add_box", "look_into", "reading_box"]

FILE = "adding.file"
READING = "adding.reading"
ROWS = 12
TICK = 0.4
A_DAY = 86_400


def add_box() -> None:
    """The ways to bring a text."""
    with st.container(border=True, key="add"):
        way = st.segmented_control(
            "Add a text",
            ["Upload", "Path", "Sample"],
            default="Upload",
            key="adding.way",
            required=True,
            width="stretch",
            help="Plain text, CSV, TSV or JSON lines.",
        )
        if way == "Upload":
            _upload()
        elif way == "Path":
            _path()
        else:
            _samples()


def reading_box() -> None:
    """How the text will be read, and the button that reads it; then how far that is."""
    under_way = st.session_state.get(READING)
    if under_way is not None:
        st.fragment(_progress, run_every=TICK)()
        return
    path = Path(st.session_state[FILE])
    if said := st.session_state.pop("adding.error", None):
        guards.show_error(CorpusError(said))
    try:
        _choices(path)
    except SemascopeError as error:
        guards.show_error(error)
        _dismiss()


def look_into(path: Path, options: CorpusOptions, rows: int = ROWS) -> tuple[str, Columns]:
    """Format and first rows of a file or of the first file of a folder, from its beginning alone.

    Raises:
        CorpusError: it cannot be read.
    """
    source = Source(files_of(path)[0], options, Notes())
    reader = reader_for(source)
    return reader.name, reader.look(source, rows)


def _upload() -> None:
    st.session_state.setdefault("adding.key", secrets.token_hex(4))
    given = st.file_uploader(
        "A text file",
        key=f"upload.{st.session_state['adding.key']}",
        label_visibility="collapsed",
        help="It is copied into the store on this machine and goes nowhere else.",
    )
    if given is None:
        return
    folder = store().home / "uploads"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        _sweep(folder)
        place = folder / secrets.token_hex(8)
        place.mkdir(mode=0o700)
        path = place / (
            clean_name(Path(given.name).name).replace("/", "-").replace("\\", "-").lstrip(".")[:100] or "upload"
        )
        with path.open("xb") as file:
            shutil.copyfileobj(given, file)
    except OSError as error:
        guards.show_error(explain_write_error(error, folder))
        return
    # Another key, so that the bytes leave the server's memory.
    st.session_state["adding.key"] = secrets.token_hex(4)
    _take(path)


def _path() -> None:
    text = st.text_input(
        "File or folder on this machine",
        key="adding.path",
        placeholder="/home/me/texts",
        help="Read where it lies; a folder is read file by file.",
    )
    if st.button("Look at it", key="adding.look", icon=":material/visibility:", disabled=not text.strip()):
        path = Path(text.strip()).expanduser()
        try:
            files_of(path)
        except SemascopeError as error:
            guards.show_error(error)
            return
        except OSError as error:
            guards.show_error(CorpusError(f"{clean_name(text)} cannot be read ({error.strerror or error})."))
            return
        _take(path)


def _samples() -> None:
    for sample in SAMPLES:
        if st.button(md(sample.title), key=f"adding.{sample.name}", width="stretch", help=md(sample.summary, 300)):
            try:
                with st.spinner("Making the text: a few seconds."):
                    made = sample_corpus(sample.name, store())
            except SemascopeError as error:
                guards.show_error(error)
                return
            guards.choose_corpus(made.id)
            st.session_state.pop(FILE, None)
            st.rerun()


def _take(path: Path) -> None:
    st.session_state[FILE] = str(path)
    for name in ("column", "label", "encoding", "header", "lowercase", "format", "name"):
        st.session_state.pop(f"reading.{name}", None)
    st.rerun()


def _choices(path: Path) -> None:
    total = sum(one.stat().st_size for one in files_of(path))
    st.markdown(f"### {md(path.name, 80)}")
    st.caption(f"{size(total)} · this is how it will be read; nothing is added yet.")
    form = st.container()
    kind, columns = look_into(path, CorpusOptions())
    options: dict[str, Any] = {}
    with form:
        first, second = st.columns(2)
        formats = ["auto", "text", "csv", "jsonl"]
        picked = first.selectbox(
            "Format",
            formats,
            key="reading.format",
            format_func=lambda one: f"found out: {kind}" if one == "auto" else one,
            help="Found out from the content; change it if that went wrong.",
        )
        options["format"] = picked
        encoding = second.text_input(
            "Encoding",
            key="reading.encoding",
            placeholder="UTF-8, unless a mark says otherwise",
            help="Such as latin-1 or cp1251; leave it empty for UTF-8.",
        )
        options["encoding"] = encoding.strip() or None
        st.session_state.setdefault("reading.header", True)
        st.session_state.setdefault("reading.lowercase", True)
        kind, columns = look_into(path, validate(CorpusOptions, options, "a corpus"))
        if kind == "csv":
            options["header"] = st.toggle(
                "The first row names the columns", key="reading.header", help="Otherwise columns are numbered."
            )
            kind, columns = look_into(path, validate(CorpusOptions, options, "a corpus"))
        if columns.names:
            names = list(columns.names)
            first, second = st.columns(2)
            guess = names.index(columns.text) if columns.text in names else 0
            options["column"] = first.selectbox(
                "Column with the text",
                names,
                index=guess,
                key=f"reading.column.{hash(tuple(names))}",
                help="Guessed from the first rows.",
            )
            options["label_column"] = second.selectbox(
                "Column with a label",
                names,
                index=None,
                key=f"reading.label.{hash(tuple(names))}",
                placeholder="none",
                help="Kept with each document; not trained on.",
            )
        options["lowercase"] = st.toggle("Lower case", key="reading.lowercase", help="“The” and “the” become one word.")
        name = st.text_input(
            "Name", key="reading.name", placeholder=path.stem[:80], max_chars=120, help="What the corpus is called."
        )
    names = list(columns.names) or ["Text"]
    st.dataframe(
        [
            {"Line": i + 1, **dict(zip(names, [cell[:300] for cell in row], strict=False))}
            for i, row in enumerate(columns.rows)
        ],
        hide_index=True,
        alt="The first rows as they will be read",
        column_config={"Line": st.column_config.NumberColumn(width="small")},
    )
    with st.container(horizontal=True):
        if st.button(
            "Read this text",
            type="primary",
            icon=":material/menu_book:",
            key="reading.go",
            help="Counts its words and keeps a copy in the store.",
        ):
            _begin(path, validate(CorpusOptions, options, "a corpus"), name or path.stem)
        _dismiss()


def _begin(path: Path, options: CorpusOptions, name: str) -> None:
    corpora = store().workspace() / "corpora"
    try:
        st.session_state[READING] = Ingestion(path, corpora, options, clean_name(name) or "corpus")
    except OSError as error:
        guards.show_error(explain_write_error(error, corpora))
        return
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
        st.session_state["adding.error"] = (state.error or "Reading ended without an answer; try again.").removeprefix(
            "store: "
        )
    else:
        _forget_upload()
        guards.choose_corpus(state.corpus)
        st.toast("The text is read.", icon=":material/check:")
    st.rerun()


def _dismiss() -> None:
    if st.button("Not this one", key="reading.dismiss", type="tertiary"):
        _forget_upload()
        st.rerun()


def _forget_upload() -> None:
    path = Path(st.session_state.pop(FILE, ""))
    uploads = store().home / "uploads"
    if path.parent.parent == uploads:
        shutil.rmtree(path.parent, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Let go of uploads that nobody decided about for a day."""
    for place in folder.iterdir():
        if place.stat().st_mtime < time.time() - A_DAY:
            shutil.rmtree(place, ignore_errors=True)
