"""What a person chose on a map, as Python sees it.

The values come from a browser: nothing is taken over without a look at its type and range.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

MOST_FRAMES = 100_000

__all__ = ["PointMapState", "View", "map_state", "parse_pick", "raw_pick", "restore_options"]


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

    clicked, selected = _index(pick.get("clicked"), count), pick.get("selected")
    lassoed = {_index(i, count) for i in selected} - {None} if isinstance(selected, list) else set()
    return PointMapState(
        clicked=clicked,
        selected=tuple(sorted(i for i in lassoed if i is not None)),
        view=_view(pick.get("view")),
        frame=_index(pick.get("frame"), MOST_FRAMES),
    )


def restore_options(state: PointMapState) -> dict[str, Any]:
    """What a new instance of the map takes up: a changed layout mounts it anew, with the choices still standing."""
    return {"clicked": state.clicked, "selected": list(state.selected), "view": state.view and asdict(state.view)}


def _number(value: object) -> float | None:
    # True and False are numbers to Python, NaN and Infinity to Python's JSON.
    known = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if known else None  # type: ignore[arg-type]


def _index(value: object, count: int | None) -> int | None:
    number = _number(value)
    if number is None or number < 0 or number != int(number) or (count is not None and number >= count):
        return None
    return int(number)


def _view(view: object) -> View | None:
    if not isinstance(view, Mapping):
        return None
    x, y, zoom = (_number(view.get(name)) for name in ("x", "y", "zoom"))
    return None if x is None or y is None or zoom is None else View(x, y, zoom)
