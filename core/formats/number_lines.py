"""Words and numbers as text, a word a line: what word2vec's text format, fastText's .vec and GloVe's files share.

A line is split from the right by the number of dimensions, so that words may hold blanks. Numbers follow the strict
grammar that all programs share, not Python's (which takes `1_0` and full-width digits). Memory follows what was read,
never what a header claims. Large files go through a compiled loop; whatever it does not find plain, and every line of a
small file, is read carefully, and both give the same bits.
"""

import re
from array import array
from pathlib import Path
from typing import BinaryIO

import numpy as np

from core.errors import FormatError
from core.formats.format import MOST_DIMENSIONS
from core.formats.gathering import Words, space_of
from core.formats.words import BLANKS, without
from core.space import EmbeddingSpace, FloatMatrix

__all__ = ["HEADER", "first_line", "is_text", "numbers_at_end", "read_number_lines", "write_number_lines"]

BOM = b"\xef\xbb\xbf"
HEADER = re.compile(rb"[+-]?\d+[ \t]+[+-]?\d+")
NUMBER = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f]")
NUMERIC = b"0123456789+-.eE"
GAPS = re.compile(rb"[ \t]+")
LONGEST_LINE = 100 * MOST_DIMENSIONS  # bytes
BLOCK = 1 << 22  # bytes
ROWS = 1_000  # written at a time
WORTHWHILE = 50_000_000  # bytes from which on the compiled loop has made up for the second that it takes to load


def read_number_lines(path: Path, headed: bool, compiled: bool | None = None) -> EmbeddingSpace:
    """Read a file of words and numbers.

    Args:
        path: the file.
        headed: whether the first line may be a header with count and dimensions.
        compiled: whether to use the compiled loop; None decides by the size.

    Raises:
        FormatError: a line cannot be read, and which; or lines are missing.
    """
    reader = _Reader(path.name, headed, path.stat().st_size >= WORTHWHILE if compiled is None else compiled)
    rest = b""
    with path.open("rb") as file:
        while data := file.read(BLOCK):
            data = rest + data
            cut = data.rfind(b"\n") + 1
            reader.take(data[:cut])
            rest = data[cut:]
            if len(rest) > LONGEST_LINE:
                raise reader.error(reader.line + 1, f"is longer than {LONGEST_LINE:,} bytes")
    if rest:
        reader.take(rest + b"\n")
    return reader.space()


def write_number_lines(space: EmbeddingSpace, file: BinaryIO) -> tuple[str, ...]:
    """Write a line for each word, numbers with the nine digits that give every float32 back exactly.

    Returns:
        What had to be changed, as sentences.
    """
    words, warnings = without(BLANKS, space.keys, "_")
    line = "%s " + " ".join(["%.9g"] * space.dimensions) + "\n"
    for start in range(0, len(words), ROWS):
        block = zip(words[start : start + ROWS], space.vectors[start : start + ROWS].tolist(), strict=True)
        file.write("".join([line % (word, *row) for word, row in block]).encode("utf-8"))
    return warnings


