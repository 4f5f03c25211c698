"""Prices of counting: how many different pairs of neighbours a corpus of some size has."""

import numpy as np

from core.architecture import CorpusSize

__all__ = ["distinct_pairs"]

FLATTEN = 2.7
"""Mandelbrot's shift: the rank r of a word stands for a frequency of 1/(r + 2.7)."""
LUMPED, LUMPED_AT, LUMPED_MORE = 0.54, 2e7, 0.07
"""Neighbours keep company, so that there are fewer different pairs than if words stood side by side by chance: about
half as many where twenty million neighbours were counted, and 5 % fewer with each doubling, as measured on film reviews
from a million to two hundred million."""


def distinct_pairs(size: CorpusSize, events: float) -> float:
    """About how many different pairs there are among so many pairs of neighbours, by Zipf's law.

    Args:
        size: of the corpus.
        events: pairs of neighbours, each counted as often as it occurs, in both directions.
    """
    vocabulary = max(2, size.vocabulary)
    # Ranks in classes that widen with the rank: a few thousand pairs of classes stand for all pairs of words.
    edges = np.unique(np.concatenate((np.arange(16), np.geomspace(16, vocabulary, 60)))).clip(0, vocabulary)
    edges = np.unique(edges)
    middles, widths = (edges[:-1] + edges[1:]) / 2, np.diff(edges)
    shares = 1 / (middles + FLATTEN)
    shares /= float((shares * widths).sum())
    expected = events * np.outer(shares, shares)
    found = float((np.outer(widths, widths) * -np.expm1(-expected)).sum())
    lumped = min(1.0, LUMPED * (max(events, 1.0) / LUMPED_AT) ** -LUMPED_MORE)
    return float(max(1.0, min(lumped * found, events)))
