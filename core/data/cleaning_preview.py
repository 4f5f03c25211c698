"""What cleaning makes of some lines, step by step: the before and after that a page shows.

Plain Python and no corpus: some twenty lines take some milliseconds. What depends on the whole text (duplicates,
pieces of words that a tokeniser learns, phrases) is that of these lines, unless what the corpus learned is handed in.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.data.cleaner import CleaningStep, DocumentStep, Pairs, PhraseStep, TextStep, WordStep, steps_of
from core.data.options import CorpusOptions
from core.data.tokenize import words_of
from core.data.tokenizer import Tokenizer, tokenizer_of
from core.data.unit_text import canonical
from core.data.wording import Joins
from core.errors import CorpusError

__all__ = ["Stage", "pairs_of", "trace"]

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """Some lines after a step.

    Attributes:
        unit: the step or tokeniser with its settings, as its canonical text; empty for the lines as they were read.
        title: of the step, as people write it.
        lines: what there is now; words have a blank between them.
        sources: for each line which of the lines that were read it comes from; one that is missing was left out.
        words: the words of each line, once they are cut; empty before that.
    """

    unit: str
    title: str
    lines: tuple[str, ...]
    sources: tuple[int, ...]
    words: tuple[Words, ...] = ()


def trace(
    lines: Sequence[str],
    options: CorpusOptions,
    tokenizer: Tokenizer[Any] | None = None,
    phrases: Sequence[Joins] = (),
) -> list[Stage]:
    """The lines as they were read, then after each step and the tokeniser, in the order in which these work.

    Args:
        lines: documents, without line feeds.
        options: those of the corpus.
        tokenizer: that of the corpus, with what it has learned; if not given, it learns from these lines.
        phrases: for each step that joins phrases what the corpus joined; if not given, they are those of these lines.

    Raises:
        CorpusError: a pattern takes too long, or a step does not keep its contract.
    """
    steps = steps_of(options.steps)
    stages = [Stage("", "As read", tuple(lines), tuple(range(len(lines))))]
    for step in steps:
        if isinstance(step, DocumentStep):
            stages.append(_documents(step, stages[-1]))
        elif isinstance(step, TextStep):
            stages.append(_text(step, stages[-1]))
    cutter = tokenizer or tokenizer_of(options.tokenizer)
    last = stages[-1]
    words = [tuple(words_of(line, options.lowercase, cutter)) for line in last.lines]
    stages.append(_cut(cutter, cutter.title, last, words))
    for step in steps:
        if isinstance(step, WordStep):
            words = _mapped(words, step.words)
            stages.append(_cut(step, step.title, last, words))
    if tokenizer is None:
        counts = Counter(itertools.chain.from_iterable(words))
        cutter.fit(list(counts), np.array(list(counts.values()), np.int64))
    if cutter.splits:
        words = _mapped(words, cutter.split)
        stages.append(_cut(cutter, f"{cutter.title}: parts", last, words))
    joining = [step for step in steps if isinstance(step, PhraseStep)]
    for step, known in itertools.zip_longest(joining, phrases[: len(joining)]):
        found = _joins(step, words) if known is None else known
        words = [_joined(some, found) for some in words]
        stages.append(_cut(step, step.title, last, words))
    return stages


def pairs_of(lines: Sequence[Words], rare: int = 1) -> Pairs:
    """Neighbouring words within some lines; those that come less often than `rare` times are not listed."""
    counts = Counter(itertools.chain.from_iterable(lines))
    numbers = {word: number for number, word in enumerate(counts)}
    together = Counter(itertools.chain.from_iterable(itertools.pairwise(line) for line in lines))
    listed = [(numbers[first], numbers[second], times) for (first, second), times in together.items() if times >= rare]
    first, second, times = np.array(listed, np.int64).reshape(-1, 3).T
    return Pairs(
        words=list(counts),
        counts=np.array(list(counts.values()), np.int64),
        tokens=counts.total(),
        first=first.astype(np.uint32),
        second=second.astype(np.uint32),
        together=times,
        total=together.total(),
    )


def _documents(step: DocumentStep[Any], before: Stage) -> Stage:
    # Blank lines are no documents to a step.
    asked = [line for line in before.lines if line.strip()]
    answers = step.documents(asked)
    _refuse_if(len(answers) != len(asked), step.name)
    answered = iter(answers)
    lines: list[str] = []
    sources: list[int] = []
    for line, source in zip(before.lines, before.sources, strict=True):
        parts = next(answered) if line.strip() else [line]
        lines += parts
        sources += [source] * len(parts)
    return Stage(canonical(type(step), step.params), step.title, tuple(lines), tuple(sources))


def _text(step: TextStep[Any], before: Stage) -> Stage:
    lines = step.text("".join(f"{line}\n" for line in before.lines)).split("\n")[:-1]
    _refuse_if(len(lines) != len(before.lines), step.name)
    return Stage(canonical(type(step), step.params), step.title, tuple(lines), before.sources)


def _cut(unit: CleaningStep[Any] | Tokenizer[Any], title: str, before: Stage, words: Sequence[Words]) -> Stage:
    lines = tuple(" ".join(some) for some in words)
    return Stage(canonical(type(unit), unit.params), title, lines, before.sources, tuple(words))


def _mapped(lines: Sequence[Words], rewrite: Callable[[Sequence[str]], list[Words]]) -> list[Words]:
    """The lines with something else in the place of each word."""
    asked = list(dict.fromkeys(itertools.chain.from_iterable(lines)))
    answers = dict(zip(asked, rewrite(asked), strict=True))
    return [tuple(part for word in line for part in answers[word] if part) for line in lines]


def _joins(step: PhraseStep[Any], lines: Sequence[Words]) -> Joins:
    found = step.candidates(pairs_of(lines, step.rare))
    return {(one.first, one.second): step.joined(one.first, one.second) for one in found}


def _joined(words: Words, joins: Joins) -> Words:
    """Join neighbours from left to right: of a b c with two pairs, a b."""
    joined: list[str] = []
    position = 0
    while position < len(words):
        phrase = joins.get((words[position], words[position + 1])) if position + 1 < len(words) else None
        joined.append(words[position] if phrase is None else phrase)
        position += 1 if phrase is None else 2
    return tuple(joined)


def _refuse_if(broken: bool, name: str) -> None:
    if broken:
        raise CorpusError(f"The step {name} lost count of the lines, a mistake in it; leave it out.")
