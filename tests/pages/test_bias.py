"""The Bias page: tests by coverage, own sets, missing words by name, what stands beside a score."""

import json

import numpy as np
import pytest

from core.space import EmbeddingSpace
from pages.ui.text import md

PAGE = "judge/bias.py"
NAMES = ["john", "paul", "mike", "kevin", "steve", "greg", "jeff", "bill"]
OTHERS = ["amy", "joan", "lisa", "sarah", "diana", "kate", "ann"]
CAREER = ["executive", "management", "professional", "corporation", "salary", "office", "business", "career"]
FAMILY = ["home", "parents", "children", "family", "cousins", "marriage", "wedding", "relatives"]


@pytest.fixture
def biased_home(full_home):
    """A store whose newest run knows all words of the career test but Donna."""
    rng = np.random.default_rng(1)
    keys = NAMES + OTHERS + CAREER + FAMILY
    vectors = rng.normal(scale=0.3, size=(len(keys), 12)).astype(np.float32)
    for row, key in enumerate(keys):
        vectors[row, 0] += 1 if key in NAMES + CAREER else -1
    return full_home.add_space(EmbeddingSpace(keys, vectors, np.arange(len(keys), 0, -1)), "biased")


def test_without_a_run_one_sentence_and_one_button(empty_home, open_page):
    app = open_page(PAGE)
    assert [button.label for button in app.button] == ["Train a sample"]


def test_a_vocabulary_without_the_words_says_so(full_home, open_page):
    app = open_page(PAGE)
    assert any("not defined" in info.value for info in app.info)
    assert app.metric[0].value == "not defined"


def test_the_best_covered_test_comes_first_with_its_score(biased_home, open_page):
    app = open_page(PAGE, run=biased_home)
    assert "career" in app.selectbox(key="bias_test").options[0].lower()
    assert float(app.metric[0].value) > 1.5
    assert app.metric[1].label == "p, one-sided"
    assert app.metric[1].value == "< 1/6,435"  # not one of the splits leans more strongly
    assert "exact over 6,435 splits: none of them" in app.metric[1].help
    assert app.metric[2].value == "8 + 7"
    assert app.metric[3].value == "8 + 8"


def test_missing_words_are_struck_through_and_named(biased_home, open_page):
    app = open_page(PAGE, run=biased_home)
    assert any("~~Donna~~" in text.value for text in app.markdown)


def test_run_corpus_seed_and_versions_stand_beside_the_score(biased_home, open_page):
    app = open_page(PAGE, run=biased_home)
    beside = " ".join(caption.value for caption in app.caption)
    for fact in ("Corpus unknown", "vectors ", "seed unknown", "31 words", "numpy"):
        assert fact in beside
    assert "exact over" in beside


def test_a_link_names_the_test(biased_home, open_page):
    app = open_page(PAGE, run=biased_home, test="caliskan2017/flowers_insects")
    assert app.selectbox(key="bias_test").value == "caliskan2017/flowers_insects"


def test_a_link_with_an_unknown_test_falls_back(biased_home, open_page):
    app = open_page(PAGE, run=biased_home, test="nothing/there")
    assert "career" in app.selectbox(key="bias_test").options[0].lower()
    assert app.metric


def test_own_sets_begin_empty_with_a_sentence(biased_home, open_page):
    app = open_page(PAGE, run=biased_home, test="own")
    assert any("two target and two attribute sets" in info.value for info in app.info)


def test_the_record_carries_what_the_score_belongs_to(biased_home, full_home, open_page, monkeypatch):
    kept = {}
    monkeypatch.setattr("streamlit.download_button", lambda label, data, **rest: kept.update(text=data))
    open_page(PAGE, run=biased_home)
    record = json.loads(kept["text"])
    assert record["space"]["run"] == biased_home
    assert record["space"]["vectors_sha256"] == full_home.run(biased_home).result.vectors_sha256
    assert record["result"]["value"] > 1.5
    assert record["result"]["test"].startswith("caliskan2017/")


def test_every_paragraph_is_text(biased_home, open_page):
    app = open_page(PAGE, run=biased_home)
    assert any(text.value.startswith(md("d = ")) for text in app.markdown)
