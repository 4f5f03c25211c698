"""The price tag: by size at once, by a trial when that is there; kept with the run and shown beside what came true."""

import dataclasses
import json

import pytest

from core.errors import RunError
from core.runs.events import EventWriter
from core.runs.prices import Predicted
from core.runs.records import Seconds
from core.runs.worker import Worker
from pages.ui import price

TRIAL = Predicted(seconds=77.0, memory=512_000_000, by="trial", threads=1, share=0.97)


@pytest.fixture
def settled(monkeypatch):
    """The page waits for no trial; what a trial tells is `TRIAL`, or what a test puts here."""
    monkeypatch.setattr(price, "PATIENCE", 0.0)
    told = [TRIAL]

    def probe(store, workspace, asked, wanted):
        if isinstance(told[0], Exception):
            raise told[0]
        return told[0]

    monkeypatch.setattr("core.runs.worker.probe", probe)
    return told


def requests_of(store):
    folder = store.workspace() / "requests"
    return [json.loads(path.read_text("utf-8")) for path in folder.iterdir()] if folder.exists() else []


def said(app):
    return " ".join(one.value for one in app.caption)


def about(app):
    return next(one.value for one in app.metric if one.label == "About")


def open_and_measure(open_page):
    app = open_page("train/train.py")
    app.button(key="price.measure").click().run()
    assert not app.exception, app.exception
    return app


def test_until_somebody_asks_the_size_tells_the_price(full_home, open_page):
    app = open_page("train/train.py")
    assert "By its size." in said(app)
    assert requests_of(full_home) == []


def test_the_price_of_a_trial_takes_the_place_of_that_by_size(full_home, open_page, settled):
    app = open_and_measure(open_page)
    assert "being measured" in said(app)
    asked = requests_of(full_home)[0]["arguments"]
    assert asked["architecture"] == "skipgram"
    assert asked["settings"]["corpus"] == full_home.corpora()[0].id
    assert "seed" not in asked["settings"]  # the price is that of any seed
    assert Worker(full_home).turn()
    app.run()
    assert about(app) == "1 min 17 s"
    assert "Measured in three seconds" in said(app)
    app.button(key="start").click().run()
    assert not app.exception, app.exception
    assert full_home.runs()[0].spec.predicted == TRIAL


def test_a_run_that_starts_sooner_keeps_the_price_by_size(full_home, open_page, settled):
    app = open_and_measure(open_page)
    assert len(requests_of(full_home)) == 1
    app.button(key="start").click().run()
    assert not app.exception, app.exception
    kept = full_home.runs()[0].spec.predicted
    assert (kept.by, kept.threads) == ("sizes", 1)
    assert requests_of(full_home) == []  # nothing stands in the way of the training


def test_only_the_settings_of_the_form_are_tried(full_home, open_page, settled):
    app = open_and_measure(open_page)
    app.number_input(key="form.skipgram.dimensions").set_value(48).run()
    assert not app.exception
    assert requests_of(full_home) == []  # the trial of other settings is let go of
    app.button(key="price.measure").click().run()
    assert [one["arguments"]["params"]["dimensions"] for one in requests_of(full_home)] == [48]
    app.multiselect(key="form.watched").set_value(["king"]).run()  # changes no price
    assert len(requests_of(full_home)) == 1


def test_nothing_is_tried_while_something_trains_and_that_is_not_said_for_longer(full_home, open_page, settled):
    run = full_home.create_run(full_home.runs()[0].spec)
    app = open_page("train/train.py")
    assert "something trains" not in said(app), "nobody asked, and the page cannot take it back"
    app.button(key="price.measure").click().run()
    assert "something trains just now" in said(app)
    assert requests_of(full_home) == []
    full_home.stop(run)
    app.run()
    assert "something trains" not in said(app)
    app.button(key="price.measure").click().run()
    assert "being measured" in said(app)
    assert len(requests_of(full_home)) == 1


def test_a_trial_that_tells_nothing_leaves_the_price_by_size(full_home, open_page, settled):
    settled[0] = None
    app = open_and_measure(open_page)
    before = about(app)
    Worker(full_home).turn()
    app.run()
    assert about(app) == before
    assert "By its size." in said(app)
    assert not app.warning


def test_what_a_trial_fails_of_is_said_before_start(full_home, open_page, settled):
    settled[0] = RunError("Training diverged at block 3; try learning_rate 0.025.")
    app = open_and_measure(open_page)
    Worker(full_home).turn()
    app.run()
    assert "diverged at block 3" in app.warning[0].value
    assert not app.button(key="start").disabled


