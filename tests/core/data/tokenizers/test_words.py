"""Scripts without spaces: when words are split, and what is said about it."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from core.data.build import build_corpus
from core.data.options import CorpusOptions
from core.data.tokenize import words_of
from core.data.tokenizer import tokenizer_of
from core.errors import SettingsError

TEXTS = Path(__file__).resolve().parents[5] / "shared" / "data" / "text"
ENGLISH = ["the", "cat", "sat"]


def fitted(words, name="words"):
    tokenizer = tokenizer_of(name)
    tokenizer.fit(words, np.ones(len(words), np.int64))
    return tokenizer


def test_words_with_spaces_stay_whole():
    tokenizer = fitted([*ENGLISH, "한국어", "मानव"])
    assert not tokenizer.splits
    assert tokenizer.state() == {}
    assert tokenizer.notes() == []


def test_a_line_of_chinese_is_split_with_a_note():
    tokenizer = fitted(["我们去公园散步", "鸡蛋和酱油"])
    assert tokenizer.splits
    assert tokenizer.split(["我们去公园散步", "鸡蛋和酱油", "cat"]) == [
        ("我们", "去", "公园", "散步"),
        ("鸡蛋", "和", "酱油"),
        ("cat",),
    ]
    (note,) = tokenizer.notes()
    assert "Chinese" in note
    assert "dictionaries" in note
    assert "unigram" in note


def test_a_quotation_is_split_without_a_note():
    tokenizer = fitted([*ENGLISH * 20, "我们去公园散步"])
    assert tokenizer.splits
    assert tokenizer.notes() == []


def test_words_that_stand_apart_stay_so():
    words = ["空气炸锅", "盐", "的", "鸡蛋", "加入", "水"]
    tokenizer = fitted(words)
    assert not tokenizer.splits
    assert "stand apart already" in tokenizer.notes()[0]
    assert fitted(words, "words spaceless=split").split(["空气炸锅"]) == [("空气", "炸锅")]


def test_single_characters_are_taken_together_first():
    assert "{Han}" in fitted(list("人人生而自由在尊严和权利上一律平等"))._notes[0]


def test_whole_says_what_that_means():
    tokenizer = fitted(["我们去公园散步"], "words spaceless=whole")
    assert not tokenizer.splits
    assert "taken for one word" in tokenizer.notes()[0]
    with pytest.raises(SettingsError, match="auto, split, whole"):
        tokenizer_of("words spaceless=maybe")


def test_japanese_by_its_kana():
    tokenizer = fitted(["東京都に住んでいます", "人権"])
    assert tokenizer.state() == {"japanese": True}
    assert tokenizer.split(["東京都に住んでいます"])[0][:3] == ("東京", "都", "に")
    assert "Japanese" in tokenizer.notes()[0]


# Words to be found, and whether they were found with dictionaries.
DECLARATIONS = {
    "chinese_mandarin": (["联合国", "大会", "通过"], False),
    "japanese_nihongo": (["世界", "人権", "宣言", "自由", "すべて", "権利"], True),
    "turkish_turkce": (["insan", "ve", "için", "öğretim", "milletler", "eşit"], False),
    "hindi": (["मानव", "अधिकारों", "की", "सार्वभौम", "स्वतन्त्रता"], False),
    "russian_russky": (["всеобщая", "декларация", "прав", "человека"], False),
    "hebrew_ivrit": (["זכויות", "האדם", "כל"], False),
    "korean_hankuko": (["모든", "사람은", "권리를", "세계인권선언을"], False),
    "greek_ellinika": (["δικαιώματα", "του", "ανθρώπου", "και", "κάθε"], False),
}


@pytest.mark.parametrize("name", DECLARATIONS)
def test_declarations_of_human_rights(name, tmp_path):
    path = TEXTS / f"udhr_{name}.txt"
    if not path.exists():
        pytest.skip("the texts of ../shared/data are not there")
    expected, by_dictionary = DECLARATIONS[name]
    corpus = build_corpus(path, tmp_path / "corpus", CorpusOptions())
    missing = set(expected) - set(corpus.words)
    if name == "chinese_mandarin":
        # All but its first lines has blanks between characters: 联 合 国.
        assert missing == set(expected)
        assert any("blanks between single characters" in warning for warning in corpus.warnings)
        together = CorpusOptions(steps=(r"regex pattern='(?<=\p{Han})\s+(?=\p{Han})'",))
        corpus = build_corpus(path, tmp_path / "together", together)
        missing = set(expected) - set(corpus.words)
    assert not missing
    assert any("too few" in warning for warning in corpus.warnings)
    assert any("dictionaries found" in warning for warning in corpus.warnings) == (
        by_dictionary or name == "chinese_mandarin"
    )
    assert not any("taken for one word" in warning for warning in corpus.warnings)


def test_recipes_become_words():
    path = TEXTS / "chinese_recipes.txt"
    if not path.exists():
        pytest.skip("the texts of ../shared/data are not there")
    counts = Counter()
    for line in path.read_text("utf-8").splitlines():
        counts.update(words_of(line))
    tokenizer = tokenizer_of("words")
    tokenizer.fit(list(counts), np.array(list(counts.values())))
    found = Counter()
    for word, parts in zip(counts, tokenizer.split(list(counts)), strict=True):
        for part in parts:
            found[part] += counts[word]
    for word in (
        "盐",
        "酱油",
        "分钟",
        "生抽",
        "老抽",
        "料酒",
        "鸡蛋",
        "五花肉",
        "翻炒",
        "食用油",
        "小火",
        "g",
        "ml",
        "10",
    ):
        assert found[word] >= 50, word
