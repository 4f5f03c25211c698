"""The block loop that skip-gram and CBOW share: blocks in, Steps out."""

import math
import time
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import numpy as np
import numpy.typing as npt

from core.architecture import Architecture, Context, CorpusSize, Estimate, Preset
from core.data.training_data import TrainingData
from core.errors import CorpusError, DivergedError, TrainingError
from core.negative_sampling.blocks import Blocks, block_seed
from core.negative_sampling.held_out import HeldOut, keep_probabilities, noise_weights
from core.negative_sampling.params import NegativeSamplingParams
from core.negative_sampling.presets import estimate, settings
from core.negative_sampling.workers import Tally, Workers
from core.progress import Step
from core.space import EmbeddingSpace, FloatMatrix
from core.tensors import Arrays, Rows

__all__ = ["Kernel", "Model", "NegativeSampling", "padded_width"]

P = TypeVar("P", bound=NegativeSamplingParams)
Kernel = Callable[..., None]

LANES = 16
"""Floats in a vector register; rows are padded to a multiple, since a scalar tail costs a third of the speed."""
STEPS = 50
"""A Step ends at the latest when this share of the work is done, so that short trainings can be watched too."""
CHANCE_FACTOR = 3.0
LARGEST_NORM = 1e3
GROUP_VOCABULARY = 1_000
"""Words from which on neighbouring windows share negatives; none is a centre of theirs, which tells with few words."""
NORM_ROWS = 10_000
READ_ROWS = 8192
"""Rows read from a checkpoint at a time: the matrices are not in memory twice when a training goes on."""


