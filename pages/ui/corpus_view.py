"""What is in a corpus: its size, its lines, its words, and what a minimum count would leave out."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.data.corpus import Corpus
from core.data.diagnosis import Advice
from core.data.kept_documents import why_not
from core.files import explain_write_error
from core.runs.settings import default_min_count
from core.runs.views import CorpusView
from pages.ui import guards
from pages.ui.cards import PAGES
from pages.ui.cleaning_form import propose
from pages.ui.corpus_card import card
from pages.ui.doctor_view import doctor_box, facts, shape
from pages.ui.loss_chart import DARK, LIGHT
from pages.ui.reading_form import take
from pages.ui.session import is_dark
from pages.ui.split_view import split_view
from pages.ui.text import count, md, size
from pages.ui.train_form import choose_cut

__all__ = ["corpus_view", "kept_options", "steps"]

PREVIEW = 30
FREQUENT = 60
STEPS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000)


def corpus_view(corpus: Corpus, view: CorpusView) -> None:
    """Draw a corpus."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"### {md(view.name or view.id, 80)}", width="content")
        with st.container(horizontal=True, width="content"):
            needs_file = why_not(corpus)
            if st.button(
                "Clean differently",
                icon=":material/cleaning_services:",
                key="clean_again",
                disabled=bool(needs_file),
                help=needs_file or "Other steps or another tokeniser make another corpus of the same text.",
            ):
                clean_again(corpus)
            if st.button(
                "Train on this corpus",
                type="primary",
                icon=":material/play_arrow:",
                key="train_on",
                help="Opens Train with this corpus chosen.",
            ):
                guards.choose_corpus(view.id)
                st.session_state["run"] = None
                st.switch_page(PAGES / "train/train.py", query_params={"corpus": view.id})
    with st.grid(3, min_column_width=140):
        st.metric("Documents", count(corpus.documents), border=True, help="Lines of a text, rows of a table.")
        st.metric("Words", count(corpus.tokens_total), border=True, help="Tokens: every occurrence counts.")
        st.metric("Different words", count(corpus.types), border=True, help="Types: each word counts once.")
    doctor_box(corpus, lambda advice: _follow(corpus, advice))
    tabs = st.tabs(
        ["Lines and words", "Rare words", "Shape", "Facts", "Split", "Card"],
        key=f"corpus.tabs.{corpus.id}",
        on_change="rerun",
    )
    for tab, draw in zip(tabs, (_lines_and_words, _cut, shape, facts, split_view, card), strict=True):
        if tab.open:
            with tab:
                draw(corpus)
    _place(corpus, view)


def clean_again(corpus: Corpus, steps: Sequence[str] = (), tokenizer: str | None = None) -> None:
    """Show how this corpus would be cleaned with more steps, or with another tokeniser."""
    options = corpus.meta["options"]
    take(corpus.folder)
    propose([*options["steps"], *steps], tokenizer or options["tokenizer"], options["lowercase"])
    st.rerun()


def _lines_and_words(corpus: Corpus) -> None:
    lines, words = st.columns([3, 2], gap="medium")
    with lines:
        _lines(corpus)
    with words:
        _words(corpus)


def _follow(corpus: Corpus, advice: Advice) -> None:
    """Do what the doctor advises: cleaning is shown before it is done, settings go into the form of Train."""
    if advice.steps or advice.tokenizer:
        clean_again(corpus, advice.steps, advice.tokenizer)
        return
    guards.choose_corpus(corpus.id)
    st.session_state["run"] = None
    if "min_count" in advice.run:
        choose_cut(corpus.id, int(advice.run["min_count"]))
    if "preset" in advice.run:
        st.session_state["form.preset"] = str(advice.run["preset"])
    st.switch_page(PAGES / "train/train.py", query_params={"corpus": corpus.id})


def _place(corpus: Corpus, view: CorpusView) -> None:
    """Where the copy of the text lies, and the way to be rid of it."""
    st.caption(
        f":material/lock: The copy lies in {md(str(view.folder), 200)} ({size(view.bytes)}); "
        "it never leaves this machine." + ("" if corpus.has_text else " Tokens only: evidence from its lines is off.")
    )

    if not corpus.has_text:
        return
    with st.popover("Keep tokens only", icon=":material/text_snippet:", help="Deletes the copy of the text."):
        st.markdown("Training goes on as before; the lines behind a pair of words can no longer be shown. For good.")
        if st.button("Delete the copy of the text", key=f"forget.{corpus.id}", icon=":material/delete_forever:"):
            try:
                corpus.forget_text()
            except OSError as error:
                guards.show_error(explain_write_error(error, view.folder))
                return
            st.rerun()


