"""The store: a folder of plain files that holds corpora and runs.

Every call takes a workspace; until classrooms come there is one, `local`. Ids become paths in one place, what a
person types as a name never does. Nothing here trains: a run is written down and marked; the dispatcher starts it.
"""

import contextlib
import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from core.errors import RunError
from core.files import atomic_write, building_folder, write_json
from core.runs import trash
from core.runs.checkpoints import has_checkpoint
from core.runs.corpora import Corpora, folders_in, studies_in_need
from core.runs.frames import Frame, list_frames
from core.runs.locks import hold
from core.runs.metrics import Row, tail
from core.runs.paths import clean_name, given_name, inside, is_id, new_id, now
from core.runs.places import LOCAL
from core.runs.records import Attempt, Result, attempt_path, result_path
from core.runs.settings import RunSettings
from core.runs.spaces import (
    ENCODER_FILE,
    SPACE_FILE,
    CorpusWording,
    read_encoder,
    read_space,
    space_from_checkpoint,
    write_space,
)
from core.runs.spec import IMPORTED, Spec, versions
from core.runs.views import RunView, view_run, view_runs
from core.space import EmbeddingSpace

__all__ = ["Store"]


class Store(Corpora):
    """Corpora and runs under one folder; `Places` says where and how it is opened."""

    # --------------------------------------------------------------- corpora

    def delete_corpus(self, corpus: str, with_runs: bool = False, workspace: str = LOCAL) -> list[str]:
        """Move a corpus into the trash. Its runs go with it, or stay, without evidence, and cannot be resumed.

        Returns:
            The runs that went with it, for `undelete_corpus`.

        Raises:
            RunError: a run or a study is waiting for it or at work on it; nothing is deleted.
        """
        folder = self.corpus_folder(corpus, workspace)
        users = [view for view in self.runs(workspace) if view.corpus == corpus]
        for view in users:
            if view.active:
                raise RunError(f"The run {view.id} still needs this corpus; stop it first.")
        for study in studies_in_need(self.workspace(workspace) / "studies", corpus):
            raise RunError(f"The study {study} still needs this corpus; stop it first.")
        gone: list[str] = []
        try:
            for view in users if with_runs else []:
                self.delete(view.id, workspace)
                gone.append(view.id)
            trash.put(self.workspace(workspace) / "trash", "corpus", folder)
        except BaseException:
            for run in gone:
                self.undelete(run, workspace)
            raise
        return gone

    def undelete_corpus(self, corpus: str, runs: Sequence[str] = (), workspace: str = LOCAL) -> None:
        """Take a deleted corpus back, and the runs that went with it."""
        base = self.workspace(workspace)
        trash.take_back(base / "trash", "corpus", inside(base / "corpora", corpus, "corpus"))
        for run in runs:
            self.undelete(run, workspace)

    # ------------------------------------------------------------------ runs

    def runs(self, workspace: str = LOCAL) -> list[RunView]:
        """All runs, newest first; a damaged one stands in the list with its reason."""
        views = view_runs(folders_in(self.workspace(workspace) / "runs"))
        return sorted(views, key=lambda view: (view.id[:15], view.created, view.id), reverse=True)

    def run(self, run: str, workspace: str = LOCAL) -> RunView:
        """One run, damaged or not.

        Raises:
            RunError: no such run.
        """
        return view_run(self.run_folder(run, workspace))

    def ahead(self, run: str, workspace: str = LOCAL) -> int:
        """How many queued runs stand before this one."""
        queued = [view for view in self.runs(workspace) if view.state == "queued"]
        mine = next((view for view in queued if view.id == run), None)
        return 0 if mine is None else sum(view.created < mine.created for view in queued)

    def create_run(self, spec: Spec, token: str = "", workspace: str = LOCAL) -> str:
        """Write a run down, queued; returns its id. `core.runs.dispatcher.ensure_dispatcher` gets it started.

        Args:
            spec: from `make_spec`, so already validated.
            token: of the form that asked; the same token again gives the same run (a double click is one click).
            workspace: where.

        Raises:
            CorpusError: the corpus is not in the store.
            StoreError: the disk is full, the folder read-only …
        """
        self.corpus_folder(spec.settings.corpus, workspace)
        return self._write_run(spec, token, workspace)

    def add_space(
        self,
        space: EmbeddingSpace,
        name: str,
        source: str = "",
        notes: Sequence[str] = (),
        corpus: str = "",
        workspace: str = LOCAL,
    ) -> str:
        """Keep vectors that were brought along as a finished run; returns its id.

        Args:
            space: the vectors.
            name: a label.
            source: what the result says of where they come from.
            notes: what else it says, as sentences.
            corpus: id of a corpus that they belong to, if it is known; evidence comes from it.
            workspace: where.
        """
        settings = RunSettings(corpus=corpus, min_count=1, held_out=0.0)
        spec = Spec(IMPORTED, None, settings, given_name(name), versions=versions())

        def fill(folder: Path) -> None:
            sha256 = write_space(folder / SPACE_FILE, space)
            (folder / "attempts").mkdir()
            Attempt(number=1, at=now()).save(attempt_path(folder, 1))
            Result(
                attempt=1,
                outcome="finished",
                reason=" ".join(map(clean_name, (source, *notes))),
                fraction=1.0,
                vocabulary=len(space),
                vectors_sha256=sha256,
                at=now(),
            ).save(result_path(folder, 1))

        return self._write_run(spec, "", workspace, fill)

    def rename(self, run: str, name: str, notes: str | None = None, workspace: str = LOCAL) -> None:
        """Give a run another label, and other notes unless they are None."""
        view = self.run(run, workspace)
        kept = view.notes if notes is None else notes[:10_000]
        with self.explaining():
            write_json(view.folder / "label.json", {"name": given_name(name), "notes": kept})

    def delete(self, run: str, workspace: str = LOCAL) -> None:
        """Move a run into the trash; `undelete` takes it back.

        Raises:
            RunError: no such run, or it is being trained.
        """
        folder = self.run_folder(run, workspace)
        with hold(folder / "lock", patience=0.3) as mine, self.explaining():
            if not mine:
                raise RunError(f"The run {run} is being trained; stop it first, then delete it.")
            trash.put(self.workspace(workspace) / "trash", "run", folder)

    def undelete(self, run: str, workspace: str = LOCAL) -> None:
        """Take a deleted run back.

        Raises:
            RunError: it is not in the trash.
        """
        base = self.workspace(workspace)
        trash.take_back(base / "trash", "run", inside(base / "runs", run, "run"))

    def stop(self, run: str, workspace: str = LOCAL) -> None:
        """Ask a run to stop; it keeps what it has learned. Does nothing for a run that has ended."""
        view = self.run(run, workspace)
        if view.state not in ("queued", "running", "stopping"):
            return
        if view.state == "queued" and view.attempt:
            # It only waits to be taken up again: forget that, and it is again what it was.
            (view.folder / "resume").unlink(missing_ok=True)
        else:
            with self.explaining(), contextlib.suppress(FileExistsError):
                descriptor = os.open(view.folder / "stop", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                os.close(descriptor)
        self.wake()

    def resume(self, run: str, workspace: str = LOCAL) -> None:
        """Queue an ended run to go on from its last checkpoint. Does nothing for a finished run or one at work.

        Raises:
            RunError: the run is damaged, was cancelled, or failed before its first checkpoint.
        """
        view = self.run(run, workspace)
        if view.state in ("finished", "queued", "running", "stopping"):
            return
        if not view.can_resume:
            raise RunError(f"The run {run} cannot be resumed: {_why_not(view)}")
        with hold(view.folder / "lock", patience=0.3) as mine, self.explaining():
            if mine:
                (view.folder / "stop").unlink(missing_ok=True)
                write_json(view.folder / "resume", {"after": view.attempt})
        self.wake()

    # ------------------------------------------------------- what a run holds

    def space(self, run: str, workspace: str = LOCAL) -> EmbeddingSpace:
        """The vectors of a run: those it left at its end, else those of its newest good checkpoint.

        Raises:
            RunError: there are none yet, or all of them are damaged.
        """
        view = self.run(run, workspace)
        if view.spec is None:
            raise RunError(f"The run {run} is damaged: {view.reason}")
        facts: dict[str, Any] = {"run": run, "name": view.name, "architecture": view.architecture}
        facts["corpus"] = view.corpus
        if view.corpus:  # nobody knows the seed of vectors that were brought along
            facts["seed"] = view.spec.settings.seed
        space, wrong = None, ""
        if view.has_vectors and not view.active:
            try:
                sha256 = view.result.vectors_sha256 if view.result else ""
                space = read_space(view.folder / SPACE_FILE, sha256, facts)
                space.encoder = read_encoder(view.folder / ENCODER_FILE, space.dimensions)
            except RunError as error:
                wrong = str(error)
            if space is not None and wrong:
                space.metadata["note"] = wrong  # of what gives vectors to unseen words; the others are whole
        if space is None and has_checkpoint(view.folder) and view.corpus:
            space = space_from_checkpoint(view.folder, view.spec, self.corpus(view.corpus, workspace), facts, wrong)
        if space is None:
            raise RunError(wrong or f"The run {run} has no vectors yet: it is {view.shown}.")
        if view.corpus:
            space.wording = CorpusWording(lambda: self.corpus(view.corpus, workspace))
        return space

    def metrics(
        self, run: str, offset: int = 0, rows: Sequence[Row] = (), workspace: str = LOCAL
    ) -> tuple[int, list[Row]]:
        """The curve of a run; give back `offset` and `rows` of the last call to read only what is new."""
        return tail(self.run_folder(run, workspace) / "metrics.jsonl", offset, rows)

    def frames(self, run: str, workspace: str = LOCAL) -> list[Frame]:
        """The frames of a run's moving map, in order; their positions are read one by one."""
        return list_frames(self.run_folder(run, workspace))

    # --------------------------------------------------------------- private

    def _write_run(self, spec: Spec, token: str, workspace: str, fill: Callable[[Path], None] | None = None) -> str:
        base = self.workspace(workspace)
        run = new_id()
        with self.explaining():
            if token:
                run = _claim(base / "submitted", token, run)
            with contextlib.suppress(FileExistsError), building_folder(base / "runs" / run) as folder:
                spec.write(folder)
                if fill is not None:
                    fill(folder)
            self.wake()
        return run


def _claim(folder: Path, token: str, run: str) -> str:
    """The run id that belongs to a form's token: `run` for the first to come, the same one for all others."""
    path = folder / hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()[:32]
    mine = folder / f".{run}.tmp"
    atomic_write(mine, run)
    try:
        os.link(mine, path)
    except FileExistsError:
        found = path.read_text(encoding="ascii", errors="replace").strip()
        return found if is_id(found) else run
    finally:
        mine.unlink(missing_ok=True)
    return run


def _why_not(view: RunView) -> str:
    if view.architecture == IMPORTED:
        return "its vectors were brought along, not trained here."
    if view.state == "failed":
        return "it failed before its first checkpoint; train again with other settings."
    return f"it is {view.state}; train again with the same recipe."
