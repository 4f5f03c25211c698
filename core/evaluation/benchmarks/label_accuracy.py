"""The accuracy of telling a document's label from the mean of its words' vectors.

Each document is the mean of the vectors of its known words (each scaled to length 1), standardised; logistic
regression learns the labels of four fifths of the documents and tells those of the last fifth, five times, stratified
by label. The floor is always naming the most frequent label.

Kiros, R. et al. (2015). Skip-thought vectors. NeurIPS, and Conneau, A. & Kiela, D. (2018). SentEval: an evaluation
toolkit for universal sentence representations. LREC: logistic regression on frozen vectors as the measure of them.
"""

import warnings
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from core.errors import CorpusError
from core.evaluation.benchmark import BENCHMARKS, Benchmark, Finding
from core.evaluation.material import Material
from core.params import Field, Params
from core.space import EmbeddingSpace

__all__ = ["LabelAccuracy", "LabelAccuracyParams"]

FOLDS = 5
FEWEST_OF_A_LABEL = 5
ROUNDS = 200


class LabelAccuracyParams(Params):
    """How much is asked."""

    documents: int = Field(
        5_000, ge=50, le=100_000, description="So many documents at most, chosen at random; time grows with them."
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Chooses the documents and deals them into five parts.")


@BENCHMARKS.register
class LabelAccuracy(Benchmark[LabelAccuracyParams]):
    """The share of documents whose label is told right."""

    name = "label_accuracy"
    title = "Labels told"
    summary = (
        "Learns the labels of four fifths of the documents from the means of their word vectors and tells those of "
        "the rest. "
        "The share told right, higher is better; the floor is always naming the most frequent label. "
        "Vectors that have learned from the same labels are flattered."
    )
    citation = (
        "A. Conneau, D. Kiela. SentEval: an evaluation toolkit for universal sentence representations. LREC 2018."
    )
    unit = "share of the documents"
    items = "documents"
    best: ClassVar[Literal["highest", "lowest"]] = "highest"
    bounds = (0.0, 1.0)
    chance: ClassVar[float | None] = None
    needs = ("labels",)
    Params: ClassVar[type[Params]] = LabelAccuracyParams

    @classmethod
    def measure(cls, space: EmbeddingSpace, material: Material, params: LabelAccuracyParams) -> Finding:
        """Learn and tell."""
        data, labels = material.data, material.labels
        assert data is not None
        assert labels is not None
        if space.keys[: data.vocabulary] != list(data.words):
            raise CorpusError("These vectors are not of the words of this corpus; choose the corpus they learned from.")
        numbers = labels.numbers.astype(np.int64)
        written = np.diff(labels.offsets) > 0
        labelled = written & np.array([bool(name) for name in labels.names], np.bool_)[numbers]
        counts = np.bincount(numbers[labelled], minlength=len(labels.names))
        rare = (counts > 0) & (counts < FEWEST_OF_A_LABEL)
        usable = np.flatnonzero(labelled & ~rare[numbers])
        if len(np.unique(numbers[usable])) < 2:
            return Finding(
                undefined=f"Fewer than two labels have {FEWEST_OF_A_LABEL} documents each; there is nothing to tell "
                "apart."
            )
        chosen, spare = _sample(usable, numbers, params), int(written.sum() - len(usable))
        means = _means(space, np.asarray(data.tokens), labels.offsets, chosen, data.vocabulary)
        right = _told(means, numbers[chosen], params.seed) == numbers[chosen]
        majority = np.bincount(numbers[chosen]).max() / len(chosen)
        blank = int((~means.any(axis=1)).sum())
        return Finding(
            value=float(right.mean()),
            deviation=float(right.std(ddof=1) / np.sqrt(len(right))),
            chance=float(majority),
            used=len(chosen),
            missing=spare,
            missing_names=tuple(name for name, few in zip(labels.names, rare, strict=True) if few),
            basis=f"{len(np.unique(numbers[chosen]))} labels, {FOLDS}-fold cross-validation"
            + (f"; {blank:,} of the documents have no word of the vocabulary" if blank else ""),
        )


def _sample(
    usable: npt.NDArray[np.int64], numbers: npt.NDArray[np.int64], params: LabelAccuracyParams
) -> npt.NDArray[np.int64]:
    """The documents that are asked about; of each label enough to stand in every part, or all there are."""
    if len(usable) <= params.documents:
        return usable
    shuffled = np.random.default_rng(params.seed).permutation(usable)
    order = np.argsort(numbers[shuffled], kind="stable")
    _, starts, sizes = np.unique(numbers[shuffled][order], return_index=True, return_counts=True)
    within = np.empty(len(shuffled), np.int64)
    within[order] = np.arange(len(shuffled)) - np.repeat(starts, sizes)
    return np.sort(shuffled[np.argsort(within >= FEWEST_OF_A_LABEL, kind="stable")][: params.documents])


def _means(
    space: EmbeddingSpace,
    tokens: npt.NDArray[np.uint32],
    offsets: npt.NDArray[np.int64],
    chosen: npt.NDArray[np.int64],
    vocabulary: int,
) -> npt.NDArray[np.float32]:
    """The mean vector of each document, shape `(documents, dimensions)`; zero where no word is known."""
    means = np.zeros((len(chosen), space.dimensions), np.float32)
    for row, document in enumerate(chosen):
        words = tokens[offsets[document] : offsets[document + 1]]
        words = words[words < vocabulary]
        if len(words):
            means[row] = space.unit[words].mean(axis=0)
    return means


def _told(means: npt.NDArray[np.float32], labels: npt.NDArray[np.int64], seed: int) -> npt.NDArray[np.int64]:
    """The label that a model which has not seen a document gives it."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=ROUNDS, tol=1e-3))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # what is not settled after 200 rounds hardly moves
        told: npt.NDArray[np.int64] = cross_val_predict(model, means, labels, cv=folds)
    return told
