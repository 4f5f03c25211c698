"""Draws the frames of the moving map while a training runs, within 2 % of its time.

And a quarter of a second more, given out evenly from beginning to end: a training of two seconds would otherwise have
two frames. What drawing takes beyond that is one frame at the beginning and one at the end, which are always there.
"""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.errors import RunError
from core.explore.alignment import aligned
from core.files import write_json
from core.progress import Step
from core.projection.pca import principal_components
from core.runs.events import EventWriter
from core.runs.frames import MAX_FRAMES, frame_path, list_frames
from core.space import EmbeddingSpace, FloatMatrix
from core.tensors import save_tensors

__all__ = ["FrameWriter"]

WORDS = 2000
NEIGHBOURS = 5
SHARE = 0.02
"""Of the time of the training so far that its frames may take."""
ALLOWANCE = 0.25
"""Seconds that they may take besides, over the whole training."""


class FrameWriter:
    """Writes the frames of one attempt.

    Args:
        folder: the run's folder.
        events: told of each frame, with the watched words' neighbours.
        watched: words whose neighbours are followed; those outside the vocabulary are passed over.
        block: the block that the attempt starts from; later frames, of an attempt that died, are removed.
    """

    def __init__(self, folder: Path, events: EventWriter, watched: Sequence[str], block: int = 0) -> None:
        self.folder = folder
        self.events = events
        self.watched = list(watched)
        (folder / "frames").mkdir(mode=0o700, exist_ok=True)
        self._kept = []
        for frame in list_frames(folder):
            if frame.block > block:
                frame.path.unlink(missing_ok=True)
            else:
                self._kept.append(frame.number)
        self._number = max((frame.number for frame in list_frames(folder)), default=-1) + 1
        self._began = time.monotonic()
        self._spent = 0.0
        self._cost = 0.0
        self._last_block = -1
        self._last_fraction = -1.0
        self._spacing = 0.0
        self._last: npt.NDArray[np.float32] | None = None
        self._neighbours: dict[str, list[str]] = {}
        self._rows: npt.NDArray[np.int64] | None = None
        self._watched_rows: dict[str, int] = {}
        few = principal_components(np.eye(4, 3, dtype=np.float32), 2)
        aligned(few, few)  # what numpy takes at its first use is paid before the training's clock runs

    def due(self, step: Step) -> bool:
        """Whether a frame fits into 2 % of the time so far and the share of the allowance that is due by now.

        Spent at the beginning, the allowance would leave nothing to play back.
        """
        budget = SHARE * (time.monotonic() - self._began) + ALLOWANCE * step.fraction
        return step.fraction - self._last_fraction >= self._spacing and self._spent + self._cost <= budget

    def draw(self, space: EmbeddingSpace, step: Step, seconds: float) -> None:
        """Write one frame; does nothing if the newest one is of the same moment.

        Raises:
            OSError: it could not be written; frames before it are as they were.
        """
        if step.block == self._last_block:
            return
        if self._rows is None:
            self._rows = self._choose(space)
        started = time.monotonic()
        vectors = space.vectors[self._rows]
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: FloatMatrix = (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)
        positions = principal_components(unit, 2)
        if self._last is not None and self._last.shape == positions.shape:
            positions = aligned(self._last, positions)
        facts = {"attempt": self.events.attempt, "block": step.block, "fraction": step.fraction, "seconds": seconds}
        save_tensors(
            frame_path(self.folder, self._number),
            {"positions": positions, "vectors": np.clip(vectors, -65504, 65504).astype(np.float16)},
            {key: f"{value}" for key, value in facts.items()},
        )
        found = self._nearest(space)
        joined = [
            [word, neighbour]
            for word, near in found.items()
            for neighbour, _ in near
            if word in self._neighbours and neighbour not in self._neighbours[word]
        ]
        self.events.add(
            "frame",
            frame=self._number,
            block=step.block,
            fraction=round(step.fraction, 5),
            seconds=round(seconds, 3),
            neighbours=found,
            joined=joined,
        )
        self._neighbours = {word: [neighbour for neighbour, _ in near] for word, near in found.items()}
        self._kept.append(self._number)
        self._number += 1
        self._last, self._last_block, self._last_fraction = positions, step.block, step.fraction
        if len(self._kept) > MAX_FRAMES:
            self._thin(step.fraction)
        self._cost = time.monotonic() - started
        self._spent += self._cost

    def _choose(self, space: EmbeddingSpace) -> npt.NDArray[np.int64]:
        """Rows of the most frequent words and of the watched ones; written down once, the same for every attempt."""
        present, missing = space.split(self.watched)
        self._watched_rows = {word: space.index(word) for word in present}
        if missing:
            named = ", ".join(f"“{word}”" for word in missing)
            self.events.add("warning", message=f"Not in the vocabulary, so not followed: {named}.")
        rows = list(range(min(WORDS, len(space))))
        rows += [row for row in self._watched_rows.values() if row >= len(rows)]
        words = {"words": [space.keys[row] for row in rows], "ranks": rows}
        write_json(self.folder / "frames" / "words.json", words, indent=None)
        if self._kept:
            earlier = next(frame for frame in reversed(list_frames(self.folder)) if frame.number == self._kept[-1])
            try:
                self._last = earlier.positions()
            except RunError:
                self._last = None
        return np.array(rows, np.int64)

    def _thin(self, fraction: float) -> None:
        """Let go of every second frame, the newest kept, and take new ones half as often."""
        kept = self._kept[::-1][::2][::-1]
        for number in self._kept:
            if number not in kept:
                frame_path(self.folder, number).unlink(missing_ok=True)
        self._kept = kept
        self._spacing = fraction / len(kept)

    def _nearest(self, space: EmbeddingSpace) -> dict[str, list[tuple[str, float]]]:
        """The five nearest words of each watched one, with cosines.

        Without a normalised copy of the matrix, which would cost more.
        """
        found: dict[str, list[tuple[str, float]]] = {}
        if not self._watched_rows:
            return found
        vectors: FloatMatrix = space.vectors
        norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
        count = min(NEIGHBOURS, len(space) - 1)
        for word, row in self._watched_rows.items():
            scores = vectors @ vectors[row] / np.maximum(norms * norms[row], 1e-12)
            scores[row] = -np.inf
            best = np.argpartition(-scores, count - 1)[:count] if count else np.zeros(0, np.int64)
            best = best[np.lexsort((best, -scores[best]))]
            found[word] = [(space.keys[i], round(float(scores[i]), 4)) for i in best]
        return found
