"""Deleting is a rename into trash/, so that it is one step, can be undone, and is swept away later."""

import contextlib
import os
import re
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.errors import RunError
from core.files import fsync_folder

__all__ = ["KEEP", "put", "sweep", "take_back", "trashed"]

KEEP = timedelta(days=7)
ENTRY = re.compile(r"(run|corpus|study)\.([a-z0-9-]+)\.([0-9]{14})-[0-9]{6}")


def put(trash: Path, kind: str, folder: Path) -> None:
    """Move the folder of a run, a study or a corpus into the trash."""
    stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S-%f")
    os.rename(folder, trash / f"{kind}.{folder.name}.{stamp}")
    fsync_folder(trash)
    fsync_folder(folder.parent)


def trashed(trash: Path, kind: str, identifier: str) -> tuple[Path, datetime] | None:
    """Where the newest deleted thing of that id lies, and when it was deleted; None if it is not there."""
    found = []
    for path in trash.iterdir():
        entry = ENTRY.fullmatch(path.name)
        if entry and entry[1] == kind and entry[2] == identifier:
            found.append((path.name, path, datetime.strptime(entry[3], "%Y%m%d%H%M%S").replace(tzinfo=UTC)))
    if not found:
        return None
    _, path, moment = max(found)
    return path, moment


def take_back(trash: Path, kind: str, target: Path) -> None:
    """Move the newest deleted folder of that name back to `target`.

    Raises:
        RunError: it is not in the trash, or something of that id exists again.
    """
    entry = trashed(trash, kind, target.name)
    if entry is None:
        raise RunError(f"The {kind} {target.name} is not in the trash; deleted things are kept for {KEEP.days} days.")
    if target.exists():
        raise RunError(f"The {kind} {target.name} exists again, so the deleted one cannot come back.")
    os.rename(entry[0], target)
    fsync_folder(target.parent)


def sweep(workspace: Path) -> None:
    """Empty the trash of what was deleted more than seven days ago, and remove what nobody needs any longer.

    That is what a killed writer left behind, and answers of the worker that are about no run and seven days old: who
    asks again has them computed again.
    """
    trash = workspace / "trash"
    for path in trash.iterdir() if trash.is_dir() else ():
        entry = ENTRY.fullmatch(path.name)
        if entry is None:
            continue
        moment = datetime.strptime(entry[3], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        if datetime.now(UTC) - moment > KEEP:
            shutil.rmtree(path, ignore_errors=True)
    now = time.time()
    for pattern in (*(f"{name}/.*.tmp" for name in ("runs", "studies", "corpora", "derived")), "runs/*/derived/.*.tmp"):
        _remove(workspace, pattern, now - 3600)
    # Those about one run go with it; these belong to none: trials of trainings, and numbers over several runs.
    _remove(workspace, "derived/[!.]*", now - KEEP.total_seconds())


def _remove(workspace: Path, pattern: str, before: float) -> None:
    """Remove what was last written to before a moment, in seconds since 1970."""
    for path in workspace.glob(pattern):
        with contextlib.suppress(FileNotFoundError):
            if path.lstat().st_mtime < before:
                shutil.rmtree(path, ignore_errors=True)
