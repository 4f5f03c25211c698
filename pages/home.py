"""Home: one sentence, one button, what to train on first, and what was trained last."""

import streamlit as st

from core.errors import SemascopeError
from core.runs.views import RunView
from pages.ui import guards
from pages.ui.cards import PAGES, run_card, sample_card
from pages.ui.live import play_from_start
from pages.ui.moving_map import newest_map
from pages.ui.point_map import point_map
from pages.ui.projector import label_scale
from pages.ui.session import label, store
from pages.ui.starting import start_sample
from pages.ui.text import count, md
from sample_corpora import SAMPLES
from sample_corpora.first import FIRST

RECENT = 6
MOST_LABELS = 400


def train_sample(name: str) -> None:
    """Make the sample, start on it, and go where it can be watched."""
    try:
        with st.spinner("Making the text and starting: a moment, please."):
            run = start_sample(name)
    except SemascopeError as error:
        guards.show_error(error)
        return
    play_from_start(run)
    st.switch_page(PAGES / "train/train.py", query_params={"run": run})


def hero(newest: RunView | None) -> None:
    """What this is, and the button; beside it the map of the newest finished run."""
    found = newest_map(newest, store().frames(newest.id)) if newest is not None else None
    left, right = st.columns([5, 6], gap="large", vertical_alignment="center") if found else (st.container(), None)
    with left:
        st.title("See what a machine learns from your words", anchor=False)
        st.markdown(
            "Semascope trains word embeddings on your own text before your eyes, and shows how far to trust them. "
            "Nothing leaves this machine."
        )
        if st.button(
            "Train a sample now",
            type="primary",
            icon=":material/play_arrow:",
            key="first",
            help="Makes a small planted world of words, trains on it in seconds, and plays the training slowly enough "
            "to watch.",
        ):
            train_sample(FIRST)
        st.page_link(PAGES / "train/corpus.py", label="or bring your own text", icon=":material/upload_file:")
    if found is not None and right is not None and newest is not None:
        with right:
            point_map(
                found.points(),
                version=found.version,
                key="hero",
                labels=found.order[:MOST_LABELS].tolist(),
                title=f"Map of {label(newest)}",
                height=340,
                label_scale=label_scale(),
                scroll_zoom=False,
            )
            st.caption(
                f"{md(label(newest))}: the {count(len(found.words))} most frequent words, as training left them."
            )


def samples() -> None:
    """The sample corpora as cards."""
    st.subheader("Sample corpora", anchor=False, help="Made on this machine, on the spot; nothing is downloaded.")
    with st.grid(3, min_column_width=260):
        for sample in SAMPLES:
            with st.container(height="stretch"):
                pressed = sample_card(sample, key=f"sample-{sample.name}")
            if pressed:
                train_sample(sample.name)


def newest_of_each(runs: list[RunView]) -> list[RunView]:
    """The newest runs, of each study one."""
    seen: set[str] = set()
    chosen = []
    for run in runs:
        if not run.study or run.study not in seen:
            chosen.append(run)
        seen.add(run.study)
    return chosen[:RECENT]


def recent(runs: list[RunView]) -> None:
    """The newest runs as cards."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("Recent runs", anchor=False, width="content")
        st.page_link(
            PAGES / "train/runs.py",
            label="All runs",
            icon=":material/arrow_forward:",
            icon_position="right",
            width="content",
        )
    with st.grid(3, min_column_width=260):
        for run in newest_of_each(runs):
            with st.container(height="stretch"):
                run_card(run, key=run.id)


runs = store().runs()
hero(next((run for run in runs if run.has_vectors and not run.active and (run.folder / "frames").is_dir()), None))
st.space("small")
if runs:
    recent(runs)
    st.space("small")
samples()
