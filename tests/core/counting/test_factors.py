"""The factoring of sparse matrices against numpy's singular value decomposition."""

import numpy as np
import pytest
from scipy import sparse

from core.counting.documents import transposed
from core.counting.factors import SubspaceIteration, block_width
from core.counting.sparse import Sparse


def random_matrix(rows, columns, density=0.2, seed=1):
    """A sparse matrix whose singular values fall, as those of counts do."""
    rng = np.random.default_rng(seed)
    table = np.outer(1 / np.arange(1, rows + 1) ** 0.3, 1 / np.arange(1, columns + 1) ** 0.3)
    table *= rng.random(table.shape) * (rng.random(table.shape) < density)
    return table.astype(np.float32)


def sparse_of(table):
    found = sparse.csr_matrix(table)
    return Sparse(found.indptr.astype(np.int64), found.indices.astype(np.uint32), found.data, table.shape[1])


def factored(table, dimensions, steps, exponent=1.0, threads=1):
    search = SubspaceIteration(sparse_of(table), sparse_of(table.T), dimensions, threads)
    for number in range(steps):
        vectors = search.step(exponent, number + 1 < steps)
    return search, vectors


@pytest.mark.parametrize(("rows", "columns"), [(200, 200), (150, 400), (400, 90)])
@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0])
def test_as_numpy_decomposes(rows, columns, exponent):
    table = random_matrix(rows, columns)
    search, vectors = factored(table, 6, 60, exponent)
    left, values, _ = np.linalg.svd(table, full_matrices=False)
    np.testing.assert_allclose(search.values, values[:6], rtol=1e-4)
    assert search.unexplained == pytest.approx(1 - (values[:6] ** 2).sum() / (values**2).sum(), abs=1e-5)
    expected = left[:, :6] * values[:6] ** exponent
    # The sign of a singular vector is free; ours makes its largest entry positive.
    expected *= np.sign(expected[np.abs(expected).argmax(axis=0), np.arange(6)])
    np.testing.assert_allclose(vectors, expected, atol=2e-3 * float(np.abs(expected).max()))
    assert (vectors[np.abs(vectors).argmax(axis=0), np.arange(6)] > 0).all()


def test_each_pass_explains_more():
    table = random_matrix(300, 300)
    search = SubspaceIteration(sparse_of(table), sparse_of(table.T), 8, 1)
    told = []
    for _ in range(6):
        search.step(0.5, True)
        told.append(search.unexplained)
    assert told == sorted(told, reverse=True)
    best = np.linalg.svd(table, compute_uv=False)
    assert told[-1] == pytest.approx(1 - (best[:8] ** 2).sum() / (best**2).sum(), abs=2e-3)


def test_a_rank_below_the_dimensions_leaves_zeros():
    one = np.outer(np.arange(1, 31), np.arange(1, 21)).astype(np.float32)
    search, vectors = factored(one, 5, 3)
    assert search.unexplained == pytest.approx(0, abs=1e-6)
    np.testing.assert_allclose(vectors[:, 0] @ vectors[:, 0], (one**2).sum(), rtol=1e-4)
    np.testing.assert_allclose(vectors[:, 1:], 0, atol=1e-2)
    assert np.isfinite(vectors).all()
    none, vectors = factored(np.zeros((9, 9), np.float32), 3, 2)
    assert not vectors.any()
    assert none.unexplained == 1


def test_words_without_a_cell_stay_zero():
    table = random_matrix(100, 100)
    table[40:50] = 0
    _, vectors = factored(table, 4, 5)
    assert not vectors[40:50].any()


def test_a_block_wider_than_the_registers():
    assert block_width(300) > 256
    table = random_matrix(400, 380)
    search, _ = factored(table, 300, 3)
    np.testing.assert_allclose(search.values[:20], np.linalg.svd(table, compute_uv=False)[:20], rtol=1e-3)


def test_same_bytes_each_time_and_the_same_vectors_with_more_threads():
    table = random_matrix(300, 250)
    one, again, two = (factored(table, 8, 5, threads=threads)[1] for threads in (1, 1, 2))
    assert one.tobytes() == again.tobytes()
    np.testing.assert_allclose(two, one, atol=1e-4)


def test_transposed():
    table = random_matrix(30, 50)
    turned = transposed(sparse_of(table))
    expected = sparse_of(table.T)
    for name in ("starts", "columns", "values", "width"):
        np.testing.assert_array_equal(getattr(turned, name), getattr(expected, name))
