"""The Arithmetic page: both rules, true ranks, the expected word, examples of the vocabulary."""

import numpy as np

from core.neighbours import analogy, analogy_rank
from core.space import EmbeddingSpace
from pages.ui.formulas import examples

PAGE = "explore/arithmetic.py"


def test_without_a_run_one_sentence_and_one_button(empty_home, open_page):
    app = open_page(PAGE)
    assert [button.label for button in app.button] == ["Train a sample"]


def test_a_link_holds_the_formula(full_home, open_page):
    run = full_home.runs()[0].id
    app = open_page(PAGE, run=run, a="king", b="apple", c="pear", d="queen")
    assert [field.value for field in app.text_input] == ["king", "apple", "pear", "queen"]
    space = full_home.space(run)
    for table, method in zip(app.dataframe, ("add", "mul"), strict=True):
        found = analogy(space, "king", "apple", "pear", 12, method, keep_inputs=True)
        assert list(table.value["rank"]) == [one.rank for one in found]
        assert [word.split(" · ")[0] for word in table.value["word"]] == [one.word for one in found]
        assert {"king · input", "pear · input"} <= set(table.value["word"])
    rank = analogy_rank(space, "king", "apple", "pear", "queen").rank
    assert any(f"has rank **{rank}**" in text.value for text in app.markdown)


def test_leaving_the_inputs_out_keeps_the_true_ranks(full_home, open_page):
    app = open_page(PAGE, a="king", b="apple", c="pear")
    kept = {row["word"]: row["rank"] for _, row in app.dataframe[0].value.iterrows()}
    app.toggle(key="formula_without").set_value(True).run()
    left = {row["word"]: row["rank"] for _, row in app.dataframe[0].value.iterrows()}
    assert not [word for word in left if word.endswith("input")]
    assert all(kept[word] == rank for word, rank in left.items() if word in kept)


def test_the_parallelogram_has_its_errors_with_units(full_home, open_page):
    app = open_page(PAGE, a="king", b="apple", c="pear", d="queen")
    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics["Error in direction"].endswith("°")
    assert metrics["Error in length"].endswith("%")


def test_an_unknown_word_leaves_the_page_usable(full_home, open_page):
    app = open_page(PAGE, a="kinng", b="apple", c="pear")
    assert any("is not in the vocabulary" in caption.value for caption in app.caption)
    assert not app.dataframe


def test_examples_are_in_the_vocabulary():
    keys = ["king", "man", "woman", "queen", "cars", "car", "house", "houses", "tree", "trees"]
    space = EmbeddingSpace(keys, np.eye(10, dtype=np.float32))
    found = examples(space)
    assert found[0] == ("king", "man", "woman", "queen")
    assert all(word in space for formula in found for word in formula)
    assert examples(EmbeddingSpace(["a"], np.ones((1, 2), np.float32))) == []
