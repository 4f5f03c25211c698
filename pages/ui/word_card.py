"""What the app shows of a word: its frequency, its neighbours as bars, the lines behind a pair, where to go next."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from core.neighbours import Neighbour, nearest
from core.runs.settings import MAX_WATCHED
from core.runs.views import RunView
from core.space import EmbeddingSpace
from pages.ui.evidence import show_evidence
from pages.ui.session import RUN, WORD
from pages.ui.text import count, md

__all__ = ["WATCHED", "neighbour_columns", "neighbour_table", "watch", "word_card", "word_facts"]

# The field of the Train page that lists the words to follow.
WATCHED = "form.watched"
PAGES = Path(__file__).parents[1]
ROW = 35


def word_card(run: RunView, space: EmbeddingSpace, word: str, k: int = 10, page: str = "") -> list[Neighbour]:
    """Draw the card of a word of the vocabulary; returns its neighbours.

    Args:
        run: the run that is looked at.
        space: its vectors.
        word: as the vocabulary writes it.
        k: how many neighbours.
        page: the page that a neighbour's link opens; empty for none.
    """
    found = nearest(space, word, k=k)
    st.markdown(f"### {md(word)}")
    word_facts(space, word)
    other = neighbour_table(found, f"card_{run.id}_{word}")
    if other:
        show_evidence(run, word, other, lines=4)
        if page:
            st.page_link(
                str(PAGES / page),
                label=f"Go to {md(other)}",
                icon=":material/arrow_forward:",
                query_params={RUN: run.id, WORD: other},
            )
    else:
        st.caption("Click a neighbour for the lines of the corpus behind the pair.")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        watch(word)
        if not page.endswith("neighbours.py"):
            st.page_link(
                str(PAGES / "explore" / "neighbours.py"),
                label="All neighbours",
                icon=":material/hub:",
                query_params={RUN: run.id, WORD: word},
            )
    return found


def word_facts(space: EmbeddingSpace, word: str) -> None:
    """One line of numbers about a word: how often it stands in the corpus and its place by frequency."""
    row = space.index(word)
    occurrences, total = int(space.counts[row]), int(space.counts.sum())
    if not total:
        st.caption(f"Place {count(row + 1)} of {count(len(space))} in the file; its frequencies are not known.")
        return
    per_million = occurrences / total * 1e6
    share = f"{per_million:,.0f}" if per_million >= 10 else f"{per_million:.1f}"
    st.caption(
        f"{count(occurrences)} times · {share} per million words · place {count(row + 1)} of {count(len(space))}",
        help="Occurrences in the training text; per million occurrences of all words in the vocabulary; "
        "place 1 is the most frequent word.",
    )


def neighbour_table(
    found: Sequence[Neighbour], key: str, marked: Collection[str] = (), height: int | None = None
) -> str | None:
    """Neighbours with their similarity as bars; returns the word that was clicked.

    Args:
        found: nearest first.
        key: of the table; it should change with the word, so that a click is not carried over to another word.
        marked: words that also stand in another column.
        height: in pixels; None fits all rows.
    """
    frame = pd.DataFrame(
        {
            "word": [f"{one.word}  ◆" if one.word in marked else one.word for one in found],
            "similarity": [one.similarity for one in found],
            "count": [one.count for one in found],
        }
    )
    event = st.dataframe(
        frame,
        key=key,
        hide_index=True,
        height=height or ROW * (len(found) + 1) + 2,
        row_height=ROW,
        column_config=neighbour_columns(),
        on_select="rerun",
        selection_mode="single-cell",
        alt="Nearest words with similarity and frequency",
    )
    cells = event["selection"]["cells"]
    return found[cells[0][0]].word if cells and cells[0][0] < len(found) else None


def neighbour_columns() -> dict[str, Any]:
    """How the columns of a table of neighbours are shown, with their units."""
    return {
        "word": st.column_config.TextColumn("Word", width="small", help="Click for the lines with both words."),
        "similarity": st.column_config.ProgressColumn(
            "Similarity",
            format="%.3f",
            min_value=0,
            max_value=1,
            width="small",
            color="primary",
            help="Cosine of the angle between the two vectors, −1 to 1; higher is nearer.",
        ),
        "count": st.column_config.NumberColumn(
            "Count", format="localized", width="small", help="Occurrences in the training text."
        ),
    }


def watch(word: str) -> None:
    """A button that puts `word` among the words that the next training follows."""
    watched: list[str] = list(st.session_state.get(WATCHED) or [])
    if word in watched:
        st.caption(":material/visibility: Watched in the next training", width="content")
        return

    def add() -> None:
        st.session_state[WATCHED] = [*watched, word][-MAX_WATCHED:]

    st.button(
        "Watch",
        icon=":material/visibility:",
        key="watch_word",
        on_click=add,
        help=f"Follow this word's neighbours while the next run trains; at most {MAX_WATCHED} words.",
    )