def test_a_busy_machine_is_named(full_home, open_page, settled):
    settled[0] = TRIAL.model_copy(update={"share": 0.4})
    app = open_and_measure(open_page)
    Worker(full_home).turn()
    app.run()
    assert "busy with other programs" in said(app)


def test_the_run_page_shows_the_price_beside_what_came_true(full_home, open_page):
    run = full_home.runs()[0]
    (path,) = run.folder.glob("result-*.json")
    (run.folder / "events.jsonl").unlink()  # how long it compiled depends on what was compiled before
    true = run.result.model_copy(update={"seconds": Seconds(train=30, total=40)})
    true.save(path)
    told = TRIAL.model_copy(update={"seconds": 1.5 * true.seconds.total, "memory": true.memory})
    dataclasses.replace(run.spec, predicted=told).write(run.folder)
    app = open_page("train/runs.py", run=run.id)
    shown = {one.label: one for one in app.metric}
    assert "+50 %" in shown["Time"].delta
    assert "±0 %" in shown["Memory"].delta
    true.model_copy(update={"seconds": Seconds(train=1, total=2)}).save(path)
    dataclasses.replace(run.spec, predicted=told.model_copy(update={"seconds": 3.0})).write(run.folder)
    app = open_page("train/runs.py", run=run.id)
    assert {one.label: one for one in app.metric}["Time"].delta == "predicted 3.0 s", (
        "of so little a share says nothing"
    )
    writer = EventWriter(run.folder / "events.jsonl", 1)
    for phase, at in (("compiling", 1.0), ("training", 23.0)):
        writer.add("phase", phase=phase, seconds=at)
    true.model_copy(update={"seconds": Seconds(train=1, total=24)}).save(path)
    app = open_page("train/runs.py", run=run.id)
    assert {one.label: one for one in app.metric}["Time"].delta == "predicted 3.0 s; 22 s more to compile"
    true.model_copy(update={"seconds": Seconds(train=1, total=42)}).save(path)
    app = open_page("train/runs.py", run=run.id)
    assert {one.label: one for one in app.metric}["Time"].delta == "predicted 3.0 s (−85 %); 22 s more to compile"
    told = told.model_copy(update={"seconds": 3.0, "compiling": 9.0})
    dataclasses.replace(run.spec, predicted=told).write(run.folder)
    app = open_page("train/runs.py", run=run.id)
    said = {one.label: one for one in app.metric}["Time"].delta
    assert said == "predicted 3.0 s (−85 %) and 9 s to compile, which took 22 s"
    (run.folder / "events.jsonl").unlink()
    app = open_page("train/runs.py", run=run.id)
    said = {one.label: one for one in app.metric}["Time"].delta
    assert said == "predicted 3.0 s (−93 %) and 9 s to compile, which was done by then"
    path.unlink()
    app = open_page("train/runs.py", run=run.id)
    assert {one.label: one for one in app.metric}["Time, predicted"].value == "3.0 s and 9 s to compile"
    assert {"Time, predicted", "Memory, predicted"} <= {one.label for one in app.metric}


def test_compiling_is_told_before_start_where_it_is_to_be_done(full_home, open_page, settled, monkeypatch):
    to_do = [9.0]
    monkeypatch.setattr("core.runs.prices.compiling_ahead", lambda unit, params: to_do[0])
    app = open_page("train/train.py")
    assert "Before, once on this machine, about 9 s to compile" in said(app)
    app = open_and_measure(open_page)
    Worker(full_home).turn()
    app.run()
    assert "to compile" not in said(app), "the trial has compiled"
    to_do[0] = 0.0
    assert "to compile" not in said(open_page("train/train.py"))


def test_threads_that_do_nothing_are_named(full_home, open_page):
    run = full_home.runs()[0]
    assert run.result.vocabulary < 1_000
    settings = run.spec.settings.model_copy(update={"threads": 2})
    told = TRIAL.model_copy(update={"threads": 1})
    dataclasses.replace(run.spec, settings=settings, predicted=told).write(run.folder)
    app = open_page("train/runs.py", run=run.id)
    helps = {one.label: one.help for one in app.metric}
    assert helps["Time"].endswith("for 1 thread. 2 threads asked, 1 used: fewer than 1,000 words.")
    app = open_page("train/train.py")
    app.number_input(key="form.run.threads").set_value(2).run()
    assert not app.exception
    assert "2 threads asked, 1 used" in said(app)
