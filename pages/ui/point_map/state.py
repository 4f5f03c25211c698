"""What a person chose on a map, as Python sees it.

The values come from a browser: nothing is taken over without a look at its type and range.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

__all__ = ["PointMapState", "View", "map_state", "parse_pick"]


@dataclass(frozen=True)
class View:
    """The part of the plane on screen.

    Attributes:
        x: centre, in the units of the points.
        y: centre, in the units of the points.
        zoom: 1 shows everything, 4 a quarter of the width.
    """

    x: float
    y: float
    zoom: float


@dataclass(frozen=True)
class PointMapState:
    """What a person chose on a map. Clicked point and lasso exclude each other.

    Attributes:
        clicked: index of the clicked point, None when there is none.
        selected: indices inside the lasso, ascending.
        view: the view at the time of the last report, None before the first.
        frame: the frame at rest, where the page asked for it (`Playback.report`).
    """

    clicked: int | None = None
    selected: tuple[int, ...] = ()
    view: View | None = None
    frame: int | None = None


def map_state(key: str, count: int | None = None) -> PointMapState:
    """The state of the map with that key, before it is drawn in this run.

    A page needs the clicked point first: it looks up the neighbours, and hands them to the map.

    Args:
        key: the key given to `point_map`.
        count: how many points there are now; indices beyond are dropped.
    """
    return parse_pick(raw_pick(key), count)


def raw_pick(key: str) -> Mapping[str, Any]:
    """The component's own state as it came, an empty mapping before the first choice."""
    state = st.session_state.get(key)
    pick = state.get("pick") if isinstance(state, Mapping) else None
    return pick if isinstance(pick, Mapping) else {}


def parse_pick(pick: Mapping[str, Any], count: int | None = None, identity: str | None = None) -> PointMapState:
    """Take over what the browser sent, as far as it makes sense.

    Args:
        pick: the raw state.
        count: number of points; None leaves the upper bound open.
        identity: of the points now; a choice made among other points is no choice among these.
    """
    if identity is not None and pick.get("identity") != identity:
        return PointMapState()

    def is_index(value: object) -> bool:
        # JSON has no integers: a browser may send 3.0. True and False are integers to Python, and no indices.
        whole = isinstance(value, int | float) and not isinstance(value, bool) and value == int(value)
        return whole and 0 <= int(value) < (math.inf if count is None else count)

    clicked, selected, view, frame = (pick.get(name) for name in ("clicked", "selected", "view", "frame"))
    return PointMapState(
        clicked=int(clicked) if is_index(clicked) else None,
        selected=tuple(sorted({int(i) for i in selected if is_index(i)})) if isinstance(selected, list) else (),
        view=_parse_view(view),
        frame=int(frame) if isinstance(frame, int | float) and 0 <= frame < 100_000 else None,
    )


def _parse_view(view: object) -> View | None:
    if not isinstance(view, Mapping):
        return None
    numbers = [view.get(name) for name in ("x", "y", "zoom")]
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in numbers):
        return None
    return View(*(float(value) for value in numbers))
