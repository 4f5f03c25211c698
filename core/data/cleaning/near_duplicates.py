"""Documents that say nearly the same as one that was there before."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.data.cleaner import CLEANING_STEPS, DocumentStep
from core.data.hash_index import HashIndex
from core.data.shingles import PERMUTATIONS, alike, minima_of, shingles_of, signatures_of
from core.params import Field, Params

__all__ = ["NearDuplicates", "NearDuplicatesParams", "rows_of_bands"]

Signatures = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

#: Documents that are remembered, in about 400 bytes each.
MOST_KNOWN = 1_000_000
#: Characters that are worked on at a time.
GROUP = 1 << 20
#: In a band that many documents share, so many of them are looked at.
LOOKED_AT = 32
#: Pairs of documents that are compared at a time.
COMPARED = 1 << 16
SHOWN = 60
MISSED = 0.01


class NearDuplicatesParams(Params):
    """What counts as nearly the same."""

    similarity: float = Field(
        0.8,
        ge=0.5,
        le=1.0,
        description="Share of groups of words in common from which on a document counts as a copy; lower finds copies "
        "that were changed more, and more that are none.",
    )
    words: int = Field(
        3,
        ge=1,
        le=10,
        description="Words in a group; 3 for texts, 1 or 2 for single sentences, where one other word changes much.",
    )


@CLEANING_STEPS.register
class NearDuplicates(DocumentStep[NearDuplicatesParams]):
    """MinHash signatures, found by locality-sensitive hashing, compared with all documents that were kept.

    Which documents are compared: the signature is cut into bands, and documents with a band in common are. Bands are
    as long as they can be so that 99 of 100 pairs just alike enough are found (J. Leskovec, A. Rajaraman, J. D. Ullman,
    Mining of massive datasets, chapter 3). How alike they are is estimated to about 0.04.
    """

    name = "near_duplicates"
    title = "Near-duplicates"
    summary = (
        "Leaves out documents that are nearly the same as an earlier one: reposts, templates, versions of a text. "
        "A hundred megabytes take some ten seconds."
    )
    Params = NearDuplicatesParams

    def __init__(self, params: NearDuplicatesParams) -> None:
        super().__init__(params)
        self._rows = rows_of_bands(params.similarity)
        self._bands = PERMUTATIONS // self._rows
        self._index = HashIndex()
        self._signatures = np.zeros((1024, PERMUTATIONS), np.uint8)
        self._known = self._looked = self._left_out = 0
        self._example = ""

    def documents(self, documents: Sequence[str]) -> list[list[str]]:
        """Each document, or nothing where it is nearly the same as one before."""
        kept: list[list[str]] = []
        group: list[str] = []
        size = 0
        for text in documents:
            group.append(text)
            size += len(text)
            if size >= GROUP:
                kept += self._group(group)
                group, size = [], 0
        return kept + self._group(group)

    def notes(self) -> list[str]:
        """How many documents were left out, with an example."""
        told = []
        if self._left_out:
            told.append(
                f"Near-duplicates: {self._left_out:,} of {self._looked:,} documents were left out because at least "
                f"{self.params.similarity:.0%} of them stood in one before, such as “{self._example}”."
            )
        if self._known >= MOST_KNOWN:
            told.append(f"Near-duplicates were looked for among the first {MOST_KNOWN:,} documents only.")
        return told

    def _group(self, documents: Sequence[str]) -> list[list[str]]:
        if not documents:
            return []
        shingles, bounds = shingles_of(documents, self.params.words)
        minima = minima_of(shingles, bounds)
        signatures, bands = signatures_of(minima), self._bands_of(minima)
        filled = np.diff(bounds) > 0
        copies = filled & self._like_earlier(signatures, bands)
        alone = np.flatnonzero(filled & ~copies)
        copies[alone[self._like_each_other(signatures[alone], bands[alone])]] = True
        added = np.flatnonzero(filled & ~copies)[: MOST_KNOWN - self._known]
        self._remember(signatures[added], bands[added])
        self._looked += len(documents)
        self._left_out += int(np.count_nonzero(copies))
        if copies.any():
            self._example = self._example or documents[int(np.argmax(copies))].strip()[:SHOWN]
        return [[] if copy else [text] for text, copy in zip(documents, copies.tolist(), strict=True)]

    def _bands_of(self, minima: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint64]:
        """One hash for each band of each document, shape `(documents, bands)`."""
        used = minima[:, : self._bands * self._rows].astype(np.uint64).reshape(len(minima), self._bands, self._rows)
        factors = np.arange(3, 3 + 2 * self._rows, 2, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        marks = np.arange(self._bands, dtype=np.uint64) * np.uint64(0xBF58476D1CE4E5B9)
        hashes: npt.NDArray[np.uint64] = (used * factors).sum(axis=2, dtype=np.uint64) + marks
        return hashes ^ (hashes >> np.uint64(32))

    def _like_earlier(self, signatures: Signatures, bands: npt.NDArray[np.uint64]) -> Flags:
        """Whether each document is a copy of one of an earlier group, shape `(documents,)`."""
        which, numbers = self._index.find(bands.ravel(), LOOKED_AT)
        # Documents that are alike have many bands in common; they are compared once.
        pairs = np.unique(((which // self._bands).astype(np.uint64) << np.uint64(32)) | numbers)
        copies = np.zeros(len(signatures), np.bool_)
        for first in range(0, len(pairs), COMPARED):
            some = pairs[first : first + COMPARED]
            here, earlier = (some >> np.uint64(32)).astype(np.int64), some.astype(np.uint32)
            likeness = alike(signatures[here], self._signatures[earlier])
            copies[here[likeness >= self.params.similarity]] = True
        return copies

    def _like_each_other(self, signatures: Signatures, bands: npt.NDArray[np.uint64]) -> list[int]:
        """The documents of a group that are copies of one before them that is none."""
        _, of, times = np.unique(bands, return_inverse=True, return_counts=True)
        shared = (times > 1)[of].reshape(bands.shape)
        of = of.reshape(bands.shape)
        known: dict[int, list[int]] = {}
        copies = []
        for number in np.flatnonzero(shared.any(axis=1)).tolist():
            keys = of[number][shared[number]].tolist()
            candidates = sorted({other for key in keys for other in known.get(key, ())})
            if candidates and alike(signatures[number], signatures[candidates]).max() >= self.params.similarity:
                copies.append(number)
                continue
            for key in keys:
                some = known.setdefault(key, [])
                if len(some) < LOOKED_AT:
                    some.append(number)
        return copies

    def _remember(self, signatures: Signatures, bands: npt.NDArray[np.uint64]) -> None:
        while self._known + len(signatures) > len(self._signatures):
            self._signatures = np.concatenate([self._signatures, np.zeros_like(self._signatures)])
        numbers = np.arange(self._known, self._known + len(signatures), dtype=np.uint32)
        self._signatures[numbers] = signatures
        self._index.add(bands.ravel(), np.repeat(numbers, self._bands))
        self._known += len(signatures)


def rows_of_bands(similarity: float) -> int:
    """How long bands may be so that 99 of 100 pairs of this similarity have one of them in common."""
    rows = [rows for rows in range(1, PERMUTATIONS + 1) if (1 - similarity**rows) ** (PERMUTATIONS // rows) <= MISSED]
    return max(rows)
