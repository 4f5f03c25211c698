"""Mini-batches of documents as the networks read them; torch is not needed to make them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Bags", "Labelled", "bags_of"]


@dataclass(frozen=True, slots=True)
class Bags:
    """Documents as bags of words.

    Attributes:
        words: shape `(cells,)`, int64; the different words of each document, rising, one document after the other.
        counts: shape `(cells,)`, float32; how often each stands there.
        starts: shape `(documents + 1,)`, int64; where each document's cells begin, and the end.
    """

    words: npt.NDArray[np.int64]
    counts: npt.NDArray[np.float32]
    starts: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Documents with their labels.

    Attributes:
        words: shape `(words,)`, int64; of all documents, one after the other.
        starts: shape `(documents,)`, int64; where each begins.
        labels: shape `(documents,)`, int64.
    """

    words: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]


def bags_of(words: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64], vocabulary: int) -> Bags:
    """Count the words of documents.

    Args:
        words: of all documents, one after the other.
        lengths: words of each, shape `(documents,)`.
        vocabulary: more than the largest word.
    """
    owners = np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)
    keys, counts = np.unique(owners * vocabulary + words, return_counts=True)
    starts = np.searchsorted(keys, np.arange(len(lengths) + 1, dtype=np.int64) * vocabulary)
    return Bags(keys % vocabulary, counts.astype(np.float32), starts.astype(np.int64))
