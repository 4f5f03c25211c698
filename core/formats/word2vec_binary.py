r"""word2vec's binary format: a line with count and dimensions, then each word, a blank, its float32 numbers, `\n`.

Numbers are little-endian and follow the blank at once: their bytes may look like line ends or blanks, so nothing is
ever searched for inside a vector. The `\n` after a vector is written, as by the first word2vec; programs that leave
it out are read too.
"""

import mmap
import re
from pathlib import Path
from typing import BinaryIO, ClassVar

import numpy as np

from core.errors import FormatError
from core.formats.format import FORMATS, MOST_DIMENSIONS, Format
from core.formats.gathering import Words, space_of
from core.formats.number_lines import HEADER as ANY_HEADER
from core.formats.number_lines import first_line, is_text
from core.formats.words import BLANKS, without
from core.space import EmbeddingSpace

__all__ = ["Word2vecBinary"]

HEADER = re.compile(rb"(-?\d{1,18})[ \t]+(-?\d{1,18})[ \t\r]*")
LONGEST_HEADER = 100  # bytes
LONGEST_WORD = 2_000  # bytes
BLOCK = 1_000  # rows written at a time


@FORMATS.register
class Word2vecBinary(Format):
    """Words as text, numbers as float32."""

    name: ClassVar[str] = "word2vec_binary"
    title: ClassVar[str] = "word2vec binary"
    summary: ClassVar[str] = "As word2vec text, but smaller and faster to load. Loses counts; blanks become “_”."
    endings: ClassVar[tuple[str, ...]] = (".bin",)
    writable: ClassVar[bool] = True
    readable: ClassVar[bool] = True

    @classmethod
    def likeness(cls, head: bytes) -> float:
        """Sure of a header with bytes after it that no text has."""
        return 0.9 if ANY_HEADER.fullmatch(first_line(head)) and not is_text(head) else 0.0

    def snippet(self, path: str) -> str:
        """The lines of Python that load the file."""
        return (
            "from gensim.models import KeyedVectors\n"
            f"vectors = KeyedVectors.load_word2vec_format({path!r}, binary=True)\n"
            f"vectors.most_similar(vectors.index_to_key[0])"
        )

    def _write(self, space: EmbeddingSpace, file: BinaryIO) -> tuple[str, ...]:
        words, warnings = without(BLANKS, space.keys, "_")
        file.write(f"{len(words)} {space.dimensions}\n".encode())
        for start in range(0, len(words), BLOCK):
            rows = np.ascontiguousarray(space.vectors[start : start + BLOCK], "<f4")
            block = zip(words[start : start + BLOCK], rows, strict=True)
            file.write(b"".join([word.encode("utf-8") + b" " + row.tobytes() + b"\n" for word, row in block]))
        return warnings

    def _read(self, path: Path) -> EmbeddingSpace:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            count, dimensions, place = _header(data, path.name)
            words = Words()
            vectors = np.empty((count, dimensions), "<f4")
            for row in range(count):
                if row and data[place : place + 1] == b"\n":
                    place += 1
                end = data.find(b" ", place, place + LONGEST_WORD)
                if end < 0 or end == place:
                    raise _damaged(path.name, row, count, "has no end or no letters, or is truncated")
                words.add(data[place:end])
                place = end + 1 + 4 * dimensions
                if place > len(data):
                    raise _damaged(path.name, row, count, "is truncated: the file ends inside its vector")
                vectors[row] = np.frombuffer(data[end + 1 : place], "<f4")
            if len(data) - place > 16 or data[place:].strip(b"\r\n \0"):
                raise FormatError(f"{path.name} is damaged: {len(data) - place:,} bytes follow its {count:,} words.")
        return space_of(path.name, words.words, vectors.astype(np.float32, copy=False), None, words.notes())


def _header(data: mmap.mmap, name: str) -> tuple[int, int, int]:
    """Count, dimensions, and where the first word begins; checked against the size of the file."""
    end = data.find(b"\n", 0, LONGEST_HEADER)
    found = HEADER.fullmatch(data[:end]) if end >= 0 else None
    if found is None:
        raise FormatError(
            f"{name} is not in word2vec's binary format: it begins with no header (count and dimensions)."
        )
    count, dimensions = int(found[1]), int(found[2])
    if count < 0 or not 0 < dimensions <= MOST_DIMENSIONS:
        raise FormatError(
            f"{name}: the header says {count:,} words and dimension {dimensions:,}; the count cannot be negative, "
            f"and dimensions go from 1 to {MOST_DIMENSIONS:,}."
        )
    if count == 0:
        raise FormatError(f"{name} is empty: its header says 0 words.")
    # Each word takes a letter and a blank at least.
    if count * (2 + 4 * dimensions) > len(data) - end - 1:
        raise FormatError(
            f"{name} is damaged or truncated: its header claims {count:,} words of {dimensions:,} dimensions, more "
            f"than a file of this size ({len(data):,} bytes) holds."
        )
    return count, dimensions, end + 1


def _damaged(name: str, row: int, count: int, what: str) -> FormatError:
    return FormatError(f"{name} is damaged: word {row + 1:,} of {count:,} {what}.")
