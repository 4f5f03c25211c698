"""Quiet in a store: who holds all of its slots trains alone, for the system lets go of them when the holder dies."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from filelock import FileLock

from core.runs.locks import try_hold
from core.runs.places import Places
from core.runs.trainer import slots

__all__ = ["Quiet", "quiet"]

POLL = 0.1


class Quiet:
    """Holds slots, so that no training begins in them.

    Args:
        store: whose slots.
        wanted: asked while it waits; raises to give up.
    """

    def __init__(self, store: Places, wanted: Callable[[], None]) -> None:
        self._paths = [store.home / "slots" / f"{number}.lock" for number in range(slots())]
        self._wanted = wanted
        self._held: list[FileLock] = []

    def all(self) -> None:
        """Wait until every training at work has ended, and let none begin."""
        self._hold(len(self._paths))

    def all_but_one(self) -> None:
        """Let one training begin, or go on, and no other."""
        while len(self._held) >= len(self._paths):
            self._held.pop().release()
        self._hold(len(self._paths) - 1)

    def end(self) -> None:
        """Let everything begin."""
        while self._held:
            self._held.pop().release()

    def _hold(self, count: int) -> None:
        while len(self._held) < count:
            mine = {held.lock_file for held in self._held}
            for path in self._paths:
                if len(self._held) < count and str(path) not in mine and (lock := try_hold(path)) is not None:
                    self._held.append(lock)
            if len(self._held) < count:
                self._wanted()
                time.sleep(POLL)


@contextmanager
def quiet(store: Places, wanted: Callable[[], None]) -> Iterator[Quiet]:
    """Be the only one who asks for quiet, and give it up at the end.

    Two that took slots one by one would wait for each other for ever.
    """
    while (only := try_hold(store.home / "quiet.lock")) is None:
        wanted()
        time.sleep(POLL)
    holder = Quiet(store, wanted)
    try:
        yield holder
    finally:
        holder.end()
        only.release()
