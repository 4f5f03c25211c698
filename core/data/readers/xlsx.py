"""Excel workbooks (XLSX): one sheet of them, as values; a formula counts as the value it was saved with."""

import contextlib
import datetime
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from core.data.reader import READERS, Batch, Columns, Reader, find_column, guess_column
from core.data.rows import MOST_KEPT, Rows, column_names
from core.data.source import Source
from core.data.zip_files import open_zip
from core.errors import CorpusError

__all__ = ["Xlsx"]

LOOKED_AT = 200
WORKBOOK, BINARY = "xl/workbook.xml", "xl/workbook.bin"


@READERS.register
class Xlsx(Reader):
    """A sheet whose rows are documents; one column holds the text, the others are kept beside it."""

    name = "xlsx"
    title = "Excel"
    summary = "Each row of a sheet is a document: the first sheet that has rows, unless another is named."
    has_columns = True
    unit = "row"
    endings = (".xlsx", ".xlsm", ".xltx", ".xltm")
    binary = True

    @classmethod
    def likeness(cls, source: Source) -> float:
        """Certain where a zip archive holds a workbook."""
        return 1.0 if source.zip_names & {WORKBOOK, BINARY} else 0.0

    @classmethod
    def look(cls, source: Source, rows: int) -> Columns:
        """The columns, the one with the text, and the first rows."""
        with _opened(source) as sheet:
            text = _text_column(source, sheet)
            width = len(sheet.names)
            shown = tuple(tuple((*row, *[""] * width)[:width]) for row in sheet.first[:rows])
        return Columns(sheet.names, sheet.names[text], shown)

    @classmethod
    def read(cls, source: Source) -> Iterator[Batch]:
        """The text cells of all rows below the header."""
        options, notes = source.options, source.notes
        with _opened(source) as sheet:
            names = sheet.names
            text = _text_column(source, sheet)
            label = None if options.label_column is None else find_column(names, options.label_column)
            if options.column is None and len(names) > 1:
                notes.say(
                    f"Column “{names[text][:80]}” of {source.name} was taken for the text; name another if it is not."
                )
            others = [place for place in range(len(names)) if place not in (text, label)]
            rows = Rows(source, [names[place] for place in others[: MOST_KEPT + 1]], label is not None, packed=True)
            del others[MOST_KEPT:]
            for number, row in enumerate(sheet.rows(), 1):
                if len(row) > len(names) and any(row[len(names) :]):
                    notes.count("with cells beside the columns, which are left out", number)
                cells = [row[place] for place in others if place < len(row)]
                rows.add(_at(row, text), "" if label is None else _at(row, label), cells)
                if rows.full:
                    yield rows.batch()
            if rows:
                yield rows.batch()


class _Sheet:
    """The rows of a sheet that are not blank, each as texts.

    Attributes:
        names: of its columns.
        first: the first rows below the header.
    """

    def __init__(self, rows: Iterator[list[str]], header: bool) -> None:
        begin = [row for row, _ in zip(rows, range(LOOKED_AT), strict=False)]
        self.names = column_names(begin[0], header) if begin else ()
        self.first = begin[1:] if header else begin
        self._rest = rows

    def rows(self) -> Iterator[list[str]]:
        """All rows below the header, once."""
        yield from self.first
        yield from self._rest


@contextlib.contextmanager
def _opened(source: Source) -> Iterator[_Sheet]:
    if BINARY in source.zip_names:
        raise CorpusError(f"{source.name} is a binary Excel workbook (xlsb); save it as xlsx.")
    with source.open() as file:
        with open_zip(file, source.name) as archive:
            # Members never unpack to more than they claim.
            source.take(sum(info.file_size for info in archive.infolist() if info.filename.endswith((".xml", ".rels"))))
        import openpyxl

        with warnings.catch_warnings():
            # Which charts, styles and extensions the library does not know is nothing to us.
            warnings.simplefilter("ignore")
            with _explained(source):
                book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            with contextlib.closing(book):
                yield _chosen(source, book)


@contextlib.contextmanager
def _explained(source: Source) -> Iterator[None]:
    try:
        yield
    except (CorpusError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 (a damaged workbook makes the library raise anything)
        raise CorpusError(
            f"{source.name} cannot be read as an Excel workbook, it may be damaged ({type(error).__name__})."
        ) from None


def _chosen(source: Source, book: Any) -> _Sheet:
    """The sheet that is named, else the first that has rows."""
    sheets = {str(sheet.title): sheet for sheet in book.worksheets}
    names = list(sheets)
    wanted = source.options.sheet
    if wanted is not None:
        names = [names[find_column(names, wanted, "sheet")]]
    for name in names:
        sheet = _Sheet(_rows_of(source, sheets[name]), source.options.header)
        if not sheet.names:
            continue
        others = [other for other in sheets if other != name]
        if others and wanted is None:
            some = ", ".join(f"“{other[:40]}”" for other in others[:5]) + (", …" if len(others) > 5 else "")
            source.notes.say(f"Sheet “{name[:40]}” of {source.name} was read, others were not: {some}.")
        if not sheet.first:
            break
        return sheet
    raise CorpusError(f"{source.name} is empty: its sheet has no rows, so no text; turn the header off if it has none.")


def _rows_of(source: Source, sheet: Any) -> Iterator[list[str]]:
    with _explained(source):
        # What a sheet claims about its size would make a row of thousands of cells of each.
        sheet.reset_dimensions()
        for cells in sheet.iter_rows(values_only=True):
            row = ["" if value is None else value if type(value) is str else _as_text(value) for value in cells]
            while row and not row[-1].strip():
                row.pop()
            if row:
                yield row


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return str(value.date() if value.time() == datetime.time() else value.isoformat(" ", "seconds"))
    return str(value)


def _text_column(source: Source, sheet: _Sheet) -> int:
    if source.options.column is not None:
        return find_column(sheet.names, source.options.column)
    return 0 if len(sheet.names) == 1 else guess_column(sheet.names, sheet.first, source.name)


def _at(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""
