"""The block loop that these networks share: a mini-batch a block, blocks in, Steps out.

Learning rate, order and random numbers are functions of the block's number, and torch adds up in one order on one
thread: the same bytes, straight or resumed. Weights stay in numpy's memory, so that a checkpoint can be read, and its
vectors looked at, without torch.
"""

import math
import time
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import numpy as np
import numpy.typing as npt

from core.architecture import Architecture, Context
from core.data.training_data import TrainingData
from core.errors import CorpusError, DivergedError, TrainingError
from core.minibatches.documents import Documents, Found, look_through
from core.minibatches.model import Model, begin_vectors, read_only, room
from core.minibatches.order import Order
from core.minibatches.params import MinibatchParams
from core.progress import Step
from core.schedule import EarlyStopping, rate_factor
from core.space import EmbeddingSpace
from core.starting import check_dimensions, frozen_epochs, rows_of
from core.tensors import Arrays, Rows

if TYPE_CHECKING:
    from core.networks.network import Measured, Network

__all__ = ["OVERHEAD_BYTES", "Minibatches"]

P = TypeVar("P", bound=MinibatchParams)

OVERHEAD_BYTES = 260_000_000
"""The interpreter, numpy and torch, of which torch is the larger part."""
STEPS = 50
"""A Step ends at the latest when this share of the work is done, so that short trainings can be watched too."""
CHANCE_FACTOR = 3.0
LARGEST_NORM = 1e3
NORM_ROWS = 10_000
MEASURING = 0.05
"""Most of its time that a training spends on the held-out loss, however often it is wanted."""


