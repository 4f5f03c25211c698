"""A small drawing of which neighbours are neighbours of each other."""

from collections.abc import Collection, Sequence

import streamlit as st

from core.explore.mutual import mutual_graph
from core.space import EmbeddingSpace
from pages.ui.projector import text_scale
from pages.ui.session import is_dark, is_phone

__all__ = ["show_graph"]

# Each word is joined to this many of the words shown that are nearest to it.
NEAREST = 4


def show_graph(space: EmbeddingSpace, words: Sequence[str], others: Collection[str], key: str) -> None:
    """Draw words and their neighbours; a line joins two that are among each other's nearest of those shown.

    Args:
        space: the vectors.
        words: those asked for; drawn large.
        others: their neighbours.
        key: of the chart.
    """
    graph = mutual_graph(space, [*words, *sorted(others, key=space.index)], NEAREST)
    draw(graph.words, len(words), graph.links, key)
    st.caption(
        f"A line joins two words that are among each other's {NEAREST} nearest of the words shown; "
        "the thicker, the more alike. Words in one knot mean one sense.",
        help="Near is cosine similarity; words without a line are near the word, but not near each other.",
    )


def draw(names: Sequence[str], asked: int, links: Sequence[tuple[int, int, float]], key: str) -> None:
    primary, other, ink = ("#818CF8", "#2DD4BF", "#E8EAF6") if is_dark() else ("#4F46E5", "#0D9488", "#14162B")
    scale = text_scale()
    nodes = [
        {
            "id": str(row),
            "name": name,
            "symbolSize": 26 if row < asked else 11,
            "itemStyle": {"color": primary if row < asked else other},
            "label": {
                "show": True,
                "fontWeight": 700 if row < asked else 400,
                "fontSize": scale * (15 if row < asked else 12),
            },
        }
        for row, name in enumerate(names)
    ]
    edges = [
        {"source": str(a), "target": str(b), "value": round(score, 3), "lineStyle": {"width": 1 + 4 * max(score, 0)}}
        for a, b, score in links
    ]
    spec = {
        "animation": False,
        "tooltip": {"show": False},
        "series": [
            {
                "type": "graph",
                "layout": "force",
                "roam": "move",
                "draggable": True,
                "data": nodes,
                "links": edges,
                "force": {
                    "repulsion": 80 if is_phone() else 190,
                    "edgeLength": [25, 60] if is_phone() else [40, 110],
                    "gravity": 0.15,
                    "layoutAnimation": False,
                },
                "label": {"position": "right", "color": ink},
                "lineStyle": {"color": "#8A8FB0", "opacity": 0.6, "curveness": 0.08},
                "labelLayout": {"hideOverlap": True},
                "emphasis": {"focus": "adjacency"},
            }
        ],
    }
    st.echarts_chart(spec, height=420, key=key, alt="Which neighbours are neighbours of each other")
