"""From a file or a folder to a corpus on disk, in memory that does not grow with the corpus."""

import contextlib
import os
import shutil
from pathlib import Path

from core.data.corpus import Corpus
from core.data.corpus_writer import CorpusWriter, Progress
from core.data.documents import Documents
from core.data.kept_documents import KeptDocuments
from core.data.options import CorpusOptions
from core.errors import CorpusError
from core.files import building_folder, commit_folder, explain_write_error, temporary_folder

__all__ = ["add_corpus", "build_corpus"]


def build_corpus(
    source: Path, folder: Path, options: CorpusOptions, name: str | None = None, progress: Progress | None = None
) -> Corpus:
    """Read `source` as a corpus into the new folder `folder`, which comes into being whole or not at all.

    Args:
        source: a file, or a folder whose files are read in the order of their paths.
        folder: where the corpus goes; must not exist.
        options: how to read and tokenise.
        name: what people call the corpus; the file's name where it is not given.
        progress: called some times a second.

    Raises:
        CorpusError: the source cannot be used as a corpus.
        StoreError: `folder` cannot be written.
    """
    try:
        with building_folder(folder) as temporary:
            CorpusWriter(Documents(source, options), temporary, name, progress).run()
    except OSError as error:
        raise explain_write_error(error, folder.parent) from error
    return Corpus.open(folder)


def add_corpus(
    source: Path, corpora: Path, options: CorpusOptions, name: str | None = None, progress: Progress | None = None
) -> Corpus:
    """Read `source` as a corpus into `corpora/<id>`; what is there already is opened instead.

    A source that lies in `corpora` is a corpus: its kept text is read as if it were the file.

    Arguments and errors as for `build_corpus`.
    """
    documents = KeptDocuments(Corpus.open(source), options) if source.parent == corpora else Documents(source, options)
    try:
        # The id is known only when every byte has been read: the folder gets it in its last step.
        with temporary_folder(corpora, "corpus") as temporary:
            target = corpora / CorpusWriter(documents, temporary, name, progress).run()
            _keep(temporary, target)
    except OSError as error:
        raise explain_write_error(error, corpora) from error
    return Corpus.open(target)


def _keep(temporary: Path, target: Path) -> None:
    """Put a corpus in its place. One that is there stays, but a damaged one gives way, and text comes back to tokens.

    Whoever has mapped the files of the damaged one keeps them.
    """
    if target.exists():
        try:
            there = Corpus.open(target)
        except CorpusError:
            os.rename(target, temporary.with_name(f".damaged.{temporary.name.lstrip('.')}"))
        else:
            if not there.has_text:
                there.take_text(temporary)
            return
    try:
        with contextlib.suppress(FileExistsError):  # another process was faster
            commit_folder(temporary, target)
    finally:
        shutil.rmtree(temporary.with_name(f".damaged.{temporary.name.lstrip('.')}"), ignore_errors=True)
