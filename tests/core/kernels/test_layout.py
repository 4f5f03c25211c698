"""UMAP's two loops: one step worked by hand, the loops against plain Python, and the random draws."""

import numpy as np
import pytest

from core.kernels.layout import NEGATIVES, TABLE_CELLS, TABLE_LOWEST, TABLE_SHIFT, optimise_layout, smooth_distances
from core.projection.umap import _tables, curve


def arguments(words: int, edges: int, epochs: int) -> list:
    rng = np.random.default_rng(2)
    heads, tails = rng.integers(0, words, (2, edges)).astype(np.int32)
    every = rng.uniform(1, 4, edges).astype(np.float32)
    return [
        rng.normal(scale=3, size=(words, 3)).astype(np.float32),
        heads,
        tails,
        every,
        every.copy(),
        *_tables(*curve(0.1)),
        np.array([12345], np.uint64),
        (0, epochs, 10),
        1.0,
    ]


def one_edge(tail: int) -> list[np.ndarray]:
    """The edge from word 0 to `tail`, due at once."""
    return [np.array([0], np.int32), np.array([tail], np.int32), np.ones(1, np.float32), np.zeros(1, np.float32)]


def test_one_attraction_by_hand():
    positions = np.array([[0, 0, 0], [2, 0, 0]], np.float32)
    pull, push = _tables(a=1.0, b=1.0)
    optimise_layout(positions, *one_edge(1), pull, 0 * push, np.ones(1, np.uint64), (0, 1, 1), 0.5)
    # −2ab·d^(2(b−1)) / (1 + a·d^(2b)) = −2 / 5, times the difference −2, times the rate .5: .4 towards each other
    np.testing.assert_allclose(positions, [[0.4, 0, 0], [1.6, 0, 0]], atol=2e-3)


def test_repulsions_by_hand():
    pull, push = _tables(a=1.0, b=1.0)
    draws = []
    for seed in range(200):
        positions = np.array([[0, 0, 0], [2, 0, 0]], np.float32)
        optimise_layout(positions, *one_edge(1), 0 * pull, push, np.array([seed], np.uint64), (0, 1, 1), 0.5)
        # 2b / ((.001 + 4)(1 + 4)) times −2 times .5 for each draw of word 1; a draw of word 0 itself pushes nothing.
        draws.append(-positions[0, 0] / (0.5 * 2 * 2 / (4.001 * 5)))
        assert positions[1].tolist() == [2, 0, 0]
    np.testing.assert_allclose(draws, np.round(draws), atol=2e-2)
    assert 0 <= min(draws) < max(draws) <= NEGATIVES + 0.02
    # Binomial of 5 draws with chance 1/2: mean 2.5, standard error of 200 of them .08.
    assert np.mean(draws) == pytest.approx(2.5, abs=0.3)


def test_tables_follow_the_curves():
    a, b = curve(0.1)
    squared = np.geomspace(1e-6, 1e5, 5000).astype(np.float32)
    bits = squared.view(np.int32)
    cell = (bits >> TABLE_SHIFT) - TABLE_LOWEST
    assert cell.min() >= 0
    assert cell.max() < TABLE_CELLS
    part = (bits & ((1 << TABLE_SHIFT) - 1)) / (1 << TABLE_SHIFT)
    exact = squared.astype(np.float64)
    pull = -2 * a * b * exact ** (b - 1) / (1 + a * exact**b)
    push = 2 * b / ((0.001 + exact) * (1 + a * exact**b))
    for table, value in zip(_tables(a, b), (pull, push), strict=True):
        np.testing.assert_allclose(table[cell] + part * (table[cell + 1] - table[cell]), value, rtol=3e-3)


def test_the_layout_loop_compiled_and_as_plain_python_agree():
    compiled, plain = arguments(30, 60, 4), arguments(30, 60, 4)
    optimise_layout(*compiled)
    with np.errstate(over="ignore"):
        optimise_layout.py_func(*plain)
    np.testing.assert_allclose(compiled[0], plain[0], rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(compiled[4], plain[4])
    assert compiled[7][0] == plain[7][0]


def test_the_neighbourhood_loop_compiled_and_as_plain_python_agree():
    distances = np.sort(np.random.default_rng(1).uniform(size=(20, 7)).astype(np.float32), axis=1)
    distances[3] = 0
    distances[4, :2] = 0
    for compiled, plain in zip(smooth_distances(distances), smooth_distances.py_func(distances), strict=True):
        np.testing.assert_allclose(compiled, plain, rtol=1e-6)


def test_the_fuzzy_number_of_neighbours_is_as_asked():
    distances = np.sort(np.random.default_rng(1).uniform(0.2, 1, size=(50, 14)).astype(np.float32), axis=1)
    sigmas, rhos = smooth_distances(distances)
    np.testing.assert_array_equal(rhos, distances[:, 0])
    fuzzy = np.exp(-(distances - rhos[:, None]) / sigmas[:, None]).sum(axis=1)
    np.testing.assert_allclose(fuzzy, np.log2(15), atol=1e-4)


def test_calls_only_group_epochs_and_two_dimensions_stay_flat():
    whole, parts = arguments(30, 60, 10), arguments(30, 60, 10)
    whole[0][:, 2] = parts[0][:, 2] = 0
    optimise_layout(*whole)
    for first, last in ((0, 3), (3, 4), (4, 10)):
        parts[8] = (first, last, 10)
        optimise_layout(*parts)
    np.testing.assert_array_equal(whole[0], parts[0])
    assert not whole[0][:, 2].any()
