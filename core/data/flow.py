"""Running text on its way to documents: a paragraph, or a row of a table, becomes a document of one line."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from core.data.reader import Batch

__all__ = ["BATCH", "LONGEST", "Flow"]

BATCH = 1 << 20
#: Characters. No paragraph has more: a file of one element and no end would otherwise be one line in memory.
LONGEST = 1 << 20
MOST_CELLS = 10_000
BLANK_LINE = re.compile(r"\n\s*\n")


@dataclass(slots=True)
class _Row:
    """A row of a table, until it turns out to hold more than one paragraph in a cell."""

    cells: list[str] = field(default_factory=list)
    size: int = 0
    whole: bool = True


class Flow:
    """Puts running text together, in whatever mark-up it came.

    White space is one blank, as in print. A blank line (two line feeds) ends a paragraph. A row of a table is one
    document, its cells parted by tabs, where no cell holds more than one paragraph; in a table that only serves the
    layout, every paragraph is a document of its own.

    Args:
        finish: turns the text of a paragraph as it stands in the file into what is read.

    Attributes:
        finish: as given; may be changed between paragraphs.
        lines: documents that are complete.
        size: their characters.
        rows: rows of tables that are open, one inside the other.
    """

    def __init__(self, finish: Callable[[str], str] | None = None) -> None:
        self.finish = finish
        self.lines: list[str] = []
        self.size = 0
        self.rows: list[_Row] = []
        self._parts: list[str] = []
        self._length = 0
        self._outer: list[tuple[list[str], int]] = []

    def batch(self) -> Batch:
        """The documents that are complete, which are then forgotten."""
        batch = Batch("".join(f"{line}\n" for line in self.lines))
        self.lines, self.size = [], 0
        return batch

    def add(self, text: str) -> None:
        """Add text to the paragraph."""
        self._parts.append(text)
        self._length += len(text)
        if self._length > LONGEST:
            self._cut()

    def end_line(self) -> None:
        """End the paragraph, if there is one."""
        if not self._parts:
            return
        text = "".join(self._parts)
        self._parts.clear()
        self._length = 0
        if self.finish is not None:
            text = self.finish(text)
        for paragraph in BLANK_LINE.split(text) if "\n" in text else (text,):
            line = " ".join(paragraph.split())
            if line:
                self._give(line)

    def begin_paragraph(self) -> None:
        """Begin a paragraph, be it inside another one (a note, a text box) that goes on behind it."""
        self._outer.append((self._parts, self._length))
        self._parts, self._length = [], 0

    def end_paragraph(self) -> None:
        """End the innermost paragraph."""
        self.end_line()
        self._parts, self._length = self._outer.pop()

    def begin_row(self) -> None:
        """Begin a row of a table, be it inside a cell."""
        self.end_line()
        self.rows.append(_Row())

    def begin_cell(self) -> None:
        """Begin the next cell of the innermost row."""
        self.end_line()
        row = self.rows[-1]
        if row.whole:
            row.cells.append("")
            if len(row.cells) > MOST_CELLS:
                self._break_rows()

    def end_row(self) -> None:
        """End the innermost row."""
        self.end_line()
        row = self.rows.pop()
        line = "\t".join(filter(None, row.cells))
        if line:
            self._give(line)

    def end(self) -> None:
        """End all that is open."""
        self.end_line()
        while self._outer:
            self.end_paragraph()
        while self.rows:
            self.end_row()

    def _give(self, line: str) -> None:
        """A line is complete: it goes into its cell, if that is still empty, else to the documents."""
        if self.rows and self.rows[-1].whole:
            row = self.rows[-1]
            if not row.cells:
                row.cells.append("")
            row.size += len(line)
            if not row.cells[-1] and row.size <= LONGEST:
                row.cells[-1] = line
                return
            self._break_rows()
        self._out(line)

    def _break_rows(self) -> None:
        """Give up the open rows as lines: what they hold so far goes out, from the outermost one on."""
        broken = []
        for row in reversed(self.rows):
            if not row.whole:
                break  # and so are those around it
            row.whole = False
            broken.append(row)
        for row in reversed(broken):
            for cell in filter(None, row.cells):
                self._out(cell)
            row.cells.clear()

    def _out(self, line: str) -> None:
        self.lines.append(line)
        self.size += len(line) + 1

    def _cut(self) -> None:
        """Make documents of a paragraph without end, each cut at a blank if there is one."""
        text = "".join(self._parts)
        self._parts.clear()
        position = 0
        while len(text) - position > LONGEST:
            end = text.rfind(" ", position, position + LONGEST) + 1 or position + LONGEST
            self._parts.append(text[position:end])
            self.end_line()
            position = end
        self._parts.append(text[position:])
        self._length = len(text) - position
