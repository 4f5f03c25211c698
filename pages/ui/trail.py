"""The words that were looked at in a run, each a link: king › queen › throne."""

import time
from pathlib import Path

import streamlit as st

from pages.ui.session import RUN, WORD
from pages.ui.text import md

__all__ = ["show_trail", "visit", "visited"]

TRAIL = "trail"
MOMENT = "trail_moment"
# Seconds; a field answers as you type, and “qu” on the way to “queen” was not looked at.
HASTE = 2.0
LONGEST = 10
PAGES = Path(__file__).parents[1]


def visited(run: str) -> list[str]:
    """The words of this session's trail through `run`, oldest first."""
    trails: dict[str, list[str]] = st.session_state.setdefault(TRAIL, {})
    return trails.setdefault(run, [])


def visit(run: str, word: str) -> None:
    """Put `word` at the end of the trail; one that stands in it already keeps its place, as a step back would."""
    words = visited(run)
    now, before = time.monotonic(), float(st.session_state.get(MOMENT, 0.0))
    if word in words:
        return
    st.session_state[MOMENT] = now
    if words and now - before < HASTE and (word.startswith(words[-1]) or words[-1].startswith(word)):
        words.pop()
    words.append(word)
    del words[:-LONGEST]


def show_trail(run: str, word: str, page: str) -> None:
    """Draw the trail with a link for each word but the present one.

    Args:
        run: whose trail.
        word: the word being looked at.
        page: the page that the links open, such as `explore/map.py`.
    """
    words = visited(run)
    if len(words) < 2:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall", key="trail"):
        for place, other in enumerate(words):
            if place:
                st.markdown(":gray[›]", width="content")
            if other == word:
                st.markdown(f"**{md(other)}**", width="content")
            else:
                st.page_link(str(PAGES / page), label=md(other), query_params={RUN: run, WORD: other})
