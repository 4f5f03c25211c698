"""Bringing into view what a press has changed: beside a long form it may stand where nobody looks."""

from pathlib import Path

import streamlit as st

__all__ = ["look_at", "scroller"]

LOOKS = "scrolling"
_scroller = st.components.v2.component(
    "semascope_scrolling", js=(Path(__file__).parent / "scrolling.js").read_text("utf-8")
)


def look_at(key: str) -> None:
    """Bring the container of this key into view as soon as the page is drawn anew."""
    turn, _ = st.session_state.get(LOOKS, (0, ""))
    st.session_state[LOOKS] = (turn + 1, key)


def scroller() -> None:
    """Draw what scrolls, which takes no room; once on a page, at its end."""
    turn, key = st.session_state.get(LOOKS, (0, ""))
    _scroller(key="scroller", data={"turn": turn, "target": key})
