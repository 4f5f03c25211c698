"""Put other words in the place of words, in the tokens of a corpus, block by block: memory does not grow with them."""

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

__all__ = ["Change", "Rewritten", "TokenBlocks", "remap", "rewrite"]

BLOCK = 1 << 22
TOKENS, OFFSETS = "tokens.bin", "offsets.bin"

Tokens = npt.NDArray[np.uint32]
Positions = npt.NDArray[np.int64]

#: Takes the words of a block, those among them with which a line begins (positions within the block, shape `(lines,)`),
#: and whether the block is the last one. Gives what comes in the place of the first n words, and for each of these n
#: how many words that is, shape `(n,)`. The others are given again, with more words after them.
Change = Callable[[Tokens, Positions, bool], tuple[Tokens, Positions]]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What a rewriting left: all words, and the lines that have some."""

    tokens: int
    lines: int


class TokenBlocks:
    """Walks the words of a corpus in blocks.

    Args:
        folder: that of the corpus; `tokens.bin` and `offsets.bin` must be whole.

    Attributes:
        tokens: the words of the block.
        starts: positions in the block with which lines begin; a position as often as blank lines stand before it.
        last: whether no words come after the block.
    """

    def __init__(self, folder: Path) -> None:
        self.tokens: Tokens = np.zeros(0, np.uint32)
        self._held: Positions = np.zeros(0, np.int64)
        self._position = 0
        with contextlib.ExitStack() as stack:
            self._tokens = stack.enter_context((folder / TOKENS).open("rb"))
            self._offsets = stack.enter_context((folder / OFFSETS).open("rb"))
            self._files = stack.pop_all()
        self._left = os.fstat(self._tokens.fileno()).st_size // 4

    def __enter__(self) -> "TokenBlocks":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._files.close()

    @property
    def last(self) -> bool:
        """Whether no words come after the block."""
        return self._left == 0

    @property
    def starts(self) -> Positions:
        """Positions in the block with which lines begin, shape `(lines,)`."""
        end = self._position + len(self.tokens)
        return self._held[: np.searchsorted(self._held, end)] - self._position

    def read(self) -> bool:
        """Fill the block up; False where there is none any more."""
        wanted = min(self._left, max(BLOCK - len(self.tokens), 1))
        self._left -= wanted
        self.tokens = np.concatenate([self.tokens, np.frombuffer(self._tokens.read(4 * wanted), np.uint32)])
        end = self._position + len(self.tokens)
        while not self._held.size or self._held[-1] < end:
            more = np.frombuffer(self._offsets.read(8 * BLOCK), np.int64)
            if not more.size:
                break
            self._held = np.concatenate([self._held, more])
        return len(self.tokens) > 0

    def advance(self, words: int) -> None:
        """Be done with the first words of the block, and with the lines that begin among them."""
        self.tokens = self.tokens[words:]
        self._position += words
        self._held = self._held[np.searchsorted(self._held, self._position) :]

    def rest(self) -> int:
        """How many offsets stand after the last word: the end of the corpus, and blank lines before it."""
        rest = self._held.size
        while more := self._offsets.read(8 * BLOCK):
            rest += len(more) // 8
        self._held = self._held[:0]
        return rest


def rewrite(folder: Path, change: Change) -> Rewritten:
    """Change the words of a corpus; `tokens.bin` and `offsets.bin` are replaced."""
    written, lines, previous = 0, 0, 0
    paths = [(folder / name, folder / f"{name}.new") for name in (TOKENS, OFFSETS)]
    with TokenBlocks(folder) as blocks, paths[0][1].open("xb") as tokens, paths[1][1].open("xb") as offsets:
        while blocks.read():
            starts = blocks.starts
            changed, lengths = change(blocks.tokens, starts, blocks.last)
            ends = np.cumsum(lengths)
            begun = starts[: np.searchsorted(starts, len(lengths))]
            moved = (ends - lengths)[begun] + written
            if moved.size:
                lines += int(np.count_nonzero(np.diff(moved, prepend=previous)))
                previous = int(moved[-1])
            tokens.write(np.ascontiguousarray(changed, np.uint32).data)
            offsets.write(moved.data)
            written += len(changed)
            blocks.advance(len(lengths))
        lines += written > previous
        offsets.write(np.full(blocks.rest(), written, np.int64).data)
    for old, new in paths:
        os.replace(new, old)
    return Rewritten(written, lines)


def remap(folder: Path, numbers: Tokens) -> None:
    """Put another number in the place of each word's, block by block; their count stays.

    Args:
        folder: that of the corpus.
        numbers: the new number of each old one, shape `(types,)`.
    """
    with (folder / TOKENS).open("r+b") as file:
        position = 0
        while block := file.read(4 * BLOCK):
            file.seek(position)
            file.write(numbers[np.frombuffer(block, np.uint32)].data)
            position += len(block)
            file.seek(position)
