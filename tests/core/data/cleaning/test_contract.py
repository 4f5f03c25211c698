"""What every cleaning step promises, tried on each that is registered."""

import itertools
import re
from pathlib import Path

import numpy as np
import pytest

from core.data.cleaner import CLEANING_STEPS, STAGES, DocumentStep, Pairs, PhraseStep, TextStep, WordStep
from core.data.options import CorpusOptions
from core.data.tokenize import words_of
from core.data.unit_text import canonical, parse_unit
from core.params import describe, validate

TORTURE = Path(__file__).resolve().parents[5] / "shared" / "torture" / "files"
STAGE_OF = {"documents": DocumentStep, "text": TextStep, "words": WordStep, "phrases": PhraseStep}

LINES = [
    "The quick brown fox, see https://example.org/fox?a=1&b=2. It jumps over 13 lazy dogs!",
    "",
    "   ",
    "Mail jane.doe@example.com or @jane about #StayHome &amp; <b>bold</b> claims [12].",
    "Le café de l'été à Málaga — “déjà vu”… œuvre, Ångström, naïve, ﬁn",
    "Ελληνικά: καλημέρα. Русский: ёлка, йод, за́мок. עִבְרִית. العَرَبِيَّة. हिन्दी भाषा।",
    "中文没有空格，日本語も。ภาษาไทย",
    "e\u0301 a\u0300\u0316 \u200b\u200d\ufeff \u2028 \u0085 \x0b\x0c\x1c \x00 \ue000",
    "\U0001d400\U0001f600\U0001f44d\U0001f3fd\u263a\ufe0f \U00020000",
    "&#10;&#13;&NewLine;&#x0a; <p>a<br>b</p> <!-- no --> <script>x</script> <a href='x>y'>",
    "a <b",
    "c> d <!-- e [x",
    "](y) f --> {{",
    "# Title **bold** _it_ [text](http://a.b) {{t|x}} [[a|b]] '''c''' [b]d[/b]",
]
UNITS = ["<", "<a ", '<a "', "<!--", "<script>", "&", "&a", "[", "[[", "[a](", "{{", "<ref>", "_", "*", "- ", "#", "@"]
UNITS += [
    "a@",
    "a@a.",
    ".com",
    "a.com",
    "http://",
    "http://.",
    ".",
    "#a",
    "#1",
    "'",
    "1. ",
    "“a. ",
    "x+",
    "-",
    "|",
    "a",
]
UNITS += ["=", "== ", "`", "~", "!", ":", "x.", "\u0301", "\u05c1", "\ufdfa", "é", "%", "“", "(", "www.", "0"]
HOSTILE = [unit * (5_000 // len(unit)) for unit in UNITS]


def torture():
    """Texts that were made to break programs."""
    names = [*TORTURE.glob("uni_*.txt"), *TORTURE.glob("enc_utf8.txt"), *TORTURE.glob("txt_regex_backtrack.txt")]
    return [line for name in sorted(names) for line in name.read_text("utf-8").split("\n")]


def steps(*stages):
    return pytest.mark.parametrize(
        "unit", [unit for unit in CLEANING_STEPS if unit.stage in stages], ids=lambda unit: unit.name
    )


every = steps(*STAGES)


def made(unit, **values):
    return unit(validate(unit.Params, values, unit.name))


def other_values(unit):
    """For each setting some value that it does not have by default."""
    for info in describe(unit.Params):
        if info.kind == "choice":
            yield from ({info.name: choice} for choice in (info.choices[0], info.choices[-1]))
        elif info.kind == "switch":
            yield {info.name: not info.default}
        elif info.kind in ("integer", "number"):
            kind = int if info.kind == "integer" else float
            yield from ({info.name: kind(bound)} for bound in (info.minimum, info.maximum))
        elif info.kind == "words":
            yield {info.name: ("the", "été", "don't")}
        else:
            yield {info.name: "a[b]* 'c\" d"}


@every
def test_says_what_it_is(unit):
    assert unit.__module__ == f"core.data.cleaning.{unit.name}"
    assert issubclass(unit, STAGE_OF[unit.stage])
    assert unit.title
    assert re.search(r"[.]$", unit.summary)
    assert 1 <= len(re.findall(r"\.(?=\s|$)", unit.summary)) <= 3
    assert len(unit.summary) < 250


@every
def test_settings_are_bounded_and_explained(unit):
    for info in describe(unit.Params):
        assert info.help.endswith("."), info.name
        if info.kind in ("integer", "number"):
            assert info.minimum < info.maximum, info.name
            assert info.default is None or info.minimum <= info.default <= info.maximum, info.name
        if info.kind == "choice":
            assert info.default in info.choices


@every
def test_there_and_back_as_text(unit):
    assert canonical(unit, unit.Params()) == unit.name
    for values in other_values(unit):
        params = validate(unit.Params, values, unit.name)
        text = canonical(unit, params)
        assert parse_unit(CLEANING_STEPS, text) == (unit, params)
        assert CorpusOptions(steps=(text,)).steps == (text,)


@every
def test_nothing_to_say_of_nothing(unit):
    assert made(unit).notes() == []


@steps("documents")
def test_documents(unit):
    """Each document becomes a list of documents of one line each; blank ones stay, and nothing is made up."""
    for values in [{}, *other_values(unit)]:
        step = made(unit, **values)
        assert step.documents([]) == []
        documents = [*LINES, *LINES, *HOSTILE, *torture()]
        split = step.documents(documents)
        assert split == made(unit, **values).documents(documents)
        for document, parts in zip(documents, split, strict=True):
            assert all("\n" not in part for part in parts)
            whole, joined = "".join(document.split()), "".join("".join(parts).split())
            assert joined in ("", whole)
            if not whole:
                assert parts == [document]
        assert split[: len(LINES)] != [[]] * len(LINES)
        assert all(note.endswith(".") and "\n" not in note for note in step.notes())


@steps("text")
def test_text(unit):
    """Lines stay lines, each is rewritten on its own, and the same text gives the same text."""
    for values in [{}, *other_values(unit)]:
        step = made(unit, **values)
        lines = [*LINES, *HOSTILE, *torture()]
        whole = step.text("".join(f"{line}\n" for line in lines))
        assert whole.count("\n") == len(lines)
        assert whole.split("\n")[:-1] == [made(unit, **values).text(line) for line in lines]
        assert step.text("") == ""
        assert step.text("\n\n") == "\n\n"
        assert step.text(whole).count("\n") == len(lines)


@pytest.mark.timeout(100)
@steps("documents", "text")
def test_hostile_text_takes_no_longer_than_other_text(unit):
    """Half a minute of work for a step whose time grows with the square of the length of a line."""
    lines = [f"{before}{some * (100_000 // len(some))}{after}" for some in UNITS for before, after in (("", ""), "ab")]
    for values in [{}, *({"kind": kind} for kind in ("markdown", "bbcode", "wiki") if unit.name == "markup")]:
        step = made(unit, **values)
        if unit.stage == "text":
            assert step.text("\n".join(lines)).count("\n") == len(lines) - 1
        else:
            assert len(step.documents(lines)) == len(lines)


@steps("text")
def test_no_character_becomes_a_line_feed(unit):
    step = made(unit)
    characters = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000 and code != 10]
    assert "\n" not in step.text("".join(characters))
    assert "\n" not in step.text(" ".join(characters))
    some = "".join(f"&#{code};&#x{code:x};" for code in itertools.chain(range(300), range(0x2000, 0x2070)))
    assert "\n" not in step.text(some)


@steps("text", "words")
def test_words_that_stand_for_others_reach_the_vocabulary(unit):
    """What a step writes for addresses and numbers is one word to the tokeniser, and no step tears it apart."""
    if unit.stage == "text":
        found = words_of(made(unit).text("see https://a.org/b mail a@b.org or @jane then _number_ it"))
        assert "_number_" in found
        assert not {"_", "__"} & set(found)
    else:
        asked = ["_url_", "_email_", "_number_", "_user_", "_hashtag_"]
        assert made(unit).words(asked) == [(word,) for word in asked]


@steps("words")
def test_words(unit):
    """One answer for each word, whatever comes with it; no empty word and none with white space in it."""
    words = list(dict.fromkeys(word for line in [*LINES, *torture()] for word in words_of(line)))
    words += ["", "The", "don't", "don’t", "3.5", "b12", "x" * 100, "İ", "ß", "\u0301", "'", "日本語", "a_b", "ﬁ"]
    for values in [{}, *other_values(unit)]:
        if values.get("pattern"):
            continue
        step = made(unit, **values)
        assert step.words([]) == []
        asked = step.words(words)
        assert len(asked) == len(words)
        assert asked == [answer for word in words for answer in made(unit, **values).words([word])]
        assert all(isinstance(answer, tuple) for answer in asked)
        parts = [part for word, answer in zip(words, asked, strict=True) for part in answer if word]
        assert all(part and not any(c.isspace() for c in part) for part in parts)


@steps("phrases")
def test_phrases(unit):
    words = ["new", "york", "of", "the", "_url_"]
    pairs = Pairs(
        words=words,
        counts=np.array([100, 90, 900, 1000, 50], np.int64),
        tokens=100_000,
        first=np.array([0, 2, 4], np.uint32),
        second=np.array([1, 3, 4], np.uint32),
        together=np.array([80, 400, 40], np.int64),
        total=90_000,
    )
    none = np.zeros(0, np.int64)
    nothing = Pairs([], none, 0, none.astype(np.uint32), none.astype(np.uint32), none, 0)
    with np.errstate(all="raise"):
        for values in [{}, *other_values(unit)]:
            step = made(unit, **values)
            assert step.rare >= 1
            scores = step.scores(pairs)
            assert scores.shape == (3,)
            assert np.array_equal(scores, step.scores(pairs), equal_nan=True)
            found = step.candidates(pairs)
            assert len(found) == np.count_nonzero(~np.isnan(scores))
            assert found == sorted(found, key=lambda one: -one.score)
            assert step.scores(nothing).shape == (0,)
            assert step.candidates(nothing) == []
        strongest = made(unit).candidates(pairs)[0]
        assert (strongest.first, strongest.second, strongest.together) == ("new", "york", 80)
