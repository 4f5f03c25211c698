"""Prices: told by size or by a trial, kept with the run, compared with what came true."""

import dataclasses
import json

import pytest

from core.architecture import ARCHITECTURES, CorpusSize
from core.params import validate
from core.runs.prices import Predicted, deviation, fewer_threads, price_by_size, read_predicted
from core.runs.spec import make_spec, read_spec


@pytest.mark.parametrize(
    ("predicted", "true", "said"),
    [
        (125, 100, "+25 %"),
        (24, 30, "−20 %"),
        (10, 10, "±0 %"),
        (10.04, 10, "±0 %"),
        (30_000, 10, "+299,900 %"),
        (1, 0, ""),
    ],
)
def test_a_deviation_is_a_share_of_what_came_true(predicted, true, said):
    assert deviation(predicted, true) == said


def test_the_price_by_size_is_what_the_architecture_reckons():
    unit, size = ARCHITECTURES.get("skipgram"), CorpusSize(100_000, 2_000)
    params = validate(unit.Params, {"epochs": 7}, "skipgram")
    price, reckoned = price_by_size("skipgram", params, size, 2), unit.estimate(params, size, 2)
    assert (price.seconds, price.memory, price.by, price.threads) == (reckoned.seconds, reckoned.memory, "sizes", 2)


def test_a_recipe_keeps_the_price_that_was_told(tmp_path):
    plain = make_spec("random", {}, {"corpus": "c"})
    price = Predicted(seconds=12.5, memory=300_000_000, by="trial", threads=2, share=0.9)
    dataclasses.replace(plain, predicted=price).write(tmp_path)
    assert read_spec(tmp_path).predicted == price


def test_a_recipe_without_a_price_is_as_good_as_ever(tmp_path):
    spec = make_spec("random", {}, {"corpus": "c"})
    spec.write(tmp_path)
    assert "predicted" not in json.loads((tmp_path / "spec.json").read_text("utf-8"))
    assert read_spec(tmp_path).predicted is None


@pytest.mark.parametrize(
    "value",
    [None, 3, [], {}, {"seconds": -1, "memory": 1}, {"seconds": 1e300, "memory": 1}, {"seconds": "1", "memory": 1}],
)
def test_a_price_that_does_not_hold_is_none_and_harms_no_run(tmp_path, value):
    assert read_predicted(value) is None
    spec = make_spec("random", {}, {"corpus": "c"})
    (tmp_path / "spec.json").write_text(json.dumps({**spec.to_json(), "predicted": value}), "utf-8")
    assert read_spec(tmp_path).params == spec.params


def test_with_few_words_the_price_is_that_of_one_thread():
    params = validate(ARCHITECTURES.get("skipgram").Params, {}, "skipgram")
    one, two = (price_by_size("skipgram", params, CorpusSize(100_000, words), 2).threads for words in (999, 1_000))
    assert (one, two) == (1, 2)
    assert fewer_threads(2, one, "skipgram") == "2 threads asked, 1 used: fewer than 1,000 words."
    assert fewer_threads(2, two, "skipgram") == fewer_threads(0, one, "skipgram") == ""


def test_where_more_threads_do_nothing_it_is_said_of_whom():
    said = "4 threads asked, 1 used: more do nothing for Supervised."
    params = validate(ARCHITECTURES.get("supervised").Params, {}, "supervised")
    used = price_by_size("supervised", params, CorpusSize(100_000, 5_000, 900, 3), 4).threads
    assert fewer_threads(4, used, "supervised") == said
    assert fewer_threads(1, used, "supervised") == fewer_threads(0, used, "supervised") == ""
