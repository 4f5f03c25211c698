"""TrainingData: a corpus with the cut-offs of one run, as arrays that kernels can walk."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["CorpusSize", "TrainingData"]


@dataclass(frozen=True, slots=True)
class CorpusSize:
    """The size of what is to be trained on, as presets and estimates need it: after the run's cut-offs.

    Attributes:
        tokens: occurrences of words of the vocabulary.
        vocabulary: different words.
        segments: lines or blocks, held-out ones included (see `TrainingData`); None where they were not counted.
        labels: different labels of the documents; 0 where they have none.
    """

    tokens: int
    vocabulary: int
    segments: int | None = None
    labels: int = 0


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Tokens as frequency ranks, cut into segments that no window crosses.

    A segment is a line of the corpus (lines beyond 10,000 tokens are cut), or a block of 1,000 tokens where there are
    fewer than 200 lines. The vocabulary of the run is the first `len(words)` ranks: a token of a higher rank is not
    in it, and kernels pass over such tokens as if they were not there.

    Attributes:
        corpus: id of the corpus, the hash of what was read and how.
        tokens: shape `(tokens,)`, uint32, memory-mapped; the rank of each token over **all** types, 0 most frequent.
        offsets: shape `(segments + 1,)`, int64; segment i is `tokens[offsets[i]:offsets[i + 1]]`.
        held_out: shape `(segments,)`, bool; segments kept from training to measure the held-out loss on; segments of
            the same words are on the same side.
        words: the vocabulary of this run, most frequent first.
        counts: shape `(len(words),)`, int64; occurrences in the whole corpus.
        labels: shape `(segments,)`, int32; the label of each segment as an index into `label_names`, −1 where it has
            none; None where the corpus has no labels.
        label_names: the labels, each of which some segment has.
    """

    corpus: str
    tokens: npt.NDArray[np.uint32]
    offsets: npt.NDArray[np.int64]
    held_out: npt.NDArray[np.bool_]
    words: Sequence[str]
    counts: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int32] | None = None
    label_names: Sequence[str] = ()

    @property
    def vocabulary(self) -> int:
        """Number of words in the vocabulary of this run."""
        return len(self.words)

    @property
    def segments(self) -> int:
        """Number of segments, held-out ones included."""
        return len(self.offsets) - 1
