"""How a corpus writes a text: the same steps, tokeniser and phrases, for a line or a word that somebody typed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from core.data.cleaner import TextStep, WordStep, steps_of
from core.data.options import CorpusOptions
from core.data.tokenize import spans_of, words_of
from core.data.tokenizer import Tokenizer, tokenizer_of

__all__ = ["Joins", "Placed", "Wording", "read_wording"]

#: The pairs that one step joined, and what they became.
Joins = Mapping[tuple[str, str], str]
#: A word of the corpus, its first character in a text, and the one past its last.
Placed = tuple[str, int, int]

MOST_KEPT = 100_000


class Wording:
    """Writes text as a corpus has it.

    Args:
        options: those of the corpus.
        tokenizer: its tokeniser, with what that has learned.
        phrases: for each step that joins phrases, what it joined.
    """

    def __init__(self, options: CorpusOptions, tokenizer: Tokenizer[Any], phrases: Sequence[Joins] = ()) -> None:
        steps = steps_of(options.steps)
        self._lowercase, self._tokenizer, self._phrases = options.lowercase, tokenizer, phrases
        self._text_steps = [step for step in steps if isinstance(step, TextStep)]
        self._word_steps = [step for step in steps if isinstance(step, WordStep)]
        # What each word that was cut becomes, with places in it; those of a part that has none are 0.
        self._known: dict[str, list[Placed]] = {}

    def words(self, text: str) -> list[str]:
        """The words that the corpus would have for a line of text; those that steps drop are not among them."""
        return [word for word, _, _ in self._written([(word, 0, 0) for word in self._cut(text)])]

    def places(self, line: str) -> tuple[str, list[Placed]]:
        """The words that the corpus would have for a line, each with its place in the line as it was in the file.

        Every word of the line is looked at alone. A step whose work on a word depends on the words around it, such as
        one that takes out addresses, may give something else for the whole line: compare with the corpus.

        Returns:
            The text as the places count it (NFC, without characters that only steer the display), and the words.
        """
        if not self._text_steps:
            text, found = spans_of(line, self._lowercase, self._tokenizer)
            return text, self._written(found)
        text, found = spans_of(line, False, self._tokenizer)
        return text, self._written([(word, first, last) for raw, first, last in found for word in self._cut(raw)])

    def _cut(self, text: str) -> list[str]:
        for step in self._text_steps:
            text = step.text(f"{text}\n").removesuffix("\n")
        return words_of(text, self._lowercase, self._tokenizer)

    def _written(self, found: list[Placed]) -> list[Placed]:
        """What becomes of words between the cut and the corpus."""
        self._learn(dict.fromkeys(word for word, _, _ in found))
        written = []
        for word, first, last in found:
            for part, begin, end in self._known[word]:
                # Where lower case has another length, places within the word do not hold.
                within = end and last - first == len(word)
                written.append((part, first + begin, first + end) if within else (part, first, last))
        for joins in self._phrases:
            written = _joined(written, joins)
        return written

    def _learn(self, words: Iterable[str]) -> None:
        if len(self._known) > MOST_KEPT:
            self._known.clear()
        new = [word for word in words if word not in self._known]
        images: list[tuple[str, ...]] = [(word,) for word in new]
        for step in self._word_steps:
            asked = list(dict.fromkeys(one for image in images for one in image))
            answers = dict(zip(asked, step.words(asked), strict=True))
            images = [tuple(part for one in image for part in answers[one] if part) for image in images]
        for word, image in zip(new, images, strict=True):
            self._known[word] = [part for one in image for part in self._parts(one, image == (word,))]

    def _parts(self, word: str, unchanged: bool) -> list[Placed]:
        if not self._tokenizer.splits:
            return [(word, 0, 0)]
        if unchanged:
            try:
                return self._tokenizer.spans(word)
            except ValueError:  # a part that is not spelled as the word is
                pass
        return [(part, 0, 0) for part in self._tokenizer.split([word])[0]]


def read_wording(folder: Path, options: CorpusOptions) -> Wording:
    """How the corpus in a folder writes a text.

    Raises:
        CorpusError: what is kept is no state of its tokeniser.
        OSError, ValueError, TypeError, AttributeError: what is kept cannot be read.
    """
    tokenizer = tokenizer_of(options.tokenizer)
    state, phrases = folder / "tokenizer.json", folder / "phrases.json"
    if state.exists():
        tokenizer.restore(json.loads(state.read_text("utf-8")))
    steps = json.loads(phrases.read_text("utf-8")) if phrases.exists() else []
    joins = [{(first, second): word for first, second, word, *_ in some} for some in steps]
    if not all(isinstance(word, str) for some in joins for word in some.values()):
        raise ValueError("a phrase that is no text")
    return Wording(options, tokenizer, joins)


def _joined(words: list[Placed], joins: Joins) -> list[Placed]:
    """Join neighbours from left to right, as in the corpus."""
    joined: list[Placed] = []
    position = 0
    while position < len(words):
        word, first, last = words[position]
        pair = joins.get((word, words[position + 1][0])) if position + 1 < len(words) else None
        if pair is not None:
            word, last = pair, words[position + 1][2]
            position += 1
        joined.append((word, first, last))
        position += 1
    return joined
