"""LSA: which words stand in the same documents, condensed to a few dimensions.

The matrix of words and documents holds TF-IDF weights, each document scaled to length 1. Its truncated singular value
decomposition is U·Σ·Vᵀ, and the vectors kept are the rows of U·Σ^p. A document is a line of the corpus, or a block of
1,000 words where there are fewer than 200 lines.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from core.architecture import ARCHITECTURES, Context, CorpusSize, Estimate, Preset
from core.counting.documents import DocumentCounter, TermFrequency, different_words, transposed
from core.counting.factored import Factored, FactoredParams, factoring_price
from core.counting.sparse import Sparse
from core.data.training_data import TrainingData
from core.params import Field

__all__ = ["LSA", "LSAParams"]

DOCUMENT = 50
"""Words of a document, for the price of a corpus of which only the words are known."""


class LSAParams(FactoredParams):
    """Hyperparameters of LSA."""

    term_frequency: TermFrequency = Field(
        "log",
        description="What a word counts that a document has n times: log is 1 + log n, as a rule the better; count is "
        "n.",
    )


@ARCHITECTURES.register
class LSA(Factored[LSAParams]):
    """Counts words in documents, weighs rare ones up, and condenses the table."""

    name = "lsa"
    title = "LSA"
    summary = (
        "Condenses the table of which word stands in which document to its main directions. "
        "For topics, and for texts of many short documents; words of the same kind are better found by those that "
        "look at neighbours. "
        "Takes seconds for millions of words, and is the same whatever the seed."
    )
    citation = (
        "S. Deerwester, S. T. Dumais, G. W. Furnas, T. K. Landauer, R. Harshman. Indexing by latent semantic analysis. "
        "Journal of the American Society for Information Science 41(6), 1990."
    )
    Params = LSAParams
    comparable: ClassVar[tuple[str, ...]] = ("term_frequency",)

    def count(self, data: TrainingData, context: Context) -> Iterator[tuple[int, int, int]]:
        """Count the words of each document."""
        self._counter: DocumentCounter | None = DocumentCounter(data, context.threads)
        for blocks, words in self._counter.run(context.step_seconds):
            yield blocks, words, self._counter.words

    def matrix(self, context: Context) -> tuple[Sparse, Sparse]:
        """Weigh the counts."""
        assert self._counter is not None
        documents = self._counter.weighted(self.params.term_frequency)
        self._counter = None
        return transposed(documents), documents

    @classmethod
    def preset(cls, preset: Preset, size: CorpusSize) -> dict[str, Any]:
        """Settings fit for a corpus of this size."""
        return {
            "dimensions": {"quick": 100, "balanced": 200, "thorough": 300}[preset],
            "iterations": {"quick": 4, "balanced": 6, "thorough": 10}[preset],
        }

    @classmethod
    def estimate(cls, params: LSAParams, size: CorpusSize, threads: int) -> Estimate:
        """Seconds and memory that training will take on a machine like this one, from sizes alone."""
        cells, documents = different_words(size.tokens), size.tokens // DOCUMENT
        seconds, memory = factoring_price(params, size.vocabulary, cells, threads)
        width = params.dimensions + 16
        return Estimate(0.1 + cells / 2e7 + seconds, int(memory + 4 * documents * width + 8 * cells))

    @classmethod
    def refuses(cls, size: CorpusSize) -> str | None:
        """It compares documents, so there must be several."""
        if size.segments is not None and size.segments < 2:
            return "It compares documents, and this text is only one; give it more lines, or a longer text."
        return None

    @classmethod
    def warm(cls, params: LSAParams) -> None:
        """Compile the kernels, or load them from numba's cache."""
        from core.counting.factors import warm

        warm(params.dimensions)
