"""The topics of words as latent Dirichlet allocation samples them: what is kept, counted, averaged and measured."""

import threading
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from core.counting.training import aligned_matrix
from core.data.training_data import TrainingData
from core.negative_sampling.blocks import Blocks, block_seed
from core.negative_sampling.workers import Tally
from core.space import FloatMatrix

__all__ = ["Priors", "Topics", "common_words"]

NONE = 65_535
ROWS = 8192
MOST_HELD_OUT = 200_000
"""Words of held-out documents that the loss is measured on."""
ROUNDS, LEAST = 20, 0.01
SHAPE, SCALE = 1e-3, 1.0
"""Of the gamma distribution that alpha is expected to come from, MALLET's; it matters where there is little text."""

Floats = npt.NDArray[np.float64]
Assignments = npt.NDArray[np.uint16]


def common_words(data: TrainingData, share: float) -> npt.NDArray[np.bool_]:
    """Words that stand in more than a share of the documents to train on; none, where no other would be left."""
    from core.kernels.topic_counts import count_documents_with

    found = np.zeros(data.vocabulary, np.int64)
    documents = count_documents_with(
        np.asarray(data.tokens), np.asarray(data.offsets), np.asarray(data.held_out), found
    )
    common = found > share * documents
    return common if (found[~common] > 0).any() else np.zeros(data.vocabulary, np.bool_)


class Priors:
    """What is expected before a word is read.

    Attributes:
        alpha: of the topics of a document, shape `(topics,)`.
        beta: of the words of a topic, the same for all. It is not learned: what makes the topics drawn the likeliest
            lies far below what guesses held-out words best (film reviews: .013 against .1).
    """

    def __init__(self, alpha: Floats, beta: float) -> None:
        self.alpha, self.beta = alpha, beta

    def learn_alpha(self, topics: "Topics") -> None:
        """Take the alpha that makes the topics drawn the likeliest, starting from the one before.

        Minka's fixed point (T. P. Minka, “Estimating a Dirichlet distribution”, 2000), with a gamma prior.
        """
        from scipy.special import digamma

        from core.kernels.topic_counts import BINS, tally

        drawn, lengths = np.zeros((len(self.alpha), BINS), np.int64), np.zeros(BINS, np.int64)
        tally(topics.offsets, topics.assignments, drawn, lengths)
        values = _values_of_bins()
        some, used = np.flatnonzero(lengths), np.flatnonzero(drawn.any(axis=0))
        for _ in range(ROUNDS):
            total, each = float(self.alpha.sum()), self.alpha[:, None]
            below = float(lengths[some] @ (digamma(total + values[some]) - digamma(total))) + 1 / SCALE
            above = (drawn[:, used] * (digamma(each + values[used]) - digamma(each))).sum(axis=1)
            self.alpha = np.maximum((self.alpha * above + SHAPE) / below, LEAST)


def _values_of_bins() -> Floats:
    """The count that each bin of `tally` stands for: its own, or the middle of those that share it."""
    from core.kernels.topic_counts import BINS, EXACT, STEPS_A_DOUBLING

    numbers = np.arange(BINS, dtype=np.float64)
    return np.where(numbers < EXACT, numbers, EXACT * 2 ** ((numbers - EXACT + 0.5) / STEPS_A_DOUBLING))


