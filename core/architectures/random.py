"""Random vectors: what any score is worth that knows nothing of the text.

Each word has a vector of normally distributed numbers, whatever stands beside it. Two of them have a cosine of 0 in
the mean, with a deviation of 1/√dimensions.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from core.architecture import ARCHITECTURES, Context, CorpusSize, Estimate, Preset
from core.counting.training import OVERHEAD_BYTES, Counting, Done, Model
from core.data.training_data import TrainingData
from core.params import Field, Params

__all__ = ["Random", "RandomParams"]

ROWS = 8192


class RandomParams(Params):
    """Hyperparameters of random vectors."""

    dimensions: int = Field(
        100, ge=2, le=512, description="Length of each vector; take that of the vectors to compare with, 100 as a rule."
    )


@ARCHITECTURES.register
class Random(Counting[RandomParams]):
    """Vectors that know nothing but the word's number."""

    name = "random"
    title = "Random vectors"
    summary = (
        "Gives every word a random vector and learns nothing. "
        "The honest zero: a score that is no better than this one says nothing about the text. "
        "Takes no time worth mentioning."
    )
    citation = (
        "J. Wieting, D. Kiela. No training required: exploring random encoders for sentence classification. ICLR 2019."
    )
    Params = RandomParams
    loss_unit: ClassVar[str] = ""
    threaded: ClassVar[bool] = False
    learns: ClassVar[bool] = False

    def columns(self) -> dict[str, tuple[int, int]]:
        """The vectors alone."""
        return {"vectors": (self.params.dimensions, self.params.dimensions)}

    def begin(self, model: Model) -> None:
        """Draw the vectors; their length is about 1."""
        rng = np.random.default_rng(model.seed)
        for first in range(0, len(model.words), ROWS):
            rows = model.arrays["vectors"][first : first + ROWS]
            rows[:] = rng.standard_normal(rows.shape, np.float32) / np.float32(np.sqrt(self.params.dimensions))

    def work(self, data: TrainingData, context: Context, model: Model) -> Iterator[Done]:
        """Nothing is left to do."""
        yield Done(1, 0, 1.0)

    @classmethod
    def preset(cls, preset: Preset, size: CorpusSize) -> dict[str, Any]:
        """As many dimensions as the others have."""
        return {"dimensions": 50 if preset == "quick" else 100}

    @classmethod
    def estimate(cls, params: RandomParams, size: CorpusSize, threads: int) -> Estimate:
        """Seconds and memory, from sizes alone."""
        floats = size.vocabulary * params.dimensions
        return Estimate(seconds=0.01 + floats / 1e8, memory=OVERHEAD_BYTES + 8 * floats + 4 * size.tokens)
