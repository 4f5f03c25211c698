"""The order of work: a corpus cut into blocks, and what each block's number decides."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.data.training_data import TrainingData
from core.schedule import Schedule, rate_factor

__all__ = ["Blocks"]

SMALLEST_BLOCK = 512
LARGEST_BLOCK = 16_384
BLOCKS_PER_EPOCH = 256
"""Aimed at where the corpus is small, so that even a short training can be watched."""
_MASK = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks of whole segments, each of about the same number of tokens to train on.

    Attributes:
        bounds: shape `(blocks + 1,)`; block b of an epoch is the segments `bounds[b]` to `bounds[b + 1]`.
        words: shape `(blocks + 1,)`; tokens to train on before each block of an epoch.
        epochs: passes over the corpus.
    """

    bounds: npt.NDArray[np.int64]
    words: npt.NDArray[np.int64]
    epochs: int

    @classmethod
    def of(cls, data: TrainingData, epochs: int) -> "Blocks":
        """Cut `data`; the cut depends on nothing but the data."""
        lengths = np.where(data.held_out, 0, np.diff(data.offsets))
        before = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
        total = int(before[-1])
        bounds = np.searchsorted(before, np.arange(0, total, cls.size(total)))
        # No block without a token: its Step, perhaps the last one, would have no loss.
        bounds = np.unique(np.append(bounds[before[bounds] < total], data.segments)).astype(np.int64)
        if len(bounds) == 1:
            bounds = np.array([0, data.segments], np.int64)
        return cls(bounds, before[bounds], epochs)

    @staticmethod
    def size(total: int) -> int:
        """Tokens of a block at least, where there are so many in all."""
        return min(max(total // BLOCKS_PER_EPOCH, SMALLEST_BLOCK), LARGEST_BLOCK)

    @property
    def per_epoch(self) -> int:
        """Blocks in one pass over the corpus."""
        return len(self.bounds) - 1

    @property
    def total(self) -> int:
        """Blocks of the whole training."""
        return self.per_epoch * self.epochs

    def segments(self, block: int) -> tuple[int, int]:
        """First segment of a block, and the one after its last."""
        within = block % self.per_epoch
        return int(self.bounds[within]), int(self.bounds[within + 1])

    def words_before(self, block: int) -> int:
        """Tokens to train on before a block, since training began."""
        epoch, within = divmod(block, self.per_epoch)
        return int(epoch * self.words[-1] + self.words[within])

    def fraction(self, block: int) -> float:
        """Share of all the work that is done before a block, 0 to 1."""
        return self.words_before(block) / max(1, int(self.words[-1]) * self.epochs)

    def rate(self, block: int, learning_rate: float, schedule: Schedule = "linear", warm_up: float = 0.0) -> float:
        """The learning rate of a block."""
        return learning_rate * rate_factor(schedule, warm_up, self.fraction(block))


def block_seed(seed: int, block: int) -> int:
    """Sixty-four bits that start the random numbers of a block; neighbouring blocks get unrelated ones."""
    state = (seed * 0xD1342543DE82EF95 + (block + 1) * 0x9E3779B97F4A7C15) & _MASK
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        state = ((state ^ (state >> shift)) * factor) & _MASK
    return state ^ (state >> 31)
