"""The picker: what it says of each architecture, what it greys out, what it does where the chosen one cannot go on."""

import pytest

from core.architecture import ARCHITECTURES
from pages.ui.architecture_picker import CHOSEN, REFUSED, in_order, sentences


@pytest.fixture
def one_line(full_home, tmp_path):
    """A corpus that is one document."""
    text = tmp_path / "one.txt"
    text.write_text("the cat saw the dog and the dog saw the cat " * 20 + "\n", "utf-8")
    return full_home.add_corpus(text)


def captions(app):
    return " ".join(one.value for one in app.caption).replace("\\", "")


def test_every_architecture_is_offered_or_greyed_out_and_the_first_choice_first(full_home, open_page):
    app = open_page("train/train.py")
    offered = app.radio(key=CHOSEN)
    assert in_order()[0].name == offered.value == "skipgram"
    assert sorted(one.name for one in in_order()) == sorted(ARCHITECTURES.names())
    learning = [unit.learns for unit in in_order()]
    assert learning == sorted(learning, reverse=True), "what learns nothing comes last"
    extent = full_home.corpus(full_home.corpora()[0].id).size(1)
    able = [unit for unit in in_order() if unit.refuses(extent) is None]
    for unit, label in zip(able, offered.options, strict=True):
        assert unit.title in label.replace("\\", "")
        assert "about " in label
    shut = [one for one in app.radio if one.key == REFUSED]
    assert (not shut) == (len(able) == len(in_order()))


def test_the_chosen_one_is_explained_in_three_sentences(full_home, open_page):
    app = open_page("train/train.py")
    for name in ("skipgram", "ppmi_svd", "random"):
        app.radio(key=CHOSEN).set_value(name).run()
        assert not app.exception
        told = sentences(ARCHITECTURES.get(name))
        assert len(told) == 3
        for sentence in told:
            assert sentence in captions(app)
        assert f"form.{name}.dimensions" in {one.key for one in app.number_input}


def test_what_cannot_learn_from_the_corpus_is_greyed_out_with_the_reason(one_line, open_page):
    app = open_page("train/train.py", corpus=one_line)
    shut = app.radio(key=REFUSED)
    assert shut.disabled
    assert "LSA" in shut.options
    assert not any("LSA" in label for label in app.radio(key=CHOSEN).options)
    assert "It compares documents, and this text is only one; give it more lines" in " ".join(
        shut.proto.captions
    ).replace("\\", "")


def test_a_choice_that_cannot_stay_is_changed_and_said(full_home, one_line, open_page):
    app = open_page("train/train.py", corpus=next(one.id for one in full_home.corpora() if one.id != one_line))
    app.radio(key=CHOSEN).set_value("lsa").run()
    app.selectbox(key="form.corpus").set_value(one_line).run()
    assert not app.exception
    assert app.radio(key=CHOSEN).value == "skipgram"
    assert "LSA cannot learn from this corpus, so Skip-gram is chosen." in captions(app)


def test_a_cut_off_that_leaves_nothing_leaves_the_picker(full_home, open_page):
    app = open_page("train/train.py")
    app.number_input(key="form.run.min_count").set_value(99_999).run()
    app.radio(key=CHOSEN).set_value("glove").run()
    assert not app.exception
    assert len(app.error) == 1
    app.number_input(key="form.run.min_count").set_value(1).run()
    assert not app.error
    assert app.number_input(key="form.glove.epochs").value > 0
