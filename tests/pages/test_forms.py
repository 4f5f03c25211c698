"""The form made from a Params class: every kind of field, presets, what the validator gets; and the escape."""

from typing import Literal

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import SettingsError
from core.params import Field, Params, describe, validate
from pages.ui import forms
from pages.ui.text import ago, count, duration, md, size, worded


class Every(Params):
    """One field of each kind."""

    whole: int = Field(60, ge=1, le=512, description="A *whole* number; costs $5.")
    part: float = Field(0.025, ge=0, le=10, description="A number.")
    maybe: int | None = Field(None, ge=1, le=9, description="A number or none.")
    choice: Literal["add", "mul"] = Field("mul", description="One of two.")
    switch: bool = Field(True, description="On or off.")
    text: str = Field("abc", max_length=9, description="Text.")
    no_text: str | None = Field(None, max_length=9, description="Text or none.")
    words: tuple[str, ...] = Field(("a", "b"), description="Words.")


def page():
    from tests_pages_forms import Every  # the test puts itself there

    from core.params import describe
    from pages.ui import forms

    forms.fields(describe(Every), "f")


@pytest.fixture
def app(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "tests_pages_forms", sys.modules[__name__])
    app = AppTest.from_function(page, default_timeout=20).run()
    assert not app.exception, app.exception
    return app


def read(app):
    import unittest.mock

    state = {f"f.{name}": app.session_state[f"f.{name}"] for name in Every.model_fields}
    with unittest.mock.patch("pages.ui.forms.st.session_state", state):
        return forms.read(describe(Every), "f")


def test_every_kind_has_its_widget_and_its_default(app):
    assert app.number_input(key="f.whole").value == 60
    assert app.number_input(key="f.part").value == 0.025
    assert app.number_input(key="f.maybe").value is None
    assert app.selectbox(key="f.choice").value == "mul"
    assert app.toggle(key="f.switch").value is True
    assert app.text_input(key="f.text").value == "abc"
    assert app.text_input(key="f.words").value == "a b"


def test_what_stands_in_the_form_is_what_the_validator_takes(app):
    assert validate(Every, read(app)) == Every()
    app.number_input(key="f.whole").set_value(7)
    app.number_input(key="f.part").set_value(1)
    app.number_input(key="f.maybe").set_value(3)
    app.selectbox(key="f.choice").set_value("add")
    app.toggle(key="f.switch").set_value(False)
    app.text_input(key="f.text").set_value("x y")
    app.text_input(key="f.words").set_value("c, d  e").run()
    assert validate(Every, read(app)) == Every(
        whole=7, part=1.0, maybe=3, choice="add", switch=False, text="x y", words=("c", "d", "e")
    )


class Conditional(Params):
    """A field that does something under another only, and one of a group."""

    noise: Literal["unigram", "uniform"] = Field("unigram", description="Where from.")
    exponent: float = Field(0.75, ge=0, le=1, description="How.", json_schema_extra={"with": {"noise": ["unigram"]}})
    still: bool = Field(
        False, description="Whether.", json_schema_extra={"group": "Where it begins", "with": {"begin_from": ["*"]}}
    )


def conditional():
    from tests_pages_forms import Conditional

    from core.params import describe
    from pages.ui import forms

    forms.fields(forms.applying(describe(Conditional), "c", {}), "c")


def test_what_does_nothing_is_not_shown_keeps_its_value_and_is_not_read(monkeypatch):
    import sys
    import unittest.mock

    monkeypatch.setitem(sys.modules, "tests_pages_forms", sys.modules[__name__])
    app = AppTest.from_function(conditional, default_timeout=20).run()
    assert [one.key for one in (*app.selectbox, *app.number_input, *app.toggle)] == ["c.noise", "c.exponent"]
    app.number_input(key="c.exponent").set_value(0.5).run()
    app.selectbox(key="c.noise").set_value("uniform").run()
    assert not app.number_input
    state = {"c.noise": "uniform", "c.exponent": None, "c.still": True}
    with unittest.mock.patch("pages.ui.forms.st.session_state", state):
        assert forms.read(describe(Conditional), "c", {}) == {"noise": "uniform", "exponent": 0.75, "still": False}
        assert forms.read(describe(Conditional), "c", {"begin_from": "x"})["still"] is True
    app.selectbox(key="c.noise").set_value("unigram").run()
    assert app.number_input(key="c.exponent").value == 0.5


