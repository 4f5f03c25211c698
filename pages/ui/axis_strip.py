"""Drawings of a bias result: the target words on their axis, and how much each word carried."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.bias.metric import BiasResult, WordScore
from pages.ui.projector import text_scale
from pages.ui.session import is_dark
from pages.ui.text import md

__all__ = ["show_contributions", "show_strip"]

MOST_BARS = 16


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours that a canvas has to be told."""

    first: str
    second: str
    text: str
    line: str


LIGHT = Ink("#4F46E5", "#0D9488", "#5B607A", "#E3E5EF")
DARK = Ink("#818CF8", "#2DD4BF", "#A3A8C6", "#2A2E47")


def _ink() -> Ink:
    return DARK if is_dark() else LIGHT


def show_strip(result: BiasResult, key: str) -> None:
    """Every target word as a point on the axis from the second attribute set to the first, one row a target set."""
    targets = [use for use in result.sets if use.role == "target"]
    attributes = [use for use in result.sets if use.role == "attribute"]
    ink = _ink()
    series = []
    for use, colour, row in zip(targets, (ink.first, ink.second), (1, 0), strict=False):
        words = [one for one in result.words if one.set == use.label and one.association is not None]
        words.sort(key=lambda one: one.association or 0)
        series.append(
            {
                "name": use.label,
                "type": "scatter",
                "symbolSize": 11,
                "itemStyle": {"color": colour, "opacity": 0.85},
                "data": [
                    # Neighbours on the axis stand on steps, so that their names can be read.
                    {"name": one.word, "value": [round(one.association or 0, 4), row + (place % 5 - 2) * 0.15]}
                    for place, one in enumerate(words)
                ],
                "label": {
                    "show": True,
                    "formatter": "{b}",
                    "position": "right",
                    "fontSize": 11 * text_scale(),
                    "color": ink.text,
                },
                "labelLayout": {"hideOverlap": True},
                "markLine": {
                    "silent": True,
                    "symbol": "none",
                    "label": {"show": False},
                    "lineStyle": {"color": colour, "type": "dashed", "width": 1.5},
                    "data": [{"xAxis": round(_mean(words), 4)}],
                },
            }
        )
    spec = {
        "animation": False,
        "grid": {"left": 8, "right": 56, "top": 34, "bottom": 8},
        "legend": {"top": 0, "left": 0, "textStyle": {"color": ink.text}, "icon": "circle"},
        "tooltip": {"trigger": "item", "formatter": "{b}: {@[0]}"},
        "xAxis": {
            "type": "value",
            "scale": True,
            "name": f"← {attributes[1].label}          s(w)          {attributes[0].label} →",
            "nameLocation": "middle",
            "nameGap": 26,
            "nameTextStyle": {"color": ink.text},
            "axisLabel": {"color": ink.text, "hideOverlap": True},
            "axisLine": {"show": False},
            "splitLine": {"lineStyle": {"color": ink.line}},
        },
        "yAxis": {"type": "value", "min": -0.5, "max": 1.5, "show": False},
        "series": series,
    }
    st.echarts_chart(spec, height=300, key=key, alt="Target words on the axis between the two attribute sets")
    st.caption(
        f"Each point is a target word; right means nearer to {_plain(attributes[0].label)}, left nearer to "
        f"{_plain(attributes[1].label)}. The dashed lines are the means of the two sets.",
        help="s(w): mean cosine similarity to the words of the first attribute set minus that to the second, −2 to 2.",
    )


def show_contributions(result: BiasResult, key: str) -> None:
    """The words that carried the effect most: by how much it changes when one of them is left out."""
    known = [one for one in result.words if one.contribution is not None]
    known.sort(key=lambda one: abs(one.contribution or 0), reverse=True)
    shown = sorted(known[:MOST_BARS], key=lambda one: one.contribution or 0)
    if not shown:
        st.caption("No word can be left out here without losing the effect altogether.")
        return
    ink = _ink()
    spec = {
        "animation": False,
        "grid": {"left": 8, "right": 16, "top": 4, "bottom": 8},
        "tooltip": {"trigger": "item", "formatter": "{b}: {c}"},
        "xAxis": {
            "type": "value",
            "name": "d with the word minus d without it",
            "nameLocation": "middle",
            "nameGap": 26,
            "nameTextStyle": {"color": ink.text},
            "axisLabel": {"color": ink.text, "hideOverlap": True},
            "axisLine": {"show": False},
            "splitLine": {"lineStyle": {"color": ink.line}},
        },
        "yAxis": {
            "type": "category",
            "data": [one.word for one in shown],
            "axisLabel": {"color": ink.text, "interval": 0},
            "axisTick": {"show": False},
            "axisLine": {"show": False},
        },
        "series": [
            {
                "type": "bar",
                "barWidth": "62%",
                "data": [
                    {
                        "value": round(one.contribution or 0, 4),
                        "itemStyle": {
                            "color": ink.first if (one.contribution or 0) >= 0 else ink.second,
                            "borderRadius": 3,
                        },
                    }
                    for one in shown
                ],
            }
        ],
    }
    height = 60 + 22 * len(shown)
    st.echarts_chart(spec, height=height, key=key, alt="How much the effect size changes without each word")
    st.caption(
        f"The {len(shown)} of {len(known)} words whose absence would change d most. A test that hangs on one or two "
        "words says little about the set.",
        help="Leave one out: the whole effect size is computed again without the word; bars show the difference.",
    )


def _mean(words: Sequence[WordScore]) -> float:
    values = [one.association for one in words if one.association is not None]
    return sum(values) / len(values) if values else 0.0


def _plain(label: str) -> str:
    return f"“{md(label)}”"
