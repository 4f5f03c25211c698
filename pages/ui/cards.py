"""Cards: a run with the sparkline of its loss, a sample corpus with what to look for."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from core.architecture import ARCHITECTURES
from core.runs.metrics import Row, tail
from core.runs.views import RunView
from pages.ui.loss_chart import sparkline
from pages.ui.session import architecture_title, corpus_name, label
from pages.ui.text import ago, count, duration, md

__all__ = [
    "PAGES",
    "STATE_COLOURS",
    "STATE_HELP",
    "badge_of",
    "held_out_expected",
    "loss_unit",
    "origin",
    "run_card",
    "run_rows",
    "sample_card",
    "state_badge",
]

PAGES = Path(__file__).parents[1]

Colour = Literal["violet", "green", "blue", "orange", "red", "gray"]
STATE_COLOURS: dict[str, Colour] = {
    "queued": "gray",
    "starting": "violet",
    "running": "violet",
    "stopping": "orange",
    "finished": "green",
    "stopped": "blue",
    "failed": "red",
    "interrupted": "orange",
    "damaged": "red",
    "cancelled": "gray",
}
STATE_ICONS = {
    "queued": ":material/hourglass_empty:",
    "starting": ":material/rocket_launch:",
    "running": ":material/play_circle:",
    "stopping": ":material/pause_circle:",
    "finished": ":material/check_circle:",
    "stopped": ":material/stop_circle:",
    "failed": ":material/error:",
    "interrupted": ":material/bolt:",
    "damaged": ":material/broken_image:",
    "cancelled": ":material/cancel:",
}
STATE_HELP = {
    "queued": "It waits for its turn and starts by itself.",
    "starting": "Its own process is starting.",
    "running": "It trains in a process of its own; closing this page changes nothing.",
    "stopping": "It saves what it has learned and ends.",
    "finished": "It trained to its end.",
    "stopped": "It was stopped; what it had learned is kept.",
    "failed": "It ended by an error; the reason stands with the run.",
    "interrupted": "Its process ended without a word; Resume goes on from its last checkpoint.",
    "damaged": "Its recipe cannot be read.",
    "cancelled": "It was stopped before it began.",
}


def state_badge(run: RunView, ahead: int = 0) -> None:
    """The word for the state, coloured; says how many stand before a queued run."""
    badge_of(run.shown, f"queued, {ahead} ahead" if run.state == "queued" and ahead else run.shown)


def badge_of(state: str, word: str = "") -> None:
    """The badge of a state, of a run or of a study; `word` where it is called otherwise."""
    st.badge(
        word or state, icon=STATE_ICONS.get(state), color=STATE_COLOURS.get(state, "gray"), help=STATE_HELP.get(state)
    )


def loss_unit(run: RunView) -> str:
    """What the loss of a run is; empty where there is none."""
    return ARCHITECTURES.get(run.architecture).loss_unit if run.architecture in ARCHITECTURES.names() else ""


def held_out_expected(run: RunView) -> bool:
    """Whether a run tells a held-out loss."""
    if not run.spec or run.architecture not in ARCHITECTURES.names():
        return False
    return ARCHITECTURES.get(run.architecture).measures_held_out and run.spec.settings.held_out > 0


def run_rows(run: RunView) -> list[Row]:
    """The curve of a run; that of an ended one is read once."""
    path = run.folder / "metrics.jsonl"
    try:
        facts = path.stat()
    except OSError:
        return []
    return _rows(str(path), facts.st_mtime_ns, facts.st_size)


@st.cache_data(show_spinner=False, max_entries=64)
def _rows(path: str, modified: int, size: int) -> list[Row]:
    # No underscore before what is not used: Streamlit would leave it out of the key, and a curve would never grow.
    return tail(Path(path))[1]


def origin(run: RunView) -> list[str]:
    """Architecture and corpus of a run, as far as its label does not name them already."""
    parts = [architecture_title(run.architecture), *([corpus_name(run.corpus)] if run.corpus else [])]
    return [md(part, 40) for part in parts if part not in label(run)]


def run_card(run: RunView, *, key: str) -> None:
    """One run: name, architecture, state, sparkline, words, time; its button opens it."""
    rows = run_rows(run)
    with st.container(border=True, height="stretch", key=f"card-{key}", gap="small"):
        st.markdown(f"**{md(label(run), 60)}**")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            state_badge(run)
            st.caption(_facts(run, rows), width="content")
        _loss(run, rows)
        st.space("stretch")
        _buttons(run, key)


def _facts(run: RunView, rows: Sequence[Row]) -> str:
    parts = origin(run)
    if run.result is not None and run.result.vocabulary:
        parts.append(f"{count(run.result.vocabulary)} words")
    if run.result is not None and run.result.seconds.train:
        parts.append(duration(run.result.seconds.train))
    elif rows:
        parts.append(duration(rows[-1]["seconds"]))
    parts.append(ago(run.created))
    return " · ".join(parts)


def _loss(run: RunView, rows: Sequence[Row]) -> None:
    line = sparkline(rows)
    losses = [row["loss"] for row in rows if row["loss"] is not None]
    held_out = [row["held_out_loss"] for row in rows if row["held_out_loss"] is not None]
    if run.state in ("failed", "damaged", "interrupted") and run.reason:
        st.caption(f":red[{md(run.reason, 160)}]" if run.state != "interrupted" else md(run.reason, 160))
    elif line:
        st.metric(
            f"Loss, {loss_unit(run)}",
            f"{line[-1] if run.active else losses[-1]:.3f}",
            delta=f"held out {held_out[-1]:.3f}" if held_out else None,
            delta_arrow="off",
            chart_data=line,
            chart_type="area",
            delta_color="violet",
            help="The mean loss of the last step, smoothed while it trains, and beside it that on what is kept from "
            "training; lower is better. "
            "Only runs of the same architecture with the same settings for what is counted compare.",
        )


def _buttons(run: RunView, key: str) -> None:
    with st.container(horizontal=True):
        if run.state == "damaged":
            if st.button("See why", key=f"why-{key}"):
                st.switch_page(PAGES / "train/runs.py")
        elif run.has_vectors and not run.active:
            if st.button("Open the map", key=f"map-{key}", icon=":material/scatter_plot:"):
                st.switch_page(PAGES / "explore/map.py", query_params={"run": run.id})
            if st.button("Training", key=f"train-{key}", type="tertiary", help="Its curve and its moving map."):
                st.switch_page(PAGES / "train/train.py", query_params={"run": run.id})
        elif st.button("Watch" if run.active else "Look", key=f"watch-{key}", icon=":material/visibility:"):
            st.switch_page(PAGES / "train/train.py", query_params={"run": run.id})


def sample_card(sample: Any, *, key: str, primary: bool = False) -> bool:
    """One sample corpus: words, domain, what to look for; returns whether Train was pressed."""
    with st.container(border=True, height="stretch", key=f"card-{key}", gap="small"):
        st.markdown(f"**{md(sample.title)}**")
        with st.container(horizontal=True, gap="xsmall"):
            st.badge(f"about {_about(sample.words)} words", color="gray", help="Words of text, roughly.")
            st.badge(md(sample.domain, 40), color="blue", help="What the text is about.")
        st.markdown(md(sample.summary, 300))
        st.caption(f":material/search: {md(sample.look_for, 300)}", help="What to look for once it is trained.")
        st.space("stretch")
        return bool(
            st.button(
                "Train",
                key=f"train-{key}",
                icon=":material/play_arrow:",
                type="primary" if primary else "secondary",
                help="Makes the text, trains on it with settings that fit, and shows it live.",
            )
        )


def _about(words: int) -> str:
    if words >= 950_000:
        return f"{words / 1e6:.0f} million" if words >= 1_500_000 else "1 million"
    return f"{words / 1e3:.0f},000" if words >= 1000 else str(words)
