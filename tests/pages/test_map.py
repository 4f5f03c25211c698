"""The Map page: PCA at once, the worker's map when it is there, a word's card, links, and what is said on the way."""

import shutil

import numpy as np
import pytest

from core.neighbours import nearest
from core.projection.pca import principal_components
from core.runs.records import Result, result_path
from core.runs.requests import ask
from core.runs.worker import Worker
from pages.ui.map_layers import Wish, layers

PAGE = "explore/map.py"


def first(value):
    return value if isinstance(value, str) else value[0]


def test_without_a_run_one_sentence_and_one_button(empty_home, open_page):
    app = open_page(PAGE)
    assert [button.label for button in app.button] == ["Train a sample"]


def test_a_link_to_an_unknown_run_is_one_sentence(full_home, open_page):
    app = open_page(PAGE, run="20200101-000000-aaaaaa")
    assert len(app.error) == 1


def test_a_run_that_left_nothing_says_its_state(full_home, open_page):
    run = full_home.runs()[0]
    Result(attempt=1, outcome="failed", reason="It left all bounds.").save(result_path(run.folder, 1))
    shutil.rmtree(run.folder / "checkpoints")
    (run.folder / "vectors.safetensors").unlink()
    app = open_page(PAGE, run=run.id)
    assert any("its state is “failed”" in text.value for text in app.markdown)
    assert [button.label for button in app.button] == ["See why"]


def test_the_row_above_the_map_has_its_usual_values(full_home, open_page):
    app = open_page(PAGE)
    assert app.session_state["projection"] == "umap"
    assert app.session_state["dimensions"] == 2
    assert app.session_state["colour"] == "cluster"
    assert app.session_state["words"] == len(full_home.space(full_home.runs()[0].id))
    assert "projection" not in app.query_params


def test_a_link_opens_the_map_it_names(full_home, open_page):
    app = open_page(PAGE, projection="pca", dimensions="3", colour="frequency", word="king")
    assert (app.session_state["projection"], app.session_state["dimensions"]) == ("pca", 3)
    assert app.session_state["colour"] == "frequency"
    assert first(app.query_params["projection"]) == "pca"


def test_values_that_no_map_has_are_passed_over(full_home, open_page):
    app = open_page(PAGE, projection="nothing", dimensions="7", words="-3", colour="<b>")
    assert app.session_state["projection"] == "umap"
    assert app.session_state["dimensions"] == 2


def test_a_word_in_the_link_shows_its_card(full_home, open_page):
    run = full_home.runs()[0].id
    app = open_page(PAGE, run=run, word="king")
    assert any(text.value == "### king" for text in app.markdown)
    expected = [one.word for one in nearest(full_home.space(run), "king", 10)]
    assert list(app.dataframe[0].value["word"]) == expected


def test_an_unknown_word_is_answered_with_spellings(full_home, open_page):
    app = open_page(PAGE, word="kinng")
    assert any("is not in the vocabulary" in caption.value for caption in app.caption)
    assert any("king" in group.options for group in app.button_group)


def test_searching_goes_to_the_word_and_into_the_link(full_home, open_page):
    app = open_page(PAGE)
    app.text_input(key="map_search").set_value("queen").run()
    assert not app.exception
    assert first(app.query_params["word"]) == "queen"
    assert any(text.value == "### queen" for text in app.markdown)


def test_while_the_worker_is_at_it_pca_is_drawn(full_home, open_page):
    run = full_home.runs()[0]
    space = full_home.space(run.id)
    open_page(PAGE, run=run.id)
    shown = layers(run, space, Wish("umap", 2, len(space), "cluster"))
    assert shown.method == "pca"
    assert [title for title, _ in shown.waiting] == [f"UMAP of {len(space)} words"]
    np.testing.assert_array_equal(shown.positions, principal_components(space.unit, 2))


@pytest.mark.slow
def test_the_workers_map_takes_its_place_with_clusters(full_home, open_page):
    run = full_home.runs()[0]
    space = full_home.space(run.id)
    ask(full_home, run.id, "map", method="umap", words=len(space), seed=1, settings={"dimensions": 2})
    worker = Worker(full_home)
    while worker.turn():
        pass
    app = open_page(PAGE, run=run.id)
    assert any("UMAP of" in caption.value for caption in app.caption)
    shown = layers(run, space, Wish("umap", 2, len(space), "cluster"))
    assert shown.method == "umap"
    assert shown.clusters is not None
    assert len(shown.names) == shown.clusters.max() + 1
    assert not shown.waiting


def test_a_failed_answer_is_said_with_a_way_on(full_home, open_page, monkeypatch):
    run = full_home.runs()[0]
    words = len(full_home.space(run.id))

    def refuse(*_):
        raise MemoryError

    monkeypatch.setattr("core.runs.tasks.MapTask.run", staticmethod(refuse))
    ask(full_home, run.id, "map", method="umap", words=words, seed=1, settings={"dimensions": 2})
    Worker(full_home).turn()
    app = open_page(PAGE, run=run.id)
    assert "Out of memory" in app.error[0].value
    again = next(button for button in app.button if button.label == "Try again")
    again.click().run()
    assert not app.exception
    assert not app.error


def test_an_unknown_word_in_link_and_search_at_once(full_home, open_page):
    app = open_page(PAGE, word="kinng")
    app.text_input(key="map_search").set_value("quee").run()
    assert not app.exception
    offered = [option for group in app.button_group for option in group.options]
    assert {"king", "queen"} <= set(offered)
