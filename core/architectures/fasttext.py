"""Words made of their parts: skip-gram or CBOW where the vector of a word is the mean of those of its n-grams.

As in `skipgram` and `cbow` the loss of an example is −log σ(h·u_w) − Σ log σ(−h·u_n), with h the mean of the rows of
the context's parts: the word itself and its character n-grams, or pieces that byte-pair encoding finds. In CBOW it is
the mean over the parts of all contexts. Every row takes the whole step of the mean, as in fastText's own program. The
vector kept of a word is the mean of its rows; an unseen word gets that of the parts which it shares with known ones.

Other optimisers, penalties and clipping are in `core.kernels.fasttext_moves`, vectors to begin from in
`core.negative_sampling.part_rows`. On film sentences, where SGD with *balanced* fills .63 of the gaps and tells .71 of
the labels, AdaGrad at its rate of .1 comes to .66 and .75, Adam at .003 to .64 and .76 (100 dimensions, one seed).
"""

import dataclasses
from collections.abc import Callable
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import ValidationInfo, field_validator

from core.architecture import ARCHITECTURES, CorpusSize, Estimate, Preset
from core.data.part_encoder import PartEncoder
from core.data.training_data import TrainingData
from core.data.word_parts import Ngrams, Pieces, WordParts
from core.negative_sampling.blocks import Blocks
from core.negative_sampling.held_out import HeldOut
from core.negative_sampling.model import Model, Shape, padded_width, unpadded
from core.negative_sampling.move_params import MEMORIES, MoveParams
from core.negative_sampling.part_rows import place_vectors, still_rows
from core.negative_sampling.presets import OVERHEAD_BYTES, kept_share, near_seconds, settings
from core.negative_sampling.training import Kernel, NegativeSampling
from core.negative_sampling.workers import useful_threads
from core.params import Field
from core.space import EmbeddingSpace, FloatMatrix
from core.starting import StartParams

__all__ = ["FastText", "FastTextParams"]

SHARED_ROWS = {"ngrams": 1.5, "bpe": 0.25}
"""Rows of shared parts a word of the vocabulary, as English has them at the usual lengths."""
ROWS_PER_WORD = {"ngrams": 13, "bpe": 3}
"""Rows in the mean of a word of running text, likewise."""
GATHERED = 4.0
"""How many outputs could be scored and moved in the time in which a row is gathered and written back."""
MOVED = {"sgd": 3.8, "adagrad": 4.3, "adam": 5.0}
"""How much longer it takes to move each row once a window, by all that the window says of it."""
REACH, REACH_OF_ALL, THINNED = 0.75, 0.5, 5e-4
"""Words on a side that windows sharing negatives have together, times the learning rate, at most; that where frequent
words are hardly thinned out; and the highest subsample that thins them.

All rows of a word take the whole step, and a group's steps follow from the rows as they were before it. On 3 million
words at a rate of .05 three windows of 10 diverged, two of 10 with subsample 3e-4, three of 5 with 1e-3 or every word
kept, two of 5 at .1. Three of 5 and two of 7 with 3e-4 did not, nor two of 5 with every word kept, nor one of 20, nor
one of 10 at .1. CBOW, with one mean a window, held up to 40 words and a rate of .1.
"""
WINDOW = 3.5
"""Pairs of skip-gram that take as long as a window of CBOW, whose mean is to be made and whose error to be shared."""


class FastTextParams(MoveParams, StartParams):
    """Hyperparameters of fastText."""

    model: Literal["skipgram", "cbow"] = Field(
        "skipgram",
        description="What guesses a word: each neighbour alone (skipgram), or all of them together (cbow), which "
        "learns less from a pass that takes nearly as long: give it twice the epochs.",
    )
    subwords: Literal["ngrams", "bpe"] = Field(
        "ngrams",
        description="What words are made of: ngrams, all runs of characters, or bpe, pieces learned from the corpus, "
        "which are fewer and faster.",
    )
    min_n: int = Field(
        3,
        ge=1,
        le=6,
        description="Characters of the shortest n-grams; 3 is usual.",
        json_schema_extra={"with": {"subwords": ["ngrams"]}},
    )
    max_n: int = Field(
        6,
        ge=3,
        le=10,
        validate_default=True,
        description="Characters of the longest n-grams; 6 is usual, 5 is faster and hardly worse.",
        json_schema_extra={"with": {"subwords": ["ngrams"]}},
    )
    buckets: int = Field(
        2_000_000,
        ge=1_000,
        le=100_000_000,
        description="Numbers that n-grams can have; those of the same number share a row. Memory is taken only for "
        "n-grams that occur.",
        json_schema_extra={"advanced": True},
    )

    @field_validator("max_n")
    @classmethod
    def _not_below(cls, value: int, info: ValidationInfo) -> int:
        least = info.data.get("min_n", value)
        if value < least:
            raise ValueError(f"max_n must be a whole number not below min_n, which is {least}, not {value}")
        return value


