"""A search as a chart: the score of each trial, and the best so far."""

from collections.abc import Sequence
from typing import Any

from pages.ui.loss_chart import DARK, LIGHT

__all__ = ["best_so_far", "trial_options"]


def best_so_far(values: Sequence[float], *, lowest: bool) -> list[float]:
    """The best of each value and all before it."""
    best: list[float] = []
    for value in values:
        best.append(value if not best else min(best[-1], value) if lowest else max(best[-1], value))
    return best


def trial_options(
    trials: Sequence[tuple[int, float]], asked: int, *, lowest: bool, dark: bool = False
) -> dict[str, Any]:
    """The values of the trials, as options for `st.echarts_chart`.

    Args:
        trials: number and value of each trial that has one, in the order of their numbers.
        asked: how many trials there are to be; the axis reaches that far.
        lowest: whether the lowest value is the best.
        dark: the theme.
    """
    ink = DARK if dark else LIGHT
    best = best_so_far([value for _, value in trials], lowest=lowest)
    line = [[number, round(value, 5)] for (number, _), value in zip(trials, best, strict=True)]
    if trials and trials[-1][0] < asked:
        line.append([asked, line[-1][1]])
    axis = {"axisLabel": {"color": ink.text, "hideOverlap": True}, "nameTextStyle": {"color": ink.text}}
    axis |= {"type": "value", "nameLocation": "middle"}
    return {
        "animation": False,
        "grid": {"left": 24, "right": 14, "top": 40, "bottom": 26, "containLabel": True},
        "legend": {"data": ["Trial", "Best so far"], "top": 0, "left": 0, "textStyle": {"color": ink.text}},
        "tooltip": {"trigger": "axis", "valueFormatter": "%.4f"},
        "xAxis": axis
        | {
            "min": 1,
            "max": max(asked, 2),
            "minInterval": 1,
            "name": "trial",
            "nameGap": 26,
            "splitLine": {"show": False},
        },
        "yAxis": axis | {"scale": True, "splitLine": {"lineStyle": {"color": ink.line}}},
        "series": [
            {
                "name": "Trial",
                "type": "scatter",
                "data": [[number, round(value, 5)] for number, value in trials],
                "symbolSize": 9,
                "itemStyle": {"color": ink.held_out},
            },
            {
                "name": "Best so far",
                "type": "line",
                "step": "end",
                "showSymbol": False,
                "data": line,
                "lineStyle": {"width": 2.5, "color": ink.accent},
                "itemStyle": {"color": ink.accent},
            },
        ],
    }
