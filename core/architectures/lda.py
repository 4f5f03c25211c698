"""LDA: topics, and of each word how its occurrences spread over them.

Latent Dirichlet allocation takes each document for a mixture of topics and each topic for a distribution over words.
The topics are found by collapsed Gibbs sampling (Griffiths & Steyvers 2004): every word of every document has a topic,
any at first, and one after the other is given a new one, drawn from what all the others make likely. How common each
topic is, α, can be learned meanwhile (Wallach, Mimno & McCallum 2009): rare topics stay rare, and words that stand
everywhere find a topic of their own.

The vector of a word is p(topic | word) = (n_wk + β) / (n_w + Kβ): its numbers are not negative and sum to 1. While
topics are found n_wk counts how often the word was drawn for the topic; in the last tenth of the passes it is how often
it was likely to be, which says more of rare words (Papanikolaou et al. 2017). A word never drawn has 1/K everywhere. So
have, until the last passes, the words that stand in too many documents to belong to any topic: they take no part, and
at last have the mean topics of the documents that they stand in.

The loss is −log p(word) in nats, the mean over the words that take part, each given all others. The held-out loss is
measured by completing documents (Wallach et al. 2009): every second word of a held-out document tells its topics, and
the others are guessed from those, p(word) = Σ θ_k·φ_kw. Its exponential is the perplexity.

A document is a line of the corpus, or a block of 1,000 words where there are fewer than 200 lines.
"""

import math
import time
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import numpy as np

from core.architecture import ARCHITECTURES, Context, CorpusSize, Estimate, Preset
from core.counting.topics import NONE, Priors, Topics, common_words
from core.counting.training import OVERHEAD_BYTES, Counting, Done, Model
from core.data.training_data import TrainingData
from core.errors import TrainingError
from core.negative_sampling.blocks import Blocks
from core.negative_sampling.workers import Workers
from core.params import Field, Params
from core.space import EmbeddingSpace, FloatMatrix
from core.tensors import Arrays, Rows

__all__ = ["LDA", "LDAParams"]

STEPS = 50
FEWEST_DOCUMENTS = 10
LEARN_FROM, LEARN_EVERY = 10, 5
"""Alpha is learned after one of so many passes, when topics are no longer alike in all documents; then so often."""
AVERAGED = 10
"""One of so many passes, the last ones, tells what is likely."""
WORD, SIXTEEN = 4.4e-8, 2.6e-9
"""Seconds of drawing a topic, and of weighing sixteen topics for it."""
COMPILING = 8.0
"""Seconds that compiling takes."""
DOCUMENT = 100
"""Words of a document where only the words are known."""
COMMON = 0.002
"""Share of a text from which on a word is common: as large a share of documents has it as chance would give them."""


class LDAParams(Params):
    """Hyperparameters of LDA."""

    topics: int = Field(
        100,
        ge=2,
        le=1000,
        description="Number of topics, which is the length of each vector; 20 to 50 can be read, 100 to 300 tell more "
        "words apart.",
    )
    epochs: int = Field(
        200,
        ge=1,
        le=10_000,
        description="Passes in which every word is given a topic anew; 200 is enough for most, 50 for a quick look.",
    )
    most_documents: float = Field(
        0.5,
        ge=0.01,
        le=1,
        description="Words in more than this share of the documents take no part, for they would fill every topic; 1 "
        "keeps all.",
    )
    alpha: float = Field(
        5.0,
        ge=0.001,
        le=1000,
        description="How many words' worth of prior all topics of a document have together: low for documents of few "
        "topics.",
    )
    beta: float = Field(
        0.05,
        ge=0.001,
        le=10,
        description="How many occurrences' worth of prior each word has in each topic: .05 is as easy to "
        "read as .01 and guesses held-out words better, as .1 does in short texts.",
    )
    learn_alpha: bool = Field(
        False,
        description="Whether each topic's share of alpha is learned from what is drawn, or all stay alike. Learned, "
        "rare topics grow rarer with each pass, of words that seldom meet.",
        json_schema_extra={"advanced": True},
    )


