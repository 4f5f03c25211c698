"""Which scripts a text is in, and where their words are."""

import random

import numpy as np
import pytest

from core.data.spaceless import AT_A_TIME, SPACELESS, segment, survey


def surveyed(words):
    return survey(words, np.ones(len(words), np.int64))


@pytest.mark.parametrize(
    ("words", "scripts", "japanese", "apart"),
    [
        (["今天天气很好", "我们去公园", "pull", "request"], ("Chinese",), False, False),
        (["今天", "很", "好", "the"], ("Chinese",), False, True),
        (["東京都に住んでいます", "人権"], ("Japanese",), True, False),
        (["東京", "に", "住んで", "います"], ("Japanese",), True, True),
        (["วันนี้อากาศดีมาก"], ("Thai",), False, False),
        (["วัน", "นี้", "อากาศ", "ดี"], ("Thai",), False, True),
        (["วันนี้อากาศดีมาก", "今天天气很好我们去"], ("Thai", "Chinese"), False, False),
        (["세계", "인권", "선언"], (), False, True),
        (["the", "Ünïcode", "слово", "한국"], (), False, True),
        (["the"] * 50 + ["東京"], (), False, True),
        ([], (), False, True),
    ],
)
def test_survey_by_hand(words, scripts, japanese, apart):
    found = surveyed(words)
    assert (found.scripts, found.japanese, found.apart) == (scripts, japanese, apart)


def test_occurrences_count():
    assert survey(["the", "今天天气很好"], np.array([100, 1])).scripts == ()
    assert survey(["the", "今天天气很好"], np.array([1, 100])).names == "Chinese"
    assert surveyed(["วันนี้อากาศดีมาก", "今天天气很好我们去"]).names == "Thai and Chinese"


def test_single_characters_are_torn_words():
    assert surveyed(["联", "合", "国", "大", "会"]).torn
    assert not surveyed(["联", "合国", "大会"]).torn


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("我们去公园散步", "我们 去 公园 散步"),
        ("1948年12月10日", "1948 年 12 月 10 日"),
        ("加入500ml水", "加入 500ml 水"),
        ("機器學習", "機器 學習"),
        ("東京都に住む", "東京 都 に 住む"),
        ("コンピューターを使う", "コンピューター を 使う"),
        ("ข้าวผัดกุ้ง", "ข้าว ผัด กุ้ง"),
        ("ไทยabcไทย", "ไทย abc ไทย"),
        ("ຂ້ອຍຮຽນພາສາລາວ", "ຂ້ອຍ ຮຽນ ພາສາ ລາວ"),
        ("ខ្ញុំចូលចិត្ត", "ខ្ញុំ ចូលចិត្ត"),
        ("မြန်မာစာသင်နေပါတယ်", "မြန်မာ စာသင် နေ ပါ တယ်"),
        ("大韓民國은", "大韓民國은"),
        ("葛\U000e0100城", "葛\U000e0100 城"),
        ("snake_case", "snake_case"),
        ("\U00020000\U00020001中文", "\U00020000\U00020001 中文"),
    ],
)
def test_words_by_hand(word, parts):
    assert segment([word]) == [tuple(parts.split())]


def test_han_is_read_as_the_text_is():
    assert segment(["人権宣言"], japanese=True) == [("人権", "宣言")]
    # jieba has no Japanese words; ICU has.
    assert segment(["国際連合総会"], japanese=True) == [("国際", "連合", "総会")]


def test_many_at_once_are_cut_as_one_is():
    rng = random.Random(8)
    letters = "我们去公园散步鸡蛋东京にすむカタカナข้าวผัดxy1_\u0e31"
    words = list({"".join(rng.choice(letters) for _ in range(rng.randrange(1, 20))) for _ in range(300)})
    one_by_one = [segment([word])[0] for word in words]
    assert segment(words) == one_by_one
    assert all("".join(parts) == word for word, parts in zip(words, one_by_one, strict=True))
    assert sum(len(parts) > 1 for parts in one_by_one) > 200
    many = [word for word in words if SPACELESS.search(word)] * (AT_A_TIME // 200)
    assert segment(many)[: len(words)] == segment(many[: len(words)])
