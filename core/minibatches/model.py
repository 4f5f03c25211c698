"""What changes while a network trains, in numpy's memory: where it begins, what a checkpoint holds of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from core.data.training_data import TrainingData
from core.errors import TrainingError
from core.minibatches.params import MOMENTS, MinibatchParams, Optimiser
from core.negative_sampling.model import Initial
from core.schedule import EarlyStopping
from core.tensors import Arrays, Rows

__all__ = ["Model", "begin_dense", "begin_vectors", "moments_of", "read_only", "room"]

FloatArray = npt.NDArray[np.float32]
ROWS = 8192


@dataclass(slots=True)
class Model:
    """What changes while training goes on, and what it goes on with: all of it is in a checkpoint.

    Attributes:
        arrays: weights and what the optimiser keeps of them.
        frozen: which words' vectors keep still while any do, shape `(words,)`; no words at all where none ever do.
        findings: what the held-out documents told besides the loss, when last they were looked at.
    """

    arrays: dict[str, FloatArray]
    words: list[str]
    counts: npt.NDArray[np.int64]
    corpus: str
    seed: int
    blocks: int
    stopping: EarlyStopping
    block: int = 0
    examples: int = 0
    high_steps: int = 0
    fraction: float = 0.0
    frozen: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    findings: dict[str, Any] = field(default_factory=dict)

    def kept(self) -> tuple[Arrays, dict[str, Any]]:
        """What a checkpoint holds: views of all arrays, and the rest as JSON."""
        arrays: Arrays = {name: read_only(array) for name, array in self.arrays.items()}
        if len(self.frozen):
            arrays["frozen"] = read_only(self.frozen)
        names = ("corpus", "seed", "blocks", "block", "examples", "high_steps", "fraction")
        facts = {"frozen": len(self.frozen) > 0, "stopping": self.stopping.to_json(), "findings": dict(self.findings)}
        return arrays, {**{name: getattr(self, name) for name in names}, **facts}

    @classmethod
    def taken_up(
        cls,
        room: dict[str, FloatArray],
        arrays: Mapping[str, Rows],
        state: Mapping[str, Any],
        data: TrainingData,
        params: MinibatchParams,
    ) -> "Model":
        """What `kept` gave, read into `room`.

        Raises:
            TrainingError: it is not of these parameters and this data.
        """
        frozen = np.zeros(data.vocabulary if state.get("frozen") else 0, np.bool_)
        wanted: Arrays = {**room, **({"frozen": frozen} if len(frozen) else {})}
        for name, array in wanted.items():
            found = arrays.get(name)
            if found is None or found.shape != array.shape or found.dtype != array.dtype:
                raise TrainingError(
                    f"The checkpoint's {name} do not fit {data.vocabulary} words of {params.dimensions} dimensions."
                )
        if state.get("corpus") != data.corpus:
            raise TrainingError("The checkpoint belongs to another corpus; train from the start.")
        for name, array in wanted.items():
            for first in range(0, len(array), ROWS):
                array[first : first + ROWS] = arrays[name][first : first + ROWS]
        return cls(
            room,
            list(data.words),
            data.counts,
            data.corpus,
            seed=int(state["seed"]),
            blocks=int(state["blocks"]),
            stopping=EarlyStopping.from_json(params.early_stopping, state["stopping"]),
            block=int(state["block"]),
            examples=int(state["examples"]),
            high_steps=int(state["high_steps"]),
            fraction=float(state["fraction"]),
            frozen=frozen,
            findings=dict(state["findings"]),
        )


def room(shapes: Mapping[str, tuple[int, ...]], optimiser: Optimiser) -> dict[str, FloatArray]:
    """Zeros for weights and, under `decoder_means` or the like, for what the optimiser keeps.

    Each begins on a cache line, as torch's own do: what a product of matrices is to the last bit may depend on it.
    """
    arrays = {name: _zeros(shape) for name, shape in shapes.items()}
    arrays |= {f"{name}_{kept}": _zeros(shape) for name, shape in shapes.items() for kept in MOMENTS[optimiser]}
    return arrays


def moments_of(arrays: Arrays, names: Mapping[str, object], optimiser: Optimiser) -> dict[str, dict[str, FloatArray]]:
    """For each weight what the optimiser keeps of it."""
    return {name: {kept: arrays[f"{name}_{kept}"] for kept in MOMENTS[optimiser]} for name in names}


def begin_vectors(vectors: FloatArray, initial: Initial, rng: np.random.Generator) -> None:
    """Fill the vectors of words, shape `(words, dimensions)`, at random.

    uniform: within ±1/(2·dimensions); gaussian: of deviation 1/dimensions; xavier: within ±√(6/(words + dimensions)),
    which keeps the size of numbers on their way through a dense layer (X. Glorot and Y. Bengio, AISTATS 2010).
    """
    words, dimensions = vectors.shape
    bound = 1 / (2 * dimensions) if initial == "uniform" else np.sqrt(6 / (words + dimensions))
    for first in range(0, words, ROWS):
        rows = vectors[first : first + ROWS]
        if initial == "gaussian":
            rows[:] = rng.standard_normal(rows.shape, np.float32) / np.float32(dimensions)
        else:
            rows[:] = (rng.random(rows.shape, np.float32) * np.float32(2) - np.float32(1)) * np.float32(bound)


def begin_dense(weight: FloatArray, rng: np.random.Generator) -> None:
    """Fill a dense layer, shape `(outputs, inputs)`, by Xavier's rule."""
    bound = np.sqrt(6 / sum(weight.shape))
    weight[:] = rng.uniform(-bound, bound, weight.shape).astype(np.float32)


def _zeros(shape: tuple[int, ...]) -> FloatArray:
    size = int(np.prod(shape))
    buffer = np.zeros(size + 16, np.float32)
    start = (-buffer.ctypes.data % 64) // 4
    return buffer[start : start + size].reshape(shape)


def read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A view that is not to be written to."""
    view = array.view()
    view.flags.writeable = False
    return view
