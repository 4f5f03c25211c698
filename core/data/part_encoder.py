"""Vectors of unseen words, made of the parts that they share with known ones; kept with a run as arrays and JSON."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from core.data.word_parts import Splitter, splitter_of
from core.errors import CorpusError, UnknownWordError
from core.tensors import Arrays, Rows

__all__ = ["PartEncoder"]


class PartEncoder:
    """Gives a vector to any word that has a known part: the mean of the rows of those it has.

    A part that training never met has no row, and no say.

    Args:
        splitter: says which parts a word has.
        known: numbers of parts, ascending.
        known_rows: their rows.
        rows: shape `(rows, dimensions)`, float32; may lie on the disk.
    """

    kind: ClassVar[str] = "parts"

    def __init__(
        self, splitter: Splitter, known: npt.NDArray[np.uint32], known_rows: npt.NDArray[np.uint32], rows: Rows
    ) -> None:
        self.splitter, self.known, self.known_rows, self.rows = splitter, known, known_rows, rows

    @classmethod
    def opened(cls, arrays: Mapping[str, Rows], facts: Mapping[str, Any], dimensions: int) -> "PartEncoder":
        """Make it again of what `kept` gave; the rows may stay on the disk.

        Raises:
            ValueError: they do not fit each other.
        """
        known, known_rows, rows = arrays["known"][slice(None)], arrays["known_rows"][slice(None)], arrays["rows"]
        if rows.dtype != np.float32 or len(rows.shape) != 2 or rows.shape[1] != dimensions:
            raise ValueError("rows of parts of another kind")
        if known.dtype != np.uint32 or known_rows.dtype != np.uint32 or known.shape != known_rows.shape:
            raise ValueError("parts of another kind")
        if known.ndim != 1 or (np.diff(known.astype(np.int64)) <= 0).any() or (known_rows >= rows.shape[0]).any():
            raise ValueError("parts that have no rows")
        try:
            return cls(splitter_of(facts["splitter"]), known, known_rows, rows)
        except CorpusError:
            raise ValueError("pieces that are none") from None

    def kept(self) -> tuple[Arrays, dict[str, Any]]:
        """What `opened` needs, to be written."""
        rows = self.rows if isinstance(self.rows, np.ndarray) else self.rows[slice(None)]
        return {"known": self.known, "known_rows": self.known_rows, "rows": rows}, {"splitter": self.splitter.facts()}

    def __call__(self, item: str) -> npt.NDArray[np.float32]:
        """The vector of a word, shape `(dimensions,)`.

        Raises:
            UnknownWordError: no part of it is known.
        """
        rows, _ = self._found(item)
        if not rows:
            raise UnknownWordError([item])
        picked = np.concatenate([self.rows[slice(row, row + 1)] for row in rows])
        return np.asarray(picked.mean(axis=0, dtype=np.float64), np.float32)

    def parts(self, item: str) -> list[str]:
        """The parts that its vector is made of."""
        return self._found(item)[1]

    def _found(self, item: str) -> tuple[list[int], list[str]]:
        numbers, texts = self.splitter.numbers([item])[0], self.splitter.texts(item)
        places = np.minimum(np.searchsorted(self.known, numbers), max(0, len(self.known) - 1))
        there = np.flatnonzero(self.known[places] == numbers) if len(self.known) else np.zeros(0, np.int64)
        return self.known_rows[places[there]].tolist(), [texts[at] for at in there.tolist()]
