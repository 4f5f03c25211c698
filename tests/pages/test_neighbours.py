"""The Neighbours page: columns of neighbours, shared words, evidence, unknown words, the trail."""

import numpy as np
import pytest

from core.data.part_encoder import PartEncoder
from core.data.word_parts import Ngrams, WordParts
from core.neighbours import nearest
from core.space import EmbeddingSpace
from pages.ui.evidence import emphasise
from pages.ui.word_input import complete, split_words

PAGE = "explore/neighbours.py"


@pytest.fixture
def space():
    keys = ["the", "king", "kings", "queen", "new york"]
    return EmbeddingSpace(keys, np.eye(5, dtype=np.float32), np.arange(50, 0, -10))


def first(value):
    return value if isinstance(value, str) else value[0]


def test_without_a_run_one_sentence_and_one_button(empty_home, open_page):
    app = open_page(PAGE)
    assert "train a run first" in app.markdown[0].value
    assert [button.label for button in app.button] == ["Train a sample"]


def test_an_empty_field_offers_words(full_home, open_page):
    app = open_page(PAGE)
    assert "Type a word" in " ".join(caption.value for caption in app.caption)
    assert not app.dataframe


def test_a_link_shows_the_neighbours_of_its_word(full_home, open_page):
    run = full_home.runs()[0].id
    app = open_page(PAGE, run=run, word="king")
    expected = [one.word for one in nearest(full_home.space(run), "king", 10)]
    assert list(app.dataframe[0].value["word"]) == expected
    assert app.text_input[0].value == "king"
    assert first(app.query_params["word"]) == "king"


def test_several_words_become_columns_with_shared_words_marked(full_home, open_page):
    app = open_page(PAGE, word="king, apple")
    assert len(app.dataframe) == 2
    words = [set(table.value["word"]) for table in app.dataframe]
    marked = {word for column in words for word in column if word.endswith("◆")}
    assert marked
    assert all(word in words[0] and word in words[1] for word in marked)


def test_an_unknown_word_is_named_with_the_nearest_spellings(full_home, open_page):
    app = open_page(PAGE, word="kinng")
    assert any("is not in the vocabulary" in caption.value for caption in app.caption)
    assert any("king" in group.options for group in app.button_group)
    assert not app.dataframe


def with_subwords(store):
    """A run whose vectors are made of n-grams."""
    words = ["king", "kings", "queen", "queens", "apple"]
    parts = WordParts.of(words, Ngrams(2_000_000, 3, 6))
    rows = np.random.default_rng(1).normal(size=(parts.total, 8)).astype(np.float32)
    encoder = PartEncoder(parts.splitter, parts.known, parts.known_rows, rows)
    return store.add_space(EmbeddingSpace(words, parts.means(rows), encoder=encoder), "subwords")


def test_an_unseen_word_has_neighbours_by_its_parts_and_the_page_says_so(full_home, open_page):
    run = with_subwords(full_home)
    app = open_page(PAGE, run=run, word="kingly")
    captions = [caption.value for caption in app.caption]
    assert any("made of parts that it shares" in caption for caption in captions)
    expected = [one.word for one in nearest(full_home.space(run), "kingly", 10)]
    assert list(app.dataframe[0].value["word"]) == expected
    assert expected[0] in ("king", "kings")
    # Beside a known word.
    app = open_page(PAGE, run=run, word="queen, kingly, zzz")
    assert len(app.dataframe) == 2
    assert any("zzz" in caption.value for caption in app.caption)


def test_a_suggestion_that_is_clicked_becomes_the_word(full_home, open_page):
    app = open_page(PAGE, word="quee")
    pills = next(group for group in app.button_group if "queen" in group.options)
    pills.set_value("queen").run()
    assert not app.exception
    assert app.text_input[0].value == "queen"
    assert len(app.dataframe) == 1


def test_the_trail_leads_back(full_home, open_page):
    app = open_page(PAGE, word="king")
    app.text_input[0].set_value("apple").run()
    assert not app.exception
    assert [word for words in app.session_state["trail"].values() for word in words] == ["king", "apple"]


def test_an_unknown_run_in_a_link_is_one_sentence(full_home, open_page):
    app = open_page(PAGE, run="20200101-000000-aaaaaa", word="king")
    assert len(app.error) == 1


def test_words_of_a_field_are_split_unless_they_are_one_key(space):
    assert split_words(space, "king, Queen;throne") == (["king", "queen"], ["throne"])
    assert split_words(space, " new york ") == (["new york"], [])
    assert split_words(space, "") == ([], [])


def test_completions_come_by_frequency(space):
    assert complete(space, "ki") == ["king", "kings"]
    assert complete(space, "") == []


def test_emphasis_escapes_everything_but_the_two_words():
    text = "a *king* and [his](http://x) <b> queen"
    shown = emphasise(text, [(3, 7), (33, 38)])
    assert shown == r"a \***king**\* and \[his\]\(http\://x\) \<b\> **queen**"


def test_a_long_line_is_cut_around_the_words_at_blanks():
    text = "one " * 100 + "king queen" + " two" * 100
    shown = emphasise(text, [(400, 404), (405, 410)])
    assert shown.startswith("… one")
    assert shown.endswith("two …")
    assert len(shown) < 230
