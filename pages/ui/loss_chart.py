"""Loss curves as ECharts options.

One run: raw thin, smoothed thick, held-out dotted, earlier runs of the corpus faint, chosen ones in colours of their
own. Several runs: each in its colour, smoothed and held-out. Only curves that mean the same belong on one chart.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.runs.metrics import Row

__all__ = ["MOST_CURVES", "Curve", "Over", "loss_options", "over_of", "overlay_options", "smooth", "sparkline", "thin"]

MOST_POINTS = 600
OWN_LINES = ("Loss of each step", "Loss, smoothed", "Held-out loss")
LEAST_WEIGHT, SPAN = 0.05, 16
"""How much a new row weighs in the smoothed curve: 16 over the number of rows, 1 for short ones, 0.05 for long ones."""
Over = Literal["words", "share", "seconds"]
"""What a curve runs over: words read, share of the work, seconds of training."""


@dataclass(frozen=True, slots=True)
class Curve:
    """The curve of another run that means the same: label and rows, oldest first."""

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
    others: tuple[str, ...]


# The last ones are the theme's colours of charts, without the accent and the teal of the held-out loss.
LIGHT = Ink(
    "#4F46E5",
    "#0D9488",
    "#C3C6D9",
    "#5B607A",
    "#E3E5EF",
    ("#F59E0B", "#DB2777", "#0284C7", "#65A30D", "#9333EA", "#EA580C", "#64748B"),
)
DARK = Ink(
    "#818CF8",
    "#2DD4BF",
    "#3F4566",
    "#A3A8C6",
    "#2A2E47",
    ("#FBBF24", "#F472B6", "#38BDF8", "#A3E635", "#C084FC", "#FB923C", "#94A3B8"),
)
MOST_CURVES = 1 + len(LIGHT.others)
"""Runs that can be told apart by colour."""


def smooth(values: Sequence[float], memory: float | None = None) -> list[float]:
    """Exponentially weighted mean, corrected for its start: the first value is the first value, not a tenth of it.

    Args:
        values: oldest first.
        memory: share of the mean that a new value leaves in place, 0 to 1; None: less for a short curve, which a long
            memory would lag behind.
    """
    if memory is None:
        memory = 1 - min(1.0, max(LEAST_WEIGHT, SPAN / max(1, len(values))))
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


def over_of(rows: Sequence[Row]) -> Over:
    """What the curve of a run can run over: words, unless the loss is told while no more words are read."""
    for before, row in itertools.pairwise(rows):
        if row["loss"] is not None and row["words"] <= before["words"]:
            return "share"
    return "words"


def loss_options(
    rows: Sequence[Row],
    earlier: Sequence[Curve] = (),
    beside: Sequence[Curve] = (),
    *,
    dark: bool = False,
    whole: float = 0.0,
    unit: str = "nats per example",
) -> dict[str, Any]:
    """The curve of one run, as options for `st.echarts_chart`.

    Args:
        rows: the run's rows, oldest first.
        earlier: runs whose curve means the same, drawn faint.
        beside: likewise, drawn in colours of their own and named.
        dark: the theme.
        whole: words that the whole training will pass over; the axis reaches that far from the first moment.
        unit: of the loss, as its architecture names it.
    """
    ink = DARK if dark else LIGHT
    over = over_of(rows)
    longest = max([_end(one.rows, over) for one in (*earlier, *beside)] or [0.0]) if beside else 0.0
    end = max(whole if over == "words" else 0.0, _end(rows, over), longest)
    name, divisor = _scale(over, end)
    raw = _points(rows, "loss", over, divisor)
    held_out = _points(rows, "held_out_loss", over, divisor)
    series = [_faint(one, over, divisor, ink) for one in earlier]
    for number, one in enumerate(beside):
        series += _pair(one, over, divisor, ink.others[number % len(ink.others)])
    if len(raw) > SPAN:  # below, smoothed and raw are the same
        series.append(_line("Loss of each step", raw, ink.accent, width=1, opacity=0.35))
    series.append(_line("Loss, smoothed", _smoothed(raw), ink.accent, width=3, symbol=len(raw) < 8))
    if held_out:
        series.append(_line("Held-out loss", held_out, ink.held_out, width=2, kind="dotted", symbol=len(held_out) < 40))
    own = [line["name"] for line in series if line["name"] in OWN_LINES]
    # Names of runs leave no room for the lines of each.
    legend = ["Loss, smoothed", *(one.label for one in beside)] if beside else own
    return _options(series, legend, name, end / divisor, unit, ink)


def overlay_options(
    curves: Sequence[Curve], over: Over = "words", *, dark: bool = False, unit: str = "nats per example"
) -> dict[str, Any]:
    """The curves of several runs, each smoothed in its own colour, its held-out loss dotted.

    Args:
        curves: of runs whose loss means the same.
        over: what they run over; words become the share of the work where one of them needs it.
        dark: the theme.
        unit: of the loss.
    """
    ink = DARK if dark else LIGHT
    if over == "words" and any(over_of(one.rows) == "share" for one in curves):
        over = "share"
    end = max([_end(one.rows, over) for one in curves] or [0.0])
    name, divisor = _scale(over, end)
    colours = (ink.accent, *ink.others)
    series = [
        line for i, one in enumerate(curves) for line in _pair(one, over, divisor, colours[i % len(colours)], width=2.5)
    ]
    return _options(series, [one.label for one in curves], name, end / divisor, unit, ink)


def _options(
    series: list[dict[str, Any]], legend: list[str], name: str, end: float, unit: str, ink: Ink
) -> dict[str, Any]:
    return {
        "animation": False,
        "grid": {"left": 24, "right": 14, "top": 46, "bottom": 26, "containLabel": True},
        "legend": {
            "data": legend,
            "type": "scroll" if len(legend) > 3 else "plain",
            "top": 0,
            "left": 0,
            "icon": "roundRect",
            "itemWidth": 16,
            "itemHeight": 4,
            "textStyle": {"color": ink.text},
            "pageTextStyle": {"color": ink.text},
            "pageIconColor": ink.text,
            "pageIconInactiveColor": ink.line,
        },
        "tooltip": {"trigger": "axis", "valueFormatter": "%.3f"},
        "xAxis": {
            "type": "value",
            "min": 0,
            "max": _round(end) if end else 1,
            "name": name,
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


def _scale(over: Over, end: float) -> tuple[str, float]:
    """What the axis is called, and what a value is divided by."""
    if over == "share":
        return "% of the work", 0.01
    if over == "seconds":
        return ("minutes of training", 60.0) if end >= 180 else ("seconds of training", 1.0)
    return ("million words", 1e6) if end >= 2e6 else ("thousand words", 1e3)


def _at(row: Row, over: Over) -> float:
    return float(row["words"] if over == "words" else row["fraction"] if over == "share" else row["seconds"])


def _end(rows: Sequence[Row], over: Over) -> float:
    return 1.0 if over == "share" else _at(rows[-1], over) if rows else 0.0


def _points(
    rows: Sequence[Row], name: Literal["loss", "held_out_loss"], over: Over, divisor: float
) -> list[tuple[float, float]]:
    return [(_at(row, over) / divisor, value) for row in rows if (value := row[name]) is not None]


def _smoothed(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return list(zip([x for x, _ in points], smooth([y for _, y in points]), strict=True))


def _faint(one: Curve, over: Over, divisor: float, ink: Ink) -> dict[str, Any]:
    points = _smoothed(_points(one.rows, "loss", over, divisor))
    return _line(one.label, thin(points, 120), ink.faint, width=1.5) | {"silent": True, "z": 1}


def _pair(one: Curve, over: Over, divisor: float, colour: str, width: float = 2) -> list[dict[str, Any]]:
    """Smoothed and held-out loss of a run under one name: a click into the legend hides both."""
    even = _smoothed(_points(one.rows, "loss", over, divisor))
    held_out = _points(one.rows, "held_out_loss", over, divisor)
    lines = [_line(one.label, even, colour, width=width, symbol=len(even) < 8)]
    if held_out:
        lines.append(_line(one.label, held_out, colour, width=1.5, kind="dotted", symbol=len(held_out) < 40))
    return lines


def _line(
    name: str,
    points: Sequence[tuple[float, float]],
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
        "data": [[round(x, 5), round(y, 5)] for x, y in thin(points)],
        "showSymbol": symbol,
        "symbolSize": 5,
        "lineStyle": {"width": width, "type": kind, "color": colour, "opacity": opacity},
        "itemStyle": {"color": colour, "opacity": opacity},
    }


def _round(value: float) -> float:
    return float(f"{value:.4g}")
