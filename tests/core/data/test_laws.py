"""Growth, Heaps, Zipf and coverage on texts whose answer is known."""

import numpy as np
import pytest

from core.data import laws
from core.data.laws import coverage, growth, heaps, zipf


def test_growth_by_hand():
    # a b a c a b d: 1 2 2 3 3 3 4 different words.
    tokens = np.array([0, 1, 0, 2, 0, 1, 3], np.uint32)
    after, met = growth(tokens, 4, points=100)
    assert dict(zip(after.tolist(), met.tolist(), strict=True)) == {1: 1, 2: 2, 3: 2, 4: 3, 5: 3, 6: 3, 7: 4}


@pytest.mark.parametrize("block", [1, 3, 10_000])
def test_growth_counts_what_python_counts(monkeypatch, block):
    monkeypatch.setattr(laws, "BLOCK", block)
    tokens = np.random.default_rng(1).geometric(0.01, 5000).astype(np.uint32)
    _, tokens = np.unique(tokens, return_inverse=True)
    after, met = growth(tokens.astype(np.uint32), int(tokens.max()) + 1)
    assert met.tolist() == [len(set(tokens[:n].tolist())) for n in after.tolist()]
    assert after[-1] == 5000


def test_laws_find_the_exponent_of_their_own_curves():
    found = zipf(np.array([round(60_000 / rank) for rank in range(1, 5001)], np.int64))
    assert found.exponent == pytest.approx(-1, abs=0.01)
    assert found.factor == pytest.approx(60_000, rel=0.05)
    assert found.r2 > 0.999
    after = np.unique(np.geomspace(1, 10**6, 60).astype(np.int64))
    found = heaps(after, np.rint(3 * after**0.6).astype(np.int64))
    assert (found.factor, found.exponent) == (pytest.approx(3, rel=0.02), pytest.approx(0.6, abs=0.003))


def test_too_little_for_a_law():
    assert zipf(np.array([5, 4, 3], np.int64)) is None
    assert zipf(np.array([7] * 50, np.int64)) is None
    assert heaps(np.array([1, 2], np.int64), np.array([1, 2], np.int64)) is None


def test_coverage_by_hand():
    sizes, shares = coverage(np.array([6, 3, 1], np.int64), points=10)
    assert sizes.tolist() == [1, 2, 3]
    assert shares.tolist() == [0.6, 0.9, 1.0]
