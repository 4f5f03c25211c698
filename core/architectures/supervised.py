"""Supervised: vectors of words that tell the label of a document.

A document, a line of a corpus with labels, is the mean of the vectors of its words; from it a softmax tells its
label, as fastText's classifier does, or from a hidden layer between. Words come to lie together that speak for the
same labels; with two labels there is little more than one line for them to lie on.
`core.networks.classifier` has the formulas.

The loss is −log p of a document's label, the mean over documents, each counting alike; held-out documents likewise.
What fits labels better is the balance of the gradient: `balanced`, a document of a label that n of N documents have, of
K labels, weighs N / (K·n). Documents without a label are passed over.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from core.architecture import ARCHITECTURES, CorpusSize, Estimate, Preset
from core.data.training_data import TrainingData
from core.minibatches.documents import Documents, Found
from core.minibatches.model import begin_dense, moments_of
from core.minibatches.params import MOMENTS, MinibatchParams
from core.minibatches.training import OVERHEAD_BYTES, Minibatches
from core.networks.batches import Labelled
from core.params import Field
from core.tensors import Arrays

if TYPE_CHECKING:
    from core.networks.classifier import Classifier
    from core.networks.network import Measured

__all__ = ["Supervised", "SupervisedParams"]

DOCUMENT = 50
"""Words of a document, for the price of a corpus of which only the words are known."""
LABELS = 10
"""Likewise the labels."""
SMALL = 100_000
"""Words below which a corpus has too little to fill a hundred dimensions."""

HIDDEN_SGD = 2.0
"""Learning rate of SGD where there is a hidden layer."""


class SupervisedParams(MinibatchParams):
    """Hyperparameters of the classifier.

    Rates of their own by the accuracy on a fifth held out, in the epochs of *balanced*: of 10,662 sentences of two
    labels, 1,500 answers of five, and 19,400 docstrings of ten. Left without a hidden layer, right with one of 256; –
    diverges. Adam has the preset's rate.

    | optimiser | rate | sentences | answers | docstrings |
    |---|---|---|---|---|
    | Adam | .01 | .764 .754 | .983 .977 | .849 .841 |
    | AdaGrad | .02 | .770 .762 | .957 .977 | .796 .835 |
    | | .05 | .769 .757 | .987 .980 | .842 .857 |
    | | **.1** | .764 .748 | .987 .973 | .857 .857 |
    | | .2 | .762 .744 | .987 – | .856 .853 |
    | | .5 | .757 – | .980 – | .857 – |
    | SGD | .5 | .501 .501 | .303 .303 | .209 .209 |
    | | 1 | .501 .504 | .303 .487 | .211 .467 |
    | | **2**, hidden | .595 .623 | .497 .683 | .463 .693 |
    | | 3 | .644 .651 | .547 .950 | .591 .760 |
    | | **5**, not hidden | .721 – | .877 – | .750 – |
    | | 10 | – – | .963 – | .804 – |

    SGD has to leave the zeros before the labels first, and at a low rate it does not in so few epochs: .501, .303 and
    .209 are those of the most frequent label. In the epochs of *thorough*, twice as many, a hidden layer at 2 gives
    .748, .963 and .803, none at 5 .758, .963 and .810. Not 3 for a hidden layer: with mini-batches of 16 at a constant
    rate that diverges on all three, where 2 does not on any. Layers of 32 and 1,024 are as 256.
    """

    hidden: int = Field(
        0,
        ge=0,
        le=2048,
        description="Width of a hidden layer between a document's vector and its label; 0 has none, which is as a rule "
        "no worse.",
        json_schema_extra={"advanced": True},
    )
    balanced: bool = Field(
        False,
        description="Whether rare labels count as much as frequent ones; the loss stays the plain one, and rises.",
    )

    @classmethod
    def own_rate(cls, values: Mapping[str, Any]) -> float | None:
        """A hidden layer takes less of SGD."""
        hidden = values.get("hidden", 0)
        deep = isinstance(hidden, int) and hidden > 0
        return HIDDEN_SGD if deep and values.get("optimiser") == "sgd" else super().own_rate(values)


@ARCHITECTURES.register
class Supervised(Minibatches[SupervisedParams]):
    """Tells the labels of documents from the means of their words' vectors."""

    name = "supervised"
    title = "Supervised"
    summary = (
        "Learns vectors of words from whose mean the label of a document can be told. "
        "For a table with a column of labels, to see which words speak for which; the more labels, the more it tells. "
        "Takes seconds for a million words, and tells how many held-out documents it gets right."
    )
    citation = (
        "A. Joulin, E. Grave, P. Bojanowski, T. Mikolov. Bag of tricks for efficient text classification. EACL 2017."
    )
    Params = SupervisedParams
    takes_vectors: ClassVar[bool] = True
    loss_unit: ClassVar[str] = "nats per document"
    vectors: ClassVar[str] = "vectors"
    labelled: ClassVar[bool] = True
    # A step takes less than a thousandth of a second: threads would wait for one another.
    threaded: ClassVar[bool] = False
    most_held_out: ClassVar[int] = 20_000

    def shapes(self, data: TrainingData) -> dict[str, tuple[int, ...]]:
        """The weights by name."""
        return _shapes(self.params, data.vocabulary, len(data.label_names))

    def begin(self, arrays: Arrays, data: TrainingData, rng: np.random.Generator) -> None:
        """Zeros before the labels, as fastText begins."""
        if self.params.hidden:
            begin_dense(arrays["hidden_1"], rng)

    def network(self, arrays: Arrays, data: TrainingData, documents: Documents, found: Found) -> "Classifier":
        """The network that works in these arrays."""
        from core.networks.classifier import Classifier
        from core.networks.optimiser import Rule

        params = self.params
        weights = {name: arrays[name] for name in self.shapes(data)}
        shares = np.ones(len(data.label_names), np.float32)
        if params.balanced:
            by_label = np.bincount(documents.labels(np.arange(len(documents))), minlength=len(shares))
            shares = (len(documents) / (len(shares) * np.maximum(by_label, 1))).astype(np.float32)
        rule = Rule(params.optimiser, params.l1, params.l2, params.clip)
        return Classifier(weights, moments_of(arrays, weights, params.optimiser), rule, shares, params.dropout)

    def batch(self, documents: Documents, chosen: npt.NDArray[np.int64]) -> Labelled:
        """Some documents with their labels."""
        words, lengths = documents.words(chosen)
        return Labelled(words, np.cumsum(lengths) - lengths, documents.labels(chosen))

    def chance(self, data: TrainingData) -> float:
        """All labels alike."""
        return math.log(len(data.label_names))

    def findings(self, measured: "Measured", held_out: Documents) -> dict[str, Any]:
        """How many held-out documents have their label told right, and how many have the most frequent label."""
        documents = len(held_out)
        most = int(np.bincount(held_out.labels(np.arange(documents))).max())
        shares = {"value": round(measured.right / documents, 4), "majority": round(most / documents, 4)}
        return {"accuracy": {**shares, "documents": documents}}

    @classmethod
    def preset(cls, preset: Preset, size: CorpusSize) -> dict[str, Any]:
        """Settings fit for a corpus of this size.

        Measured on 10,662 sentences of two labels and 1,500 answers of five, a fifth held out: with some 650 and 250
        steps at .01 as good as logistic regression; with twice as many it learns by heart, so that more steps want a
        lower rate.
        """
        documents = _documents(size)
        batch_size = 64 if documents >= 500 else 16
        steps, least, rate = {"quick": (120, 3, 0.02), "balanced": (250, 5, 0.01), "thorough": (600, 10, 0.003)}[preset]
        return {
            "dimensions": 50 if preset == "quick" or (preset == "balanced" and size.tokens < SMALL) else 100,
            "epochs": min(100, max(least, round(steps * batch_size / documents))),
            "learning_rate": rate,
            "batch_size": batch_size,
        }

    @classmethod
    def estimate(cls, params: SupervisedParams, size: CorpusSize, threads: int) -> Estimate:
        """Seconds and memory that training will take on a machine like this one, from sizes alone."""
        documents = _documents(size)
        weights = sum(math.prod(shape) for shape in _shapes(params, size.vocabulary, size.labels or LABELS).values())
        kept = 1 + len(MOMENTS[params.optimiser])
        steps = params.epochs * math.ceil(documents / params.batch_size)
        rows = params.epochs * size.tokens * params.dimensions
        seconds = 0.3 + steps * 1e-3 + rows / 5e8
        return Estimate(seconds, OVERHEAD_BYTES + 4 * weights * (2 * kept) + 4 * size.tokens)

    @classmethod
    def refuses(cls, size: CorpusSize) -> str | None:
        """It needs labels to learn from."""
        if size.labels < 2:
            has = "no labels" if size.labels == 0 else "only one label"
            return (
                f"It learns from labels, and this corpus has {has}; read a table again and choose the column that "
                "holds them."
            )
        return None


def _documents(size: CorpusSize) -> int:
    return max(1, size.segments or size.tokens // DOCUMENT)


def _shapes(params: SupervisedParams, words: int, labels: int) -> dict[str, tuple[int, ...]]:
    dimensions = params.dimensions
    shapes: dict[str, tuple[int, ...]] = {"vectors": (words, dimensions)}
    if params.hidden:
        shapes |= {"hidden_1": (params.hidden, dimensions), "hidden_1_bias": (params.hidden,)}
    return shapes | {"outputs": (labels, params.hidden or dimensions), "outputs_bias": (labels,)}