class Minibatches(Architecture[P]):
    """Base: an architecture says which weights it has, makes its network, and turns documents into mini-batches.

    Class attributes:
        vectors: the weights that are the vectors of the words.
        labelled: whether only documents with a label are trained on.
        most_held_out: documents at most that the held-out loss is measured on.
    """

    vectors: ClassVar[str]
    labelled: ClassVar[bool] = False
    most_held_out: ClassVar[int] = 1_000

    def __init__(self, params: P) -> None:
        super().__init__(params)
        self._model: Model | None = None

    @abstractmethod
    def shapes(self, data: TrainingData) -> dict[str, tuple[int, ...]]:
        """The weights by name; those that end in “bias” are not shrunk."""

    @abstractmethod
    def begin(self, arrays: Arrays, data: TrainingData, rng: np.random.Generator) -> None:
        """Fill the weights beside the vectors, which are zeros, as training begins."""

    @abstractmethod
    def network(self, arrays: Arrays, data: TrainingData, documents: Documents, found: Found) -> "Network[Any]":
        """The network that works in these arrays."""

    @abstractmethod
    def batch(self, documents: Documents, chosen: npt.NDArray[np.int64]) -> Any:
        """Some documents as the network reads them."""

    @abstractmethod
    def chance(self, data: TrainingData) -> float:
        """The loss of one who knows nothing, in nats per example."""

    def threads(self, data: TrainingData, asked: int) -> int:
        """Threads that a step is shared out to, of those that there are: one where it is too small to share."""
        return self.useful_threads(asked, data.vocabulary)

    def findings(self, measured: "Measured", held_out: Documents) -> dict[str, Any]:
        """What the held-out documents tell besides the loss, for the space's metadata."""
        return {}

    def train(self, data: TrainingData, context: Context) -> Iterator[Step]:
        """Train to the end, yielding a Step now and then; go on from where `restore` left off.

        Raises:
            CorpusError: fewer than two words, no document left to train on, or no labels where they are needed.
            TrainingError: the state that was restored counts other blocks.
            DivergedError: the loss or a vector left all bounds.
        """
        found = look_through(data)
        documents = self._documents(data, found)
        params = self.params
        seed = context.seed if self._model is None else self._model.seed
        order = Order(documents.sizes, found.tokens, params.batch_size, params.epochs, seed)
        if self._model is None:
            self._model = self._begin(data, context, order.total)
        model = self._model
        if model.blocks != order.total:
            raise TrainingError(
                f"The training was begun in {model.blocks:,} blocks, this version of Semascope cuts the corpus into "
                f"{order.total:,}, in which it cannot go on; train again with the same recipe."
            )
        self.ended_early = model.stopping.reason if model.block < order.total else ""
        if model.block >= order.total or self.ended_early:
            return
        from core.networks.network import threads

        held_out = Documents.of(data, found, True, self.labelled).some(self.most_held_out, model.seed)
        if params.early_stopping and not len(held_out):
            raise CorpusError(
                "early_stopping looks at the held-out loss, and no line that could be measured is held out; raise "
                "held_out, or set early_stopping to 0."
            )
        network = self.network(model.arrays, data, documents, found)
        with threads(self.threads(data, context.threads)):
            yield from self._steps(data, context, network, order, documents, held_out)

    def space(self) -> EmbeddingSpace:
        """The vectors, a view that moves when training goes on; valid after the first Step."""
        model = self._trained()
        facts = {"architecture": self.name, "corpus": model.corpus, "seed": model.seed, "fraction": model.fraction}
        vectors = read_only(model.arrays[self.vectors])
        return EmbeddingSpace(model.words, vectors, model.counts, facts | model.findings)

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """All that `restore` needs: views of the weights and of what the optimiser keeps, and where training stood."""
        return self._trained().kept()

    def restore(self, arrays: Mapping[str, Rows], state: Mapping[str, Any], data: TrainingData) -> None:
        """Take up a state, so that `train` continues as if it had never stopped.

        Raises:
            TrainingError: the state is not one of these parameters and this data.
        """
        self._model = None  # one that diverged makes room for its last good state
        fresh = room(self.shapes(data), self.params.optimiser)
        self._model = Model.taken_up(fresh, arrays, state, data, self.params)
        self.ended_early = self._model.stopping.reason if self._model.fraction < 1 else ""

    @classmethod
    def warm(cls, params: P) -> None:
        """Load torch, which takes some seconds."""
        import core.networks.network  # noqa: F401

    # --------------------------------------------------------------- private

    def _documents(self, data: TrainingData, found: Found) -> Documents:
        if data.vocabulary < 2 or found.tokens == 0:
            raise CorpusError(
                f"There are {data.vocabulary} words and {found.tokens} tokens to train on, too few to learn from; "
                "use a longer text or a lower minimum count."
            )
        if self.labelled and (data.labels is None or len(data.label_names) < 2):
            raise CorpusError(
                f"It learns from labels, of which this corpus has {len(data.label_names)}; read the file again and "
                "name the column that holds them, with two labels or more."
            )
        documents = Documents.of(data, found, False, self.labelled)
        if not len(documents):
            what = "with a label and a word" if self.labelled else "with a word"
            raise CorpusError(
                f"No document {what} of the vocabulary is left to train on, too few to learn from; hold out less, or "
                "use a lower minimum count."
            )
        return documents

    def _begin(self, data: TrainingData, context: Context, blocks: int) -> Model:
        """As asked for; where there are vectors to begin from, with those of the words that they have.

        Raises:
            SettingsError: those have other dimensions.
        """
        params, start = self.params, context.start
        arrays = room(self.shapes(data), params.optimiser)
        rng = np.random.default_rng(context.seed)
        begin_vectors(arrays[self.vectors], params.initial, rng)
        self.begin(arrays, data, rng)
        stopping = EarlyStopping(params.early_stopping)
        model = Model(arrays, list(data.words), data.counts, data.corpus, context.seed, blocks, stopping)
        if start is not None:
            check_dimensions(params.dimensions, start.dimensions)
            found = rows_of(data.words, start)
            known = np.flatnonzero(found >= 0)
            arrays[self.vectors][known] = start.vectors[found[known]]
            if frozen_epochs(params, params.epochs):
                model.frozen = found >= 0
        return model

    def _steps(
        self,
        data: TrainingData,
        context: Context,
        network: "Network[Any]",
        order: Order,
        documents: Documents,
        held_out: Documents,
    ) -> Iterator[Step]:
        model, params = self._trained(), self.params
        stretch = max(order.total // STEPS, 1)
        still = frozen_epochs(params, params.epochs) * order.per_epoch if len(model.frozen) else 0
        if model.block < still:
            network.freeze(self.vectors, model.frozen)
        due = time.perf_counter() + context.held_out_seconds
        while model.block < order.total and not self.ended_early:
            started, first, before, total = time.perf_counter(), model.block, model.examples, 0.0
            limit = min(order.total, (first // stretch + 1) * stretch)
            if params.early_stopping:  # an epoch ends with a Step
                limit = min(limit, (first // order.per_epoch + 1) * order.per_epoch)
            while model.block == first or (
                model.block < limit and time.perf_counter() < started + context.step_seconds
            ):
                if model.block == still:
                    network.freeze(self.vectors, model.frozen[:0])
                batch = self.batch(documents, order.documents(model.block))
                measured = network.learn(batch, self._rate(order), order.seed(model.block), model.block + 1)
                total += measured.loss
                model.examples += measured.examples
                model.block += 1
            model.fraction = model.block / order.total
            seconds = max(time.perf_counter() - started, 1e-9)
            examples = model.examples - before
            self._watch(network, total / examples, self.chance(data), order)
            held_out_loss = None
            ends_epoch = bool(params.early_stopping) and model.block % order.per_epoch == 0
            if len(held_out) and (model.block >= order.total or ends_epoch or time.perf_counter() >= due):
                began = time.perf_counter()
                held_out_loss = self._measure(network, held_out)
                now = time.perf_counter()
                due = now + max(context.held_out_seconds, (now - began) / MEASURING)
                if ends_epoch and held_out_loss is not None and model.stopping.ends(held_out_loss):
                    self.ended_early = model.stopping.reason if model.block < order.total else ""
            yield Step(
                block=model.block,
                fraction=model.fraction,
                loss=total / examples,
                held_out_loss=held_out_loss,
                examples=model.examples,
                examples_per_second=examples / seconds,
                words=order.words_before(model.block),
                words_per_second=(order.words_before(model.block) - order.words_before(first)) / seconds,
                learning_rate=self._rate(order),
            )

    def _rate(self, order: Order) -> float:
        """The learning rate of the next block."""
        params = self.params
        done = self._trained().block / order.total
        return params.learning_rate * rate_factor(params.schedule, params.warm_up, done)

    def _measure(self, network: "Network[Any]", held_out: Documents) -> float | None:
        """The mean loss on what is held out; what else it tells is kept for the space."""
        loss, examples, right = 0.0, 0, 0
        for first in range(0, len(held_out), self.params.batch_size):
            chosen = np.arange(first, min(first + self.params.batch_size, len(held_out)))
            part = network.measure(self.batch(held_out, chosen))
            loss, examples, right = loss + part.loss, examples + part.examples, right + part.right
        if not examples:
            return None
        self._trained().findings = self.findings(type(part)(loss, examples, right), held_out)
        return loss / examples

    def _watch(self, network: "Network[Any]", mean: float, chance: float, order: Order) -> None:
        """Raise where training has left all bounds."""
        model, rate = self._trained(), self.params.learning_rate
        model.high_steps = model.high_steps + 1 if mean > CHANCE_FACTOR * chance else 0
        rows = len(model.words) if model.block >= order.total else NORM_ROWS
        norm = network.longest(self.vectors, rows)
        what = ""
        if not math.isfinite(mean) or not norm <= LARGEST_NORM:
            what = f"a vector has grown to length {norm:.3g}" if math.isfinite(mean) else "the loss is no number"
        elif model.high_steps >= 2:
            what = f"the mean loss is {mean:.3g}, above {CHANCE_FACTOR:g} times chance ({chance:.3g})"
        if what:
            raise DivergedError(
                f"Training diverged at block {model.block} of {order.total}: {what}, with learning_rate {rate:g}; "
                f"try learning_rate {self._slower():.3g}."
            )

    def _slower(self) -> float:
        """A learning rate to try where this one diverges: that of the optimiser, or half of a lower one.

        A tenth would be safe too, and under SGD learn nothing.
        """
        params = self.params
        usual = params.own_rate(params.model_dump()) or type(params).model_fields["learning_rate"].default
        return float(usual) if params.learning_rate > usual else params.learning_rate / 2

    def _trained(self) -> Model:
        if self._model is None:
            raise TrainingError("There are no vectors yet; train first.")
        return self._model
