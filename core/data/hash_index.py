"""64-bit hashes seen so far, in twelve bytes each: what duplicates are found by."""

import numpy as np
import numpy.typing as npt

__all__ = ["HashIndex"]

Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.uint32]


class HashIndex:
    """Hashes, each with a number, in sorted runs of which each is more than twice as long as the next.

    Attributes:
        size: entries so far.
    """

    def __init__(self) -> None:
        self._runs: list[tuple[Hashes, Numbers]] = []
        self.size = 0

    def add(self, hashes: Hashes, numbers: Numbers) -> None:
        """Enter hashes with their numbers, both of shape `(entries,)`; a hash may come more than once."""
        if not hashes.size:
            return
        self.size += len(hashes)
        run = _sorted(hashes, numbers)
        while self._runs and len(self._runs[-1][0]) <= 2 * len(run[0]):
            earlier = self._runs.pop()
            run = _sorted(np.concatenate([earlier[0], run[0]]), np.concatenate([earlier[1], run[1]]))
        self._runs.append(run)

    def find(self, hashes: Hashes, most: int) -> tuple[npt.NDArray[np.int64], Numbers]:
        """The entries of some hashes.

        Args:
            hashes: what is looked up, shape `(n,)`.
            most: of each hash at most so many entries of a run, those that were entered first.

        Returns:
            Of each entry found the index into `hashes` and the number, both of shape `(found,)`.
        """
        which, numbers = [np.zeros(0, np.int64)], [np.zeros(0, np.uint32)]
        for known, entered in self._runs:
            first = np.searchsorted(known, hashes, side="left")
            many = np.minimum(np.searchsorted(known, hashes, side="right") - first, most)
            hit = np.flatnonzero(many)
            many = many[hit]
            within = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many)
            which.append(np.repeat(hit, many))
            numbers.append(entered[np.repeat(first[hit], many) + within])
        return np.concatenate(which), np.concatenate(numbers)


def _sorted(hashes: Hashes, numbers: Numbers) -> tuple[Hashes, Numbers]:
    order = np.argsort(hashes, kind="stable")
    return hashes[order], numbers[order]