def _lines(corpus: Corpus) -> None:
    st.markdown("##### First lines")
    if not corpus.has_text:
        st.caption("Only tokens were kept, so there are no lines to show.")
        return
    rows = [
        {"Line": i + 1, "Text": _struck(corpus.line(i)[:500]) if corpus.left_out(i) else corpus.line(i)[:500]}
        for i in range(min(PREVIEW, corpus.lines))
    ]
    st.dataframe(
        rows,
        hide_index=True,
        height=330,
        alt="The first lines of the corpus",
        column_config={
            "Line": st.column_config.NumberColumn(width="small"),
            "Text": st.column_config.TextColumn(width="large"),
        },
    )


def _struck(text: str) -> str:
    """A line that cleaning left out: U+0336 after each character strikes it out wherever it is shown."""
    return "".join(f"{character}\u0336" for character in text)


def _words(corpus: Corpus) -> None:
    st.markdown("##### Most frequent words")
    top = min(FREQUENT, corpus.types)
    rows = [
        {"Word": word, "Occurrences": int(number)}
        for word, number in zip(corpus.words[:top], corpus.counts[:top], strict=True)
    ]
    st.dataframe(
        rows,
        hide_index=True,
        height=330,
        alt="The most frequent words",
        column_config={
            "Occurrences": st.column_config.ProgressColumn(
                format="localized",
                min_value=0,
                max_value=int(corpus.counts[0]) if top else 1,
                help="How often the word occurs.",
            )
        },
    )


def steps(corpus: Corpus) -> list[int]:
    """Minimum counts to choose from: up to where nothing would be left."""
    most = int(corpus.counts[0]) if corpus.types else 1
    return [step for step in STEPS if step <= most] or [1]


def kept_options(points: list[tuple[int, float]], at: int, dark: bool) -> dict[str, Any]:
    """The curve of the share of words kept over the minimum count, the chosen one marked."""
    ink = DARK if dark else LIGHT
    here = next((share for step, share in points if step == at), 0.0)
    return {
        "animation": False,
        "grid": {"left": 8, "right": 16, "top": 16, "bottom": 4, "containLabel": True},
        "tooltip": {"trigger": "axis", "valueFormatter": "%.1f %%"},
        "xAxis": {
            "type": "category",
            "data": [str(step) for step, _ in points],
            "boundaryGap": False,
            "axisLabel": {"color": ink.text},
        },
        "yAxis": {
            "type": "value",
            "min": 0,
            "max": 100,
            "axisLabel": {"color": ink.text, "formatter": "{value} %"},
            "splitLine": {"lineStyle": {"color": ink.line}},
        },
        "series": [
            {
                "name": "Words of text kept",
                "type": "line",
                "data": [round(share, 2) for _, share in points],
                "showSymbol": False,
                "lineStyle": {"color": ink.accent, "width": 3},
                "itemStyle": {"color": ink.accent},
                "areaStyle": {"color": ink.accent, "opacity": 0.12},
                "markPoint": {
                    "symbol": "circle",
                    "symbolSize": 12,
                    "data": [{"coord": [str(at), round(here, 2)]}],
                    "label": {"show": False},
                },
            }
        ],
    }


def _cut(corpus: Corpus) -> None:
    choices = steps(corpus)
    st.markdown("##### What a minimum count leaves out")
    start = default_min_count(corpus.tokens_total)
    picked = st.select_slider(
        "Minimum count",
        choices,
        value=start if start in choices else choices[0],
        key=f"min_count.{corpus.id}",
        help="Words that occur less often are left out of the training; rare words cannot be learned well.",
    )
    total = max(1, corpus.tokens_total)
    points = [(step, 100 * corpus.kept(step).tokens / total) for step in choices]
    st.echarts_chart(
        kept_options(points, picked, is_dark()),
        height=180,
        key=f"kept.{corpus.id}",
        alt="Share of words kept over the minimum count",
    )
    kept = corpus.kept(picked)
    st.markdown(
        f"Keeps **{100 * kept.share:.1f} %** of the text and **{count(kept.types)}** of {count(corpus.types)} "
        "different words."
    )
    if kept.dropped:
        st.markdown("Leaves out, for example: " + ", ".join(f"*{md(word, 40)}*" for word in kept.dropped))
    for sentence in corpus.advice(picked):
        st.caption(f":material/info: {md(sentence, 300)}")
    if picked != start and st.button(
        "Use this in Train", key="use_cut", help="Sets the minimum count in the form of Train."
    ):
        guards.choose_corpus(corpus.id)
        choose_cut(corpus.id, picked)
        st.switch_page(PAGES / "train/train.py", query_params={"corpus": corpus.id})
