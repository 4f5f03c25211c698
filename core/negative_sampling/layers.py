"""Skip-gram and CBOW with a choice of output layers and optimisers: which kernel trains them, and what that takes."""

import dataclasses
from abc import abstractmethod
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from typing import Any, ClassVar, TypeVar

import numpy as np
import numpy.typing as npt

from core.architecture import Context, CorpusSize, Estimate
from core.data.training_data import TrainingData
from core.negative_sampling.blocks import Blocks
from core.negative_sampling.held_out import HeldOut, keep_probabilities
from core.negative_sampling.layer_losses import Layer, Path, WithBiases, layer_of
from core.negative_sampling.layer_params import LayerParams
from core.negative_sampling.model import Model, Shape, matrix_of, padded_width
from core.negative_sampling.move_params import MEMORIES
from core.negative_sampling.presets import OVERHEAD_BYTES, estimate, zipfian_counts
from core.negative_sampling.training import Kernel, NegativeSampling
from core.starting import frozen_epochs

__all__ = ["OutputLayers"]

L = TypeVar("L", bound=LayerParams)

COLLECTED = {"sgd": 3.6, "adagrad": 5.6, "adam": 7.0}
"""How much longer than with negative sampling it takes to collect a row's whole gradient and move it so."""
WHOLE_PAIRS, WHOLE_MEANS = 0.5, 0.3
"""Share of that which full softmax takes, whose outputs are all worked on in order, with skip-gram and with CBOW."""
NEAR_PAIRS, NEAR_MEANS = 60_000, 25_000
"""Words with which it takes twice that, as the near caches hold ever fewer of them."""
PATHS = 0.75
"""Likewise of a row of CBOW's paths, with plain steps; skip-gram's take as long as negatives do."""
COMPILING = 9.0
"""Seconds that compiling the kernel of all layers takes."""
_NEGATIVES, _GROUP, _FROZEN, _OUTPUTS = 14, 15, 11, 6
"""Where in the arguments of a kernel these stand; see `core.kernels.sampling`."""


