"""Starts what is queued, runs and studies: `python -m core.runs.dispatcher --home HOME`.

One per store, by a lock. It has no state of its own: kill it at any time, the next page or command starts another,
and the trainers do not notice. It goes by itself when there has been nothing to do for a while.
"""

import argparse
import contextlib
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.errors import RunError, StoreError
from core.files import write_json
from core.runs.locks import hold, is_held, try_hold
from core.runs.paths import is_id, now
from core.runs.processes import ensure, kill_checked, own_attempt, spawn
from core.runs.records import Attempt, Result, attempt_path, newest_attempt, read_object, result_path
from core.runs.spec import read_spec
from core.runs.state import derive, look
from core.runs.store import Store
from core.runs.trainer import BUSY, slots
from core.runs.trash import sweep

__all__ = ["Dispatcher", "ensure_dispatcher"]

POLL = 0.05
LOOK_ANYWAY = 2.0
IDLE_SECONDS = 600.0
STOP_PATIENCE = 20.0
RETRY = 1.0
LEAST_DRIVERS = 2
"""Studies that are driven at once, on a machine however small: a long search should not keep a duel waiting."""
DRIVER_PATIENCE = 3.0
"""Times as long as a trainer has the driver of a study to stop: it waits for its run, and may be scoring."""
# One thread for numpy's linear algebra: the kernels bring their own threads, and the frames are small.
TRAINER_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    # Torch's threads sleep where they wait for one another: on a busy machine spinning made training six times slower.
    "OMP_WAIT_POLICY": "passive",
}
log = logging.getLogger("semascope.dispatcher")


def ensure_dispatcher(store: Store) -> None:
    """Start the store's dispatcher unless there is one; cheap enough to call at every turn."""
    home = store.home
    ensure("core.runs.dispatcher", home, home / "dispatcher.lock", home / "dispatcher.log")


