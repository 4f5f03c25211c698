"""PPMI with SVD: how much oftener than by chance two words stand together, condensed to a few dimensions.

With x_wc the weighted count of context c around word w, the matrix holds
max(0, log(x_wc · Σx_c^s / (x_w · x_c^s)) − log k). Its truncated singular value decomposition is U·Σ·Vᵀ, and the
vectors kept are the rows of U·Σ^p. Skip-gram with k negative samples factors the same matrix without the cut at zero.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from core.architecture import ARCHITECTURES, Context, CorpusSize, Estimate, Preset
from core.counting.factored import Factored, FactoredParams, factoring_price
from core.counting.information import positive_information
from core.counting.pairs import PairCounter, Weighting, window_weights
from core.counting.prices import distinct_pairs
from core.counting.sparse import Sparse
from core.data.training_data import TrainingData
from core.params import Field

__all__ = ["PPMISVD", "PPMISVDParams"]

POSITIVE = 0.7
"""Share of the pairs that stand together oftener than by chance."""
EVENTS_PER_SECOND = 2e8


class PPMISVDParams(FactoredParams):
    """Hyperparameters of PPMI with SVD."""

    window: int = Field(
        5,
        ge=1,
        le=50,
        description="Words looked at on each side; 2 finds words of the same kind, 10 of the same topic.",
        json_schema_extra={"search": [2, 15, "linear"]},
    )
    weighting: Weighting = Field(
        "harmonic",
        description="How a neighbour's count falls with distance: harmonic as in GloVe, the best as a rule; linear as "
        "in word2vec; flat not at all.",
    )
    shift: float = Field(
        1.0,
        ge=1,
        le=100,
        description="Pairs must be this many times as frequent as by chance; 1 is usual, 5 keeps strong ties only.",
        json_schema_extra={"search": [1, 15, "log"]},
    )
    context_smoothing: float = Field(
        0.75,
        ge=0,
        le=1,
        description="Exponent of the contexts' frequency: 1 as they occur, below 1 rare contexts mean less; "
        ".75 is usual.",
        json_schema_extra={"search": [0.3, 1, "linear"]},
    )


@ARCHITECTURES.register
class PPMISVD(Factored[PPMISVDParams]):
    """Counts neighbours, weighs them against chance, and condenses what is left."""

    name = "ppmi_svd"
    title = "PPMI with SVD"
    summary = (
        "Counts which words stand together oftener than by chance and condenses the table to its main directions. "
        "Strong on similarity and on small corpora, and the same whatever the seed; weaker than skip-gram on rare "
        "words. "
        "Eleven million words take seconds, and memory for every pair of neighbours that occurs."
    )
    citation = (
        "O. Levy, Y. Goldberg. Neural word embedding as implicit matrix factorization. NeurIPS 2014; "
        "O. Levy, Y. Goldberg, I. Dagan. Improving distributional similarity with lessons learned from word "
        "embeddings. TACL 2015."
    )
    Params = PPMISVDParams
    comparable: ClassVar[tuple[str, ...]] = ("window", "weighting", "shift", "context_smoothing")

    def count(self, data: TrainingData, context: Context) -> Iterator[tuple[int, int, int]]:
        """Count the pairs of neighbours."""
        weights = window_weights(self.params.window, self.params.weighting)
        self._counter: PairCounter | None = PairCounter(data, weights, True, context.threads)
        for blocks, words in self._counter.run(context.step_seconds):
            yield blocks, words, self._counter.words

    def matrix(self, context: Context) -> tuple[Sparse, Sparse]:
        """Weigh the counts against chance."""
        assert self._counter is not None
        counted, self._counter = self._counter.counted, None
        return positive_information(counted, self.params.context_smoothing, self.params.shift, context.threads)

    @classmethod
    def preset(cls, preset: Preset, size: CorpusSize) -> dict[str, Any]:
        """Settings fit for a corpus of this size."""
        return {
            "dimensions": {"quick": 100, "balanced": 200, "thorough": 300}[preset],
            "iterations": {"quick": 4, "balanced": 6, "thorough": 10}[preset],
            "window": 10 if size.tokens < 1_000_000 else 5,
        }

    @classmethod
    def estimate(cls, params: PPMISVDParams, size: CorpusSize, threads: int) -> Estimate:
        """Seconds and memory that training will take on a machine like this one, from sizes alone."""
        events = 2.0 * size.tokens * params.window
        pairs = distinct_pairs(size, events)
        seconds, memory = factoring_price(params, size.vocabulary, POSITIVE * pairs, threads)
        counting = (events / EVENTS_PER_SECOND + pairs / 2e7) / max(1, threads) + size.tokens / 1e8
        return Estimate(0.05 + counting + seconds, int(memory + 8 * pairs + 12 * min(size.tokens, 1 << 26)))

    @classmethod
    def warm(cls, params: PPMISVDParams) -> None:
        """Compile the kernels, or load them from numba's cache."""
        from core.counting.factors import warm

        warm(params.dimensions)
