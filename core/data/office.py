"""What Word and LibreOffice write, a zip of XML files, read as a stream: no tree, no entities, every byte counted."""

import contextlib
import zipfile
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any
from xml.parsers import expat

from core.data.flow import BATCH, Flow
from core.data.reader import Batch, Columns
from core.data.source import Source
from core.data.zip_files import open_zip, pieces_of
from core.errors import CorpusError

__all__ = ["Mark", "Office", "batches_of", "columns_of", "open_office", "read_text"]

#: Elements inside one another; a table in a table in a text box has some fifty.
DEEPEST = 1_000
#: Bytes that no event came out of: a tag or an attribute without end, which the parser would keep in memory.
LONGEST_TAG = 1 << 24
PIECE = 1 << 16


class Mark(Enum):
    """What an element means to running text; those without a meaning are passed through."""

    PARAGRAPH = "its text is a document"
    TEXT = "its text belongs to the paragraph, where not all text does"
    BLANK = "stands for a blank"
    HYPHEN = "stands for a hyphen"
    ROW = "a row of a table"
    CELL = "a cell of a table"
    SKIP = "no text of the document, with all that is in it"


class Office:
    """An open package.

    Args:
        source: the file.
        archive: its members.
    """

    def __init__(self, source: Source, archive: zipfile.ZipFile) -> None:
        self.source = source
        self.names = frozenset(archive.namelist())
        self._archive = archive

    def bytes_of(self, member: str) -> Iterator[bytes]:
        """The bytes of a member, counted before the first of them is unpacked."""
        info = self._archive.getinfo(member)
        self.source.take(info.file_size)
        yield from pieces_of(self._archive, info, self.source.name)

    def parse(self, member: str, prepare: Callable[[Any], object]) -> Iterator[None]:
        """Parse a member, and come back after every 64 kB of it.

        Args:
            member: name of an XML file in the package.
            prepare: gives the parser its handlers; names come with their name space and a blank before them.

        Raises:
            CorpusError: it is no XML, or such as no program writes.
        """
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.buffer_size = PIECE
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        prepare(parser)
        parsed = 0
        try:
            for piece in self.bytes_of(member):
                for start in range(0, len(piece), PIECE):
                    parser.Parse(piece[start : start + PIECE], False)
                    parsed += PIECE
                    if parsed - parser.CurrentByteIndex > LONGEST_TAG:
                        raise self.damaged(f"{member} holds a tag without end")
                    yield
            parser.Parse(b"", True)
            yield
        except expat.ExpatError as error:
            raise self.damaged(f"{member} is no valid XML: {expat.ErrorString(error.code)}") from None

    def damaged(self, why: str) -> CorpusError:
        """The error that says so."""
        return CorpusError(f"{self.source.name} is damaged ({why}); open it in its program and save it again.")

    def _refuse_doctype(self, *_: object) -> None:
        raise CorpusError(
            f"{self.source.name} declares XML entities (a DOCTYPE), which no word processor writes and which can "
            "blow up or fetch other files; it is not read."
        )


@contextlib.contextmanager
def open_office(source: Source) -> Iterator[Office]:
    """Open the package.

    Raises:
        UnpackError: it is damaged.
    """
    with source.open() as file, open_zip(file, source.name) as archive:
        yield Office(source, archive)


def batches_of(flow: Flow, parsing: Iterator[None]) -> Iterator[Batch]:
    """What a parsing brings, a batch at a time."""
    for _ in parsing:
        if flow.size > BATCH:
            yield flow.batch()
    flow.end()
    if flow.lines:
        yield flow.batch()


def columns_of(flow: Flow, parsing: Iterator[None], rows: int) -> Columns:
    """The first paragraphs that a parsing brings, as a reader's `look` shows them."""
    for _ in parsing:
        if len(flow.lines) >= rows:
            break
    else:
        flow.end()
    return Columns((), None, tuple((line,) for line in flow.lines[:rows]))


def read_text(
    office: Office, member: str, marks: Mapping[str, Mark], flow: Flow, all_text: bool = False
) -> Iterator[None]:
    """Let the text of a member flow.

    Args:
        office: the package.
        member: name of an XML file in it.
        marks: what elements mean, by their name space, a blank and their name.
        flow: takes the text.
        all_text: whether everything inside a paragraph is text, not only what stands in elements marked as text.
    """
    yield from office.parse(member, lambda parser: _Handlers(office, parser, marks, flow, all_text))


class _Handlers:
    """What the parser calls at each tag."""

    def __init__(self, office: Office, parser: Any, marks: Mapping[str, Mark], flow: Flow, all_text: bool) -> None:
        self.office, self.parser, self.marks, self.flow, self.all_text = office, parser, marks, flow, all_text
        self.depth = self.skipped = self.paragraphs = 0
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end

    def start(self, name: str, _: object) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.office.damaged(f"more than {DEEPEST:,} elements inside one another")
        mark = self.marks.get(name)
        if mark is None or self.skipped:
            return
        if mark is Mark.TEXT:
            self.parser.CharacterDataHandler = self.flow.add
        elif mark is Mark.PARAGRAPH:
            self.flow.begin_paragraph()
            self.paragraphs += 1
            self._listen(self.all_text)
        elif mark is Mark.SKIP:
            self.skipped = self.depth
            self._listen(False)
        elif mark is Mark.ROW:
            self.flow.begin_row()
        elif mark is Mark.CELL:
            if self.flow.rows:
                self.flow.begin_cell()
        else:
            self.flow.add("-" if mark is Mark.HYPHEN else " ")

    def end(self, name: str) -> None:
        depth = self.depth
        self.depth -= 1
        mark = self.marks.get(name)
        if mark is None:
            return
        if self.skipped:
            if self.skipped == depth:
                self.skipped = 0
                self._listen(self.all_text and self.paragraphs > 0)
        elif mark is Mark.TEXT:
            self._listen(False)
        elif mark is Mark.PARAGRAPH:
            self.flow.end_paragraph()
            self.paragraphs -= 1
            self._listen(self.all_text and self.paragraphs > 0)
        elif mark is Mark.ROW:
            self.flow.end_row()

    def _listen(self, on: bool) -> None:
        self.parser.CharacterDataHandler = self.flow.add if on else None
