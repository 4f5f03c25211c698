"""Taking in what was made elsewhere: vectors in any format that is read, or a run as one zip."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import streamlit as st

from core.errors import SemascopeError
from core.files import explain_write_error, temporary_folder
from core.formats.format import FORMATS
from core.runs.importing import take_in
from core.runs.paths import clean_name
from pages.ui import guards
from pages.ui.session import store
from pages.ui.text import count, md

__all__ = ["import_box"]


def import_box() -> None:
    """A button that opens the place to drop a file, or to say where one lies."""
    key = st.session_state.setdefault("import.key", secrets.token_hex(4))
    with st.popover(
        "Import",
        icon=":material/upload:",
        help="Vectors made elsewhere become a run; an exported run comes back.",
        key=f"import.box.{key}",
    ):
        given = st.file_uploader(
            "Vectors, or a run as one zip",
            key=f"import.{key}",
            help="What a file holds decides how it is read, not what it is called; it may be packed with gzip or zip.",
        )
        titles = [unit.title for unit in FORMATS if unit.readable]
        st.caption(md(f"{', '.join(titles[:-1])} and {titles[-1]}. Nothing in a file is run.", 300))
        text = st.text_input(
            "File on this machine",
            key="import.path",
            placeholder="/home/me/vectors.bin",
            help="Read where it lies; for files that are too large to upload.",
        )
        asked = st.button("Take it in", key="import.take", icon=":material/download:", disabled=not text.strip())
        try:
            if given is not None:
                with _kept(given) as path:
                    _take(path)
            elif asked:
                _take(_meant(text.strip()))
        except SemascopeError as error:
            guards.show_error(error)


def _meant(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:  # ~ and a name that nobody has
        return Path(text)


def _take(path: Path) -> None:
    with st.spinner("Checking and taking it in."):
        taken = take_in(store(), path)
    # Another key, so that the bytes leave the server's memory and the box is closed.
    st.session_state["import.key"] = secrets.token_hex(4)
    guards.choose_run(taken.run)
    st.toast(f"{count(taken.items)} words of {count(taken.dimensions)} dimensions are here.", icon=":material/check:")
    st.rerun()


@contextmanager
def _kept(given: Any) -> Iterator[Path]:
    """An upload as a file, under a name that nobody chose but for what it looks like; gone at the end of the block."""
    folder = store().home / "uploads"
    name = clean_name(Path(given.name).name).replace("/", "-").replace("\\", "-").lstrip(".")[:60] or "upload"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        with temporary_folder(folder, "import") as place:
            with (place / name).open("xb") as file:
                shutil.copyfileobj(given, file)
            yield place / name
    except OSError as error:
        raise explain_write_error(error, folder) from None
