"""The phrases that a step would join, before it does: those of the first part of a text."""

import itertools
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.data.cleaner import PhraseStep, steps_of
from core.data.cleaning_preview import pairs_of, trace
from core.data.corpus import Corpus
from core.data.documents import Documents
from core.data.options import CorpusOptions

__all__ = ["MOST", "PhrasesFound", "phrases_of"]

MOST = 500
# Characters to look at: some 300,000 words, counted in about a second.
LOOKED_AT = 2_000_000
# A slow format (PDF) brings less in this time, which is then enough.
SECONDS = 5.0
LONGEST_LINE = 100_000


@dataclass(frozen=True, slots=True)
class PhrasesFound:
    """What one step that joins phrases would join.

    Attributes:
        words: how many words of the text were looked at.
        whole: whether that is the whole text.
        phrases: left word, right word, how often side by side, score; the strongest first, at most 500.
        count: how many there are in all.
    """

    words: int
    whole: bool
    phrases: tuple[tuple[str, str, int, float], ...]
    count: int


def phrases_of(path: Path, options: CorpusOptions, kept: bool = False) -> PhrasesFound | None:
    """The phrases of the first step that joins some, or None where no step does.

    Args:
        path: a file or folder, or the folder of a corpus.
        options: how it would be read and cleaned.
        kept: whether `path` is a corpus, whose kept text is looked at, some lines of it by chance.

    Raises:
        CorpusError: it cannot be read.
    """
    steps = steps_of(options.steps)
    joining = next((step for step in steps if isinstance(step, PhraseStep)), None)
    if joining is None:
        return None
    lines: list[str] = []
    size = 0
    whole = True
    until = time.monotonic() + SECONDS
    for line in _kept(path) if kept else _read(path, options):
        if size > LOOKED_AT or time.monotonic() > until:
            whole = False
            break
        lines.append(line[:LONGEST_LINE])
        size += len(lines[-1])
    before = [text for text, step in zip(options.steps, steps, strict=True) if not isinstance(step, PhraseStep)]
    words = trace(lines, options.model_copy(update={"steps": tuple(before)}))[-1].words
    found = joining.candidates(pairs_of(words, joining.rare))
    listed = tuple((one.first, one.second, one.together, one.score) for one in found[:MOST])
    return PhrasesFound(sum(map(len, words)), whole, listed, len(found))


def _read(path: Path, options: CorpusOptions) -> Iterator[str]:
    for batch in Documents(path, options):
        yield from itertools.islice(batch.text.split("\n"), batch.text.count("\n"))


def _kept(folder: Path) -> Iterator[str]:
    corpus = Corpus.open(folder)
    numbers = list(range(corpus.lines))
    random.Random(1).shuffle(numbers)
    return map(corpus.line, numbers)
