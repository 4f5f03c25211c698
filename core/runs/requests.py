"""Asking the worker: a request is a file, its key is the hash of what is asked, its answer is a folder.

The same question has the same key, so that it is computed once, whoever asks how often. Answers may be deleted at any
time; they are computed again.
"""

import contextlib
import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.errors import RunError
from core.files import explain_write_error, write_json
from core.runs.checkpoints import list_checkpoints
from core.runs.metrics import read_lines
from core.runs.paths import inside
from core.runs.processes import ensure
from core.runs.records import read_object
from core.runs.store import Store
from core.runs.tasks import TASKS, validate_task

__all__ = ["Answer", "answer", "ask", "ensure_worker", "forget", "vectors_version", "withdraw"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What has become of a request.

    Attributes:
        state: pending, done, failed, or absent where nobody has asked.
        progress: share done, 0 to 1.
        stage: what the worker is doing, in a word or two.
        folder: where the files of a finished answer are.
        facts: what result.json says besides: seconds, and what the task adds.
        message: why it failed, as a sentence.
    """

    state: Literal["pending", "done", "failed", "absent"]
    progress: float
    stage: str
    folder: Path
    facts: Mapping[str, Any]
    message: str = ""


def ask(store: Store, run: str | None, task: str, workspace: str = "local", **arguments: Any) -> str:
    """Ask for something to be computed; returns the key to look the answer up by. Asking again costs nothing.

    Args:
        store: where the run is.
        run: whose vectors it is about; None for tasks that are about none.
        task: registered name: map, evaluate, stability, warm, probe.
        workspace: of the run.
        arguments: of the task; missing ones take their defaults.

    Raises:
        UnknownNameError: no such task.
        SettingsError: an argument breaks its rule.
        RunError: no such run, or it has no vectors.
    """
    params = validate_task(task, arguments)
    place = _place(store, run, workspace)
    version = vectors_version(store, run, workspace) if run is not None else ""
    what = {"task": task, "arguments": params.model_dump(mode="json"), "vectors": version}
    if run is None:
        what["versions"] = TASKS[task].depends()
    key = hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:32]
    if not (place / "derived" / key / "result.json").exists():
        path = place / "requests" / f"{key}.json"
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            if not path.exists():
                write_json(path, what)
                store.wake()
        except OSError as error:
            raise explain_write_error(error, place) from None
        ensure_worker(store)
    return key


def answer(store: Store, run: str | None, key: str, workspace: str = "local") -> Answer:
    """What has become of the request with this key."""
    place = _place(store, run, workspace)
    folder = inside(place / "derived", key, "answer")
    try:
        facts = read_object(folder / "result.json")
    except RunError:
        facts = {}
    if facts:
        failed = facts.get("outcome") != "done"
        message = str(facts.get("message", "")) if failed else ""
        return Answer("failed" if failed else "done", 1.0, "", folder, facts, message)
    if not (place / "requests" / f"{key}.json").exists():
        return Answer("absent", 0.0, "", folder, {})
    ensure_worker(store)
    _, lines = read_lines(place / "requests" / f"{key}.progress.jsonl")
    newest = lines[-1] if lines else {}
    share = newest.get("share")
    progress = float(share) if isinstance(share, int | float) else 0.0
    return Answer("pending", min(1.0, max(0.0, progress)), str(newest.get("stage", "waiting"))[:80], folder, {})


def forget(store: Store, run: str | None, key: str, workspace: str = "local") -> None:
    """Delete an answer, so that asking again computes it anew; for one that failed."""
    place = _place(store, run, workspace)
    shutil.rmtree(inside(place / "derived", key, "answer"), ignore_errors=True)


def withdraw(store: Store, run: str | None, key: str, workspace: str = "local") -> None:
    """Take a request back that has no answer yet; whoever else wants one asks again."""
    place = _place(store, run, workspace)
    inside(place / "requests", key, "answer").with_name(f"{key}.json").unlink(missing_ok=True)


def ensure_worker(store: Store) -> None:
    """Start the store's worker unless there is one; cheap enough to call at every turn."""
    home = store.home
    ensure("core.runs.worker", home, home / "worker.lock", home / "worker.log")


def vectors_version(store: Store, run: str, workspace: str = "local") -> str:
    """What changes whenever `Store.space` would give other vectors: a hash, or the newest checkpoint's name.

    Raises:
        RunError: no such run, or it has no vectors yet.
    """
    view = store.run(run, workspace)
    if view.has_vectors and not view.active and view.result is not None and view.result.vectors_sha256:
        return view.result.vectors_sha256
    with contextlib.suppress(IndexError):
        return list_checkpoints(view.folder)[0].name
    if view.has_vectors and not view.active:
        return "vectors"
    raise RunError(f"The run {run} has no vectors yet: it is {view.shown}.")


def _place(store: Store, run: str | None, workspace: str) -> Path:
    return store.workspace(workspace) if run is None else store.run_folder(run, workspace)
