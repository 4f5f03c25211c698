"""GloVe: vectors whose dot products are the logarithms of how often words stand together.

With x_ij the weighted count of word j within the window of word i, it minimises the sum over all pairs with x_ij > 0 of
f(x_ij)·(w_i·u_j + a_i + b_j − log x_ij)², f(x) = min(1, (x / x_max)^α), by AdaGrad. The vectors kept are w + u, or w.

The loss is the mean of the terms of that sum. The held-out loss is the same mean over pairs of words that are held back
with both their directions: a share of the pairs as large as the share of lines held out, at most 10,000. (The counts of
the held-out lines themselves are of another scale, and nearly all of them 1; these lines are not counted at all.)
"""

import math
import time
from collections.abc import Iterator, Mapping
from copy import copy
from typing import Any, ClassVar, cast

import numpy as np

from core.architecture import ARCHITECTURES, Context, CorpusSize, Estimate, Preset
from core.counting.beginning import Beginning
from core.counting.cells import Cells, Weights
from core.counting.pairs import PairCounter, Weighting, window_weights
from core.counting.prices import distinct_pairs
from core.counting.training import OVERHEAD_BYTES, Counting, Done, Model, aligned_matrix
from core.data.training_data import TrainingData
from core.errors import CorpusError, DivergedError
from core.negative_sampling.model import padded_width
from core.negative_sampling.workers import Tally, Workers
from core.params import Field
from core.schedule import EarlyStopping, ScheduleParams
from core.space import EmbeddingSpace, FloatMatrix
from core.starting import StartParams, frozen_epochs
from core.tensors import Arrays, Rows

__all__ = ["GloVe", "GloVeParams"]

ROWS = 8192
STEPS = 50
WORSE = 3.0
"""Times the loss of vectors that are zero: divergence."""
EVENTS_PER_SECOND, FLOATS_PER_SECOND = 1e8, 1.2e9
"""Neighbours that a thread counts, and floats that it trains."""
TOKENS_PER_SECOND, CELLS_PER_SECOND = 3e7, 4e7
"""Read and put in order, and cut into runs, by one thread while the others wait."""
COMPILING = 4.0
"""Seconds that compiling the kernel takes."""


class GloVeParams(StartParams):
    """Hyperparameters of GloVe."""

    dimensions: int = Field(
        100,
        ge=2,
        le=512,
        description="Length of each vector; 100 serves most corpora, 50 one below a million words.",
        json_schema_extra={"search": [25, 300, "log"]},
    )
    window: int = Field(
        10,
        ge=1,
        le=50,
        description="Words looked at on each side; 10 is usual, 5 brings words of the same kind nearer.",
        json_schema_extra={"search": [2, 15, "linear"]},
    )
    weighting: Weighting = Field(
        "harmonic",
        description="How a neighbour's count falls with distance: harmonic as published, linear as in word2vec, "
        "flat not at all.",
        json_schema_extra={"advanced": True},
    )
    symmetric: bool = Field(
        True,
        description="Whether neighbours on both sides count, or those to the left alone; both is usual.",
        json_schema_extra={"advanced": True},
    )
    epochs: int = Field(
        25,
        ge=1,
        le=1000,
        description="Passes over the pairs; 15 to 50 are usual.",
        json_schema_extra={"search": [5, 100, "log"]},
    )
    learning_rate: float = Field(
        0.05,
        ge=1e-6,
        le=10,
        description="Size of the first steps, which AdaGrad then shortens; .05 is usual.",
        json_schema_extra={"search": [0.01, 0.2, "log"]},
    )
    x_max: float = Field(
        10.0,
        ge=1,
        le=1e6,
        description="Count from which on pairs weigh alike; 100 was published for billions of words, 10 suits "
        "millions.",
        json_schema_extra={"search": [2, 100, "log"]},
    )
    alpha: float = Field(
        0.75,
        ge=0,
        le=2,
        description="How the weight of rarer pairs falls: 0 all alike, 1 as their count; .75 is usual.",
        json_schema_extra={"advanced": True, "search": [0.3, 1, "linear"]},
    )
    early_stopping: int = cast("int", copy(ScheduleParams.model_fields["early_stopping"]))
    sum_contexts: bool = Field(
        True,
        description="Whether a word's vector is the sum of those it has as a word and as a neighbour; usually yes.",
        json_schema_extra={"advanced": True},
    )


