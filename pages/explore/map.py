"""Map: a run's words on the plane or in space; a click shows a word's card, a lasso gathers words."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from core.errors import SemascopeError
from core.figures.map_data import MapData
from core.figures.map_plotly import map_figure, map_html
from core.figures.map_png import map_png
from core.formats.spreadsheet import SUFFIX, spreadsheet_csv
from core.neighbours import nearest
from core.projection import PROJECTIONS
from core.runs.views import RunView
from core.space import EmbeddingSpace
from pages.ui import guards
from pages.ui.ask import progress_line
from pages.ui.map_layers import Layers, figure_of, late, layers, points
from pages.ui.map_row import FOCUS, found, map_row
from pages.ui.point_map import PointMapState, map_state, point_map
from pages.ui.projector import label_scale
from pages.ui.session import WORD, is_dark, is_phone
from pages.ui.session import space as open_space
from pages.ui.text import count, md
from pages.ui.trail import show_trail, visit
from pages.ui.word_card import neighbour_table, word_card
from pages.ui.word_input import split_words, suggest_words

PAGE = "explore/map.py"
MAP = "map_points"
DRAWN = "map_drawn"
HEIGHT, HEIGHT_PHONE = 640, 420
NEIGHBOURS = 10
LETTERS = 11
MOST_LISTED = 500


def main() -> None:
    run = guards.need_run()
    try:
        space = open_space(run)
        wish = map_row(space)
        shown = layers(run, space, wish)
    except SemascopeError as error:
        guards.show_error(error)
        st.stop()
    # The container stays when the line goes, so that the map keeps its place on the page.
    with st.container(key="map_progress", gap=None):
        progress_line(run, shown.waiting, place="map")
    look(run, space, shown, wish.colour)
    below(run, space, shown)


@st.fragment
def look(run: RunView, space: EmbeddingSpace, shown: Layers, colour: str) -> None:
    """The map and what stands beside it; a click redraws only this."""
    size = len(shown.positions)
    present, missing = split_words(space, guards.link_word())
    word = present[0] if present else None
    left, right = st.columns([3, 1.15], gap="medium")
    gathered: tuple[int, ...] = ()
    with left:
        if shown.positions.shape[1] == 3:
            space_figure(run, space, shown)
        else:
            gathered = flat_map(run, space, shown, colour, word)
    with right:
        if missing and not present:
            suggest_words(space, missing[0], "map_link", partial(found, space))
        if gathered:
            lasso_card(run, space, [space.keys[row] for row in gathered])
        elif word is not None:
            visit(run.id, word)
            show_trail(run.id, word, PAGE)
            near = word_card(run, space, word, NEIGHBOURS, PAGE)
            off_the_map(word_row=space.index(word), near=[one.index for one in near], size=size)
        else:
            legend(shown, colour)


def off_the_map(*, word_row: int, near: Sequence[int], size: int) -> None:
    """Say what of a card the map cannot show, because it places the most frequent words only."""
    missing = sum(row >= size for row in near)
    if word_row >= size:
        st.caption(f"This word is not among the {count(size)} words of the map; choose more words above it.")
    elif missing:
        st.caption(
            f"{missing} of its {len(near)} neighbours {'is' if missing == 1 else 'are'} rarer than the "
            f"{count(size)} words of the map; choose more words above it."
        )


def flat_map(run: RunView, space: EmbeddingSpace, shown: Layers, colour: str, word: str | None) -> tuple[int, ...]:
    """The point map; returns the rows inside a lasso."""
    size = len(shown.positions)
    version, table = points(run, space, shown, colour)

    def chosen(state: PointMapState) -> None:
        if state.clicked is not None:
            guards.set_word(space.keys[state.clicked])
            # What was clicked is in view already.
            st.session_state[DRAWN] = space.keys[state.clicked]
        else:
            st.session_state[WORD] = ""
            st.query_params.pop(WORD, None)

    if word is not None and st.session_state.get(DRAWN, word) != word:
        st.session_state[FOCUS] = word
    st.session_state[DRAWN] = word if word is not None else st.session_state.get(DRAWN, "")
    row = space.index(word) if word is not None else None
    near = [one.index for one in nearest(space, word, NEIGHBOURS) if one.index < size] if word is not None else []
    focus = st.session_state.get(FOCUS)
    at = space.index(focus) if focus and space.resolve(focus) else None
    gathered = map_state(MAP, size).selected if word is None else ()
    state = point_map(
        table,
        version=version,
        key=MAP,
        title=f"Map of {size:,} words by {PROJECTIONS.get(shown.method).title}",
        palette="sequential" if colour == "frequency" else "categorical",
        late=late(run, space, shown),
        cluster_names=shown.names if colour == "cluster" else (),
        selected=row if row is not None and row < size else None,
        highlight=near,
        focus=at if at is not None and at < size else None,
        height=HEIGHT_PHONE if is_phone() else HEIGHT,
        label_scale=label_scale(),
        on_change=chosen,
        scroll_zoom=not is_phone(),
    )
    return state.selected if word is None else gathered


def space_figure(run: RunView, space: EmbeddingSpace, shown: Layers) -> None:
    """The map in three dimensions, by plotly."""
    version = f"{run.id}-{shown.places}-{shown.clusters is not None}"
    figure = _figure(version, is_dark(), label_scale(), figure_of(run, space, shown))
    st.plotly_chart(
        figure,
        key="map_space",
        theme=None,
        height=HEIGHT_PHONE if is_phone() else HEIGHT,
        config={"displayModeBar": False, "scrollZoom": not is_phone()},
        alt="The map in three dimensions",
    )


@st.cache_resource(show_spinner=False, max_entries=4)
def _figure(version: str, dark: bool, scale: float, _data: MapData) -> object:
    figure = map_figure(_data, dark=dark)
    figure.update_traces(textfont_size=LETTERS * scale)
    figure.layout.annotations = ()  # the line below the map says it
    figure.update_layout(showlegend=False, margin_b=0, scene_camera_eye={"x": 1.0, "y": 1.0, "z": 0.6})
    return figure


def legend(shown: Layers, colour: str) -> None:
    """Nothing is chosen: what the colours are, and what can be done."""
    if shown.positions.shape[1] == 3:
        st.markdown("#### Turn the map")
        st.caption("Drag to turn, scroll to come nearer; search for a word to see its card here.")
    else:
        st.markdown("#### Click a word")
        st.caption(
            "Its neighbours light up, and its card stands here. Drag with Shift, or press L, to gather words with a "
            "lasso; Escape lets go."
        )
    if colour == "frequency" and shown.positions.shape[1] == 2:
        st.caption("The larger a point, and the more it stands out from the ground, the more often the word occurs.")
        return
    if shown.clusters is None or not shown.names:
        return
    sizes = pd.Series(shown.clusters).value_counts()
    frame = pd.DataFrame(
        {"cluster": list(shown.names), "words": [int(sizes.get(number, 0)) for number in range(len(shown.names))]}
    )
    st.dataframe(
        frame,
        key="map_clusters",
        hide_index=True,
        height="content" if len(frame) <= 12 else 430,
        column_config={
            "cluster": st.column_config.TextColumn("Cluster", width=180, help="Named by its three most typical words."),
            "words": st.column_config.NumberColumn(
                "Words", format="localized", width=60, help="Words of the map in this cluster."
            ),
        },
        alt="Clusters of the map with their sizes",
    )


def lasso_card(run: RunView, space: EmbeddingSpace, words: list[str]) -> None:
    """The words inside a lasso, what lies near all of them, and the list to take away."""
    st.markdown(f"### {count(len(words))} {'word' if len(words) == 1 else 'words'}")
    rows = [(word, int(space.counts[space.index(word)])) for word in words]
    st.dataframe(
        pd.DataFrame(rows[:MOST_LISTED], columns=["word", "count"]),
        key="lasso_words",
        hide_index=True,
        height=min(250, 35 * (len(rows) + 1) + 2),
        column_config={
            "word": "Word",
            "count": st.column_config.NumberColumn("Count", format="localized", help="Occurrences in the text."),
        },
        alt="The words inside the lasso",
    )
    if len(words) > MOST_LISTED:
        st.caption(f"The {MOST_LISTED} most frequent are listed; the export holds all of them.")
    st.download_button(
        "Words as CSV",
        lambda: spreadsheet_csv(("word", "count"), rows),
        file_name=f"words-{run.id}{SUFFIX}",
        mime="text/csv",
        icon=":material/download:",
        key="lasso_csv",
        on_click="ignore",
        help="For spreadsheets: a cell that could be taken for a formula begins with an apostrophe.",
    )
    st.markdown("**Near all of them**")
    neighbour_table(nearest(space, words[:MOST_LISTED], NEIGHBOURS), f"lasso_near_{len(words)}_{words[0]}")
    st.caption("Words outside the lasso that are nearest to the mean of those inside.")


def below(run: RunView, space: EmbeddingSpace, shown: Layers) -> None:
    """Where the map comes from, and the ways to take it away."""
    projection = PROJECTIONS.get(shown.method)
    took = f" · computed in {shown.seconds:.1f} s" if shown.seconds else ""
    with st.container(horizontal=True, vertical_alignment="center", key="map_below"):
        st.caption(
            f"{projection.title} of {count(len(shown.positions))} of {count(len(space))} words · seed 1{took}",
            width="stretch",
            help=md(f"{projection.summary} {projection.citation}", 600),
        )
        dark = is_dark()
        name = f"map-{shown.method}-{run.id}"
        if shown.positions.shape[1] == 2:
            st.download_button(
                "PNG",
                lambda: map_png(figure_of(run, space, shown), dark=dark),
                file_name=f"{name}.png",
                mime="image/png",
                icon=":material/image:",
                key="map_png",
                on_click="ignore",
                help="The whole map as a picture, 1600 by 1000 pixels.",
            )
        st.download_button(
            "HTML",
            lambda: map_html(figure_of(run, space, shown), dark=dark),
            file_name=f"{name}.html",
            mime="text/html",
            icon=":material/public:",
            key="map_html",
            on_click="ignore",
            help="One page to open without a network: zoom, turn, hover.",
        )


main()
