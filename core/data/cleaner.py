"""The contract of a cleaning step. To add one, put one file into `core/data/cleaning/`.

A step works at one of four stages, and steps of an earlier stage come first, whatever the order they are given in:

documents   splits documents, or leaves some out; sees whole documents as they came from the file
text        rewrites text; each line on its own, the number of lines stays
words       rewrites or drops words, each different word once, however often it occurs
phrases     joins neighbouring words into one

Between `text` and `words` the tokeniser cuts text into words. The text of the corpus stays as it was in the file: what
is shown as evidence is what its author wrote.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Literal, TypeVar

import numpy as np
import numpy.typing as npt

from core.data.unit_text import canonical, parse_unit
from core.params import Params
from core.registry import Registry

__all__ = [
    "CLEANING_STEPS",
    "STAGES",
    "CleaningStep",
    "DocumentStep",
    "Pairs",
    "Phrase",
    "PhraseStep",
    "Stage",
    "TextStep",
    "WordStep",
    "canonical_steps",
    "steps_of",
]

Stage = Literal["documents", "text", "words", "phrases"]
STAGES: tuple[Stage, ...] = ("documents", "text", "words", "phrases")

P = TypeVar("P", bound=Params)


class CleaningStep(ABC, Generic[P]):
    """One step of the cleaning; use a subclass for its stage.

    Class attributes:
        name: as `--step` takes it; also the name of the file.
        title: as people write it.
        summary: one or two sentences: what it does and when it helps.
        stage: where it works.
        packages: the installed packages whose version decides the result, such as “snowballstemmer”; it goes into the
            corpus's id.
        Params: its settings.

    Args:
        params: the settings.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    stage: ClassVar[Stage]
    packages: ClassVar[tuple[str, ...]] = ()
    Params: ClassVar[type[Params]]

    def __init__(self, params: P) -> None:
        self.params = params

    def notes(self) -> list[str]:
        """What there is to say when everything was cleaned, such as how many documents were left out."""
        return []


class DocumentStep(CleaningStep[P]):
    """Splits documents into several, or leaves some out. It may remember what it has seen."""

    stage = "documents"

    @abstractmethod
    def documents(self, documents: Sequence[str]) -> list[list[str]]:
        """For each document (one line of text) the documents that it becomes: itself, several, or none."""


class TextStep(CleaningStep[P]):
    """Rewrites text."""

    stage = "text"

    @abstractmethod
    def text(self, text: str) -> str:
        """Some lines of text, rewritten. Lines are ended by a line feed each; their number must stay.

        A very long line comes in several parts, cut at a blank.
        """


class WordStep(CleaningStep[P]):
    """Rewrites or drops words."""

    stage = "words"

    @abstractmethod
    def words(self, words: Sequence[str]) -> list[tuple[str, ...]]:
        """For each different word what stands in its place: one word, several, or none."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Words that stand side by side within a line, and how often.

    Attributes:
        words: the vocabulary.
        counts: occurrences of each word, shape `(types,)`.
        tokens: occurrences of all words.
        first: the left word of each pair as an index into `words`, shape `(pairs,)`.
        second: the right word, shape `(pairs,)`.
        together: how often they stand so, shape `(pairs,)`.
        total: neighbouring words in all, pairs that are too rare to be listed included.
    """

    words: Sequence[str]
    counts: npt.NDArray[np.int64]
    tokens: int
    first: npt.NDArray[np.uint32]
    second: npt.NDArray[np.uint32]
    together: npt.NDArray[np.int64]
    total: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """Two words that are joined.

    Attributes:
        first: the left one.
        second: the right one.
        together: how often they stand so.
        score: how strongly they belong together, by the measure of the step; higher is stronger.
    """

    first: str
    second: str
    together: int
    score: float


class PhraseStep(CleaningStep[P]):
    """Joins neighbouring words."""

    stage = "phrases"

    @property
    def rare(self) -> int:
        """Pairs that occur less often need not be listed."""
        return 2

    @abstractmethod
    def scores(self, pairs: Pairs) -> npt.NDArray[np.float64]:
        """How strongly each pair belongs together, shape `(pairs,)`; nan where it is not joined."""

    def candidates(self, pairs: Pairs) -> list[Phrase]:
        """The pairs that are joined: the strongest first, then the most frequent, then by spelling."""
        scores = self.scores(pairs)
        found = [
            Phrase(
                pairs.words[int(pairs.first[index])],
                pairs.words[int(pairs.second[index])],
                int(pairs.together[index]),
                float(scores[index]),
            )
            for index in np.flatnonzero(~np.isnan(scores))
        ]
        return sorted(found, key=lambda one: (-one.score, -one.together, one.first, one.second))

    def joined(self, first: str, second: str) -> str:
        """The word that a pair becomes."""
        return f"{first}_{second}"


CLEANING_STEPS: Registry[type[CleaningStep[Any]]] = Registry("cleaning step", "core.data.cleaning")


def steps_of(texts: Iterable[str]) -> list[CleaningStep[Any]]:
    """Make the steps that texts such as `stop_words language=en` name, in the order in which they work.

    Raises:
        UnknownNameError: there is no such step.
        SettingsError: a setting of one breaks its rule.
    """
    made = []
    for text in texts:
        unit, params = parse_unit(CLEANING_STEPS, text)
        made.append(unit(params))
    return sorted(made, key=lambda step: STAGES.index(step.stage))


def canonical_steps(texts: Iterable[str]) -> tuple[str, ...]:
    """The same steps in the order in which they work, each as its canonical text."""
    return tuple(canonical(type(step), step.params) for step in steps_of(texts))
