"""Plain text: each line is a document."""

from collections.abc import Iterator

from core.data.reader import READERS, Batch, Columns, Reader
from core.data.source import Source

__all__ = ["Text"]


@READERS.register
class Text(Reader):
    """Lines of text, whatever the file is called."""

    name = "text"
    title = "Plain text"
    summary = "Each line is a document; lines end with LF, CRLF or CR."

    @classmethod
    def likeness(cls, source: Source) -> float:
        """Everything that is not binary may be plain text."""
        return 0.5

    @classmethod
    def look(cls, source: Source, rows: int) -> Columns:
        """The first lines that are not blank."""
        lines = [line for line in source.head.split("\n") if line.strip()]
        return Columns((), None, tuple((line,) for line in lines[:rows]))

    @classmethod
    def read(cls, source: Source) -> Iterator[Batch]:
        """The lines as they stand, blank ones too, so that line numbers are those of the file."""
        ended = True
        for piece in source.pieces():
            ended = piece.endswith("\n")
            yield Batch(piece)
        if not ended:
            yield Batch("\n")
