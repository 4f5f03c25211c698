"""TF-IDF rows: each word by the documents that it stands in, nothing condensed.

A word's row has a number for each document: how often it stands there, weighed by how few documents it stands in, each
document scaled to length 1. Rows as long as there are documents would not fit in memory, so each document is given one
of a limited number of columns, and a sign, by a hash of its number. That leaves the product of any two rows as it is in
the mean, and cosines within about ± 1/√dimensions. With no more documents than dimensions each has its own column, and
the rows are exact. A document is a line of the corpus, or a block of 1,000 words where there are fewer than 200 lines.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from core.architecture import ARCHITECTURES, Context, CorpusSize, Estimate, Preset
from core.counting.documents import DocumentCounter, TermFrequency, different_words
from core.counting.training import OVERHEAD_BYTES, Counting, Done, Model
from core.data.training_data import TrainingData
from core.params import Field, Params

__all__ = ["TFIDF", "TFIDFParams"]

COUNTING = 0.9
"""Share of the work that counting is taken for."""
LARGEST = 1_000_000_000
"""Bytes that a preset lets the vectors take."""


class TFIDFParams(Params):
    """Hyperparameters of TF-IDF rows."""

    dimensions: int = Field(
        1000,
        ge=2,
        le=4096,
        description="Columns that the documents are hashed to; cosines are off by about 1/√dimensions, 1000 is ample.",
    )
    term_frequency: TermFrequency = Field(
        "log",
        description="What a word counts that a document has n times: log is 1 + log n, as a rule the better; count is "
        "n.",
    )


@ARCHITECTURES.register
class TFIDF(Counting[TFIDFParams]):
    """Counts words in documents and weighs rare ones up."""

    name = "tfidf"
    title = "TF-IDF"
    summary = (
        "Describes each word by the documents that it stands in, rare words weighed up and nothing condensed; "
        "documents are hashed to a limited number of columns. "
        "The sparse baseline: what LSA and all that condense have to beat. "
        "Takes a second for millions of words, and memory for many dimensions."
    )
    citation = (
        "K. Spärck Jones. A statistical interpretation of term specificity and its application in retrieval. Journal "
        "of Documentation 28(1), 1972; K. Weinberger, A. Dasgupta, J. Langford, A. Smola, J. Attenberg. Feature "
        "hashing for large scale multitask learning. ICML 2009."
    )
    Params = TFIDFParams
    loss_unit: ClassVar[str] = ""
    seeded: ClassVar[bool] = False

    def columns(self) -> dict[str, tuple[int, int]]:
        """The vectors alone."""
        return {"vectors": (self.params.dimensions, self.params.dimensions)}

    def begin(self, model: Model) -> None:
        """All zero: nothing is known before something is counted."""

    def work(self, data: TrainingData, context: Context, model: Model) -> Iterator[Done]:
        """Count, then write each document into its column."""
        from core.kernels.documents import hash_documents

        counter, blocks = DocumentCounter(data, context.threads), 0
        for blocks, words in counter.run(context.step_seconds):
            yield Done(blocks, words, COUNTING * words / counter.words)
        documents = counter.weighted(self.params.term_frequency)
        hash_documents(documents.starts, documents.columns, documents.values, model.arrays["vectors"])
        yield Done(blocks + 1, counter.words, 1.0)

    @classmethod
    def preset(cls, preset: Preset, size: CorpusSize) -> dict[str, Any]:
        """As many dimensions as memory allows, up to a thousand; fewer for a quick look, more for a thorough one."""
        most = LARGEST // (4 * max(1, size.vocabulary))
        return {"dimensions": max(16, min({"quick": 250, "balanced": 1000, "thorough": 2000}[preset], most))}

    @classmethod
    def estimate(cls, params: TFIDFParams, size: CorpusSize, threads: int) -> Estimate:
        """Seconds and memory that training will take on a machine like this one, from sizes alone."""
        cells, floats = different_words(size.tokens), size.vocabulary * params.dimensions
        seconds = 0.05 + cells / (3e7 * max(1, threads)) + cells / 2e7 + floats / 1e9
        return Estimate(seconds, int(OVERHEAD_BYTES + 4 * size.tokens + 16 * cells + 8 * floats))

    @classmethod
    def refuses(cls, size: CorpusSize) -> str | None:
        """It compares documents, so there must be several."""
        if size.segments is not None and size.segments < 2:
            return "It compares documents, and this text is only one; give it more lines, or a longer text."
        return None
