"""What vectors are worth, in numbers that do not depend on the settings they were trained with. Higher is better.

- `Pairs`: Spearman's ρ of cosines with people's judgements, where a corpus knows enough of the pairs.
- `Gaps`: the score `held_out_gap` of `core.evaluation`; .5 is chance.
- `Labels`: accuracy of a linear classifier (ridge) on the mean of a document's vectors, five-fold cross-validated.
- `Analogies`: share of the planted world's analogies answered right, the words asked with left out.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from scipy.stats import spearmanr

from core.data.corpus import Corpus
from core.data.training_data import TrainingData
from core.evaluation.benchmarks.held_out_gap import Gaps as HeldOutGaps
from core.neighbours import analogy, mean_of
from core.space import EmbeddingSpace

FEWEST_GAPS = 200


class Score(Protocol):
    """A number for a space; nan where it cannot be told."""

    def __call__(self, space: EmbeddingSpace) -> float: ...


class Pairs:
    """ρ over the pairs of these lists that are in the vocabulary; a term of several words is the mean of its words."""

    def __init__(self, paths: Sequence[Path], fewest: int) -> None:
        self.paths, self.fewest = paths, fewest
        self.rows = [
            (path, parts[0].lower(), parts[1].lower(), float(parts[2]))
            for path in paths
            for parts in (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
            if len(parts) > 2 and parts[2].replace(".", "", 1).isdigit()
        ]

    def known(self, space: EmbeddingSpace) -> list[tuple[Path, str, str, float]]:
        return [row for row in self.rows if all(word in space for word in f"{row[1]} {row[2]}".split())]

    def __call__(self, space: EmbeddingSpace) -> float:
        known, found, weights = self.known(space), [], []
        if len(known) < self.fewest:
            return float("nan")
        # Each list has a scale of its own.
        for path in self.paths:
            rows = [row for row in known if row[0] == path]
            if len(rows) >= 12:
                cosines = [float(mean_of(space, a.split()) @ mean_of(space, b.split())) for _, a, b, _ in rows]
                found.append(float(spearmanr(cosines, [gold for *_, gold in rows])[0]))
                weights.append(len(rows))
        return float(np.average(found, weights=weights))


class Gaps:
    """`held_out_gap` of the lines that `data` holds back."""

    def __init__(self, data: TrainingData) -> None:
        self.gaps = HeldOutGaps.of(data)

    def __len__(self) -> int:
        return len(self.gaps)

    def __call__(self, space: EmbeddingSpace) -> float:
        return float("nan") if len(self) < FEWEST_GAPS else float(self.gaps.shares(space.unit).mean())


class Labels:
    """Accuracy of telling a document's label from the mean of its words' unit vectors."""

    def __init__(self, corpus: Corpus) -> None:
        tokens, offsets = np.asarray(corpus.tokens), np.asarray(corpus.offsets)
        lines = [i for i in range(corpus.lines) if offsets[i] < offsets[i + 1]]
        self.words = corpus.words
        self.documents = [tokens[offsets[i] : offsets[i + 1]] for i in lines]
        self.labels = np.array([corpus.label(i) for i in lines])

    def __call__(self, space: EmbeddingSpace) -> float:
        from sklearn.linear_model import RidgeClassifier
        from sklearn.model_selection import StratifiedKFold, cross_val_score
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        nothing = np.zeros(space.dimensions)
        vectors = np.array([space.unit[space.index(w)] if w in space else nothing for w in self.words])
        means = np.array([vectors[words].mean(axis=0) for words in self.documents])
        model = make_pipeline(StandardScaler(), RidgeClassifier())
        folds = StratifiedKFold(5, shuffle=True, random_state=0)
        return float(cross_val_score(model, means, self.labels, cv=folds).mean())


class Analogies:
    """The planted world's analogies."""

    def __call__(self, space: EmbeddingSpace) -> float:
        from sample_corpora.planted_world import PLANTED

        questions = [four for four in PLANTED.questions() if all(word in space for word in four)]
        hits = [analogy(space, b, a, c, k=1)[0].word == d for a, b, c, d in questions]
        return float(np.mean(hits)) if hits else float("nan")
