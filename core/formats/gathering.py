"""What every reader does with the words and rows that it has read: check them, and make a space of them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.data.unpacking import MOST_UNPACKED, Budget
from core.errors import FormatError
from core.formats.format import MOST_DIMENSIONS, WARNINGS
from core.space import EmbeddingSpace, FloatMatrix

__all__ = ["LARGEST", "Words", "as_vectors", "budget_for", "check_shape", "first_beyond", "space_of"]

MOST_TIMES = 20
LARGEST = 1e15
"""Squares of greater numbers, added up, may leave float32, and a length would be infinite."""
AT_A_TIME = 10_000  # rows


class Words:
    """Words as they are read, in order; bytes that are not UTF-8 are counted and shown as U+FFFD."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.mended = 0

    def add(self, data: bytes) -> None:
        """Take a word as a file holds it."""
        try:
            self.words.append(str(data, "utf-8"))
        except UnicodeDecodeError:
            self.words.append(str(data, "utf-8", "replace"))
            self.mended += 1

    def notes(self) -> list[str]:
        """What was mended, as sentences."""
        if not self.mended:
            return []
        what = "1 word is not UTF-8; its" if self.mended == 1 else f"{self.mended:,} words are not UTF-8; their"
        return [f"{what} odd bytes are shown as “\ufffd”."]


def space_of(
    name: str,
    words: Sequence[str],
    vectors: FloatMatrix,
    counts: npt.NDArray[np.int64] | None = None,
    warnings: Iterable[str] = (),
    metadata: Mapping[str, Any] | None = None,
) -> EmbeddingSpace:
    """A space of what was read; of a word that is there twice the first row is kept.

    Args:
        name: how messages call the file.
        words: one for each row.
        vectors: shape `(words, dimensions)`, float32.
        counts: shape `(words,)`, where they are known.
        warnings: what reading had to mend, as sentences.
        metadata: what else the file says.

    Raises:
        FormatError: there are no words, or a vector holds a value that is not finite.
    """
    if not len(words):
        raise FormatError(f"{name} is empty: it has no vectors (0 rows).")
    bad = first_beyond(vectors, float(np.finfo(np.float32).max))
    if bad is not None:
        raise FormatError(
            f"{name}, row {bad + 1:,}: the vector of “{words[bad][:60]}” holds a value that is not finite "
            "(nan or infinity)."
        )
    told = list(warnings)
    rows, again = _first_of_each(words)
    if again:
        many = "1 word is" if len(again) == 1 else f"{len(again):,} words are"
        told.append(f"{many} there twice (“{again[0][:60]}”); the first is kept.")
        words, vectors = [words[row] for row in rows], vectors[rows]
        counts = None if counts is None else counts[rows]
    return EmbeddingSpace(words, vectors, counts, {**(metadata or {}), **({WARNINGS: told} if told else {})})


def budget_for(path: Path) -> Budget:
    """How much may be unpacked from a file: vectors pack badly, so that far more than is usual is no vectors."""
    return Budget(path.name, max(MOST_UNPACKED, MOST_TIMES * path.stat().st_size))


def as_vectors(name: str, called: str, array: npt.NDArray[Any]) -> FloatMatrix:
    """An array of a file as vectors: float32, whatever float it was.

    Args:
        name: how messages call the file.
        called: the array's name in it.
        array: of floats.

    Raises:
        FormatError: it has another shape than `(words, dimensions)`.
    """
    check_shape(name, called, array.shape)
    with np.errstate(over="ignore"):  # what is too large becomes infinity, which `space_of` refuses
        return array.astype(np.float32, copy=False)


def check_shape(name: str, called: str, shape: tuple[int, ...]) -> None:
    """Refuse what is not `(words, dimensions)`, before it is read."""
    if len(shape) != 2 or not all(shape) or shape[1] > MOST_DIMENSIONS:
        raise FormatError(
            f"{name}: “{called[:80]}” has the shape {shape}, where (words, dimensions) is needed, "
            f"with at most {MOST_DIMENSIONS:,} dimensions."
        )


def first_beyond(vectors: npt.NDArray[Any], largest: float) -> int | None:
    """The first row that holds nan or a value beyond `largest`, None where there is none; some rows at a time."""
    for start in range(0, len(vectors), AT_A_TIME):
        within = (np.abs(vectors[start : start + AT_A_TIME]) <= largest).all(axis=1)
        if not within.all():
            return start + int(np.argmin(within))
    return None


def _first_of_each(words: Sequence[str]) -> tuple[list[int], list[str]]:
    """Rows where each word stands first, and the words that came again (each once)."""
    if len(set(words)) == len(words):
        return [], []
    seen: dict[str, int] = {}
    again: dict[str, None] = {}
    for row, word in enumerate(words):
        if word in seen:
            again[word] = None
        else:
            seen[word] = row
    return list(seen.values()), list(again)
