"""Documents that were there before, word for word."""

import hashlib
import unicodedata
from collections.abc import Sequence

import numpy as np

from core.data.cleaner import CLEANING_STEPS, DocumentStep
from core.data.hash_index import HashIndex
from core.params import Params

__all__ = ["Duplicates", "DuplicatesParams"]


class DuplicatesParams(Params):
    """Duplicates need no settings."""


@CLEANING_STEPS.register
class Duplicates(DocumentStep[DuplicatesParams]):
    """Keeps the first of all documents that are the same but for case, white space and Unicode form.

    Of each document 8 bytes are remembered: among ten million documents the chance that one is left out by mistake is
    3 in a million. Blank documents stay, so that line numbers do.
    """

    name = "duplicates"
    title = "Duplicates"
    summary = (
        "Leaves out documents that were there before, whatever their case and white space. Copies teach nothing new "
        "and make what they say look certain."
    )
    Params = DuplicatesParams

    def __init__(self, params: DuplicatesParams) -> None:
        super().__init__(params)
        self._known = HashIndex()
        self._looked = self._left_out = 0

    def documents(self, documents: Sequence[str]) -> list[list[str]]:
        """Each document, or nothing where it was there before."""
        texts = [_same(text) for text in documents]
        hashes = np.frombuffer(b"".join(hashlib.blake2b(text, digest_size=8).digest() for text in texts), "<u8")
        filled = np.array([bool(text) for text in texts], np.bool_)
        known = np.zeros(len(texts), np.bool_)
        known[self._known.find(hashes, 1)[0]] = True
        first = np.zeros(len(texts), np.bool_)
        first[np.unique(hashes, return_index=True)[1]] = True
        new = first & ~known
        self._known.add(hashes[new & filled], np.zeros(int(np.count_nonzero(new & filled)), np.uint32))
        kept = (new | ~filled).tolist()
        self._looked += len(texts)
        self._left_out += kept.count(False)
        return [[text] if stays else [] for text, stays in zip(documents, kept, strict=True)]

    def notes(self) -> list[str]:
        """How many documents were left out."""
        if not self._left_out:
            return []
        return [f"Duplicates: {self._left_out:,} of {self._looked:,} documents were there before and were left out."]


def _same(text: str) -> bytes:
    """What documents that count as the same have in common."""
    if not text.isascii():
        # Case folding may leave NFC.
        text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    return " ".join(text.casefold().split()).encode("utf-8", "surrogatepass")
