"""Neighbours: the nearest words of one word or several, the lines behind each pair, and who is near whom."""

import contextlib
from pathlib import Path

import streamlit as st

from core.errors import SemascopeError, UnknownWordError
from core.neighbours import nearest
from core.runs.views import RunView
from core.space import EmbeddingSpace
from pages.ui import guards
from pages.ui.evidence import show_evidence
from pages.ui.neighbour_graph import show_graph
from pages.ui.session import RUN, WORD
from pages.ui.session import space as open_space
from pages.ui.text import md
from pages.ui.trail import show_trail, visit
from pages.ui.word_card import neighbour_table, watch, word_facts
from pages.ui.word_input import words_field

FIELD = "neighbours_words"
SEEN = "neighbours_seen"
COUNTS = (5, 10, 20, 50)
COLUMNS = 4
PAGE = "explore/neighbours.py"
# The first words of a text are “the” and “of”; a word worth a look stands further back.
FIRST_EXAMPLE = 60


def main() -> None:
    run = guards.need_run()
    try:
        space = open_space(run)
    except SemascopeError as error:
        guards.show_error(error)
        st.stop()
    adopt_word()
    answer(run, space)


def adopt_word() -> None:
    """A link or another page named a word since this page was last drawn: it goes into the field."""
    word = guards.link_word()
    if st.session_state.get(SEEN) != word or FIELD not in st.session_state:
        st.session_state[FIELD] = word
    st.session_state[SEEN] = word


@st.fragment
def answer(run: RunView, space: EmbeddingSpace) -> None:
    """The whole page; typing redraws only this."""
    with st.container(horizontal=True, vertical_alignment="top", key="neighbours_row"):
        with st.container(width="stretch", gap="xsmall"):
            words, missing = words_field(
                space,
                FIELD,
                "Words",
                placeholder="king, or several: king, queen",
                hint=f"A word of this run's vocabulary, or up to {COLUMNS} with commas between them to compare.",
            )
        k = st.segmented_control(
            "Neighbours",
            COUNTS,
            default=10,
            required=True,
            key="neighbours_k",
            help="How many nearest words to list for each word.",
            persist_state="session",
        )
    words = [*words, *made_of_parts(space, missing)][:COLUMNS]
    if not words:
        if not missing:
            offer_words(space)
        return
    remember(run, words)
    show_trail(run.id, words[0], PAGE)
    columns(run, space, words, k or 10)


def made_of_parts(space: EmbeddingSpace, missing: list[str]) -> list[str]:
    """Of the words outside the vocabulary those that have a vector nevertheless, made of their parts."""
    made = []
    for word in missing:
        with contextlib.suppress(UnknownWordError):
            space.unseen(word)
            made.append(word)
    return made


def remember(run: RunView, words: list[str]) -> None:
    """Put the words into the link and the first one on the trail."""
    shown = ", ".join(words)
    if guards.link_word() != shown:
        guards.set_word(shown)
    st.session_state[SEEN] = shown
    visit(run.id, words[0])


def offer_words(space: EmbeddingSpace) -> None:
    """An empty field: say what to do, and offer words to begin with."""
    st.caption("Type a word, or begin with one of these:")
    step = max(1, min(40, len(space) // 20))
    examples = [key for key in space.keys[FIRST_EXAMPLE if len(space) > 1000 else 0 :: step] if len(key) > 3][:10]

    def chosen() -> None:
        if st.session_state["neighbours_first"]:
            st.session_state[FIELD] = st.session_state["neighbours_first"]

    st.pills(
        "Words to begin with",
        examples,
        format_func=md,
        key="neighbours_first",
        on_change=chosen,
        label_visibility="collapsed",
    )


def columns(run: RunView, space: EmbeddingSpace, words: list[str], k: int) -> None:
    """A column a word, shared neighbours marked; below them the lines of the pairs that were clicked."""
    found = {word: nearest(space, word, k=k) for word in words}
    listed = [one.word for word in words for one in found[word]]
    shared = {word for word in listed if listed.count(word) > 1}
    clicked: list[tuple[str, str]] = []
    # One word leaves half of the row to its graph.
    places = st.columns(max(2, len(words)), gap="medium")
    for place, word in zip(places, words, strict=False):
        with place:
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.markdown(f"### {md(word)}", width="content")
                if len(words) == 1 and word in space:
                    watch(word)
            if word in space:
                word_facts(space, word)
            else:
                st.caption("Not in the vocabulary; its vector is made of parts that it shares with other words.")
            other = neighbour_table(found[word], f"near_{run.id}_{word}_{k}", shared)
            if other:
                clicked.append((word, other))
    if len(words) > 1:
        both = ", ".join(md(word) for word in sorted(shared, key=listed.index)[:12])
        st.caption(f"◆ near more than one of the words: {both}" if both else "No neighbour is shared.")
    lines(run, clicked)
    known = [word for word in words if word in space]
    if known:
        others = {one.word for word in known for one in found[word][:15]}
        with places[1] if len(words) == 1 else st.container():
            show_graph(space, known, others, key="neighbours_graph")


def lines(run: RunView, clicked: list[tuple[str, str]]) -> None:
    """The lines behind the pairs that were clicked, and the way on to each neighbour."""
    if not clicked:
        st.caption("Click a neighbour for the lines of the corpus in which both words stand.")
    for word, other in clicked:
        with st.container(border=True):
            show_evidence(run, word, other)
            st.page_link(
                str(Path(__file__).parents[1] / PAGE),
                label=f"Neighbours of {md(other)}",
                icon=":material/arrow_forward:",
                query_params={RUN: run.id, WORD: other},
            )


main()
