"""All documents of a source, file after file, some at a time."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.data.notes import Notes
from core.data.options import CorpusOptions
from core.data.reader import Batch, reader_for
from core.data.source import MOST_BYTES, Source, files_of
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
        if self.bytes_total > MOST_BYTES:
            raise CorpusError(f"{self.source.name[:80]} has more than {MOST_BYTES >> 30} GB; take a part of it.")
        self._digest = hashlib.sha256()
        self._names: dict[str, int] = {}
        self._current: Source | None = None
        self._bytes_before = 0

    @property
    def sha256(self) -> str:
        """Hash of the bytes read so far; for a single file the file's own."""
        return self._digest.hexdigest()

    @property
    def bytes_read(self) -> int:
        """Bytes read so far."""
        return self._bytes_before + (self._current.bytes_read if self._current is not None else 0)

    @property
    def label_names(self) -> list[str]:
        """The labels met so far, in the order of their first occurrence; empty text stands for no label."""
        return list(self._names)

    def __iter__(self) -> Iterator[Batch]:
        """The documents of all files, some at a time."""
        several = self.source.is_dir()
        for path in self._paths:
            begun = False
            try:
                for batch in self._file(path, several):
                    begun = True
                    yield batch
            except CorpusError as error:
                # In a folder a file that cannot be read is passed over, unless part of it is in the corpus already.
                if not several or begun:
                    raise
                self.notes.say(f"Passed over: {error}")
        if several and not self.files:
            reason = f" ({self.notes.said[0]})" if self.notes.said else ""
            raise CorpusError(f"The folder {self.source.name[:80]} holds no file that can be read as text{reason}.")

    def _file(self, path: Path, several: bool) -> Iterator[Batch]:
        source = self._current = Source(path, self.options, self.notes, self._digest, whole_first=several)
        reader = reader_for(source)
        column = self.options.column or self.options.label_column
        if not several and reader.name == "text" and column is not None:
            raise CorpusError(f"{source.name} is plain text, so it has no column “{column[:80]}”.")
        first = self.lines
        for batch in reader.read(source):
            self._account(batch)
            yield batch
        self._bytes_before, self._current = self.bytes_read, None
        if several:
            self._digest.update(f"\0{source.bytes_read}\0".encode())
        name = path.relative_to(self.source).as_posix() if several else path.name
        self.files.append(FileRead(name[:500], reader.name, reader.unit, first, self.lines - first, source.bytes_read))

    def _account(self, batch: Batch) -> None:
        lines = batch.text.count("\n")
        self.lines += lines
        if self.lines > MOST_LINES:
            raise CorpusError(f"There are more than {MOST_LINES:,} lines; take a part of the file.")
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
