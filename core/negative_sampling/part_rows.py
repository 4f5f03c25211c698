"""Where fastText begins that is given vectors of words: in the rows of their parts, whose mean the vector of a word is.

A part begins as the mean of the vectors of the words that it stands in, and each word's own row makes up for what its
parts leave, so that the word's mean is its vector. Words that have none begin near what their parts say. Where the
vectors come with the rows of the same parts, learned before, these are taken instead.

How parts begin hardly matters to words that have a vector: begun from skip-gram's of three million words of film
reviews, three small corpora fill gaps to .004 as well from parts of zero. It matters to words that have none. Of a
tenth of the words that film sentences have in common with those reviews, taken away from them, the vector that their
parts make ranks the right one before .75 of all others; parts fitted to all words by least squares with a penalty are
hardly better (.76), without one worse (.70 to .72), parts of zero say nothing.

With those vectors fewer epochs are enough. The settings are those of *balanced* with 100 dimensions, the scores those
of `tests.bench.scores`, one seed:

| | medical answers | | speeches of presidents | | film sentences | | |
|---|---|---|---|---|---|---|---|
| | gaps | labels | gaps | pairs | gaps | pairs | labels |
| at random | .815 | .956 | .705 | .31 | .634 | .21 | .713 |
| a third of the epochs | .829 | .963 | .650 | .15 | .554 | −.03 | .683 |
| from vectors | .806 | .945 | .724 | .25 | .676 | .31 | .744 |
| a third of the epochs | .825 | .947 | .711 | .37 | .690 | .32 | .748 |
| from vectors, still for a fifth | .805 | .946 | .723 | .21 | .686 | .34 | .747 |
| from vectors, always still | .709 | .953 | .606 | .40 | .691 | .47 | .710 |
"""

import numpy as np
import numpy.typing as npt

from core.data.part_encoder import PartEncoder
from core.data.word_parts import Ngrams, WordParts
from core.ngrams import NgramEncoder
from core.space import EmbeddingSpace, Encoder, FloatMatrix
from core.tensors import Rows

__all__ = ["place_vectors", "still_rows"]

Integers = npt.NDArray[np.int64]

ROUNDS = 2
"""Times that own rows are set right: the second takes away what rounding left."""
READ_ROWS = 8192


def place_vectors(parts: WordParts, rows: FloatMatrix, found: Integers, start: EmbeddingSpace) -> None:
    """Fill the rows of the parts of words that have a vector.

    Args:
        parts: of the words.
        rows: shape `(parts.total, dimensions)`, as they begin without; changed.
        found: shape `(words,)`; the row of each word among the vectors, -1 where there is none.
        start: the vectors, and perhaps an encoder with rows of parts.
    """
    known = np.flatnonzero(found >= 0)
    wanted = start.vectors[found[known]]
    if not _take_rows(parts, rows, start.encoder):
        _spread(parts, rows, known, wanted)
    shares = parts.shares[parts.starts[known], None]
    for _ in range(ROUNDS):
        rows[known] += (wanted - parts.means(rows, known)) / shares


def still_rows(parts: WordParts, frozen: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which rows keep still so that the vectors of frozen words do: all that such a word has, shape `(total,)`."""
    still = np.zeros(parts.total, np.bool_)
    still[parts.rows[np.repeat(frozen, np.diff(parts.starts))]] = True
    return still


def _spread(parts: WordParts, rows: FloatMatrix, known: Integers, wanted: FloatMatrix) -> None:
    """Give each part the mean of the vectors of the words that it stands in, if there are any."""
    from scipy.sparse import csr_matrix

    shape = len(parts.lengths), parts.total
    inside = csr_matrix((np.ones(len(parts.rows), np.float32), parts.rows, parts.starts), shape=shape)[known]
    times = np.bincount(inside.indices, minlength=parts.total)
    taken = np.flatnonzero(times)
    rows[taken] = (inside.T @ wanted)[taken] / times[taken, None].astype(np.float32)


def _take_rows(parts: WordParts, rows: FloatMatrix, encoder: Encoder | None) -> bool:
    """Take the rows of the same parts that were learned before; a row that serves for several parts takes their mean.

    Returns:
        Whether there are any.
    """
    learned: Rows
    if isinstance(encoder, PartEncoder) and encoder.splitter.facts() == parts.splitter.facts():
        places = np.minimum(np.searchsorted(encoder.known, parts.known), max(0, len(encoder.known) - 1))
        there = np.flatnonzero(encoder.known[places] == parts.known) if len(encoder.known) else places[:0]
        learned, sources = encoder.rows, encoder.known_rows[places[there]].astype(np.int64)
    elif isinstance(encoder, NgramEncoder) and _splits_alike(parts, encoder):
        there, learned = np.arange(len(parts.known)), encoder.rows
        sources = parts.known.astype(np.int64)
    else:
        return False
    targets = parts.known_rows[there].astype(np.int64)
    times = np.bincount(targets, minlength=parts.total)
    taken = np.flatnonzero(times)
    rows[taken] = 0
    # In the order in which they lie, perhaps on the disk.
    order = np.argsort(sources, kind="stable")
    for begin in range(0, learned.shape[0], READ_ROWS):
        some = order[slice(*np.searchsorted(sources[order], (begin, begin + READ_ROWS)))]
        if len(some):
            np.add.at(rows, targets[some], learned[begin : begin + READ_ROWS][sources[some] - begin])
    rows[taken] /= times[taken, None].astype(np.float32)
    return len(taken) > 0


def _splits_alike(parts: WordParts, encoder: NgramEncoder) -> bool:
    splitter = parts.splitter
    return (
        isinstance(splitter, Ngrams)
        and (splitter.min_n, splitter.max_n) == (encoder.min_n, encoder.max_n)
        and splitter.buckets == encoder.rows.shape[0]
    )
