"""The frames of a run as the point map takes them: the newest while it trains, all of them to play back."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st

from core.errors import SemascopeError
from core.figures.labels import label_order
from core.runs.frames import Frame, frame_words
from core.runs.views import RunView
from pages.ui import session
from pages.ui.text import duration

__all__ = ["Recording", "caption", "newest_map", "recording"]

SECTORS = 8
RIM = 1.15


@dataclass(frozen=True, slots=True)
class Recording:
    """Words and where they stood.

    Attributes:
        words: the words, most frequent first.
        counts: how often each occurs; empty where the corpus is gone.
        frames: of each moment, oldest first.
        positions: shape `(frames, words, 2)`, float32.
        order: the words, the one to be named first in front.
        colour: shape `(words,)`, uint8: in which direction from the middle a word stands in the last frame.
        version: changes exactly when the positions do.
    """

    words: list[str]
    counts: npt.NDArray[np.int64]
    order: npt.NDArray[np.int64]
    frames: list[Frame]
    positions: npt.NDArray[np.float32]
    colour: npt.NDArray[np.uint8]
    version: str

    def points(self, at: int = -1) -> dict[str, object]:
        """The points of one frame, as `point_map` takes them."""
        where = self.positions[at]
        points: dict[str, object] = {"x": where[:, 0], "y": where[:, 1], "colour": self.colour, "name": self.words}
        if len(self.counts) == len(self.words):
            points["size"] = self.counts
        return points


def caption(frame: Frame) -> str:
    """When a frame was recorded: “0.8 s · 40 %”."""
    return f"{duration(frame.seconds)} · {100 * frame.fraction:.0f} %"


def newest_map(run: RunView, frames: Sequence[Frame]) -> Recording | None:
    """The newest frame that can be read, as a recording of one."""
    for frame in reversed(frames):
        found = recording(run, [frame])
        if found is not None:
            return found
    return None


def recording(run: RunView, frames: Sequence[Frame]) -> Recording | None:
    """Read frames; None where there is none to read (they are thinned while a run trains)."""
    numbers = tuple(frame.number for frame in frames)
    return _read(run.id, run.corpus, numbers, run.attempt, frames) if numbers else None


@st.cache_resource(show_spinner=False, max_entries=12)
def _read(run: str, corpus: str, numbers: tuple[int, ...], attempt: int, _frames: Sequence[Frame]) -> Recording | None:
    words, ranks = frame_words(_frames[0].path.parents[1])
    kept, places = [], []
    for frame in _frames:
        try:
            positions = frame.positions()
        except SemascopeError:
            continue
        if positions.shape == (len(words), 2):
            kept.append(frame)
            places.append(_scaled(positions))
    if not kept or not words:
        return None
    stacked = np.stack(places)
    version = f"{run}-{attempt}-{'-'.join(str(frame.number) for frame in (kept[0], kept[-1]))}-{len(kept)}"
    counts = _counts(corpus, ranks)
    return Recording(words, counts, label_order(words, counts), kept, stacked, _sectors(stacked[-1]), version)


def _scaled(positions: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Centred, and so large that 99 words in 100 are within 1 of the middle; the few beyond stand at the rim.

    A map has no unit, and where the spread grows tenfold the first frames would be a dot in the box of all of them;
    a single word far out would do the same.
    """
    centred = positions - positions.mean(axis=0)
    radius = np.hypot(centred[:, 0], centred[:, 1])
    reach = float(np.quantile(radius, 0.99)) or 1.0
    pulled = np.minimum(1.0, RIM * reach / np.maximum(radius, 1e-12))
    scaled: npt.NDArray[np.float32] = (centred * pulled[:, None] / reach).astype(np.float32)
    return scaled


def _counts(corpus: str, ranks: Sequence[int]) -> npt.NDArray[np.int64]:
    try:
        counts = session.corpus(corpus).counts
    except SemascopeError:
        return np.zeros(0, np.int64)
    wanted = np.asarray(ranks, np.int64)
    if len(wanted) == 0 or wanted.max() >= len(counts):
        return np.zeros(0, np.int64)
    return np.asarray(counts[wanted], np.int64)


def _sectors(positions: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    angle = np.arctan2(positions[:, 1], positions[:, 0])
    sector: npt.NDArray[np.uint8] = (((angle + np.pi) / (2 * np.pi) * SECTORS).astype(np.int64) % SECTORS).astype(
        np.uint8
    )
    return sector
