"""The order of work: in each epoch the documents shuffled anew and cut into blocks, a mini-batch each."""

import numpy as np
import numpy.typing as npt

from core.negative_sampling.blocks import block_seed

__all__ = ["Order"]


class Order:
    """What each block's number decides.

    Args:
        sizes: known words of each document to train on, shape `(documents,)`.
        tokens: of an epoch, those of documents that are passed over and those outside the vocabulary included.
        batch_size: documents of a mini-batch; the last one of an epoch may have fewer.
        epochs: passes over the documents.
        seed: shuffles them.
    """

    def __init__(self, sizes: npt.NDArray[np.int64], tokens: int, batch_size: int, epochs: int, seed: int) -> None:
        self._sizes, self._tokens, self._batch_size, self._seed = sizes, tokens, batch_size, seed
        self.per_epoch = -(-len(sizes) // batch_size)
        self.total = self.per_epoch * epochs
        self._shuffled: tuple[int, npt.NDArray[np.int64], npt.NDArray[np.int64]] | None = None

    def documents(self, block: int) -> npt.NDArray[np.int64]:
        """The documents of a block, from 0."""
        epoch, within = divmod(block, self.per_epoch)
        return self._epoch(epoch)[0][within * self._batch_size : (within + 1) * self._batch_size]

    def words_before(self, block: int) -> int:
        """Tokens passed over before a block: those that nothing is learned from go with the documents beside them."""
        epoch, within = divmod(block, self.per_epoch)
        if within == 0:
            return epoch * self._tokens
        before = self._epoch(epoch)[1]
        return epoch * self._tokens + int(self._tokens * int(before[within * self._batch_size - 1]) // int(before[-1]))

    def seed(self, block: int) -> int:
        """Seeds what is random in a block."""
        return block_seed(self._seed, block)

    def _epoch(self, epoch: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The documents of an epoch in its order, and their known words added up."""
        if self._shuffled is None or self._shuffled[0] != epoch:
            # Blocks count from 0: an epoch's own random numbers come from the numbers below.
            order = np.random.default_rng(block_seed(self._seed, -2 - epoch)).permutation(len(self._sizes))
            self._shuffled = epoch, order, np.cumsum(self._sizes[order])
        return self._shuffled[1], self._shuffled[2]