class OutputLayers(NegativeSampling[L]):
    """Base of the architectures with a choice of output layers.

    Negative sampling and hierarchical softmax with plain steps have kernels of their own, all else has one together.
    """

    comparable: ClassVar[tuple[str, ...]] = (*NegativeSampling.comparable, "output")

    def __init__(self, params: L) -> None:
        super().__init__(params)
        self._layer: Layer | None = None

    @classmethod
    @abstractmethod
    def paths_kernel(cls, params: L) -> Kernel:
        """The compiled loop for hierarchical softmax with plain steps."""

    @classmethod
    def warm(cls, params: L) -> None:
        """Compile the kernels that these parameters need, or load them from numba's cache."""
        if cls._by_words(params):
            super().warm(params)
            return
        if cls._by_paths(params):
            cls.paths_kernel(params)
        if not cls._by_paths(params) or frozen_epochs(params, params.epochs):
            cls._any_kernel(params)

    @classmethod
    def kernels(cls, params: L) -> dict[str, float]:
        """What `warm` compiles, by name."""
        if cls._by_words(params):
            return super().kernels(params)
        found = {}
        if cls._by_paths(params):
            found[f"{cls.variant(params)} paths {padded_width(params.dimensions)}"] = cls.compiling
        if not cls._by_paths(params) or frozen_epochs(params, params.epochs):
            found[f"{cls.name} layers {cls._layers_width(params)} {params.output}"] = COMPILING
        return found

    @classmethod
    def estimate(cls, params: L, size: CorpusSize, threads: int) -> Estimate:
        """Seconds and memory that training will take on a machine like this one, from sizes alone."""
        if cls._by_words(params):
            return super().estimate(params, size, threads)
        outputs = 1.0 + params.negatives
        longer = (1.0 if cls.pairs else PATHS) if cls._by_paths(params) else COLLECTED[params.optimiser]
        if params.output == "full_softmax":
            share, near = (WHOLE_PAIRS, NEAR_PAIRS) if cls.pairs else (WHOLE_MEANS, NEAR_MEANS)
            outputs, longer = float(size.vocabulary), longer * share * (1 + size.vocabulary / near)
        elif params.output == "hierarchical_softmax":
            outputs = _mean_path(size, params.subsample)
        width, pace = cls._layers_width(params), cls.pace / longer
        plain = estimate(params, size, threads, padded_width(params.dimensions), pace, cls.pairs, outputs)
        matrices = plain.memory - OVERHEAD_BYTES + 8 * MEMORIES[params.optimiser] * size.vocabulary * width
        return Estimate(seconds=plain.seconds, memory=OVERHEAD_BYTES + matrices + 48 * size.vocabulary)

    @classmethod
    def _comparing(cls, params: L) -> Iterator[tuple[str, Any]]:
        """What must agree; the usual layer goes without saying."""
        return (one for one in super()._comparing(params) if one != ("output", "negative_sampling"))

    @classmethod
    def _by_words(cls, params: L) -> bool:
        return params.plain and params.output == "negative_sampling"

    @classmethod
    def _by_paths(cls, params: L) -> bool:
        return params.plain and params.output == "hierarchical_softmax"

    @classmethod
    def _any_kernel(cls, params: L) -> Kernel:
        from core.kernels.layers import layers_kernel

        return layers_kernel(cls._layers_width(params), cls.pairs, params.output)

    @classmethod
    def _layers_width(cls, params: L) -> int:
        return Shape(0, 0, params.dimensions, biased=params.output == "nce").width

    def _shape(self, data: TrainingData) -> Shape:
        params = self.params
        return dataclasses.replace(
            super()._shape(data),
            answers=data.vocabulary - (params.output == "hierarchical_softmax"),
            biased=params.output == "nce",
            memories=MEMORIES[params.optimiser],
        )

    def _begin(self, data: TrainingData, context: Context, blocks: int) -> Model:
        """As negative sampling begins; biases so that each word is as likely as its share in the text."""
        model = super()._begin(data, context, blocks)
        layer = self._layer_of(data)
        if isinstance(layer, WithBiases):
            model.outputs[:, self.params.dimensions] = layer.biases
        return model

    def _layer_of(self, data: TrainingData) -> Layer:
        if self._layer is None:
            self._layer = layer_of(self.params, data)
        return self._layer

    def _runner(self, data: TrainingData, blocks: Blocks, model: Model) -> Callable[[int, Any], None]:
        self._layer = layer_of(self.params, data)
        return super()._runner(data, blocks, model)

    def _tables(self, data: TrainingData) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
        layer = self._layer_of(data)
        return (layer.starts, layer.turns) if isinstance(layer, Path) else super()._tables(data)

    def _loop(self, data: TrainingData, freezing: bool = False) -> tuple[Kernel, int]:
        if self._by_words(self.params):
            return super()._loop(data, freezing)
        if self._by_paths(self.params) and not freezing:
            return self._loop_of_paths(), 1
        kernel, nobody = self._any_kernel(self.params), np.zeros(0, np.bool_)
        extra = self._extra()

        def loop(*given: Any) -> None:
            *usual, before = given
            if not freezing:
                usual[_FROZEN] = nobody
            kernel(*usual, *extra[:6], before, *extra[6:])

        return loop, 1

    def _extra(self) -> tuple[Any, ...]:
        """What the kernel of all layers takes besides what all kernels take, but for the number of updates."""
        from core.kernels.moves import OPTIMISERS

        params, model = self.params, self._trained()
        summing = getattr(params, "combine", "mean") == "sum"
        return (
            *model.memories,
            params.dimensions,
            len(model.outputs),
            OPTIMISERS[params.optimiser],
            summing,
            params.l1,
            params.l2,
            params.clip,
        )

    def _loop_of_paths(self) -> Kernel:
        """The kernel of paths; each thread calls it with a number of its own, for its copies of the busiest nodes."""
        from core.kernels.paths import BUSY

        kernel, model, copies = self.paths_kernel(self.params), self._trained(), self._threads
        nodes = len(model.outputs)
        room = matrix_of(nodes + (copies * BUSY if copies > 1 else 0), model.outputs.shape[1])
        room[:nodes] = model.outputs
        model.outputs = room[:nodes]
        free: SimpleQueue[int] = SimpleQueue()
        for copy in range(copies):
            free.put(copy)

        def loop(*given: Any) -> None:
            usual = list(given[:-1])
            copy = free.get()
            usual[_OUTPUTS], usual[_NEGATIVES], usual[_GROUP] = room, copies, copy
            try:
                kernel(*usual)
            finally:
                free.put(copy)

        return loop

    def _more(self, blocks: Blocks, model: Model, block: int) -> tuple[Any, ...]:
        """The number of updates before a block, as if each of its words were one: Adam corrects its means by it."""
        return () if self._by_words(self.params) else (blocks.words_before(block),)

    def _hard(self) -> bool:
        return super()._hard() and self.params.output == "negative_sampling"

    def _chance(self, model: Model) -> float:
        return super()._chance(model) if self._layer is None else self._layer.chance()

    def _measure(self, data: TrainingData, model: Model) -> Callable[[], float] | None:
        by_chance = self.params.output == "nce"
        held_out, layer = HeldOut.of(data, self.params, model.seed, self.pairs, by_chance), self._layer_of(data)
        summing = getattr(self.params, "combine", "mean") == "sum"
        return None if held_out is None else lambda: layer.loss(held_out, model.inputs, model.outputs, summing)


def _mean_path(size: CorpusSize, subsample: float) -> float:
    """Turns to a word that is trained on, by Zipf's law: about the logarithm of its rarity."""
    counts = zipfian_counts(dataclasses.replace(size, vocabulary=max(2, size.vocabulary)))
    kept = counts * keep_probabilities(counts, subsample)
    return float(kept @ np.log2(counts.sum() / counts) / kept.sum())
