"""Parameters: one validator, one sentence; texts become values in one way."""

from typing import Literal

import pytest
from pydantic import field_validator

from core.errors import SettingsError
from core.params import ANY, Field, Params, describe, parse_assignments, parse_value, validate, without_effect


class Example(Params):
    window: int = Field(5, ge=1, le=50, description="Words on each side.")
    rate: float = Field(0.025, gt=0, le=10, description="Size of a step.", json_schema_extra={"advanced": True})
    order: Literal["add", "mul"] = Field("add", description="Which one.")
    fold: bool = Field(True, description="Fold case.")
    column: str | None = Field(None, description="Which column.")


def test_describe_gives_kind_bounds_and_default() -> None:
    infos = {info.name: info for info in describe(Example)}
    assert [info.kind for info in infos.values()] == ["integer", "number", "choice", "switch", "text"]
    assert (infos["window"].minimum, infos["window"].maximum, infos["window"].default) == (1, 50, 5)
    assert infos["order"].choices == ("add", "mul")
    assert infos["rate"].advanced
    assert not infos["window"].advanced
    assert infos["column"].optional
    assert infos["rate"].label == "Rate"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"window": 0}, "window must be a whole number from 1 to 50, not 0; try 5."),
        ({"window": True}, "window must be a whole number from 1 to 50, not True; try 5."),
        ({"window": "7"}, "window must be a whole number from 1 to 50, not '7'; try 5."),
        ({"window": 2.5}, "window must be a whole number from 1 to 50, not 2.5; try 5."),
        ({"rate": float("nan")}, "rate must be a number from 0 to 10, not nan; try 0.025."),
        ({"rate": -1}, "rate must be a number from 0 to 10, not -1; try 0.025."),
        ({"rate": 1000}, "rate must be a number from 0 to 10, not 1000; try 0.025."),
        ({"rate": None}, "rate must be a number from 0 to 10, not None; try 0.025."),
        ({"order": "sum"}, "order must be one of add, mul, not 'sum'; try add."),
        ({"colour": 1}, "“colour” is not a setting of skipgram; there are: window, rate, order, fold, column."),
    ],
)
def test_a_bad_value_is_one_sentence(values: dict[str, object], sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        validate(Example, values, "skipgram")
    assert str(caught.value) == sentence


def test_good_values_and_defaults() -> None:
    params = validate(Example, {"window": 7, "rate": 1})
    assert (params.window, params.rate, params.order, params.column) == (7, 1.0, "add", None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("0.5", 0.5),
        ("true", True),
        ("null", None),
        ("add", "add"),
        ("1_0", "1_0"),
        ("5; rm", "5; rm"),
        ("", ""),
    ],
)
def test_texts_become_json_literals_or_stay_texts(text: str, value: object) -> None:
    assert parse_value(text) == value
    assert type(parse_value(text)) is type(value)


def test_deeply_nested_text_stays_text() -> None:
    assert parse_value("[" * 100_000) == "[" * 100_000


def test_assignments() -> None:
    assert parse_assignments(["window=5", "window=7", "rate = 0.1"]) == {"window": 7, "rate": 0.1}
    assert parse_assignments(["a=.05", "b=-.5", "c=.1e-2", "d=.5.", "e=."]) == {
        "a": 0.05,
        "b": -0.5,
        "c": 0.001,
        "d": ".5.",
        "e": ".",
    }
    with pytest.raises(SettingsError, match="write name=value"):
        parse_assignments(["window"])


class Conditional(Params):
    """Fields that do something under other settings only."""

    noise: Literal["unigram", "uniform"] = Field("unigram", description="Where from.")
    exponent: float = Field(
        0.75, ge=0, le=1, description="How.", json_schema_extra={"advanced": True, "with": {"noise": ["unigram"]}}
    )
    frozen: int = Field(0, ge=0, le=9, description="How long.", json_schema_extra={"with": {"begin_from": [ANY]}})


def test_a_field_may_say_under_which_settings_it_does_anything() -> None:
    noise, exponent, frozen = describe(Conditional)
    assert noise.applies({})
    assert [exponent.applies({"noise": value}) for value in ("unigram", "uniform")] == [True, False]
    assert [frozen.applies(values) for values in ({}, {"begin_from": ""}, {"begin_from": "x"})] == [False, False, True]
    assert [info.condition for info in (noise, exponent, frozen)] == ["", "noise unigram", "begin from set"]
    assert validate(Conditional, {"noise": "uniform", "exponent": 0.5}).exponent == 0.5  # its value stays
    given = {"noise": "uniform", "exponent": 0.5}
    assert without_effect(Conditional, given, given) == [
        "exponent is without effect: it counts with noise unigram only."
    ]
    assert without_effect(Conditional, given, given | {"noise": "unigram"}) == []


class Picky(Params):
    """A rule of its own."""

    kind: str = Field("a", description="A or b.")

    @field_validator("kind")
    @classmethod
    def _known(cls, value: str) -> str:
        raise ValueError({"x": "kind must be a or b", "y": "there is no “y”; did you mean x?"}.get(value, "not this."))


@pytest.mark.parametrize(
    ("value", "sentence"),
    [("x", "kind must be a or b."), ("y", "kind: there is no “y”; did you mean x?"), ("z", "kind: not this.")],
)
def test_a_rule_of_its_own_is_one_sentence_too(value: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        validate(Picky, {"kind": value})
    assert str(caught.value) == sentence
