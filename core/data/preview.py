"""A look at a file before it is read: what it seems to be, its first rows, and some of its lines by chance."""

import contextlib
import itertools
import random
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.data.archives import sources_of
from core.data.corpus import Corpus
from core.data.encoding import EncodingError, refuse_foreign
from core.data.labels import guess_label
from core.data.notes import Notes
from core.data.options import CorpusOptions
from core.data.reader import Reader, reader_for
from core.data.source import Source
from core.data.source_files import files_of
from core.errors import CorpusError

__all__ = ["LINES", "Preview", "preview", "preview_of"]

LINES = 20
#: Files of a folder that are tried.
TRIED = 50
LONGEST_CELL = 300
LONGEST_LINE = 2_000
ROWS_FOR_LABELS = 200
# Characters to draw the lines from: the first part of the first file; of a slow format (PDF) what two seconds bring.
DRAWN_FROM = 2_000_000
SECONDS = 2.0


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
        label_column: the one that looks like labels; None where none does.
        rows: the first rows, a cell for each column (one cell, the line, for plain text), long cells cut.
        lines: some documents by chance, in order: number from 0, text, cut where it is long.
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
    label_column: str | None
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[tuple[int, str], ...]


def preview(path: Path, options: CorpusOptions | None = None, rows: int = 20) -> Preview:
    """Look at the beginning of a file; in a folder or an archive at that of the first file that can be read.

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
    errors: list[CorpusError] = []
    with contextlib.closing(_sources(files[:TRIED], options, errors)) as sources:
        for source in sources:
            try:
                return _look(source, files, rows)
            except CorpusError as error:
                errors.append(error)
    # An encoding can be confirmed; nothing can be done about the others.
    raise next((error for error in errors if isinstance(error, EncodingError)), errors[0])


def _sources(files: Sequence[Path], options: CorpusOptions, errors: list[CorpusError]) -> Generator[Source]:
    """All files and what archives among them hold; errors are collected."""
    for file in files:
        try:
            yield from sources_of(Source(file, options, Notes()))
        except CorpusError as error:
            errors.append(error)


def _look(source: Source, files: Sequence[Path], rows: int) -> Preview:
    reader = reader_for(source)
    if source.encoding is None and not reader.binary:
        refuse_foreign([source.head_bytes], source.name, source.whole)
    found = reader.look(source, max(rows, ROWS_FOR_LABELS))
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
        label_column=guess_label(found.names, found.rows, found.text),
        rows=tuple(tuple(_cut(cell, LONGEST_CELL) for cell in row) for row in found.rows[:rows]),
        lines=_some_lines(reader, source),
    )


def preview_of(corpus: Corpus, rows: int = 20) -> Preview:
    """A look at the kept text of a corpus, as if it were a file of lines."""
    drawn = sorted(random.Random(1).sample(range(corpus.lines), min(4 * LINES, corpus.lines)))
    lines = [(number, corpus.line(number)) for number in drawn]
    filled = [(number, _cut(line, LONGEST_LINE)) for number, line in lines if line.strip()]
    options = corpus.meta["options"]
    return Preview(
        name=corpus.name,
        files=len(corpus.meta["files"]),
        bytes=int(corpus.meta["bytes"]),
        format="text",
        title="Kept text",
        unit="document",
        encoding="utf-8",
        columns=(),
        text_column=options.get("column"),
        label_column=options.get("label_column"),
        rows=tuple((_cut(corpus.line(number), LONGEST_CELL),) for number in range(min(rows, corpus.lines))),
        lines=tuple(filled[:LINES]),
    )


def _some_lines(reader: type[Reader], source: Source) -> tuple[tuple[int, str], ...]:
    filled = [(number, line) for number, line in enumerate(_first_lines(reader, source)) if line.strip()]
    drawn = filled if len(filled) <= LINES else sorted(random.Random(1).sample(filled, LINES))
    return tuple((number, _cut(line, LONGEST_LINE)) for number, line in drawn)


def _first_lines(reader: type[Reader], source: Source) -> Iterator[str]:
    read = 0
    until = time.monotonic() + SECONDS
    for batch in reader.read(source):
        yield from itertools.islice(batch.text.split("\n"), batch.text.count("\n"))
        read += len(batch.text)
        if read > DRAWN_FROM or time.monotonic() > until:
            return


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
