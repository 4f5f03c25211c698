"""The loss curve: smoothing by hand, thinning, what is drawn."""

import json

import pytest

from pages.ui.loss_chart import Earlier, loss_options, smooth, sparkline, thin


def row(words, loss, held_out=None):
    return {"words": words, "loss": loss, "held_out_loss": held_out, "block": words, "fraction": words / 1000}


def test_smoothing_by_hand():
    # memory .9: (.9·.1·1 + .1·2) / (.1 + .09) = .29 / .19, and .9·.29 + .1·4 = .661 over .1 + .9·.19 = .271
    assert smooth([1, 2, 4], 0.9) == pytest.approx([1, 0.29 / 0.19, 0.661 / 0.271])


def test_a_constant_stays_what_it_is():
    assert smooth([3.0] * 50) == pytest.approx([3.0] * 50)


def test_thinning_keeps_both_ends():
    assert thin(list(range(10)), 4) == [0, 3, 6, 9]
    assert thin([1, 2], 4) == [1, 2]
    assert len(thin(list(range(10_001)), 600)) == 600


def test_raw_smoothed_and_held_out_are_three_lines():
    rows = [row(100, 4.0), row(200, None), row(300, 2.0, 2.5)]
    options = loss_options(rows, [Earlier("before", rows)], whole=1000)
    names = [one["name"] for one in options["series"]]
    assert names == ["before", "Loss of each step", "Loss, smoothed", "Held-out loss"]
    assert options["series"][1]["data"] == [[0.1, 4.0], [0.3, 2.0]]
    assert options["series"][3]["data"] == [[0.3, 2.5]]
    assert options["series"][3]["lineStyle"]["type"] == "dotted"
    assert options["xAxis"]["max"] == 1.0
    json.dumps(options, allow_nan=False)


def test_large_corpora_count_in_millions():
    assert loss_options([row(5_000_000, 1.0)], whole=8e6)["xAxis"]["name"] == "million words"


def test_a_sparkline_is_short():
    assert sparkline([row(i, 5 - i / 100) for i in range(1, 300)], 30)[0] == pytest.approx(4.99)
    assert len(sparkline([row(i, 1.0) for i in range(300)], 30)) == 30
    assert sparkline([]) == []
