"""Mean and interval over seeds: by hand, and by Student's table."""

import numpy as np
import pytest

from core.evaluation.spread import clustered_error, spread


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


def test_the_error_of_values_in_groups_by_hand():
    # Mean 3; about it the first group sums up to −2 − 1 = −3, the second to 0 + 3 = 3: √(2/1 · (9 + 9)) / 4.
    values, groups = np.array([1.0, 2.0, 3.0, 6.0]), np.array([7, 7, 9, 9])
    assert clustered_error(values, groups) == pytest.approx(6 / 4)
    assert clustered_error(values, np.arange(4)) == pytest.approx(values.std(ddof=1) / 2)
    assert clustered_error(values, np.zeros(4, int)) is None
    assert clustered_error(values[:0], groups[:0]) is None


def test_lines_that_differ_make_the_error_that_lines_drawn_anew_have():
    rng = np.random.default_rng(3)
    lines = np.repeat(np.arange(40), 25)
    drawn = [rng.normal(size=40)[lines] + rng.normal(size=1000) for _ in range(400)]
    told = np.mean([clustered_error(values, lines) for values in drawn])
    assert told == pytest.approx(np.std([values.mean() for values in drawn]), rel=0.1)
