"""The stability of words: how far trainings that differ by their seed alone agree on who is near whom.

For each word the share of its nearest neighbours that two trainings have in common, mean over all pairs of trainings:
1 where they always agree, about k / vocabulary where neighbours are chance. What is below a half is what the next seed
would tell otherwise.

Wendlandt, L., Kummerfeld, J. K. & Mihalcea, R. (2018). Factors influencing the surprising instability of word
embeddings. NAACL, with their ten neighbours.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.space import EmbeddingSpace, FloatMatrix

__all__ = ["Stability", "stability"]

CHUNK_VALUES = 2_500_000


@dataclass(frozen=True, slots=True)
class Stability:
    """How stable words are.

    Attributes:
        words: the most frequent first.
        shares: of each word, the share of its neighbours that two trainings have in common, shape `(words,)`, 0 to 1.
        spaces: trainings that were compared.
        nearest: neighbours of each word.
    """

    words: tuple[str, ...]
    shares: npt.NDArray[np.float64]
    spaces: int
    nearest: int


def stability(
    spaces: Sequence[EmbeddingSpace],
    words: int = 2000,
    nearest: int = 10,
    progress: Callable[[float], None] | None = None,
) -> Stability:
    """Compare the neighbours of the most frequent words between spaces of the same words.

    Args:
        spaces: two or more, of the same words in the same order.
        words: how many of the most frequent words are looked at; their neighbours may be any words.
        nearest: neighbours of each.
        progress: told the share done, 0 to 1.

    Raises:
        InputError: fewer than two spaces, or they are of different words.
    """
    if len(spaces) < 2:
        raise InputError("Stability needs two trainings or more; train with several seeds.")
    if any(one.keys != spaces[0].keys for one in spaces):
        raise InputError(
            "These vectors are of different words; compare trainings of one corpus with one minimum count."
        )
    count = min(words, len(spaces[0]))
    nearest = min(nearest, len(spaces[0]) - 1)
    found = []
    for number, space in enumerate(spaces, 1):
        found.append(_neighbours(space.unit, count, nearest))
        if progress is not None:
            progress(number / len(spaces))
    pairs = [_common(one, other) for one, other in combinations(found, 2)]
    shares = np.mean(pairs, axis=0) / max(1, nearest)
    return Stability(tuple(spaces[0].keys[:count]), shares, len(spaces), nearest)


def _neighbours(unit: FloatMatrix, count: int, nearest: int) -> npt.NDArray[np.int64]:
    """Rows of the nearest other words of the first `count` words, in no order, shape `(count, nearest)`."""
    found = np.empty((count, nearest), np.int64)
    step = max(1, CHUNK_VALUES // len(unit))
    for start in range(0, count, step):
        stop = min(start + step, count)
        scores = unit[start:stop] @ unit.T
        np.fill_diagonal(scores[:, start:stop], -np.inf)
        found[start:stop] = np.argpartition(-scores, nearest - 1, axis=1)[:, :nearest]
    return found


def _common(one: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How many neighbours each word has in both, shape `(words,)`."""
    common: npt.NDArray[np.int64] = (one[:, :, None] == other[:, None, :]).sum(axis=(1, 2))
    return common
