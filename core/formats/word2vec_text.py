"""word2vec's text format: a line with count and dimensions, then one word and its numbers a line.

    2 3
    king 0.5 0.25 -0.125
    queen 0.5 0.5 -0.25

fastText's .vec files are the same, with a blank at each line's end. Numbers are written with nine digits, which give
every float32 back exactly. A word with a blank cannot be written for programs that split at the first blank; here such
files are read too (`core.formats.number_lines`).
"""

from pathlib import Path
from typing import BinaryIO, ClassVar

from core.formats.format import FORMATS, Format
from core.formats.number_lines import HEADER, first_line, is_text, read_number_lines, write_number_lines
from core.space import EmbeddingSpace

__all__ = ["Word2vecText"]


@FORMATS.register
class Word2vecText(Format):
    """Words and numbers as text."""

    name: ClassVar[str] = "word2vec_text"
    title: ClassVar[str] = "word2vec text (also fastText .vec)"
    summary: ClassVar[str] = "Read by nearly every program, and by eye. Loses counts; blanks in words become “_”."
    endings: ClassVar[tuple[str, ...]] = (".vec", ".txt")
    writable: ClassVar[bool] = True
    readable: ClassVar[bool] = True

    def snippet(self, path: str) -> str:
        """The lines of Python that load the file."""
        return (
            "from gensim.models import KeyedVectors\n"
            f"vectors = KeyedVectors.load_word2vec_format({path!r})\n"
            f"vectors.most_similar(vectors.index_to_key[0])"
        )

    def _write(self, space: EmbeddingSpace, file: BinaryIO) -> tuple[str, ...]:
        file.write(f"{len(space)} {space.dimensions}\n".encode())
        return write_number_lines(space, file)

    @classmethod
    def likeness(cls, head: bytes) -> float:
        """Sure of a header without the odd bytes that a binary file has after it."""
        return 0.9 if HEADER.fullmatch(first_line(head)) and is_text(head) else 0.0

    def _read(self, path: Path) -> EmbeddingSpace:
        return read_number_lines(path, headed=True)
