"""Mean and interval over seeds: by hand, and by Student's table."""

import pytest

from core.evaluation.spread import spread


def test_by_hand():
    # Mean 2, deviation √(((−1)² + 0² + 1²) / 2) = 1; t(.975, 2) = 4.3027, so that the mean lies within ± 4.3027 / √3.
    found = spread([1.0, 2.0, 3.0])
    assert (found.mean, found.deviation, found.count) == (2, 1, 3)
    assert found.interval == pytest.approx((2 - 4.30265 / 3**0.5, 2 + 4.30265 / 3**0.5), abs=1e-5)
    assert found.reach == pytest.approx(4.30265 / 3**0.5, abs=1e-5)


def test_two_and_one_and_none():
    assert spread([0.0, 2.0]).reach == pytest.approx(12.7062, abs=1e-4)
    one = spread([5.0])
    assert (one.mean, one.deviation, one.interval, one.reach) == (5, None, None, None)
    assert spread([]) is None


def test_equal_values_leave_no_room():
    assert spread([0.1] * 5).interval == (pytest.approx(0.1), pytest.approx(0.1))
