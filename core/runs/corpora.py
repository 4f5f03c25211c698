"""The corpora of a store: listed, opened, added, and who still needs one."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import RunError
from core.runs.locks import is_held
from core.runs.paths import clean_name, is_id
from core.runs.places import LOCAL, Places
from core.runs.state import ACTIVE, derive, look
from core.runs.studies.spec import read_study
from core.runs.views import CorpusView, view_corpus

if TYPE_CHECKING:  # dispatcher and lists never open a corpus
    from core.data.corpus import Corpus
    from core.data.options import CorpusOptions

__all__ = ["Corpora", "folders_in", "studies_in_need"]


class Corpora(Places):
    """What a store knows of its corpora by themselves, without the runs on them."""

    def corpora(self, workspace: str = LOCAL) -> list[CorpusView]:
        """All corpora, newest first; a damaged one stands in the list with its reason."""
        views = [view_corpus(folder) for folder in folders_in(self.workspace(workspace) / "corpora")]
        return sorted(views, key=lambda view: (view.created, view.id), reverse=True)

    def corpus(self, corpus: str, workspace: str = LOCAL) -> "Corpus":
        """Open a corpus.

        Raises:
            CorpusError: no such corpus, or it is damaged.
        """
        from core.data.corpus import Corpus

        return Corpus.open(self.corpus_folder(corpus, workspace))

    def add_corpus(
        self, source: Path, options: "CorpusOptions | None" = None, name: str = "", workspace: str = LOCAL
    ) -> str:
        """Read a file or folder, in a process of its own with limits, and keep it; returns the corpus id.

        The same bytes read in the same way are one corpus, however often they are added.

        Raises:
            InputError: the source cannot be read as a corpus.
        """
        from core.data.ingest import ingest
        from core.data.options import CorpusOptions

        parent = self.workspace(workspace) / "corpora"
        return ingest(source, parent, options or CorpusOptions(), clean_name(name) or clean_name(source.stem))


def folders_in(parent: Path) -> list[Path]:
    """The folders in one of a store's that have an id for a name."""
    with os.scandir(parent) as entries:
        return [parent / entry.name for entry in entries if is_id(entry.name) and entry.is_dir(follow_symlinks=False)]


def studies_in_need(parent: Path, corpus: str) -> Iterator[str]:
    """Ids of the studies, in the folder of all, that wait to train on a corpus or are at it.

    Those of seeds are not among them: their runs are all there from the beginning, and are seen themselves.
    """
    for folder in sorted(folders_in(parent)):
        held = is_held(folder / "lock")
        try:
            spec = read_study(folder)
        except RunError:
            continue
        waits = spec.kind != "seeds" and derive(look(folder, held=held)) in ACTIVE
        if waits and spec.settings.corpus == corpus:
            yield folder.name
