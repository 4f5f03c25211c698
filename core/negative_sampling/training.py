"""The block loop that skip-gram and CBOW share: blocks in, Steps out."""

import math
import time
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, TypeVar

import numpy as np
import numpy.typing as npt

from core.architecture import Architecture, Context, CorpusSize, Estimate, Preset
from core.data.training_data import TrainingData
from core.errors import CorpusError, TrainingError
from core.negative_sampling.blocks import Blocks, block_seed
from core.negative_sampling.divergence import watch
from core.negative_sampling.held_out import HeldOut, exponent_of, keep_probabilities, noise_weights
from core.negative_sampling.model import Model, Shape, check_kept, padded_width, unpadded
from core.negative_sampling.near import near_words
from core.negative_sampling.params import NegativeSamplingParams
from core.negative_sampling.presets import estimate, settings
from core.negative_sampling.workers import Tally, Workers, useful_threads
from core.progress import Step
from core.space import EmbeddingSpace, FloatMatrix
from core.starting import check_dimensions, frozen_epochs, rows_of
from core.tensors import Arrays, Rows

__all__ = ["Kernel", "NegativeSampling"]

P = TypeVar("P", bound=NegativeSamplingParams)
Kernel = Callable[..., None]

STEPS = 50
"""A Step ends at the latest when this share of the work is done, so that short trainings can be watched too."""
GROUP_VOCABULARY = 1_000
"""Words from which on neighbouring windows share negatives; none is a centre of theirs, which tells with few words."""


