"""Held-out loss: fixed examples from segments kept back, with fixed negatives, so that its curve has no noise."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.data.training_data import TrainingData
from core.negative_sampling.params import NegativeSamplingParams
from core.space import FloatMatrix

__all__ = ["HeldOut", "exponent_of", "keep_probabilities", "noise_weights"]

MOST_EXAMPLES = 20_000
CHUNK = 2_000
"""Examples gathered at a time: some 10 MB of rows."""


def keep_probabilities(counts: npt.NDArray[np.int64], subsample: float) -> npt.NDArray[np.float64]:
    """Chance of each word to survive subsampling, word2vec.c's (√(f/t) + 1)·t/f; all ones where `subsample` is 0."""
    if subsample == 0:
        return np.ones(len(counts))
    share = counts / (subsample * max(1, int(counts.sum())))
    return np.minimum(1.0, (np.sqrt(share) + 1) / np.maximum(share, 1e-300))


def noise_weights(counts: npt.NDArray[np.int64], exponent: float) -> npt.NDArray[np.float64]:
    """Weight of each word in the distribution that negatives come from: count to the power of `exponent`."""
    return np.asarray(np.maximum(counts, 1), np.float64) ** exponent


def exponent_of(params: NegativeSamplingParams) -> float:
    """The exponent of the distribution that negatives come from, but for near words."""
    return 0.0 if params.noise == "uniform" else params.noise_exponent


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Examples to measure on.

    Attributes:
        contexts: the context words of all examples, one example after the other.
        starts: shape `(examples,)`; where each example's contexts begin.
        targets: shape `(examples, 1 + negatives)`; the true word, then the negatives.
    """

    contexts: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    targets: npt.NDArray[np.int64]

    @classmethod
    def of(
        cls,
        data: TrainingData,
        params: NegativeSamplingParams,
        seed: int,
        pairs: bool,
        by_chance: bool = False,
    ) -> "HeldOut | None":
        """Draw the examples: the same for the same data, parameters and seed; None where nothing is held out.

        Args:
            data: what is trained on, with its held-out segments.
            params: window, subsampling, negatives; near words are none of them, which change while training goes on.
            seed: seeds subsampling, window widths and negatives.
            pairs: an example is a pair of words (skip-gram), else a centre with all its contexts (CBOW).
            by_chance: whether a negative may be the true word itself, as NCE's may, which are nothing but noise.
        """
        rng = np.random.default_rng([seed, 0x4E1D])
        keep = keep_probabilities(data.counts, params.subsample)
        fixed = params.window_width == "fixed"
        groups: list[list[int]] = []
        centres: list[int] = []
        for segment in rng.permutation(np.flatnonzero(data.held_out)):
            words = np.asarray(data.tokens[data.offsets[segment] : data.offsets[segment + 1]], np.int64)
            words = words[words < data.vocabulary]
            words = words[rng.random(len(words)) < keep[words]]
            reaches = rng.integers(params.window if fixed else 1, params.window + 1, len(words))
            sentence = words.tolist()
            for at, (centre, reach) in enumerate(zip(sentence, reaches.tolist(), strict=True)):
                near = sentence[max(0, at - reach) : at] + sentence[at + 1 : at + reach + 1]
                found = [[context] for context in near] if pairs else [near] if near else []
                groups += found
                centres += [centre] * len(found)
            if len(centres) >= MOST_EXAMPLES:
                break
        if not centres:
            return None
        groups, centres = groups[:MOST_EXAMPLES], centres[:MOST_EXAMPLES]
        positive = np.array(centres, np.int64)[:, None]
        ends = np.cumsum([len(group) for group in groups])
        contexts = np.array([context for group in groups for context in group], np.int64)
        starts = np.concatenate(([0], ends[:-1])).astype(np.int64)
        unlike = np.full_like(positive, -1) if by_chance else positive
        negatives = _draw(rng, noise_weights(data.counts, exponent_of(params)), unlike, params.negatives)
        return cls(contexts, starts, np.hstack([positive, negatives]))

    def loss(
        self,
        inputs: FloatMatrix,
        outputs: FloatMatrix,
        weights: npt.NDArray[np.float32] | None = None,
        summing: bool = False,
    ) -> float:
        """Mean loss per example in nats, −log σ(+) − Σ log σ(−), under the vectors as they are now.

        Args:
            inputs: shape `(words, dimensions)`.
            outputs: likewise.
            weights: shape `(words,)`; how much each word counts in the mean of an example's contexts; if not given,
                all alike.
            summing: whether the contexts are summed up, without weights, and no mean is taken.
        """
        total = 0.0
        for chunk in self.chunks():
            hidden = self.hidden(chunk, inputs, weights, summing)
            logits = np.einsum("ed,eod->eo", hidden, outputs[self.targets[chunk]]).astype(np.float64)
            logits[:, 0] *= -1
            total += float(np.logaddexp(0, logits).sum())
        return total / len(self.starts)

    def chunks(self, size: int = CHUNK, most: int = MOST_EXAMPLES) -> list[slice]:
        """The examples, some at a time, at most so many."""
        count = min(len(self.starts), most)
        return [slice(first, min(first + size, count)) for first in range(0, count, size)]

    def hidden(
        self,
        chunk: slice,
        inputs: FloatMatrix,
        weights: npt.NDArray[np.float32] | None = None,
        summing: bool = False,
    ) -> FloatMatrix:
        """What is scored against the outputs, one row an example; arguments as for `loss`."""
        ends = np.append(self.starts[1:], len(self.contexts))
        starts, begin, end = self.starts[chunk], self.starts[chunk][0], ends[chunk][-1]
        contexts = self.contexts[begin:end]
        share = np.ones(len(contexts), np.float32) if weights is None else weights[contexts]
        hidden: FloatMatrix = np.add.reduceat(inputs[contexts] * share[:, None], starts - begin, axis=0)
        if not summing:
            hidden /= np.add.reduceat(share, starts - begin)[:, None]
        return hidden


def _draw(
    rng: np.random.Generator, weights: npt.NDArray[np.float64], positive: npt.NDArray[np.int64], count: int
) -> npt.NDArray[np.int64]:
    """Negatives for each row of `positive`, none of them equal to it; −1 is no word."""
    cumulative = np.cumsum(weights)
    drawn = np.empty((len(positive), count), np.int64)
    wrong = np.ones(drawn.shape, np.bool_)
    for _ in range(16):
        uniform = rng.random(int(wrong.sum())) * cumulative[-1]
        drawn[wrong] = np.minimum(np.searchsorted(cumulative, uniform, side="right"), len(weights) - 1)
        wrong = drawn == positive
        if not wrong.any():
            break
    return np.where(wrong, (drawn + 1) % len(weights), drawn)
