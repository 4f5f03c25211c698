"""When and how a training saves its checkpoints, and what is left of them when it diverges."""

import contextlib
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.architecture import Architecture
from core.runs.checkpoints import Checkpoint, list_checkpoints, newest_good, save_checkpoint
from core.runs.events import EventWriter

__all__ = ["Pace", "Saver"]

FAILED_SAVES = 3
SHARE = 0.05
"""Of the time of a training that saving may take."""
FIXED_SECONDS, BYTES_PER_SECOND = 0.03, 100e6
"""What a first save is expected to take, of which nothing has been measured yet: a slow disk's pace."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often things are done; none of it changes what is learned.

    Attributes:
        checkpoint_seconds: between two checkpoints; more where saving takes long, so that it stays below 5 %, and less
            at the beginning, so that a short training has one too.
        retry_seconds: from a failed save to the next try.
    """

    checkpoint_seconds: float = 10.0
    retry_seconds: float = 2.0

    @classmethod
    def from_environment(cls) -> "Pace":
        """The usual pace, or another one for tests and slow disks: `SEMASCOPE_CHECKPOINT_SECONDS`."""
        try:
            seconds = float(os.environ["SEMASCOPE_CHECKPOINT_SECONDS"])
        except (KeyError, ValueError):
            return cls()
        return cls(checkpoint_seconds=max(0.0, seconds), retry_seconds=min(2.0, max(0.0, seconds)))


class Saver:
    """Saves the checkpoints of one attempt.

    The first is due as soon as it costs no more than its share of the time so far, each one after that when as much
    time has passed again, and from ten seconds on every ten seconds. Never at two Steps running: divergence is noticed
    only at the second, and of the two newest checkpoints, which are kept, one shall be from before it.

    Args:
        folder: the run's folder.
        attempt: number of the attempt.
        events: told of saves that failed.
        pace: how often.
    """

    def __init__(self, folder: Path, attempt: int, events: EventWriter, pace: Pace) -> None:
        self.folder, self.attempt, self.events, self.pace = folder, attempt, events, pace
        self._began = time.monotonic()
        self._next: float | None = None
        self._failed = 0
        self._recent: list[int] = []
        self._saved = -1

    def start_clock(self) -> None:
        """Count training time from now on."""
        self._began = time.monotonic()

    def due(self, architecture: Architecture[Any], block: int) -> bool:
        """Whether to save now; to be asked at every Step, with its block."""
        self._recent = [*self._recent[-1:], block]
        if self._saved in self._recent:
            return False
        if self._next is None:
            size = sum(array.nbytes for array in architecture.state()[0].values())
            cost = FIXED_SECONDS + size / BYTES_PER_SECOND
            self._next = self._began + min(self.pace.checkpoint_seconds, cost / SHARE)
        return time.monotonic() >= self._next

    def save(self, architecture: Architecture[Any], facts: Mapping[str, Any]) -> bool:
        """Save now; returns whether it was saved.

        Raises:
            OSError: it could not be saved, for the third time running.
        """
        started = time.monotonic()
        try:
            arrays, state = architecture.state()
            save_checkpoint(self.folder, arrays, state, facts)
        except OSError as error:
            self._failed += 1
            free = shutil.disk_usage(self.folder).free // 1_000_000
            with contextlib.suppress(OSError):
                self.events.add("save_failed", message=f"A checkpoint could not be saved: {free} MB are free.")
            if self._failed >= FAILED_SAVES:
                raise OSError(error.errno, error.strerror) from error
            self._next = time.monotonic() + self.pace.retry_seconds
            return False
        self._failed, self._saved = 0, facts["block"]
        moment = time.monotonic()
        usual = min(self.pace.checkpoint_seconds, moment - self._began)
        self._next = moment + max(usual, (moment - started) / SHARE)
        return True

    def save_at_last(self, architecture: Architecture[Any], facts: Mapping[str, Any]) -> None:
        """Save the end of an attempt; tries again where it fails.

        Raises:
            OSError: it failed for the third time running.
        """
        while not self.save(architecture, facts):
            time.sleep(self.pace.retry_seconds)

    def last_good(self, belongs: Mapping[str, str]) -> Checkpoint | None:
        """The checkpoint that is left to a training that diverged; None if there is none.

        What was saved at the last two Steps is removed.

        Args:
            belongs: facts that the checkpoint must state, see `newest_good`.
        """
        doubtful = {f"{self.attempt:03d}-{block:012d}" for block in self._recent}
        for path in list_checkpoints(self.folder):
            if path.name in doubtful:
                shutil.rmtree(path, ignore_errors=True)
        found = newest_good(self.folder, belongs, on_disk=True)
        if found is None:
            with contextlib.suppress(OSError):  # where it is empty
                (self.folder / "checkpoints").rmdir()
        return found
