"""What the architectures share that count instead of guessing: blocks in, Steps out, checkpoints, refusals."""

import time
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from core.architecture import Architecture, Context
from core.data.training_data import TrainingData
from core.errors import CorpusError, TrainingError
from core.params import Params
from core.progress import Step
from core.space import EmbeddingSpace, FloatMatrix
from core.tensors import Arrays, Rows

__all__ = ["OVERHEAD_BYTES", "Counting", "Done", "Model", "aligned_matrix"]

P = TypeVar("P", bound=Params)

OVERHEAD_BYTES = 250_000_000
"""The interpreter, numpy, the compiler and its compiled kernels."""
STEPS = 50
"""A Step ends at the latest when this share of the work is done, so that short trainings can be watched too."""
READ_ROWS = 8192


def aligned_matrix(rows: int, width: int) -> FloatMatrix:
    """Zeros whose rows, where they are whole vector registers, begin on a cache line."""
    buffer = np.zeros(rows * width + 16, np.float32)
    start = (-buffer.ctypes.data % 64) // 4
    return buffer[start : start + rows * width].reshape(rows, width)


@dataclass(frozen=True, slots=True)
class Done:
    """What is done since training began, after a block; `loss` is the mean over the examples of the block."""

    block: int
    words: int
    fraction: float
    examples: int = 0
    loss: float = float("nan")


@dataclass(slots=True)
class Model:
    """What changes while training goes on: all of it is in a checkpoint."""

    arrays: dict[str, FloatMatrix]
    words: list[str]
    counts: npt.NDArray[np.int64]
    corpus: str
    seed: int
    done: Done = field(default_factory=lambda: Done(0, 0, 0.0))


