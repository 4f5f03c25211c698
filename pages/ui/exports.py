"""Exports of a run: what there is to choose from, and the file of each, written when it is first asked for."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from core.errors import RunError, UnknownNameError
from core.files import explain_write_error
from core.formats.format import FORMATS
from core.runs.archive import export_run
from core.runs.requests import vectors_version
from core.runs.store import Store
from core.runs.views import RunView

__all__ = ["Export", "export_path", "exports"]

RUN = "run"
KEEP = 8
RUN_LINES = """from pathlib import Path
from core.runs.archive import import_run
from core.runs.store import Store
run = import_run(Store(), Path("{file}"))"""


@dataclass(frozen=True, slots=True)
class Export:
    """One way to take a run away: its name in links, what people call it, what it is for, how it is read again."""

    name: str
    title: str
    summary: str
    suffix: str
    lines: str


def exports() -> list[Export]:
    """All of them, the whole run first."""
    whole = Export(
        RUN,
        "The run as one zip",
        "Recipe, curve, frames and vectors; another Semascope takes it in.",
        ".zip",
        RUN_LINES,
    )
    formats = [
        Export(one.name, one.title, one.summary, one.endings[0], one().snippet("{file}"))
        for one in FORMATS
        if one.writable
    ]
    return [whole, *formats]


def export_path(store: Store, run: RunView, kind: str) -> Path:
    """The file of an export, written now unless it is there.

    Raises:
        RunError: no such run, or it has no vectors yet.
        UnknownNameError: no such format, or one that is only read.
        StoreError: the disk is full …
    """
    known = {one.name: one for one in exports()}
    if kind not in known:
        raise UnknownNameError(f"{FORMATS.get(kind).title} is read here, not written; choose another format.")
    if run.active:
        raise RunError(f"The run {run.id} is {run.shown}; export it when it has ended.")
    folder = run.folder / "derived" / "exports"
    path = folder / f"{kind}-{vectors_version(store, run.id)[:16]}{known[kind].suffix}"
    # A label that changed is part of the zip, so that one is written anew.
    if path.exists() and kind != RUN:
        return path
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(folder)
    except OSError as error:
        raise explain_write_error(error, folder) from None
    if kind == RUN:
        export_run(store, run.id, path)
    else:
        FORMATS.get(kind)().write(store.space(run.id), path)
    return path


def _sweep(folder: Path) -> None:
    """Let go of the oldest exports: each can be written again."""
    paths = sorted((path for path in folder.iterdir() if path.is_file()), key=os.path.getmtime)
    for path in paths[: max(0, len(paths) - KEEP)]:
        with contextlib.suppress(OSError):
            path.unlink()
