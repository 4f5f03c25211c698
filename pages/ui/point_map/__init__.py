"""The point map: tens of thousands of words on the plane, to look at, search, click and gather with a lasso.

One Streamlit component (Components v2, inline, no build step) used by Home, Train and Map. WebGL draws the points; a
canvas above them carries names, links and rings. The scripts lie beside this file and are joined into one module, in
the order of `_SCRIPTS`:

    theme, camera, grid, cloud, motion, pilot, haze -> gl, flat (painters) -> labels, overlay -> playback, interact,
    captions -> point_map

How choices travel: a click shows at once in the browser and reaches Python as state (`PointMapState`), which answers
with neighbours (`highlight`). Every choice carries a number, and the browser leaves marks that answer an older one.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from pages.ui.point_map.payload import (
    NO_CLUSTER,
    SHADES,
    Playback,
    frames_table,
    identity_of,
    points_table,
    shades,
)
from pages.ui.point_map.state import PointMapState, View, map_state, parse_pick, raw_pick, restore_options

__all__ = ["NO_CLUSTER", "SHADES", "Playback", "PointMapState", "View", "map_state", "point_map", "shades"]

_FOLDER = Path(__file__).parent
_SCRIPTS = (
    "theme",
    "camera",
    "grid",
    "cloud",
    "motion",
    "pilot",
    "haze",
    "gl",
    "flat",
    "labels",
    "overlay",
    "playback",
    "interact",
    "captions",
    "point_map",
)

_component = st.components.v2.component(
    "semascope_point_map",
    html=(_FOLDER / "point_map.html").read_text("utf-8"),
    css=(_FOLDER / "point_map.css").read_text("utf-8"),
    js="\n".join((_FOLDER / f"{name}.js").read_text("utf-8") for name in _SCRIPTS),
)


def point_map(  # noqa: PLR0913  a widget, like Streamlit's own: each argument stands for itself
    points: Any,
    *,
    version: str,
    key: str,
    title: str = "Map of words",
    names: Sequence[str] | None = None,
    palette: Sequence[str] | Literal["categorical", "sequential", "diverging"] = "categorical",
    labels: Sequence[int] | None = None,
    late: Sequence[int] = (),
    cluster_names: Sequence[str] = (),
    selected: int | None = None,
    highlight: Sequence[int] = (),
    links: Sequence[tuple[int, int]] | None = None,
    focus: int | None = None,
    frames: Playback | None = None,
    height: int = 560,
    label_scale: float = 1.0,
    unit: str = "occurrences",
    scroll_zoom: bool = True,
    watch_view: bool = False,
    empty_text: str = "Nothing to draw yet.",
    on_change: Callable[[PointMapState], None] | None = None,
) -> PointMapState:
    """Draw a map of points and return what the person chose on it.

    Args:
        points: Arrow table, data frame or mapping of arrays with x and y, and optionally colour (0 … 254, an index
            into the palette; `NO_CLUSTER` for none), size (how often the word occurs: sets the radius and stands in the
            tooltip) and name. The order is the order of drawing: most frequent first.
        version: changes exactly when the points change; only then is geometry sent to the GPU. The same words at
            other places glide there in 0.4 s and keep what is selected.
        key: Streamlit key; `map_state(key)` reads the state before the map is drawn.
        title: what the map shows, for screen readers and for the name of a saved picture.
        names: the words, if they are not a column of `points`. Shown as text, never as HTML.
        palette: hex colours (at most 64), or one of the theme's palettes, which change with light and dark. For
            "sequential" `shades(values)` gives colour numbers.
        labels: indices that may carry a label, most important first. None: all, by size. Drawn without overlaps.
        late: where `labels` is None: indices whose labels come after all others.
        cluster_names: name of each colour number, drawn at the middle of its points; empty names are left out.
        selected: the point Python wants clicked. It takes effect when it *changes*; in between the person decides.
        highlight: neighbours of the clicked point; without a clicked point, points to be lit. The rest is dimmed.
        links: pairs to be joined by a line. None: from the clicked point to each highlighted one.
        focus: fly to this point when the value changes.
        frames: recorded positions and how to play them; they then decide where the points lie.
        height: in pixels, never more than 82 % of the window.
        label_scale: 2 for a projector.
        unit: what `size` counts, for the tooltip.
        scroll_zoom: False leaves wheel and vertical swipes to the page (Ctrl and wheel still zooms).
        watch_view: report every new view, at the cost of a rerun; otherwise the view travels with the choices.
        empty_text: stands in the panel when there are no points.
        on_change: called with the new state before the next run of the page.

    Returns:
        The state: clicked index, lassoed indices, view, and the frame at rest where `frames.report` asks for it.

    Raises:
        ValueError: columns or frames of the wrong shape.
    """
    table = points_table(points, names)
    count, identity = table.num_rows, identity_of(table)
    pick = raw_pick(key)
    options: dict[str, Any] = {
        "version": version,
        "identity": identity,
        "sequence": pick.get("sequence", 0),
        "key": key,
        "restore": restore_options(parse_pick(pick, count, identity)),
        "title": title,
        "palette": palette if isinstance(palette, str) else list(palette),
        "labels": None if labels is None else [int(i) for i in labels],
        "late": [int(i) for i in late],
        "clusterNames": [str(name) for name in cluster_names],
        "selected": None if selected is None else int(selected),
        "highlight": [int(i) for i in highlight],
        "links": None if links is None else [[int(a), int(b)] for a, b in links],
        "focus": None if focus is None else int(focus),
        "frames": None,
        "height": height,
        "labelScale": label_scale,
        "unit": unit,
        "scrollZoom": scroll_zoom,
        "watchView": watch_view,
        "emptyText": empty_text,
    }
    data: dict[str, Any] = {"points": table, "options": options}
    if frames is not None and count:
        data["frames"], options["frames"] = frames_table(frames, count)

    def tell() -> None:
        if on_change is not None:
            on_change(parse_pick(raw_pick(key), count, identity))

    result = _component(key=key, data=data, on_pick_change=tell)
    chosen = result.pick
    return parse_pick(chosen if isinstance(chosen, dict) else {}, count, identity)
