"""Words are what an independent reading of the rule finds, in every script and however the text falls into chunks."""

import random
import re
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from core.data.spaceless import SPACELESS_LETTER
from core.data.tokenize import PlainCounter, words_of
from core.data.word_counter import WordCounter, chunks_of, class_table
from core.errors import CorpusError

TEXTS = Path(__file__).resolve().parents[4] / "shared" / "data" / "text"
REMOVED = [
    "SOFT HYPHEN",
    "ZERO WIDTH SPACE",
    "WORD JOINER",
    "ZERO WIDTH NO-BREAK SPACE",
    "ARABIC LETTER MARK",
    "LEFT-TO-RIGHT MARK",
    "RIGHT-TO-LEFT MARK",
    *(f"{side} {what}" for side in ("LEFT-TO-RIGHT", "RIGHT-TO-LEFT") for what in ("EMBEDDING", "OVERRIDE", "ISOLATE")),
    "POP DIRECTIONAL FORMATTING",
    "FIRST STRONG ISOLATE",
    "POP DIRECTIONAL ISOLATE",
]


def reference(text: str, lowercase: bool = True) -> list[str]:
    """The rule once more, in regular expressions made for this one text."""
    text = unicodedata.normalize("NFC", text)
    text = text.lower() if lowercase else text
    for name in REMOVED:
        text = text.replace(unicodedata.lookup(name), "")
    marks = "".join(sorted({c for c in text if unicodedata.category(c).startswith("M")}))
    found = re.findall(rf"\w[\w\u200c\u200d{re.escape(marks)}]*", text)
    parts = []
    for word in found:
        part = ""
        for character in word:
            if len(part) >= 80 and without_spaces(character):
                parts.append(part)
                part = ""
            part += character
        parts.append(part)
    return [part for part in parts if len(part) <= 100]


def without_spaces(character):
    """By the names of Unicode, not by its blocks."""
    if not character.isalnum():
        return False
    scripts = "CJK|HENTAIGANA|HIRAGANA|KATAKANA|IDEOGRAPHIC (ITERATION|NUMBER|CLOSING)|THAI|LAO|KHMER|MYANMAR"
    return bool(re.match(f"(HALFWIDTH )?({scripts})[ -]", unicodedata.name(character, "")))


def count(text, size=1 << 20, lowercase=True, counter=WordCounter):
    """Words by number, tokens, tokens at each line end, and the counter."""
    counter = counter(lowercase)
    tokens, ends = [], []
    pieces = (text[i : i + 7] for i in range(0, len(text), 7)) if size < 100 else iter([text])
    for chunk in chunks_of(pieces, size):
        some, feeds = counter.add(counter.prepare(chunk), False)
        tokens += some.tolist()
        ends += feeds.tolist()
    some, feeds = counter.add(counter.prepare(""), True)
    tokens += some.tolist()
    return counter.words(), tokens, ends, counter


TRICKY = {
    "counted by hand": ("The cat saw the other cat.", ["the", "cat", "saw", "the", "other", "cat"]),
    "apostrophe and hyphen part": ("don't well-known snake_case", ["don", "t", "well", "known", "snake_case"]),
    "digits": ("in 2024 3rd ２３ ½ x²", ["in", "2024", "3rd", "２３", "½", "x²"]),
    "Hindi stays whole": ("मानव अधिकारों की सार्वभौम", ["मानव", "अधिकारों", "की", "सार्वभौम"]),
    "Persian non-joiner": ("می\u200cخواهم کتاب", ["می\u200cخواهم", "کتاب"]),
    "Istanbul": ("İstanbul ISPARTA ırmak", ["i̇stanbul", "isparta", "ırmak"]),
    "final sigma": ("ΟΔΟΣ ΣΑΣ", ["οδος", "σας"]),
    "decomposed is composed": ("cafe\u0301 café CAFÉ", ["café"] * 3),
    "a mark alone is no word": ("\u0301 a \u0301", ["a"]),
    "soft hyphen": ("em\u00adbed\u00adding", ["embedding"]),
    "zero width": ("al\u200bpha \ufeffalpha alpha\u2060", ["alpha"] * 3),
    "direction": ("\u202eabc\u202c \u2066def\u2069", ["abc", "def"]),
    "joined emoji are no words": ("👩\u200d👩 ok", ["ok"]),
    "astral letters": ("𝒳𝒴 𐐀𐐨 𠀀𠀁", ["𝒳𝒴", "𐐨𐐨", "𠀀𠀁"]),
    "Hangul from letters": ("한국", ["한국"]),
    "Thai": ("กำลัง ที่", ["กําลัง" if unicodedata.normalize("NFC", "กำลัง") == "กําลัง" else "กำลัง", "ที่"]),
    "a long run without spaces is cut": ("中" * 170 + " b", ["中" * 80, "中" * 80, "中" * 10, "b"]),
    "after its marks": ("ก\u0e31" * 41, ["ก\u0e31" * 40, "ก\u0e31"]),
    "what follows an overlong word is none": ("a" * 120 + "中文", ["中文"]),
    "a long run goes on with other letters": ("中" * 80 + "abc", ["中" * 80 + "abc"]),
    "longest": ("a" * 100 + " " + "b" * 101 + " c", ["a" * 100, "c"]),
    "nothing": ("... --- !!!", []),
}


