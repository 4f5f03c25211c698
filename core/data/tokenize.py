r"""What a word is, and a counter for short texts.

A word is a run of letters, digits and underscores (Python's `\w`), continued by marks, the zero-width non-joiner and
the zero-width joiner, so that Hindi, Persian and decomposed letters stay whole. Before that the text is brought to
NFC and, if asked for, to lower case. Characters that steer only the display (direction marks, zero-width space, byte
order mark, word joiner, soft hyphen) are taken out: “em-bed-ding” with soft hyphens is “embedding”. Words of more
than 100 characters are passed over and counted: they are never words. In scripts without spaces they are nothing out
of the ordinary; there the first letter after 80 characters begins a new word (`core.data.spaceless` splits them).

Which characters are letters and marks is what this Python's `unicodedata` and `str` say.

A tokeniser may cut at white space instead, or into what a regular expression matches; all else stays the same.
"""

import functools
import itertools
import re
import unicodedata
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from core.data.spaceless import SPACELESS_LETTER
from core.data.timed_pattern import TimedPattern
from core.data.tokenizer import Cut, Tokenizer

__all__ = [
    "JOINERS",
    "LONGEST_RUN",
    "LONGEST_WORD",
    "RANGES",
    "STRIPPED",
    "TOKENIZER_VERSION",
    "Numbered",
    "PlainCounter",
    "WordNumbers",
    "spans_of",
    "words_of",
]

TOKENIZER_VERSION = "words-2"
LONGEST_WORD = 100
LONGEST_RUN = 80
ASCII_WORD = re.compile(r"\w+")
BETWEEN_BLANKS = re.compile(r"[^\s\x00-\x1f\x7f-\x9f]+")
JOINERS = "\u200c\u200d"
STRIPPED = "\u00ad\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
# Beyond these no code point is a letter or a mark; a test looks at all of them.
RANGES = (range(0xD800), range(0xE000, 0x40000), range(0xE0000, 0xE1000))

#: Word numbers, shape `(words,)`, and the words so far at each line feed, shape `(line feeds,)`.
Numbered = tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]


class WordNumbers(Protocol):
    """Numbers words in the order of their first occurrence and counts them, chunk after chunk of a text."""

    @property
    def types(self) -> int:
        """Different words so far."""

    @property
    def tokens(self) -> int:
        """Words so far."""

    @property
    def overlong(self) -> int:
        """Words passed over so far because they have more than 100 characters."""

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """How often each word occurred, by word number, shape `(types,)`."""

    def prepare(self, text: str) -> object:
        """What `add` takes, made of a chunk."""

    def add(self, prepared: object, final: bool) -> Numbered:
        """Number the words of the next chunk; `final` says that it is the last one.

        Raises:
            CorpusError: far too many different words.
        """

    def words(self) -> list[str]:
        """All words, by word number."""


def words_of(text: str, lowercase: bool = True, tokenizer: Tokenizer[Any] | None = None) -> list[str]:
    """The words of one line, by the same rules as `WordCounter`, without the compiled kernel.

    Args:
        text: a line.
        lowercase: whether to bring words to lower case.
        tokenizer: says where a line is cut, at the bounds of words if not given; words are not split further.

    Raises:
        CorpusError: the tokeniser's pattern takes too long.
    """
    return [word for word in _Cutter(lowercase, tokenizer).words(text) if len(word) <= LONGEST_WORD]


def spans_of(
    text: str, lowercase: bool = True, tokenizer: Tokenizer[Any] | None = None
) -> tuple[str, list[tuple[str, int, int]]]:
    """The words of one line with their places; arguments and errors as for `words_of`.

    Returns:
        The text as the places count it (NFC, without characters that only steer the display), and of each word: the
        word as the corpus has it, its first character, and the one past its last.
    """
    text = _plain(text)
    found = _Cutter(lowercase, tokenizer).spans(text)
    return text, [span for span in found if len(span[0]) <= LONGEST_WORD]


def _plain(text: str) -> str:
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text).translate(dict.fromkeys(map(ord, STRIPPED)))