class Topics:
    """Which topic each word was given last, and all that follows from it.

    Args:
        data: what is trained on.
        topics: how many.
        common: words that take no part, shape `(vocabulary,)`.
        assignments: what was drawn before, shape `(tokens,)`; 65,535 is none.

    Attributes:
        assignments: likewise; changed by `runner`'s blocks.
        counts: how often each word has each topic, shape `(vocabulary, width)`, width a multiple of 16.
        totals: their sums, shape `(width,)`.
        sums: what words were likely to be, summed over the last passes; no row before.
        words: that take part.
    """

    def __init__(
        self, data: TrainingData, topics: int, common: npt.NDArray[np.bool_], assignments: Assignments
    ) -> None:
        self._data, self._topics, self.common, self.assignments = data, topics, common, assignments
        self.offsets = np.asarray(data.offsets)
        self._lock = threading.Lock()
        self.words = int((~common).sum())
        self.counts = aligned_matrix(data.vocabulary, -(-topics // 16) * 16)
        self.sums = aligned_matrix(0, self.counts.shape[1])
        self._held_out = self._documents_held_out()
        self.count()

    def count(self) -> None:
        """Count anew; after threads that write the same number at the same time, one of them in vain."""
        from core.kernels.topic_counts import count_topics

        self.counts[:] = 0
        count_topics(np.asarray(self._data.tokens), self.assignments, self.counts)
        self.totals = self.counts.sum(axis=0, dtype=np.float64)

    def scatter(self, seed: int) -> None:
        """Give every word that takes part any topic."""
        from core.kernels.topic_counts import scatter

        data = self._data
        given = np.asarray(data.tokens), self.offsets, np.asarray(data.held_out), self.common
        scatter(*given, self._topics, np.uint64(block_seed(seed, -2)), self.assignments)
        self.count()

    def begin_sums(self) -> None:
        """From here on, sum up what is likely."""
        self.sums = aligned_matrix(*self.counts.shape)

    def runner(self, blocks: Blocks, priors: Priors, seed: int) -> Callable[[int, Tally], None]:
        """What draws the topics of a block once."""
        from core.kernels.topics import topics_kernel

        kernel, data = topics_kernel(), self._data
        given = np.asarray(data.tokens), self.offsets, np.asarray(data.held_out)

        def run_block(block: int, told: Tally) -> None:
            counted, before = np.zeros(2), self.totals.copy()
            totals = before.copy()
            kernel(
                *given, *blocks.segments(block), self.common, self._topics, self.assignments, self.counts, totals,
                self._wide(priors), priors.beta, self.words * priors.beta, np.uint64(block_seed(seed, block)),
                len(self.sums) > 0, self.sums, counted,
            )  # fmt: skip
            with self._lock:
                self.totals += totals - before
            told.add(float(counted[0]), int(counted[1]))

        return run_block

    def expected(self) -> FloatMatrix:
        """How often each word has each topic, as far as is known: likely numbers where there are some, else drawn ones.

        Returns:
            Shape `(vocabulary, topics)`. A word that takes no part has those of its documents.
        """
        drawn = self.counts[:, : self._topics]
        if not len(self.sums):
            return drawn.copy()
        likely = self.sums[:, : self._topics]
        mass, counts = likely.sum(axis=1, keepdims=True), drawn.sum(axis=1, keepdims=True)
        scale = np.where(counts > 0, counts, mass) / np.where(mass > 0, mass, 1)
        found: FloatMatrix = np.where(mass > 0, likely * scale, drawn)
        return found

    def held_out_loss(self, priors: Priors) -> float | None:
        """Mean −log p(word) of every second word of the held-out documents, given the others; None without any."""
        from core.kernels.topic_counts import ROUNDS as SETTLED
        from core.kernels.topic_counts import complete_documents

        if not len(self._held_out):
            return None
        likely = np.zeros_like(self.counts)
        found = self.expected()
        found[self.common] = 0
        likely[:, : self._topics] = (found + priors.beta) / (
            found.sum(axis=0, dtype=np.float64) + self.words * priors.beta
        )
        given = np.asarray(self._data.tokens), self.offsets, self._held_out, self.common
        loss, words = complete_documents(*given, likely, self._wide(priors), SETTLED)
        return float(loss / words) if words else None

    def _wide(self, priors: Priors) -> npt.NDArray[np.float32]:
        wide = np.zeros(self.counts.shape[1], np.float32)
        wide[: self._topics] = priors.alpha
        return wide

    def _documents_held_out(self) -> npt.NDArray[np.int64]:
        held = np.flatnonzero(self._data.held_out)
        words = np.cumsum(np.diff(self.offsets)[held])
        if len(held) and words[-1] > MOST_HELD_OUT:
            held = held[:: int(-(-words[-1] // MOST_HELD_OUT))]
        return held.astype(np.int64)
