"""Studies in the store: made, listed, stopped, resumed, deleted and taken back. Nothing here trains."""

import contextlib
import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

from core.errors import RunError
from core.files import building_folder, fsync_folder, write_json
from core.runs import trash
from core.runs.locks import hold
from core.runs.paths import given_name, inside, is_id, new_id, now
from core.runs.places import LOCAL
from core.runs.records import newest_attempt, read_object
from core.runs.spec import Spec, read_spec
from core.runs.state import derive, look
from core.runs.store import Store
from core.runs.studies.spec import StudySpec
from core.runs.studies.views import StudyView, view_study
from core.runs.views import RunView, view_runs

__all__ = [
    "create_study",
    "delete_study",
    "is_study",
    "rename_study",
    "resume_study",
    "stop_study",
    "studies",
    "study",
    "undelete_study",
]

GONE_ALONG = "gone_along.json"
"""Beside study.json of a deleted study: the runs that went into the trash with it."""


def create_study(store: Store, spec: StudySpec, workspace: str = LOCAL) -> str:
    """Write a study down, queued; returns its id. The dispatcher gets it started, as it does runs.

    Raises:
        CorpusError: the corpus is not in the store.
        StoreError: the disk is full, the folder read-only …; nothing is left.
    """
    store.corpus_folder(spec.settings.corpus, workspace)
    identifier = new_id()
    made: list[str] = []
    try:
        # The runs before their study: after a kill in between there are some runs more, and no study with some less.
        if spec.kind == "seeds":
            made += [store.create_run(one, workspace=workspace) for one in _with_seeds(spec, identifier)]
        with store.explaining(), building_folder(store.workspace(workspace) / "studies" / identifier) as folder:
            spec.write(folder)
    except BaseException:
        for run in made:
            with contextlib.suppress(RunError):
                store.stop(run, workspace)
                store.delete(run, workspace)
        raise
    store.wake()
    return identifier


def studies(store: Store, workspace: str = LOCAL) -> list[StudyView]:
    """All studies, newest first; a damaged one stands in the list with its reason."""
    base = store.workspace(workspace) / "studies"
    folders = [path for path in base.iterdir() if is_id(path.name) and path.is_dir() and not path.is_symlink()]
    by_study: dict[str, list[RunView]] = {}
    for view in store.runs(workspace) if folders else ():
        by_study.setdefault(view.study, []).append(view)
    views = [view_study(folder, by_study.get(folder.name, ())) for folder in folders]
    return sorted(views, key=lambda view: (view.id[:15], view.created, view.id), reverse=True)


def study(store: Store, study: str, workspace: str = LOCAL) -> StudyView:
    """One study, damaged or not.

    Raises:
        RunError: no such study.
    """
    folder = store.study_folder(study, workspace)
    return view_study(folder, view_runs(_runs_of(store, study, workspace)))


def is_study(store: Store, identifier: str, workspace: str = LOCAL) -> bool:
    """Whether an id is that of a study, there or in the trash, so that one command serves runs and studies."""
    base = store.workspace(workspace)
    if not is_id(identifier):
        return False
    return (base / "studies" / identifier).is_dir() or trash.trashed(base / "trash", "study", identifier) is not None


def rename_study(store: Store, study: str, name: str, notes: str | None = None, workspace: str = LOCAL) -> None:
    """Give a study another label, and other notes unless they are None."""
    folder = store.study_folder(study, workspace)
    kept = view_study(folder, ()).notes if notes is None else notes[:10_000]
    with store.explaining():
        write_json(folder / "label.json", {"name": given_name(name), "notes": kept})