@ARCHITECTURES.register
class LDA(Counting[LDAParams]):
    """Draws the topic of every word over and over, and keeps how each word's topics spread."""

    name = "lda"
    title = "LDA"
    summary = (
        "Finds topics, groups of words that share documents, and describes each word by how its occurrences spread "
        "over them. "
        "For topics that people can read, and for words that mean a subject; words of the same kind are better found "
        "by those that look at neighbours. "
        "Takes a minute or two for ten million words, and leaves out those that stand in too many documents."
    )
    citation = (
        "D. M. Blei, A. Y. Ng, M. I. Jordan. Latent Dirichlet allocation. Journal of Machine Learning Research 3, "
        "2003; T. L. Griffiths, M. Steyvers. Finding scientific topics. PNAS 101, 2004; H. M. Wallach, D. Mimno, A. "
        "McCallum. Rethinking LDA: why priors matter. NIPS 2009."
    )
    Params = LDAParams
    comparable: ClassVar[tuple[str, ...]] = ("most_documents",)
    loss_unit: ClassVar[str] = "nats per word"
    measures_held_out: ClassVar[bool] = True
    steady: ClassVar[bool] = True

    def columns(self) -> dict[str, tuple[int, int]]:
        """None with one row a word: the counts follow from the topics of the tokens."""
        return {}

    def begin(self, model: Model) -> None:
        """Every word has any topic."""
        assert self._topics is not None
        self._topics.scatter(model.seed)

    def work(self, data: TrainingData, context: Context, model: Model) -> Iterator[Done]:
        """Draw the topic of every word, pass after pass."""
        blocks = Blocks.of(data, self.params.epochs)
        topics, priors = self._known()
        at, examples, total = model.done.block, model.done.examples, blocks.total
        stretch = max(total // STEPS, 1)
        with Workers(context.threads, topics.runner(blocks, priors, model.seed)) as workers:
            while at < total:
                epoch, within = divmod(at, blocks.per_epoch)
                if within == 0:
                    self._between(epoch, topics, priors, context.threads)
                limit = min((epoch + 1) * blocks.per_epoch, (at // stretch + 1) * stretch)
                tally = workers.run(at, limit, time.perf_counter() + context.step_seconds)
                at, examples = at + tally.blocks, examples + tally.examples
                loss = tally.loss / max(1, tally.examples)
                yield Done(at, blocks.words_before(at), blocks.fraction(at), examples, loss)

    def vectors(self, model: Model) -> FloatMatrix:
        """p(topic | word) of each word."""
        topics, priors = self._known()
        found = topics.expected()
        counts = found.sum(axis=1, keepdims=True)
        found += np.float32(priors.beta)
        found /= counts + np.float32(priors.beta * self.params.topics)
        found[counts[:, 0] == 0] = 1 / self.params.topics
        return found

    def held_out_loss(self) -> float | None:
        """Mean −log p(word) of the half of the held-out documents' words that is guessed from the other."""
        topics, priors = self._known()
        return topics.held_out_loss(priors)

    def space(self) -> EmbeddingSpace:
        """The words' topics as they are now; its facts tell the topics' shares of the text, and the priors."""
        space = super().space()
        topics, priors = self._known()
        shares = topics.totals[: self.params.topics] / max(1.0, float(topics.totals.sum()))
        facts = {"shares": shares.tolist(), "alpha": priors.alpha.tolist(), "beta": priors.beta}
        space.metadata["topics"] = facts
        return space

    def state(self) -> tuple[Arrays, dict[str, Any]]:
        """The topic of each token, 65,535 where it has none; in the last passes, what was likely; the priors."""
        _, facts = super().state()
        topics, priors = self._known()
        assignments = topics.assignments.view()
        assignments.flags.writeable = False
        arrays: Arrays = {"assignments": assignments}
        if len(topics.sums):
            arrays["sums"] = topics.sums[:, : self.params.topics]
            arrays["sums"].flags.writeable = False
        return arrays, {**facts, "alpha": priors.alpha.tolist(), "beta": priors.beta}

    def restore(self, arrays: Mapping[str, Rows], state: Mapping[str, Any], data: TrainingData) -> None:
        """Take up a state, so that `train` continues as if it had never stopped.

        Raises:
            TrainingError: the state is not one of these parameters and this data.
        """
        number, blocks = self.params.topics, Blocks.of(data, self.params.epochs)
        given, sums = arrays.get("assignments"), arrays.get("sums")
        if given is None or given.shape != (len(data.tokens),) or given.dtype != np.uint16:
            raise TrainingError(f"The checkpoint's assignments do not fit a corpus of {len(data.tokens)} words.")
        likely = int(state["block"]) > self._averaged_from() * blocks.per_epoch
        shape = (data.vocabulary, number)
        if likely and (sums is None or sums.shape != shape or sums.dtype != np.float32):
            raise TrainingError(f"The checkpoint's sums do not fit {data.vocabulary} words of {number} topics.")
        super().restore(arrays, state, data)
        assignments = np.array(given[:])
        alpha = np.array(state["alpha"], np.float64)
        if alpha.shape != (number,) or (assignments[assignments != NONE] >= number).any():
            raise TrainingError(f"The checkpoint's assignments are not of {number} topics.")
        self._set_up(data, assignments, Priors(alpha, float(state["beta"])))
        topics, _ = self._known()
        if likely and sums is not None:
            topics.begin_sums()
            topics.sums[:, :number] = sums[:]

    @classmethod
    def preset(cls, preset: Preset, size: CorpusSize) -> dict[str, Any]:
        """Topics that grow with the corpus; words are left out that any document of its length would have.

        The priors are the defaults, by `tests/bench/bench_topics.py`: perplexity of held-out documents (lower is
        better), and the mean NPMI of each topic's ten likeliest words (higher is better). 50 topics of film reviews, 40
        of the others; 200 passes unless it says otherwise, gensim's five, of which fifty make little of it better.

        | corpus | words that take part | gensim | α learned, β .03 | α alike, β .03 | β .05 | β .05, 50 passes | β .1 |
        |---|---|---|---|---|---|---|---|
        | film reviews | 1,199,000 | 2630 .078 | 2142 .071 | 2222 .109 | 2148 .108 | | |
        | the same, 100 topics | | 2580 −.008 | 2067 .027 | | 2157 .101 | 2288 .101 | 2166 .023 |
        | medical | 144,000 | 405 .133 | 369 .148 | 359 .160 | 333 .160 | 382 .148 | 307 .163 |
        | film sentences | 166,000 | 1256 .043 | 1008 .056 | 1017 .060 | 1001 .062 | 1065 .056 | 994 .063 |
        | German law | 87,000 | 537 .160 | 407 .187 | 413 .188 | 425 .198 | 438 .177 | 434 .171 |

        A learned α makes ever rarer topics of words that hardly meet: on film reviews NPMI falls from .105 after 50
        passes to .071 after 200 and .051 after 500; with all alike it is .107 after 500, perplexity 2171.
        """
        scale = {"quick": 0.5, "balanced": 1.0, "thorough": 2.0}[preset]
        topics = scale * 100 * min(2.0, (max(size.tokens, 1) / 2_000_000) ** 0.35)
        words = size.tokens / size.segments if size.segments else DOCUMENT
        return {
            "topics": int(min(max(10, 10 * round(topics / 10)), 500)),
            "epochs": {"quick": 50, "balanced": 200, "thorough": 500}[preset],
            "most_documents": round(min(max(1 - math.exp(-COMMON * words), 0.05), 0.5), 2),
        }

    @classmethod
    def estimate(cls, params: LDAParams, size: CorpusSize, threads: int) -> Estimate:
        """Seconds and memory that training will take on a machine like this one, from sizes alone."""
        sixteens = -(-params.topics // 16)
        cells = size.vocabulary * 16 * sixteens
        seconds = 0.2 + params.epochs * size.tokens * (WORD + SIXTEEN * sixteens) / max(1, threads) + 4 * cells / 1e8
        return Estimate(seconds, int(OVERHEAD_BYTES + 8 * size.tokens + 24 * cells))

    @classmethod
    def refuses(cls, size: CorpusSize) -> str | None:
        """It finds which words share documents, so there must be some."""
        if size.segments is not None and size.segments < FEWEST_DOCUMENTS:
            few = "only one" if size.segments == 1 else f"only {size.segments}"
            return (
                f"It finds words that share documents, and this text is {few}; give it at least {FEWEST_DOCUMENTS} "
                "lines, or a longer text."
            )
        return None

    @classmethod
    def warm(cls, params: LDAParams) -> None:
        """Compile the kernels, or load them from numba's cache."""
        import core.kernels.topic_counts  # noqa: F401
        from core.kernels.topics import topics_kernel

        topics_kernel()

    @classmethod
    def kernels(cls, params: LDAParams) -> dict[str, float]:
        """What `warm` compiles, by name."""
        return {"topics": COMPILING}

    _topics: Topics | None = None
    _priors: Priors | None = None

    def _fresh(self, data: TrainingData, seed: int) -> Model:
        alpha = np.full(self.params.topics, self.params.alpha / self.params.topics)
        self._set_up(data, np.full(len(data.tokens), NONE, np.uint16), Priors(alpha, self.params.beta))
        return super()._fresh(data, seed)

    def _set_up(self, data: TrainingData, assignments: Any, priors: Priors) -> None:
        common = common_words(data, self.params.most_documents)
        self._topics, self._priors = Topics(data, self.params.topics, common, assignments), priors

    def _known(self) -> tuple[Topics, Priors]:
        self._trained()
        assert self._topics is not None
        assert self._priors is not None
        return self._topics, self._priors

    def _averaged_from(self) -> int:
        return self.params.epochs - math.ceil(self.params.epochs / AVERAGED)

    def _between(self, epoch: int, topics: Topics, priors: Priors, threads: int) -> None:
        """What is done before a pass: it follows from the topics drawn, so that a training taken up does the same."""
        begun = epoch > self.params.epochs // LEARN_FROM and epoch <= self._averaged_from()
        learns = begun and epoch % LEARN_EVERY == 0
        if learns and threads > 1:
            topics.count()
        if learns and self.params.learn_alpha:
            priors.learn_alpha(topics)
        if epoch >= self._averaged_from() and not len(topics.sums):
            topics.begin_sums()
