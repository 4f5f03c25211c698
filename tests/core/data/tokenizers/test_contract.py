"""What every tokeniser promises, tried on each that is registered."""

import contextlib
import json
import re
import shlex

import numpy as np
import pytest

from core.data.tokenizer import CONTINUES, TOKENIZERS, Tokenizer, canonical_tokenizer, tokenizer_of
from core.errors import CorpusError, SettingsError
from core.params import describe

pytestmark = pytest.mark.parametrize("name", TOKENIZERS.names())

STEMS = ["walk", "talk", "jump", "learn", "teach", "read", "pay", "call", "help", "look"]
ENDINGS = ["", "s", "ed", "ing", "er", "ers", "able", "ingly"]
WORDS = [stem + ending for stem in STEMS for ending in ENDINGS]
WORDS += [
    "αβγ",
    "слово",
    "मानव",
    "می\u200cخواهم",
    "한국어",
    "今天天气很好",
    "東京都に住む",
    "ข้าวผัดกุ้ง",
    "x1948年12月",
    "é",
    "_",
    "𝒳𝒴",
    "a" * 100,
]
COUNTS = np.arange(len(WORDS), 0, -1) ** 2
UNSEEN = ["walkingly", "ütterly", "新茶", "ʘ"]


def fitted(name):
    tokenizer = tokenizer_of(name)
    tokenizer.fit(WORDS, COUNTS)
    return tokenizer


def restored(tokenizer):
    other = tokenizer_of(canonical_tokenizer(tokenizer.name))
    if tokenizer.state():
        other.restore(json.loads(json.dumps(tokenizer.state(), allow_nan=False)))
    return other


def other_values(info):
    """Values of a setting that are not its default, the extremes among them."""
    if info.kind == "choice":
        return [choice for choice in info.choices if choice != info.default]
    if info.kind == "switch":
        return ["false" if info.default else "true"]
    if info.kind == "text":
        return ["[a-z]+ ?x", 'it\'s "a" b']
    return [int(info.minimum), int(info.maximum)]


def test_says_what_it_is(name):
    unit = TOKENIZERS.get(name)
    assert unit.name == unit.__module__.rpartition(".")[2] == name
    assert unit.title
    assert unit.summary.endswith(".")
    assert unit.cut in ("words", "whitespace", "pattern")


def test_the_canonical_text_is_taken_back(name):
    assert canonical_tokenizer(name) == name
    for info in describe(TOKENIZERS.get(name).Params):
        taken = 0
        for value in other_values(info):
            # A value may not fit the defaults of the other settings.
            with contextlib.suppress(SettingsError):
                text = canonical_tokenizer(f"{name} {shlex.quote(f'{info.name}={value}')}")
                assert text != name
                assert canonical_tokenizer(text) == text
                assert str(getattr(tokenizer_of(text).params, info.name)).lower() == str(value).lower()
                taken += 1
        assert taken


def test_parts_are_where_they_say_and_leave_nothing_out(name):
    tokenizer = fitted(name)
    images = tokenizer.split(WORDS)
    assert len(images) == len(WORDS)
    for word, parts in zip(WORDS, images, strict=True):
        spans = tokenizer.spans(word)
        assert [part for part, _, _ in spans] == list(parts)
        assert parts
        covered = set()
        for index, (part, first, end) in enumerate(spans):
            text = part.removeprefix(CONTINUES) if index else part
            assert text
            assert not re.search(r"\s", text)
            assert text in (word[first:end], f"<{word[first:end]}", f"{word[first:end]}>", f"<{word}>")
            covered.update(range(first, end))
        assert covered == set(range(len(word)))
    if not tokenizer.splits:
        assert images == [(word,) for word in WORDS]


def test_the_same_words_give_the_same_parts(name):
    one, other = fitted(name), fitted(name)
    assert one.state() == other.state()
    assert one.splits == other.splits
    assert one.split(WORDS + UNSEEN) == other.split(WORDS + UNSEEN)


def test_one_word_at_a_time_is_split_as_many_are(name):
    tokenizer = fitted(name)
    assert [tokenizer.split([word])[0] for word in WORDS] == tokenizer.split(WORDS)


def test_its_state_splits_alike(name):
    tokenizer = fitted(name)
    other = restored(tokenizer)
    assert other.splits == tokenizer.splits
    assert other.state() == tokenizer.state()
    assert other.split(WORDS + UNSEEN) == tokenizer.split(WORDS + UNSEEN)


def test_no_words_are_no_trouble(name):
    tokenizer = tokenizer_of(name)
    tokenizer.fit([], np.zeros(0, np.int64))
    assert tokenizer.split([]) == []
    assert tokenizer.notes() == []


@pytest.mark.parametrize(
    "words", [["a"], ["a", "b"], ["x" * 100], ["中"], ["\u0915\u094d", "𝒳"], ["__", "1"]], ids=ascii
)
def test_a_handful_of_words_is_enough(name, words):
    tokenizer = tokenizer_of(name)
    tokenizer.fit(words, np.ones(len(words), np.int64))
    assert len(tokenizer.split(words)) == len(words)
    assert restored(tokenizer).split(words) == tokenizer.split(words)


HOSTILE = [
    {},
    {"pieces": None},
    {"pieces": []},
    {"pieces": [1, None]},
    {"pieces": ["a", ""], "merges": [], "scores": [-1, -1]},
    {"pieces": ["a", "a"], "merges": [], "scores": [-1, -1]},
    {"pieces": ["a" * 103], "merges": [], "scores": [-1]},
    {"pieces": ["a", "\ud800"], "merges": [], "scores": [-1, -1]},
    {"pieces": ["a"], "merges": [[0, 0]], "scores": [float("nan")]},
    {"pieces": ["a"], "merges": [[0, 7]], "scores": [float("inf")]},
    {"pieces": ["a"], "merges": [["0", 0]], "scores": ["x"]},
    {"pieces": ["a"], "merges": [None], "scores": []},
    {"pieces": ["a"], "merges": {"a": 1}, "scores": {"a": 1}},
    {"pieces": ["a"]},
    {"japanese": "no"},
    {"japanese": 1},
]


def test_what_is_no_state_is_refused(name):
    if not fitted(name).state():
        assert TOKENIZERS.get(name).restore is Tokenizer.restore, "it has nothing to take back"
        return
    for state in HOSTILE:
        with pytest.raises(CorpusError, match="read the file again"):
            tokenizer_of(name).restore(state)
