"""Join neighbouring words where a step finds that they belong together."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.data.cleaner import Pairs, PhraseStep
from core.data.neighbour_pairs import SECOND, beside, count_pairs
from core.data.rewriting import Positions, Rewritten, Tokens, rewrite

__all__ = ["Joined", "JoinedPhrase", "join_phrases", "pairs_in"]

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class JoinedPhrase:
    """Two words that were joined.

    Attributes:
        first: the left one.
        second: the right one.
        word: what they became.
        together: how often they stood side by side.
        score: how strongly they belong together, by the measure of the step.
    """

    first: str
    second: str
    word: str
    together: int
    score: float


@dataclass(frozen=True, slots=True)
class Joined:
    """What joining left.

    Attributes:
        words: the vocabulary with the new words at its end; words of which nothing is left are still in it.
        counts: occurrences of each, shape `(len(words),)`.
        phrases: what was joined, the strongest first.
        left: the size of the corpus, None where nothing was joined.
    """

    words: list[str]
    counts: Counts
    phrases: tuple[JoinedPhrase, ...]
    left: Rewritten | None


def pairs_in(folder: Path, words: Sequence[str], counts: Counts, step: PhraseStep[Any]) -> Pairs:
    """The pairs of neighbouring words that a step has to judge.

    Args:
        folder: that of the corpus; its tokens are the numbers of `words`.
        words: the vocabulary.
        counts: occurrences of each, shape `(len(words),)`.
        step: says which pairs are too rare.
    """
    found = count_pairs(folder, counts, max(1, step.rare))
    first, second = (found.keys >> SECOND).astype(np.uint32), found.keys.astype(np.uint32)
    return Pairs(words, counts, int(counts.sum()), first, second, found.together, found.total)


def join_phrases(folder: Path, words: list[str], counts: Counts, step: PhraseStep[Any]) -> Joined:
    """Join neighbouring words in a corpus, from left to right: of “a b c” with both pairs to join, “a b” is joined.

    Arguments as for `pairs_in`.
    """
    phrases = tuple(
        JoinedPhrase(found.first, found.second, step.joined(found.first, found.second), found.together, found.score)
        for found in step.candidates(pairs_in(folder, words, counts, step))
    )
    if not phrases:
        return Joined(words, counts, phrases, None)
    numbers = {word: number for number, word in enumerate(words)}
    first = np.array([numbers[phrase.first] for phrase in phrases], np.uint32)
    second = np.array([numbers[phrase.second] for phrase in phrases], np.uint32)
    joined = np.array([numbers.setdefault(phrase.word, len(numbers)) for phrase in phrases], np.uint32)
    joining = _Joining(first, second, joined, len(words))
    left = rewrite(folder, joining.change)
    after = np.concatenate([counts, np.zeros(len(numbers) - len(words), np.int64)])
    np.subtract.at(after, first, joining.times)
    np.subtract.at(after, second, joining.times)
    np.add.at(after, joined, joining.times)
    return Joined(list(numbers), after, phrases, left)


class _Joining:
    """Joins some pairs.

    Args:
        first: the left word of each, shape `(pairs,)`.
        second: the right word, shape `(pairs,)`.
        joined: what they become, shape `(pairs,)`.
        types: words in the vocabulary.

    Attributes:
        times: how often each was joined so far, shape `(pairs,)`.
    """

    def __init__(self, first: Tokens, second: Tokens, joined: Tokens, types: int) -> None:
        keys = (first.astype(np.uint64) << SECOND) | second
        self._order = np.argsort(keys)
        self._keys, self._joined = keys[self._order], joined
        self._begins, self._ends = np.zeros(types, np.bool_), np.zeros(types, np.bool_)
        self._begins[first] = self._ends[second] = True
        self.times = np.zeros(len(keys), np.int64)

    def change(self, tokens: Tokens, starts: Positions, last: bool) -> tuple[Tokens, Positions]:
        """A `Change` of `core.data.rewriting`."""
        places = np.flatnonzero(beside(tokens, starts) & self._begins[tokens[:-1]] & self._ends[tokens[1:]])
        wanted = (tokens[places].astype(np.uint64) << SECOND) | tokens[places + 1]
        found = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        same = self._keys[found] == wanted
        places, found = places[same], found[same]
        # Where pairs overlap (“a b”, “b c”, “c d”), every second one of the run is joined, beginning with the first.
        breaks = np.flatnonzero(np.diff(places, prepend=-2) != 1)
        begins = np.repeat(breaks, np.diff(breaks, append=len(places)))
        taken = (np.arange(len(places)) - begins) % 2 == 0
        places, which = places[taken], self._order[found[taken]]
        self.times += np.bincount(which, minlength=len(self.times))
        lengths = np.ones(len(tokens), np.int64)
        lengths[places + 1] = 0
        changed = tokens.copy()
        changed[places] = self._joined[which]
        if not last and lengths[-1]:
            # It may be joined to the word after the block.
            changed, lengths = changed[:-1], lengths[:-1]
        return changed[lengths > 0], lengths
