"""Parquet: a table by columns, of which only those that are kept are read, some rows at a time.

What a file claims about itself is checked before anything is unpacked; what then still fills the memory ends with the
process that reads it.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from core.data.reader import READERS, Batch, Columns, Reader, find_column, guess_column, one_line
from core.data.rows import MOST_KEPT, Rows, column_names
from core.data.source import Source
from core.errors import CorpusError

__all__ = ["Parquet"]

LOOKED_AT = 200
#: Bytes of one cell, on average over a part of the file.
LARGEST_CELL = 1 << 26
MOST_ROWS = 50_000_000
BATCH = 1 << 20
BUFFER = 1 << 16
#: What a cell is taken for whose size nothing tells.
UNKNOWN = 1 << 22
MAGIC = (b"PAR1", b"PARE")


@READERS.register
class Parquet(Reader):
    """A table whose rows are documents; one column holds the text, the others are kept beside it."""

    name = "parquet"
    title = "Parquet"
    summary = "Each row of a table is a document; columns of text and numbers are kept, nested and binary ones are not."
    has_columns = True
    unit = "row"
    endings = (".parquet", ".pq")
    binary = True

    @classmethod
    def likeness(cls, source: Source) -> float:
        """Certain by the first four bytes."""
        return 1.0 if source.head_bytes.startswith(MAGIC) else 0.0

    @classmethod
    def look(cls, source: Source, rows: int) -> Columns:
        """The columns, the one with the text, and the first rows."""
        with _opened(source) as table:
            text = _text_column(source, table)
            names = table.names
            places = [place for place in range(len(names)) if table.kept(place) or place == text][:MOST_KEPT]
            cells = dict(zip(places, zip(*table.first(places, rows), strict=True), strict=False))
        blank = ("",) * rows
        shown = [[one_line(cell) for cell in cells.get(place, blank)] for place in range(len(names))]
        count = len(next(iter(cells.values()), ()))
        return Columns(names, names[text], tuple(tuple(column[row] for column in shown) for row in range(count)))

    @classmethod
    def read(cls, source: Source) -> Iterator[Batch]:
        """The text cells of all rows."""
        options, notes = source.options, source.notes
        with _opened(source) as table:
            names = table.names
            text = _text_column(source, table)
            label = None if options.label_column is None else find_column(names, options.label_column)
            if options.column is None and len(names) > 1:
                notes.say(
                    f"Column “{names[text][:80]}” of {source.name} was taken for the text; name another if it is not."
                )
            others = [place for place in range(len(names)) if place not in (text, label)]
            left_out = [names[place] for place in others if not table.kept(place)]
            if left_out:
                some = ", ".join(f"“{name[:40]}”" for name in left_out[:5]) + (", …" if len(left_out) > 5 else "")
                notes.say(f"Nested or binary columns of {source.name} are not kept beside the text: {some}.")
            kept = [place for place in others if table.kept(place)]
            rows = Rows(source, [names[place] for place in kept[: MOST_KEPT + 1]], label is not None, packed=True)
            read = [text, *([] if label is None else [label]), *kept[:MOST_KEPT]]
            for number, cells in enumerate(table.rows(read), 1):
                if not cells[0].strip():
                    notes.count("without text", number)
                elif "\ufffd" in cells[0]:
                    notes.count("with characters that are invalid and were replaced by “\ufffd”", number)
                rows.add(cells[0], cells[1] if label is not None else "", cells[1 if label is None else 2 :])
                if rows.full:
                    yield rows.batch()
            if rows:
                yield rows.batch()


class _Table:
    """A Parquet file that was opened, its columns as text."""

    def __init__(self, file: Any, source: Source) -> None:
        self._file, self._name, self._again = file, source.name, source.content.open
        self.schema = file.schema_arrow
        self.names = column_names(self.schema.names, True)
        if file.metadata.num_rows > MOST_ROWS:
            raise CorpusError(f"{source.name} claims {file.metadata.num_rows:,} rows, the limit is {MOST_ROWS:,}.")

    def is_text(self, place: int) -> bool:
        """Whether a column may hold text: strings, bytes that are strings, or lists of strings."""
        import pyarrow.types as types

        kind = self.schema.types[place]
        if types.is_dictionary(kind):
            kind = kind.value_type
        if types.is_list(kind) or types.is_large_list(kind):
            kind = kind.value_type
        return _is_string(kind) or types.is_binary(kind) or types.is_large_binary(kind)

    def kept(self, place: int) -> bool:
        """Whether a column is kept beside the text: one of strings, numbers, dates or truth values."""
        import pyarrow.types as types

        kind = self.schema.types[place]
        if types.is_dictionary(kind):
            kind = kind.value_type
        return _is_string(kind) or types.is_primitive(kind) or types.is_decimal(kind) or types.is_null(kind)

    def first(self, places: Sequence[int], count: int) -> list[list[str]]:
        """The cells of the first rows."""
        return [cells for cells, _ in zip(self.rows(places, count), range(count), strict=False)]

    def rows(self, places: Sequence[int], most: int = 4096) -> Iterator[list[str]]:
        """The cells of all rows, in the order of `places`; nothing for what is not there."""
        if not places:
            return
        names = self.schema.names
        wanted = sorted({names[place] for place in places})
        for part in range(self._file.metadata.num_row_groups):
            count = min(most, self._rows_at_once(part, places))
            for batch in self._file.iter_batches(count, row_groups=[part], columns=wanted, use_threads=False):
                # Columns of one name are read together, in their order.
                found = [batch.schema.get_all_field_indices(names[p])[names[:p].count(names[p])] for p in places]
                yield from map(list, zip(*(_cells(batch.column(index)) for index in found), strict=True))

    def _rows_at_once(self, part: int, places: Sequence[int]) -> int:
        """As many rows as fit into memory, whatever is in them; refuses claims beyond reason."""
        group = self._file.metadata.row_group(part)
        columns = {self.schema.names[place]: self.schema.types[place] for place in places}
        size = longest = 0
        for index in range(group.num_columns):
            chunk = group.column(index)
            name = chunk.path_in_schema
            name = name if name in columns else name.split(".")[0]
            if name not in columns:
                continue
            size += chunk.total_uncompressed_size
            longest += self._longest(chunk, columns[name])
            if chunk.total_uncompressed_size > LARGEST_CELL * max(1, group.num_rows):
                raise CorpusError(
                    f"{self._name} has cells too large to read: {chunk.total_uncompressed_size / 1e6:,.0f} MB in "
                    f"{group.num_rows:,} rows, and the limit is {LARGEST_CELL // 10**6} MB a cell."
                )
        by_mean = int(BATCH * max(1, group.num_rows) // max(1, size))
        return max(1, min(max(16, by_mean), LARGEST_CELL // max(1, longest)))

    def _longest(self, chunk: Any, kind: Any) -> int:
        """The bytes of the longest cell that may stand in many rows though the file holds it once."""
        import pyarrow.types as types

        if types.is_dictionary(kind) or chunk.physical_type != "BYTE_ARRAY":
            return 0
        if chunk.has_dictionary_page:
            with self._again() as file:
                file.seek(chunk.dictionary_page_offset)
                return _page_size(file.read(32))
        # Here a cell is written as what it has more than the one before it.
        return UNKNOWN if "DELTA_BYTE_ARRAY" in chunk.encodings else 0


@contextlib.contextmanager
def _opened(source: Source) -> Iterator[_Table]:
    import pyarrow
    import pyarrow.parquet

    if source.head_bytes.startswith(b"PARE"):
        raise CorpusError(f"{source.name} is an encrypted Parquet file; save it without encryption.")
    with source.open() as file:
        try:
            with pyarrow.parquet.ParquetFile(file, pre_buffer=False, buffer_size=BUFFER) as opened:
                if not opened.metadata.num_rows:
                    raise CorpusError(f"{source.name} is empty: it has no rows and no text.")
                yield _Table(opened, source)
        except MemoryError:
            raise
        except (pyarrow.ArrowException, OSError) as error:
            why = " ".join(str(error).split()).split(". ")[0].rstrip(".")[:200]
            raise CorpusError(f"{source.name} cannot be read as a Parquet file, it may be damaged ({why}).") from None


def _text_column(source: Source, table: _Table) -> int:
    if source.options.column is not None:
        place = find_column(table.names, source.options.column)
        if not table.is_text(place) and not table.kept(place):
            kind = str(table.schema.types[place])[:80]
            raise CorpusError(f"Column “{table.names[place][:80]}” of {source.name} holds {kind}, which is no text.")
        return place
    texts = [place for place in range(len(table.names)) if table.is_text(place)]
    # Bytes are strings only where nothing else is: more often they are images.
    texts = ([place for place in texts if table.kept(place)] or texts)[:MOST_KEPT]
    if texts and len(table.names) == 1:
        return 0
    names = [table.names[place] for place in texts]
    return texts[guess_column(names, table.first(texts, LOOKED_AT), source.name)]


def _is_string(kind: Any) -> bool:
    import pyarrow.types as types

    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _cells(column: Any) -> list[str]:
    """A column's cells as text; nothing for what is missing."""
    import pyarrow
    import pyarrow.types as types

    kind = column.type
    if types.is_dictionary(kind):
        words = _cells(column.dictionary)
        return ["" if index is None else words[index] for index in column.indices.to_pylist()]
    if not _is_string(kind) and (types.is_primitive(kind) or types.is_decimal(kind)):
        with contextlib.suppress(pyarrow.ArrowException):
            column = column.cast(pyarrow.string())
    try:
        values = column.to_pylist()
    except UnicodeDecodeError:
        values = column.cast(pyarrow.binary()).to_pylist()
    return [value if type(value) is str else _as_text(value) for value in values]


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return " ".join(map(_as_text, value)) if isinstance(value, list) else str(value)


def _page_size(header: bytes) -> int:
    """Bytes of a page when it is unpacked: the second number of its header, in Thrift's compact form."""
    position = 0
    size = UNKNOWN
    for _ in range(2):
        if header[position : position + 1] != b"\x15":
            return UNKNOWN
        size = shift = 0
        while True:
            position += 1
            if position == len(header):
                return UNKNOWN
            size |= (header[position] & 0x7F) << shift
            shift += 7
            if header[position] < 0x80:
                break
        position += 1
    return size >> 1
