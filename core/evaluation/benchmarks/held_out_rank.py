"""The rank of the held-out word: how high the words around a gap put the word that stood there.

A measure that every way of making vectors can be given, whatever its loss is: each word of a line that was kept from
training is guessed from the mean of the vectors of its neighbours (each scaled to length 1), by cosine::

    rank = 100 * (words nearer to the mean + half of those as near) / (candidates - 1), mean over the gaps

Words outside the vocabulary are passed over, as in training. The neighbours themselves are no candidates, being near to
their own mean; where the true word stands among its neighbours there is nothing to guess.

After Mikolov, T., Chen, K., Corrado, G. & Dean, J. (2013). Efficient estimation of word representations in vector
space. ICLR workshop: what CBOW is trained to do, asked of any vectors.
"""

from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from core.data.training_data import TrainingData
from core.errors import CorpusError
from core.evaluation.benchmark import BENCHMARKS, Benchmark, Finding
from core.evaluation.material import Material
from core.evaluation.spread import clustered_error
from core.params import Field, Params
from core.space import EmbeddingSpace

__all__ = ["HeldOutRank", "HeldOutRankParams"]

BLOCK_FLOATS = 20_000_000
"""Cosines kept in memory at a time."""


class HeldOutRankParams(Params):
    """What is guessed, and from what; the same for all spaces that are compared."""

    words: int = Field(
        5_000_000,
        ge=2,
        le=5_000_000,
        description="Choose from so many of the most frequent words; all, if there are fewer.",
    )
    window: int = Field(5, ge=1, le=50, description="Neighbours on each side.")
    examples: int = Field(2000, ge=1, le=100_000, description="Words that are guessed at most, chosen at random.")


@BENCHMARKS.register
class HeldOutRank(Benchmark[HeldOutRankParams]):
    """The mean rank of the held-out word, in percent of the words that it is chosen from."""

    name = "held_out_rank"
    title = "Rank of the held-out word"
    summary = (
        "Guesses each word of the lines that were kept from training from the mean of its neighbours' vectors. "
        "0 % means that it always comes first, 50 % is chance, lower is better. "
        "It favours vectors that are near those of the words beside them, and knowing which words are frequent helps."
    )
    citation = (
        "After T. Mikolov, K. Chen, G. Corrado, J. Dean. Efficient estimation of word representations in vector space. "
        "ICLR workshop 2013."
    )
    unit = "% of the words it is chosen from"
    items = "gaps"
    best: ClassVar[Literal["highest", "lowest"]] = "lowest"
    bounds = (0.0, 100.0)
    chance: ClassVar[float | None] = 50.0
    needs = ("held_out",)
    Params: ClassVar[type[Params]] = HeldOutRankParams

    @classmethod
    def measure(cls, space: EmbeddingSpace, material: Material, params: HeldOutRankParams) -> Finding:
        """Guess; a word as near as others counts as being in their middle."""
        data = material.data
        assert data is not None
        count = min(len(space), data.vocabulary, params.words)
        if space.keys[:count] != list(data.words[:count]):
            raise CorpusError("These vectors are not of the words of this corpus; choose the corpus they learned from.")
        unit = space.unit[:count]
        ranks: list[float] = []
        lines: list[int] = []
        chunk: list[tuple[int, npt.NDArray[np.int64]]] = []
        for line, true, near in _examples(data, count, params.window, params.examples):
            lines.append(line)
            chunk.append((true, near))
            if len(chunk) * count >= BLOCK_FLOATS:
                ranks += _ranks(unit, chunk)
                chunk = []
        ranks += _ranks(unit, chunk)
        if not ranks:
            return Finding(
                undefined="No held-out line has two different words of the vocabulary; there is nothing to guess."
            )
        return Finding(
            value=float(np.mean(ranks)),
            deviation=clustered_error(np.array(ranks), np.array(lines)),
            used=len(ranks),
            basis=f"words of held-out lines, guessed from {params.window} words on each side, "
            f"out of the {count:,} most frequent",
        )


def _examples(
    data: TrainingData, count: int, window: int, examples: int
) -> Iterator[tuple[int, int, npt.NDArray[np.int64]]]:
    """Held-out lines, words in them and their different neighbours, in an order that is the same for every space."""
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
        yield int(owner[at]), int(tokens[at]), near
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