class _Cutter:
    """Cuts lines into words of any length."""

    def __init__(self, lowercase: bool, tokenizer: Tokenizer[Any] | None) -> None:
        self._lowercase = lowercase
        self._cut: Cut = tokenizer.cut if tokenizer else "words"
        self._timed = TimedPattern(tokenizer.pattern) if tokenizer and self._cut == "pattern" else None

    def words(self, line: str) -> list[str]:
        line = _plain(line)
        if self._timed:
            # A pattern sees capitals; only what it finds is brought to lower case.
            return [word for word, _, _ in self.spans(line)]
        line = line.lower() if self._lowercase else line
        if self._cut == "whitespace":
            return BETWEEN_BLANKS.findall(line)
        if line.isascii():
            # Text without marks needs no look at them, and that is ten times as fast.
            return ASCII_WORD.findall(line)
        words = _word().findall(line)
        if any(len(word) > LONGEST_RUN for word in words):
            words = [word[first:end] for word in words for first, end in _runs(word)]
        return words

    def spans(self, plain: str) -> list[tuple[str, int, int]]:
        found = []
        pattern = self._timed or (BETWEEN_BLANKS if self._cut == "whitespace" else _word())
        for match in pattern.finditer(plain):
            for first, end in _runs(match[0]) if self._cut == "words" else [(0, len(match[0]))]:
                # What a pattern finds may hold blanks, or be nothing else.
                word = " ".join(match[0][first:end].split())
                if word:
                    word = word.lower() if self._lowercase else word
                    found.append((word, match.start() + first, match.start() + end))
        return found


def _runs(word: str) -> list[tuple[int, int]]:
    """Where a word is cut that is long because its script has no spaces."""
    if len(word) <= LONGEST_RUN:
        return [(0, len(word))]
    ends = [0]
    for at, character in enumerate(word):
        if at - ends[-1] >= LONGEST_RUN and SPACELESS_LETTER.match(character):
            ends.append(at)
    return list(itertools.pairwise([*ends, len(word)]))


@functools.cache
def _word() -> re.Pattern[str]:
    characters = "".join(chr(code) for codes in RANGES for code in codes)
    marks = [
        ord(character)
        for character, category in zip(characters, map(unicodedata.category, characters), strict=True)
        if category[0] == "M"
    ]
    parts, first = [], marks[0]
    for code, following in itertools.pairwise([*marks, -1]):
        if following != code + 1:
            parts.append(f"{chr(first)}-{chr(code)}")
            first = following
    return re.compile(rf"\w[\w{JOINERS}{''.join(parts)}]*")


class PlainCounter:
    """A `WordNumbers` in plain Python: for a short text it is done before numba is imported.

    Args:
        lowercase: whether to bring words to lower case.
        tokenizer: says where lines are cut, at the bounds of words if not given.
    """

    def __init__(self, lowercase: bool = True, tokenizer: Tokenizer[Any] | None = None) -> None:
        self._cutter = _Cutter(lowercase, tokenizer)
        self._numbers: dict[str, int] = {}
        self._counts: list[int] = []
        self._rest = ""
        self.tokens = self.overlong = 0

    @property
    def types(self) -> int:
        """Different words so far."""
        return len(self._counts)

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """How often each word occurred, by word number, shape `(types,)`."""
        return np.array(self._counts, np.int64)

    def prepare(self, text: str) -> object:
        """The text itself: lines are looked at one by one."""
        return text

    def add(self, prepared: object, final: bool) -> Numbered:
        """Number the words of the next chunk; a line that is not complete waits for the next one."""
        lines = (self._rest + str(prepared)).split("\n")
        self._rest = "" if final else lines.pop()
        feeds = len(lines) - 1 if final else len(lines)
        tokens: list[int] = []
        ends: list[int] = []
        for line in lines:
            for word in self._cutter.words(line):
                if len(word) > LONGEST_WORD:
                    self.overlong += 1
                    continue
                number = self._numbers.setdefault(word, len(self._counts))
                if number == len(self._counts):
                    self._counts.append(0)
                self._counts[number] += 1
                tokens.append(number)
            ends.append(self.tokens + len(tokens))
        self.tokens += len(tokens)
        return np.array(tokens, np.uint32), np.array(ends[:feeds], np.int64)

    def words(self) -> list[str]:
        """All words, by word number."""
        return list(self._numbers)
