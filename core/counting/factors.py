"""Truncated singular value decomposition of a sparse matrix by randomised subspace iteration.

A block Q of orthonormal columns, a few more than are asked for, is multiplied by A·Aᵀ again and again and made
orthonormal each time; it turns towards the leading left singular vectors. A shift, raised as singular values become
known, takes from all of A·Aᵀ what the smaller ones have in common, so that the larger stand out sooner. The singular
values and vectors within the block (Rayleigh and Ritz's) come with each pass, hence so does the share of the matrix
that is not explained.

Sources: N. Halko, P.-G. Martinsson and J. Tropp, "Finding structure with randomness", SIAM Review 2011; X. Feng, W. Yu,
Y. Xie and J. Tang, "Algorithm 1043: faster randomized SVD with dynamic shifts", ACM TOMS 2024.
"""

import math

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from core.counting.sparse import Sparse
from core.negative_sampling.model import padded_width
from core.negative_sampling.workers import Tally, Workers
from core.space import FloatMatrix

__all__ = ["SubspaceIteration", "block_width", "warm"]

OVERSAMPLING = 8
PIECES = 64
ROWS = 8192
SEED = 0xC0FFEE
"""Where the block begins: the same for every run, since what it comes to does not depend on it."""


def block_width(dimensions: int) -> int:
    """Columns of the block: the dimensions and at least eight more, in whole vector registers."""
    return padded_width(dimensions + OVERSAMPLING)


class SubspaceIteration:
    """The iteration; `basis` is all that it needs to go on.

    Args:
        matrix: A, shape `(words, columns)`.
        transposed: its transpose.
        dimensions: singular vectors wanted.
        threads: worker threads.
        basis: where to go on from, shape `(words, block_width(dimensions))`; None begins at random.

    Attributes:
        basis: Q, orthonormal.
        values: the leading singular values after the last pass, shape `(dimensions,)`.
        unexplained: share of the squares of the cells that the leading singular vectors leave.
    """

    def __init__(
        self, matrix: Sparse, transposed: Sparse, dimensions: int, threads: int, basis: FloatMatrix | None = None
    ) -> None:
        self._matrix, self._transposed = matrix, transposed
        self._dimensions, self._threads = dimensions, threads
        self._width = block_width(dimensions)
        self._total = sum(
            float(np.square(matrix.values[first : first + 1_000_000], dtype=np.float64).sum())
            for first in range(0, matrix.cells, 1_000_000)
        )
        self.values = np.zeros(dimensions)
        self.unexplained = 1.0
        self.basis = self._start() if basis is None else basis

    def step(self, exponent: float, onwards: bool) -> FloatMatrix:
        """Pass over the matrix; returns the left singular vectors so far times the values to the power of `exponent`.

        Args:
            exponent: 0 gives orthonormal columns, 1 the rows of the matrix as they are within the leading dimensions.
            onwards: whether there shall be another step, for which the block is turned; the last one need not.

        Returns:
            Shape `(words, dimensions)`; columns beyond the rank are zero.
        """
        with threadpool_limits(self._threads, user_api="blas"):
            image = self._times(self._transposed, self.basis)
            squares, turn = _eigen(_gram(image))
            self.values = np.sqrt(squares[: self._dimensions])
            if self._total > 0:
                self.unexplained = max(0.0, 1 - float(squares[: self._dimensions].sum()) / self._total)
            scales = np.where(self.values > 0, np.maximum(self.values, 1e-300) ** exponent, 0.0)
            leading = self.basis @ (turn[:, : self._dimensions] * scales).astype(np.float32)
            if onwards:
                following = self._times(self._matrix, image)
                # The smallest square within the block is at most the true one; half of it may be taken from all.
                following -= np.float32(0.5 * squares[-1]) * self.basis
                self.basis = _orthonormal(following)
            return np.asarray(leading * _signs(leading), np.float32)

    def _start(self) -> FloatMatrix:
        rng = np.random.default_rng(SEED)
        start = np.empty((self._matrix.rows, self._width), np.float32)
        for first in range(0, len(start), ROWS):
            part = start[first : first + ROWS]
            part[:] = rng.standard_normal(part.shape)
        # Rows of nothing have no part in any singular vector.
        start[np.diff(self._matrix.starts) == 0] = 0
        with threadpool_limits(self._threads, user_api="blas"):
            return _orthonormal(start)

    def _times(self, matrix: Sparse, dense: FloatMatrix) -> FloatMatrix:
        from core.kernels.spmm import WIDEST

        answer = np.empty((matrix.rows, self._width), np.float32)
        if self._width <= WIDEST:
            self._multiply(matrix, dense, answer)
            return answer
        for first in range(0, self._width, WIDEST):
            strip = slice(first, min(first + WIDEST, self._width))
            product = np.empty((matrix.rows, strip.stop - first), np.float32)
            self._multiply(matrix, np.ascontiguousarray(dense[:, strip]), product)
            answer[:, strip] = product
        return answer

    def _multiply(self, matrix: Sparse, dense: FloatMatrix, answer: FloatMatrix) -> None:
        from core.kernels.spmm import product_kernel

        kernel, bounds = product_kernel(dense.shape[1]), matrix.cut(PIECES).tolist()

        def multiply(piece: int, tally: Tally) -> None:
            kernel(matrix.starts, matrix.columns, matrix.values, dense, bounds[piece], bounds[piece + 1], answer)
            tally.add(0.0, 0)

        with Workers(self._threads, multiply) as workers:
            workers.run(0, len(bounds) - 1, math.inf)


def _gram(block: FloatMatrix) -> npt.NDArray[np.float64]:
    """Products of a block's columns, in double precision: small singular values would drown otherwise."""
    total = np.zeros((block.shape[1], block.shape[1]))
    for first in range(0, len(block), ROWS):
        part = block[first : first + ROWS].astype(np.float64)
        total += part.T @ part
    return total


def _eigen(gram: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Eigenvalues, largest first, those that are nothing but rounding as zero; and eigenvectors."""
    values, vectors = np.linalg.eigh(gram)
    values, vectors = values[::-1], vectors[:, ::-1]
    floor = max(float(values[0]), 0.0) * len(values) * 1e-12
    return np.where(values > floor, values, 0.0), vectors


def _orthonormal(block: FloatMatrix) -> FloatMatrix:
    """Orthonormal columns that span what those of the block do; zeros where they span less."""
    for _ in range(2):
        squares, vectors = _eigen(_gram(block))
        scales = np.where(squares > 0, 1 / np.sqrt(np.where(squares > 0, squares, 1)), 0.0)
        block = block @ (vectors * scales).astype(np.float32)
    return block


def _signs(columns: FloatMatrix) -> FloatMatrix:
    """The signs with which the largest entry of each column is positive."""
    largest = np.abs(columns).argmax(axis=0)
    return np.where(columns[largest, np.arange(columns.shape[1])] < 0, -1, 1).astype(np.float32)


def warm(dimensions: int) -> None:
    """Compile the kernels that these dimensions need, or load them from numba's cache."""
    from core.kernels.spmm import WIDEST, product_kernel

    width = block_width(dimensions)
    for first in range(0, width, WIDEST):
        product_kernel(min(WIDEST, width - first))
