"""Evidence: the lines of the corpus in which two words stand together, which is what a training has seen of them.

A corpus holds words as its cleaning left them, its text as it was in the file: where “run” is marked, “Running” may
stand. A place is marked only where it is certain; a line may come without any.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.data.corpus import Corpus
from core.errors import CorpusError, UnknownWordError
from core.explore.same_words import same_words

__all__ = ["Evidence", "Line", "concordance", "evidence"]

Positions = npt.NDArray[np.int64]
Span = tuple[int, int]

#: Longer lines are not compared with what stands in the corpus where the two differ.
MOST_COMPARED = 3_000

NO_TEXT = "The text of this corpus was not kept beside its words, so there are no lines to show."


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the corpus.

    Attributes:
        number: its place in the corpus, from 1.
        text: the line.
        spans: first and past-the-last character of each of the two words, where they stand within the window; none
            where cleaning changed the line so much that their places are not certain.
    """

    number: int
    text: str
    spans: tuple[Span, ...]


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
    a_rank, b_rank = (int(rank or 0) for rank in ranks)
    return Evidence(tuple(_line(corpus, int(line), a_rank, b_rank, window) for line in best), len(unique))


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
    occurrences = np.flatnonzero(corpus.tokens == np.uint32(rank))
    # They ascend, so their lines do: a line that differs from the one before is a new one.
    lines = np.searchsorted(corpus.offsets, occurrences, side="right") - 1
    lines = lines[np.diff(lines, prepend=-1) > 0]
    found = []
    for line in lines[: max(limit, 0)]:
        text, places = _places(corpus, int(line))
        spans = [place for token, place in zip(_tokens(corpus, int(line)), places, strict=True) if token == rank]
        found.append(Line(int(line) + 1, text, _in_order(spans)))
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


def _line(corpus: Corpus, line: int, a: int, b: int, window: int) -> Line:
    text, places = _places(corpus, line)
    tokens = np.array(_tokens(corpus, line))
    near: set[int] = set()
    for i in np.flatnonzero(tokens == a).tolist():
        for j in np.flatnonzero(tokens == b).tolist():
            if 0 < abs(i - j) <= window:
                near.update((i, j))
    return Line(line + 1, text, _in_order([places[i] for i in near]))


def _tokens(corpus: Corpus, line: int) -> list[int]:
    tokens: list[int] = corpus.tokens[corpus.offsets[line] : corpus.offsets[line + 1]].tolist()
    return tokens


def _places(corpus: Corpus, line: int) -> tuple[str, list[Span | None]]:
    """The text of a line, and the place in it of each of its words in the corpus, where that is certain."""
    text, found = corpus.wording.places(corpus.line(line))
    there = [corpus.words[rank] for rank in _tokens(corpus, line)]
    words = [word for word, _, _ in found]
    if words == there:
        return text, [(first, last) for _, first, last in found]
    # A step that looks at more than one word at a time made something else of it.
    if max(len(words), len(there)) > MOST_COMPARED:
        return text, [None] * len(there)
    return text, [None if at is None else found[at][1:] for at in same_words(words, there)]


def _in_order(spans: list[Span | None]) -> tuple[Span, ...]:
    """Every known place once: the parts of one word may share its place."""
    return tuple(sorted({span for span in spans if span is not None}))


def _rank(corpus: Corpus, word: str) -> int | None:
    """The word itself, its lower-case form, or what the corpus would write for it, if that is one word."""
    word = word.strip()
    for form in (word, word.lower()):
        rank = corpus.rank(form)
        if rank is not None:
            return rank
    written = corpus.normal(word)
    return corpus.rank(written[0]) if len(written) == 1 else None
