"""Word documents (DOCX): the text of `word/document.xml`, footnotes and endnotes behind it.

Read as a stream, because a library that builds the tree of a document loses text in tables, text boxes and inserted
passages, and because the file may be hostile. What a reader of the document sees as its text is text: not what tracked
changes deleted, nor comments, nor headers and footers, which repeat on every page.

Format: ECMA-376-1:2016 (Office Open XML), part 1, sections 17.3 and 17.4; ISO/IEC 29500 strict has other name spaces.
"""

import posixpath
from collections.abc import Iterator
from typing import Any

from core.data.flow import Flow
from core.data.office import Mark, Office, batches_of, columns_of, open_office, read_text
from core.data.reader import READERS, Batch, Columns, Reader
from core.data.source import Source
from core.errors import CorpusError

__all__ = ["Docx"]

MAIN = "word/document.xml"
WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
FORMULA = (
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
)
IN_WORD = {
    "p": Mark.PARAGRAPH,
    "t": Mark.TEXT,
    "tab": Mark.BLANK,
    "ptab": Mark.BLANK,
    "br": Mark.BLANK,
    "cr": Mark.BLANK,
    "noBreakHyphen": Mark.HYPHEN,
    "tr": Mark.ROW,
    "tc": Mark.CELL,
    "del": Mark.SKIP,
    "moveFrom": Mark.SKIP,
    # How an East Asian word is spoken, in small print above it.
    "rt": Mark.SKIP,
}
MARKS = {
    **{f"{space} {name}": mark for space in WORD for name, mark in IN_WORD.items()},
    **{f"{space} t": Mark.TEXT for space in FORMULA},
    # A text box comes twice, in a new form and in an old one.
    "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback": Mark.SKIP,
}
NOTES = ("/footnotes", "/endnotes")
OTHER_PROGRAMS = (
    ("ppt/", "a PowerPoint presentation; save it as PDF to read its text"),
    ("visio/", "a Visio drawing; save it as PDF to read its text"),
)


@READERS.register
class Docx(Reader):
    """Paragraphs, rows of tables and notes; headers, footers, comments and deleted text are left out."""

    name = "docx"
    title = "Word (DOCX)"
    summary = "Each paragraph and each row of a table is a document; headers, footers, comments, deleted text are not."
    unit = "paragraph"
    endings = (".docx", ".docm", ".dotx", ".dotm")
    binary = True

    @classmethod
    def likeness(cls, source: Source) -> float:
        """Certain by the names of its members: an Office package that is no table."""
        names = source.zip_names
        if "[Content_Types].xml" not in names:
            return 0.0
        return 0.0 if any(name.startswith("xl/") for name in names) else 1.0

    @classmethod
    def look(cls, source: Source, rows: int) -> Columns:
        """The first paragraphs."""
        flow = Flow()
        with open_office(source) as office:
            return columns_of(flow, _text(office, flow), rows)

    @classmethod
    def read(cls, source: Source) -> Iterator[Batch]:
        """All paragraphs and rows of tables, then the notes."""
        flow = Flow()
        with open_office(source) as office:
            yield from batches_of(flow, _text(office, flow))


def _text(office: Office, flow: Flow) -> Iterator[None]:
    main = next((part for kind, part in _relations(office, "") if kind.endswith("/officeDocument")), MAIN)
    if main not in office.names:
        for folder, what in OTHER_PROGRAMS:
            if any(name.startswith(folder) for name in office.names):
                raise CorpusError(f"{office.source.name} is {what}.")
        if office.source.ending not in Docx.endings:
            raise CorpusError(f"{office.source.name} is an Office file, but no Word document; save it as .docx or PDF.")
        raise office.damaged(f"it holds no Word document, {main[:80]}")
    yield from read_text(office, main, MARKS, flow)
    for kind, part in _relations(office, main):
        if kind.endswith(NOTES) and part in office.names:
            yield from read_text(office, part, MARKS, flow)


def _relations(office: Office, part: str) -> list[tuple[str, str]]:
    """What a part of the package refers to: the kind of relation and the name of the other part."""
    folder, name = posixpath.split(part)
    member = posixpath.join(folder, "_rels", f"{name}.rels")
    if member not in office.names:
        return []
    found: list[tuple[str, str]] = []

    def start(_: str, attributes: dict[str, str]) -> None:
        target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
        found.append((attributes.get("Type", ""), target.lstrip("/")))

    def prepare(parser: Any) -> None:
        parser.StartElementHandler = start

    for _ in office.parse(member, prepare):
        pass
    return found
