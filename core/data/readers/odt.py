"""OpenDocument texts (ODT), as LibreOffice writes them: the text of `content.xml`.

What a reader of the document sees as its text is text: not what tracked changes deleted, nor comments; headers and
footers stand in another file. A footnote is a paragraph of its own before the one it belongs to.

Format: OASIS OpenDocument 1.3, part 3, sections 5 to 9.
"""

from collections.abc import Iterator

from core.data.flow import Flow
from core.data.office import Mark, Office, batches_of, columns_of, open_office, read_text
from core.data.reader import READERS, Batch, Columns, Reader
from core.data.source import Source
from core.errors import CorpusError

__all__ = ["Odt"]

CONTENT, MANIFEST = "content.xml", "META-INF/manifest.xml"
KIND = b"application/vnd.oasis.opendocument."
TEXT = ("text", "text-template", "text-master", "text-web")
OTHER_PROGRAMS = {
    "spreadsheet": "a spreadsheet of LibreOffice (ODS); save it as .xlsx or .csv",
    "presentation": "a presentation of LibreOffice (ODP); save it as PDF to read its text",
}
SPACE = "urn:oasis:names:tc:opendocument:xmlns:"
MARKS = {
    f"{SPACE}text:1.0 p": Mark.PARAGRAPH,
    f"{SPACE}text:1.0 h": Mark.PARAGRAPH,
    f"{SPACE}text:1.0 s": Mark.BLANK,
    f"{SPACE}text:1.0 tab": Mark.BLANK,
    f"{SPACE}text:1.0 line-break": Mark.BLANK,
    f"{SPACE}table:1.0 table-row": Mark.ROW,
    f"{SPACE}table:1.0 table-cell": Mark.CELL,
    f"{SPACE}text:1.0 tracked-changes": Mark.SKIP,
    f"{SPACE}text:1.0 note-citation": Mark.SKIP,
    f"{SPACE}text:1.0 ruby-text": Mark.SKIP,
    f"{SPACE}text:1.0 script": Mark.SKIP,
    f"{SPACE}office:1.0 annotation": Mark.SKIP,
    f"{SPACE}office:1.0 binary-data": Mark.SKIP,
    # Names and descriptions of pictures.
    f"{SPACE}svg-compatible:1.0 title": Mark.SKIP,
    f"{SPACE}svg-compatible:1.0 desc": Mark.SKIP,
}


@READERS.register
class Odt(Reader):
    """Paragraphs, headings, rows of tables and notes; headers, footers, comments and deleted text are left out."""

    name = "odt"
    title = "OpenDocument (ODT)"
    summary = "Each paragraph and each row of a table is a document; headers, footers, comments, deleted text are not."
    unit = "paragraph"
    endings = (".odt", ".ott", ".odm")
    binary = True

    @classmethod
    def likeness(cls, source: Source) -> float:
        """Certain by its members: the kind of the package, and the content."""
        if "mimetype" not in source.zip_names:
            return 0.0
        # The kind stands uncompressed at the beginning, so that it can be seen.
        return 1.0 if KIND in source.head_bytes[:200] or CONTENT in source.zip_names else 0.0

    @classmethod
    def look(cls, source: Source, rows: int) -> Columns:
        """The first paragraphs."""
        flow = Flow()
        with open_office(source) as office:
            return columns_of(flow, _text(office, flow), rows)

    @classmethod
    def read(cls, source: Source) -> Iterator[Batch]:
        """All paragraphs, headings, notes and rows of tables."""
        flow = Flow()
        with open_office(source) as office:
            yield from batches_of(flow, _text(office, flow))


def _text(office: Office, flow: Flow) -> Iterator[None]:
    name = office.source.name
    kind = b"".join(office.bytes_of("mimetype")).strip().removeprefix(KIND).decode("ascii", "replace")
    if kind not in TEXT:
        what = OTHER_PROGRAMS.get(kind.removesuffix("-template"), "an OpenDocument file of another kind than text")
        raise CorpusError(f"{name} is {what}.")
    if MANIFEST in office.names and b"encryption-data" in b"".join(office.bytes_of(MANIFEST)):
        raise CorpusError(f"{name} is protected by a password; open it in LibreOffice and save it without one.")
    if CONTENT not in office.names:
        raise office.damaged(f"it holds no {CONTENT}")
    yield from read_text(office, CONTENT, MARKS, flow, all_text=True)
