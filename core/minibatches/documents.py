"""Documents to train on or to measure on: segments with a word of the vocabulary, and their words."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.data.training_data import TrainingData
from core.networks.batches import bags_of

__all__ = ["Documents", "Found", "look_through"]

PIECE = 1 << 20

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Found:
    """What one pass over the corpus tells.

    Attributes:
        known: words of the vocabulary in each segment, shape `(segments,)`.
        seen: whether a word stands in a segment that is trained on, shape `(words,)`.
        tokens: in the segments that are not held out, words outside the vocabulary included.
    """

    known: Numbers
    seen: npt.NDArray[np.bool_]
    tokens: int


def look_through(data: TrainingData) -> Found:
    """Pass over the corpus once, some segments at a time."""
    offsets, held_out = np.asarray(data.offsets), np.asarray(data.held_out)
    known = np.zeros(data.segments, np.int64)
    seen = np.zeros(data.vocabulary, np.bool_)
    first = 0
    while first < data.segments:
        last = max(first + 1, int(np.searchsorted(offsets, offsets[first] + PIECE, side="right")) - 1)
        tokens = np.asarray(data.tokens[offsets[first] : offsets[last]])
        inside = tokens < data.vocabulary
        before = np.concatenate(([0], np.cumsum(inside)))
        within = offsets[first : last + 1] - offsets[first]
        known[first:last] = np.diff(before[within])
        trained = np.repeat(~held_out[first:last], np.diff(within))
        seen[tokens[inside & trained]] = True
        first = last
    return Found(known, seen, int(np.diff(offsets)[~held_out].sum()))


@dataclass(frozen=True, slots=True)
class Documents:
    """Some segments of a corpus.

    Attributes:
        data: the corpus.
        segments: their numbers, shape `(documents,)`.
        sizes: known words of each, shape `(documents,)`; none is 0.
    """

    data: TrainingData
    segments: Numbers
    sizes: Numbers

    @classmethod
    def of(cls, data: TrainingData, found: Found, held_out: bool, labelled: bool) -> "Documents":
        """Those to train on, or those held out, that have a known word, and a label if wanted."""
        chosen = (np.asarray(data.held_out) == held_out) & (found.known > 0)
        if labelled:
            assert data.labels is not None
            chosen &= data.labels >= 0
        segments = np.flatnonzero(chosen)
        return cls(data, segments, found.known[segments])

    def __len__(self) -> int:
        return len(self.segments)

    def some(self, most: int, seed: int) -> "Documents":
        """At most so many of them, chosen at random; the same for the same seed."""
        if len(self) <= most:
            return self
        chosen = np.sort(np.random.default_rng([seed, 0x4E1D]).choice(len(self), most, replace=False))
        return Documents(self.data, self.segments[chosen], self.sizes[chosen])

    def words(self, chosen: Numbers) -> tuple[Numbers, Numbers]:
        """The known words of some documents, one after the other, and how many each has.

        Args:
            chosen: which of the documents, from 0, in any order.
        """
        offsets = self.data.offsets
        begins = np.asarray(offsets[self.segments[chosen]])
        lengths = np.asarray(offsets[self.segments[chosen] + 1]) - begins
        # The places of all tokens: each document's go on by one from where it begins.
        ends = np.cumsum(lengths)
        places = np.arange(ends[-1]) + np.repeat(begins - ends + lengths, lengths)
        tokens = np.asarray(self.data.tokens)[places].astype(np.int64)
        return tokens[tokens < self.data.vocabulary], self.sizes[chosen]

    def with_word(self) -> Numbers:
        """In how many of them each word stands, shape `(words,)`."""
        number = np.zeros(self.data.vocabulary, np.int64)
        pieces = np.searchsorted(np.cumsum(self.sizes), np.arange(0, int(self.sizes.sum()), PIECE))
        for first, last in zip(pieces, np.append(pieces[1:], len(self)), strict=True):
            if last > first:
                bags = bags_of(*self.words(np.arange(first, last)), self.data.vocabulary)
                number += np.bincount(bags.words, minlength=self.data.vocabulary)
        return number

    def labels(self, chosen: Numbers) -> Numbers:
        """Their labels' numbers."""
        assert self.data.labels is not None
        return np.asarray(self.data.labels)[self.segments[chosen]].astype(np.int64)
