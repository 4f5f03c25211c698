"""What is trained on: the corpus or sample, and the words of it that are followed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from core.data.corpus import Corpus
from core.errors import SemascopeError
from core.runs.settings import MAX_WATCHED
from pages.ui import guards
from pages.ui.session import CORPUS, corpus, corpus_name, store
from pages.ui.text import count, distinct, md
from sample_corpora import SAMPLES, sample_corpus

__all__ = ["pick_corpus", "pick_watched"]

SAMPLE = "sample:"
OFFERED_WORDS = 2000
CORPUS_PAGE = Path(__file__).parents[1] / "train" / "corpus.py"


def pick_corpus(recipe: Mapping[str, Any] | None) -> Corpus | None:
    """Draw the choice of a corpus or a sample; a sample is made when it is picked.

    Args:
        recipe: of an earlier run, whose corpus is to be chosen; None where there is none.
    """
    views = {view.id: view for view in store().corpora() if not view.damage}
    made = {view.name for view in views.values()}
    samples = {f"{SAMPLE}{sample.name}": sample for sample in SAMPLES if not {sample.name, sample.title} & made}
    options = [*views, *samples]
    asked = (recipe or {}).get("settings", {}).get("corpus") or st.session_state.get(CORPUS)
    if asked in options:
        st.session_state["form.corpus"] = asked
    elif st.session_state.get("form.corpus") not in options:
        st.session_state["form.corpus"] = next(iter(views), None)
    if asked and asked not in options:  # in a link, or in a recipe
        st.toast(f"That text is not here: {md(corpus_name(str(asked)), 80)}.", icon=":material/search_off:")
    chosen = st.session_state["form.corpus"] is not None

    shown = [f"{view.name or view.id} · {count(view.tokens)} words" for view in views.values()]
    names = dict(zip(views, distinct(shown, (identifier[:6] for identifier in views)), strict=True))
    names |= {option: f"{sample.title} · a sample, made on the spot" for option, sample in samples.items()}
    picked = st.selectbox(
        "Corpus",
        options,
        key="form.corpus",
        format_func=names.__getitem__,
        on_change=_corpus_picked,
        index=0 if chosen else None,  # with an index it cannot be emptied: without a corpus there is no form
        placeholder="Choose a corpus or a sample",
        help="The text to learn from. Add your own on the Corpus page.",
        persist_state="session",
    )
    if picked is None:
        st.caption("Settings and price appear once there is a text to learn from.")
        st.page_link(CORPUS_PAGE, label="Add your own text", icon=":material/upload_file:")
        return None
    try:
        if picked in samples:
            with st.spinner("Making the sample: a few seconds."):
                picked = sample_corpus(samples[picked].name, store()).id
            guards.choose_corpus(picked)
            st.rerun(scope="app")
        guards.choose_corpus(picked)
        return corpus(picked)
    except SemascopeError as error:
        guards.show_error(error)
        return None


def pick_watched(chosen: Corpus) -> list[str]:
    """Draw the choice of the words to follow, with a few suggested; returns them."""
    known = dict.fromkeys(chosen.words[:OFFERED_WORDS])
    picked: list[str] = st.session_state.get("form.watched") or []
    # A watched word stays an option though it is rare, and leaves with its corpus.
    if st.session_state.get("form.watched_of") != chosen.id:
        st.session_state["form.watched_of"] = chosen.id
        every = set(chosen.words)
        picked = [word for word in picked if word in every] or _suggested(chosen)
        st.session_state["form.watched"] = picked
    options = list(known | dict.fromkeys(picked))
    words = st.multiselect(
        "Watched words",
        options,
        key="form.watched",
        max_selections=MAX_WATCHED,
        accept_new_options=True,
        placeholder="Up to five words",
        help="Their nearest neighbours are followed while it trains.",
        persist_state="session",
    )
    return [str(word) for word in words]


def _corpus_picked() -> None:
    """What is picked here counts from now on, not what the link or another page had chosen before."""
    picked = st.session_state["form.corpus"]
    if picked is None or str(picked).startswith(SAMPLE):
        st.session_state[CORPUS] = None
        st.query_params.pop(CORPUS, None)
    else:
        guards.choose_corpus(picked)


def _suggested(chosen: Corpus) -> list[str]:
    for sample in SAMPLES:
        if chosen.name in (sample.name, sample.title):
            every = set(chosen.words)
            return [word for word in getattr(sample, "watched", ()) if word in every][:MAX_WATCHED]
    # Content words are longer than the words that hold sentences together, and frequent enough to be learned.
    return [word for word in chosen.words[30:600] if len(word) >= 6 and word.isalpha()][:3]
