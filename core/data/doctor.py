"""What a corpus is too small or too odd for, in plain sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["SMALL", "Kept", "advice", "kept_by", "warnings_of"]

#: Below this many words neighbours are mostly chance.
SMALL = 5_000


@dataclass(frozen=True, slots=True)
class Kept:
    """What a minimum count leaves.

    Attributes:
        types: different words left.
        tokens: occurrences of them.
        share: their share of all words of the corpus, 0 to 1; higher keeps more of the text.
        dropped: up to ten words that are dropped, the most frequent first.
    """

    types: int
    tokens: int
    share: float
    dropped: tuple[str, ...]


def kept_by(
    counts: npt.NDArray[np.int64], words: Sequence[str], min_count: int, max_vocabulary: int | None = None
) -> Kept:
    """What is left of a vocabulary when words that occur less than `min_count` times are dropped.

    Args:
        counts: occurrences by frequency rank, falling.
        words: the words, by rank.
        min_count: the fewest occurrences to keep a word.
        max_vocabulary: the most words to keep.
    """
    types = int(np.searchsorted(-counts, -min_count, side="right"))
    if max_vocabulary is not None:
        types = min(types, max_vocabulary)
    tokens = int(counts[:types].sum())
    total = int(counts.sum())
    return Kept(types, tokens, tokens / total if total else 0.0, tuple(words[types : types + 10]))


def warnings_of(words: Sequence[str], counts: npt.NDArray[np.int64], documents: int, overlong: int) -> list[str]:
    """What should be said of a corpus whatever is trained on it.

    Args:
        words: the words, by frequency rank.
        counts: their occurrences.
        documents: lines with words.
        overlong: words passed over because of their length.
    """
    told = []
    tokens = int(counts.sum())
    if len(words) == 1:
        told.append(f"It is one word {tokens:,} times; training needs at least two different words.")
    elif tokens < SMALL:
        told.append(
            f"{tokens:,} words are too few for neighbours that mean anything; expect chance below {SMALL:,} and "
            "patterns from about 100,000."
        )
    if overlong:
        plural = "word of more than 100 characters was" if overlong == 1 else "words of more than 100 characters were"
        told.append(f"{overlong:,} {plural} passed over.")
    if tokens >= SMALL and len(words) > 0.6 * tokens:
        told.append(
            f"{len(words):,} of {tokens:,} words are different: most occur once, so little can be learned about them."
        )
    if documents < 2 <= tokens // 1000:
        told.append("All text stands on one line, so windows reach across whatever were documents.")
    return told


def advice(
    counts: npt.NDArray[np.int64], words: Sequence[str], min_count: int, max_vocabulary: int | None = None
) -> list[str]:
    """What should be said of the cut-offs of a run."""
    kept = kept_by(counts, words, min_count, max_vocabulary)
    told = []
    if kept.types and kept.share < 0.8:
        told.append(
            f"A minimum count of {min_count} keeps only {kept.share:.0%} of the text; "
            "lower it to learn about more words."
        )
    if 0 < kept.types < 50:
        told.append(f"A vocabulary of {kept.types} words makes a map, but hardly neighbours.")
    return told
