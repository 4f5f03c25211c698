"""How often words stand side by side, counted exactly in bounded memory: what does not fit waits on the disk."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.data.rewriting import Positions, TokenBlocks, Tokens

__all__ = ["SECOND", "NeighbourPairs", "beside", "count_pairs"]

#: So many pairs are held in memory; more are laid aside in a file.
MOST_PAIRS = 1 << 22
SECOND = np.uint64(32)

Keys = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.int64]
Table = tuple[Keys, Counts]


@dataclass(frozen=True, slots=True)
class NeighbourPairs:
    """Pairs of neighbouring words.

    Attributes:
        keys: left word << 32 | right word, ascending, shape `(pairs,)`.
        together: how often each stands so, shape `(pairs,)`.
        total: neighbouring words in all, rare pairs included.
    """

    keys: Keys
    together: Counts
    total: int


def count_pairs(folder: Path, counts: Counts, rare: int) -> NeighbourPairs:
    """Count the pairs of words that stand side by side within a line at least `rare` times.

    Args:
        folder: that of the corpus; also takes what does not fit into memory, for a while.
        counts: occurrences of each word, shape `(types,)`.
        rare: pairs that occur less often are not given.
    """
    often = counts >= rare
    pairs = _Pairs(folder)
    total = 0
    with TokenBlocks(folder) as blocks:
        while blocks.read() and len(blocks.tokens) > 1:
            tokens = blocks.tokens
            near = beside(tokens, blocks.starts)
            total += int(np.count_nonzero(near))
            # A pair is as rare as the rarer of its words.
            near &= often[tokens[:-1]] & often[tokens[1:]]
            pairs.add((tokens[:-1][near].astype(np.uint64) << SECOND) | tokens[1:][near])
            blocks.advance(len(tokens) - 1)
    found = [(keys[together >= rare], together[together >= rare]) for keys, together in pairs.parts()]
    keys = np.concatenate([np.zeros(0, np.uint64), *(keys for keys, _ in found)])
    return NeighbourPairs(keys, np.concatenate([np.zeros(0, np.int64), *(some for _, some in found)]), total)


def beside(tokens: Tokens, starts: Positions) -> npt.NDArray[np.bool_]:
    """Whether each word and the one after it stand in one line, shape `(len(tokens) - 1,)`.

    Args:
        tokens: words that follow one another.
        starts: positions among them with which lines begin.
    """
    follows = np.ones(len(tokens), np.bool_)
    follows[starts] = False
    return follows[1:]


class _Pairs:
    """Counts keys; a table that has grown too large is laid aside in a file, ascending."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: list[Table] = []
        self._held = 0
        self._aside: list[Path] = []

    def add(self, keys: Keys) -> None:
        self._waiting.append(np.unique(keys, return_counts=True))
        self._held += len(self._waiting[-1][0])
        if self._held <= MOST_PAIRS:
            return
        keys, counts = self._waiting[0] = _merged(self._waiting)
        del self._waiting[1:]
        self._held = len(keys)
        if self._held > MOST_PAIRS // 2:
            path = self._folder / f"pairs-{len(self._aside)}.tmp"
            with path.open("xb") as file:
                file.write(keys.data)
                file.write(counts.data)
            self._aside.append(path)
            self._waiting, self._held = [], 0

    def parts(self) -> Iterator[Table]:
        """All keys and how often each came, ascending, some millions at a time; the files go when it ends."""
        yield from self._parts([_merged(self._waiting)] if self._waiting else [])
        self._waiting = []
        for path in self._aside:
            path.unlink()

    def _parts(self, tables: list[Table]) -> Iterator[Table]:
        for path in self._aside:
            pairs = path.stat().st_size // 16
            tables.append((np.memmap(path, np.uint64, "r", 0, (pairs,)), np.memmap(path, np.int64, "r", 8 * pairs)))
        if tables:
            # As many parts as keep each one small, cut where the largest table is cut evenly.
            longest = max(tables, key=lambda table: len(table[0]))[0]
            several = -(-sum(len(keys) for keys, _ in tables) // MOST_PAIRS)
            bounds = [longest[len(longest) * part // several] for part in range(1, several)]
            places = [[0, *np.searchsorted(keys, np.array(bounds, np.uint64)), len(keys)] for keys, _ in tables]
            for part in range(several):
                cut = [slice(places[i][part], places[i][part + 1]) for i in range(len(tables))]
                yield _merged([(keys[at], counts[at]) for (keys, counts), at in zip(tables, cut, strict=True)])


def _merged(tables: list[Table]) -> Table:
    """Several tables as one, ascending."""
    keys = np.concatenate([keys for keys, _ in tables])
    counts = np.concatenate([counts for _, counts in tables])
    order = np.argsort(keys, kind="stable")
    keys, counts = keys[order], counts[order]
    firsts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
    return keys[firsts], np.add.reduceat(counts, firsts) if len(keys) else counts
