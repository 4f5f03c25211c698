"""Rates by hand, and a training that ends early where it should."""

import json
import math

import pytest

from core.architecture import ARCHITECTURES
from core.params import validate
from core.schedule import FLOOR, EarlyStopping, rate_factor, with_own_rate


@pytest.mark.parametrize(
    ("schedule", "warm_up", "fraction", "factor"),
    [
        ("linear", 0, 0, 1),
        ("linear", 0, 0.25, 0.75),
        ("linear", 0, 1, FLOOR),
        ("linear", 0.2, 0.1, 0.5),
        ("linear", 0.2, 0.2, 1),
        ("linear", 0.2, 0.6, 0.5),
        ("cosine", 0, 0, 1),
        ("cosine", 0, 0.5, 0.5),
        ("cosine", 0, 1 / 3, 0.75),  # (1 + cos(π/3)) / 2
        ("cosine", 0, 1, FLOOR),
        ("constant", 0, 0.9, 1),
        ("constant", 0.5, 0, FLOOR),
        ("constant", 0.5, 0.25, 0.5),
        ("constant", 0.5, 1, 1),
    ],
)
def test_the_rate_by_hand(schedule, warm_up, fraction, factor):
    assert rate_factor(schedule, warm_up, fraction) == pytest.approx(factor)


def test_training_ends_when_the_loss_has_not_fallen_for_two_epochs():
    stopping = EarlyStopping(2)
    assert [stopping.ends(loss) for loss in (3.0, 2.0, 2.5, 1.9, 1.9, 2.1)] == [False] * 5 + [True]
    assert "after epoch 6" in stopping.reason
    assert "1.9 for 2 epochs" in stopping.reason


def test_without_patience_it_never_ends():
    stopping = EarlyStopping(0)
    assert not any(stopping.ends(loss) for loss in (1.0, 2.0, 3.0))
    assert stopping.reason == ""


def test_a_loss_that_is_no_number_does_not_count_as_falling():
    stopping = EarlyStopping(1)
    assert not stopping.ends(1.0)
    assert stopping.ends(math.nan)
    assert stopping.lowest == 1.0


def test_it_goes_on_from_a_checkpoint_as_if_it_had_never_stopped():
    for told in ([], [2.0], [2.0, 3.0]):
        straight = EarlyStopping(3)
        for loss in told:
            straight.ends(loss)
        kept = json.loads(json.dumps(straight.to_json(), allow_nan=False))
        assert EarlyStopping.from_json(3, kept) == straight


@pytest.mark.parametrize(
    ("name", "chosen", "rate"),
    [
        ("skipgram", {"optimiser": "adagrad"}, 0.1),
        ("cbow", {"optimiser": "adam", "epochs": 3}, 0.003),
        ("skipgram", {"optimiser": "adagrad", "learning_rate": 0.3}, 0.3),
        ("cbow", {"combine": "sum"}, 0.025),
        ("cbow", {"combine": "sum", "optimiser": "sgd"}, 0.025),
        ("cbow", {"combine": "sum", "optimiser": "adagrad"}, 0.1),
        ("cbow", {"combine": "sum", "learning_rate": 0.04}, 0.04),
        ("cbow", {"combine": "mean"}, 0.05),
        ("skipgram", {"optimiser": "sgd"}, 0.05),
        ("skipgram", {"epochs": 3}, 0.05),
        ("autoencoder", {"optimiser": "adagrad"}, 0.05),
        ("supervised", {"optimiser": "sgd"}, 5.0),
        ("autoencoder", {"optimiser": "sgd"}, 2.0),
        ("supervised", {"optimiser": "adam"}, 0.05),
        ("supervised", {"optimiser": "sgd", "hidden": 0}, 5.0),
        ("supervised", {"optimiser": "sgd", "hidden": 32}, 2.0),
        ("supervised", {"optimiser": "sgd", "hidden": 32, "learning_rate": 3.0}, 3.0),
        ("supervised", {"optimiser": "adagrad", "hidden": 32}, 0.1),
        ("supervised", {"hidden": 32}, 0.05),
        ("glove", {}, 0.05),
    ],
)
def test_settings_bring_a_rate_of_their_own_unless_there_is_one(name, chosen, rate):
    params = ARCHITECTURES.get(name).Params
    made = validate(params, {"learning_rate": 0.05} | with_own_rate(params, chosen))
    assert made.learning_rate == rate
    assert {key: getattr(made, key) for key in chosen} == chosen


def test_rates_of_their_own_are_of_optimisers_that_there_are():
    for unit in ARCHITECTURES:
        for optimiser, rate in getattr(unit.Params, "own_rates", {}).items():
            validate(unit.Params, {"optimiser": optimiser, "learning_rate": rate})


def test_what_is_no_optimiser_is_left_to_be_refused():
    for name, wrong in (
        ("skipgram", {"optimiser": [1]}),
        ("supervised", {"hidden": "wide"}),
        ("cbow", {"combine": [1]}),
    ):
        assert with_own_rate(ARCHITECTURES.get(name).Params, wrong) == wrong
