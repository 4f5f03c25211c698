"""One-hot vectors: every word is an axis of its own, and no two words have anything in common.

The most frequent words have an axis each, as many as there are dimensions; rarer ones are zero, which leaves the cosine
of any two different words at 0 as it should be. The mean over a document is its bag of words, hence a baseline for
telling documents apart that is hard to beat.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from core.architecture import ARCHITECTURES, Context, CorpusSize, Estimate, Preset
from core.counting.training import OVERHEAD_BYTES, Counting, Done, Model
from core.data.training_data import TrainingData
from core.params import Field, Params

__all__ = ["OneHot", "OneHotParams"]

LARGEST = 500_000_000
"""Bytes that a preset lets the vectors take."""


class OneHotParams(Params):
    """Hyperparameters of one-hot vectors."""

    dimensions: int = Field(
        1000,
        ge=2,
        le=4096,
        description="Words that get an axis of their own, the most frequent first; 1000 serves most corpora.",
    )


@ARCHITECTURES.register
class OneHot(Counting[OneHotParams]):
    """The word's number, written as a vector."""

    name = "one_hot"
    title = "One-hot"
    summary = (
        "Gives each of the most frequent words an axis of its own and the rest none, and learns nothing. "
        "A floor for similarity, where different words are all alike to it, and a fair rival for telling documents "
        "apart, where its means are bags of words. "
        "Takes no time, but memory for as many dimensions as words that have an axis."
    )
    citation = "J. L. Elman. Finding structure in time. Cognitive Science 14(2), 1990."
    Params = OneHotParams
    loss_unit: ClassVar[str] = ""
    seeded: ClassVar[bool] = False
    threaded: ClassVar[bool] = False
    learns: ClassVar[bool] = False

    def columns(self) -> dict[str, tuple[int, int]]:
        """The vectors alone."""
        return {"vectors": (self.params.dimensions, self.params.dimensions)}

    def begin(self, model: Model) -> None:
        """A one on the diagonal."""
        np.fill_diagonal(model.arrays["vectors"], 1)

    def work(self, data: TrainingData, context: Context, model: Model) -> Iterator[Done]:
        """Nothing is left to do."""
        yield Done(1, 0, 1.0)

    @classmethod
    def preset(cls, preset: Preset, size: CorpusSize) -> dict[str, Any]:
        """An axis for each word where memory allows, at most a thousand; fewer for a quick look."""
        most = min(250 if preset == "quick" else 1000, LARGEST // (4 * max(1, size.vocabulary)))
        return {"dimensions": max(2, min(most, size.vocabulary))}

    @classmethod
    def estimate(cls, params: OneHotParams, size: CorpusSize, threads: int) -> Estimate:
        """Seconds and memory, from sizes alone."""
        floats = size.vocabulary * params.dimensions
        return Estimate(seconds=0.01 + floats / 2e9, memory=OVERHEAD_BYTES + 8 * floats + 4 * size.tokens)
