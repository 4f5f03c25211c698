"""What becomes of the words of a corpus once the last one is counted: steps, tokeniser, phrases, frequency ranks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.data.card import StepCount, counted
from core.data.cleaner import CleaningStep, PhraseStep, WordStep
from core.data.phrases import JoinedPhrase, join_phrases
from core.data.rewriting import Rewritten, remap, rewrite
from core.data.tokenizer import Tokenizer
from core.data.word_map import WordMap
from core.errors import CorpusError

__all__ = ["Settled", "settle_words"]

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Settled:
    """The words of a complete corpus.

    Attributes:
        words: the vocabulary, most frequent first; ties by first occurrence, phrases after them.
        counts: occurrences, falling, shape `(len(words),)`.
        size: words of the whole corpus, and lines that have some.
        steps: what each step did.
        phrases: what each step that joins phrases joined, the strongest first.
    """

    words: list[str]
    counts: Counts
    size: Rewritten
    steps: tuple[StepCount, ...]
    phrases: tuple[tuple[JoinedPhrase, ...], ...]


def settle_words(
    folder: Path,
    words: list[str],
    counts: Counts,
    size: Rewritten,
    steps: Sequence[CleaningStep[Any]],
    tokenizer: Tokenizer[Any],
    tell: Callable[[], None],
) -> Settled:
    """Let steps and tokeniser work on the words of a corpus, then write frequency ranks into `tokens.bin`.

    Args:
        folder: that of the corpus; its tokens are the numbers of `words`.
        words: the words as they were cut, by number.
        counts: occurrences of each, shape `(len(words),)`.
        size: words of the whole corpus, and lines that have some.
        steps: all steps of the corpus.
        tokenizer: learns from the words that the steps leave, then splits them.
        tell: called when a step is done.

    Raises:
        CorpusError: fewer than two words are left, or a step does not keep its contract.
    """
    done: list[StepCount] = []
    mapped = WordMap(words, counts)
    for step in steps:
        if isinstance(step, WordStep):
            before = mapped.tokens
            mapped.apply(f"The step {step.name}", step.words)
            done.append(counted(step, "words", "words", before, mapped.tokens, len(mapped.words)))
            tell()
    tokenizer.fit(mapped.words, mapped.counts)
    if tokenizer.splits:
        before = mapped.tokens
        mapped.apply(f"The tokeniser {tokenizer.name}", tokenizer.split)
        done.append(counted(tokenizer, "tokenizer", "words", before, mapped.tokens, len(mapped.words)))
        tell()
    if mapped.tokens < 2:
        raise CorpusError(
            f"The steps leave {mapped.tokens} of {size.tokens:,} words, and training needs two; leave a step out."
        )
    phrase_steps = [step for step in steps if isinstance(step, PhraseStep)]
    if not phrase_steps:
        order = np.argsort(-mapped.counts, kind="stable")
        size = _write(folder, mapped, _ranks(order), size)
        return Settled([mapped.words[i] for i in order.tolist()], mapped.counts[order], size, tuple(done), ())
    words, counts = mapped.words, mapped.counts
    size = _write(folder, mapped, np.arange(len(words), dtype=np.uint32), size)
    phrases = []
    for phrase_step in phrase_steps:
        found = join_phrases(folder, words, counts, phrase_step)
        words, counts, before = found.words, found.counts, size.tokens
        size = found.left or size
        phrases.append(found.phrases)
        types = int(np.count_nonzero(counts))
        done.append(counted(phrase_step, "phrases", "words", before, size.tokens, types))
        tell()
    order = np.argsort(-counts, kind="stable")
    remap(folder, _ranks(order))
    order = order[: np.count_nonzero(counts)]
    return Settled([words[i] for i in order.tolist()], counts[order], size, tuple(done), tuple(phrases))


def _write(folder: Path, mapped: WordMap, ranks: npt.NDArray[np.uint32], size: Rewritten) -> Rewritten:
    """Put into `tokens.bin` what the words that were cut have become."""
    numbers = mapped.numbers
    if numbers is None:
        return rewrite(folder, mapped.change(ranks))
    remap(folder, ranks[numbers])
    return size


def _ranks(order: npt.NDArray[np.int64]) -> npt.NDArray[np.uint32]:
    ranks = np.empty(order.size, np.uint32)
    ranks[order] = np.arange(order.size, dtype=np.uint32)
    return ranks
