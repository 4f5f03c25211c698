"""Mean and interval over seeds: by hand, and by Student's table."""

import numpy as np
import pytest

from core.evaluation.spread import clustered_error, spread


def test_by_hand():
    # Mean 2, deviation √(((−1)² + 0² + 1²) / 2) = 1; t(.975, 2) = 4.3027, so that the mean lies within ± 4.3027 / √3.
    found = spread([1.0, 2.0, 3.0])
    assert (found.mean, found.deviation, found.count) == (2, 1, 3)
    assert found.interval == pytest.approx((2 - 4.30265 / 3**0.5, 2 + 4.30265 / 3**0.5), abs=1e-5)


def test_two_and_one_and_none():
    assert spread([0.0, 2.0]).interval == pytest.approx((1 - 12.7062, 1 + 12.7062), abs=1e-4)
    one = spread([5.0])
    assert (one.mean, one.deviation, one.interval) == (5, None, None)
    assert spread([]) is None


def test_equal_values_leave_no_room():
    assert spread([0.1] * 5).interval == (pytest.approx(0.1), pytest.approx(0.1))
    assert spread([1.0] * 5, (0, 1)).interval == (1, 1)


def test_two_seeds_of_a_correlation_by_fishers_z():
    # Mean .6, deviation .2 / √2, so that without bounds it would lie within ± 12.7062 · .1 = 1.27, from −.67 to 1.87.
    assert spread([0.5, 0.7]).interval == pytest.approx((0.6 - 1.27062, 0.6 + 1.27062), abs=1e-4)
    # z = artanh .6 has the error .1 / (1 − .6²): tanh(.6931 ± 12.7062 · .15625).
    z, reach = np.arctanh(0.6), 12.7062 * 0.1 / (1 - 0.6**2)
    assert spread([0.5, 0.7], (-1, 1)).interval == pytest.approx((np.tanh(z - reach), np.tanh(z + reach)), abs=1e-6)


def test_a_share_by_its_logit_in_whatever_unit():
    # Mean .8, error .05: logit .8 = ln 4, its error .05 / (.8 · .2).
    reach = 12.7062 * 0.05 / 0.16
    expected = [1 / (1 + np.exp(-(np.log(4) + side * reach))) for side in (-1, 1)]
    assert spread([0.75, 0.85], (0, 1)).interval == pytest.approx(expected, abs=1e-6)
    assert spread([75.0, 85.0], (0, 100)).interval == pytest.approx([100 * one for one in expected], abs=1e-4)


def test_a_loss_by_its_logarithm():
    # Mean 2, error 1: 2 · e^(± 12.7062 / 2); upside down likewise.
    low, high = 2 * np.exp(-12.7062 / 2), 2 * np.exp(12.7062 / 2)
    assert spread([1.0, 3.0], (0, np.inf)).interval == pytest.approx((low, high), rel=1e-5)
    assert spread([-1.0, -3.0], (-np.inf, 0)).interval == pytest.approx((-high, -low), rel=1e-5)


def test_no_interval_leaves_its_bounds_and_a_narrow_one_is_as_without():
    rng = np.random.default_rng(2)
    for count in (2, 3, 10):
        for values in rng.beta(0.3, 0.3, (300, count)):
            low, high = spread(values.tolist(), (0, 1)).interval
            assert 0 <= low <= values.mean() <= high <= 1
    narrow = [0.7, 0.7001, 0.6999]
    assert spread(narrow, (0, 1)).interval == pytest.approx(spread(narrow).interval, abs=1e-6)


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
