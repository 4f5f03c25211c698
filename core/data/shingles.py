"""MinHash signatures: how alike two documents are can be told from 128 bytes of each.

A shingle is some words that stand side by side. Two documents are as alike as the share of shingles that both have
among all that either has (Jaccard). The smallest of all hashed shingles is the same in both with just that
probability; a signature holds it for 128 hash functions, of each only the last byte.

A. Z. Broder. On the resemblance and containment of documents. SEQUENCES 1997.
P. Li, A. C. König. b-bit minwise hashing. WWW 2010.
"""

import functools
import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.data.normal_form import nfc

__all__ = ["PERMUTATIONS", "alike", "minima_of", "shingles_of", "signatures_of"]

PERMUTATIONS = 128
LONGEST = 1_000_000
SEED = 20_240_229
PLACE = 0x9E3779B97F4A7C15

Hashes = npt.NDArray[np.uint64]
Positions = npt.NDArray[np.int64]

BETWEEN, LETTER, WORD = 0, 1, 2


def shingles_of(documents: Sequence[str], size: int) -> tuple[Hashes, Positions]:
    """The hashed shingles of some documents; a document of fewer words than `size` is one shingle.

    Words are runs of letters, digits and marks, in lower case; in Chinese, Japanese and Thai each character is a word.
    Of a document the first million characters are looked at.

    Args:
        documents: texts without line feeds.
        size: words in a shingle.

    Returns:
        The hashes, document after document, and where those of each document begin, with the end: `(documents + 1,)`.
    """
    text = "".join(f"{document[:LONGEST]}\n" for document in documents)
    text = nfc(text).lower()
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds = _kinds()[np.minimum(codes, 0xFFFF)]
    kinds[codes >= 0x20000] = WORD
    begins = (kinds == WORD) | ((kinds == LETTER) & (np.concatenate([[BETWEEN], kinds[:-1]]) != LETTER))
    # How many words begin before the end of each document.
    ends = np.cumsum(begins)[codes == 10]
    words = _word_hashes(codes[kinds != BETWEEN], np.flatnonzero(begins[kinds != BETWEEN]))
    starts = np.concatenate([[0], ends[:-1]]).astype(np.int64)
    lengths = ends - starts
    first, end = np.repeat(starts, lengths), np.repeat(ends, lengths)
    places = np.arange(len(words))
    shingles = np.zeros(len(words), np.uint64)
    following = np.concatenate([words, np.zeros(size, np.uint64)])
    for step in range(size):
        place = np.uint64((step + 1) * PLACE % 2**64)
        mixed = _mixed(following[step : step + len(words)] + place)
        shingles += np.where(places + step < end, mixed, np.uint64(0))
    whole = places <= np.maximum(first, end - size)
    bounds = np.concatenate([[0], np.cumsum(np.where(lengths > 0, np.maximum(1, lengths - size + 1), 0))])
    return _mixed(shingles[whole]), bounds.astype(np.int64)


def minima_of(shingles: Hashes, bounds: Positions) -> npt.NDArray[np.uint32]:
    """The smallest value of each hash function, shape `(documents, 128)`; 0 for documents without words.

    Args:
        shingles: from `shingles_of`.
        bounds: from `shingles_of`.
    """
    # 32 bits are multiplied twice as fast as 64.
    short = (shingles >> np.uint64(32)).astype(np.uint32)
    factors, summands = _functions()
    minima = np.zeros((PERMUTATIONS, len(bounds) - 1), np.uint32)
    filled = np.flatnonzero(np.diff(bounds))
    if filled.size:
        starts, hashed = bounds[:-1][filled], np.empty_like(short)
        for number in range(PERMUTATIONS):
            np.multiply(short, factors[number], out=hashed)
            np.add(hashed, summands[number], out=hashed)
            minima[number, filled] = np.minimum.reduceat(hashed, starts)
    return np.ascontiguousarray(minima.T)


def signatures_of(minima: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    """One byte of each smallest value, shape `(documents, 128)`."""
    return (_mixed(minima.astype(np.uint64)) & np.uint64(0xFF)).astype(np.uint8)


def alike(signatures: npt.NDArray[np.uint8], others: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """How alike documents and others are, 0 to 1 but for chance, by their signatures; to about 0.04.

    Args:
        signatures: of one document, shape `(128,)`, or of as many as there are others.
        others: of the others, shape `(others, 128)`.
    """
    same = np.count_nonzero(others == signatures, axis=1) / PERMUTATIONS
    # Of two different values the last byte is the same once in 256 times.
    corrected: npt.NDArray[np.float64] = (same - 1 / 256) / (1 - 1 / 256)
    return corrected


def _word_hashes(letters: npt.NDArray[np.uint32], starts: Positions) -> Hashes:
    """A hash of each word: the sum of the mixed bits of each letter with its place."""
    if not starts.size:
        return np.zeros(0, np.uint64)
    places = np.arange(len(letters)) - np.repeat(starts, np.diff(starts, append=len(letters)))
    mixed = _mixed(letters.astype(np.uint64) + (places.astype(np.uint64) + np.uint64(1)) * np.uint64(PLACE))
    return np.add.reduceat(mixed, starts)


def _mixed(values: Hashes) -> Hashes:
    """The bits of whole numbers, mixed so that like numbers become unlike ones (splitmix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Hashes = values ^ (values >> np.uint64(31))
    return mixed


@functools.cache
def _functions() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Factors, odd ones, and summands of the hash functions: the same in each run."""
    factors, summands = np.random.default_rng(SEED).integers(0, 1 << 32, (2, PERMUTATIONS), np.uint32)
    return factors | np.uint32(1), summands


@functools.cache
def _kinds() -> npt.NDArray[np.uint8]:
    """What each code point up to U+FFFF is: between words, in a word, or a word."""
    kinds = np.zeros(0x10000, np.uint8)
    for code in range(0x10000):
        character = chr(code)
        if character.isalnum() or unicodedata.category(character)[0] == "M":
            kinds[code] = LETTER
    for first, last in ((0xE00, 0xEFF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF)):
        kinds[first : last + 1] = np.where(kinds[first : last + 1] == LETTER, WORD, BETWEEN)
    return kinds
