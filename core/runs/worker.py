"""The one warm process that computes maps and compiles kernels: `python -m core.runs.worker --home HOME`.

It takes requests, the newest first (an older one is what somebody wanted before changing their mind), writes each
answer as a folder that is whole or not there, and goes after ten idle minutes.
"""

import argparse
import contextlib
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from core.errors import RunError, SemascopeError, StoreError
from core.evaluation.material import Material
from core.files import append_line, building_folder, write_json
from core.runs.jobs import Job, Memory, timed
from core.runs.locks import hold
from core.runs.material import material_of
from core.runs.paths import inside, is_id, now
from core.runs.prices import Predicted
from core.runs.probing import Withdrawn, probe
from core.runs.records import read_object
from core.runs.requests import vectors_version
from core.runs.spec import IMPORTED, read_spec
from core.runs.store import Store
from core.runs.tasks import TASKS, validate_task, warm_projection
from core.space import EmbeddingSpace

__all__ = ["Worker"]

POLL = 0.05
LOOK_ANYWAY = 2.0
IDLE_SECONDS = 600.0
QUIET_SECONDS = 3.0
"""Without a request, before it gets ready for maps: whoever opens Train asks twice within a second or two."""
TRIES = 2
log = logging.getLogger("semascope.worker")


class Worker:
    """Computes what is asked, one request after another.

    Args:
        store: whose requests.
        idle_seconds: without a request for so long, it ends.
    """

    def __init__(self, store: Store, idle_seconds: float = IDLE_SECONDS) -> None:
        self.store = store
        self.idle_seconds = idle_seconds
        self._memory = Memory()
        self._spaces: dict[tuple[str, str], EmbeddingSpace] = {}

    def serve(self, *, warm: bool = True) -> None:
        """Work until there has been nothing to do for a while; returns at once if another worker is at it."""
        while True:
            with hold(self.store.home / "worker.lock", patience=0) as mine:
                if not mine:
                    return
                self._serve(warm)
            if not self.store.home.is_dir() or not self._requests():
                return

    def turn(self) -> bool:
        """Answer the newest request; returns whether there was one."""
        requests = self._requests()
        if requests:
            self._answer(requests[0])
        return bool(requests)

    # --------------------------------------------------------------- private

    def _serve(self, warm: bool) -> None:
        wake, seen, looked, busy = self.store.home / "wake", 0, 0.0, time.monotonic()
        while time.monotonic() - busy < self.idle_seconds and self.store.home.is_dir():
            changed = 0
            with contextlib.suppress(OSError):
                changed = wake.stat().st_mtime_ns
            if changed != seen or time.monotonic() - looked >= LOOK_ANYWAY:
                seen, looked = changed, time.monotonic()
                while self.turn():
                    busy = time.monotonic()
                if warm and time.monotonic() - busy >= QUIET_SECONDS:
                    warm = False
                    with contextlib.suppress(Exception):  # it only saves time
                        warm_projection("umap")
            time.sleep(POLL)

    def _requests(self) -> list[Path]:
        """The requests that wait, the newest first."""
        found = [(path.stat().st_mtime_ns, path) for path in self._all() if path.exists()]
        return [path for _, path in sorted(found, reverse=True)]

    def _all(self) -> Iterator[Path]:
        for workspace in (self.store.home / "workspaces").iterdir():
            yield from _waiting(workspace / "requests")
            if (workspace / "runs").is_dir():
                for run in (workspace / "runs").iterdir():
                    if is_id(run.name):
                        yield from _waiting(run / "requests")

    def _answer(self, request: Path) -> None:
        """Answer one request; whatever goes wrong becomes the answer."""
        place, key = request.parents[1], request.stem
        taken, progress = request.with_suffix(".taken"), request.with_suffix(".progress.jsonl")
        log.info("%s: %s", place.name, key)
        if not request.exists():  # withdrawn
            return
        with contextlib.suppress(OSError):
            append_line(taken, str(os.getpid()))
            # A request that has killed its worker is not given to every worker after it.
            if len(taken.read_bytes().splitlines()) > TRIES:
                self._fail(place, key, "The worker died twice over this, perhaps because memory ran out.")
            else:
                self._try(request, place, key, _teller(progress))
        for path in (progress, taken, request):
            path.unlink(missing_ok=True)

    def _try(self, request: Path, place: Path, key: str, progress: Callable[[float, str], None]) -> None:
        try:
            value = read_object(request)
            name, arguments = value.get("task"), value.get("arguments")
            if not isinstance(name, str) or not isinstance(arguments, dict):
                raise RunError("The request is damaged; ask again.")
            params = validate_task(name, arguments)

            def trial(asked: Mapping[str, Any]) -> Predicted | None:
                return probe(self.store, place.name, asked, request.exists)

            with building_folder(place / "derived" / key) as folder:
                job = Job(
                    params,
                    lambda: self._space(place),
                    lambda run: self._space(inside(place.parent, run, "run")),
                    lambda: self._material(place),
                    trial,
                    place / "derived",
                    folder,
                    progress,
                    self._memory,
                )
                facts = timed(lambda: TASKS[name].run(job))
                write_json(folder / "result.json", {"outcome": "done", "task": name, "at": now(), **facts})
        except (FileExistsError, Withdrawn):
            return
        except SemascopeError as error:
            if request.exists():
                self._fail(place, key, str(error))
        except MemoryError:
            self._fail(place, key, "Out of memory; ask for fewer words.")
        except OSError:
            log.exception("a file could not be written")
            self._fail(place, key, "A file could not be written; is the disk full?")
        except Exception as error:
            log.exception("unexpected error")
            self._fail(place, key, f"An unexpected error ended this ({type(error).__name__}); worker.log says more.")

    def _space(self, place: Path) -> EmbeddingSpace:
        run, workspace = place.name, place.parents[1].name
        version = (run, vectors_version(self.store, run, workspace))
        if version not in self._spaces:
            self._spaces = dict(list(self._spaces.items())[-1:])  # at most two stay open
            self._spaces[version] = self.store.space(run, workspace)
        return self._spaces[version]

    def _material(self, place: Path) -> Material:
        spec = read_spec(place)
        if spec.architecture == IMPORTED:
            raise RunError("These vectors were brought along; which text they learned from is not known.")
        return material_of(self.store.corpus(spec.settings.corpus, place.parents[1].name), spec.settings)

    def _fail(self, place: Path, key: str, message: str) -> None:
        if not place.is_dir():  # deleted meanwhile
            return
        with contextlib.suppress(OSError), building_folder(place / "derived" / key) as folder:
            write_json(folder / "result.json", {"outcome": "failed", "message": message, "at": now()})


def _waiting(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if path.suffix == ".json" and is_id(path.stem):
                yield path


def _teller(path: Path) -> Callable[[float, str], None]:
    told = [0.0]

    def tell(share: float, stage: str) -> None:
        moment = time.monotonic()
        if moment - told[0] >= 0.1:
            told[0] = moment
            with contextlib.suppress(OSError):
                append_line(path, json.dumps({"share": round(share, 4), "stage": stage}))

    return tell


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the worker."""
    parser = argparse.ArgumentParser(prog="python -m core.runs.worker", description="Answer requests.")
    parser.add_argument("--home", help="folder of the store")
    parser.add_argument("--idle-seconds", type=float, default=IDLE_SECONDS)
    parser.add_argument("--cold", action="store_true", help="do not get ready before there is a request")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        Worker(Store(given.home), given.idle_seconds).serve(warm=not given.cold)
    except StoreError as error:
        log.error("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
