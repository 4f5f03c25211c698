"""Train: a training may begin from vectors of the store; the form fits itself to them and the recipe names them."""

import numpy as np
import pytest

from core.runs.beginning import with_start
from core.runs.spec import make_spec
from core.runs.trainer import train_run
from core.space import EmbeddingSpace
from pages.ui.beginning import begun_from, kept_still

PICKER = "form.run.begin_from"


@pytest.fixture
def brought(full_home):
    vectors = np.random.default_rng(0).normal(size=(3, 24)).astype(np.float32)
    return full_home.add_space(EmbeddingSpace(["king", "queen", "absent"], vectors), "Brought *along*")


def keys(app):
    return {one.key for one in (*app.selectbox, *app.number_input)}


def test_vectors_are_picked_and_the_dimensions_filled_in(full_home, open_page, brought):
    app = open_page("train/train.py")
    [first] = [run.id for run in full_home.runs() if run.id != brought]
    shown = app.selectbox(key=PICKER).options
    assert sorted(shown) == sorted(
        [
            "random vectors",
            "Brought *along* · 3 words, 24 dimensions",
            f"First <b>run</b> · {full_home.run(first).result.vocabulary} words, 16 dimensions",
        ]
    )
    assert not {"form.skipgram.frozen", "form.skipgram.frozen_epochs"} & keys(app)
    app.selectbox(key=PICKER).set_value(brought).run()
    assert app.number_input(key="form.skipgram.dimensions").value == 24
    assert "form.skipgram.frozen" in keys(app)
    assert "form.skipgram.frozen_epochs" not in keys(app)
    # A preset fills in dimensions of its own: those of the vectors stay.
    app.session_state["form.preset"] = "thorough"
    app.run()
    assert app.number_input(key="form.skipgram.dimensions").value == 24
    app.selectbox(key="form.skipgram.frozen").set_value("first_epochs").run()
    assert "form.skipgram.frozen_epochs" in keys(app)
    app.button(key="start").click().run()
    assert not app.exception
    spec = full_home.runs()[0].spec
    assert (spec.settings.begin_from, spec.params.dimensions, spec.params.frozen) == (brought, 24, "first_epochs")
    assert spec.settings.begin_sha256 == full_home.run(brought).result.vectors_sha256


def test_other_dimensions_are_one_sentence_before_start(full_home, open_page, brought):
    app = open_page("train/train.py")
    app.selectbox(key=PICKER).set_value(brought).run()
    app.number_input(key="form.skipgram.dimensions").set_value(20).run()
    assert any("have 24 dimensions and dimensions is 20; set dimensions to 24" in one.value for one in app.error)
    assert app.button(key="start").disabled


def test_what_takes_no_vectors_offers_none(full_home, open_page, brought):
    app = open_page("train/train.py")
    app.selectbox(key=PICKER).set_value(brought).run()
    app.session_state["form.architecture"] = "lsa"
    app.run()
    assert PICKER not in keys(app)
    app.button(key="start").click().run()
    assert not app.exception
    assert full_home.runs()[0].spec.settings.begin_from == ""


def test_vectors_that_are_gone_are_let_go_of(full_home, open_page, brought):
    app = open_page("train/train.py")
    app.selectbox(key=PICKER).set_value(brought).run()
    full_home.delete(brought)
    app.run()
    assert app.selectbox(key=PICKER).value == ""
    assert any("no longer in the store" in one.value for one in app.caption)


@pytest.mark.parametrize(
    ("frozen", "epochs", "said"),
    [
        ("no", 3, ""),
        ("always", 3, "Those vectors are kept as they are."),
        ("first_epochs", 3, "For the first 2 epochs those vectors are kept as they are; then they move, too."),
        ("first_epochs", 2, "Those vectors are kept as they are."),
    ],
)
def test_a_run_says_whether_what_it_began_from_keeps_still(full_home, open_page, brought, frozen, epochs, said):
    params = {"dimensions": 24, "epochs": epochs, "frozen": frozen, "frozen_epochs": 2}
    settings = {"corpus": full_home.corpora()[0].id, "min_count": 1, "begin_from": brought}
    run = full_home.create_run(with_start(full_home, make_spec("skipgram", params, settings)))
    assert train_run(full_home, run) == 0
    told = [one.value.replace("\\", "") for one in open_page("train/train.py", run=run).caption]
    (begun,) = [one for one in told if "begin from vectors learned before" in one]
    assert begun.endswith(said)
    assert ("kept as they are" in begun) == bool(said)
    told = [one.value.replace("\\", "") for one in open_page("train/runs.py", run=run).caption]
    assert any(one.endswith(f"It begins from the vectors of Brought *along*. {said}".strip()) for one in told)


def test_a_run_that_began_at_random_says_nothing_of_it():
    spec = make_spec("skipgram", {"frozen": "always"}, {})
    assert (kept_still(spec), begun_from(spec), kept_still(None), begun_from(None)) == ("", "", "", "")