def is_text(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a text: of binary numbers every tenth byte is a control."""
    return len(CONTROLS.findall(head)) <= len(head) / 200


def first_line(head: bytes) -> bytes:
    """The first line of a file, without its end and without what may stand before it and after it."""
    return head.removeprefix(BOM).partition(b"\n")[0].rstrip(b" \t\r")


def numbers_at_end(line: bytes) -> int:
    """How many numbers stand at the end of a line, its first word not counted, whatever it looks like."""
    parts = GAPS.split(line)
    count = 0
    while count < len(parts) - 1 and NUMBER.fullmatch(parts[-1 - count]):
        count += 1
    return count


class _Reader:
    """Gathers words and numbers, some whole lines at a time."""

    def __init__(self, name: str, headed: bool, compiled: bool) -> None:
        self.name = name
        self.headed = headed
        self.compiled = compiled
        self.claimed: int | None = None
        self.dimensions = 0
        self.line = 0
        self.words = Words()
        self.values = array("f")

    def take(self, data: bytes) -> None:
        """Take some lines, each with its end."""
        start = 0
        while not self.dimensions and start < len(data):
            end = data.index(b"\n", start)
            self.begin(data[start:end])
            start = end + 1
        data = data[start:]
        # A plain line has two bytes for each number at least: no room is made for rows that cannot be there.
        lines = data.count(b"\n") if self.compiled else 0
        if 0 < 2 * self.dimensions * lines <= len(data):
            self.take_compiled(data, lines)
        else:
            for line in data[:-1].split(b"\n") if data else ():
                self.line += 1
                self.keep(self.row(line))

    def begin(self, line: bytes) -> None:
        """Take a line before the number of dimensions is known: the header, or the first word."""
        self.line += 1
        line = line.removeprefix(BOM) if self.line == 1 else line
        stripped = line.rstrip(b" \t\r")
        if self.headed and self.line == 1 and HEADER.fullmatch(stripped):
            self.take_header(stripped)
        elif stripped:
            self.dimensions = numbers_at_end(stripped)
            if self.dimensions < 2:
                raise self.error(self.line, "is neither a header (count and dimensions) nor a word with its numbers")
            if self.dimensions > MOST_DIMENSIONS:
                raise self.error(self.line, f"has {self.dimensions:,} columns; dimensions go up to {MOST_DIMENSIONS:,}")
            self.keep(self.row(line))

    def take_header(self, line: bytes) -> None:
        texts = line.split()
        if max(map(len, texts)) > 12:
            raise self.error(1, "is a header with numbers too large for any file")
        self.claimed, self.dimensions = (int(text) for text in texts)
        if self.claimed < 0 or not 0 < self.dimensions <= MOST_DIMENSIONS:
            raise self.error(
                1,
                f"is a header with count {self.claimed:,} and dimension {self.dimensions:,}; the count cannot be "
                f"negative, and dimensions go from 1 to {MOST_DIMENSIONS:,}",
            )

    def take_compiled(self, data: bytes, lines: int) -> None:
        """The same as `row` for each line, by the compiled loop where it can."""
        from core.kernels.number_lines import PLAIN, read_lines

        ends, word_ends = np.empty(lines, np.int64), np.empty(lines, np.int64)
        kinds = np.empty(lines, np.uint8)
        values = np.empty((lines, self.dimensions), np.float32)
        read_lines(np.frombuffer(data, np.uint8), self.dimensions, ends, word_ends, kinds, values)
        kept, start = np.ones(lines, np.bool_), 0
        for at, (end, word_end) in enumerate(zip(ends.tolist(), word_ends.tolist(), strict=True)):
            self.line += 1
            if kinds[at] == PLAIN and end - start <= LONGEST_LINE:
                self.words.add(data[start:word_end])
            else:
                row = self.row(data[start:end])
                kept[at] = row is not None
                values[at] = 0 if row is None else row
            start = end + 1
        self.keep(values if kept.all() else values[kept])

    def keep(self, values: FloatMatrix | None) -> None:
        if values is not None:
            self.values.frombytes(values.tobytes())

    def row(self, line: bytes) -> FloatMatrix | None:
        """Keep the word of a line and give back its numbers, shape `(dimensions,)`; None for an empty line."""
        line = line.rstrip(b" \t\r")
        if not line:
            return None
        if len(line) > LONGEST_LINE:
            raise self.error(self.line, f"is longer than {LONGEST_LINE:,} bytes")
        parts = line.split(b" ")
        if b"\t" in line or b"" in parts[-self.dimensions :]:
            parts = GAPS.split(line)
        if len(parts) <= self.dimensions:
            found = len(parts) - 1
            raise self.error(
                self.line, f"has a word and {found:,} numbers, where {self.dimensions:,} numbers are needed"
            )
        head, tail = parts[: -self.dimensions], parts[-self.dimensions :]
        if len(head) > 1 and NUMBER.fullmatch(head[-1]):
            raise self.error(self.line, f"has more numbers than {self.dimensions:,}, which the lines before it have")
        values = self.numbers(tail)
        word = b" ".join(head).strip(b" ")
        if not word:
            raise self.error(self.line, "has no word before its numbers")
        self.words.add(word)
        return values

    def numbers(self, texts: list[bytes]) -> FloatMatrix:
        try:
            if b"".join(texts).translate(None, NUMERIC):
                raise ValueError
            values = np.array(texts, dtype=np.float64)
        except ValueError:
            bad = next(text for text in texts if not NUMBER.fullmatch(text))
            raise self.error(
                self.line, f"has “{bad[:40].decode('utf-8', 'replace')}” where a number is needed"
            ) from None
        with np.errstate(over="ignore"):
            rounded = values.astype(np.float32)
        if not np.isfinite(rounded).all():
            raise self.error(self.line, "holds a number too large for float32 (not finite)")
        return rounded

    def space(self) -> EmbeddingSpace:
        """What was read.

        Raises:
            FormatError: nothing, or less than the header claims.
        """
        words, held = self.words.words, len(self.words.words)
        vectors = np.frombuffer(self.values, np.float32).reshape(held, self.dimensions) if held else np.empty((0, 1))
        # Published files were seen that hold one row fewer than they say; with more missing, it was cut.
        if held and self.claimed is not None and self.claimed > held + 1:
            raise FormatError(
                f"{self.name} is damaged or truncated: its header claims {self.claimed:,} words, "
                f"the file holds {held:,}."
            )
        told = self.words.notes()
        if self.claimed is not None and self.claimed != held:
            told.insert(0, f"The header says {self.claimed:,} words, the file holds {held:,}; all are read.")
        return space_of(self.name, words, vectors.astype(np.float32, copy=False), None, told)

    def error(self, number: int, what: str) -> FormatError:
        return FormatError(f"{self.name}, line {number:,} {what}.")
