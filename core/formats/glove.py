"""GloVe's text format: one word and its numbers a line, and no header.

    king 0.5 0.25 -0.125
    . . . 0.5 0.5 -0.25

The first line says how many numbers there are. The published files hold words with blanks, as above, so words are
split off from the right (`core.formats.number_lines`).
"""

from pathlib import Path
from typing import BinaryIO, ClassVar

from core.formats.format import FORMATS, Format
from core.formats.number_lines import HEADER, first_line, is_text, numbers_at_end, read_number_lines, write_number_lines
from core.space import EmbeddingSpace

__all__ = ["Glove"]


@FORMATS.register
class Glove(Format):
    """Words and numbers as text, without a header."""

    name: ClassVar[str] = "glove"
    title: ClassVar[str] = "GloVe text"
    summary: ClassVar[str] = "As word2vec text, without its first line. Loses counts; blanks in words become “_”."
    endings: ClassVar[tuple[str, ...]] = (".txt",)
    writable: ClassVar[bool] = True
    readable: ClassVar[bool] = True

    @classmethod
    def likeness(cls, head: bytes) -> float:
        """Sure of a first line of a word and numbers; other text comes here too, so that its line is named."""
        line = first_line(head)
        if not is_text(head) or HEADER.fullmatch(line):
            return 0.0
        # A line of many numbers may go on behind the first bytes, and be cut inside a number.
        whole = line if b"\n" in head else line.rpartition(b" ")[0]
        return 0.8 if numbers_at_end(whole) > 1 else 0.1

    def snippet(self, path: str) -> str:
        """The lines of Python that load the file."""
        return (
            "from gensim.models import KeyedVectors\n"
            f"vectors = KeyedVectors.load_word2vec_format({path!r}, no_header=True)\n"
            "vectors.most_similar(vectors.index_to_key[0])"
        )

    def _write(self, space: EmbeddingSpace, file: BinaryIO) -> tuple[str, ...]:
        return write_number_lines(space, file)

    def _read(self, path: Path) -> EmbeddingSpace:
        return read_number_lines(path, headed=False)