def stop_study(store: Store, study: str, workspace: str = LOCAL) -> None:
    """Ask a study to stop; it keeps what its runs have learned. Does nothing for one that has ended."""
    view = _view(store, study, workspace)
    if not view.active:
        return
    if view.kind == "seeds":
        # The last first: else the next one would begin as soon as the one at work is stopped.
        for run in reversed(view.runs):
            store.stop(run.id, workspace)
    elif view.state == "queued" and newest_attempt(view.folder):
        (view.folder / "resume").unlink(missing_ok=True)
    else:
        with store.explaining(), contextlib.suppress(FileExistsError):
            os.close(os.open(view.folder / "stop", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    store.wake()


def resume_study(store: Store, study: str, workspace: str = LOCAL) -> None:
    """Queue what is left of a study. Does nothing for one that is finished, waits or is at work.

    Raises:
        RunError: no such study, or it is damaged.
    """
    view = _view(store, study, workspace)
    if view.state == "damaged":
        raise RunError(f"The study {study} cannot be resumed: {view.reason}")
    if view.state == "finished" or view.active:
        return
    if view.kind == "seeds":
        for run in view.runs:
            go_on(store, run, workspace)
        return
    with hold(view.folder / "lock", patience=0.3) as mine, store.explaining():
        if mine:
            (view.folder / "stop").unlink(missing_ok=True)
            if (attempt := newest_attempt(view.folder)) > 0:
                write_json(view.folder / "resume", {"after": attempt})
    store.wake()


def go_on(store: Store, run: RunView, workspace: str = LOCAL) -> None:
    """Queue a run of a study again, also one that was cancelled before it began; nothing for one that cannot."""
    if run.can_resume:
        store.resume(run.id, workspace)
    elif run.state == "cancelled":
        with hold(run.folder / "lock", patience=0.3) as mine:
            if mine and derive(look(run.folder, held=False)) == "cancelled":
                (run.folder / "stop").unlink(missing_ok=True)
        store.wake()


def delete_study(store: Store, study: str, workspace: str = LOCAL) -> None:
    """Move a study and its runs into the trash; `undelete_study` takes all of them back.

    Raises:
        RunError: no such study, or it is at work; nothing is deleted.
    """
    view = _view(store, study, workspace)
    if (view.active and view.state != "queued") or any(run.state in ("running", "stopping") for run in view.runs):
        raise RunError(f"The study {study} is at work; stop it first, then delete it.")
    base = store.workspace(workspace)
    with hold(view.folder / "lock", patience=0.3) as mine, store.explaining():
        if not mine:
            raise RunError(f"The study {study} is at work; stop it first, then delete it.")
        runs = [folder.name for folder in _runs_of(store, study, workspace)]
        # Written before anything moves, with what an earlier try has moved: a kill in between loses nothing.
        write_json(view.folder / GONE_ALONG, {"runs": [*dict.fromkeys([*_gone_along(view.folder), *runs])]})
        gone: list[str] = []
        try:
            for run in runs:
                store.delete(run, workspace)
                gone.append(run)
            trash.put(base / "trash", "study", view.folder)
        except BaseException:
            for run in gone:
                store.undelete(run, workspace)
            raise


def undelete_study(store: Store, study: str, workspace: str = LOCAL) -> None:
    """Take a deleted study back, and the runs that went with it.

    Raises:
        RunError: it is not in the trash.
    """
    base = store.workspace(workspace)
    folder = inside(base / "studies", study, "study")
    trash.take_back(base / "trash", "study", folder)
    for run in _gone_along(folder):
        with contextlib.suppress(RunError):  # deleted for good, or back by itself
            store.undelete(run, workspace)
    (folder / GONE_ALONG).unlink(missing_ok=True)
    fsync_folder(folder)
    store.wake()


def _view(store: Store, identifier: str, workspace: str) -> StudyView:
    return study(store, identifier, workspace)


def _with_seeds(spec: StudySpec, study: str) -> Iterator[Spec]:
    """The recipes of a study of seeds: the same one, with its seed and those that follow."""
    base = spec.entrants[0]
    name = base.name or spec.name
    for number in range(1, spec.asked + 1):
        seed = base.settings.seed + number - 1
        yield dataclasses.replace(
            base,
            created=now(),  # in the order in which they are to be trained
            settings=base.settings.model_copy(update={"seed": seed}),
            name=given_name(f"{name[:100]} · seed {seed}" if name else f"seed {seed}"),
            study=study,
            number=number,
        )


def _runs_of(store: Store, study: str, workspace: str) -> list[Path]:
    """Folders of the runs that say that they belong to a study."""
    found = []
    for folder in (store.workspace(workspace) / "runs").iterdir():
        if is_id(folder.name) and folder.is_dir() and not folder.is_symlink():
            with contextlib.suppress(RunError):
                if read_spec(folder).study == study:
                    found.append(folder)
    return found


def _gone_along(folder: Path) -> list[str]:
    try:
        runs = read_object(folder / GONE_ALONG).get("runs")
    except RunError:
        return []
    return [run for run in runs if isinstance(run, str) and is_id(run)] if isinstance(runs, list) else []
