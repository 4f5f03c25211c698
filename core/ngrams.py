"""Character n-grams as fastText has them, and the encoder that gives a word the mean of their vectors.

A word is written between `<` and `>`; its n-grams are all runs of min_n to max_n characters of that, without the two
marks alone. Each n-gram has the row that its hash says, and n-grams of the same hash share one.

P. Bojanowski, E. Grave, A. Joulin, T. Mikolov. Enriching word vectors with subword information. TACL 2017.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from core.errors import UnknownWordError
from core.tensors import Arrays, Rows

__all__ = ["BASIS", "LONGEST_NGRAM", "PRIME", "NgramEncoder", "ngram_rows"]

LONGEST_NGRAM = 100  # characters
# FNV-1a with 32 bits. fastText takes bytes as signed, so that those of 128 and more turn all higher bits around.
BASIS, PRIME = np.uint32(2166136261), np.uint32(16777619)


class NgramEncoder:
    """Gives a vector to any word that has n-grams: the mean of their rows.

    Args:
        rows: shape `(buckets, dimensions)`, float32; may lie on the disk.
        min_n: characters in the shortest n-gram.
        max_n: characters in the longest.
    """

    kind: ClassVar[str] = "ngrams"

    def __init__(self, rows: Rows, min_n: int, max_n: int) -> None:
        self.rows = rows
        self.min_n = min_n
        self.max_n = max_n

    @classmethod
    def opened(cls, arrays: Mapping[str, Rows], facts: Mapping[str, Any], dimensions: int) -> "NgramEncoder":
        """Make it again of what `kept` gave.

        Raises:
            ValueError: they do not fit each other.
        """
        rows, min_n, max_n = arrays["rows"], facts["min_n"], facts["max_n"]
        if rows.dtype != np.float32 or len(rows.shape) != 2 or not rows.shape[0] or rows.shape[1] != dimensions:
            raise ValueError("rows of n-grams of another kind")
        if type(min_n) is not int or type(max_n) is not int or min_n < 1 or max_n > LONGEST_NGRAM:
            raise ValueError("lengths of n-grams that are none")
        return cls(rows, min_n, max_n)

    def kept(self) -> tuple[Arrays, dict[str, Any]]:
        """The rows and the two lengths, to be written."""
        rows = self.rows if isinstance(self.rows, np.ndarray) else self.rows[slice(None)]
        return {"rows": rows}, {"min_n": self.min_n, "max_n": self.max_n}

    def __call__(self, item: str) -> npt.NDArray[np.float32]:
        """The vector of a word, shape `(dimensions,)`.

        Raises:
            UnknownWordError: the word is too short to have n-grams.
        """
        places, _ = ngram_rows([item.encode("utf-8", "replace")], self.min_n, self.max_n, self.rows.shape[0])
        if not places.size:
            raise UnknownWordError([item])
        picked = np.concatenate([self.rows[slice(place, place + 1)] for place in places.tolist()])
        return np.asarray(np.add.reduce(picked, axis=0) * np.float32(1 / len(picked)), np.float32)


def ngram_rows(
    words: Sequence[bytes], min_n: int, max_n: int, buckets: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The rows of the n-grams of some words, in fastText's order: by where they begin, the shorter first.

    Args:
        words: in UTF-8.
        min_n: characters in the shortest n-gram, 1 or more.
        max_n: characters in the longest.
        buckets: number of rows.

    Returns:
        The rows of all n-grams, and where those of each word begin, shape `(words + 1,)`.
    """
    data = np.frombuffer(b"".join([b"<" + word + b">" for word in words]), np.uint8)
    values = data.view(np.int8).astype(np.uint32)
    firsts = np.flatnonzero((data & 0xC0) != 0x80)  # bytes that begin a character
    sizes = np.diff(firsts, append=data.size)
    word_ends = np.cumsum([len(word) + 2 for word in words], dtype=np.int64)
    word_of = np.searchsorted(word_ends, firsts, side="right")
    hashes = np.full(firsts.size, BASIS, np.uint32)
    alive = np.arange(firsts.size)
    found = np.full((firsts.size, max(0, max_n - min_n + 1)), -1, np.int64)
    for length in range(1, max_n + 1):
        # Each n-gram goes on with one more character, as long as that is of the same word.
        last = alive + length - 1
        alive = alive[last < firsts.size]
        last = alive + length - 1
        same = word_of[alive] == word_of[last]
        alive, last = alive[same], last[same]
        for byte in range(int(sizes[last].max(initial=0))):
            longer = sizes[last] > byte
            at = alive[longer]
            hashes[at] = (hashes[at] ^ values[firsts[last[longer]] + byte]) * PRIME
        if length >= min_n:
            found[alive, length - min_n] = hashes[alive] % np.uint32(buckets)
    if min_n == 1 and max_n:
        # The marks alone are no n-grams.
        found[np.isin(firsts, word_ends - 1) | np.isin(firsts, np.concatenate([[0], word_ends])), 0] = -1
    kept = found >= 0
    counts = np.bincount(word_of, weights=kept.sum(axis=1), minlength=len(words)).astype(np.int64)
    return found[kept], np.concatenate([[0], np.cumsum(counts)])
