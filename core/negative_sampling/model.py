"""What changes while an architecture with negative sampling trains: where it begins, what a checkpoint holds of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.data.training_data import TrainingData
from core.errors import TrainingError
from core.negative_sampling.near import Table, empty_table, table_shape
from core.schedule import EarlyStopping
from core.space import FloatMatrix
from core.tensors import Arrays, Rows

__all__ = ["SINKS", "Initial", "Model", "Shape", "check_kept", "matrix_of", "padded_width", "unpadded"]

LANES = 16
"""Floats in a vector register; rows are padded to a multiple, since a scalar tail costs a third of the speed."""
SINKS = 16
"""Rows behind the inputs, as the kernels that freeze rows want them; see `core.kernels.sampling`."""
READ_ROWS = 8192
"""Rows read from a checkpoint at a time: the matrices are not in memory twice when a training goes on."""

Initial = Literal["uniform", "gaussian", "xavier"]


def padded_width(dimensions: int) -> int:
    """Floats a row takes in memory."""
    return -(-dimensions // LANES) * LANES


def matrix_of(rows: int, width: int) -> FloatMatrix:
    """Zeros whose rows begin on a cache line: numpy aligns to 16 bytes only, and each load would touch two lines."""
    buffer = np.zeros(rows * width + LANES, np.float32)
    start = (-buffer.ctypes.data % 64) // 4
    return buffer[start : start + rows * width].reshape(rows, width)


def unpadded(matrix: FloatMatrix, dimensions: int) -> FloatMatrix:
    """A view of the columns that count, not to be written to."""
    view = matrix[:, :dimensions]
    view.flags.writeable = False
    return view


@dataclass(frozen=True, slots=True)
class Shape:
    """Of what size a model is.

    Attributes:
        rows: rows of the inputs.
        answers: rows of the outputs.
        dimensions: length of a vector.
        biased: whether each output has a bias, in the column behind its vector.
        memories: how many numbers the optimiser keeps for each one that is learned: none, squares, or means too.
    """

    rows: int
    answers: int
    dimensions: int
    biased: bool = False
    memories: int = 0

    @property
    def width(self) -> int:
        """Floats of a row."""
        return padded_width(self.dimensions + self.biased)

    @property
    def memory(self) -> dict[str, int]:
        """What the optimiser keeps: names, and how many rows each has."""
        kinds = ("squares", "means")[: self.memories]
        return {f"{side}_{kind}": count for kind in kinds for side, count in self.sides}

    @property
    def sides(self) -> tuple[tuple[str, int], ...]:
        """Inputs and outputs, and how many rows each has."""
        return ("input", self.rows), ("output", self.answers)


@dataclass(slots=True)
class Model:
    """What changes while training goes on, and what it goes on with: all of it is in a checkpoint.

    Attributes:
        room: the input vectors, padded, and behind them the sinks.
        outputs: the output vectors, padded.
        frozen: which words' inputs keep still while any do, shape `(words,)`; no words at all where none ever do.
        nearest: the near words of the epoch; see `core.negative_sampling.near`.
        biased: whether the column of the outputs behind the dimensions holds biases.
        memory: the optimiser's matrices, by name; see `Shape`.
    """

    room: FloatMatrix
    outputs: FloatMatrix
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
    nearest: Table = field(default_factory=empty_table)
    biased: bool = False
    memory: dict[str, FloatMatrix] = field(default_factory=dict)

    @classmethod
    def empty(cls, data: TrainingData, shape: Shape, seed: int, blocks: int, patience: int) -> "Model":
        """A model of zeros."""
        room, outputs = matrix_of(shape.rows + SINKS, shape.width), matrix_of(shape.answers, shape.width)
        model = cls(room, outputs, list(data.words), data.counts, data.corpus, seed, blocks, EarlyStopping(patience))
        model.biased = shape.biased
        model.memory = {name: matrix_of(rows, shape.width) for name, rows in shape.memory.items()}
        return model

    @property
    def inputs(self) -> FloatMatrix:
        """The input vectors, padded."""
        return self.room[:-SINKS]

    @property
    def memories(self) -> tuple[FloatMatrix, ...]:
        """The optimiser's matrices as kernels take them, squares and means of the inputs, then of the outputs.

        Without rows where the optimiser has none.
        """
        names = ("input_squares", "input_means", "output_squares", "output_means")
        return tuple(self.memory.get(name, self.room[:0]) for name in names)

    def begin(self, dimensions: int, kind: Initial) -> None:
        """Draw the inputs at random; outputs stay zero.

        uniform: within ±1/(2·dimensions), as word2vec.c.
        gaussian: with a standard deviation of 1/dimensions.
        xavier: uniform within ±√(6/(rows + dimensions)); X. Glorot and Y. Bengio, "Understanding the difficulty of
            training deep feedforward neural networks", AISTATS 2010, with a word as one of so many inputs.
        """
        rng, inputs = np.random.default_rng(self.seed), self.inputs
        for first in range(0, len(inputs), READ_ROWS):
            rows = inputs[first : first + READ_ROWS, :dimensions]
            if kind == "gaussian":
                rows[:] = rng.standard_normal(rows.shape, np.float32) / np.float32(dimensions)
            else:
                rows[:] = (rng.random(rows.shape, np.float32) - np.float32(0.5)) / np.float32(dimensions)
        if kind == "xavier":
            inputs[:] *= np.float32(2 * dimensions * np.sqrt(6 / (len(inputs) + dimensions)))

    def kept(self, dimensions: int) -> tuple[Arrays, dict[str, Any]]:
        """What a checkpoint holds: views of all arrays, and the rest as JSON."""
        arrays: Arrays = {"inputs": unpadded(self.inputs, dimensions), "outputs": unpadded(self.outputs, dimensions)}
        arrays |= {name: unpadded(matrix, dimensions) for name, matrix in self.memory.items()}
        if self.biased:
            arrays["biases"] = np.stack([matrix[:, dimensions] for matrix in self._with_biases()], axis=1)
        if len(self.frozen):
            arrays["frozen"] = self.frozen
        if len(self.nearest):
            arrays["nearest"] = self.nearest
        names = ("corpus", "seed", "blocks", "block", "examples", "high_steps", "fraction")
        facts = {"frozen": len(self.frozen) > 0, "near": len(self.nearest) > 0, "stopping": self.stopping.to_json()}
        return arrays, {**{name: getattr(self, name) for name in names}, **facts}

    def take_up(self, arrays: Mapping[str, Rows], state: Mapping[str, Any], dimensions: int) -> None:
        """Read what a checkpoint holds into a model of zeros; `check_kept` has looked at the arrays."""
        self.block, self.examples = int(state["block"]), int(state["examples"])
        self.high_steps, self.fraction = int(state["high_steps"]), float(state["fraction"])
        self.stopping = EarlyStopping.from_json(self.stopping.patience, state.get("stopping", {}))
        for name, matrix in {"inputs": self.inputs, "outputs": self.outputs, **self.memory}.items():
            for first in range(0, len(matrix), READ_ROWS):
                matrix[first : first + READ_ROWS, :dimensions] = arrays[name][first : first + READ_ROWS]
        if self.biased:
            biases = arrays["biases"][0 : len(self.outputs)]
            for column, matrix in enumerate(self._with_biases()):
                matrix[:, dimensions] = biases[:, column]
        if state.get("frozen"):
            self.frozen = np.array(arrays["frozen"][0 : len(self.words)])
        if state.get("near"):
            self.nearest = np.array(arrays["nearest"][0 : len(self.words)])

    def _with_biases(self) -> list[FloatMatrix]:
        """The matrices that have a column for biases."""
        return [self.outputs, *(matrix for name, matrix in self.memory.items() if name.startswith("output"))]


def check_kept(arrays: Mapping[str, Rows], state: Mapping[str, Any], data: TrainingData, shape: Shape) -> None:
    """Raise where what a checkpoint holds is not of this data and this shape.

    Raises:
        TrainingError: it is not.
    """
    words, dimensions = data.vocabulary, shape.dimensions
    sizes = {"inputs": shape.rows, "outputs": shape.answers, **shape.memory}
    wanted: dict[str, tuple[tuple[int, ...], Any]] = {
        name: ((rows, dimensions), np.float32) for name, rows in sizes.items()
    }
    if shape.biased:
        wanted["biases"] = ((words, 1 + shape.memories), np.float32)
    if state.get("frozen"):
        wanted["frozen"] = ((words,), np.bool_)
    if state.get("near"):
        wanted["nearest"] = (table_shape(words), np.uint32)
    for name, (size, kind) in wanted.items():
        found = arrays.get(name)
        if found is None or found.shape != size or found.dtype != kind:
            raise TrainingError(f"The checkpoint's {name} do not fit {words} words of {dimensions} dimensions.")
    if "nearest" in wanted and int(arrays["nearest"][0:words].max(initial=0)) >= words:
        raise TrainingError(f"The checkpoint's nearest do not fit {words} words of {dimensions} dimensions.")
    if state.get("corpus") != data.corpus:
        raise TrainingError("The checkpoint belongs to another corpus; train from the start.")
