"""The rank of the held-out word: how high the words around a gap put the word that stood there.

A measure that every way of making vectors can be given, whatever its loss is: each word of a line that was kept from
training is guessed from the mean of the vectors of its neighbours (each scaled to length 1), by cosine.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.data.training_data import TrainingData
from core.errors import CorpusError
from core.space import EmbeddingSpace

__all__ = ["HeldOutRank", "held_out_rank"]

BLOCK_FLOATS = 20_000_000
"""Cosines kept in memory at a time."""


@dataclass(frozen=True, slots=True)
class HeldOutRank:
    """The mean rank of the held-out word.

    Attributes:
        rank: in percent of the words it is chosen from: 0 where it is always the first, 50 by chance, lower is better.
        deviation: standard error of the mean, in percent (ddof 1); nan for one example.
        examples: words that were guessed.
        words: words that they were chosen from.
    """

    rank: float
    deviation: float
    examples: int
    words: int


def held_out_rank(
    space: EmbeddingSpace, data: TrainingData, *, words: int | None = None, window: int = 5, examples: int = 2000
) -> HeldOutRank:
    """Guess words of the held-out lines from the words around them.

    Words outside the vocabulary are passed over, as in training. The neighbours themselves are no candidates, being
    near to their own mean; where the true word stands among its neighbours there is nothing to guess. A word as near
    as others counts as being in their middle. The same lines, words and window give the same examples for every space.

    Args:
        space: the vectors; its first rows are the most frequent words of `data`.
        data: the corpus with what the run held out.
        words: choose from so many of the most frequent words; None: all of the vocabulary.
        window: neighbours on each side.
        examples: at most so many words are guessed, chosen at random.

    Raises:
        CorpusError: nothing was held out, or no held-out line has two different words.
    """
    count = min(len(space), data.vocabulary, words or len(space))
    if space.keys[:count] != list(data.words[:count]):
        raise CorpusError("These vectors are not of the words of this corpus; choose the corpus they learned from.")
    if not data.held_out.any():
        raise CorpusError("No lines were held out; train with held_out above 0 to see how well they are guessed.")
    unit = space.unit[:count]
    ranks: list[float] = []
    chunk: list[tuple[int, npt.NDArray[np.int64]]] = []
    for example in _examples(data, count, window, examples):
        chunk.append(example)
        if len(chunk) * count >= BLOCK_FLOATS:
            ranks += _ranks(unit, chunk)
            chunk = []
    ranks += _ranks(unit, chunk)
    if not ranks:
        raise CorpusError("No held-out line has two different words of the vocabulary; there is nothing to guess.")
    deviation = float(np.std(ranks, ddof=1) / np.sqrt(len(ranks))) if len(ranks) > 1 else float("nan")
    return HeldOutRank(float(np.mean(ranks)), deviation, len(ranks), count)


def _examples(
    data: TrainingData, count: int, window: int, examples: int
) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    """Words of held-out lines with their different neighbours, in an order that is the same for every space."""
    lines = np.flatnonzero(data.held_out)
    starts, ends = data.offsets[lines], data.offsets[lines + 1]
    tokens = np.concatenate([np.asarray(data.tokens[a:b], np.int64) for a, b in zip(starts, ends, strict=True)])
    owner = np.repeat(np.arange(len(lines)), ends - starts)
    known = tokens < count
    tokens, owner = tokens[known], owner[known]
    found = 0
    for at in np.random.default_rng(1).permutation(len(tokens)):
        around = np.arange(max(0, at - window), min(len(tokens), at + window + 1))
        near = np.unique(tokens[around[(owner[around] == owner[at]) & (around != at)]])
        if not len(near) or tokens[at] in near or count - len(near) < 2:
            continue
        yield int(tokens[at]), near
        found += 1
        if found == examples:
            return


def _ranks(unit: npt.NDArray[np.float32], chunk: list[tuple[int, npt.NDArray[np.int64]]]) -> list[float]:
    if not chunk:
        return []
    means = np.stack([unit[near].mean(axis=0) for _, near in chunk])
    ranks = []
    for (true, near), cosines in zip(chunk, means @ unit.T, strict=True):
        own = cosines[true]
        cosines[near] = -np.inf  # no candidates
        better, equal = int((cosines > own).sum()), int((cosines == own).sum()) - 1
        ranks.append(100 * (better + equal / 2) / (len(cosines) - len(near) - 1))
    return ranks
