"""What becomes of each different word: a step looks at it once, however often it occurs."""

from array import array
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from core.data.rewriting import Positions, Tokens
from core.errors import CorpusError

__all__ = ["WordMap"]

LOOKED_AT = 50_000
MOST_WRITTEN = 1 << 22


class WordMap:
    """From each word that was counted to the words in its place; the map of no step is each word to itself.

    Args:
        words: the different words that were counted, by number.
        counts: occurrences of each, shape `(types,)`.

    Attributes:
        words: the different words that there are now, in the order of their first occurrence.
        counts: occurrences of each, shape `(len(words),)`.
    """

    def __init__(self, words: list[str], counts: npt.NDArray[np.int64]) -> None:
        self.words = words
        self.counts = counts
        self._counted = counts
        # Word i becomes _parts[_starts[i]:_starts[i + 1]].
        self._starts: Positions = np.arange(len(words) + 1)
        self._parts: Tokens = np.arange(len(words), dtype=np.uint32)

    @property
    def tokens(self) -> int:
        """Words of the whole corpus now."""
        return int(self.counts.sum())

    @property
    def numbers(self) -> Tokens | None:
        """The number now of each word that was counted; None where one has become several, or none."""
        return self._parts if bool((np.diff(self._starts) == 1).all()) else None

    def apply(self, name: str, rewrite: Callable[[Sequence[str]], list[tuple[str, ...]]]) -> None:
        """Have all words rewritten.

        Args:
            name: of what does it, for the error.
            rewrite: takes words; gives for each what stands in its place.

        Raises:
            CorpusError: it does not give as many answers as it was asked for.
        """
        numbers: dict[str, int] = {}
        parts, lengths = array("I"), array("I")
        for begin in range(0, len(self.words), LOOKED_AT):
            asked = self.words[begin : begin + LOOKED_AT]
            images = rewrite(asked)
            if len(images) != len(asked):
                raise CorpusError(
                    f"{name} was asked about {len(asked):,} words and answered for {len(images):,}, which is a mistake "
                    "in it; leave it out."
                )
            for image in images:
                filled = [part for part in image if part]
                lengths.append(len(filled))
                parts.extend([numbers.setdefault(part, len(numbers)) for part in filled])
        now = np.frombuffer(parts, np.uint32) if parts else np.zeros(0, np.uint32)
        now_starts = _starts_of(np.frombuffer(lengths, np.uint32) if lengths else np.zeros(0, np.uint32))
        many = np.diff(now_starts)[self._parts]
        ends = _starts_of(many)
        self._parts = now[_ranges(now_starts[self._parts], many)]
        self._starts = ends[self._starts]
        self.words = list(numbers)
        repeated = np.repeat(self._counted, np.diff(self._starts))
        # Sums of whole numbers below 2^53 are exact in float64.
        self.counts = np.bincount(self._parts, repeated, len(numbers)).astype(np.int64)

    def change(self, ranks: Tokens) -> Callable[[Tokens, Positions, bool], tuple[Tokens, Positions]]:
        """The `Change` that `core.data.rewriting.rewrite` takes.

        Args:
            ranks: the number to write for each word that there is now, shape `(len(words),)`.
        """
        parts, starts, lengths = ranks[self._parts], self._starts[:-1], np.diff(self._starts)

        def written(tokens: Tokens, _: Positions, __: bool) -> tuple[Tokens, Positions]:
            many = lengths[tokens]
            # A word may become a hundred: no more at a time than there is room for.
            some = max(1, int(np.searchsorted(np.cumsum(many), MOST_WRITTEN, side="right")))
            tokens, many = tokens[:some], many[:some]
            return parts[_ranges(starts[tokens], many)], many

        return written


def _starts_of(lengths: npt.NDArray[np.integer]) -> Positions:
    starts = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts


def _ranges(firsts: Positions, lengths: Positions) -> Positions:
    """The indices `first … first + length - 1` of all ranges, one after the other."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if ends.size else 0
    return np.repeat(firsts - (ends - lengths), lengths) + np.arange(total)
