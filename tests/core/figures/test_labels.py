"""Labels: words that say what a text is about come first, in any script, without a list of stop words."""

import numpy as np
import pytest

from core.figures.labels import label_order, named_last
from core.figures.map_data import MapData
from core.figures.map_plotly import map_figure

WORDS = ["the", "government", "of", "war", "peace", "2010", "x", "treaty", "np"]
COUNTS = np.array([900, 800, 700, 300, 90, 80, 70, 60, 50])


def last(words: list[str], counts: list[int]) -> list[str]:
    return [words[i] for i in named_last(words, np.array(counts))]


def test_frequent_short_words_numbers_and_letters_come_last() -> None:
    # The mean count is 339, twice that is 678: “government” is frequent and long, “war” is short and not frequent.
    assert last(WORDS, COUNTS.tolist()) == ["the", "of", "2010", "x", "np"]


def test_the_order_is_that_of_the_counts_with_the_last_ones_behind() -> None:
    order = label_order(WORDS, COUNTS)
    assert [WORDS[i] for i in order] == ["government", "war", "peace", "treaty", "the", "of", "2010", "x", "np"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        # Letters without capitals say more: two are short, four are not.
        (["的", "分钟即可完成", "五花肉", "牛奶", "水"], ["的"]),
        (["של", "ממשלה", "שלום", "בית", "ארץ"], ["של"]),
        (["और", "सरकार", "शांति", "देश", "जल"], ["और"]),
        (["и", "правительство", "мир", "договор", "дом"], ["и"]),
        (["ja", "hallitus", "rauha", "sopimus", "sota"], ["ja"]),
    ],
)
def test_other_scripts(words: list[str], expected: list[str]) -> None:
    assert last(words, [1000, 30, 20, 10, 5]) == expected


def test_without_counts_nothing_is_frequent() -> None:
    assert [WORDS[i] for i in named_last(WORDS, np.zeros(0, np.int64))] == ["of", "2010", "x", "np"]
    assert label_order([], np.zeros(0, np.int64)).tolist() == []


def test_a_figure_names_words_by_this_order() -> None:
    words = [*(f"a{i}" for i in range(70)), "government"]
    figure = map_figure(MapData(words, np.zeros((71, 2), np.float32), np.full(71, 5)))
    assert "government" in figure.data[0].text
    assert sum(bool(text) for text in figure.data[0].text) == 60
