"""Which words of a map are named first: those that say what a text is about.

By frequency alone the names on a map would be “the”, “of” and “and”. The words that hold sentences together are
frequent *and* short in every language (Zipf 1935, “The Psycho-Biology of Language”, ch. 2: the law of abbreviation),
so no list of stop words is needed to tell most of them from “government” or “treatment”.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["label_order", "named_last"]

FREQUENT = 2.0  # times the mean count of the words on the map
SHORT = 6  # letters; in scripts without capitals a sign often is a syllable or a word, and less is short
SHORT_SIGNS = 4
FEWEST = 3  # letters of a word with capitals that is named at all before others: x, np, i


def named_last(words: Sequence[str], counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The words that are named after all others: frequent short ones, single letters, numbers.

    Args:
        words: of the map.
        counts: occurrences of each, shape `(words,)`; empty where they are not known, then nothing is frequent.

    Returns:
        Their indices, ascending.
    """
    known = len(counts) == len(words) and len(words) > 0
    frequent = counts > FREQUENT * counts.mean() if known else np.zeros(len(words), bool)
    last = [i for i, word in enumerate(words) if _says_little(word, bool(frequent[i]))]
    return np.array(last, np.int64)


def label_order(words: Sequence[str], counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """All words, the one to be named first in front, shape `(words,)`: by count, those that are `named_last` behind.

    Args:
        words: of the map, most frequent first.
        counts: as for `named_last`.
    """
    last = np.zeros(len(words), bool)
    last[named_last(words, counts)] = True
    return np.argsort(last, kind="stable")


def _says_little(word: str, frequent: bool) -> bool:
    letters = sum(char.isalpha() for char in word)
    if word.lower() == word.upper():
        return letters == 0 or (frequent and letters < SHORT_SIGNS)
    return letters < FEWEST or (frequent and letters < SHORT)
