"""Small corpora as arrays, for tests of training."""

from collections.abc import Sequence

import numpy as np

from core.data.training_data import TrainingData


def data_of(
    lines: Sequence[Sequence[int]], held_out: Sequence[int] = (), vocabulary: int | None = None, corpus: str = "toy"
) -> TrainingData:
    """Lines of word numbers; `held_out` are numbers of lines, `vocabulary` words are known (else all).

    The label of a line is whether its first word is of an even or an odd number, that is, its topic.
    """
    tokens = np.array([word for line in lines for word in line], np.uint32)
    counts = np.bincount(tokens, minlength=vocabulary or 1)[:vocabulary].astype(np.int64)
    withheld = np.zeros(len(lines), np.bool_)
    withheld[list(held_out)] = True
    return TrainingData(
        corpus=corpus,
        tokens=tokens,
        offsets=np.cumsum([0, *map(len, lines)], dtype=np.int64),
        held_out=withheld,
        words=[f"w{rank}" for rank in range(len(counts))],
        counts=counts,
        labels=np.array([line[0] % 2 if line else -1 for line in lines], np.int32),
        label_names=("even", "odd"),
    )


def two_topics(
    lines: int = 400, length: int = 10, words: int = 10, seed: int = 3, mixed: float = 0.0
) -> list[list[int]]:
    """Every line speaks of one of two topics; words of even number belong to the one, of odd number to the other.

    A share of the words is `mixed` in from the other topic.
    """
    rng = np.random.default_rng(seed)
    topics = rng.integers(0, 2, lines)
    numbers = 2 * rng.integers(0, words, (lines, length)) + topics[:, None]
    return (numbers ^ (rng.random((lines, length)) < mixed)).tolist()


def contrast(vectors: np.ndarray) -> float:
    """Mean cosine of words of one topic less that of words of different ones."""
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-30)  # a vector may be zero
    cosines = unit @ unit.T
    parity = np.arange(len(vectors)) % 2
    same = parity[:, None] == parity
    others = ~np.eye(len(vectors), dtype=bool)
    return float(cosines[same & others].mean() - cosines[~same].mean())