def padded_width(dimensions: int) -> int:
    """Floats a row takes in memory."""
    return -(-dimensions // LANES) * LANES


def _matrix(rows: int, width: int) -> FloatMatrix:
    """Zeros whose rows begin on a cache line: numpy aligns to 16 bytes only, and each load would touch two lines."""
    buffer = np.zeros(rows * width + LANES, np.float32)
    start = (-buffer.ctypes.data % 64) // 4
    return buffer[start : start + rows * width].reshape(rows, width)


@dataclass(slots=True)
class Model:
    """What changes while training goes on: all of it is in a checkpoint."""

    inputs: FloatMatrix
    outputs: FloatMatrix
    words: list[str]
    counts: npt.NDArray[np.int64]
    corpus: str
    seed: int
    blocks: int
    block: int = 0
    examples: int = 0
    high_steps: int = 0
    fraction: float = 0.0


class NegativeSampling(Architecture[P]):
    """Base of the architectures that tell true words from random ones; each brings a kernel.

    Class attributes:
        pairs: an example is a pair of words, else a centre word with all its contexts.
        group: how many neighbouring windows share their negatives.
        pace: padded floats that one thread updates in a second, for the estimate.
    """

    comparable: ClassVar[tuple[str, ...]] = ("negatives", "window")
    pairs: ClassVar[bool]
    group: ClassVar[int]
    pace: ClassVar[float]

    def __init__(self, params: P) -> None:
        super().__init__(params)
        self._model: Model | None = None

    @staticmethod
    @abstractmethod
    def kernel(width: int) -> Kernel:
        """The compiled loop over the segments of a block, for rows of `width` floats."""

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
            self._model = self._begin(data, context.seed, blocks.total)
        model = self._model
        if model.blocks != blocks.total:
            raise TrainingError(
                f"The training was begun in {model.blocks:,} blocks, this version of Semascope cuts the corpus into "
                f"{blocks.total:,}, in which it cannot go on; train again with the same recipe."
            )
        run_block = self._runner(data, blocks, model)
        measure = self._measure(data, model)
        measured = time.perf_counter()
        for tally, seconds, words in self._groups(blocks, context, run_block):
            self._watch(tally, blocks)
            model.fraction = blocks.fraction(model.block)
            last = model.block >= blocks.total
            held_out_loss = None
            if measure is not None and (last or time.perf_counter() - measured >= context.held_out_seconds):
                held_out_loss = measure()
                measured = time.perf_counter()
            yield Step(
                block=model.block,
                fraction=model.fraction,
                loss=tally.loss / tally.examples if tally.examples else float("nan"),
                held_out_loss=held_out_loss,
                examples=model.examples,
                examples_per_second=tally.examples / seconds,
                words=blocks.words_before(model.block),
                words_per_second=words / seconds,
                learning_rate=blocks.rate(model.block, self.params.learning_rate),
            )

    def space(self) -> EmbeddingSpace:
        """The input vectors, a view that moves when training goes on; valid after the first Step."""
        model = self._trained()
        facts = {"architecture": self.name, "corpus": model.corpus, "seed": model.seed, "fraction": model.fraction}
        return EmbeddingSpace(model.words, self._vectors(model), model.counts, facts)

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """All that `restore` needs: views of both matrices, shape `(words, dimensions)`, and where training stood."""
        model = self._trained()
        arrays = {"inputs": self._unpadded(model.inputs), "outputs": self._unpadded(model.outputs)}
        names = ("corpus", "seed", "blocks", "block", "examples", "high_steps", "fraction")
        return arrays, {name: getattr(model, name) for name in names}

    def restore(self, arrays: Mapping[str, Rows], state: Mapping[str, Any], data: TrainingData) -> None:
        """Take up a state, so that `train` continues as if it had never stopped.

        Raises:
            TrainingError: the state is not one of these parameters and this data.
        """
        dimensions = self.params.dimensions
        rows = {"inputs": self._input_rows(data), "outputs": data.vocabulary}
        for name, count in rows.items():
            found = arrays.get(name)
            if found is None or found.shape != (count, dimensions) or found.dtype != np.float32:
                raise TrainingError(
                    f"The checkpoint's {name} do not fit {data.vocabulary} words of {dimensions} dimensions."
                )
        if state.get("corpus") != data.corpus:
            raise TrainingError("The checkpoint belongs to another corpus; train from the start.")
        width = padded_width(dimensions)
        self._model = None  # one that diverged makes room for its last good state
        model = Model(
            _matrix(rows["inputs"], width),
            _matrix(rows["outputs"], width),
            list(data.words),
            data.counts,
            data.corpus,
            seed=int(state["seed"]),
            blocks=int(state.get("blocks", 0)),
            block=int(state["block"]),
            examples=int(state["examples"]),
            high_steps=int(state["high_steps"]),
            fraction=float(state["fraction"]),
        )
        for name, matrix in (("inputs", model.inputs), ("outputs", model.outputs)):
            for first in range(0, rows[name], READ_ROWS):
                matrix[first : first + READ_ROWS, :dimensions] = arrays[name][first : first + READ_ROWS]
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
        """Compile the kernel for the padded width, or load it from numba's cache."""
        cls.kernel(padded_width(params.dimensions))

    def _trained(self) -> Model:
        if self._model is None:
            raise TrainingError("There are no vectors yet; train first.")
        return self._model

    def _unpadded(self, matrix: FloatMatrix) -> FloatMatrix:
        view = matrix[:, : self.params.dimensions]
        view.flags.writeable = False
        return view

    def _input_rows(self, data: TrainingData) -> int:
        """How many rows the input matrix has: one a word, the first ones, unless an architecture has more."""
        return data.vocabulary

    def _vectors(self, model: Model) -> FloatMatrix:
        """The vectors of the words as they are now, shape `(words, dimensions)`."""
        return self._unpadded(model.inputs)

    def _measure(self, data: TrainingData, model: Model) -> Callable[[], float] | None:
        """A function that measures the held-out loss; None where nothing is held out."""
        held_out = HeldOut.of(data, self.params, model.seed, self.pairs)
        return None if held_out is None else lambda: held_out.loss(model.inputs, model.outputs)

    def _loop(self, data: TrainingData) -> tuple[Kernel, int]:
        """The compiled loop over the segments of a block, and how many neighbouring windows share negatives."""
        return self.kernel(padded_width(self.params.dimensions)), self.group

    def _begin(self, data: TrainingData, seed: int, blocks: int) -> Model:
        """Inputs uniform within ±1/(2·dimensions), outputs zero, as word2vec.c begins."""
        dimensions, width = self.params.dimensions, padded_width(self.params.dimensions)
        inputs, outputs = _matrix(self._input_rows(data), width), _matrix(data.vocabulary, width)
        rng = np.random.default_rng(seed)
        for first in range(0, len(inputs), 8192):
            rows = inputs[first : first + 8192, :dimensions]
            rows[:] = (rng.random(rows.shape, np.float32) - np.float32(0.5)) / np.float32(dimensions)
        return Model(inputs, outputs, list(data.words), data.counts, data.corpus, seed, blocks)

    def _runner(self, data: TrainingData, blocks: Blocks, model: Model) -> Callable[[int, Tally], None]:
        """A function that trains one block and adds what it counted to a tally; threads may call it at once."""
        from core.kernels.noise import alias_table

        kernel, group = self._loop(data)
        keep = keep_probabilities(data.counts, self.params.subsample)
        thresholds = (keep * float(2**32 - 1)).astype(np.uint32)
        odds, aliases = alias_table(noise_weights(data.counts, self.params.noise_exponent))
        tokens, offsets, held_out = np.asarray(data.tokens), np.asarray(data.offsets), np.asarray(data.held_out)
        window, negatives = self.params.window, self.params.negatives
        group = group if data.vocabulary >= GROUP_VOCABULARY else 1

        def run_block(block: int, tally: Tally) -> None:
            counted = np.zeros(2)
            kernel(
                tokens,
                offsets,
                held_out,
                *blocks.segments(block),
                model.inputs,
                model.outputs,
                thresholds,
                odds,
                aliases,
                window,
                negatives,
                group,
                blocks.rate(block, self.params.learning_rate),
                np.uint64(block_seed(model.seed, block)),
                counted,
            )
            tally.add(float(counted[0]), int(counted[1]))

        return run_block

    def _groups(
        self, blocks: Blocks, context: Context, run_block: Callable[[int, Tally], None]
    ) -> Iterator[tuple[Tally, float, int]]:
        """Train block after block; yield what was counted, seconds and words whenever a Step is due."""
        model = self._trained()
        # Threads wait for one another at the end of a Step: each shall have done several blocks by then.
        stretch = max(blocks.total // STEPS, 1 if context.threads == 1 else 8 * context.threads)
        with Workers(context.threads, run_block) as workers:
            while model.block < blocks.total:
                started, first = time.perf_counter(), model.block
                limit = min(blocks.total, (first // stretch + 1) * stretch)
                tally = workers.run(first, limit, started + context.step_seconds)
                model.block += tally.blocks
                model.examples += tally.examples
                words = blocks.words_before(model.block) - blocks.words_before(first)
                yield tally, max(time.perf_counter() - started, 1e-9), words

    def _watch(self, tally: Tally, blocks: Blocks) -> None:
        """Raise where training has left all bounds; a clipped sigmoid would hide it."""
        model, rate = self._trained(), self.params.learning_rate
        mean = tally.loss / tally.examples if tally.examples else 0.0
        chance = (1 + self.params.negatives) * math.log(2)
        model.high_steps = model.high_steps + 1 if mean > CHANCE_FACTOR * chance else 0
        rows = len(model.inputs) if model.block >= blocks.total else NORM_ROWS
        square = max(float(np.einsum("ij,ij->i", m[:rows], m[:rows]).max()) for m in (model.inputs, model.outputs))
        norm = math.sqrt(square) if math.isfinite(square) else math.inf
        what = ""
        if not math.isfinite(mean) or not norm <= LARGEST_NORM:
            what = f"a vector has grown to length {norm:.3g}"
        elif model.high_steps >= 2:
            what = f"the mean loss is {mean:.3g}, above {CHANCE_FACTOR:g} times chance ({chance:.3g})"
        if what:
            better = min(0.025, rate / 10)
            raise DivergedError(
                f"Training diverged at block {model.block} of {blocks.total}: {what}, with learning_rate {rate:g}; "
                f"try learning_rate {better:.3g}."
            )
