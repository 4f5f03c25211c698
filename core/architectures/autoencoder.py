"""Autoencoder: a document through a bottleneck and back, so that words of the same documents come to lie together.

A document is a line of the corpus, or a block of 1,000 words where there are fewer than 200 lines. Its words, weighed
by TF-IDF as in LSA, are condensed to a code of as many numbers as there are dimensions, from which a softmax over the
whole vocabulary tells them again, as often as they stand there. A share of the words is dropped from what is read but
not from what is to be told (denoising): the network has to learn which words go together. A word's vector is its row
of the decoder, which is one dense layer for that reason; hidden layers stand before the code.
`core.networks.autoencoder` has the formulas.

The loss is −log p of a word given its document, the mean over all words of the documents; documents held out are read
whole. The likelihood is that of Liang et al., "Variational autoencoders for collaborative filtering", WWW 2018
(Mult-DAE), denoising that of Vincent et al.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from core.architecture import ARCHITECTURES, CorpusSize, Estimate, Preset
from core.counting.documents import TermFrequency
from core.data.training_data import TrainingData
from core.minibatches.documents import Documents, Found
from core.minibatches.model import begin_dense, begin_vectors, moments_of
from core.minibatches.params import MOMENTS, MinibatchParams
from core.minibatches.training import OVERHEAD_BYTES, Minibatches
from core.networks.batches import Bags, bags_of
from core.params import Field
from core.tensors import Arrays

if TYPE_CHECKING:
    from core.networks.autoencoder import Autoencoder as AutoencoderNetwork

__all__ = ["Autoencoder", "AutoencoderParams"]

DOCUMENT = 50
"""Words of a document, for the price of a corpus of which only the words are known."""
SMALL = 100_000
"""Words below which a corpus has too little to fill a hundred dimensions."""
SHARED = 200_000
"""Logits of a mini-batch from which on threads share it."""


class AutoencoderParams(MinibatchParams):
    """Hyperparameters of the autoencoder.

    Rates of their own in the epochs of *balanced*, by gaps filled (see `core.evaluation.benchmarks.held_out_gap`), of
    documents of 53 words each, 44, 218, and blocks of 1,000 words. Left without a hidden layer, in the middle tied,
    right with a hidden layer; – diverges.

    | optimiser | rate | medical answers | presidents | film reviews | presidents in blocks |
    |---|---|---|---|---|---|
    | Adam | .005 | .78 .76 .75 | .71 .70 .71 | .61 .61 .61 | .62 .62 .61 |
    | AdaGrad | .02 | .77 .77 .74 | .73 .72 | .61 .61 | |
    | | **.05** | .77 .76 .75 | .70 .70 .68 | .61 .60 .56 | .64 .64 .61 |
    | | .1 | .76 .75 .72 | .70 .69 | .58 .58 | |
    | | .2 | .75 .75 .67 | .65 .57 | .53 .53 | |
    | SGD | .5 | .61 .66 .62 | .57 .66 .62 | .49 .53 .51 | .57 .61 .59 |
    | | 1 | .64 .70 .66 | .65 .69 .68 | .52 .56 .54 | .61 .64 .62 |
    | | **2** | .69 .74 .70 | .69 .72 .71 | .55 .59 .57 | .64 .66 .65 |
    | | 4 | .74 .77 .50 | .72 .74 .72 | .58 .61 – | – – – |
    """

    own_rates: ClassVar[Mapping[str, float]] = {"adagrad": 0.05, "sgd": 2.0}

    denoising: float = Field(
        0.5,
        ge=0,
        le=0.95,
        description="Share of a document's words that it has to tell without having read them; .5 is usual, 0 lets it "
        "learn to copy.",
        json_schema_extra={"search": [0, 0.8, "linear"]},
    )
    layers: int = Field(
        0, ge=0, le=3, description="Hidden layers before the code; 0 is fastest, and as a rule no worse for words."
    )
    hidden: int = Field(
        200,
        ge=2,
        le=2048,
        description="Width of the hidden layers; two to four times the dimensions.",
        json_schema_extra={"with": {"layers": [1, 2, 3]}},
    )
    tied: bool = Field(
        False,
        description="Whether words are read with the vectors that tell them: half the memory, and better for small "
        "corpora.",
    )
    term_frequency: TermFrequency = Field(
        "log",
        description="What a word counts that is read n times: log is 1 + log n, as a rule the better; count is n.",
        json_schema_extra={"advanced": True},
    )


@ARCHITECTURES.register
class Autoencoder(Minibatches[AutoencoderParams]):
    """Reads some of the words of a document and tells all of them."""

    name = "autoencoder"
    title = "Autoencoder"
    summary = (
        "Squeezes each document into a few numbers, from which it has to tell all its words again. "
        "For topics, as LSA, where words go together in ways that are not mere sums. "
        "Time grows with documents times vocabulary, so give it a vocabulary of 30,000 words or fewer."
    )
    citation = (
        "P. Vincent, H. Larochelle, Y. Bengio, P.-A. Manzagol. Extracting and composing robust features with denoising "
        "autoencoders. ICML 2008."
    )
    Params = AutoencoderParams
    takes_vectors: ClassVar[bool] = True
    comparable: ClassVar[tuple[str, ...]] = ("denoising",)
    loss_unit: ClassVar[str] = "nats per word"
    vectors: ClassVar[str] = "decoder"

    def shapes(self, data: TrainingData) -> dict[str, tuple[int, ...]]:
        """The weights by name."""
        return _shapes(self.params, data.vocabulary)

    def begin(self, arrays: Arrays, data: TrainingData, rng: np.random.Generator) -> None:
        """The encoder as the decoder; the decoder's bias such that words come as often as in the corpus."""
        if "encoder" in arrays:
            begin_vectors(arrays["encoder"], self.params.initial, rng)
        for layer in range(1, _layers(self.params) + 1):
            begin_dense(arrays[f"hidden_{layer}"], rng)
        counts = data.counts + 1.0
        arrays["decoder_bias"][:] = np.log(counts / counts.sum())

    def network(self, arrays: Arrays, data: TrainingData, documents: Documents, found: Found) -> "AutoencoderNetwork":
        """The network that works in these arrays."""
        from core.networks.autoencoder import Autoencoder as Network
        from core.networks.autoencoder import Corruption
        from core.networks.optimiser import Rule

        params = self.params
        weights = {name: arrays[name] for name in self.shapes(data)}
        inverse = 1 + np.log((1 + len(documents)) / (1 + documents.with_word()))
        return Network(
            weights,
            moments_of(arrays, weights, params.optimiser),
            Rule(params.optimiser, params.l1, params.l2, params.clip),
            inverse.astype(np.float32),
            None if found.seen.all() else found.seen,
            params.term_frequency == "log",
            Corruption(params.denoising, params.dropout),
        )

    def batch(self, documents: Documents, chosen: npt.NDArray[np.int64]) -> Bags:
        """Some documents as bags of words."""
        return bags_of(*documents.words(chosen), documents.data.vocabulary)

    def chance(self, data: TrainingData) -> float:
        """All words alike."""
        return math.log(data.vocabulary)

    def threads(self, data: TrainingData, asked: int) -> int:
        """One where a step is so small that threads would spend it waiting for one another."""
        return asked if data.vocabulary * self.params.batch_size >= SHARED else 1

    @classmethod
    def preset(cls, preset: Preset, size: CorpusSize) -> dict[str, Any]:
        """Settings fit for a corpus of this size.

        What counts is the number of steps: on two million words of film reviews (8,700 documents, 16,000 words) ten
        epochs of 64 documents were better than four, and than twenty, which want some dropout; at rates of .003 to .01.
        """
        documents = _documents(size)
        batch_size = 64 if documents >= 1_000 else 16
        steps, least = {"quick": (400, 2), "balanced": (1_300, 4), "thorough": (2_600, 8)}[preset]
        return {
            "dimensions": 50 if preset == "quick" or (preset == "balanced" and size.tokens < SMALL) else 100,
            "epochs": min(200, max(least, round(steps * batch_size / documents))),
            "learning_rate": 0.01 if preset == "quick" else 0.005,
            "batch_size": batch_size,
            "dropout": 0.2 if preset == "thorough" else 0.0,
        }

    @classmethod
    def estimate(cls, params: AutoencoderParams, size: CorpusSize, threads: int) -> Estimate:
        """Seconds and memory that training will take on a machine like this one, from sizes alone."""
        documents = _documents(size)
        weights = sum(math.prod(shape) for shape in _shapes(params, size.vocabulary).values())
        logits = documents * params.epochs * size.vocabulary * (params.dimensions + 32)
        steps = params.epochs * documents / params.batch_size
        work = logits / 1e10 + steps * (weights / 5e8 + 1e-3) + params.epochs * size.tokens / 5e6
        seconds = 0.3 + work / max(1, threads)
        kept = 1 + len(MOMENTS[params.optimiser])
        memory = 4 * weights * (2 * kept + 2) + 4 * size.tokens + 40_000_000
        return Estimate(seconds, OVERHEAD_BYTES + memory)

    @classmethod
    def refuses(cls, size: CorpusSize) -> str | None:
        """It compares documents, so there must be several."""
        if size.segments is not None and size.segments < 2:
            return "It compares documents, and this text is only one; give it more lines, or a longer text."
        return None


def _documents(size: CorpusSize) -> int:
    return max(1, size.segments or size.tokens // DOCUMENT)


def _layers(params: AutoencoderParams) -> int:
    """Dense layers between the bag of words and the code: hidden ones, and one that leads from them to the code."""
    return params.layers + 1 if params.layers else 0


def _shapes(params: AutoencoderParams, words: int) -> dict[str, tuple[int, ...]]:
    dimensions, layers = params.dimensions, _layers(params)
    widths = [dimensions, *[params.hidden] * params.layers, dimensions]
    shapes: dict[str, tuple[int, ...]] = {"decoder": (words, dimensions), "decoder_bias": (words,)}
    if not params.tied:
        shapes["encoder"] = (words, dimensions)
    shapes["encoder_bias"] = (dimensions,)
    for layer in range(1, layers + 1):
        shapes[f"hidden_{layer}"] = (widths[layer], widths[layer - 1])
        shapes[f"hidden_{layer}_bias"] = (widths[layer],)
    return shapes