@ARCHITECTURES.register
class FastText(NegativeSampling[FastTextParams]):
    """Skip-gram and CBOW whose input vectors are means over the parts of a word."""

    name = "fasttext"
    title = "fastText"
    summary = (
        "Learns vectors of character n-grams, whose mean is the vector of a word, by telling a word's true neighbours "
        "from other words. "
        "The first choice for languages with many word forms, for rare words and for words that the corpus lacks. "
        "Takes about twice the time and the memory of skip-gram."
    )
    citation = (
        "P. Bojanowski, E. Grave, A. Joulin, T. Mikolov. Enriching word vectors with subword information. "
        "Transactions of the ACL 2017."
    )
    Params = FastTextParams
    comparable = ("negatives", "window", "model", "window_width", "noise", "noise_exponent")
    takes_vectors: ClassVar[bool] = True
    pairs: ClassVar[bool] = True
    group: ClassVar[int] = 3
    pace: ClassVar[float] = 10e9
    compiling: ClassVar[float] = 11.0

    def __init__(self, params: FastTextParams) -> None:
        super().__init__(params)
        self._parts: WordParts | None = None

    @classmethod
    def variant(cls, params: FastTextParams) -> str:
        """All that a kernel depends on besides the dimensions, as a name."""
        return f"{cls.name} {params.model}" + ("" if params.plain else " moves")

    @classmethod
    def kernel(cls, params: FastTextParams, freezing: bool = False) -> Kernel:
        """The compiled loop over the segments of a block, which leaves frozen rows as they are or knows of none."""
        from core.kernels.fasttext_cbow import fasttext_cbow_kernel
        from core.kernels.fasttext_moves import fasttext_moves_kernel
        from core.kernels.fasttext_skipgram import fasttext_skipgram_kernel

        if not params.plain:
            return fasttext_moves_kernel(padded_width(params.dimensions), params.model == "skipgram")
        make = fasttext_skipgram_kernel if params.model == "skipgram" else fasttext_cbow_kernel
        return make(padded_width(params.dimensions), freezing)

    def space(self) -> EmbeddingSpace:
        """The mean of each word's rows, and an encoder that makes vectors of unseen words; valid after a Step."""
        space, parts, model = super().space(), self._parts, self._trained()
        assert parts is not None, "a model has parts"
        space.encoder = PartEncoder(
            parts.splitter, parts.known, parts.known_rows, unpadded(model.inputs, self.params.dimensions)
        )
        return space

    @classmethod
    def preset(cls, preset: Preset, size: CorpusSize) -> dict[str, Any]:
        """Settings fit for a corpus of this size: those of skip-gram, as the default of `model` is.

        CBOW wants twice the epochs, as without subwords. With half of balanced's, as many, twice and four times it
        fills .65 .74 .77 .77 of the gaps of 80,000 words of medical answers, .58 .67 .70 .72 in speeches of presidents
        and .53 .59 .63 .65 in film sentences, where skip-gram with balanced's fills .76, .70 and .64 (two seeds).
        """
        return settings(preset, size, pairs=True)

    @classmethod
    def estimate(cls, params: FastTextParams, size: CorpusSize, threads: int) -> Estimate:
        """Seconds and memory that training will take on a machine like this one, from sizes alone."""
        width = padded_width(params.dimensions)
        contexts = params.window + 1 if params.model == "skipgram" else WINDOW
        scored = contexts * (1 + params.negatives) + GATHERED * ROWS_PER_WORD[params.subwords]
        floats = size.tokens * kept_share(size, params.subsample) * params.epochs * scored * (width + 16)
        inputs = size.vocabulary + min(SHARED_ROWS[params.subwords] * size.vocabulary, params.buckets)
        matrices = 1 + MEMORIES[params.optimiser]
        parts = 24 * (ROWS_PER_WORD[params.subwords] + 8) * size.vocabulary
        rows = matrices * (inputs + size.vocabulary) * width + 2 * size.vocabulary * params.dimensions
        memory = OVERHEAD_BYTES + int(4 * rows + parts + 4 * size.tokens)
        pace = cls.pace * useful_threads(threads, size.vocabulary) / (1.0 if params.plain else MOVED[params.optimiser])
        seconds = 0.3 + 8e-6 * size.vocabulary + near_seconds(params, size) + floats / pace
        return Estimate(seconds=seconds, memory=memory)

    def _input_rows(self, data: TrainingData) -> int:
        """Split the words; the rows of all that they are made of."""
        params, words = self.params, list(data.words)
        if params.subwords == "ngrams":
            self._parts = WordParts.of(words, Ngrams(params.buckets, params.min_n, params.max_n))
        else:
            self._parts = WordParts.of(words, Pieces.learned(params.buckets, words, data.counts))
        return self._parts.total

    def _shape(self, data: TrainingData) -> Shape:
        return dataclasses.replace(super()._shape(data), memories=MEMORIES[self.params.optimiser])

    def _draw(self, model: Model) -> None:
        """Inputs uniform within ±1/dimensions, as fastText begins, twice as wide as word2vec.c; or as asked for.

        A row that serves for several begins as their mean would: it is that much nearer to zero.
        """
        super()._draw(model)
        assert self._parts is not None, "a model has parts"
        wide = 2 if self.params.initial == "uniform" else 1
        model.inputs[:] *= (wide / np.sqrt(self._parts.sizes)).astype(np.float32)[:, None]

    def _place(self, model: Model, found: npt.NDArray[np.int64], start: EmbeddingSpace) -> None:
        """The rows of a word begin so that their mean is the word's vector."""
        assert self._parts is not None, "a model has parts"
        place_vectors(self._parts, model.inputs[:, : self.params.dimensions], found, start)

    def _vectors(self, model: Model) -> FloatMatrix:
        assert self._parts is not None, "a model has parts"
        return self._parts.means(unpadded(model.inputs, self.params.dimensions))

    def _measure(self, data: TrainingData, model: Model) -> Callable[[], float] | None:
        """As it is trained: CBOW's mean is over the parts of all contexts."""
        held_out = HeldOut.of(data, self.params, model.seed, self.params.model == "skipgram")
        parts = self._parts
        if held_out is None or parts is None:
            return None
        # Of all words only those are looked at that are asked for.
        asked, contexts = np.unique(held_out.contexts, return_inverse=True)
        held_out = dataclasses.replace(held_out, contexts=contexts)
        return lambda: held_out.loss(parts.means(model.inputs, asked), model.outputs, parts.lengths[asked])

    def _loop(self, data: TrainingData, freezing: bool = False) -> tuple[Kernel, int]:
        params, parts, model = self.params, self._parts, self._trained()
        assert parts is not None, "a model has parts"
        kernel = self.kernel(params, freezing)
        still = still_rows(parts, model.frozen) if freezing else np.zeros(0, np.bool_)
        arrays = parts.starts, parts.rows, parts.shares, parts.lengths, still
        if params.plain:
            return lambda *args: kernel(*args, *arrays), self._sharing()
        return self._loop_of_moves(kernel, arrays), 1

    def _sharing(self) -> int:
        """How many neighbouring windows share negatives."""
        params = self.params
        if params.model == "cbow":
            return 2
        reach = REACH if 0 < params.subsample <= THINNED else REACH_OF_ALL
        return min(self.group, max(1, int(reach / (params.learning_rate * params.window) + 1e-9)))

    def _loop_of_moves(self, kernel: Kernel, arrays: tuple[Any, ...]) -> Kernel:
        from core.kernels.moves import OPTIMISERS

        params, memory = self.params, self._trained().memories
        steps = OPTIMISERS[params.optimiser], params.l1, params.l2, params.clip

        def loop(*given: Any) -> None:
            *usual, before = given
            kernel(*usual, *arrays, *memory, before, *steps)

        return loop

    def _more(self, blocks: Blocks, model: Model, block: int) -> tuple[Any, ...]:
        """The number of updates before a block, as if each of its words were one: Adam corrects its means by it."""
        return () if self.params.plain else (blocks.words_before(block),)
