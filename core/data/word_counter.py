"""The counter for texts of any size: a compiled hash table, fed with chunks."""

import functools
import itertools
import secrets
import unicodedata
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from core.data.spaceless import SPACELESS_LETTER
from core.data.tokenize import (
    ASCII_WORD,
    BETWEEN_BLANKS,
    JOINERS,
    LONGEST_RUN,
    LONGEST_WORD,
    RANGES,
    STRIPPED,
    Numbered,
    PlainCounter,
    WordNumbers,
)
from core.data.tokenizer import Cut, Tokenizer
from core.errors import CorpusError

__all__ = ["SHORT", "WordCounter", "chunks_of", "class_table", "counter_for"]

#: Texts of fewer bytes are counted without the compiled kernel, whose import alone takes longer.
SHORT = 2_000_000

MOST_TYPES = 1 << 24
CODE_POINTS = 0x110000
CODES = "utf-32-le"
# Lower-cased, these become two characters or depend on their neighbours: the table cannot do it.
NEEDS_STR_LOWER = ("\u0130", "\u03a3")

Codes = npt.NDArray[np.uint32]


def counter_for(tokenizer: Tokenizer[Any], lowercase: bool, bytes_total: int) -> WordNumbers:
    """The counter that is done first.

    Args:
        tokenizer: says where lines are cut.
        lowercase: whether to bring words to lower case.
        bytes_total: size of the text.
    """
    if tokenizer.cut == "pattern" or bytes_total < SHORT:
        return PlainCounter(lowercase, tokenizer)
    return WordCounter(lowercase, tokenizer.cut)


@functools.cache
def class_table(lowercase: bool, cut: Cut = "words") -> Codes:
    """For each code point its class in a word (three topmost bits) and the code point to keep, shape `(0x110000,)`."""
    from core.kernels.tokenize import CLASS_SHIFT, JOINS, LETTER, SEPARATES
    from core.kernels.tokenize import SPACELESS as SPACELESS_CLASS
    from core.kernels.tokenize import STRIPPED as STRIPPED_CLASS

    classes = np.full(CODE_POINTS, SEPARATES if cut == "words" else LETTER, np.uint32)
    kept = np.arange(CODE_POINTS, dtype=np.uint32)
    for codes in RANGES:
        text = "".join(map(chr, codes))
        here = classes[codes.start : codes.stop]
        if cut == "words":
            here[[category[0] == "M" for category in map(unicodedata.category, text)]] = JOINS
            for run in ASCII_WORD.finditer(text):
                here[run.start() : run.end()] = LETTER
            for letter in SPACELESS_LETTER.finditer(text):
                here[letter.start()] = SPACELESS_CLASS
        else:
            here[:] = SEPARATES
            for run in BETWEEN_BLANKS.finditer(text):
                here[run.start() : run.end()] = LETTER
        if lowercase:
            for character in NEEDS_STR_LOWER:
                text = text.replace(character, character.lower()[0])
            kept[codes.start : codes.stop] = np.frombuffer(text.lower().encode(CODES), np.uint32)
    kept[ord("\u0130")] = ord("\u0130")
    if cut == "words":
        classes[[ord(character) for character in JOINERS]] = JOINS
    classes[[ord(character) for character in STRIPPED]] = STRIPPED_CLASS
    return (classes << np.uint32(CLASS_SHIFT)) | kept


def chunks_of(pieces: Iterator[str], size: int) -> Iterator[str]:
    """Join and cut a stream of text into chunks of about `size` characters, without cutting a word if that is possible.

    A chunk ends with a line, else before a blank, else where no mark follows, so that bringing each chunk to NFC and
    to lower case gives the same as doing it to the whole (but for a Greek sigma at the cut of millions of characters
    without a blank).
    """
    held: list[str] = []
    length = 0
    for piece in pieces:
        held.append(piece)
        length += len(piece)
        if length < size:
            continue
        text = "".join(held)
        cut = _cut(text)
        yield text[:cut]
        held, length = [text[cut:]], len(text) - cut
    text = "".join(held)
    if text:
        yield text


def _cut(text: str) -> int:
    cut = text.rfind("\n") + 1
    if not cut:
        cut = text.rfind(" ")
    if cut > 0:
        return cut
    cut = len(text) - 1
    for _ in range(1000):
        character = text[cut]
        starts = not unicodedata.category(character).startswith("M") and not 0x1160 <= ord(character) <= 0x11FF
        if starts and unicodedata.is_normalized("NFC", character):
            break
        cut -= 1
        if cut <= 0:
            return len(text)
    return cut


