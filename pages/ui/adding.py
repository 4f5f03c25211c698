"""Bringing a text: upload, path or sample. An upload goes to the disk at once and out of the server's memory."""

import secrets
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from core.data.source_files import files_of
from core.errors import CorpusError, SemascopeError
from core.files import explain_write_error
from core.runs.paths import clean_name
from pages.ui import guards
from pages.ui.reading_form import FILE, take
from pages.ui.session import store
from pages.ui.text import md
from sample_corpora import SAMPLES, sample_corpus

__all__ = ["add_box", "file_name", "keep_upload"]

A_DAY = 86_400
#: Bytes; file systems allow 255, and a number may come before it.
LONGEST_NAME, LONGEST_ENDING = 200, 10


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
            help="Text, Markdown, tables, PDF, Word and more, also in a zip; README lists the formats.",
        )
        if way == "Upload":
            _upload()
        elif way == "Path":
            _path()
        else:
            _samples()


def _upload() -> None:
    st.session_state.setdefault("adding.key", secrets.token_hex(4))
    given = st.file_uploader(
        "Text files",
        accept_multiple_files=True,
        key=f"upload.{st.session_state['adding.key']}",
        label_visibility="collapsed",
        help="Copied into the store on this machine; it goes nowhere else. Several files make one corpus.",
    )
    if not given:
        return
    folder = store().home / "uploads"
    try:
        path = keep_upload(given, folder)
    except OSError as error:
        guards.show_error(explain_write_error(error, folder))
        return
    # Another key, so that the bytes leave the server's memory.
    st.session_state["adding.key"] = secrets.token_hex(4)
    take(path)
    st.rerun()


def keep_upload(given: Sequence[Any], folder: Path) -> Path:
    """Copy uploads into a place of their own; returns the file, or the folder where there are several."""
    folder.mkdir(mode=0o700, exist_ok=True)
    _sweep(folder)
    place = folder / secrets.token_hex(8)
    place.mkdir(mode=0o700)
    try:
        return _copied(given, place)
    except OSError:
        shutil.rmtree(place, ignore_errors=True)
        raise


def _copied(given: Sequence[Any], place: Path) -> Path:
    if len(given) > 1:
        place = place / f"{len(given)} files"
        place.mkdir(mode=0o700)
    for number, one in enumerate(given):
        name = file_name(one.name)
        path = place / name
        if path.exists():
            path = place / f"{number} {name}"
        with path.open("xb") as file:
            shutil.copyfileobj(one, file)
    return path if len(given) == 1 else place


def file_name(name: str) -> str:
    """The name of an upload as it can be given to a file: file systems count its bytes; its ending stays."""
    stem, ending = Path(name).stem, Path(name).suffix
    if len(ending) > LONGEST_ENDING:
        stem, ending = Path(name).name, ""
    stem = clean_name(stem).replace("/", "-").replace("\\", "-").lstrip(".")
    stem = stem.encode()[:LONGEST_NAME].decode("utf-8", "ignore")
    return f"{stem or 'upload'}{clean_name(ending)}"


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
        take(path)
        st.rerun()


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


def _sweep(folder: Path) -> None:
    """Let go of uploads that nobody decided about for a day."""
    for place in folder.iterdir():
        if place.stat().st_mtime < time.time() - A_DAY:
            shutil.rmtree(place, ignore_errors=True)
