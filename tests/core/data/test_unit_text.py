"""A unit with its settings as one line of text."""

from typing import ClassVar

import pytest

from core.data.options import CorpusOptions
from core.data.tokenizer import TOKENIZERS, canonical_tokenizer
from core.data.unit_text import canonical, parse_unit
from core.errors import SettingsError, UnknownNameError
from core.params import Field, Params, validate


class SwapParams(Params):
    pattern: str = Field("x", max_length=100)
    count: int = Field(3, ge=1, le=9)
    whole: bool = True
    words: tuple[str, ...] = ()


class Swap:
    name: ClassVar[str] = "swap"
    Params = SwapParams


class Units:
    kind = "unit"

    def get(self, name):
        return {"swap": Swap}[name]

    def names(self):
        return ["swap"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("swap", {}),
        ("swap count=5", {"count": 5}),
        (r"swap pattern='\d+ [a-z]'", {"pattern": r"\d+ [a-z]"}),
        ("swap pattern=0", {"pattern": "0"}),
        ("swap whole=false words=the,a", {"whole": False, "words": ("the", "a")}),
        ("swap pattern=a=b", {"pattern": "a=b"}),
    ],
)
def test_there_and_back(text, values):
    unit, params = parse_unit(Units(), text)
    assert params == SwapParams(**values)
    assert parse_unit(Units(), canonical(unit, params))[1] == params


def test_canonical_leaves_out_defaults():
    assert canonical(Swap, SwapParams()) == "swap"
    assert canonical(Swap, SwapParams(count=5, pattern="a b")) == "swap 'pattern=a b' count=5"
    assert canonical_tokenizer("  words ") == "words"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("swap count=0", "count must be a whole number from 1 to 9, not 0"),
        ("swap count", "write name=value"),
        ("swap pattern='a", "never closed"),
        ("  ", "needs a name"),
        ("swap colour=1", "“colour” is not a setting of swap"),
    ],
)
def test_one_sentence_for_what_is_wrong(text, says):
    with pytest.raises(SettingsError, match=says):
        parse_unit(Units(), text)


def test_options_refuse_unknown_units():
    with pytest.raises(UnknownNameError):
        parse_unit(TOKENIZERS, "wrds")
    with pytest.raises(SettingsError, match="did you mean words"):
        validate(CorpusOptions, {"tokenizer": "wrds"})
    with pytest.raises(SettingsError, match="no cleaning step called"):
        validate(CorpusOptions, {"steps": ["no-such-step"]})
    with pytest.raises(SettingsError, match="list of texts"):
        validate(CorpusOptions, {"steps": "stem"})
