"""The process that trains one run: `python -m core.runs.trainer RUN --home HOME`.

It takes the run's lock for its whole life, then a slot, then writes its attempt; from there on whatever happens can be
told from the files. It survives the tab and the server that asked for it. Exit codes: 0 the run ended as finished or
stopped, or there was nothing to do; 1 it failed, and the result says why; 75 somebody else has the lock or all the
slots, try again later.
"""

import argparse
import contextlib
import faulthandler
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
from filelock import FileLock

from core.errors import RunError, SemascopeError
from core.files import explain_write_error
from core.runs.locks import PATIENCE, try_hold
from core.runs.paths import now
from core.runs.processes import own_attempt, peak_memory
from core.runs.records import Outcome, Result, Seconds, attempt_path, result_path
from core.runs.saving import Pace
from core.runs.settings import usable_cores
from core.runs.spec import Spec, read_spec
from core.runs.state import derive, look
from core.runs.store import Store
from core.runs.training import Training

__all__ = ["BUSY", "slots", "train_run"]

BUSY = 75
log = logging.getLogger("semascope.trainer")


def slots() -> int:
    """Trainers that may work at once."""
    return max(1, usable_cores() // 2)


def train_run(store: Store, run: str, workspace: str = "local", asked: Callable[[], bool] = lambda: False) -> int:
    """Train a queued run in this process; returns the exit code."""
    folder = store.run_folder(run, workspace)
    lock = try_hold(folder / "lock", PATIENCE)
    if lock is None:
        return BUSY
    try:
        spec = read_spec(folder)
        facts = look(folder, held=False)
        if derive(facts) != "queued":
            return 0
        slot = _take_slot(store.home / "slots")
        if slot is None:
            return BUSY
        try:
            number = facts.attempt + 1
            (folder / "attempts").mkdir(mode=0o700, exist_ok=True)
            own_attempt(number).save(attempt_path(folder, number))
            (folder / "resume").unlink(missing_ok=True)
            return _attempt(store, folder, spec, number, workspace, asked)
        finally:
            slot.release()
    finally:
        lock.release()


def _attempt(store: Store, folder: Path, spec: Spec, number: int, workspace: str, asked: Callable[[], bool]) -> int:
    training = Training(store, folder, spec, number, workspace, Pace.from_environment(), asked)
    outcome: Outcome = "failed"
    try:
        outcome, reason = training.run()
    except SemascopeError as error:
        reason = str(error)
    except MemoryError:
        needed, free = training.reached.memory, psutil.virtual_memory().available
        reason = f"Out of memory: about {needed / 1e6:,.0f} MB are needed, {free / 1e6:,.0f} MB are free; "
        reason += "use fewer dimensions or a smaller vocabulary."
        log.exception("out of memory")
    except OSError as error:
        reason = str(explain_write_error(error, folder))
        log.exception("a file could not be written")
    except Exception as error:
        reason = f"An unexpected error ended the training ({type(error).__name__}); the run's log says more."
        log.exception("unexpected error")
    reached = training.reached
    Result(
        attempt=number,
        outcome=outcome,
        reason=reason,
        block=reached.block,
        fraction=reached.fraction,
        loss=reached.loss,
        held_out_loss=reached.held_out_loss,
        accuracy=reached.accuracy,
        examples=reached.examples,
        words=reached.words,
        tokens=reached.tokens,
        vocabulary=reached.vocabulary,
        threads=reached.threads,
        memory=peak_memory(),
        seconds=Seconds(**training.total_seconds()),
        vectors_sha256=reached.vectors_sha256,
        at=now(),
    ).save(result_path(folder, number))
    log.info("attempt %d of %s: %s %s", number, folder.name, outcome, reason)
    return 1 if outcome == "failed" else 0


def _take_slot(folder: Path) -> FileLock | None:
    paths = [folder / f"{number}.lock" for number in range(slots())]
    for patience in (0.0, PATIENCE / len(paths)):
        for path in paths:
            slot = try_hold(path, patience)
            if slot is not None:
                return slot
    return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the trainer."""
    parser = argparse.ArgumentParser(prog="python -m core.runs.trainer", description="Train one queued run.")
    parser.add_argument("run", help="id of the run")
    parser.add_argument("--home", help="folder of the store")
    parser.add_argument("--workspace", default="local")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    faulthandler.enable()
    ended: list[int] = []
    # Ctrl-C and a closed terminal are meant for whoever started us; SIGTERM asks for a clean stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, _: ended.append(number))
    with contextlib.suppress(OSError, AttributeError):
        # When memory runs out the system should take a trainer, which can be resumed, and not the server.
        Path("/proc/self/oom_score_adj").write_text("800", encoding="ascii")
        os.nice(5)
    try:
        return train_run(Store(given.home), given.run, given.workspace, lambda: bool(ended))
    except RunError as error:
        log.error("%s", error)
        return 1


if __name__ == "__main__":
    sys.exit(main())
