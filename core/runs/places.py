"""Where a store keeps what: the one place in which ids become paths."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from core.errors import CorpusError, RunError, StoreError
from core.files import atomic_write, explain_write_error
from core.runs import trash
from core.runs.paths import clean_name, inside, is_id, now

__all__ = ["LOCAL", "Places"]

STORE_FORMAT = 1
LOCAL = "local"


class Places:
    """The folders of a store.

    Args:
        home: the folder; None takes `$SEMASCOPE_HOME`, else the platform's folder for user data.

    Raises:
        StoreError: the folder cannot be used, or a newer Semascope made it.
    """

    def __init__(self, home: Path | str | None = None) -> None:
        chosen = home or os.environ.get("SEMASCOPE_HOME") or platformdirs.user_data_path("semascope", appauthor=False)
        self.home = Path(chosen).expanduser().absolute()
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._check_format()
            (self.home / "slots").mkdir(mode=0o700, exist_ok=True)
            self._make_workspace(LOCAL)
        except OSError as error:
            raise explain_write_error(error, self.home) from None

    def workspace(self, workspace: str = LOCAL) -> Path:
        """The folder of a workspace."""
        folder = inside(self.home / "workspaces", workspace, "workspace")
        if not folder.is_dir():
            raise RunError(f"There is no workspace “{workspace}”.")
        return folder

    def run_folder(self, run: str, workspace: str = LOCAL) -> Path:
        """The folder of a run.

        Raises:
            RunError: no such run; of a deleted one it says when it was deleted.
        """
        base = self.workspace(workspace)
        folder = inside(base / "runs", run, "run")
        if folder.is_dir():
            return folder
        gone = trash.trashed(base / "trash", "run", run)
        if gone is not None:
            raise RunError(f"The run {run} was deleted on {gone[1]:%d %B at %H:%M} UTC; undo it on the Runs page.")
        raise RunError(f"There is no run “{run}”; look the id up in the list of runs.")

    def study_folder(self, study: str, workspace: str = LOCAL) -> Path:
        """The folder of a study.

        Raises:
            RunError: no such study; of a deleted one it says when it was deleted.
        """
        base = self.workspace(workspace)
        folder = inside(base / "studies", study, "study")
        if folder.is_dir():
            return folder
        gone = trash.trashed(base / "trash", "study", study)
        if gone is not None:
            raise RunError(f"The study {study} was deleted on {gone[1]:%d %B at %H:%M} UTC; undo it on the Runs page.")
        raise RunError(f"There is no study “{study}”; look the id up in the list of studies.")

    def corpus_folder(self, corpus: str, workspace: str = LOCAL) -> Path:
        """The folder of a corpus.

        Raises:
            CorpusError: no such corpus.
        """
        folder = inside(self.workspace(workspace) / "corpora", corpus, "corpus") if is_id(corpus) else None
        if folder is None or not folder.is_dir():
            raise CorpusError(
                f"There is no corpus “{clean_name(corpus)[:80]}” in the store; add it on the Corpus page."
            )
        return folder

    def wake(self) -> None:
        """Tell the dispatcher and the worker that there may be something new, so that they need not wait to look."""
        atomic_write(self.home / "wake", now())

    def _make_workspace(self, workspace: str) -> None:
        base = self.home / "workspaces" / workspace
        for name in ("corpora", "runs", "studies", "trash", "requests", "derived", "submitted"):
            (base / name).mkdir(mode=0o700, parents=True, exist_ok=True)

    def _check_format(self) -> None:
        path = self.home / "FORMAT"
        try:
            text = path.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            atomic_write(path, f"{STORE_FORMAT}\n")
            return
        except UnicodeDecodeError:
            text = ""
        if not text.isascii() or not text.isdigit():
            raise StoreError(f"{path} is damaged; if this is a Semascope store, write {STORE_FORMAT} into it.")
        if int(text) > STORE_FORMAT:
            raise StoreError(
                f"{self.home} was written by a newer Semascope (format {text}); update, or choose another folder."
            )

    @contextlib.contextmanager
    def explaining(self) -> Iterator[None]:
        """What the disk refuses within the block becomes a StoreError with a sentence."""
        try:
            yield
        except OSError as error:
            raise explain_write_error(error, self.home) from None
