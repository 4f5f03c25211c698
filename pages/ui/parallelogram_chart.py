"""The parallelogram behind an analogy, as ECharts options."""

from typing import Any

from core.explore.arithmetic import Parallelogram
from pages.ui.projector import text_scale
from pages.ui.session import is_dark

__all__ = ["parallelogram_options"]

# The chart is wider than high; equal units on both axes keep angles true to the eye.
ASPECT = 1.5
ROOM = 1.35


def parallelogram_options(drawn: Parallelogram) -> dict[str, Any]:
    """Two arrows (b to a, c to d), the place where a − b + c falls, and the miss between it and d."""
    ink, line, first, second = (
        ("#E8EAF6", "#8B90A8", "#818CF8", "#2DD4BF") if is_dark() else ("#14162B", "#6B7086", "#4F46E5", "#0D9488")
    )
    a, b, c, d = ([float(x), float(y)] for x, y in drawn.corners)
    target = [float(drawn.target[0]), float(drawn.target[1])]
    every = [a, b, c, d, target]
    centre = [(max(p[i] for p in every) + min(p[i] for p in every)) / 2 for i in (0, 1)]
    half = ROOM * max(
        max(abs(p[0] - centre[0]) / ASPECT for p in every), max(abs(p[1] - centre[1]) for p in every), 1e-3
    )

    def arrow(start: list[float], end: list[float], colour: str, kind: str) -> list[dict[str, Any]]:
        solid = kind == "solid"
        style = {"color": colour, "type": kind, "width": 2.5 if solid else 1.5}
        return [
            {"coord": start, "symbol": "none", "lineStyle": style},
            {"coord": end, "symbol": "arrow" if solid else "none", "symbolSize": 11},
        ]

    def dot(name: str, place: list[float], colour: str) -> dict[str, Any]:
        above = place[1] >= centre[1]
        return {
            "name": name,
            "value": place,
            "itemStyle": {"color": colour},
            "label": {"position": "top" if above else "bottom"},
        }

    names = drawn.words
    scatter = {
        "type": "scatter",
        "symbol": "circle",
        "symbolSize": 12,
        "silent": True,
        "label": {
            "show": True,
            "formatter": "{b}",
            "color": ink,
            "fontSize": 14 * text_scale(),
            "fontWeight": 600,
            "distance": 8,
        },
        "data": [dot(names[0], a, first), dot(names[1], b, first), dot(names[2], c, second), dot(names[3], d, second)],
        "z": 5,
        "markLine": {
            "silent": True,
            "animation": False,
            "label": {"show": False},
            "data": [
                arrow(b, a, first, "solid"),
                arrow(c, d, second, "solid"),
                arrow(c, target, line, "dashed"),
                arrow(target, d, line, "dotted"),
            ],
        },
    }
    goal = {
        "type": "scatter",
        "symbol": "circle",
        "symbolSize": 15,
        "silent": True,
        "data": [{"name": f"{names[0]} − {names[1]} + {names[2]}", "value": target}],
        "itemStyle": {"color": "transparent", "borderColor": line, "borderWidth": 2, "borderType": "dashed"},
        "label": {
            "show": True,
            "formatter": "{b}",
            # The name of d stands on the outer side, that of the place where d was expected on the inner one.
            "position": "bottom" if target[1] >= centre[1] else "top",
            "color": line,
            "fontSize": 12 * text_scale(),
            "distance": 8,
        },
    }
    hidden = {"type": "value", "show": False}
    return {
        "animation": False,
        "grid": {"left": 4, "right": 4, "top": 4, "bottom": 4},
        "tooltip": {"show": False},
        "xAxis": {**hidden, "min": centre[0] - half * ASPECT, "max": centre[0] + half * ASPECT},
        "yAxis": {**hidden, "min": centre[1] - half, "max": centre[1] + half},
        "series": [
            goal,
            scatter,
        ],
    }
