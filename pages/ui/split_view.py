"""Training, validation and test: how many documents of each label go where, and the table that says so line by line."""

import streamlit as st

from core.data.corpus import Corpus
from core.data.splits import COLUMNS, PARTS, SplitSettings, split_corpus, split_rows
from core.errors import SemascopeError
from core.formats.spreadsheet import SUFFIX, spreadsheet_csv
from core.params import describe, validate
from pages.ui import forms, guards
from pages.ui.text import count

__all__ = ["split_view"]

PREFIX = "split"
MOST_LABELS = 200


def split_view(corpus: Corpus) -> None:
    """Draw the settings of a split and what comes of them."""
    st.caption(
        "By document, seeded, with every label's share in every part; documents that repeat stay in one part, "
        "so that nothing is tested that was trained on."
    )
    infos = describe(SplitSettings)
    forms.fields(infos, PREFIX, columns=3)
    try:
        split = split_corpus(corpus, validate(SplitSettings, forms.read(infos, PREFIX), "a split"))
    except SemascopeError as error:
        guards.show_error(error)
        return
    rows = [{"Label": "all", **dict(zip(PARTS, split.documents, strict=True))}]
    rows += [
        {"Label": name or "(none)", **dict(zip(PARTS, counts, strict=True))}
        for name, counts in list(split.by_label.items())[:MOST_LABELS]
    ]
    st.dataframe(
        rows,
        hide_index=True,
        alt="Documents in each part, by label",
        column_config={part: st.column_config.NumberColumn(part.capitalize(), format="localized") for part in PARTS},
    )
    st.caption(f"{count(split.repeated)} documents repeat an earlier one and are in its part.")
    st.download_button(
        "Parts as CSV",
        lambda: spreadsheet_csv(COLUMNS, split_rows(corpus, split)),
        f"{corpus.id}_parts{SUFFIX}",
        "text/csv",
        icon=":material/download:",
        key="split.csv",
        on_click="ignore",
        help="For each line: its file, its row, its label and its part.",
    )
