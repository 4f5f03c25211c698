"""The parts of the live view: progress, figures, curve, moving map, watched words."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import streamlit as st

from core.architecture import ARCHITECTURES
from core.runs.frames import Frame
from core.runs.metrics import Row
from core.runs.views import RunView
from pages.ui.cards import held_out_expected, loss_unit
from pages.ui.loss_chart import loss_options, smooth
from pages.ui.moving_map import caption, newest_map, recording
from pages.ui.overlay import alike, choose, chosen, curves
from pages.ui.point_map import Playback, point_map
from pages.ui.projector import label_scale, text_scale
from pages.ui.session import architecture_title, is_dark
from pages.ui.study_table import PACE
from pages.ui.text import count, duration, md

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
        said = f"{100 * share:.0f} %" + (f" · {duration(left)} left" if left is not None else "")
    else:
        said = PHASES.get(run.phase, "starting the trainer")
    st.progress(min(1.0, max(0.0, share)), text=said)


def figures(run: RunView, rows: Sequence[Row], at: Frame | None) -> None:
    """Loss, held-out loss, speed, time; for those that have no loss, how much there is instead."""
    losses = [row["loss"] for row in rows if row["loss"] is not None]
    held_out = [row["held_out_loss"] for row in rows if row["held_out_loss"] is not None]
    speeds = [row["words_per_second"] for row in rows[-20:] if row["words_per_second"] > 0]
    seconds = at.seconds if at is not None else rows[-1]["seconds"] if rows else 0.0
    unit, measured, ended = loss_unit(run), held_out_expected(run), at is None and not run.active
    result = run.result if ended else None
    whole = result.words / result.seconds.train if result and result.words and result.seconds.train else 0.0
    said = {
        "Loss": (
            f"{losses[-1] if ended else smooth(losses)[-1]:.3f}" if losses else "–",
            f"{unit.capitalize()}: the mean over the examples of a step, smoothed while it trains. Lower is better.",
        ),
        "Held-out loss": (
            f"{held_out[-1]:.3f}" if held_out else "–",
            "The same on what is kept from training: lines, or pairs of words. Rising while the loss falls: it learns "
            "by heart.",
        ),
        "Words": (
            count(run.result.vocabulary) if run.result and run.result.vocabulary else "–",
            "Different words that have a vector.",
        ),
        "Dimensions": (
            str(getattr(run.spec.params if run.spec else None, "dimensions", "–")),
            "Length of each vector.",
        ),
        "Words per second": (
            _speed(whole) if whole else _speed(sum(speeds) / len(speeds)) if speeds else "–",
            PACE
            if whole
            else "Words of the corpus passed over in a second, mean of the last rows; dropped ones count.",
        ),
        "Elapsed": (
            duration(seconds) if rows or at else "–",
            "Training time over all attempts, without reading and compiling.",
        ),
    }
    first, second = ("Loss" if unit else "Words"), ("Held-out loss" if unit and measured else "Dimensions")
    with st.grid(4, min_column_width=round(120 * text_scale()), key=f"figures-{run.id}"):
        for name in (first, second, "Words per second", "Elapsed"):
            st.metric(name, said[name][0], border=True, help=said[name][1])


def curve(run: RunView, rows: Sequence[Row], all_rows: Sequence[Row]) -> None:
    """The loss curve, others that mean the same beside or behind it; a sentence where there is none to draw."""
    told = ""
    if not loss_unit(run):
        told = f"{md(architecture_title(run.architecture))} has no loss: its vectors are computed, not learned."
    elif not any(row["loss"] is not None for row in rows):
        told = _before_loss(run, rows, all_rows)
    if told:
        with st.container(border=True, height=CURVE_HEIGHT, horizontal_alignment="center", vertical_alignment="center"):
            st.caption(told, text_alignment="center")
        return
    last = all_rows[-1]
    # One that is finished goes no further, though it may have ended early.
    ahead = last["fraction"] > 0 and run.state != "finished"
    whole = last["words"] / last["fraction"] if ahead else float(last["words"])
    near = alike(run)
    beside = chosen(run, near)
    earlier = [] if beside else [view for view in near if view.id < run.id and not view.active][:MOST_EARLIER]
    options = loss_options(rows, curves(earlier), curves(beside), dark=is_dark(), whole=whole, unit=loss_unit(run))
    final = next(row["loss"] for row in reversed(rows) if row["loss"] is not None)
    st.echarts_chart(
        options,
        height=CURVE_HEIGHT,
        key=f"curve-{run.id}",
        alt=f"Loss over {options['xAxis']['name']}; the last value is {final:.3f} {loss_unit(run)}.",
    )
    choose(run, near)


def _before_loss(run: RunView, rows: Sequence[Row], all_rows: Sequence[Row]) -> str:
    if not run.active:
        later = any(row["loss"] is not None for row in all_rows)
        return "The map is shown as it began; the loss comes a moment later." if later else "No loss was recorded."
    return "It counts first; the loss comes then." if rows else "The first loss comes within a second of training."


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
    if run.architecture in ARCHITECTURES.names() and not ARCHITECTURES.get(run.architecture).learns:
        st.caption("These vectors know nothing of the text: who is near whom is chance.")
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
