"""What the words of a vocabulary are made of, and the rows of a matrix that stand for their parts.

A part is a run of characters of a word written between `<` and `>`: each of min_n to max_n characters, or each piece
that byte-pair encoding has learned from the vocabulary itself. It has the number that fastText's hash gives it, and
parts of the same number are one.

The vector of a word is the mean of a row of its own and one row for each of its parts. Training moves all of them by
the same step, so two rows that stand in the same words and in no other move alike for ever: one row serves for both
and counts twice. That leaves a third of the rows, and of what a training reads and writes, with the very same sums.

P. Bojanowski, E. Grave, A. Joulin, T. Mikolov. Enriching word vectors with subword information. TACL 2017.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from core.data.subwords import SubwordParams
from core.data.tokenizer import CONTINUES
from core.data.tokenizers.bpe import BytePairs
from core.ngrams import BASIS, PRIME, ngram_rows
from core.space import FloatMatrix

__all__ = ["Ngrams", "Pieces", "Splitter", "WordParts", "splitter_of"]

BEGIN, END = "<", ">"
AT_A_TIME = 20_000
"""Words split at a time: some 20 MB."""
MOST_FLOATS = 2_000_000
"""Gathered at a time to add up rows: 8 MB stay in the cache."""

Integers = npt.NDArray[np.int64]


class Splitter(ABC):
    """Says which parts a word has.

    Args:
        buckets: parts have numbers below this.
    """

    kind: ClassVar[str]

    def __init__(self, buckets: int) -> None:
        self.buckets = buckets

    @abstractmethod
    def numbers(self, words: Sequence[str]) -> tuple[Integers, Integers]:
        """The numbers of the parts of some words, and where those of each word begin, shape `(words + 1,)`."""

    @abstractmethod
    def texts(self, word: str) -> list[str]:
        """The parts of a word, in the order of their numbers."""

    def facts(self) -> dict[str, Any]:
        """What `splitter_of` needs to make it again, as JSON."""
        return {"kind": self.kind, "buckets": self.buckets}


class Ngrams(Splitter):
    """All runs of min_n to max_n characters, in fastText's order: by where they begin, the shorter first.

    Args:
        buckets: parts have numbers below this.
        min_n: characters in the shortest.
        max_n: characters in the longest.
    """

    kind = "ngrams"

    def __init__(self, buckets: int, min_n: int, max_n: int) -> None:
        super().__init__(buckets)
        self.min_n, self.max_n = min_n, max_n

    def numbers(self, words: Sequence[str]) -> tuple[Integers, Integers]:
        """The numbers of the n-grams of some words, and where those of each word begin."""
        return ngram_rows([word.encode("utf-8", "replace") for word in words], self.min_n, self.max_n, self.buckets)

    def texts(self, word: str) -> list[str]:
        """The n-grams of a word, in the order of their numbers."""
        marked = f"{BEGIN}{word}{END}"
        ends = ((begin, begin + length) for begin in range(len(marked)) for length in range(self.min_n, self.max_n + 1))
        return [marked[begin:end] for begin, end in ends if end <= len(marked) and marked[begin:end] not in "<>"]

    def facts(self) -> dict[str, Any]:
        """Its three settings."""
        return {**super().facts(), "min_n": self.min_n, "max_n": self.max_n}


class Pieces(Splitter):
    """The pieces into which byte-pair encoding splits a word.

    Args:
        buckets: parts have numbers below this.
        pairs: has learned the pieces.
    """

    kind = "bpe"

    def __init__(self, buckets: int, pairs: BytePairs) -> None:
        super().__init__(buckets)
        self._pairs = pairs

    @classmethod
    def learned(cls, buckets: int, words: Sequence[str], counts: Integers) -> "Pieces":
        """Learn pieces, a quarter as many as there are words."""
        pairs = BytePairs(SubwordParams())
        pairs.fit(words, counts)
        return cls(buckets, pairs)

    def numbers(self, words: Sequence[str]) -> tuple[Integers, Integers]:
        """The numbers of the pieces of some words, and where those of each word begin."""
        split = self._split(words)
        texts = [text.encode("utf-8", "replace") for texts in split for text in texts]
        return _hashes(texts, self.buckets), _begins(np.array([len(texts) for texts in split], np.int64))

    def texts(self, word: str) -> list[str]:
        """The pieces of a word, in the order of their numbers."""
        return self._split([word])[0]

    def facts(self) -> dict[str, Any]:
        """The pieces."""
        return {**super().facts(), "learned": dict(self._pairs.state())}

    def _split(self, words: Sequence[str]) -> list[list[str]]:
        split = []
        for pieces in self._pairs.split(words):
            texts = [pieces[0], *(piece.removeprefix(CONTINUES) for piece in pieces[1:])]
            texts[0], texts[-1] = BEGIN + texts[0], texts[-1] + END if len(texts) > 1 else f"{BEGIN}{texts[0]}{END}"
            split.append(texts)
        return split


def splitter_of(facts: Mapping[str, Any]) -> Splitter:
    """Make a splitter again from its facts.

    Raises:
        ValueError: those are facts of none.
        CorpusError: its pieces are none.
    """
    buckets, kind = facts.get("buckets"), facts.get("kind")
    if type(buckets) is not int or not 0 < buckets < 2**31:
        raise ValueError("a number of buckets that is none")
    if kind == Ngrams.kind:
        least, most = facts.get("min_n"), facts.get("max_n")
        if type(least) is not int or type(most) is not int or not 1 <= least <= most <= 100:
            raise ValueError("lengths of n-grams that are none")
        return Ngrams(buckets, least, most)
    if kind == Pieces.kind and isinstance(facts.get("learned"), dict):
        pairs = BytePairs(SubwordParams())
        pairs.restore(facts["learned"])
        return Pieces(buckets, pairs)
    raise ValueError("parts of an unknown kind")


@dataclass(frozen=True, slots=True)
class WordParts:
    """For each word of a vocabulary the rows of a matrix whose mean is its vector.

    Row i is that of word i itself, and of all parts that stand in it alone; further rows are of parts that several
    words share.

    Attributes:
        splitter: what split the words.
        starts: shape `(words + 1,)`; word i has the entries from `starts[i]` to `starts[i + 1]`.
        rows: shape `(entries,)`; a row stands twice where its parts stand twice in the word (“ana” in “banana”).
        shares: shape `(entries,)`; the share of each row in the word's mean.
        lengths: shape `(words,)`; how many parts a word has, itself being one.
        known: shape `(parts,)`; the numbers of all parts, ascending.
        known_rows: shape `(parts,)`; their rows.
    """

    splitter: Splitter
    starts: Integers
    rows: npt.NDArray[np.uint32]
    shares: npt.NDArray[np.float32]
    lengths: npt.NDArray[np.float32]
    known: npt.NDArray[np.uint32]
    known_rows: npt.NDArray[np.uint32]

    @classmethod
    def of(cls, words: Sequence[str], splitter: Splitter) -> "WordParts":
        """Split the words of a vocabulary; the rows of the first words come first."""
        split = [splitter.numbers(words[first : first + AT_A_TIME]) for first in range(0, len(words), AT_A_TIME)]
        numbers = np.concatenate([found for found, _ in split])
        counts = np.concatenate([np.diff(begins) for _, begins in split])
        owners = np.repeat(np.arange(len(words)), counts)
        known, known_rows, row_of, sizes = _rows_of(owners, numbers, len(words))
        # An entry for the word itself and one for each part, ordered by word and row.
        owners, rows = (np.concatenate([np.arange(len(words)), more]) for more in (owners, row_of))
        owners, rows = np.divmod(np.sort(owners * len(sizes) + rows), len(sizes))
        # Those of one word and row are as many as there are parts in the row, or a multiple: one is kept for each.
        first = np.flatnonzero((np.diff(owners, prepend=-1) != 0) | (np.diff(rows, prepend=-1) != 0))
        within = np.arange(len(rows)) - np.repeat(first, np.diff(first, append=len(rows)))
        kept = within % sizes[rows] == 0
        owners, rows = owners[kept], rows[kept]
        lengths = counts + 1
        return cls(
            splitter,
            _begins(np.bincount(owners, minlength=len(words))),
            rows.astype(np.uint32),
            (sizes[rows] / lengths[owners]).astype(np.float32),
            lengths.astype(np.float32),
            known.astype(np.uint32),
            known_rows.astype(np.uint32),
        )

    @property
    def total(self) -> int:
        """Number of rows."""
        return max(len(self.lengths), int(self.known_rows.max(initial=0)) + 1)

    @property
    def sizes(self) -> Integers:
        """How many parts each row serves, words among them, shape `(total,)`."""
        return np.bincount(self.known_rows, minlength=self.total) + (np.arange(self.total) < len(self.lengths))

    def means(self, matrix: FloatMatrix, words: Integers | None = None) -> FloatMatrix:
        """The vectors of some words, or of all.

        Args:
            matrix: shape `(total, dimensions)`.
            words: their numbers.
        """
        words = np.arange(len(self.lengths)) if words is None else words
        counts = np.diff(self.starts)[words]
        begins, means = _begins(counts), np.empty((len(words), matrix.shape[1]), np.float32)
        entries = np.arange(begins[-1]) + np.repeat(self.starts[words] - begins[:-1], counts)
        first = 0
        while first < len(words):
            room = begins[first] + MOST_FLOATS // max(1, matrix.shape[1])
            last = max(first + 1, int(np.searchsorted(begins, room, side="right")) - 1)
            some = entries[begins[first] : begins[last]]
            picked = matrix[self.rows[some]] * self.shares[some, None]
            means[first:last] = np.add.reduceat(picked, begins[first:last] - begins[first], axis=0)
            first = last
        return means


def _rows_of(owners: Integers, numbers: Integers, words: int) -> tuple[Integers, Integers, Integers, Integers]:
    """Give each part a row.

    Args:
        owners: shape `(occurrences,)`; the word in which a part stands.
        numbers: shape `(occurrences,)`; the number of that part.
        words: how many there are.

    Returns:
        The numbers of all parts, ascending; their rows; the row of each occurrence; and of each row how many parts,
        words among them, it serves.
    """
    order = np.argsort(numbers)
    ordered = numbers[order]
    begins = np.flatnonzero(np.diff(ordered, prepend=-1))
    part = np.empty(len(numbers), np.int64)
    part[order] = np.repeat(np.arange(len(begins)), np.diff(begins, append=len(numbers)))
    # Sixty-four unrelated bits for each word: two parts stand in the same words if those add up to the same.
    marks = np.random.default_rng(0x9A27).integers(0, 2**64, words, np.uint64)
    sums, firsts = marks[:0], order[:0]
    if len(begins):
        sums, firsts = np.add.reduceat(marks[owners[order]], begins), np.minimum.reduceat(order, begins)
    # Words first, then parts in the order in which they turn up: what is frequent lies close together.
    everything, turn = np.concatenate([marks, sums]), np.concatenate([np.arange(words) - words, firsts])
    _, which = np.unique(everything, return_inverse=True)
    earliest = np.full(which.max(initial=-1) + 1, len(numbers))
    np.minimum.at(earliest, which, turn)
    ranks = np.empty(len(earliest), np.int64)
    ranks[np.argsort(earliest)] = np.arange(len(earliest))
    rows = ranks[which]
    return ordered[begins], rows[words:], rows[words + part], np.bincount(rows)


def _hashes(texts: Sequence[bytes], buckets: int) -> Integers:
    """The number of each text, as fastText's hash has it."""
    values = np.frombuffer(b"".join(texts), np.int8).astype(np.uint32)
    lengths = np.array([len(text) for text in texts], np.int64)
    begins = _begins(lengths)
    hashes = np.full(len(texts), BASIS, np.uint32)
    for byte in range(int(lengths.max(initial=0))):
        longer = np.flatnonzero(lengths > byte)
        hashes[longer] = (hashes[longer] ^ values[begins[longer] + byte]) * PRIME
    return (hashes % np.uint32(buckets)).astype(np.int64)


def _begins(counts: Integers) -> Integers:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
