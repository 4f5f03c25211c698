"""The loss curve: smoothing by hand, thinning, what is drawn."""

import json

import pytest

from pages.ui.loss_chart import Curve, loss_options, over_of, overlay_options, smooth, sparkline, thin


def row(words, loss, held_out=None, fraction=None, seconds=0.0):
    share = words / 1000 if fraction is None else fraction
    return {"words": words, "loss": loss, "held_out_loss": held_out, "fraction": share, "seconds": seconds}


def test_smoothing_by_hand():
    # memory .9: (.9·.1·1 + .1·2) / (.1 + .09) = .29 / .19, and .9·.29 + .1·4 = .661 over .1 + .9·.19 = .271
    assert smooth([1, 2, 4], 0.9) == pytest.approx([1, 0.29 / 0.19, 0.661 / 0.271])


def test_a_constant_stays_what_it_is():
    assert smooth([3.0] * 50) == pytest.approx([3.0] * 50)


def test_thinning_keeps_both_ends():
    assert thin(list(range(10)), 4) == [0, 3, 6, 9]
    assert thin([1, 2], 4) == [1, 2]
    assert len(thin(list(range(10_001)), 600)) == 600


def names(options):
    return [one["name"] for one in options["series"]]


def test_raw_smoothed_and_held_out_are_three_lines():
    rows = [row(100 * i, 4.0 - i / 10, 2.5 if i == 20 else None) for i in range(1, 21)]
    options = loss_options(rows, [Curve("before", rows)], whole=4000)
    assert names(options) == ["before", "Loss of each step", "Loss, smoothed", "Held-out loss"]
    assert options["legend"]["data"] == ["Loss of each step", "Loss, smoothed", "Held-out loss"]
    assert options["series"][1]["data"][:2] == [[0.1, 3.9], [0.2, 3.8]]
    assert options["series"][3]["data"] == [[2.0, 2.5]]
    assert options["series"][3]["lineStyle"]["type"] == "dotted"
    assert options["xAxis"]["max"] == 4.0
    json.dumps(options, allow_nan=False)


def test_a_few_losses_are_drawn_as_they_are():
    rows = [row(100, None), row(200, 0.9), row(300, 0.3), row(400, 0.2)]
    options = loss_options(rows, whole=400)
    assert names(options) == ["Loss, smoothed"], "and no line for what was not measured"
    assert options["series"][0]["data"] == [[0.2, 0.9], [0.3, 0.3], [0.4, 0.2]]
    assert smooth([0.9, 0.3, 0.2])[-1] == 0.2


def test_runs_beside_it_have_colours_and_names():
    rows, longer = [row(100, 4.0), row(300, 2.0)], [row(100, 3.0), row(900, 1.0, 1.5)]
    options = loss_options(rows, beside=[Curve("other", longer)], whole=300)
    assert names(options) == ["other", "other", "Loss, smoothed"]
    assert options["legend"]["data"] == ["Loss, smoothed", "other"]
    assert options["series"][0]["itemStyle"] == options["series"][1]["itemStyle"]
    assert options["series"][0]["itemStyle"] != options["series"][2]["itemStyle"]
    assert options["xAxis"]["max"] == 0.9, "the longest is seen whole"


def test_where_no_more_words_are_read_the_curve_runs_over_the_work():
    factored = [row(500, 0.9, fraction=0.5), row(500, 0.3, fraction=0.75), row(500, 0.2, fraction=1.0)]
    learned = [row(250, 3.0), row(500, 2.0), row(1000, 1.0)]
    assert (over_of(factored), over_of(learned), over_of([])) == ("share", "words", "words")
    options = loss_options(factored)
    assert options["series"][0]["data"] == [[50.0, 0.9], [75.0, 0.3], [100.0, 0.2]]
    assert (options["xAxis"]["name"], options["xAxis"]["max"]) == ("% of the work", 100.0)
    both = overlay_options([Curve("a", factored), Curve("b", learned)])
    assert both["xAxis"]["name"] == "% of the work"
    assert both["series"][1]["data"] == [[25.0, 3.0], [50.0, 2.0], [100.0, 1.0]]


def test_curves_of_several_runs_over_time():
    one, two = [row(100, 3.0, seconds=1.0), row(900, 1.0, 1.2, seconds=4.0)], [row(500, 2.0, seconds=240.0)]
    options = overlay_options([Curve("one", one), Curve("two", two)], "seconds", unit="apples")
    assert names(options) == ["one", "one", "two"]
    assert options["series"][0]["data"] == [[0.01667, 3.0], [0.06667, 1.0]]
    assert (options["xAxis"]["name"], options["xAxis"]["max"]) == ("minutes of training", 4.0)
    assert options["yAxis"]["name"] == "apples"
    assert overlay_options([Curve("one", one)], "seconds")["xAxis"]["name"] == "seconds of training"
    json.dumps(overlay_options([]), allow_nan=False)


def test_large_corpora_count_in_millions():
    assert loss_options([row(5_000_000, 1.0)], whole=8e6)["xAxis"]["name"] == "million words"


def test_a_sparkline_is_short():
    assert sparkline([row(i, 5 - i / 100) for i in range(1, 300)], 30)[0] == pytest.approx(4.99)
    assert len(sparkline([row(i, 1.0) for i in range(300)], 30)) == 30
    assert sparkline([]) == []