@ARCHITECTURES.register
class GloVe(Counting[GloVeParams]):
    """Counts neighbours once, then fits vectors to the logarithms of the counts."""

    name = "glove"
    title = "GloVe"
    summary = (
        "Counts how often words stand together and fits vectors whose dot products are the logarithms of the counts. "
        "Good for topics and analogies on large corpora; on small ones PPMI with SVD makes more of the same counts. "
        "The text is read once, after which time and memory grow with the different pairs of neighbours."
    )
    citation = "J. Pennington, R. Socher, C. D. Manning. GloVe: global vectors for word representation. EMNLP 2014."
    Params = GloVeParams
    comparable: ClassVar[tuple[str, ...]] = ("window", "weighting", "symmetric", "x_max", "alpha")
    loss_unit: ClassVar[str] = "weighted squared error per pair"
    measures_held_out: ClassVar[bool] = True
    takes_vectors: ClassVar[bool] = True

    def __init__(self, params: GloVeParams) -> None:
        super().__init__(params)
        self._stopping = EarlyStopping(params.early_stopping)
        self._weights = Weights(params.x_max, params.alpha)
        self._begun = Beginning()

    def columns(self) -> dict[str, tuple[int, int]]:
        """Vectors and AdaGrad's sums of squares, of words and of neighbours; two biases with their sums."""
        dimensions, width = self.params.dimensions, padded_width(self.params.dimensions)
        names = ("inputs", "input_squares", "outputs", "output_squares")
        return {**dict.fromkeys(names, (dimensions, width)), "biases": (4, 4)}

    def begin(self, model: Model) -> None:
        """Vectors uniform within ±1/(2·dimensions), biases zero."""
        rng, dimensions = np.random.default_rng(model.seed), self.params.dimensions
        for name in ("inputs", "outputs"):
            for first in range(0, len(model.words), ROWS):
                rows = model.arrays[name][first : first + ROWS, :dimensions]
                rows[:] = (rng.random(rows.shape, np.float32) - np.float32(0.5)) / np.float32(dimensions)

    def begin_from(self, model: Model, start: EmbeddingSpace) -> None:
        """Both vectors of a word that has one begin as that, at a scale of GloVe's own.

        Raises:
            SettingsError: those have other dimensions.
        """
        params = self.params
        freezing = frozen_epochs(params, params.epochs) > 0
        self._begun = Beginning.of(model, start, params.dimensions, params.sum_contexts, freezing)

    def work(self, data: TrainingData, context: Context, model: Model) -> Iterator[Done]:
        """Count, which is taken for as much work as one epoch, then train."""
        params, begun, counted = self.params, model.done.block, 0
        counter = PairCounter(data, window_weights(params.window, params.weighting), params.symmetric, context.threads)
        words = counter.words
        for counted, passed in counter.run(context.step_seconds):
            yield Done(counted, passed, passed / (words * (1 + params.epochs)))
        withheld = np.diff(data.offsets)[np.asarray(data.held_out)].sum() / max(1, len(data.tokens))
        self._cells = cells = Cells(counter.counted, float(withheld), model.seed, context.threads)
        del counter
        self._zero_loss = cells.loss_of_zeros(self._weights)
        total = cells.blocks * params.epochs
        if total == 0:
            yield Done(counted + 1, words * (1 + params.epochs), 1.0)
            return
        stopping = self._stopping
        if stopping.patience and not len(cells.held_back.rows):
            raise CorpusError(
                "early_stopping looks at the held-out loss, and no pair of words is held back; raise held_out, or set "
                "early_stopping to 0."
            )
        stretch = max(total // STEPS, 1 if context.threads == 1 else 8 * context.threads)
        at, examples = max(0, begun - counted), model.done.examples
        with Workers(context.threads, self._runner(cells, model)) as workers:
            while at < total:
                limit = min(total, (at // stretch + 1) * stretch)
                if stopping.patience:
                    limit = min(limit, (at // cells.blocks + 1) * cells.blocks)
                tally = workers.run(at, limit, time.perf_counter() + context.step_seconds)
                at, examples = at + tally.blocks, examples + tally.examples
                passed = words + words * at // cells.blocks
                fraction = 1.0 if at == total else passed / (words * (1 + params.epochs))
                if stopping.patience and at % cells.blocks == 0:
                    stopping.ends(self.held_out_loss() or 0.0)
                    self.ended_early = stopping.reason if at < total else ""
                yield Done(counted + at, passed, fraction, examples, tally.loss / max(1, tally.examples))
                if self.ended_early:
                    return

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """All that `restore` needs; besides what all have, how the held-out loss has gone, and where it began."""
        arrays, facts = super().state()
        more, begun = self._begun.kept()
        return {**arrays, **more}, {**facts, **begun, "stopping": self._stopping.to_json()}

    def restore(self, arrays: Mapping[str, Rows], state: Mapping[str, Any], data: TrainingData) -> None:
        """Take up a state, so that `train` continues as if it had never stopped."""
        begun = Beginning.from_kept(arrays, state, data.vocabulary)
        super().restore(arrays, state, data)
        self._begun = begun
        self._stopping = EarlyStopping.from_json(self.params.early_stopping, state.get("stopping", {}))
        self.ended_early = self._stopping.reason if float(state["fraction"]) < 1 else ""

    def vectors(self, model: Model) -> FloatMatrix:
        """The sum of both vectors of a word, or the one it has as a word; at the scale of those that it began from."""
        kept = self._view(model, "inputs")
        if self.params.sum_contexts:
            kept = kept + self._view(model, "outputs")
        return kept if self._begun.scale == 1 else kept * np.float32(self._begun.scale)

    def held_out_loss(self) -> float | None:
        """Mean weighted squared error of the pairs held back; None while counting, or where there are none."""
        model, cells = self._trained(), self._cells
        if cells is None or not len(cells.held_back.rows):
            return None
        inputs, outputs, biases = (model.arrays[name] for name in ("inputs", "outputs", "biases"))
        return cells.held_back.loss(inputs, outputs, biases, self._weights)

    def watch(self, loss: float, done: Done) -> None:
        """Raise where the loss stays above three times that of vectors that are zero, or is no number.

        Raises:
            DivergedError: it is; AdaGrad's steps are bounded, so that this takes a very high rate.
        """
        if done.examples == 0 or loss != loss:  # counting
            return
        self._high = self._high + 1 if not loss <= WORSE * self._zero_loss else 0
        if self._high >= 2 or not math.isfinite(loss):
            rate = self.params.learning_rate
            raise DivergedError(
                f"Training diverged at block {done.block}: the mean loss is {loss:.3g}, above {WORSE:g} times that of "
                f"vectors that are zero ({self._zero_loss:.3g}), with learning_rate {rate:g}; "
                f"try learning_rate {min(0.05, rate / 10):.3g}."
            )

    def rate(self) -> float:
        """AdaGrad's, which does not fall by itself."""
        return self.params.learning_rate

    @classmethod
    def preset(cls, preset: Preset, size: CorpusSize) -> dict[str, Any]:
        """Settings fit for a corpus of this size."""
        return {
            "dimensions": 50 if preset == "quick" or (preset == "balanced" and size.tokens < 100_000) else 100,
            "epochs": {"quick": 10, "balanced": 25, "thorough": 50}[preset],
            "x_max": 100.0 if size.tokens > 500_000_000 else 10.0,
        }

    @classmethod
    def estimate(cls, params: GloVeParams, size: CorpusSize, threads: int) -> Estimate:
        """Seconds and memory that training will take on a machine like this one, from sizes alone."""
        events = (2.0 if params.symmetric else 1.0) * size.tokens * params.window
        pairs, width = distinct_pairs(size, events), padded_width(params.dimensions)
        work = events / EVENTS_PER_SECOND + params.epochs * pairs * (width + 16) / FLOATS_PER_SECOND
        places = 12 * min(size.tokens, 1 << 26)
        floats = size.vocabulary * (4 * width + 2 * params.dimensions)
        seconds = 0.1 + work / max(1, threads) + pairs / CELLS_PER_SECOND + size.tokens / TOKENS_PER_SECOND
        return Estimate(seconds, OVERHEAD_BYTES + 4 * size.tokens + int(4 * floats + max(14 * pairs, places)))

    @classmethod
    def warm(cls, params: GloVeParams) -> None:
        """Compile the kernels, or load them from numba's cache."""
        from core.kernels.glove import glove_kernel

        glove_kernel(padded_width(params.dimensions))
        if frozen_epochs(params, params.epochs):
            glove_kernel(padded_width(params.dimensions), freezing=True)

    @classmethod
    def kernels(cls, params: GloVeParams) -> dict[str, float]:
        """What `warm` compiles, by name."""
        name = f"{cls.name} {padded_width(params.dimensions)}"
        names = (name, f"{name} freezing") if frozen_epochs(params, params.epochs) else (name,)
        return dict.fromkeys(names, COMPILING)

    _cells: Cells | None = None
    _high = 0
    _zero_loss = math.inf

    def _fresh(self, data: TrainingData, seed: int) -> Model:
        """A vector and its sums of squares lie side by side: one place in memory to fetch instead of two."""
        width = padded_width(self.params.dimensions)
        self._sides = aligned_matrix(data.vocabulary, 2 * width), aligned_matrix(data.vocabulary, 2 * width)
        arrays: dict[str, FloatMatrix] = {"biases": np.zeros((data.vocabulary, 4), np.float32)}
        for name, side in zip(("input", "output"), self._sides, strict=True):
            arrays |= {f"{name}s": side[:, :width], f"{name}_squares": side[:, width:]}
        return Model(arrays, list(data.words), data.counts, data.corpus, seed)

    def _runner(self, cells: Cells, model: Model) -> Any:
        from core.kernels.glove import glove_kernel

        params, frozen, width = self.params, self._begun.frozen, padded_width(self.params.dimensions)
        kernel = glove_kernel(width)
        still = frozen_epochs(params, params.epochs) * cells.blocks if len(frozen) else 0
        freezing = glove_kernel(width, freezing=True) if still else kernel
        # What is kept keeps still: the vectors of words as neighbours do not, where they are no part of it.
        both = frozen, frozen if params.sum_contexts else np.zeros_like(frozen)
        inputs, outputs, biases = *self._sides, model.arrays["biases"]
        given = cells.columns, cells.logs, cells.begins, cells.ends, cells.owners
        most, alpha, rate = math.log(params.x_max), params.alpha, params.learning_rate

        def run_block(block: int, tally: Tally) -> None:
            sums = np.zeros(2)
            (freezing if block < still else kernel)(
                *given, cells.order(block), inputs, outputs, biases, *both, most, alpha, rate, sums
            )
            tally.add(float(sums[0]), int(sums[1]))

        return run_block