class WordCounter:
    """Numbers words in the order of their first occurrence and counts them, chunk after chunk.

    Its method `add` releases the interpreter while it works, so that a second thread can read and decode meanwhile.

    Args:
        lowercase: whether to bring words to lower case.
        cut: where lines are cut.
    """

    def __init__(self, lowercase: bool = True, cut: Cut = "words") -> None:
        from core.kernels import tokenize as kernel

        self._kernel = kernel
        self._lowercase = lowercase
        self._table = class_table(lowercase, cut)
        self._state = np.zeros(5, np.int64)
        capacity = 1 << 14
        self._slots = np.zeros(2 * capacity, np.int64)
        self._hashes = np.zeros(capacity, np.uint64)
        self._starts = np.zeros(capacity + 1, np.int64)
        self._counts = np.zeros(capacity, np.int64)
        self._pool = np.zeros(16 * capacity, np.uint32)
        self._rest = np.zeros(0, np.uint32)
        # Nobody can prepare a file whose words all fall on one slot.
        self._seed = np.uint64(secrets.randbits(64))

    @property
    def types(self) -> int:
        """Different words so far."""
        return int(self._state[self._kernel.TYPES])

    @property
    def tokens(self) -> int:
        """Words so far."""
        return int(self._state[self._kernel.TOKENS])

    @property
    def overlong(self) -> int:
        """Words passed over so far because they have more than 100 characters."""
        return int(self._state[self._kernel.OVERLONG])

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """How often each word occurred, by word number, shape `(types,)`."""
        return self._counts[: self.types]

    def prepare(self, text: str) -> object:
        """The code points of a chunk, in NFC and ready for `add`; holds the interpreter."""
        text = unicodedata.normalize("NFC", text)
        if self._lowercase and any(character in text for character in NEEDS_STR_LOWER):
            text = text.lower()
        return np.frombuffer(text.encode(CODES), np.uint32)

    def add(self, prepared: object, final: bool) -> Numbered:
        """Number the words of the next chunk.

        Args:
            prepared: the chunk, from `prepare`.
            final: whether it is the last one.

        Returns:
            The word numbers, shape `(words,)`, and the words so far at each line feed, shape `(line feeds,)`.

        Raises:
            CorpusError: more than 16 million different words.
        """
        codes = np.asarray(prepared, np.uint32)
        if self._rest.size:
            codes = np.concatenate([self._rest, codes])
        tokens = np.empty(codes.size // 2 + 1, np.uint32)
        line_ends = np.empty(int(np.count_nonzero(codes == 10)), np.int64)
        position = filled = lines = 0
        while True:
            position, some, ends = self._kernel.count_words(
                codes,
                position,
                final,
                self._table,
                LONGEST_WORD,
                LONGEST_RUN,
                self._seed,
                self._state,
                self._slots,
                self._hashes,
                self._starts,
                self._pool,
                self._counts,
                tokens[filled:],
                line_ends[lines:],
            )
            filled += some
            lines += ends
            if not self._make_room():
                break
        self._rest = codes[position:].copy()
        return tokens[:filled], line_ends[:lines]

    def words(self) -> list[str]:
        """All words, by word number."""
        used = int(self._state[self._kernel.POOL_USED])
        text = self._pool[:used].tobytes().decode(CODES)
        starts = self._starts[: self.types + 1].tolist()
        return [text[first:end] for first, end in itertools.pairwise(starts)]

    def _make_room(self) -> bool:
        """Enlarge what is full; False where nothing was, so that the kernel did not stop for it."""
        grown = False
        if self._state[self._kernel.POOL_USED] + LONGEST_WORD + 1 > self._pool.size:
            self._pool = np.concatenate([self._pool, np.zeros_like(self._pool)])
            grown = True
        if self.types == self._counts.size:
            if self.types >= MOST_TYPES:
                raise CorpusError(
                    f"There are more than {MOST_TYPES:,} different words, which no text in a language has; "
                    "is it encoded data, or a table of numbers?"
                )
            self._hashes = np.concatenate([self._hashes, np.zeros_like(self._hashes)])
            self._counts = np.concatenate([self._counts, np.zeros_like(self._counts)])
            self._starts = np.concatenate([self._starts, np.zeros(self._starts.size - 1, np.int64)])
            self._slots = np.zeros(2 * self._counts.size, np.int64)
            self._kernel.grow_slots(self._slots, self._hashes, self.types)
            grown = True
        return grown
