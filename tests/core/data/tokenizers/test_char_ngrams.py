"""Character n-grams, by hand."""

import numpy as np
import pytest

from core.data.tokenizer import tokenizer_of
from core.errors import SettingsError


@pytest.mark.parametrize(
    ("settings", "word", "grams"),
    [
        ("", "where", ["<wh", "whe", "her", "ere", "re>"]),
        ("", "a", ["<a>"]),
        ("min_n=4", "a", None),
        ("min_n=4 max_n=4", "a", ["<a>"]),
        ("marks=false", "where", ["whe", "her", "ere"]),
        ("marks=false", "ab", ["ab"]),
        ("min_n=1 max_n=1 marks=false", "abc", ["a", "b", "c"]),
        ("min_n=1 max_n=2", "ab", ["<", "<a", "a", "ab", "b", "b>", ">"]),
        ("min_n=2 max_n=2 marks=false", "मानव", ["मान", "नव"]),
        ("min_n=2 max_n=2", "한국", ["<한", "한국", "국>"]),
    ],
)
def test_by_hand(settings, word, grams):
    if grams is None:
        with pytest.raises(SettingsError, match="not below min_n, which is 4"):
            tokenizer_of(f"char_ngrams {settings}")
        return
    assert tokenizer_of(f"char_ngrams {settings}").split([word]) == [tuple(grams)]


def test_places():
    assert tokenizer_of("char_ngrams").spans("नमस्ते") == [("<नम", 0, 2), ("नमस्ते", 0, 6), ("मस्ते>", 1, 6)]


def test_no_note_on_scripts_without_spaces():
    tokenizer = tokenizer_of("char_ngrams")
    tokenizer.fit(["今天天气很好我们去公园散步"], np.ones(1, np.int64))
    assert tokenizer.notes() == []