def test_fields_stand_under_their_group_the_own_ones_first():
    found = forms.groups(describe(Conditional), "Skip-gram")
    assert {name: [info.name for info in members] for name, members in found.items()} == {
        "Skip-gram": ["noise", "exponent"],
        "Where it begins": ["still"],
    }
    assert list(forms.groups(describe(Conditional)[2:], "Skip-gram")) == ["Where it begins"]


def test_an_empty_number_is_one_sentence(app):
    app.number_input(key="f.whole").set_value(None).run()
    with pytest.raises(SettingsError, match="whole is empty; it must be a whole number from 1 to 512"):
        read(app)


def test_a_value_outside_its_rule_reaches_the_validator(app):
    app.number_input(key="f.part").set_value(-1.0).run()
    assert not app.exception
    with pytest.raises(SettingsError, match="part must be a number from 0 to 10, not -1"):
        validate(Every, read(app))


def test_help_says_the_rule_and_is_no_markdown(app):
    said = app.number_input(key="f.whole").help
    assert "\\*whole\\*" in said
    assert "\\$5" in said
    assert "from 1 to 512" in said


@pytest.mark.parametrize(
    "text",
    [
        "*bold*",
        "[link](http://x)",
        "![image](http://x)",
        "$x^2$",
        "`code`",
        "<b>",
        "# head",
        ":red[x]",
        "a_b_c",
        "~~x~~",
    ],
)
def test_md_shows_text_as_it_is(text):
    shown = md(text)
    for char in "*_[]()`$<>#:~!":
        assert char not in shown.replace(f"\\{char}", "")
    assert shown.replace("\\", "") == text


def test_md_is_one_line_and_not_too_long():
    assert md("a\nb\tc") == "a b c"
    assert len(md("x" * 500)) <= 80
    assert md("a\u202eb\x00c") == "abc"


def test_numbers_for_people():
    assert count(1234567) == "1,234,567"
    assert [duration(x) for x in (0.04, 9.94, 59, 125, 3780)] == ["0.0 s", "9.9 s", "59 s", "2 min 5 s", "1 h 3 min"]
    assert [duration(x) for x in (59.7, 600, 7200)] == ["1 min", "10 min", "2 h"]
    assert [size(x) for x in (12, 3_200_000, 7.5e9)] == ["12 B", "3.2 MB", "7.5 GB"]
    assert ago("nonsense") == "at an unknown time"
    assert ago("2020-01-31T00:00:00+00:00") == "31 Jan 2020"


class Cramped(Params):
    """Fields of which some have no room in half a form."""

    first: int = Field(60, ge=1, le=512, description="A number.")
    long: Literal["short", "hierarchical_softmax"] = Field("short", description="One of two.")
    second: int = Field(60, ge=1, le=512, description="A number.")
    many: int = Field(200_000, ge=1, le=999_999, description="A number of six digits.")


def cramped():
    from tests_pages_forms import Cramped

    from core.params import describe
    from pages.ui import forms

    forms.fields(describe(Cramped), "w")


def test_what_would_be_cut_off_has_a_row_to_itself(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "tests_pages_forms", sys.modules[__name__])
    app = AppTest.from_function(cramped, default_timeout=20).run()
    halves = [one.key for column in app.columns for one in (*column.number_input, *column.selectbox)]
    assert halves == ["w.first", "w.second"]
    assert {"w.long", "w.many"} <= {one.key for one in (*app.number_input, *app.selectbox)}


@pytest.mark.parametrize(
    ("choice", "shown"),
    [
        ("sgd", "SGD"),
        ("adam", "Adam"),
        ("adagrad", "AdaGrad"),
        ("nce", "NCE"),
        ("bpe", "BPE"),
        ("hierarchical_softmax", "hierarchical softmax"),
    ],
)
def test_choices_are_written_as_people_write_them(choice, shown):
    assert worded(choice) == shown
