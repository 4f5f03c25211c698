"""The contract of a tokeniser. To add one, put one file into `core/data/tokenizers/`.

Cutting a text into tokens takes two steps. First a line is cut where `pattern` says; the tokenisers `words` and
`whitespace` do that in a compiled loop. Then each different word may be split further, once, however often it occurs:
into character n-grams, or into subwords learned from the corpus's own words.
"""

from abc import ABC
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, Literal, TypeVar

import numpy as np
import numpy.typing as npt

from core.data.spaceless import survey
from core.data.unit_text import canonical, parse_unit
from core.params import Params
from core.registry import Registry

__all__ = ["CONTINUES", "TOKENIZERS", "Cut", "Tokenizer", "canonical_tokenizer", "tokenizer_of"]

Cut = Literal["words", "whitespace", "pattern"]
#: Begins what continues a word, as in “learn ##ing”.
CONTINUES = "##"
P = TypeVar("P", bound=Params)


class Tokenizer(ABC, Generic[P]):
    """Cuts text into tokens.

    Class attributes:
        name: as `--tokenizer` takes it; also the name of the file.
        title: as people write it.
        summary: one or two sentences: what it does and when it helps.
        cut: how a line is cut: into Unicode words, at white space, or into what `pattern` matches.
        packages: the installed packages whose version decides the result, such as “tokenizers”; it goes into the
            corpus's id.
        Params: its settings.

    Args:
        params: the settings.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    cut: ClassVar[Cut] = "words"
    packages: ClassVar[tuple[str, ...]] = ()
    Params: ClassVar[type[Params]]

    def __init__(self, params: P) -> None:
        self.params = params
        self._notes: list[str] = []

    @property
    def pattern(self) -> str:
        """The regular expression whose matches are the words, where `cut` is “pattern”."""
        raise NotImplementedError

    @property
    def splits(self) -> bool:
        """Whether words are split further; known once `fit` or `restore` was called."""
        return False

    def fit(self, words: Sequence[str], counts: npt.NDArray[np.int64]) -> None:
        """Learn from the different words of a corpus and their occurrences, shape `(types,)`, how to split them.

        Always called, once, when the last line is cut and before anybody asks whether the tokeniser splits. Here, as
        for all that take words whole, it only looks whether there are spaces to tell them by.
        """
        found = survey(words, counts)
        if found.scripts and not found.apart:
            self._notes = [
                f"This text is in {found.names}, written without spaces between words: what stands between blanks or "
                "punctuation marks is taken for one word. The tokeniser “words” finds them with dictionaries."
            ]

    def split(self, words: Sequence[str]) -> list[tuple[str, ...]]:
        """For each word its parts, in order; a part that does not begin its word says so by how it is written."""
        return [(word,) for word in words]

    def spans(self, word: str) -> list[tuple[str, int, int]]:
        """The parts of one word with their places in it: part, first character, the one past its last."""
        found: list[tuple[str, int, int]] = []
        end = 0
        for part in self.split([word])[0]:
            text = part.removeprefix(CONTINUES) if found else part
            start = word.index(text, end)
            end = start + len(text)
            found.append((part, start, end))
        return found

    def state(self) -> Mapping[str, Any]:
        """What was learned, as JSON; kept with the corpus."""
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take back what `state` gave.

        Raises:
            CorpusError: that is not a state of this tokeniser.
        """

    def notes(self) -> list[str]:
        """What there is to say when everything was cut."""
        return list(self._notes)


TOKENIZERS: Registry[type[Tokenizer[Any]]] = Registry("tokenizer", "core.data.tokenizers")


def tokenizer_of(text: str) -> Tokenizer[Any]:
    """Make the tokeniser that a text such as `bpe vocabulary=8000` names.

    Raises:
        UnknownNameError: there is no such tokeniser.
        SettingsError: a setting breaks its rule.
    """
    unit, params = parse_unit(TOKENIZERS, text)
    made: Tokenizer[Any] = unit(params)
    return made


def canonical_tokenizer(text: str) -> str:
    """The one text that stands for the same tokeniser."""
    made = tokenizer_of(text)
    return canonical(type(made), made.params)
