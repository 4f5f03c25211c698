"""What vectors trained on film reviews are worth: likeness of words as people judge it, and Google's analogies.

Rows of `unit` are of length one and stand in the order of `words`, the most frequent first.
"""

import numpy as np
from scipy.stats import spearmanr

from tests.bench.corpus import BENCHMARKS

MOST_WORDS = 30_000
SLACK, SHARE = 0.02, 0.93
"""Equal quality: ρ not so much lower than the peer's, analogies not below this share of the peer's."""


def unit_of(vectors: np.ndarray) -> np.ndarray:
    """Rows of length one."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def word_sim(words: list[str], unit: np.ndarray) -> float:
    """Spearman's ρ on WordSim-353."""
    return _likeness("wordsim353.tsv", words, unit)


def rubenstein_goodenough(words: list[str], unit: np.ndarray) -> float:
    """Spearman's ρ on RG-65."""
    return _likeness("rg-65.tsv", words, unit)


def analogies(words: list[str], unit: np.ndarray) -> float:
    """Share of the questions answered right; a, b and c left out, vocabulary cut at the 30,000 most frequent words."""
    words, unit = words[:MOST_WORDS], unit[:MOST_WORDS]
    row = {word: i for i, word in enumerate(words)}
    asked = []
    for line in (BENCHMARKS / "questions-words.txt").read_text(encoding="utf-8").splitlines():
        four = line.lower().split()
        if not line.startswith(":") and len(four) == 4 and all(word in row for word in four):
            asked.append([row[word] for word in four])
    questions, right = np.array(asked), 0
    for chunk in np.array_split(questions, max(1, len(questions) // 500)):
        a, b, c, d = chunk.T
        scores = (unit[b] - unit[a] + unit[c]) @ unit.T
        for given in (a, b, c):
            scores[np.arange(len(chunk)), given] = -np.inf
        right += int((scores.argmax(axis=1) == d).sum())
    return right / len(questions)


def _likeness(name: str, words: list[str], unit: np.ndarray) -> float:
    row = {word: i for i, word in enumerate(words)}
    gold, ours = [], []
    for line in (BENCHMARKS / name).read_text(encoding="utf-8").splitlines():
        parts = line.lower().split("\t")
        if not line.startswith("#") and len(parts) > 2 and parts[0] in row and parts[1] in row:
            gold.append(float(parts[2]))
            ours.append(float(unit[row[parts[0]]] @ unit[row[parts[1]]]))
    return float(spearmanr(gold, ours)[0])
