"""The columns beside the text: of each document a JSON list of texts, found by its place in the file.

metadata.jsonl          one list a document, in the order of the fields in meta.json; empty texts at its end left out
metadata_offsets.bin    int64, the byte where each begins, and the end
"""

import contextlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.data.notes import Notes

__all__ = ["METADATA", "METADATA_OFFSETS", "MetadataWriter", "metadata_at"]

METADATA, METADATA_OFFSETS = "metadata.jsonl", "metadata_offsets.bin"
MOST_FIELDS = 500

Columns = Mapping[str, Sequence[str]]


class MetadataWriter:
    """Writes the columns beside the text; no file comes into being where there are none.

    Args:
        folder: where to.
        notes: takes what there is to say.

    Attributes:
        fields: names of the columns, in the order of their first occurrence.
    """

    def __init__(self, folder: Path, notes: Notes) -> None:
        self._folder, self._notes = folder, notes
        self.fields: list[str] = []
        self._places: dict[str, int] = {}
        self._files = contextlib.ExitStack()
        self._rows = self._position = 0

    def __enter__(self) -> "MetadataWriter":
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    def add(self, columns: Columns | None, rows: int) -> None:
        """Write the columns of some more documents.

        Args:
            columns: by name, of each a text for each document; files of one corpus may have different ones.
            rows: how many documents.
        """
        kept = {name: texts for name, texts in (columns or {}).items() if self._is_kept(name)}
        if not self.fields:
            self._rows += rows  # no document had any so far: perhaps none will
            return
        if not self._position:
            self._begin()
        places = [self._places[name] for name in kept]
        lines = []
        for values in zip(*kept.values(), strict=True) if kept else ((),) * rows:
            texts = [""] * len(self.fields)
            for place, value in zip(places, values, strict=True):
                texts[place] = value
            while texts and not texts[-1]:
                texts.pop()
            lines.append(json.dumps(texts, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        self._write(lines)

    def _is_kept(self, name: str) -> bool:
        if name not in self._places:
            if len(self.fields) == MOST_FIELDS:
                self._notes.say(f"There are more than {MOST_FIELDS} columns or fields; the others are not kept.")
                return False
            self._places[name] = len(self.fields)
            self.fields.append(name)
        return True

    def _begin(self) -> None:
        self._text = self._files.enter_context((self._folder / METADATA).open("xb"))
        self._offsets = self._files.enter_context((self._folder / METADATA_OFFSETS).open("xb"))
        self._offsets.write(np.zeros(1, np.int64).data)
        self._write([b"[]\n"] * self._rows)

    def _write(self, lines: Sequence[bytes]) -> None:
        self._text.write(b"".join(lines))
        ends = np.cumsum([len(line) for line in lines], dtype=np.int64) + self._position
        self._offsets.write(ends.data)
        self._position = int(ends[-1]) if len(ends) else self._position


def metadata_at(
    text: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64], row: int, fields: Sequence[str]
) -> dict[str, str]:
    """The columns of one document that are not empty.

    Args:
        text: the bytes of `metadata.jsonl`.
        offsets: of `metadata_offsets.bin`, shape `(rows + 1,)`.
        row: the document as it was read, from 0.
        fields: names of the columns.

    Raises:
        ValueError: that is no list of texts.
    """
    values = json.loads(text[offsets[row] : offsets[row + 1]].tobytes())
    if not isinstance(values, list):
        raise ValueError("no list")
    return {name: str(value) for name, value in zip(fields, values, strict=False) if value}
