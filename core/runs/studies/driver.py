"""The process that drives a duel or a search: `python -m core.runs.studies.driver STUDY --home HOME`.

It takes the study's lock for its whole life, then writes its attempt; from there on whatever happens can be told from
the files, as with a trainer. It trains nothing: it queues one run after another and waits for each. What is done is
told from the runs and their scores, so that it can be killed at any moment, and another one goes on. Exit codes: 0 the
study ended as finished or stopped, or there was nothing to do; 1 it failed; 75 somebody else has the lock.
"""

import argparse
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from core.errors import SemascopeError
from core.files import explain_write_error
from core.runs.locks import PATIENCE, try_hold
from core.runs.paths import now
from core.runs.processes import own_attempt, peak_memory
from core.runs.records import Outcome, Result, attempt_path, result_path
from core.runs.state import derive, look
from core.runs.store import Store
from core.runs.studies.driving import Driving, Stopped
from core.runs.studies.duel import drive_duel
from core.runs.studies.keeping import study
from core.runs.studies.search import drive_search
from core.runs.studies.spec import StudySpec, read_study
from core.runs.trainer import BUSY

__all__ = ["drive_study"]

log = logging.getLogger("semascope.driver")


def drive_study(store: Store, identifier: str, workspace: str = "local", asked: Callable[[], bool] = bool) -> int:
    """Drive a queued study in this process; returns the exit code."""
    folder = store.study_folder(identifier, workspace)
    lock = try_hold(folder / "lock", PATIENCE)
    if lock is None:
        return BUSY
    try:
        spec = read_study(folder)
        facts = look(folder, held=False)
        if derive(facts) != "queued" or spec.kind == "seeds":
            return 0
        number = facts.attempt + 1
        (folder / "attempts").mkdir(mode=0o700, exist_ok=True)
        own_attempt(number).save(attempt_path(folder, number))
        (folder / "resume").unlink(missing_ok=True)
        outcome, reason = _attempt(store, folder, spec, workspace, asked)
        # Still held: what the runs amount to is told before anybody can see the study ended.
        fraction = study(store, identifier, workspace).fraction
        Result(attempt=number, outcome=outcome, reason=reason, fraction=fraction, memory=peak_memory(), at=now()).save(
            result_path(folder, number)
        )
        log.info("attempt %d of %s: %s %s", number, identifier, outcome, reason)
        return 1 if outcome == "failed" else 0
    finally:
        lock.release()


def _attempt(
    store: Store, folder: Path, spec: StudySpec, workspace: str, asked: Callable[[], bool]
) -> tuple[Outcome, str]:
    drive = drive_duel if spec.kind == "duel" else drive_search
    try:
        return drive(Driving(store, folder, spec, workspace, asked))
    except Stopped:
        return "stopped", "It was stopped; what its runs had learned is kept."
    except SemascopeError as error:
        return "failed", str(error)
    except MemoryError:
        log.exception("out of memory")
        return "failed", "Out of memory while scoring; use a smaller vocabulary."
    except OSError as error:
        log.exception("a file could not be written")
        return "failed", str(explain_write_error(error, folder))
    except Exception as error:
        log.exception("unexpected error")
        return "failed", f"An unexpected error ended the study ({type(error).__name__}); its log says more."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the driver."""
    parser = argparse.ArgumentParser(prog="python -m core.runs.studies.driver", description="Drive one queued study.")
    parser.add_argument("study", help="id of the study")
    parser.add_argument("--home", help="folder of the store")
    parser.add_argument("--workspace", default="local")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    ended: list[int] = []
    # Ctrl-C and a closed terminal are meant for whoever started us; SIGTERM asks for a clean stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, _: ended.append(number))
    with contextlib.suppress(OSError, AttributeError):
        Path("/proc/self/oom_score_adj").write_text("600", encoding="ascii")
        os.nice(5)
    try:
        return drive_study(Store(given.home), given.study, given.workspace, lambda: bool(ended))
    except SemascopeError as error:
        log.error("%s", error)
        return 1


if __name__ == "__main__":
    sys.exit(main())
