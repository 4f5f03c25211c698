"""What the tokenisers share that learn from the corpus which pieces its words are made of.

The package `tokenizers` learns and splits. Two trainings on the same words give the same pieces, whatever the process
and its threads: where the package leaves something to the order of a hash table, that is taken away from it. What
continues a word is written as WordPiece does, `learn ##ing`, whatever learned it; but in scripts without spaces,
where every piece is a word, 盐 is the same token wherever it stands.
"""

import json
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from core.data.spaceless import SPACELESS, survey
from core.data.tokenize import LONGEST_WORD
from core.data.tokenizer import CONTINUES, Tokenizer
from core.errors import CorpusError
from core.params import Field, Params

if TYPE_CHECKING:
    import tokenizers

__all__ = ["Lesson", "SubwordParams", "Subwords", "learned_model"]

#: The words that occur most often say enough about pieces; the others cost time.
MOST_OCCURRENCES = 1_000_000
LONGEST_PIECE = 16
#: In Chinese and Japanese longer pieces are phrases.
LONGEST_EASTERN = 4
MOST_PIECES = 1_000_000
FEWEST_PIECES_UNASKED, MOST_PIECES_UNASKED = 500, 30_000
AT_A_TIME = 10_000
NO_STATE = "The corpus does not say how its words were split into pieces; read the file again."


class SubwordParams(Params):
    """How many pieces."""

    vocabulary: int | None = Field(
        None,
        ge=100,
        le=100_000,
        description="Pieces to learn, single characters included; if not given, a quarter as many as there are "
        "different words. Fewer split words into syllables and endings, more leave most of them whole.",
    )


@dataclass(frozen=True, slots=True)
class Lesson:
    """What pieces are learned from.

    Attributes:
        words: the most frequent words, the most frequent first.
        times: how often each is shown, shape `(words,)`.
        pieces: how many are to be learned.
        alphabet: all characters of the corpus, in the order of their code points.
        longest: characters of the longest piece.
    """

    words: Sequence[str]
    times: npt.NDArray[np.int64]
    pieces: int
    alphabet: Sequence[str]
    longest: int

    def __iter__(self) -> Iterator[str]:
        """Texts in which each word stands as often as it is to be shown, with blanks between."""
        for word, times in zip(self.words, self.times.tolist(), strict=True):
            yield f"{word} " * times


class Subwords(Tokenizer[SubwordParams]):
    """Splits words into pieces that were learned from them. Each kind says how it learns, and what its model is.

    Class attributes:
        most_words: learns from that many words.
    """

    cut = "words"
    packages = ("tokenizers",)
    Params = SubwordParams
    most_words: ClassVar[int] = 100_000

    def __init__(self, params: SubwordParams) -> None:
        super().__init__(params)
        self._learned: Mapping[str, Any] = {}
        self._tokenizer: tokenizers.Tokenizer | None = None
        self._alphabet: frozenset[str] = frozenset()

    @property
    def splits(self) -> bool:
        """Always."""
        return True

    @abstractmethod
    def learn(self, lesson: Lesson) -> Mapping[str, Any]:
        """Learn pieces; returns what `model` takes, as JSON with the list of the pieces under “pieces”."""

    @abstractmethod
    def model(self, learned: Mapping[str, Any]) -> "tokenizers.models.Model":
        """The package's model of what was learned; any exception means that nothing of the kind was."""

    def fit(self, words: Sequence[str], counts: npt.NDArray[np.int64]) -> None:
        """Learn the pieces of a corpus's words."""
        if not words:
            return
        order = np.argsort(-counts, kind="stable")[: self.most_words]
        times = counts[order]
        times = np.ceil(times * min(1.0, MOST_OCCURRENCES / max(1, int(times.sum())))).astype(np.int64)
        eastern = {"Chinese", "Japanese"}.intersection(survey(words, counts).scripts)
        longest = LONGEST_EASTERN if eastern else LONGEST_PIECE
        alphabet = sorted(set().union(*words))
        pieces = self.params.vocabulary or min(MOST_PIECES_UNASKED, max(FEWEST_PIECES_UNASKED, len(words) // 4))
        # In Chinese the characters alone are thousands.
        pieces = max(pieces, len(alphabet) + 1 if self.params.vocabulary else 2 * len(alphabet))
        lesson = Lesson([words[i] for i in order.tolist()], times, pieces, alphabet, longest)
        self._take(self.learn(lesson))

    def split(self, words: Sequence[str]) -> list[tuple[str, ...]]:
        """The pieces of each word; a character that was not there to learn from is a piece."""
        found: list[tuple[str, ...]] = []
        for first in range(0, len(words), AT_A_TIME):
            found += self._split(words[first : first + AT_A_TIME])
        return found

    def state(self) -> Mapping[str, Any]:
        """The pieces, and what the model needs beside them."""
        return self._learned

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take back what `state` gave."""
        pieces = state.get("pieces")
        longest = LONGEST_WORD + len(CONTINUES)
        if not isinstance(pieces, list) or not 0 < len(pieces) <= MOST_PIECES:
            raise CorpusError(NO_STATE)
        if not all(isinstance(piece, str) and 0 < len(piece) <= longest for piece in pieces):
            raise CorpusError(NO_STATE)
        if len(set(pieces)) != len(pieces):
            raise CorpusError(NO_STATE)
        try:
            self._take(state)
        except Exception:  # noqa: BLE001 (the package raises what it likes)
            raise CorpusError(NO_STATE) from None

    def _take(self, learned: Mapping[str, Any]) -> None:
        import tokenizers

        made = tokenizers.Tokenizer(self.model(learned))
        self._alphabet = frozenset(piece for piece in made.get_vocab() if len(piece) == 1)
        self._learned, self._tokenizer = learned, made

    def _split(self, words: Sequence[str]) -> Iterator[tuple[str, ...]]:
        if self._tokenizer is None:
            yield from ((word,) for word in words)
            return
        encodings = self._tokenizer.encode_batch([word if self._alphabet.issuperset(word) else "" for word in words])
        for word, encoding in zip(words, encodings, strict=True):
            yield tuple(_written(encoding.tokens, word))


def _written(pieces: Sequence[str], word: str) -> list[str]:
    """Pieces as tokens; the characters of the word where they do not spell it."""
    texts = [piece.removeprefix(CONTINUES) for piece in pieces]
    if "".join(texts) != word:
        texts = list(word)
    rest = [text if SPACELESS.match(text) else CONTINUES + text for text in texts[1:]]
    return [texts[0], *rest]


def learned_model(tokenizer: "tokenizers.Tokenizer") -> Mapping[str, Any]:
    """What the package has learned, as JSON."""
    model: Mapping[str, Any] = json.loads(tokenizer.to_str())["model"]
    return model