class Counting(Architecture[P]):
    """Base: an architecture says what it keeps, and does its work block after block.

    `work` may begin from the start when a training is resumed, to count again; what it reports up to the block of the
    checkpoint is not told a second time.
    """

    measures_held_out = False
    steady = False

    def __init__(self, params: P) -> None:
        super().__init__(params)
        self._model: Model | None = None

    @abstractmethod
    def columns(self) -> dict[str, tuple[int, int]]:
        """The matrices with one row a word: by name the columns that are kept, and those with padding."""

    @abstractmethod
    def begin(self, model: Model) -> None:
        """Fill the matrices, which are zeros, as training begins."""

    def begin_from(self, model: Model, start: EmbeddingSpace) -> None:
        """Put vectors learned before in the place of what `begin` has filled in, for architectures that take them."""

    @abstractmethod
    def work(self, data: TrainingData, context: Context, model: Model) -> Iterator[Done]:
        """Do the work; yield after each block, or after some."""

    def vectors(self, model: Model) -> FloatMatrix:
        """The vectors as they are now, shape `(words, dimensions)`."""
        return self._view(model, "vectors")

    def held_out_loss(self) -> float | None:
        """The loss on what is held out; None where it is not measured."""
        return None

    def watch(self, loss: float, done: Done) -> None:
        """Raise where training has left all bounds; told the mean loss of a Step."""

    def rate(self) -> float:
        """The learning rate, for those that have one."""
        return 0.0

    def train(self, data: TrainingData, context: Context) -> Iterator[Step]:
        """Train to the end, yielding a Step now and then; go on from where `restore` left off.

        Raises:
            CorpusError: fewer than two words, or no token of the vocabulary left to train on.
        """
        tokens = self._tokens(data)
        if data.vocabulary < 2 or tokens == 0:
            raise CorpusError(
                f"There are {data.vocabulary} words and {tokens} tokens to train on, too few to learn from; "
                "use a longer text or a lower minimum count."
            )
        if self._model is None:
            model = self._fresh(data, context.seed)
            self.begin(model)
            if context.start is not None:
                self.begin_from(model, context.start)
            self._model = model
        model = self._model
        if model.done.fraction >= 1 or self.ended_early:
            return
        told = model.done
        started = measured = time.perf_counter()
        total, examples = 0.0, 0
        for done in self.work(data, context, model):
            if done.block <= told.block:
                started = time.perf_counter()
                continue
            fresh = done.examples - model.done.examples
            if fresh > 0:
                total, examples = total + done.loss * fresh, examples + fresh
            model.done = done
            now = time.perf_counter()
            stretch = int(done.fraction * STEPS) > int(told.fraction * STEPS)
            last = done.fraction >= 1 or self.ended_early != ""
            if not (stretch or last or now - started >= context.step_seconds):
                continue
            loss = total / examples if examples else float("nan")
            self.watch(loss, done)
            held_out = None
            if last or now - measured >= context.held_out_seconds:
                held_out, measured = self.held_out_loss(), now
            seconds = max(now - started, 1e-9)
            yield Step(
                block=done.block,
                fraction=done.fraction,
                loss=loss,
                held_out_loss=held_out,
                examples=done.examples,
                examples_per_second=(done.examples - told.examples) / seconds,
                words=done.words,
                words_per_second=(done.words - told.words) / seconds,
                learning_rate=self.rate(),
            )
            started, told, total, examples = time.perf_counter(), done, 0.0, 0

    def space(self) -> EmbeddingSpace:
        """The vectors as they are now; valid after the first Step."""
        model = self._trained()
        facts = {"architecture": self.name, "corpus": model.corpus, "seed": model.seed, "fraction": model.done.fraction}
        return EmbeddingSpace(model.words, self.vectors(model), model.counts, facts)

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """All that `restore` needs: views of the matrices, one row a word, and where training stood."""
        model = self._trained()
        arrays = {name: self._view(model, name) for name in model.arrays}
        names = ("block", "words", "fraction", "examples")
        facts = {name: getattr(model.done, name) for name in names}
        return arrays, {"corpus": model.corpus, "seed": model.seed, **facts}

    def restore(self, arrays: Mapping[str, Rows], state: Mapping[str, Any], data: TrainingData) -> None:
        """Take up a state, so that `train` continues as if it had never stopped.

        Raises:
            TrainingError: the state is not one of these parameters and this data.
        """
        for name, (columns, _) in self.columns().items():
            found = arrays.get(name)
            if found is None or found.shape != (data.vocabulary, columns) or found.dtype != np.float32:
                raise TrainingError(
                    f"The checkpoint's {name} do not fit {data.vocabulary} words of {columns} dimensions."
                )
        if state.get("corpus") != data.corpus:
            raise TrainingError("The checkpoint belongs to another corpus; train from the start.")
        self._model = None  # one that diverged makes room for its last good state
        model = self._fresh(data, int(state["seed"]))
        model.done = Done(int(state["block"]), int(state["words"]), float(state["fraction"]), int(state["examples"]))
        for name, (columns, _) in self.columns().items():
            for first in range(0, data.vocabulary, READ_ROWS):
                rows = slice(first, first + READ_ROWS)
                model.arrays[name][rows, :columns] = arrays[name][rows]
        self._model = model

    def _fresh(self, data: TrainingData, seed: int) -> Model:
        arrays = {name: aligned_matrix(data.vocabulary, width) for name, (_, width) in self.columns().items()}
        return Model(arrays, list(data.words), data.counts, data.corpus, seed)

    def _trained(self) -> Model:
        if self._model is None:
            raise TrainingError("There are no vectors yet; train first.")
        return self._model

    def _view(self, model: Model, name: str) -> FloatMatrix:
        view = model.arrays[name][:, : self.columns()[name][0]]
        view.flags.writeable = False
        return view

    @staticmethod
    def _tokens(data: TrainingData) -> int:
        """Tokens to train on, those outside the vocabulary included; 0 where no other is left."""
        lengths = np.where(data.held_out, 0, np.diff(data.offsets))
        return int(lengths.sum())
