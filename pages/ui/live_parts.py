"""The parts of the live view: progress, figures, curve, moving map, watched words."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import streamlit as st

from core.architecture import ARCHITECTURES
from core.runs.frames import Frame
from core.runs.metrics import Row
from core.runs.spec import IMPORTED
from core.runs.views import RunView
from pages.ui.cards import loss_unit, run_rows
from pages.ui.loss_chart import Earlier, loss_options, smooth
from pages.ui.moving_map import caption, newest_map, recording
from pages.ui.point_map import Playback, point_map
from pages.ui.projector import label_scale, text_scale
from pages.ui.session import is_dark, label, store
from pages.ui.text import duration, md

__all__ = ["curve", "figures", "map_key", "moving_map", "progress", "watched"]

MAP_HEIGHT = 420
CURVE_HEIGHT = 360
MOST_EARLIER = 3
MOST_LABELS = 400
PHASES = {
    "starting": "starting the trainer",
    "reading": "reading the corpus",
    "compiling": "compiling for this number of dimensions: once, it takes some seconds",
    "training": "training",
    "saving": "saving the vectors",
}


def map_key(run: str) -> str:
    """Key of the moving map of a run."""
    return f"moving-{run}"


def progress(run: RunView, rows: Sequence[Row]) -> None:
    """A bar while there is something to wait for, with what happens and how long it will take."""
    if not run.active:
        return
    share = rows[-1]["fraction"] if rows else 0.0
    if run.state == "queued":
        said = "waiting for a free slot" if run.attempt == 0 else "waiting to go on"
    elif run.phase == "training" and rows:
        left = _seconds_left(rows)
        said = f"{share:.0%}".replace("%", " %") + (f" · {duration(left)} left" if left is not None else "")
    else:
        said = PHASES.get(run.phase, "starting the trainer")
    st.progress(min(1.0, max(0.0, share)), text=said)


def figures(run: RunView, rows: Sequence[Row], at: Frame | None) -> None:
    """Loss, held-out loss, speed, time."""
    losses = [row["loss"] for row in rows if row["loss"] is not None]
    held_out = [row["held_out_loss"] for row in rows if row["held_out_loss"] is not None]
    speeds = [row["words_per_second"] for row in rows[-20:] if row["words_per_second"] > 0]
    seconds = at.seconds if at is not None else rows[-1]["seconds"] if rows else 0.0
    with st.grid(4, min_column_width=round(120 * text_scale()), key=f"figures-{run.id}"):
        st.metric(
            "Loss",
            f"{smooth(losses)[-1]:.3f}" if losses else "–",
            border=True,
            help=f"{loss_unit(run).capitalize()}: the mean over the examples of each step, smoothed. Lower is better."
            if loss_unit(run)
            else "This architecture has none: it counts or writes down, and nothing is fitted.",
        )
        st.metric(
            "Held-out loss",
            f"{held_out[-1]:.3f}" if held_out else "–",
            border=True,
            help="The same on what is kept from training: lines, or pairs of words. Rising while the loss falls: it "
            "learns by heart.",
        )
        st.metric(
            "Words per second",
            _speed(sum(speeds) / len(speeds)) if speeds else "–",
            border=True,
            help="Words of the corpus passed over in a second, mean of the last rows; dropped ones count.",
        )
        st.metric(
            "Elapsed",
            duration(seconds) if rows or at else "–",
            border=True,
            help="Training time over all attempts, without reading and compiling.",
        )


def curve(run: RunView, rows: Sequence[Row], all_rows: Sequence[Row]) -> None:
    """The loss curve, earlier runs that mean the same behind it."""
    if not rows:
        with st.container(border=True, height=CURVE_HEIGHT, horizontal_alignment="center", vertical_alignment="center"):
            st.caption("The first loss comes within a second of training." if run.active else "No loss was recorded.")
        return
    if not loss_unit(run):
        with st.container(border=True, height=CURVE_HEIGHT, horizontal_alignment="center", vertical_alignment="center"):
            st.caption("There is no loss to draw: this architecture counts or writes down, and nothing is fitted.")
        return
    last = all_rows[-1]
    whole = last["words"] / last["fraction"] if last["fraction"] > 0 else float(last["words"])
    options = loss_options(rows, _earlier(run), dark=is_dark(), whole=whole, unit=loss_unit(run))
    st.echarts_chart(
        options,
        height=CURVE_HEIGHT,
        key=f"curve-{run.id}",
        alt=f"Loss over words read; the last value is {last['loss'] or 0:.3f} {loss_unit(run)}.",
    )


def moving_map(
    run: RunView, frames: Sequence[Frame], mode: Literal["live", "timed", "step"], seconds: float, first: Sequence[str]
) -> None:
    """The map of the most frequent words: the newest frame while it trains, all of them to play back afterwards."""
    whole = bool(frames) and not run.active
    found = recording(run, frames) if whole else newest_map(run, frames)
    if found is None:
        waiting = "The map appears with the first frame." if run.active else "No frames were recorded."
        point_map(
            {"x": [], "y": []},
            version="none",
            key=map_key(run.id),
            height=MAP_HEIGHT,
            empty_text=waiting,
            scroll_zoom=False,
        )
        return
    playback = None
    if whole:
        playback = Playback(
            found.positions,
            [caption(frame) for frame in found.frames],
            mode=mode,
            seconds=seconds,
            report=True,
            series=f"{found.version}-{st.session_state.get(f'live.since.{run.id}', 0):.1f}",
        )
    place = {word: i for i, word in enumerate(found.words)}
    leading = list(dict.fromkeys(place[word] for word in first if word in place))
    rest = found.order[~np.isin(found.order, leading)][:MOST_LABELS]
    point_map(
        found.points(),
        version=found.version,
        key=map_key(run.id),
        title="Moving map of the most frequent words",
        labels=[*leading, *rest.tolist()],
        frames=playback,
        height=MAP_HEIGHT,
        label_scale=label_scale(),
        scroll_zoom=False,
    )


def watched(run: RunView, moment: dict[str, Any]) -> None:
    """The watched words, each with its five nearest; what has newly arrived is marked."""
    neighbours = moment.get("neighbours")
    if not isinstance(neighbours, dict) or not neighbours:
        return
    joined = {tuple(pair) for pair in moment.get("joined") or [] if isinstance(pair, list) and len(pair) == 2}
    st.markdown(
        "##### Watched words",
        help="The five nearest words by cosine at this moment; + marks those that have just arrived.",
    )
    with st.grid("auto", min_column_width=round(150 * text_scale()), key=f"watched-{run.id}"):
        for word, near in neighbours.items():
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"**{md(str(word), 40)}**")
                lines = []
                for one in near:
                    name, cosine = str(one[0]), float(one[1])
                    shown = f":violet[**+ {md(name, 30)}**]" if (word, name) in joined else md(name, 30)
                    lines.append(f"{shown} :gray[:small[{cosine:.2f}]]")
                st.markdown("  \n".join(lines) or ":gray[none yet]")


def _earlier(run: RunView) -> list[Earlier]:
    """Ended runs on the same corpus whose loss means the same: same architecture, same comparable parameters."""
    if run.spec is None or run.architecture == IMPORTED or run.spec.params is None:
        return []
    comparable = ARCHITECTURES.get(run.architecture).comparable

    def meaning(view: RunView) -> tuple[Any, ...]:
        spec = view.spec
        if spec is None or spec.params is None:
            return ()
        settings = spec.settings
        return (
            view.architecture,
            view.corpus,
            settings.min_count,
            *(getattr(spec.params, name, None) for name in comparable),
        )

    found = []
    for view in store().runs():
        if view.id < run.id and not view.active and view.state != "damaged" and meaning(view) == meaning(run):
            rows = run_rows(view)
            if len(rows) > 1:
                found.append(Earlier(f"{label(view)} ({view.id[9:15]})", rows))
        if len(found) == MOST_EARLIER:
            break
    return found


def _seconds_left(rows: Sequence[Row]) -> float | None:
    """From the pace of the last seconds of this attempt."""
    last = rows[-1]
    recent = [row for row in rows if row["attempt"] == last["attempt"] and last["seconds"] - row["seconds"] <= 8]
    done, spent = last["fraction"] - recent[0]["fraction"], last["seconds"] - recent[0]["seconds"]
    if done <= 0 or spent <= 0:
        return None
    return (1 - last["fraction"]) * spent / done


def _speed(rate: float) -> str:
    return f"{rate / 1e6:.2f} M" if rate >= 1e6 else f"{rate / 1e3:.0f} k" if rate >= 1e3 else f"{rate:.0f}"
