"""All documents of a source, file after file, some at a time."""

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.data.archives import sources_of
from core.data.notes import Notes
from core.data.options import CorpusOptions
from core.data.reader import Batch, reader_for
from core.data.source import Source
from core.data.source_files import MOST_BYTES, MOST_FILES, files_of, shown_name, text_size
from core.data.unpacking import UnpackError
from core.errors import CorpusError

__all__ = ["Documents", "FileRead"]

MOST_LINES = 50_000_000
MOST_LABELS = 100_000


@dataclass(frozen=True, slots=True)
class FileRead:
    """One file of a corpus: its lines are `first_line` to `first_line + lines` of the corpus, from 0.

    Attributes:
        name: its path within the source.
        reader: the format it was read as.
        unit: what a document is in it (“line”, “row”).
    """

    name: str
    reader: str
    unit: str
    first_line: int
    lines: int
    bytes: int


@dataclass
class Documents:
    """Reads the files of a source in order, and keeps account.

    Args:
        source: a file or a folder.
        options: how to read it.

    Attributes:
        notes: what there is to say about the reading.
        files: the files read so far.
        lines: lines given out so far, blank ones included.
        labels: the label of each line so far, as an index into `label_names`; empty without a label column.
        bytes_total: size of all files.
        text_bytes: about how many bytes of text they hold.
    """

    source: Path
    options: CorpusOptions
    notes: Notes = field(default_factory=Notes)
    files: list[FileRead] = field(default_factory=list)
    lines: int = 0
    labels: list[npt.NDArray[np.uint32]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._paths = files_of(self.source)
        self.bytes_total = sum(path.stat().st_size for path in self._paths)
        self.text_bytes = text_size(self._paths)
        if self.bytes_total > MOST_BYTES:
            raise CorpusError(f"{shown_name(self.source.name)} has more than {MOST_BYTES >> 30} GB; take a part of it.")
        self._digest = hashlib.sha256()
        self._names: dict[str, int] = {}
        self._current: Source | None = None
        self._bytes_before = 0
        self._members_before = 0.0
        self._characters = 0

    @property
    def sha256(self) -> str:
        """Hash of the bytes read so far; for a single file the file's own."""
        return self._digest.hexdigest()

    @property
    def bytes_read(self) -> int:
        """Bytes read so far; of an archive as much as was read of what it holds."""
        source = self._current
        if source is None:
            return self._bytes_before
        part = self._members_before + source.content.share * source.bytes_read / max(1, source.size)
        return self._bytes_before + int(part * source.path.stat().st_size)

    @property
    def label_names(self) -> list[str]:
        """The labels met so far, in the order of their first occurrence; empty text stands for no label."""
        return list(self._names)

    def __iter__(self) -> Iterator[Batch]:
        """The documents of all files, some at a time."""
        several = self.source.is_dir()
        for path in self._paths:
            yield from self._passing_over(self._file(path, several), several, ())
            self._bytes_before, self._current, self._members_before = (
                self._bytes_before + path.stat().st_size,
                None,
                0.0,
            )
        if several and not self.files:
            reason = f" ({self.notes.said[0].rstrip('.')})" if self.notes.said else ""
            raise CorpusError(
                f"The folder {shown_name(self.source.name)} holds no file that can be read as text{reason}."
            )

    def _passing_over(
        self, batches: Iterator[Batch], several: bool, but: type[Exception] | tuple[()]
    ) -> Iterator[Batch]:
        """Among several files one that cannot be read is passed over, unless part of it is in the corpus already."""
        begun = False
        try:
            for batch in batches:
                begun = True
                yield batch
        except CorpusError as error:
            if not several or begun or isinstance(error, but):
                raise
            self.notes.pass_over(str(error))

    def _file(self, path: Path, several: bool) -> Iterator[Batch]:
        """All documents of a file, or of the files in it where it is an archive."""
        outer = self._current = Source(path, self.options, self.notes, self._digest, whole_first=several)
        name = path.relative_to(self.source).as_posix() if several else path.name
        files = len(self.files)
        with contextlib.closing(sources_of(outer)) as sources:
            for source in sources:
                self._current = source
                inner = source.content.inner
                if not inner:
                    yield from self._read(source, name, not several)
                else:
                    member = f"{name}/{inner}" if several else inner
                    yield from self._passing_over(self._read(source, member, False), True, UnpackError)
                self._members_before += source.content.share
        if len(self.files) == files:
            reason = f" ({self.notes.said[0].rstrip('.')})" if self.notes.said else ""
            raise CorpusError(f"{shown_name(path.name)} holds no files that can be read as text{reason}.")
        if several:
            self._digest.update(f"\0{outer.size}\0".encode())

    def _read(self, source: Source, name: str, alone: bool) -> Iterator[Batch]:
        reader = reader_for(source)
        column = self.options.column or self.options.label_column
        if alone and not reader.has_columns and column is not None:
            raise CorpusError(f"{source.name} is read as {reader.title}, which has no column “{column[:80]}”.")
        if len(self.files) >= MOST_FILES:
            raise UnpackError(f"There are more than {MOST_FILES:,} files; take a part of them.")
        self.notes.file, self.notes.unit = "" if alone else name[:80], reader.unit
        first = self.lines
        for batch in reader.read(source):
            self._account(batch)
            yield batch
        self.files.append(FileRead(_clean(name), reader.name, reader.unit, first, self.lines - first, source.size))

    def _account(self, batch: Batch) -> None:
        lines = batch.text.count("\n")
        self.lines += lines
        self._characters += len(batch.text)
        if self.lines > MOST_LINES:
            raise UnpackError(f"There are more than {MOST_LINES:,} lines; take a part of the file.")
        if self._characters > MOST_BYTES:
            raise UnpackError(
                f"{shown_name(self.source.name)} holds more than {MOST_BYTES >> 30} GB of text; take a part of it."
            )
        if self.options.label_column is None:
            return
        labels = batch.labels if batch.labels is not None else [""] * lines
        names = self._names
        self.labels.append(np.array([names.setdefault(label[:200], len(names)) for label in labels], np.uint32))
        if len(names) > MOST_LABELS:
            raise CorpusError(
                f"The label column has more than {MOST_LABELS:,} different values, so it holds no labels; "
                "choose another column or none."
            )


def _clean(name: str) -> str:
    """A path as it is shown: one line, its end where it is long."""
    return "".join(character if character.isprintable() else "\ufffd" for character in name)[-500:]
