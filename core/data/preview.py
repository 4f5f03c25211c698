"""A look at a file before it is read: what it seems to be, and its first rows, from its first 256 kB alone."""

from dataclasses import dataclass
from pathlib import Path

from core.data.encoding import refuse_foreign
from core.data.notes import Notes
from core.data.options import CorpusOptions
from core.data.reader import reader_for
from core.data.source import Source, files_of

__all__ = ["Preview", "preview"]

LONGEST_CELL = 300


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file seems to be.

    Attributes:
        name: of the file; of the first one in a folder.
        files: how many files would be read.
        bytes: of all of them.
        format: name of the reader, as the option `format` takes it.
        title: of the reader, as people write it.
        unit: what a document is (“line”, “row”).
        encoding: by which the bytes are read.
        columns: names of the columns or fields; empty for plain text.
        text_column: the one that would be read as text; None for plain text.
        rows: the first rows, a cell for each column (one cell, the line, for plain text), long cells cut.
    """

    name: str
    files: int
    bytes: int
    format: str
    title: str
    unit: str
    encoding: str
    columns: tuple[str, ...]
    text_column: str | None
    rows: tuple[tuple[str, ...], ...]


def preview(path: Path, options: CorpusOptions | None = None, rows: int = 20) -> Preview:
    """Look at the beginning of a file, or of the first file of a folder.

    Args:
        path: the file or folder.
        options: how it would be read.
        rows: how many rows to show.

    Raises:
        EncodingError: not UTF-8 and no encoding named; holds a guess to confirm.
        CorpusError: it cannot be read as a corpus, and why.
    """
    options = options or CorpusOptions()
    files = files_of(path)
    source = Source(files[0], options, Notes())
    if source.encoding is None:
        refuse_foreign([source.head_bytes], source.name, source.whole)
    reader = reader_for(source)
    found = reader.look(source, rows)
    return Preview(
        name=source.name,
        files=len(files),
        bytes=sum(file.stat().st_size for file in files),
        format=reader.name,
        title=reader.title,
        unit=reader.unit,
        encoding=source.encoding or "utf-8",
        columns=found.names,
        text_column=found.text,
        rows=tuple(tuple(_cut(cell) for cell in row) for row in found.rows),
    )


def _cut(cell: str) -> str:
    return cell if len(cell) <= LONGEST_CELL else cell[: LONGEST_CELL - 1] + "…"
