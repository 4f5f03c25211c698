"""Base of the architectures whose vectors are singular vectors of a sparse matrix: count, then factor."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import TypeVar

import numpy as np

from core.architecture import Context
from core.counting.factors import SubspaceIteration, block_width
from core.counting.sparse import Sparse
from core.counting.training import OVERHEAD_BYTES, Counting, Done, Model
from core.data.training_data import TrainingData
from core.params import Field, Params
from core.space import FloatMatrix

__all__ = ["Factored", "FactoredParams", "factoring_price"]

COUNTING = 0.3
"""Share of the work that counting is taken for."""
CELL_FLOATS = 3e9
"""Floats of the block that one thread adds up in a second, for the estimate."""


class FactoredParams(Params):
    """What every architecture has that factors a matrix; an architecture adds its own, or changes a default."""

    dimensions: int = Field(
        200,
        ge=2,
        le=512,
        description="Length of each vector: singular vectors kept; 200 serves most corpora, 100 loses analogies.",
        json_schema_extra={"search": [50, 400, "log"]},
    )
    singular_exponent: float = Field(
        0.5,
        ge=0,
        le=1,
        description="How much the strong dimensions outweigh the weak: 1 as in the matrix, 0 all alike; "
        ".5 is a good middle.",
        json_schema_extra={"search": [0, 1, "linear"]},
    )
    iterations: int = Field(
        6,
        ge=1,
        le=100,
        description="Passes over the matrix in search of its singular vectors; 6 is enough, 3 for a quick look.",
        json_schema_extra={"advanced": True},
    )


P = TypeVar("P", bound=FactoredParams)


class Factored(Counting[P]):
    """Its examples are the cells of the matrix, seen once in each pass; its loss the share of their squares not met."""

    loss_unit = "share of the matrix left unexplained"
    seeded = False

    @abstractmethod
    def count(self, data: TrainingData, context: Context) -> Iterator[tuple[int, int, int]]:
        """Count; yield blocks done, tokens passed over, and tokens to pass over."""

    @abstractmethod
    def matrix(self, context: Context) -> tuple[Sparse, Sparse]:
        """The matrix, one row a word, and its transpose, once everything is counted; lets go of the counts."""

    def columns(self) -> dict[str, tuple[int, int]]:
        """The vectors, and the block in which they are looked for."""
        block = block_width(self.params.dimensions)
        return {"vectors": (self.params.dimensions, self.params.dimensions), "basis": (block, block)}

    def begin(self, model: Model) -> None:
        """All zero: nothing is known before something is counted."""

    def work(self, data: TrainingData, context: Context, model: Model) -> Iterator[Done]:
        """Count, then pass over the matrix."""
        begun, blocks, words = model.done.block, 0, 0
        for blocks, words, total in self.count(data, context):
            yield Done(blocks, words, COUNTING * words / total)
        rows, columns = self.matrix(context)
        basis: FloatMatrix | None = model.arrays["basis"] if begun > blocks else None
        search = SubspaceIteration(rows, columns, self.params.dimensions, context.threads, basis)
        for number in range(max(0, begun - blocks), self.params.iterations):
            last = number + 1 == self.params.iterations
            vectors = search.step(self.params.singular_exponent, not last)
            model.arrays = {"vectors": vectors, "basis": np.ascontiguousarray(search.basis)}
            fraction = 1.0 if last else COUNTING + (1 - COUNTING) * (number + 1) / self.params.iterations
            yield Done(blocks + number + 1, words, fraction, (number + 1) * rows.cells, search.unexplained)


def factoring_price(params: FactoredParams, rows: int, cells: float, threads: int) -> tuple[float, float]:
    """Seconds and bytes of factoring a matrix of so many words, the two copies of its cells included."""
    width = block_width(params.dimensions)
    dense = rows * width * (width / 4e9 + 4e-9)
    seconds = params.iterations * (2 * cells * width / CELL_FLOATS + dense) / max(1, threads)
    return seconds, OVERHEAD_BYTES + 16 * cells + 4 * rows * (5 * width + 3 * params.dimensions)
