"""A search as a chart: the best so far, and the axis up to the last trial asked for."""

from pages.ui.trial_chart import best_so_far, trial_options


def test_the_best_so_far_by_hand():
    assert best_so_far([3, 4, 2, 5], lowest=True) == [3, 3, 2, 2]
    assert best_so_far([3, 4, 2, 5], lowest=False) == [3, 4, 4, 5]
    assert best_so_far([], lowest=True) == []


def test_the_line_reaches_to_the_last_trial_that_is_to_be():
    options = trial_options([(1, 3.0), (3, 2.0)], 5, lowest=True)
    scatter, best = options["series"]
    assert scatter["data"] == [[1, 3.0], [3, 2.0]]
    assert best["data"] == [[1, 3.0], [3, 2.0], [5, 2.0]]
    assert options["xAxis"]["max"] == 5


def test_a_theme_has_colours_of_its_own():
    light, dark = (trial_options([(1, 3.0)], 1, lowest=True, dark=dark) for dark in (False, True))
    assert light["series"][0]["itemStyle"] != dark["series"][0]["itemStyle"]
