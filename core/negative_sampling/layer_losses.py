"""What the loss of each output layer is: by chance, and held out; and the arrays that a layer goes by."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from core.data.training_data import TrainingData
from core.negative_sampling.held_out import HeldOut, exponent_of, keep_probabilities, noise_weights
from core.negative_sampling.layer_params import LayerParams
from core.space import FloatMatrix

__all__ = ["Apart", "Layer", "Path", "Whole", "WithBiases", "layer_of", "paths_of"]

MOST_WHOLE = 2_000
"""Examples that all words are scored for."""
WHOLE_CHUNK = 100
PATH_CHUNK = 500

Table = npt.NDArray[np.uint32]


class Layer(Protocol):
    """What an output layer knows of its loss."""

    def chance(self) -> float:
        """Mean loss in nats of vectors of zero, or what a model of zeros with its first biases loses."""

    def loss(self, held_out: HeldOut, inputs: FloatMatrix, outputs: FloatMatrix, summing: bool) -> float:
        """Mean loss in nats on the held-out examples; `summing` as for `HeldOut.loss`."""


def paths_of(counts: npt.NDArray[np.int64]) -> tuple[Table, Table]:
    """The paths of all words; see `core.kernels.huffman`."""
    from core.kernels.huffman import huffman_paths

    return huffman_paths(counts)


class Apart:
    """Negative sampling: −log σ(s_w) − Σ log σ(−s_n)."""

    def __init__(self, params: LayerParams) -> None:
        self._negatives = params.negatives

    def chance(self) -> float:
        """Each of the true word and the negatives is a toss-up."""
        return (1 + self._negatives) * float(np.log(2))

    def loss(self, held_out: HeldOut, inputs: FloatMatrix, outputs: FloatMatrix, summing: bool) -> float:
        """See `HeldOut.loss`."""
        return held_out.loss(inputs, outputs, summing=summing)


class WithBiases(Apart):
    """NCE: the same of s + b − log(k·P(n)); the column behind the dimensions holds b − log(k·P(n)).

    A model begins with b = log P(w), the share of a word in the text: with vectors of zero it says what a unigram says.
    """

    def __init__(self, params: LayerParams, data: TrainingData) -> None:
        super().__init__(params)
        self._dimensions = params.dimensions
        noise = noise_weights(data.counts, exponent_of(params))
        noise /= noise.sum()
        kept = np.maximum(data.counts, 1) * keep_probabilities(data.counts, params.subsample)
        self.biases = np.log(kept / kept.sum()) - np.log(params.negatives * noise)
        right, wrong = np.logaddexp(0, -self.biases), np.logaddexp(0, self.biases)
        self._chance = float(kept @ right / kept.sum() + params.negatives * (noise @ wrong))

    def chance(self) -> float:
        """By the first biases: true words come by their shares, the others by the noise."""
        return self._chance

    def loss(self, held_out: HeldOut, inputs: FloatMatrix, outputs: FloatMatrix, summing: bool) -> float:
        """As `HeldOut.loss`, with biases; `outputs` is padded and has them."""
        total = 0.0
        for chunk in held_out.chunks():
            targets = held_out.targets[chunk]
            hidden = held_out.hidden(chunk, inputs, summing=summing)
            logits = np.einsum("ed,eod->eo", hidden, outputs[targets]).astype(np.float64)
            logits += outputs[targets, self._dimensions]
            logits[:, 0] *= -1
            total += float(np.logaddexp(0, logits).sum())
        return total / len(held_out.starts)


class Path:
    """Hierarchical softmax: −Σ log σ(±s) over the nodes on the way to the word."""

    def __init__(self, params: LayerParams, data: TrainingData) -> None:
        self.starts, self.turns = paths_of(data.counts)
        lengths = np.diff(self.starts.astype(np.float64))
        weights = np.maximum(data.counts, 1) * keep_probabilities(data.counts, params.subsample)
        self._mean = float(lengths @ weights / weights.sum())

    def chance(self) -> float:
        """Each turn is a toss-up."""
        return self._mean * float(np.log(2))

    def loss(self, held_out: HeldOut, inputs: FloatMatrix, outputs: FloatMatrix, summing: bool) -> float:
        """Mean over all examples."""
        total = 0.0
        for chunk in held_out.chunks(PATH_CHUNK):
            words = held_out.targets[chunk, 0]
            begins = self.starts[words].astype(np.int64)
            lengths = self.starts[words + 1] - begins
            places = np.arange(lengths.max())
            inside = places < lengths[:, None]
            turns = self.turns[np.where(inside, begins[:, None] + places, 0)].astype(np.int64)
            hidden = held_out.hidden(chunk, inputs, summing=summing)
            logits = np.einsum("ed,eod->eo", hidden, outputs[turns // 2]).astype(np.float64)
            total += float(np.logaddexp(0, np.where(turns % 2 == 0, -logits, logits))[inside].sum())
        return total / len(held_out.starts)


class Whole:
    """Full softmax: log Σ exp(s) − s_w over all words."""

    def __init__(self, data: TrainingData) -> None:
        self._words = data.vocabulary

    def chance(self) -> float:
        """All words alike."""
        return float(np.log(self._words))

    def loss(self, held_out: HeldOut, inputs: FloatMatrix, outputs: FloatMatrix, summing: bool) -> float:
        """Mean over the first examples, 2,000 at most."""
        total, count = 0.0, 0
        for chunk in held_out.chunks(WHOLE_CHUNK, MOST_WHOLE):
            logits = (held_out.hidden(chunk, inputs, summing=summing) @ outputs.T).astype(np.float64)
            true = logits[np.arange(len(logits)), held_out.targets[chunk, 0]]
            highest = logits.max(axis=1)
            total += float((highest + np.log(np.exp(logits - highest[:, None]).sum(axis=1)) - true).sum())
            count += len(logits)
        return total / count


def layer_of(params: LayerParams, data: TrainingData) -> Layer:
    """The layer that these parameters ask for."""
    match params.output:
        case "negative_sampling":
            return Apart(params)
        case "nce":
            return WithBiases(params, data)
        case "hierarchical_softmax":
            return Path(params, data)
        case _:
            return Whole(data)
