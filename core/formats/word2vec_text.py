"""word2vec's text format: a line with count and dimensions, then one word and its numbers a line.

    2 3
    king 0.5 0.25 -0.125
    queen 0.5 0.5 -0.25

Numbers are written with nine digits, which give every float32 back exactly. A word with a blank cannot be written: a
blank ends it. Files without the first line (GloVe) are read too; words are then split off from the right, so that
they may hold blanks. Numbers follow the strict grammar that all programs share, not Python's (which takes `1_0` and
full-width digits).
"""

import re
from array import array
from pathlib import Path
from typing import BinaryIO, ClassVar

import numpy as np

from core.errors import FormatError
from core.formats.format import FORMATS, MOST_DIMENSIONS, WARNINGS, Format
from core.formats.words import BLANKS, first_of_each, without
from core.space import EmbeddingSpace

__all__ = ["Word2vecText"]

HEADER = re.compile(rb"[+-]?\d+[ \t]+[+-]?\d+")
NUMBER = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
NUMERIC = b"0123456789+-.eE \t"
LONGEST_LINE = 100 * MOST_DIMENSIONS  # bytes
BLOCK = 1_000  # rows written at a time


@FORMATS.register
class Word2vecText(Format):
    """Words and numbers as text."""

    name: ClassVar[str] = "word2vec_text"
    title: ClassVar[str] = "word2vec text"
    summary: ClassVar[str] = "Read by nearly every program, and by eye. Loses counts; blanks in words become “_”."
    suffix: ClassVar[str] = ".vec"
    lossless: ClassVar[bool] = False
    readable: ClassVar[bool] = True

    def snippet(self, path: str) -> str:
        """The lines of Python that load the file."""
        return (
            "from gensim.models import KeyedVectors\n"
            f"vectors = KeyedVectors.load_word2vec_format({path!r})\n"
            f"vectors.most_similar(vectors.index_to_key[0])"
        )

    def _write(self, space: EmbeddingSpace, file: BinaryIO) -> tuple[str, ...]:
        words, warnings = without(BLANKS, space.keys, "_")
        file.write(f"{len(words)} {space.dimensions}\n".encode())
        line = "%s " + " ".join(["%.9g"] * space.dimensions) + "\n"
        for start in range(0, len(words), BLOCK):
            block = zip(words[start : start + BLOCK], space.vectors[start : start + BLOCK].tolist(), strict=True)
            file.write("".join([line % (word, *row) for word, row in block]).encode("utf-8"))
        return warnings

    def _read(self, path: Path) -> EmbeddingSpace:
        with path.open("rb") as file:
            reader = _Reader(path.name)
            number = 0
            while line := file.readline(LONGEST_LINE):
                number += 1
                if len(line) == LONGEST_LINE:
                    raise FormatError(f"{path.name}, line {number:,}: longer than {LONGEST_LINE:,} bytes.")
                reader.take(number, line)
        return reader.space()


class _Reader:
    """Gathers words and numbers line by line; memory follows what was read, never what the header claims."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.claimed: int | None = None
        self.dimensions = 0
        self.words: list[str] = []
        self.values = array("f")
        self.mended = 0

    def take(self, number: int, line: bytes) -> None:
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        line = line.rstrip(b" \t\r\n")
        if number == 1 and HEADER.fullmatch(line):
            self.header(line)
            return
        if not line.strip():
            return
        if not self.dimensions:
            self.dimensions = self.columns(number, line)
        parts = re.split(rb"[ \t]+", line) if b"\t" in line else line.split(b" ")
        if len(parts) <= self.dimensions:
            got = len(parts) - 1
            raise self.error(number, f"has {got:,} numbers where {self.dimensions:,} are needed")
        head, tail = parts[: -self.dimensions], parts[-self.dimensions :]
        if len(head) > 1 and NUMBER.fullmatch(head[-1]):
            raise self.error(number, f"has more numbers than {self.dimensions:,}, which the lines before it have")
        self.row(number, tail)
        word = b" ".join(head)
        if not word:
            raise self.error(number, "has no word before its numbers")
        text = word.decode("utf-8", "replace")
        self.mended += "\ufffd" in text and "\ufffd".encode() not in word
        self.words.append(text)

    def header(self, line: bytes) -> None:
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

    def columns(self, number: int, line: bytes) -> int:
        """Numbers at the end of the first line of a file without a header."""
        parts = line.split()
        count = 0
        while count < len(parts) and NUMBER.fullmatch(parts[-1 - count]):
            count += 1
        count = min(count, len(parts) - 1)  # the first of them is the word, whatever it looks like
        if count < 2:
            raise self.error(number, "is neither a header (count and dimensions) nor a word with its numbers")
        if count > MOST_DIMENSIONS:
            raise self.error(number, f"has {count:,} columns; dimensions go up to {MOST_DIMENSIONS:,}")
        return count

    def row(self, number: int, tail: list[bytes]) -> None:
        joined = b" ".join(tail)
        try:
            if joined.translate(None, NUMERIC):
                raise ValueError
            values = np.array(tail, dtype=np.float64)
        except ValueError:
            bad = next(text for text in tail if not NUMBER.fullmatch(text))
            shown = bad[:40].decode("utf-8", "replace") or "(nothing)"
            raise self.error(number, f"has “{shown}” where a number is needed") from None
        if not (np.abs(values) <= np.finfo(np.float32).max).all():
            raise self.error(number, "holds a number too large for float32 (not finite)")
        self.values.frombytes(values.astype(np.float32).tobytes())

    def space(self) -> EmbeddingSpace:
        if not self.words:
            raise FormatError(f"{self.name} is empty: it has no vectors (0 rows).")
        vectors = np.frombuffer(self.values, np.float32).reshape(len(self.words), self.dimensions)
        # Published files were seen that hold one row fewer than they say; with more missing, it was cut.
        if self.claimed is not None and self.claimed > len(self.words) + 1:
            raise FormatError(
                f"{self.name} is damaged or truncated: its header claims {self.claimed:,} words, "
                f"the file holds {len(self.words):,}."
            )
        warnings = []
        if self.claimed is not None and self.claimed != len(self.words):
            warnings.append(
                f"The header says {self.claimed:,} words, the file holds {len(self.words):,}; all are read."
            )
        if self.mended:
            warnings.append(f"{self.mended:,} words are not UTF-8; their odd bytes are shown as “\ufffd”.")
        rows, again = first_of_each(self.words)
        if again:
            warnings.append(f"{len(again):,} words are there twice (“{again[0][:60]}”); the first of each is kept.")
            return EmbeddingSpace([self.words[row] for row in rows], vectors[rows], None, {WARNINGS: warnings})
        return EmbeddingSpace(self.words, vectors.copy(), None, {WARNINGS: warnings} if warnings else {})

    def error(self, number: int, what: str) -> FormatError:
        return FormatError(f"{self.name}, line {number:,} {what}.")
