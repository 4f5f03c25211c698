"""The lines of a corpus: their text, where each came from, its label and its other columns."""

import contextlib
import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.data.metadata import METADATA, METADATA_OFFSETS, metadata_at
from core.errors import CorpusError
from core.files import write_json

__all__ = ["TEXT_FILES", "CorpusLines"]

#: They may be missing: a person may keep the tokens alone.
TEXT_FILES = ("text.txt", "text_offsets.bin", METADATA, METADATA_OFFSETS)


class CorpusLines:
    """What there is to know about each line of a corpus; `core.data.corpus` says which file holds what.

    Args:
        folder: that of the corpus.
        meta: its description.
    """

    def __init__(self, folder: Path, meta: Mapping[str, Any]) -> None:
        self.folder = folder
        self.meta = dict(meta)

    @property
    def id(self) -> str:
        """Hash of what was read and how."""
        return str(self.meta["id"])

    @property
    def lines(self) -> int:
        """All lines, blank ones included, so that numbers are those of the file."""
        return int(self.meta["lines"])

    @property
    def fields(self) -> list[str]:
        """Names of the columns kept beside the text."""
        return list(self.meta.get("fields", ()))

    @property
    def has_text(self) -> bool:
        """Whether the text was kept beside the tokens."""
        return (self.folder / "text.txt").is_file() and (self.folder / "text_offsets.bin").is_file()

    @cached_property
    def _text(self) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
        return self._map("text.txt", np.uint8), self._map("text_offsets.bin", np.int64)

    def line(self, index: int) -> str:
        """The text of a line as it was in the file, from 0.

        Raises:
            CorpusError: only the tokens were kept.
            IndexError: no such line.
        """
        if not 0 <= index < self.lines:
            raise IndexError(f"line {index} of {self.lines}")
        if not self.has_text:
            raise CorpusError("The text of this corpus was not kept, only its words; there are no lines to show.")
        text, offsets = self._text
        return text[offsets[index] : offsets[index + 1]].tobytes().decode("utf-8", "replace").rstrip("\n")

    @cached_property
    def rows(self) -> npt.NDArray[np.uint32] | None:
        """The document as it was read that each line is of, from 0, shape `(lines,)`; None where each is its own."""
        return self._map("rows.bin", np.uint32) if (self.folder / "rows.bin").exists() else None

    def row(self, index: int) -> int:
        """The document as it was read that a line is of, from 0."""
        return index if self.rows is None else int(self.rows[index])

    def origin(self, index: int) -> tuple[str, str, int]:
        """Where a line came from: the file, what a document is there (“line”, “row”), and its number from 1."""
        row = self.row(index)
        for file in self.meta["files"]:
            if file["first_line"] <= row < file["first_line"] + file["lines"]:
                return str(file["name"]), str(file["unit"]), row - int(file["first_line"]) + 1
        raise IndexError(f"line {index} of {self.lines}")

    @cached_property
    def label_numbers(self) -> npt.NDArray[np.uint32] | None:
        """The label of each line as an index into `meta["label_names"]`, shape `(lines,)`; None without labels."""
        return self._map("labels.bin", np.uint32) if self.meta["label_names"] else None

    def label(self, index: int) -> str:
        """The label of a line; empty where there is none."""
        numbers = self.label_numbers
        return "" if numbers is None else str(self.meta["label_names"][int(numbers[index])])

    def left_out(self, index: int) -> bool:
        """Whether a cleaning step left a line out; its words are then not in the corpus."""
        return (self.folder / "left_out.bin").exists() and bool(self._map("left_out.bin", np.uint8)[index])

    def metadata(self, index: int) -> dict[str, str]:
        """The other columns of the document that a line is of, by name; those that are empty are left out."""
        if not (self.folder / METADATA).exists() or not (self.folder / METADATA_OFFSETS).exists():
            return {}
        text, offsets = self._map(METADATA, np.uint8), self._map(METADATA_OFFSETS, np.int64)
        try:
            return metadata_at(text, offsets, self.row(index), self.fields)
        except (ValueError, RecursionError):
            raise CorpusError(f"The corpus {self.id} is damaged: {METADATA} cannot be read; read it again.") from None

    def forget_text(self) -> None:
        """Keep the tokens only: the text goes with the columns beside it, so no line behind a pair can be shown."""
        self.__dict__.pop("_text", None)
        self.meta["has_text"] = False
        write_json(self.folder / "meta.json", self.meta)
        for name in TEXT_FILES:
            with contextlib.suppress(FileNotFoundError):
                (self.folder / name).unlink()

    def take_text(self, folder: Path) -> None:
        """Take the text of another folder of the same corpus back, after `forget_text`; it is gone from there."""
        for name in reversed(TEXT_FILES):
            if (folder / name).exists():
                os.replace(folder / name, self.folder / name)
        self.meta["has_text"] = True
        write_json(self.folder / "meta.json", self.meta)

    def _map(self, name: str, dtype: type[np.generic]) -> npt.NDArray[Any]:
        """A file as an array, mapped into memory, read only."""
        try:
            mapped = np.memmap(self.folder / name, dtype=dtype, mode="r")
        except (OSError, ValueError):
            raise CorpusError(f"The corpus {self.id} is damaged: {name} cannot be read; read the file again.") from None
        # A plain array: compiled kernels know nothing of np.memmap.
        return np.asarray(mapped)
