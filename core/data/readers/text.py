"""Plain text: each line is a document."""

from collections.abc import Iterator

from core.data.reader import READERS, Batch, Columns, Reader
from core.data.source import Source

__all__ = ["Text"]

LONGEST = 1 << 25


@READERS.register
class Text(Reader):
    """Lines of text, whatever the file is called."""

    name = "text"
    title = "Plain text"
    summary = "Each line is a document; lines end with LF, CRLF or CR."
    endings = (".txt", ".text", ".log")

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
        held: list[str] = []
        length = 0
        for piece in source.pieces():
            cut = piece.rfind("\n") + 1
            if length > LONGEST and not cut:
                cut = piece.rfind(" ") + 1 or len(piece)
                piece = piece[:cut] + "\n" + piece[cut:]
                cut += 1
                source.notes.say(
                    f"{source.name} has a line of more than {LONGEST:,} characters; it was cut into several."
                )
            if cut:
                yield Batch("".join((*held, piece[:cut])))
                held, length = [], 0
            held.append(piece[cut:])
            length += len(piece) - cut
        last = "".join(held)
        if last:
            yield Batch(last + "\n")