@pytest.mark.parametrize("name", TRICKY)
def test_what_a_word_is(name):
    text, expected = TRICKY[name]
    assert words_of(text) == expected
    assert reference(text) == expected
    for size in (10, 1 << 20):
        words, tokens, _, _ = count(text, size)
        assert [words[token] for token in tokens] == expected


def test_letters_without_spaces_are_those_of_the_names():
    wrong = [
        hex(code) for code in range(0x110000) if bool(SPACELESS_LETTER.match(chr(code))) != without_spaces(chr(code))
    ]
    assert wrong == []


def test_case_is_kept_where_asked():
    words, tokens, _, _ = count("The the THE İ Σ", lowercase=False)
    assert [words[token] for token in tokens] == ["The", "the", "THE", "İ", "Σ"]
    assert words_of("The the", lowercase=False) == ["The", "the"]


@pytest.mark.parametrize("lowercase", [True, False])
def test_class_table_says_what_python_says_of_every_code_point(lowercase):
    table = class_table(lowercase)
    removed = {unicodedata.lookup(name) for name in REMOVED}
    for code in range(0x110000):
        if 0xD800 <= code < 0xE000:
            continue
        character, entry = chr(code), int(table[code])
        if SPACELESS_LETTER.match(character):
            assert entry >> 29 == 4, hex(code)
            continue
        if character in removed:
            expected = 3
        elif character in "\u200c\u200d" or unicodedata.category(character).startswith("M"):
            expected = 2
        else:
            expected = int(character.isalnum() or character == "_")
        assert entry >> 29 == expected, hex(code)
        lower = character.lower() if lowercase else character
        if len(lower) == 1:
            assert chr(entry & 0x1FFFFFFF) == lower, hex(code)
        else:
            assert character == "İ"


@pytest.mark.parametrize("path", sorted(TEXTS.glob("*.txt")) or [None], ids=lambda path: path.stem if path else "none")
def test_agrees_with_the_reference_on_real_text(path):
    if path is None:
        pytest.skip("the texts of ../shared/data are not there")
    text = path.read_text(encoding="utf-8", errors="replace")
    expected = reference(text)
    for size in (50_000, 1 << 22):
        words, tokens, _, counter = count(text, size)
        assert [words[token] for token in tokens] == expected
        assert dict(zip(words, counter.counts.tolist(), strict=True)) == Counter(expected)
        assert list(dict.fromkeys(expected)) == words, "numbered by first occurrence"


def test_chunks_change_nothing():
    rng = random.Random(5)
    letters = (
        "aaabb cdé\u0301\u0301\u200c\u200d\u00ad\n İς한ᄒ\u1161\u11ab中文の1_\u0915\u094d\u0937"
        + "\U00010400"
        + "z" * 3
        + "中" * 60
    )
    for _ in range(150):
        text = "".join(rng.choice(letters) for _ in range(rng.randrange(400))) + "\n"
        whole = count(text)[:3]
        assert [whole[0][token] for token in whole[1]] == reference(text)
        for size in (8, 20, 61):
            assert count(text, size)[:3] == whole


def test_the_plain_counter_does_the_same():
    rng = random.Random(6)
    letters = "aaabb cdé\u0301\u200c\u00ad\n\n İΣς한の1_\u0915\u094d" + "z" * 3 + "中" * 60
    for _ in range(100):
        text = "".join(rng.choice(letters) for _ in range(rng.randrange(400))) + rng.choice(["", "\n", "y" * 101])
        compiled, plain = count(text), count(text, rng.choice([20, 1 << 20]), counter=PlainCounter)
        assert compiled[:3] == plain[:3]
        assert compiled[3].overlong == plain[3].overlong
        assert compiled[3].tokens == plain[3].tokens
        assert compiled[3].counts.tolist() == plain[3].counts.tolist()


def test_final_sigma_across_chunks():
    text = "ΟΔΟΣ ΣΑΣ\nΣ ΑΣΣΑ " * 20
    for size in (12, 25, 1000):
        words, tokens, _, _ = count(text, size)
        assert [words[token] for token in tokens] == ["οδος", "σας", "σ", "ασσα"] * 20


def test_lines_end_where_they_end():
    words, tokens, ends, _ = count("a b\n\nc\n \nd e f\n", 8)
    assert words == list("abcdef")
    assert tokens == [0, 1, 2, 3, 4, 5]
    assert ends == [2, 2, 3, 3, 6]


def test_an_overlong_word_over_many_chunks_is_one():
    text = "x " + "y" * 5_000 + " z\n" + "w" * 300
    for size in (50, 90, 1 << 20):
        words, tokens, ends, counter = count(text, size)
        assert [words[token] for token in tokens] == ["x", "z"]
        assert ends == [2]
        assert counter.overlong == 2


def test_many_words_make_the_tables_grow():
    text = " ".join(f"word{i * 7919 % 60_000}long" for i in range(120_000))
    words, tokens, _, counter = count(text)
    assert counter.types == 60_000
    assert [words[token] for token in tokens] == text.split()
    assert np.all(counter.counts == 2)


def test_too_many_words_are_refused(monkeypatch):
    monkeypatch.setattr("core.data.word_counter.MOST_TYPES", 1 << 14)
    with pytest.raises(CorpusError, match="different words"):
        count(" ".join(f"w{i}" for i in range(20_000)))
