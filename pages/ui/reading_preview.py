"""The first rows of a text as they will be read, and what can be said about its format, encoding and columns."""

import itertools
import json
from pathlib import Path
from typing import Any

import streamlit as st

from core.data.encoding import EncodingError
from core.data.options import CorpusOptions
from core.data.preview import Preview
from core.data.previewing import safe_preview
from core.data.reader import READERS
from core.params import validate
from pages.ui import guards
from pages.ui.text import md

__all__ = ["LOOK", "ROWS", "columns_of", "confirm_encoding", "first_rows", "format_fields", "look_into"]

LOOK = "reading.look"
ROWS = 8


def look_into(path: Path, options: CorpusOptions) -> Preview:
    """A preview, made anew only where something about it has changed."""
    asked = json.dumps([str(path), options.model_dump(mode="json")])
    kept = st.session_state.get(LOOK)
    if kept is None or kept[0] != asked:
        with st.spinner("Looking into it …"):
            kept = (asked, safe_preview(path, options, ROWS))
        st.session_state[LOOK] = kept
    look: Preview = kept[1]
    return look


def first_rows(look: Preview) -> None:
    """The first documents, and what format they were taken for."""
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


def format_fields() -> dict[str, Any]:
    """Format, encoding, header and sheet, as the person chooses them."""
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


def columns_of(look: Preview) -> dict[str, Any]:
    """Which columns of a table hold the text and a label; nothing where there are no columns."""
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


def confirm_encoding(path: Path, options: dict[str, Any], error: EncodingError) -> None:
    """Show how the text reads in the guessed encoding, and let the person say whether that is right."""
    if error.guess is None:
        guards.show_error(error)
        return
    st.warning(
        f"This text is not UTF-8, and no one can know for certain in which encoding it was written. The best guess is "
        f"**{md(error.guess)}**; below is how it reads then. Look at letters with accents.",
        icon=":material/translate:",
    )
    first_rows(safe_preview(path, validate(CorpusOptions, {**options, "encoding": error.guess}, "a corpus"), ROWS))
    if st.button(
        f"That is right: read it as {error.guess}",
        type="primary",
        key="reading.confirm",
        help="Otherwise name another one under Format and encoding.",
        on_click=st.session_state.__setitem__,
        args=("reading.encoding", error.guess),
    ):
        st.rerun()
