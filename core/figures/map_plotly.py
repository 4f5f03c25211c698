"""A map by plotly: three dimensions on the page, and both as a single HTML file that needs no network."""

from typing import Any

import numpy as np

from core.figures.labels import label_order
from core.figures.map_data import DARK, LIGHT, MapData, Theme
from core.figures.text import hover

__all__ = ["map_figure", "map_html"]

MOST_LABELS = 60


def map_figure(data: MapData, *, dark: bool = False) -> Any:
    """A plotly figure of a map in two or three dimensions, one trace a cluster so that the legend can hide it.

    Hover shows the word and how often it occurs.
    """
    import plotly.graph_objects as go

    theme = DARK if dark else LIGHT
    three = data.positions.shape[1] == 3
    figure = go.Figure()
    clusters = np.zeros(len(data.words), np.int64) if data.clusters is None else data.clusters
    sizes = 4 + 6 * data.sizes()
    named = {int(row) for row in label_order(data.words, data.counts)[:MOST_LABELS]}
    for cluster in np.unique(clusters):
        rows = [int(row) for row in np.flatnonzero(clusters == cluster)]
        name = data.names[cluster] if data.clusters is not None and cluster < len(data.names) else "words"
        place = {axis: data.positions[rows, i] for i, axis in enumerate("xyz"[: data.positions.shape[1]])}
        shared = {
            **place,
            "mode": "markers+text",
            "text": [hover(data.words[row]) if row in named else "" for row in rows],
            "textfont": {"size": 11, "color": theme.text},
            "textposition": "middle right",
            "hovertext": [f"{hover(data.words[row])} · {data.counts[row]:,} times" for row in rows],
            "hoverinfo": "text",
            "name": hover(name),
            "marker": {
                "size": sizes[rows] * (0.7 if three else 1.0),
                "color": theme.palette[int(cluster) % len(theme.palette)],
                "opacity": 0.75,
                "line": {"width": 0},
            },
        }
        figure.add_trace(go.Scatter3d(**shared) if three else go.Scattergl(**shared))
    _dress(figure, data, theme)
    return figure


def map_html(data: MapData, *, dark: bool = False) -> str:
    """A map as one HTML page with plotly's script inside: it opens without a network."""
    figure = map_figure(data, dark=dark)
    ground = (DARK if dark else LIGHT).ground
    body = figure.to_html(
        full_html=False,
        include_plotlyjs=True,
        include_mathjax=False,
        default_height="100vh",
        config={"displaylogo": False},
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Semascope map</title>'
        f"<style>body{{margin:0;background:{ground}}}</style></head><body>{body}</body></html>\n"
    )


def _dress(figure: Any, data: MapData, theme: Theme) -> None:
    bare = {"visible": False, "showgrid": False, "zeroline": False}
    figure.update_layout(
        paper_bgcolor=theme.ground,
        plot_bgcolor=theme.ground,
        font={"color": theme.text, "family": "Inter, system-ui, sans-serif"},
        margin={"l": 0, "r": 0, "t": 0, "b": 28 if data.caption else 0},
        showlegend=data.clusters is not None and len(data.names) > 1,
        legend={"itemsizing": "constant", "bgcolor": "rgba(0,0,0,0)"},
        hoverlabel={"bgcolor": theme.ground, "font": {"color": theme.text}},
        dragmode="pan" if data.positions.shape[1] == 2 else "orbit",
        xaxis=bare,
        yaxis={**bare, "scaleanchor": "x"},
        scene={"xaxis": bare, "yaxis": bare, "zaxis": bare, "bgcolor": theme.ground},
    )
    if data.caption:
        figure.add_annotation(
            text=hover(data.caption, 200),
            x=0.01,
            y=0,
            yshift=-24,
            xref="paper",
            yref="paper",
            showarrow=False,
            xanchor="left",
            yanchor="bottom",
            font={"size": 11, "color": theme.muted},
        )
