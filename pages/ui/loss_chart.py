"""The loss curve as ECharts options: raw thin, smoothed thick, held-out dotted, earlier runs of the corpus faint."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.runs.metrics import Row

__all__ = ["Earlier", "loss_options", "smooth", "sparkline", "thin"]

MOST_POINTS = 600
LEAST_WEIGHT, MOST_WEIGHT, SPAN = 0.05, 0.6, 16
"""How much a new row weighs in the smoothed curve: about 16 over the number of rows, within bounds."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The curve of an earlier run that means the same: label and rows."""

    label: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours of a theme that a canvas has to be told."""

    accent: str
    held_out: str
    faint: str
    text: str
    line: str


LIGHT = Ink("#4F46E5", "#0D9488", "#C3C6D9", "#5B607A", "#E3E5EF")
DARK = Ink("#818CF8", "#2DD4BF", "#3F4566", "#A3A8C6", "#2A2E47")


def smooth(values: Sequence[float], memory: float | None = None) -> list[float]:
    """Exponentially weighted mean, corrected for its start: the first value is the first value, not a tenth of it.

    Args:
        values: oldest first.
        memory: share of the mean that a new value leaves in place, 0 to 1; None: less for a short curve, which a long
            memory would lag behind.
    """
    if memory is None:
        memory = 1 - min(MOST_WEIGHT, max(LEAST_WEIGHT, SPAN / max(1, len(values))))
    smoothed, total, weight = [], 0.0, 0.0
    for value in values:
        total = memory * total + (1 - memory) * value
        weight = memory * weight + (1 - memory)
        smoothed.append(total / weight)
    return smoothed


def thin(points: Sequence[Any], limit: int = MOST_POINTS) -> list[Any]:
    """At most `limit` of the points, evenly chosen; the first and the last are always among them."""
    if len(points) <= limit:
        return list(points)
    step = (len(points) - 1) / (limit - 1)
    return [points[round(i * step)] for i in range(limit)]


def sparkline(rows: Sequence[Row], points: int = 40) -> list[float]:
    """The smoothed loss in a few points, for a card or a cell of a table."""
    losses = [row["loss"] for row in rows if row["loss"] is not None]
    return [round(value, 4) for value in thin(smooth(losses), points)]


def loss_options(
    rows: Sequence[Row],
    earlier: Sequence[Earlier] = (),
    *,
    dark: bool = False,
    whole: float = 0.0,
    unit: str = "nats per example",
) -> dict[str, Any]:
    """Options for `st.echarts_chart`.

    Args:
        rows: the run's rows, oldest first.
        earlier: runs whose curve means the same, drawn faint.
        dark: the theme.
        whole: words that the whole training will pass over; the axis reaches that far from the first moment.
        unit: of the loss, as its architecture names it.
    """
    ink = DARK if dark else LIGHT
    whole = max([whole, *(row["words"] for row in rows[-1:])])
    words, divisor = ("million words", 1e6) if whole >= 2e6 else ("thousand words", 1e3)
    raw = [(row["words"] / divisor, row["loss"]) for row in rows if row["loss"] is not None]
    even = list(zip([x for x, _ in raw], smooth([y for _, y in raw]), strict=True))
    held_out = [(row["words"] / divisor, row["held_out_loss"]) for row in rows if row["held_out_loss"] is not None]
    series = [_faint(one, divisor, ink) for one in earlier]
    series += [
        _line("Loss of each step", raw, ink.accent, width=1, opacity=0.35),
        _line("Loss, smoothed", even, ink.accent, width=3, symbol=len(even) < 3),
        _line("Held-out loss", held_out, ink.held_out, width=2, kind="dotted", symbol=len(held_out) < 40),
    ]
    return {
        "animation": False,
        "grid": {"left": 24, "right": 14, "top": 46, "bottom": 26, "containLabel": True},
        "legend": {
            "data": ["Loss of each step", "Loss, smoothed", "Held-out loss"],
            "top": 0,
            "left": 0,
            "icon": "roundRect",
            "itemWidth": 16,
            "itemHeight": 4,
            "textStyle": {"color": ink.text},
        },
        "tooltip": {"trigger": "axis", "valueFormatter": "%.3f"},
        "xAxis": {
            "type": "value",
            "min": 0,
            "max": _round(whole / divisor) if whole else 1,
            "name": words,
            "nameLocation": "middle",
            "nameGap": 26,
            "axisLabel": {"color": ink.text, "hideOverlap": True},
            "nameTextStyle": {"color": ink.text},
            "splitLine": {"show": False},
        },
        "yAxis": {
            "type": "value",
            "scale": True,
            "name": unit,
            "nameLocation": "middle",
            "nameGap": 34,
            "nameTextStyle": {"color": ink.text},
            "axisLabel": {"color": ink.text},
            "splitLine": {"lineStyle": {"color": ink.line}},
        },
        "series": series,
    }


def _faint(one: Earlier, divisor: float, ink: Ink) -> dict[str, Any]:
    kept = [row for row in one.rows if row["loss"] is not None]
    smoothed = smooth([row["loss"] or 0.0 for row in kept])
    points = [(row["words"] / divisor, value) for row, value in zip(kept, smoothed, strict=True)]
    return _line(one.label, thin(points, 120), ink.faint, width=1.5) | {"silent": True, "z": 1}


def _line(
    name: str,
    points: Sequence[tuple[float, float | None]],
    colour: str,
    *,
    width: float,
    kind: str = "solid",
    opacity: float = 1.0,
    symbol: bool = False,
) -> dict[str, Any]:
    return {
        "name": name,
        "type": "line",
        "data": [[round(x, 5), None if y is None else round(y, 5)] for x, y in thin(points)],
        "showSymbol": symbol,
        "symbolSize": 5,
        "lineStyle": {"width": width, "type": kind, "color": colour, "opacity": opacity},
        "itemStyle": {"color": colour, "opacity": opacity},
    }


def _round(value: float) -> float:
    return float(f"{value:.4g}")
