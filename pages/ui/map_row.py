"""The row above the map: projection, space, number of words, colour and search; all but the search in the link."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.projection import PROJECTIONS
from core.space import EmbeddingSpace
from pages.ui import guards
from pages.ui.map_layers import Wish
from pages.ui.word_input import suggest_words

__all__ = ["FOCUS", "SEARCH", "found", "map_row"]

SEARCH = "map_search"
FOCUS = "map_focus"
ORDER = ("umap", "tsne", "pca")
SIZES = (500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
USUAL = 5000
LONGEST = 200


def map_row(space: EmbeddingSpace) -> Wish:
    """The one row above the map."""
    methods = [name for name in ORDER if name in PROJECTIONS.names()]
    sizes = [size for size in SIZES if size < len(space)] + ([len(space)] if len(space) <= SIZES[-1] else [])
    usual = max(size for size in sizes if size <= max(USUAL, sizes[0]))
    row: dict[str, tuple[Sequence[Any], Any]] = {
        "projection": (methods, methods[0]),
        "dimensions": ((2, 3), 2),
        "words": (sizes, usual),
        "colour": (("cluster", "frequency"), "cluster"),
    }
    adopt(row)
    with st.container(horizontal=True, vertical_alignment="top", key="map_row", gap="small"):
        method = st.segmented_control(
            "Projection",
            methods,
            required=True,
            key="projection",
            format_func=lambda name: PROJECTIONS.get(name).title,
            help="\n\n".join(f"**{PROJECTIONS.get(name).title}**: {PROJECTIONS.get(name).summary}" for name in methods),
            persist_state="session",
        )
        dimensions = st.segmented_control(
            "Space",
            [2, 3],
            required=True,
            key="dimensions",
            format_func=lambda number: f"{number}-D",
            help="2-D is the map to click and gather on; 3-D can be turned.",
            persist_state="session",
        )
        words = st.selectbox(
            "Words",
            sizes,
            key="words",
            format_func=lambda size: f"all {size:,}" if size == len(space) else f"{size:,}",
            help="How many words to place, the most frequent first. More words take longer.",
            width=130,
            persist_state="session",
        )
        colour = st.segmented_control(
            "Colour",
            ["cluster", "frequency"],
            required=True,
            key="colour",
            format_func=str.capitalize,
            help="Cluster: words of similar direction, found by k-means in the full space. Frequency: the more a "
            "point stands out, the more often the word occurs. In 3-D colours are clusters.",
            disabled=dimensions == 3,
            persist_state="session",
        )
        search(space)
    text = (st.session_state.get(SEARCH) or "")[:LONGEST]
    with st.container(key="map_suggestions", gap=None):
        if text.strip() and space.resolve(text) is None:
            suggest_words(space, text, SEARCH, partial(found, space))
    show_in_link(row)
    return Wish(method or methods[0], int(dimensions or 2), int(words or usual), colour or "cluster")


def adopt(row: Mapping[str, tuple[Sequence[Any], Any]]) -> None:
    """Before the row is made: what the link says of it where this session has not chosen, else the usual."""
    for key, (options, usual) in row.items():
        if st.session_state.get(key) not in options:
            linked = {str(option): option for option in options}
            st.session_state[key] = linked.get(str(st.query_params.get(key)), usual)


def show_in_link(row: Mapping[str, tuple[Sequence[Any], Any]]) -> None:
    """Put the row into the link, so that it opens the same map; the usual values need not stand there."""
    for key, (_, usual) in row.items():
        value = st.session_state[key]
        if value == usual:
            st.query_params.pop(key, None)
        elif st.query_params.get(key) != str(value):
            st.query_params[key] = str(value)


def search(space: EmbeddingSpace) -> None:
    """The field that flies to a word."""

    def searched() -> None:
        found(space, st.session_state[SEARCH] or "")

    with st.container(width="stretch"):
        st.text_input(
            "Search",
            key=SEARCH,
            on_change=searched,
            placeholder="Find a word",
            type="search",
            live=True,
            autocomplete="off",
            help="Flies to a word as you type.",
        )


def found(space: EmbeddingSpace, text: str) -> str:
    """Look at the word that was searched for, if there is one; returns the text for the field."""
    word = space.resolve(text)
    if word is not None:
        guards.set_word(word)
        st.session_state[FOCUS] = word
    return text