class Dispatcher:
    """One turn after another: start, escalate, sweep.

    Args:
        store: whose runs.
        idle_seconds: without work for so long, it ends.
        stop_patience: seconds from a stop to the kill.
    """

    def __init__(self, store: Store, idle_seconds: float = IDLE_SECONDS, stop_patience: float = STOP_PATIENCE) -> None:
        self.store = store
        self.idle_seconds = idle_seconds
        self.stop_patience = stop_patience
        self._children: dict[Path, subprocess.Popen[bytes]] = {}
        self._drivers: dict[Path, subprocess.Popen[bytes]] = {}
        self._attempts: dict[Path, int] = {}
        self._not_before: dict[Path, float] = {}
        self._stopping: dict[Path, float] = {}
        self._busy_at = time.monotonic()

    def serve(self) -> None:
        """Work until there has been nothing to do for a while; returns at once if another dispatcher is at it."""
        while True:
            with hold(self.store.home / "dispatcher.lock", patience=0) as mine:
                if not mine:
                    return
                self._serve()
            # A run may have come between the last look and letting go of the lock.
            if not self.store.home.is_dir() or not (any(self._queued()) or any(self._undriven())):
                return

    def turn(self) -> None:
        """Look at every run once and do what is due."""
        self._reap()
        self._escalate()
        free = slots() - max(len(self._children), self._held_slots())
        for folder in sorted(self._queued(), key=_asked_at) if free > 0 else ():
            if free <= 0:
                break
            if folder in self._children or time.monotonic() < self._not_before.get(folder, 0.0):
                continue
            self._children[folder] = self._start(folder, "core.runs.trainer")
            free -= 1
        self._drive()

    # --------------------------------------------------------------- private

    def _serve(self) -> None:
        wake, seen, looked, swept = self.store.home / "wake", 0, 0.0, 0.0
        self._busy_at = time.monotonic()
        while time.monotonic() - self._busy_at < self.idle_seconds and self.store.home.is_dir():
            moment = time.monotonic()
            with contextlib.suppress(OSError):
                changed = wake.stat().st_mtime_ns
                if changed != seen or moment - looked >= LOOK_ANYWAY or self._ended_child():
                    seen, looked = changed, moment
                    self.turn()
            if moment - swept > 3600 or not swept:
                swept = moment
                for workspace in self._workspaces():
                    sweep(workspace)
            time.sleep(POLL)

    def _workspaces(self) -> list[Path]:
        return [path for path in (self.store.home / "workspaces").iterdir() if path.is_dir() and is_id(path.name)]

    def _folders(self) -> Iterator[Path]:
        for workspace in self._workspaces():
            yield from sorted(path for path in (workspace / "runs").iterdir() if is_id(path.name))

    def _queued(self) -> Iterator[Path]:
        """Folders of queued runs; most runs are told apart by one look for a file."""
        for folder in self._folders():
            if (folder / "attempts").exists() and not (folder / "resume").exists():
                continue
            waiting = (folder / "spec.json").exists() and not is_held(folder / "lock")
            if waiting and derive(look(folder, held=False)) == "queued":
                yield folder

    def _held_slots(self) -> int:
        return sum(is_held(path) for path in (self.store.home / "slots").iterdir())

    def _studies(self) -> Iterator[Path]:
        for workspace in self._workspaces():
            yield from sorted(path for path in (workspace / "studies").iterdir() if is_id(path.name))

    def _undriven(self) -> Iterator[Path]:
        """Folders of queued studies that need a driver, the oldest first."""
        for folder in self._studies():
            if (folder / "attempts").exists() and not (folder / "resume").exists():
                continue
            with contextlib.suppress(RunError):
                kind = read_object(folder / "study.json").get("kind")
                waiting = kind != "seeds" and not is_held(folder / "lock")
                if waiting and derive(look(folder, held=False)) == "queued":
                    yield folder

    def _drive(self) -> None:
        """Start the drivers of studies; what they train is queued and takes its slots like any other run."""
        held = sum(is_held(folder / "lock") for folder in self._studies())
        free = max(LEAST_DRIVERS, slots()) - max(len(self._drivers), held)
        for folder in self._undriven():
            if free <= 0:
                break
            if folder in self._drivers or time.monotonic() < self._not_before.get(folder, 0.0):
                continue
            self._drivers[folder] = self._start(folder, "core.runs.studies.driver")
            free -= 1
        if held:
            self._busy_at = time.monotonic()

    def _start(self, folder: Path, module: str) -> "subprocess.Popen[bytes]":
        workspace = folder.parents[1].name
        arguments = [folder.name, "--home", str(self.store.home), "--workspace", workspace]
        self._attempts[folder] = newest_attempt(folder)
        child = spawn(module, arguments, folder / "log.txt", TRAINER_ENVIRONMENT)
        log.info("started %s", folder.name)
        self._busy_at = time.monotonic()
        return child

    def _ended_child(self) -> bool:
        return any(child.poll() is not None for child in (*self._children.values(), *self._drivers.values()))

    def _reap(self) -> None:
        for folder, child in [*self._children.items(), *self._drivers.items()]:
            self._busy_at = time.monotonic()
            code = child.poll()
            if code is None:
                continue
            self._children.pop(folder, None)
            self._drivers.pop(folder, None)
            log.info("%s ended with exit code %d", folder.name, code)
            if code == BUSY:
                self._not_before[folder] = time.monotonic() + RETRY
            elif folder.is_dir():
                with contextlib.suppress(OSError, StoreError):
                    self._close(folder, code)
        if self._held_slots():
            self._busy_at = time.monotonic()

    def _close(self, folder: Path, code: int) -> None:
        """Write down what only a parent knows: how a trainer or driver ended that could not say so itself."""
        attempt = newest_attempt(folder)
        if derive(look(folder, held=False)) == "queued":
            # After an attempt of its own, or where it found nothing to do, somebody has asked again meanwhile.
            if not code or attempt > self._attempts.get(folder, 0):
                return
            if attempt:
                (folder / "resume").unlink(missing_ok=True)
            else:
                self._fail(folder, f"It could not start (exit code {code}); the log says more.")
        elif attempt and code and not result_path(folder, attempt).exists():
            write_json(folder / "attempts" / f"{attempt:03d}-exit.json", {"code": code, "at": now()})

    def _escalate(self) -> None:
        """Kill the trainer of a run, or the driver of a study, that was asked to stop long ago and has not."""
        waiting = set()
        patience = dict.fromkeys(self._folders(), self.stop_patience)
        patience |= dict.fromkeys(self._studies(), DRIVER_PATIENCE * self.stop_patience)
        for folder, seconds in patience.items():
            if not (folder / "stop").exists() or not is_held(folder / "lock"):
                continue
            waiting.add(folder)
            since = self._stopping.setdefault(folder, time.monotonic())
            if time.monotonic() - since >= seconds:
                self._force(folder, seconds)
        self._stopping = {folder: since for folder, since in self._stopping.items() if folder in waiting}

    def _force(self, folder: Path, patience: float) -> None:
        number = newest_attempt(folder)
        try:
            attempt = Attempt.load(attempt_path(folder, number))
        except RunError:
            return
        if not kill_checked(attempt):
            return
        log.info("killed what worked on %s, which did not stop", folder.name)
        lock = try_hold(folder / "lock", patience=2.0)
        if lock is None:
            return
        try:
            if not result_path(folder, number).exists():
                reason = f"It did not stop within {patience:.0f} s and was ended by force."
                Result(attempt=number, outcome="stopped", reason=reason, at=now()).save(result_path(folder, number))
        finally:
            lock.release()

    def _fail(self, folder: Path, reason: str) -> None:
        with hold(folder / "lock", patience=0.3) as mine:
            if mine:
                (folder / "attempts").mkdir(mode=0o700, exist_ok=True)
                own_attempt(1).save(attempt_path(folder, 1))
                Result(attempt=1, outcome="failed", reason=reason, at=now()).save(result_path(folder, 1))


def _asked_at(folder: Path) -> tuple[str, str, str]:
    """When a run was made: ids tell it to the second, and the runs of several seeds are made within one."""
    created = ""
    with contextlib.suppress(RunError):
        created = read_spec(folder).created
    return folder.name[:15], created, folder.name


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the dispatcher."""
    parser = argparse.ArgumentParser(prog="python -m core.runs.dispatcher", description="Start queued runs.")
    parser.add_argument("--home", help="folder of the store")
    parser.add_argument("--idle-seconds", type=float, default=IDLE_SECONDS)
    parser.add_argument("--stop-patience", type=float, default=STOP_PATIENCE)
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        Dispatcher(Store(given.home), given.idle_seconds, given.stop_patience).serve()
    except StoreError as error:
        log.error("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
