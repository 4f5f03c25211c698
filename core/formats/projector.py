"""The TensorFlow projector's pair of tables, in one zip: `tensors.tsv` and `metadata.tsv`.

Each line of `tensors.tsv` is a vector, its numbers set apart by tabs; `metadata.tsv` has a header (`word`, `count`)
and a line for each vector in the same order. The projector knows no quoting, so a tab or line end inside a word
becomes a blank. These tables are for the projector, not for spreadsheets, and words stand in them as they are.
"""

import zipfile
from typing import BinaryIO, ClassVar

from core.formats.format import FORMATS, Format
from core.formats.words import TABS, without
from core.space import EmbeddingSpace

__all__ = ["Projector"]

BLOCK = 1_000  # rows written at a time


@FORMATS.register
class Projector(Format):
    """Two tables for the TensorFlow projector."""

    name: ClassVar[str] = "projector"
    title: ClassVar[str] = "TensorFlow projector (TSV pair)"
    summary: ClassVar[str] = (
        "A zip of tensors.tsv and metadata.tsv, to load into the TensorFlow projector or a table. "
        "Tabs and line ends in words become blanks."
    )
    endings: ClassVar[tuple[str, ...]] = (".zip",)
    writable: ClassVar[bool] = True
    readable: ClassVar[bool] = False

    def snippet(self, path: str) -> str:
        """The lines of Python that load the file."""
        return (
            f"import zipfile, numpy; tables = zipfile.ZipFile({path!r})\n"
            'vectors = numpy.loadtxt(tables.open("tensors.tsv"), delimiter="\\t", ndmin=2)\n'
            'words = [line.split("\\t")[0] for line in tables.read("metadata.tsv").decode().split("\\n")[1:-1]]'
        )

    def _write(self, space: EmbeddingSpace, file: BinaryIO) -> tuple[str, ...]:
        words, warnings = without(TABS, space.keys, " ")
        line = "\t".join(["%.9g"] * space.dimensions) + "\n"
        # Opened by name, a member is dated 1980: the same space gives the same bytes. Level 1 packs digits almost as
        # well as the others.
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            with archive.open("tensors.tsv", "w", force_zip64=True) as table:
                for start in range(0, len(words), BLOCK):
                    rows = space.vectors[start : start + BLOCK].tolist()
                    table.write("".join([line % tuple(row) for row in rows]).encode("ascii"))
            with archive.open("metadata.tsv", "w", force_zip64=True) as table:
                table.write(b"word\tcount\n")
                for start in range(0, len(words), BLOCK):
                    pairs = zip(words[start : start + BLOCK], space.counts[start : start + BLOCK], strict=True)
                    table.write("".join([f"{word}\t{count}\n" for word, count in pairs]).encode("utf-8"))
        return warnings