class NegativeSampling(Architecture[P]):
    """Base of the architectures that tell true words from random ones; each brings a kernel.

    Class attributes:
        pairs: an example is a pair of words, else a centre word with all its contexts.
        group: how many neighbouring windows share their negatives.
        pace: padded floats that one thread updates in a second, for the estimate.
        compiling: seconds that compiling a kernel takes.
    """

    comparable: ClassVar[tuple[str, ...]] = ("negatives", "window", "window_width", "noise", "noise_exponent")
    pairs: ClassVar[bool]
    group: ClassVar[int]
    pace: ClassVar[float]
    compiling: ClassVar[float]

    def __init__(self, params: P) -> None:
        super().__init__(params)
        self._model: Model | None = None
        self._threads = 1

    @classmethod
    @abstractmethod
    def kernel(cls, params: P, freezing: bool = False) -> Kernel:
        """The compiled loop over the segments of a block, which leaves frozen rows as they are or knows of none."""

    def train(self, data: TrainingData, context: Context) -> Iterator[Step]:
        """Train to the end, yielding a Step now and then; go on from where `restore` left off.

        Raises:
            CorpusError: fewer than two words, or no token left to train on.
            TrainingError: the state that was restored counts other blocks.
            DivergedError: the loss or a vector left all bounds.
        """
        blocks = Blocks.of(data, self.params.epochs)
        if data.vocabulary < 2 or blocks.words[-1] == 0:
            raise CorpusError(
                f"There are {data.vocabulary} words and {blocks.words[-1]} tokens to train on, too few to learn from; "
                "use a longer text or a lower minimum count."
            )
        if self._model is None:
            self._model = self._begin(data, context, blocks.total)
        model = self._model
        if model.blocks != blocks.total:
            raise TrainingError(
                f"The training was begun in {model.blocks:,} blocks, this version of Semascope cuts the corpus into "
                f"{blocks.total:,}, in which it cannot go on; train again with the same recipe."
            )
        self._threads = useful_threads(context.threads, data.vocabulary)
        run_block = self._runner(data, blocks, model)
        measure = self._measure(data, model)
        stopping = model.stopping
        if measure is None and stopping.patience:
            raise CorpusError(
                "early_stopping looks at the held-out loss, and no line that could be measured is held out; raise "
                "held_out, or set early_stopping to 0."
            )
        measured = time.perf_counter()
        for tally, seconds, words in self._groups(blocks, context, run_block):
            last = model.block >= blocks.total
            judged = stopping.patience > 0 and model.block % blocks.per_epoch == 0
            watch(model, tally, blocks.total, self._chance(model), self.params.learning_rate, whole=last or judged)
            model.fraction = blocks.fraction(model.block)
            held_out_loss = None
            due = last or judged or time.perf_counter() - measured >= context.held_out_seconds
            if measure is not None and due:
                held_out_loss = measure()
                measured = time.perf_counter()
            if judged and held_out_loss is not None:
                stopping.ends(held_out_loss)
            yield Step(
                block=model.block,
                fraction=model.fraction,
                loss=tally.loss / tally.examples if tally.examples else float("nan"),
                held_out_loss=held_out_loss,
                examples=model.examples,
                examples_per_second=tally.examples / seconds,
                words=blocks.words_before(model.block),
                words_per_second=words / seconds,
                learning_rate=self._rate(blocks, model.block),
            )
        self.ended_early = stopping.reason if model.block < blocks.total else ""

    def space(self) -> EmbeddingSpace:
        """The input vectors, a view that moves when training goes on; valid after the first Step."""
        model = self._trained()
        facts = {"architecture": self.name, "corpus": model.corpus, "seed": model.seed, "fraction": model.fraction}
        return EmbeddingSpace(model.words, self._vectors(model), model.counts, facts)

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """All that `restore` needs: views of the matrices, without padding, and where training stood."""
        return self._trained().kept(self.params.dimensions)

    def restore(self, arrays: Mapping[str, Rows], state: Mapping[str, Any], data: TrainingData) -> None:
        """Take up a state, so that `train` continues as if it had never stopped.

        Raises:
            TrainingError: the state is not one of these parameters and this data.
        """
        shape = self._shape(data)
        check_kept(arrays, state, data, shape)
        self._model = None  # one that diverged makes room for its last good state
        seed, blocks = int(state["seed"]), int(state.get("blocks", 0))
        model = Model.empty(data, shape, seed, blocks, self.params.early_stopping)
        model.take_up(arrays, state, shape.dimensions)
        self._model = model

    @classmethod
    def preset(cls, preset: Preset, size: CorpusSize) -> dict[str, Any]:
        """Settings fit for a corpus of this size; see `core.negative_sampling.presets` for what was measured."""
        return settings(preset, size, cls.pairs)

    @classmethod
    def estimate(cls, params: P, size: CorpusSize, threads: int) -> Estimate:
        """Seconds and memory that training will take on a machine like this one, from sizes alone."""
        return estimate(params, size, threads, padded_width(params.dimensions), cls.pace, cls.pairs)

    @classmethod
    def warm(cls, params: P) -> None:
        """Compile the kernels that these parameters need, or load them from numba's cache."""
        cls.kernel(params)
        if frozen_epochs(params, params.epochs):
            cls.kernel(params, freezing=True)

    @classmethod
    def kernels(cls, params: P) -> dict[str, float]:
        """What `warm` compiles, by name."""
        name = f"{cls.variant(params)} {padded_width(params.dimensions)}"
        names = (name, f"{name} freezing") if frozen_epochs(params, params.epochs) else (name,)
        return dict.fromkeys(names, cls.compiling)

    @classmethod
    def variant(cls, params: P) -> str:
        """All that a kernel depends on besides the dimensions, as a name."""
        return cls.name

    @classmethod
    def useful_threads(cls, threads: int, vocabulary: int) -> int:
        """One, where the words are so few that threads would be at the same rows all the time."""
        return useful_threads(threads, vocabulary)

    def _trained(self) -> Model:
        if self._model is None:
            raise TrainingError("There are no vectors yet; train first.")
        return self._model

    def _input_rows(self, data: TrainingData) -> int:
        """How many rows the input matrix has: one a word, the first ones, unless an architecture has more."""
        return data.vocabulary

    def _shape(self, data: TrainingData) -> Shape:
        """How many rows both matrices have: the outputs one a word, unless an output layer has others."""
        return Shape(self._input_rows(data), data.vocabulary, self.params.dimensions)

    def _vectors(self, model: Model) -> FloatMatrix:
        """The vectors of the words as they are now, shape `(words, dimensions)`."""
        return unpadded(model.inputs, self.params.dimensions)

    def _measure(self, data: TrainingData, model: Model) -> Callable[[], float] | None:
        """A function that measures the held-out loss; None where nothing is held out."""
        held_out = HeldOut.of(data, self.params, model.seed, self.pairs)
        summing = getattr(self.params, "combine", "mean") == "sum"
        return None if held_out is None else lambda: held_out.loss(model.inputs, model.outputs, summing=summing)

    def _loop(self, data: TrainingData, freezing: bool = False) -> tuple[Kernel, int]:
        """The compiled loop over the segments of a block, and how many neighbouring windows share negatives."""
        return self.kernel(self.params, freezing), self.group

    def _begin(self, data: TrainingData, context: Context, blocks: int) -> Model:
        """Inputs as asked for, outputs zero; where there are vectors to begin from, the inputs of the words they have.

        Raises:
            TrainingError: those have other dimensions.
        """
        params, start = self.params, context.start
        model = Model.empty(data, self._shape(data), context.seed, blocks, params.early_stopping)
        self._draw(model)
        if start is not None and self.takes_vectors:
            check_dimensions(params.dimensions, start.dimensions)
            found = rows_of(data.words, start)
            self._place(model, found, start)
            if frozen_epochs(params, params.epochs):
                model.frozen = found >= 0
        return model

    def _draw(self, model: Model) -> None:
        """Draw the inputs at random."""
        model.begin(self.params.dimensions, self.params.initial)

    def _place(self, model: Model, found: npt.NDArray[np.int64], start: EmbeddingSpace) -> None:
        """Put vectors to begin from in their places; `found` has the row of each word among them, or -1."""
        known = np.flatnonzero(found >= 0)
        model.inputs[known, : self.params.dimensions] = start.vectors[found[known]]

    def _tables(self, data: TrainingData) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
        """What random words are drawn from."""
        from core.kernels.noise import alias_table

        return alias_table(noise_weights(data.counts, exponent_of(self.params)))

    def _more(self, blocks: Blocks, model: Model, block: int) -> tuple[Any, ...]:
        """What the kernel of an output layer takes for a block besides what all take."""
        return ()

    def _hard(self) -> bool:
        """Whether near words are among the negatives."""
        return self.params.noise == "hard"

    def _chance(self, model: Model) -> float:
        """The mean loss of one who knows nothing."""
        return (1 + self.params.negatives) * math.log(2)

    def _rate(self, blocks: Blocks, block: int) -> float:
        params = self.params
        return blocks.rate(block, params.learning_rate, params.schedule, params.warm_up)

    def _runner(self, data: TrainingData, blocks: Blocks, model: Model) -> Callable[[int, Tally], None]:
        """A function that trains one block and adds what it counted to a tally; threads may call it at once."""
        params = self.params
        kernel, group = self._loop(data)
        still = frozen_epochs(params, params.epochs) * blocks.per_epoch if len(model.frozen) else 0
        freezing = self._loop(data, freezing=True)[0] if model.block < still else kernel
        keep = keep_probabilities(data.counts, params.subsample)
        thresholds = (keep * float(2**32 - 1)).astype(np.uint32)
        odds, aliases = self._tables(data)
        tokens, offsets, held_out = np.asarray(data.tokens), np.asarray(data.offsets), np.asarray(data.held_out)
        group = group if data.vocabulary >= GROUP_VOCABULARY else 1
        span = params.window if params.window_width == "dynamic" else 1

        def run_block(block: int, tally: Tally) -> None:
            counted = np.zeros(2)
            (freezing if block < still else kernel)(
                tokens,
                offsets,
                held_out,
                *blocks.segments(block),
                model.room if block < still else model.inputs,
                model.outputs,
                thresholds,
                odds,
                aliases,
                model.nearest,
                model.frozen,
                params.window,
                span,
                params.negatives,
                group,
                self._rate(blocks, block),
                np.uint64(block_seed(model.seed, block)),
                counted,
                *self._more(blocks, model, block),
            )
            tally.add(float(counted[0]), int(counted[1]))

        return run_block

    def _groups(
        self, blocks: Blocks, context: Context, run_block: Callable[[int, Tally], None]
    ) -> Iterator[tuple[Tally, float, int]]:
        """Train block after block; yield what was counted, seconds and words whenever a Step is due.

        Where something is decided between two epochs, no group of blocks reaches from one into the next.
        """
        model = self._trained()
        # Threads wait for one another at the end of a Step: each shall have done several blocks by then.
        stretch = max(blocks.total // STEPS, 1 if self._threads == 1 else 8 * self._threads)
        hard = self._hard()
        with Workers(self._threads, run_block) as workers:
            while model.block < blocks.total and not model.stopping.ended:
                started, first = time.perf_counter(), model.block
                limit = min(blocks.total, (first // stretch + 1) * stretch)
                if hard or model.stopping.patience:
                    limit = min(limit, (first // blocks.per_epoch + 1) * blocks.per_epoch)
                if hard and first and first % blocks.per_epoch == 0:
                    model.nearest = near_words(self._vectors(model))
                tally = workers.run(first, limit, started + context.step_seconds)
                model.block += tally.blocks
                model.examples += tally.examples
                words = blocks.words_before(model.block) - blocks.words_before(first)
                yield tally, max(time.perf_counter() - started, 1e-9), words
