"""Tables as text: CSV with any of the usual delimiters, and TSV.

The delimiter is the one that gives all rows as many cells as the header has; a first line `sep=;` (Excel) names it.
Quotes are taken as RFC 4180 has them; in TSV only where cells are quoted throughout.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.data.reader import READERS, Batch, Columns, Reader, find_column, guess_column
from core.data.rows import MOST_KEPT, Rows, column_names
from core.data.source import Source, lines_of
from core.errors import CorpusError

__all__ = ["Csv"]

DELIMITERS = (",", "\t", ";", "|")
LOOKED_AT = 200
LONGEST_CELL = 1 << 27
# A row of its own behind the last line; where it ends up inside a cell, a quote was left open.
END = "\ue000end\ue000"
SEP_LINE = re.compile(r"sep=(.)\n")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the cells of one file are told apart."""

    delimiter: str
    quoted: bool
    lines_before: int
    columns: tuple[str, ...]


@READERS.register
class Csv(Reader):
    """A table whose rows are documents; one column holds the text, the others are kept beside it."""

    name = "csv"
    title = "CSV, TSV"
    summary = "Each row of a table is a document; the delimiter is found out, the text column named or guessed."
    has_columns = True
    unit = "row"
    endings = (".csv", ".tsv", ".tab")

    @classmethod
    def likeness(cls, source: Source) -> float:
        """Certain by its ending or a `sep=` line; likely where every row has the same cells under a header."""
        if source.ending in cls.endings or SEP_LINE.match(source.head):
            return 0.9
        dialect = _dialect(source)
        if source.options.column is not None and len(dialect.columns) > 1:
            return 0.6
        rows = list(_parse(_sample(source, dialect.lines_before), dialect))
        names = rows[0] if rows else []
        # Prose has a blank behind its commas, column names have not.
        named = len(names) > 1 and all(re.fullmatch(r"\w[\w .:/-]{0,40}", name) for name in names)
        enough = len(rows) > (2 if dialect.delimiter == "\t" else 9)
        return 0.7 if named and enough and all(len(row) == len(names) for row in rows) else 0.0

    @classmethod
    def look(cls, source: Source, rows: int) -> Columns:
        """Columns, the text column and the first rows."""
        dialect = _dialect(source)
        sample = _first_rows(source, dialect)
        text = _text_column(source, dialect, sample)
        width = len(dialect.columns)
        shown = tuple(tuple((*row, *[""] * (width - len(row)))[:width]) for row in sample[:rows])
        return Columns(dialect.columns, dialect.columns[text], shown)

    @classmethod
    def read(cls, source: Source) -> Iterator[Batch]:
        """The text cells of all rows below the header."""
        options, notes = source.options, source.notes
        dialect = _dialect(source)
        sample = _first_rows(source, dialect)
        names = dialect.columns
        text = _text_column(source, dialect, sample)
        label = None if options.label_column is None else find_column(names, options.label_column)
        if options.column is None and len(names) > 1:
            notes.say(
                f"Column “{names[text][:80]}” of {source.name} was taken for the text; name another if it is not."
            )
        if options.header and any(len(name) > 60 for name in names):
            notes.say(f"The first row of {source.name} was taken for column names; turn the header off if it is text.")
        others = [index for index in range(len(names)) if index not in (text, label)]
        rows = Rows(source, [names[index] for index in others[: MOST_KEPT + 1]], label is not None)
        del others[MOST_KEPT:]
        for line, row in _records(source, dialect):
            cell = _cell(row, text, line, dialect, source)
            kept = [row[index] for index in others if index < len(row)]
            rows.add(cell, row[label] if label is not None and label < len(row) else "", kept)
            if rows.full:
                yield rows.batch()
        if rows:
            yield rows.batch()


def _cell(row: Sequence[str], text: int, line: int, dialect: Dialect, source: Source) -> str:
    width = len(dialect.columns)
    if text >= len(row):
        source.notes.skip("too few cells", line)
        return ""
    if len(row) == width:
        return row[text]
    if len(row) > width and text == width - 1:
        # A delimiter that should have been quoted: the text goes on to the end of the row.
        if width > 1:
            source.notes.count("with a delimiter in the text that is not quoted", line)
        return dialect.delimiter.join(row[text:])
    source.notes.count("with more or fewer cells than the header", line)
    return row[text]


