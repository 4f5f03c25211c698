"""Evidence: the lines of the corpus in which two words stand together, which is what a training has seen of them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.data.corpus import Corpus
from core.data.tokenize import spans_of
from core.errors import CorpusError, UnknownWordError

__all__ = ["Evidence", "Line", "concordance", "evidence"]

Positions = npt.NDArray[np.int64]

NO_TEXT = "The text of this corpus was not kept beside its words, so there are no lines to show."


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the corpus.

    Attributes:
        number: its place in the corpus, from 1.
        text: the line.
        spans: first and past-the-last character of each of the two words, where they stand within the window.
    """

    number: int
    text: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Lines that hold what was asked for: the first ones, and how many there are in all."""

    lines: tuple[Line, ...]
    total: int


def evidence(corpus: Corpus, a: str, b: str, window: int = 5, limit: int = 10) -> Evidence:
    """Find lines in which `a` and `b` stand at most `window` words apart; the closest pairs come first.

    Args:
        corpus: where to look; all its words count for the distance, rare ones too.
        a: a word; asked for with itself, lines that hold it twice are found.
        b: another word.
        window: the greatest distance; neighbours have distance 1.
        limit: how many lines to give back.

    Raises:
        UnknownWordError: a word is not in the corpus.
        CorpusError: the text was not kept beside the tokens.
    """
    ranks = [_rank(corpus, word) for word in (a, b)]
    missing = [word for word, rank in zip((a, b), ranks, strict=True) if rank is None]
    if missing:
        raise UnknownWordError(missing)
    if not corpus.has_text:
        raise CorpusError(NO_TEXT)
    places, distances = _pairs(corpus, int(ranks[0] or 0), int(ranks[1] or 0), window)
    lines = np.searchsorted(corpus.offsets, places, side="right") - 1
    # Of each line its closest pair; then the closest lines, in the order of the corpus where they are as close.
    order = np.lexsort((lines, distances))
    unique, first = np.unique(lines[order], return_index=True)
    best = unique[np.argsort(first, kind="stable")][:limit]
    words = tuple(corpus.words[int(rank or 0)] for rank in ranks)
    return Evidence(tuple(_line(corpus, int(line), words, window) for line in best), len(unique))


def concordance(corpus: Corpus, word: str, limit: int = 10) -> Evidence:
    """The lines that hold a word, in the order of the corpus, with every place where it stands.

    Raises:
        UnknownWordError: the word is not in the corpus.
        CorpusError: the text was not kept beside the tokens.
    """
    rank = _rank(corpus, word)
    if rank is None:
        raise UnknownWordError([word.strip()])
    if not corpus.has_text:
        raise CorpusError(NO_TEXT)
    places = np.flatnonzero(corpus.tokens == np.uint32(rank))
    # Places ascend, so their lines do: a line that differs from the one before is a new one.
    lines = np.searchsorted(corpus.offsets, places, side="right") - 1
    lines = lines[np.diff(lines, prepend=-1) > 0]
    key = corpus.words[rank]
    found = []
    for line in lines[: max(limit, 0)]:
        text, spans = spans_of(corpus.line(int(line)), _lowercase(corpus))
        found.append(Line(int(line) + 1, text, tuple((first, last) for this, first, last in spans if this == key)))
    return Evidence(tuple(found), len(lines))


def _pairs(corpus: Corpus, a: int, b: int, window: int) -> tuple[Positions, Positions]:
    """Places of `a` with `b` at most `window` tokens away in the same line, and how far the nearest one is."""
    first = np.flatnonzero(corpus.tokens == np.uint32(a))
    second = first if a == b else np.flatnonzero(corpus.tokens == np.uint32(b))
    lines = np.searchsorted(corpus.offsets, first, side="right") - 1
    ends = np.asarray(corpus.offsets)
    distances = np.full(len(first), window + 1, np.int64)
    for side, index in (("left", -1), ("right", 0)):
        # The last place of b before each a, and the first one after it.
        at = np.searchsorted(second, first, side="left" if side == "left" else "right") + index
        there = (at >= 0) & (at < len(second))
        other = second[np.clip(at, 0, max(0, len(second) - 1))] if len(second) else first
        same = there & (other >= ends[lines]) & (other < ends[lines + 1])
        distances = np.minimum(distances, np.where(same, np.abs(other - first), window + 1))
    near = (distances <= window) & (distances > 0)
    return first[near], distances[near]


def _line(corpus: Corpus, line: int, words: tuple[str, ...], window: int) -> Line:
    text, found = spans_of(corpus.line(line), _lowercase(corpus))
    at = {word: [i for i, (this, _, _) in enumerate(found) if this == word] for word in words}
    kept: set[int] = set()
    for i in at[words[0]]:
        for j in at[words[1]]:
            if 0 < abs(i - j) <= window:
                kept.update((i, j))
    return Line(line + 1, text, tuple((found[i][1], found[i][2]) for i in sorted(kept)))


def _lowercase(corpus: Corpus) -> bool:
    return bool(corpus.meta.get("options", {}).get("lowercase", True))


def _rank(corpus: Corpus, word: str) -> int | None:
    word = word.strip()
    rank = corpus.rank(word)
    return corpus.rank(word.lower()) if rank is None else rank
