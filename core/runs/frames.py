"""The frames of the moving map: what a page plays back while a training runs and long after.

A frame is one small file of its own that never changes: 2-D positions and half-precision vectors of the words that
`words.json` names once. At most 60 are kept; when there are more, every second one goes.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open

from core.errors import FormatError, RunError
from core.runs.records import read_object
from core.tensors import load_tensors

__all__ = ["MAX_FRAMES", "Frame", "frame_path", "frame_words", "list_frames"]

MAX_FRAMES = 60
NAME = re.compile(r"([0-9]{4,8})\.safetensors")


@dataclass(frozen=True, slots=True)
class Frame:
    """One moment of a training.

    Attributes:
        number: increases with time; numbers are never used twice within a run.
        path: its file.
        attempt: the attempt that drew it.
        block: blocks of the corpus done.
        fraction: share of the work done, 0 to 1.
        seconds: training time when it was drawn.
    """

    number: int
    path: Path
    attempt: int
    block: int
    fraction: float
    seconds: float

    def positions(self) -> npt.NDArray[np.float32]:
        """Where the words of `frame_words` stand, shape `(words, 2)`, float32.

        Raises:
            RunError: the file is damaged, or has been thinned out meanwhile.
        """
        return self._array("positions", np.dtype(np.float32))

    def vectors(self) -> npt.NDArray[np.float16]:
        """The words' vectors at that moment, shape `(words, dimensions)`, float16."""
        return self._array("vectors", np.dtype(np.float16))

    def _array(self, name: str, kind: np.dtype[Any]) -> npt.NDArray[Any]:
        try:
            array = load_tensors(self.path)[0].get(name)
        except (OSError, FormatError) as error:
            raise RunError(f"Frame {self.number} cannot be read ({error}).") from None
        if array is None or array.dtype != kind or array.ndim != 2 or not np.isfinite(array).all():
            raise RunError(f"Frame {self.number} is damaged.")
        return array


def frame_path(folder: Path, number: int) -> Path:
    """Where frame `number` of the run in `folder` stands."""
    return folder / "frames" / f"{number:04d}.safetensors"


def frame_words(folder: Path) -> tuple[list[str], list[int]]:
    """The words of all frames of the run in `folder`, and their ranks in its vocabulary; empty if there are none."""
    try:
        value = read_object(folder / "frames" / "words.json")
    except RunError:
        return [], []
    words, ranks = value.get("words"), value.get("ranks")
    if not isinstance(words, list) or not isinstance(ranks, list) or len(words) != len(ranks):
        return [], []
    return [str(word) for word in words], [rank if isinstance(rank, int) else 0 for rank in ranks]


def list_frames(folder: Path) -> list[Frame]:
    """The frames of the run in `folder`, oldest first; a damaged one is passed over."""
    try:
        names = sorted(path.name for path in (folder / "frames").iterdir())
    except OSError:
        return []
    found = []
    for name in names:
        match = NAME.fullmatch(name)
        if match is None:
            continue
        path = folder / "frames" / name
        try:
            with safe_open(path, framework="np") as file:
                facts = file.metadata() or {}
            fraction, seconds = float(facts["fraction"]), float(facts["seconds"])
            frame = Frame(int(match[1]), path, int(facts["attempt"]), int(facts["block"]), fraction, seconds)
        except (OSError, SafetensorError, KeyError, ValueError):
            continue
        found.append(frame)
    return sorted(found, key=lambda frame: frame.number)
