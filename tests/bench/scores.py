"""What vectors are worth, in numbers that do not depend on the settings they were trained with. Higher is better.

- `Pairs`: Spearman's ρ of cosines with people's judgements, where a corpus knows enough of the pairs.
- `Gaps`: for words in lines kept from training, the share of equally frequent words that lie farther from the mean of
  the words around the gap than the word that stood there; .5 is chance. The lines, the words asked for, the words
  around them (five on each side) and the words they compete with are the same whatever was trained, and since the
  competitors are equally frequent, knowing how frequent a word is does not help.
- `Labels`: accuracy of a linear classifier (ridge) on the mean of a document's vectors, five-fold cross-validated.
- `Analogies`: share of the planted world's analogies answered right, the words asked with left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from scipy.stats import spearmanr

from core.data.corpus import Corpus
from core.data.training_data import TrainingData
from core.neighbours import analogy, mean_of
from core.space import EmbeddingSpace

FREQUENT = 100
REACH = 5
FEWEST = 3
COMPETITORS = 100
FEWEST_GAPS, MOST_GAPS = 200, 4_000
SAID_BEFORE = 5
"""A gap in five words in a row that were trained on tells what is remembered, not what was learned."""


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


@dataclass(frozen=True, slots=True)
class Gaps:
    """Gaps in the lines that `data` holds back.

    Attributes:
        asked: the words that stood there, shape `(gaps,)`.
        around: the words around, shape `(gaps, 2 * REACH)`, −1 where there is none.
        competitors: shape `(gaps, COMPETITORS)`.
    """

    asked: np.ndarray
    around: np.ndarray
    competitors: np.ndarray

    @classmethod
    def of(cls, data: TrainingData) -> "Gaps":
        """The same gaps for the same data; words and contexts are not among the 100 most frequent words."""
        rng = np.random.default_rng(0)
        trained = np.concatenate([_tokens(data, i) for i in np.flatnonzero(~data.held_out)])
        counts = np.bincount(trained[trained < data.vocabulary], minlength=data.vocabulary)
        candidates = np.flatnonzero(counts >= FEWEST)
        candidates = candidates[candidates >= FREQUENT]
        by_count = candidates[np.argsort(-counts[candidates], kind="stable")]
        place = {int(word): at for at, word in enumerate(by_count)}
        lines = [_tokens(data, int(segment)) for segment in rng.permutation(np.flatnonzero(data.held_out))]
        starts = np.cumsum([0] + [len(words) for words in lines])
        held = np.concatenate(lines)
        runs = _shingles(held)
        said = np.isin(runs, _shingles(trained))
        first_time = np.zeros(len(held), np.bool_)
        first_time[np.unique(runs, return_index=True)[1] + 2] = True
        asked, around, competitors = [], [], []
        for words, start in zip(lines, starts[:-1], strict=True):
            for at in range(2, len(words) - 2):
                word = int(words[at])
                near = [int(w) for w in (*words[max(0, at - REACH) : at], *words[at + 1 : at + REACH + 1])]
                near = [w for w in near if w in place and w != word]
                heard = said[max(start, start + at - 4) : start + at + 1].any()
                if word not in place or len(near) < 2 or heard or not first_time[start + at]:
                    continue
                first = min(max(0, place[word] - COMPETITORS), max(0, len(by_count) - 2 * COMPETITORS - 1))
                others = by_count[first : first + 2 * COMPETITORS + 1]
                others = others[(others != word) & ~np.isin(others, near)]
                asked.append(word)
                around.append(near + [-1] * (2 * REACH - len(near)))
                competitors.append(rng.choice(others, COMPETITORS))
            if len(asked) >= MOST_GAPS:
                break
        return cls(np.array(asked), np.array(around), np.array(competitors))

    def __len__(self) -> int:
        return len(self.asked)

    def __call__(self, space: EmbeddingSpace) -> float:
        if len(self) < FEWEST_GAPS:
            return float("nan")
        shares = []
        for chunk in np.array_split(np.arange(len(self)), len(self) // FEWEST_GAPS):
            mask = (self.around[chunk] >= 0)[:, :, None]
            means = (space.unit[np.maximum(self.around[chunk], 0)] * mask).sum(axis=1)
            true = np.einsum("gd,gd->g", means, space.unit[self.asked[chunk]])
            others = np.einsum("gd,gcd->gc", means, space.unit[self.competitors[chunk]])
            shares.append((true[:, None] > others).mean(axis=1))
        return float(np.concatenate(shares).mean())


def _tokens(data: TrainingData, segment: int) -> np.ndarray:
    return np.asarray(data.tokens[data.offsets[segment] : data.offsets[segment + 1]], np.int64)


def _shingles(words: np.ndarray) -> np.ndarray:
    """A number for each run of five words."""
    mixed = np.zeros(max(0, len(words) - SAID_BEFORE + 1), np.uint64)
    for at in range(SAID_BEFORE):
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + words[at : at + len(mixed)].astype(np.uint64) + np.uint64(1)
        mixed ^= mixed >> np.uint64(29)
    return mixed


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
