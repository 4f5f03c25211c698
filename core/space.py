"""EmbeddingSpace: what training leaves behind and everything else reads."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from core.errors import UnknownWordError

__all__ = ["EmbeddingSpace", "Encoder", "FloatMatrix", "Wording"]

FloatMatrix = npt.NDArray[np.float32]


class Encoder(Protocol):
    """Gives a vector to an item that was not in the vocabulary (from its subwords, say)."""

    def __call__(self, item: str) -> npt.NDArray[np.float32]:
        """Return a vector of shape `(dimensions,)`."""


class Wording(Protocol):
    """Writes a text as the corpus does that vectors were trained on."""

    def __call__(self, text: str) -> Sequence[str]:
        """Return the words that it would be there, none where it cannot be said."""


class EmbeddingSpace:
    """Items and their vectors, most frequent item first.

    Args:
        keys: the items' names, unique.
        vectors: shape `(items, dimensions)`, float32, of any layout: padded rows are not copied.
        counts: how often each item occurred in the corpus, shape `(items,)`; zeros where that is not known.
        metadata: JSON-ready facts that travel with the vectors (run id, corpus hash, seed …).
        encoder: gives vectors to unseen items, where the architecture can.
        wording: writes a typed word as the corpus does (“Running” is “run” after stemming), where that is known.
    """

    def __init__(
        self,
        keys: Sequence[str],
        vectors: FloatMatrix,
        counts: npt.NDArray[np.int64] | None = None,
        metadata: Mapping[str, Any] | None = None,
        encoder: Encoder | None = None,
        wording: Wording | None = None,
    ) -> None:
        if vectors.ndim != 2 or len(keys) != vectors.shape[0]:
            raise ValueError(f"{len(keys)} keys do not fit vectors of shape {vectors.shape}")
        self.keys = list(keys)
        self.vectors = np.asarray(vectors, dtype=np.float32)
        self.counts = np.zeros(len(keys), np.int64) if counts is None else np.asarray(counts, np.int64)
        if self.counts.shape != (len(self.keys),):
            raise ValueError(f"{len(keys)} keys do not fit counts of shape {self.counts.shape}")
        self.metadata = dict(metadata or {})
        self.encoder = encoder
        self.wording = wording

    def __len__(self) -> int:
        return len(self.keys)

    def __contains__(self, word: str) -> bool:
        return word in self._index

    @property
    def dimensions(self) -> int:
        """Length of each vector."""
        return int(self.vectors.shape[1])

    @cached_property
    def _index(self) -> dict[str, int]:
        return {key: i for i, key in enumerate(self.keys)}

    @cached_property
    def unit(self) -> FloatMatrix:
        """The vectors scaled to length 1, shape `(items, dimensions)`; a zero vector stays zero."""
        norms = np.linalg.norm(self.vectors, axis=1, keepdims=True)
        return (self.vectors / np.where(norms > 0, norms, 1)).astype(np.float32)

    def resolve(self, word: str) -> str | None:
        """The key that `word` means: itself, else in lower case, else what the corpus writes for it, else None."""
        word = word.strip()
        for form in (word, word.lower()):
            if form in self._index:
                return form
        written = self.wording(word) if self.wording is not None else ()
        return written[0] if len(written) == 1 and written[0] in self._index else None

    def index(self, word: str) -> int:
        """Row of `word`.

        Raises:
            UnknownWordError: not in the vocabulary; carries the nearest spellings.
        """
        key = self.resolve(word)
        if key is None:
            raise UnknownWordError([word.strip()], self.suggest(word))
        return self._index[key]

    def indices(self, words: Sequence[str]) -> list[int]:
        """Rows of `words`; all the missing ones are named in one error."""
        missing = [word.strip() for word in words if self.resolve(word) is None]
        if missing:
            raise UnknownWordError(missing, self.suggest(missing[0]))
        return [self.index(word) for word in words]

    def split(self, words: Sequence[str]) -> tuple[list[str], list[str]]:
        """Part `words` into those of the vocabulary (as keys, duplicates dropped) and those missing, in order."""
        present: dict[str, None] = {}
        missing: dict[str, None] = {}
        for word in words:
            key = self.resolve(word)
            if key is None:
                missing[word] = None
            else:
                present[key] = None
        return list(present), list(missing)

    def unseen(self, word: str) -> npt.NDArray[np.float32]:
        """The vector that the encoder gives to a word outside the vocabulary, shape `(dimensions,)`.

        Raises:
            UnknownWordError: there is no encoder, or it knows no part of the word; carries the nearest spellings.
        """
        word = word.strip()
        written = self.wording(word) if self.wording is not None else ()
        try:
            if self.encoder is not None:
                return self.encoder(written[0] if len(written) == 1 else word)
        except UnknownWordError:
            pass
        raise UnknownWordError([word], self.suggest(word))

    def suggest(self, word: str, count: int = 5) -> list[str]:
        """The nearest spellings in the vocabulary, the more frequent first where two are as near."""
        word = word.strip().lower()[:100]
        limit = max(2, len(word) // 3)
        found = process.extract(
            word, self.keys[:200_000], scorer=DamerauLevenshtein.distance, limit=count, score_cutoff=limit
        )
        return [match for match, _, _ in sorted(found, key=lambda item: (item[1], item[2]))]

    def head(self, count: int) -> "EmbeddingSpace":
        """The `count` most frequent items as a space of their own."""
        first = slice(count)
        return EmbeddingSpace(
            self.keys[first], self.vectors[first], self.counts[first], self.metadata, self.encoder, self.wording
        )
