"""The fields that a study is told by: whole numbers, seconds, ranges; an empty one is an error in a sentence."""

from collections.abc import Sequence

import streamlit as st

from core.errors import SettingsError
from core.runs.studies.ranges import Range
from pages.ui.forms import WIDEST
from pages.ui.text import md

__all__ = ["number", "range_of", "settle", "whole"]


def settle(key: str, options: Sequence[str], first: Sequence[str]) -> None:
    """Keep what is chosen as far as it can still be chosen; begin with `first`."""
    kept = st.session_state.get(key)
    st.session_state[key] = [one for one in kept if one in options] if kept is not None else list(first)


def whole(label: str, key: str, first: int, text: str) -> int:
    """A field for a whole number.

    Raises:
        SettingsError: it is empty.
    """
    st.session_state.setdefault(key, first)
    value = st.number_input(label, -WIDEST, WIDEST, value=None, step=1, key=key, help=text, persist_state="session")
    return int(_given(value, label))


def number(label: str, key: str, first: float, text: str) -> float:
    """A field for any number.

    Raises:
        SettingsError: it is empty.
    """
    st.session_state.setdefault(key, first)
    step = abs(first) / 5 or 1.0
    value = st.number_input(label, value=None, step=step, format="%g", key=key, help=text, persist_state="session")
    return float(_given(value, label))


def range_of(architecture: str, default: Range, label: str) -> Range:
    """The range of one setting, as it stands in the form.

    Raises:
        SettingsError: it does not go up.
    """
    key = f"form.range.{architecture}.{default.name}"
    if default.choices:
        settle(key, list(default.choices), list(default.choices))
        picked = st.multiselect(label, default.choices, key=key, help="Words to choose from.", persist_state="session")
        return default.model_copy(update={"choices": tuple(picked)})
    assert default.low is not None
    assert default.high is not None
    how = "by ratio" if default.scale == "log" else "by difference"
    st.markdown(f":small[{md(label)}, from and to]", help=f"What is tried lies between these, evenly {how}.")
    left, right = st.columns(2)
    with left:
        low = _bound(f"{label}, from", f"{key}.low", default.low)
    with right:
        high = _bound(f"{label}, to", f"{key}.high", default.high)
    if low >= high:
        raise SettingsError(f"The range of {label.lower()} must go up, not from {low:g} to {high:g}.")
    scale = "linear" if low <= 0 else default.scale
    return default.model_copy(update={"low": low, "high": high, "scale": scale})


def _bound(label: str, key: str, first: float) -> float:
    """A field for a number with neither label nor button to empty it: in half a narrow form these cut it off."""
    st.session_state.setdefault(key, first)
    step = abs(first) / 5 or 1.0
    return st.number_input(
        label, step=step, format="%g", key=key, label_visibility="collapsed", persist_state="session"
    )


def _given(value: float | None, label: str) -> float:
    if value is None:
        raise SettingsError(f"“{label}” is empty; give a number.")
    return value