def _dialect(source: Source) -> Dialect:
    sep = SEP_LINE.match(source.head)
    lines_before = 1 if sep else 0
    sample = _sample(source, lines_before)
    delimiter = sep.group(1) if sep else _delimiter(sample, source.ending)
    quoted = delimiter != "\t" or _tabs_are_quoted(sample)
    dialect = Dialect(delimiter, quoted, lines_before, ())
    first = next((row for row in _parse(sample, dialect) if row), None)
    if first is None:
        raise CorpusError(f"{source.name} is empty: it has no rows and no text.")
    return Dialect(delimiter, quoted, lines_before, column_names(first, source.options.header))


def _sample(source: Source, lines_before: int) -> str:
    """The first lines of the table, whole ones where there are some below the header."""
    text = source.head.split("\n", lines_before)[-1]
    if not source.whole and text.count("\n") > 1:
        text = text[: text.rindex("\n") + 1]
    return text


def _delimiter(sample: str, ending: str) -> str:
    best = (0.0, 1, "\t" if ending in (".tsv", ".tab") else ",")
    for delimiter in DELIMITERS:
        widths = [len(row) for row in _parse(sample, Dialect(delimiter, delimiter != "\t", 0, ())) if row]
        if widths and widths[0] > 1:
            agree = widths.count(widths[0]) / len(widths)
            if (agree, widths[0]) > best[:2]:
                best = (agree, widths[0], delimiter)
    return best[2]


def _tabs_are_quoted(sample: str) -> bool:
    begun = [cell for line in sample.split("\n") for cell in line.split("\t") if cell.startswith('"')]
    return bool(begun) and all(len(cell) > 1 and cell.endswith('"') for cell in begun)


def _parse(sample: str, dialect: Dialect) -> Iterator[list[str]]:
    """The first rows of a sample; stops where the sample cuts a cell too large."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(
        io.StringIO(sample),
        delimiter=dialect.delimiter,
        quoting=csv.QUOTE_MINIMAL if dialect.quoted else csv.QUOTE_NONE,
    )
    try:
        for _, row in zip(range(LOOKED_AT), reader, strict=False):
            yield row
    except csv.Error:
        return


def _first_rows(source: Source, dialect: Dialect) -> list[list[str]]:
    rows = [row for row in _parse(_sample(source, dialect.lines_before), dialect) if row]
    return rows[1:] if source.options.header else rows


def _text_column(source: Source, dialect: Dialect, sample: Sequence[Sequence[str]]) -> int:
    if source.options.column is not None:
        return find_column(dialect.columns, source.options.column)
    if len(dialect.columns) == 1:
        return 0
    if not sample:
        raise CorpusError(
            f"{source.name} has no rows below its header, so no text; turn the header off if it has none."
        )
    return guess_column(dialect.columns, sample, source.name)


def _records(source: Source, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """All rows with the line of the file they begin on, blank ones left out."""
    csv.field_size_limit(LONGEST_CELL)

    def lines() -> Iterator[str]:
        for line in lines_of(source.pieces()):
            yield line + "\n"
        yield END

    feed = lines()
    for _ in range(dialect.lines_before):
        next(feed, None)
    reader = csv.reader(
        feed,
        delimiter=dialect.delimiter,
        quoting=csv.QUOTE_MINIMAL if dialect.quoted else csv.QUOTE_NONE,
    )
    begin = dialect.lines_before + 1
    header = source.options.header
    try:
        for row in reader:
            if row == [END]:
                return
            if row and END in row[-1]:
                raise CorpusError(
                    f'{source.name}, line {begin:,}: a quote (") is opened in this row and never closed, '
                    "so the rest of the file would be one cell; close or remove it."
                )
            if row:
                if header:
                    header = False
                else:
                    yield begin, row
            begin = dialect.lines_before + reader.line_num + 1
    except csv.Error as error:
        raise CorpusError(f"{source.name}, line {begin:,} cannot be read as a table row: {error}.") from None
