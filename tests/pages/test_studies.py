"""Studies on the pages: the choice beside Start, the view in each state, the list with its runs, delete and undo."""

import dataclasses
import json
import math

import pandas as pd
import pytest

from core.evaluation.benchmark import BENCHMARKS, EvaluationResult
from core.runs.locks import hold
from core.runs.processes import own_attempt
from core.runs.records import Result, Seconds, attempt_path, result_path
from core.runs.spec import make_spec
from core.runs.studies.driving import Driving, Stopped
from core.runs.studies.keeping import create_study, delete_study, stop_study, studies, study
from core.runs.studies.marks import mark
from core.runs.studies.ranges import parse_range
from core.runs.studies.scores import note_scoring, read_scores, read_scoring, write_scores
from core.runs.studies.spec import make_duel, make_search, make_seeds
from core.runs.trainer import train_run
from core.runs.worker import Worker
from pages.ui.cards import run_rows
from pages.ui.study_list import name_within
from pages.ui.study_table import study_frame

TRAIN, RUNS = "train/train.py", "train/runs.py"


def recipe(home, architecture="skipgram", name="", **params):
    values = {"dimensions": 8, **({"epochs": 2} if architecture == "skipgram" else {}), **params}
    return make_spec(architecture, values, {"corpus": home.corpora()[0].id, "min_count": 1, "held_out": 0.05}, name)


def child(home, identifier, number, spec, trained=True):
    run = home.create_run(dataclasses.replace(spec, study=identifier, number=number, name=f"side {number}"))
    if trained:
        assert train_run(home, run) == 0
    return run


def ends(home, identifier, outcome="finished", reason=""):
    folder = home.study_folder(identifier)
    (folder / "attempts").mkdir(exist_ok=True)
    own_attempt(1).save(attempt_path(folder, 1))
    if outcome:
        Result(attempt=1, outcome=outcome, reason=reason).save(result_path(folder, 1))


def scored(home, identifier, run, value, benchmark="held_out_rank", **facts):
    reach = (value - 1, value + 1) if value is not None else None
    said = {
        "benchmark": benchmark, "title": benchmark, "value": value, "unit": "%", "best": "lowest", "chance": 50.0,
        "undefined": "", "deviation": 0.5, "interval": reach, "used": 123, "items": "gaps",
        "missing": 0, "missing_names": (), "basis": "lines of the test", "corpus": "c", "seed": 1, "params": {},
        "citation": "",
    }  # fmt: skip
    write_scores(home.study_folder(identifier), home.run(run), [EvaluationResult(**(said | facts))], 0.1)


@pytest.fixture
def seeds(full_home):
    made = create_study(full_home, make_seeds(recipe(full_home), 2, "Two seeds"))
    for run in study(full_home, made).runs:
        assert train_run(full_home, run.id) == 0
    return made


@pytest.fixture
def duel(full_home):
    """Skip-gram scores 30, random vectors 20: the lower wins."""
    sides = [recipe(full_home), recipe(full_home, "random")]
    made = create_study(full_home, make_duel(sides, 5, name="Who?"))
    for number, (side, value) in enumerate(zip(sides, (30.0, 20.0), strict=True), 1):
        scored(full_home, made, child(full_home, made, number, side), value)
    ends(full_home, made)
    return made


@pytest.fixture
def search(full_home):
    """Windows of 3, 7 and 5 score 30, 20 and 25."""
    ranges = [parse_range("skipgram", "window=2..9")]
    made = create_study(full_home, make_search(recipe(full_home), ranges, 3, name="Which window?"))
    for number, (window, value) in enumerate(((3, 30.0), (7, 20.0), (5, 25.0)), 1):
        scored(full_home, made, child(full_home, made, number, recipe(full_home, window=window)), value)
    ends(full_home, made)
    return made


def said(app):
    return " ".join(one.value for one in (*app.caption, *app.markdown, *app.subheader, *app.info)).replace("\\", "")


def choose(app, how):
    app.segmented_control(key="form.how").set_value(how).run()
    assert not app.exception, app.exception
    return app


def buttons(app):
    return {one.label for one in app.button}


def links(app):
    return {one.proto.label.strip("*").replace("\\", "") for one in app.get("page_link")}


# ----------------------------------------------------------------- the form


def test_one_training_is_what_start_does_unless_told_otherwise(full_home, open_page):
    app = open_page(TRAIN)
    assert app.segmented_control(key="form.how").value == "once"
    assert app.button(key="start").label == "Start"
    app.button(key="start").click().run()
    assert studies(full_home) == []
    assert len(full_home.runs()) == 2


def test_several_seeds_say_what_they_cost_and_start_as_one_study(full_home, open_page):
    app = choose(open_page(TRAIN), "seeds")
    app.number_input(key="form.seeds").set_value(3).run()
    assert "Trains 3 times, differing by the seed alone" in said(app)
    assert "3 × " in said(app)
    assert app.button(key="start").label == "Start 3 trainings"
    for _ in range(2):  # a double click
        app.button(key="start").click().run()
        assert not app.exception
    (made,) = studies(full_home)
    assert (made.kind, made.state, len(made.runs)) == ("seeds", "queued", 3)
    assert made.name == "3 seeds · Skip-gram · Two *kinds*", "a list tells it from a run"
    assert made.runs[0].name == "Skip-gram · Two *kinds* · seed 1"
    assert app.session_state["study"] == made.id
    assert "0 of 3" in app.get("progress")[0].proto.text or "waiting" in app.get("progress")[0].proto.text


def test_a_duel_has_the_form_for_one_and_the_preset_for_the_others(full_home, open_page):
    app = choose(open_page(TRAIN), "duel")
    app.number_input(key="form.skipgram.window").set_value(7).run()
    assert app.multiselect(key="form.duel").value == ["skipgram", "cbow"]
    app.multiselect(key="form.duel").set_value(["skipgram", "glove", "random"]).run()
    app.number_input(key="form.seconds").set_value(2.0).run()
    assert "3 × 2.0 s: 6.0 s at most, and the scoring" in said(app)
    assert not [one for one in app.metric if one.label == "About"], "the time is given"
    app.button(key="start").click().run()
    assert not app.exception
    (made,) = studies(full_home)
    assert [one.architecture for one in made.spec.entrants] == ["skipgram", "glove", "random"]
    assert made.spec.entrants[0].params.window == 7
    assert (made.score, made.spec.plan.seconds) == ("held_out_rank", 2)


def test_a_search_has_ranges_and_is_decided_by_what_means_the_same(full_home, open_page):
    app = choose(open_page(TRAIN), "search")
    app.multiselect(key="form.searched").set_value(["window"]).run()
    assert not any("Held-out loss" in one for one in app.selectbox(key="form.score").options), "it means another thing"
    app.multiselect(key="form.searched").set_value(["learning_rate"]).run()
    assert any("Held-out loss" in one for one in app.selectbox(key="form.score").options)
    app.selectbox(key="form.score").set_value("held_out_loss").run()
    app.number_input(key="form.range.skipgram.learning_rate.high").set_value(0.1).run()
    app.number_input(key="form.trials").set_value(4).run()
    assert "Trains 4 times one after another" in said(app)
    app.button(key="start").click().run()
    assert not app.exception
    (made,) = studies(full_home)
    (one,) = made.spec.ranges
    assert (one.name, one.high, made.spec.plan.trials, made.score) == ("learning_rate", 0.1, 4, "held_out_loss")


def test_what_a_search_chooses_anew_is_marked_in_the_form(full_home, open_page):
    app = choose(open_page(TRAIN), "search")
    labels = {one.key: one.label for one in app.number_input}
    assert labels["form.skipgram.window"] == ":material/search: Window"
    assert labels["form.skipgram.dimensions"] == "Dimensions"
    assert "what stands there is for the first trial alone" in said(app)
    app.multiselect(key="form.searched").set_value(["dimensions"]).run()
    labels = {one.key: one.label for one in app.number_input}
    assert (labels["form.skipgram.window"], labels["form.skipgram.dimensions"]) == (
        "Window",
        ":material/search: Dimensions",
    )
    choose(app, "once")
    assert "form.skipgram.dimensions" in {one.key for one in app.number_input if one.label == "Dimensions"}
    assert "first trial" not in said(app)


def test_a_search_that_begins_from_vectors_does_not_offer_their_length(full_home, open_page):
    app = choose(open_page(TRAIN), "search")
    app.multiselect(key="form.searched").set_value(["dimensions", "window"]).run()
    app.selectbox(key="form.run.begin_from").set_value(full_home.runs()[0].id).run()
    assert not app.exception
    assert app.multiselect(key="form.searched").value == ["window"]
    assert "Dimensions" not in app.multiselect(key="form.searched").options


@pytest.mark.parametrize(
    ("how", "kind", "key", "value", "sentence"),
    [
        ("seeds", "number_input", "form.seeds", 1, "seeds must be a whole number from 2 to 50"),
        ("seeds", "number_input", "form.seeds", None, "“Seeds” is empty"),
        ("duel", "multiselect", "form.duel", ["skipgram"], "A duel is between 2"),
        ("duel", "number_input", "form.seconds", 0.0, "seconds must be"),
        ("search", "multiselect", "form.searched", [], "nothing to search"),
        (
            "search",
            "number_input",
            "form.range.skipgram.learning_rate.low",
            99.0,
            "The range of learning rate must go up",
        ),
        ("search", "number_input", "form.trials", 0, "trials must be"),
        ("search", "number_input", "form.run.held_out", 0.0, "set held_out above 0"),
    ],
)
def test_what_makes_no_sense_is_one_sentence_and_no_study(full_home, open_page, how, kind, key, value, sentence):
    app = choose(open_page(TRAIN), how)
    getattr(app, kind)(key=key).set_value(value).run()
    assert not app.exception
    assert len(app.error) == 1
    assert sentence in app.error[0].value.replace("\\", "")
    assert app.button(key="start").disabled
    assert studies(full_home) == []


def test_what_would_say_nothing_is_not_offered(full_home, open_page):
    app = choose(open_page(TRAIN), "seeds")
    app.radio(key="form.architecture").set_value("one_hot").run()
    assert not app.exception
    how = app.segmented_control(key="form.how")
    assert how.value == "once"
    assert "Several seeds" not in how.options, "one-hot vectors are the same whatever the seed"
    assert "Duel" in how.options


# ----------------------------------------------------------------- the view


def test_seeds_show_their_runs_then_intervals_and_stable_words(full_home, open_page, seeds):
    app = open_page(TRAIN, study=seeds)
    table = app.dataframe[0].value
    assert list(table["Seed"]) == [1, 2]
    assert (table["Held-out loss"] > 0).all()
    assert len(app.get("echarts_chart")) == 1
    assert "What the seeds agree on" in said(app)
    assert "Explore the first" in buttons(app)
    worker = Worker(full_home)
    while worker.turn():
        pass
    app.run()
    assert not app.exception
    figures = {one.label: one.value for one in app.metric}
    losses = [row.run.result.loss for row in study(full_home, seeds).rows]
    assert float(figures["Loss"]) == pytest.approx(sum(losses) / 2, abs=1e-4)
    below = {one.label: one.delta for one in app.metric}
    low, high = below["Loss"].removesuffix(", 2 seeds").split(" to ")
    mean, reach = sum(losses) / 2, 12.7062 * abs(losses[0] - losses[1]) / 2  # t for one degree of freedom
    assert (float(low), float(high)) == pytest.approx(
        (mean * math.exp(-reach / mean), mean * math.exp(reach / mean)), abs=1e-3
    )
    low, high = map(float, below["Rank of the held-out word"].removesuffix(", 2 seeds").split(" to "))
    assert 0 <= low < float(figures["Rank of the held-out word"]) < high <= 100
    assert "of two seeds it is so wide that it says little, train three or more" in said(app)
    most, least = (one.value for one in app.dataframe[1:3])
    assert most["Stability"].is_monotonic_decreasing
    assert least["Stability"].is_monotonic_increasing
    assert most["Stability"].iloc[0] >= least["Stability"].iloc[-1]


def test_seeds_before_two_have_ended_say_what_is_missing(full_home, open_page):
    made = create_study(full_home, make_seeds(recipe(full_home), 2))
    stop_study(full_home, made)
    app = open_page(TRAIN, study=made)
    assert "Two trainings that have ended" in said(app)
    app.button(key=f"resume-{made}").click().run()
    assert study(full_home, made).state == "queued"


def test_a_study_that_waits_can_be_stopped(full_home, open_page):
    made = create_study(full_home, make_duel([recipe(full_home), recipe(full_home, "random")], 5))
    app = open_page(TRAIN, study=made)
    assert "first training is about to begin" in said(app)
    assert app.get("progress")[0].proto.text.startswith("waiting for a free slot")
    app.button(key=f"stop-{made}").click().run()
    assert not app.exception
    assert study(full_home, made).state == "cancelled"


def test_a_duel_ends_in_one_table_with_the_best_first(full_home, open_page, duel):
    app = open_page(TRAIN, study=duel)
    table = app.dataframe[0].value
    assert list(table["Architecture"]) == ["Random vectors", "Skip-gram"]
    assert list(table["Best"]) == ["★", ""]
    assert [name[:12] for name in table][:3] == ["Best", "Architecture", "↓ Rank of th"], "a phone shows what decides"
    assert list(table["↓ Rank of the held-out word"]) == [20, 30]
    assert table["± Rank of the held-out word"].tolist() == pytest.approx([0.98, 0.98], abs=1e-3)
    assert "Held-out loss" not in table, "random vectors have none to compare it with"
    assert "lower is better; the floor is 50.00; 123 gaps: lines of the test." in said(app)
    assert "There is no loss to compare for Random vectors" in said(app)
    assert "**Curves**: no two on one chart." in said(app)
    assert "2 architectures, 5.0 s each · decided by ↓ Rank of the held-out word" in said(app)
    assert "Explore the best" in buttons(app)


def test_what_is_being_scored_is_said_while_the_driver_lives(full_home, open_page):
    sides = [recipe(full_home), recipe(full_home, "random")]
    made = create_study(full_home, make_duel(sides, 5, "held_out_gap"))
    run = child(full_home, made, 1, sides[0])
    ends(full_home, made, outcome="")
    note_scoring(full_home.study_folder(made), run, "held_out_gap")
    with hold(full_home.study_folder(made) / "lock"):
        view = study(full_home, made)
        assert (view.state, view.scoring) == ("running", "Scoring 1 of 2: gaps filled")
        assert view.fraction == pytest.approx(0.95 / 2), "one of two has trained, and is not scored"
        assert [one.proto.text.replace("\\", "") for one in open_page(TRAIN, study=made).get("progress")] == [
            "Scoring 1 of 2: gaps filled … · 48 %"
        ]
        scored(full_home, made, run, 0.7, "held_out_gap")
        assert study(full_home, made).fraction == 0.5
        for nobody in ("20200101-000000-aaaaaa", ""):
            note_scoring(full_home.study_folder(made), nobody, "held_out_gap")
            assert study(full_home, made).scoring == ""
    note_scoring(full_home.study_folder(made), run, "held_out_gap")
    view = study(full_home, made)
    assert (view.state, view.scoring) == ("interrupted", ""), "a killed driver's last note says nothing"


def test_scores_are_kept_one_by_one_and_computed_once(full_home, monkeypatch):
    sides = [recipe(full_home), recipe(full_home, "random")]
    made = create_study(full_home, make_duel(sides, 5))
    run = full_home.run(child(full_home, made, 1, sides[0]))
    folder, asked, noted = full_home.study_folder(made), [], []
    driving = Driving(full_home, folder, study(full_home, made).spec, "local", lambda: len(asked) == 1)
    units = [BENCHMARKS.get(name) for name in ("held_out_rank", "held_out_gap")]
    for unit in units:
        whole = unit.evaluate

        def evaluate(space, material, whole=whole, name=unit.name):
            asked.append(name)
            noted.append(read_scoring(folder))
            return whole(space, material)

        monkeypatch.setattr(unit, "evaluate", evaluate)
    with pytest.raises(Stopped):
        driving.score(run, units)
    assert set(read_scores(folder, run)) == {"held_out_rank"}, "what was computed before the stop is kept"
    driving = Driving(full_home, folder, driving.spec, "local")
    assert set(driving.score(run, units)) == {"held_out_rank", "held_out_gap"}
    driving.score(run, units)
    assert asked == ["held_out_rank", "held_out_gap"]
    assert noted == [(run.id, name) for name in asked]
    assert read_scoring(folder) == ("", "")


def test_a_side_that_was_done_sooner_says_why(full_home, open_page, duel):
    rows = study(full_home, duel).rows
    assert [row.note for row in rows] == ["", ""]
    mark(full_home.study_folder(duel), 1, rows[0].run.id, did_all=True)
    row = study(full_home, duel).rows[0]
    assert row.note == f"It was done after {row.seconds:.1f} s: 2 epochs are the most that do any good on this text."
    app = open_page(TRAIN, study=duel)
    assert f"**1. Skip-gram**: {row.note}" in said(app), "where nobody has to push the table aside to read it"
    assert "Note" not in app.dataframe[0].value


@pytest.mark.parametrize("kind", ["duel", "search"])
def test_where_all_failed_it_says_why_and_offers_nothing_that_would_come_to_the_same(full_home, open_page, kind):
    ranges = [parse_range("skipgram", "learning_rate=0.9..1")]
    asked = {
        "duel": make_duel([recipe(full_home), recipe(full_home, "cbow")], 5),
        "search": make_search(recipe(full_home), ranges, 2),
    }[kind]
    made = create_study(full_home, asked)
    for number in (1, 2):
        run = child(full_home, made, number, recipe(full_home), trained=False)
        if number == 2:
            ends(full_home, made, "failed", "The disk is full.")
            assert study(full_home, made).can_resume, "there is a second one to try"
        folder = full_home.run(run).folder
        (folder / "attempts").mkdir(exist_ok=True)
        own_attempt(1).save(attempt_path(folder, 1))
        Result(attempt=1, outcome="failed", reason="Training diverged at block 15.").save(result_path(folder, 1))
    app = open_page(TRAIN, study=made)
    assert f"**{'Trial 1' if kind == 'search' else '1. Skip-gram'}**: Training diverged at block 15." in said(app)
    assert f"resume-{made}" not in {button.key for button in app.button}
    assert "No trial has a score." in said(app) or kind == "duel"
    assert "Curves" not in said(app)
    assert {"Words/s", "Best"}.isdisjoint(app.dataframe[0].value)


@pytest.mark.parametrize(
    ("seconds", "note", "reason"),
    [
        (5.1, "It was stopped at the 5 s that each side had; it was not done.", ""),
        (3.0, "It was stopped at 40 %.", "Of 2 runs, 1 stopped; each says why."),
    ],
)
def test_a_side_that_had_all_its_time_is_no_shortcoming(full_home, duel, seconds, note, reason):
    run = study(full_home, duel).runs[0]
    changes = {"outcome": "stopped", "reason": "It was stopped at 40 %.", "seconds": Seconds(train=seconds, total=6)}
    run.result.model_copy(update=changes).save(result_path(run.folder, 1))
    view = study(full_home, duel)
    assert (view.rows[0].note, view.reason) == (note, reason)


def test_a_search_shows_trials_and_fills_the_form_with_the_best(full_home, open_page, search):
    app = open_page(TRAIN, study=search)
    choose(app, "search")
    table = app.dataframe[0].value
    assert list(table["Trial"]) == [2, 3, 1]
    assert list(table["Window"]) == [7, 5, 3]
    assert list(table["Best"]) == ["★", "", ""]
    assert [name[:6] for name in table][:3] == ["Best", "Trial", "↓ Rank"], "a phone shows what decides"
    options = json.loads(app.get("echarts_chart")[0].proto.spec)
    scatter, best = options["series"]
    assert scatter["data"] == [[1, 30], [2, 20], [3, 25]]
    assert [value for _, value in best["data"]] == [30, 20, 20]
    assert "The best of 3 scores, all of one seed and the same lines, is partly luck" in said(app)
    app.button(key=f"use-{search}").click().run()
    assert not app.exception
    assert app.number_input(key="form.skipgram.window").value == 7
    assert app.segmented_control(key="form.how").value == "once"


@pytest.mark.parametrize(
    ("outcome", "reason", "kind", "shown"),
    [
        ("failed", "The corpus is gone.", "error", "The corpus is gone"),
        ("stopped", "It was stopped.", "info", "It was stopped"),
        ("", "", "warning", "ended without a word"),
    ],
)
def test_an_ending_says_why_and_goes_on(full_home, open_page, outcome, reason, kind, shown):
    made = create_study(full_home, make_duel([recipe(full_home), recipe(full_home, "random")], 5))
    ends(full_home, made, outcome, reason)
    app = open_page(TRAIN, study=made)
    assert shown in getattr(app, kind)[0].value.replace("\\", "")
    app.button(key=f"resume-{made}").click().run()
    assert not app.exception
    assert study(full_home, made).state == "queued"


def changed(**facts):
    return lambda text: json.dumps(json.loads(text) | facts)


DAMAGES = {
    "cut off": lambda text: text[: len(text) // 2],
    "another kind": changed(kind=["duel"]),
    "another plan": changed(plan=[5]),
    "empty": lambda _: "",
    "a list": lambda text: f"[{text}]",
    "nothing": lambda _: "null",
    "no text": lambda _: "\udcff",
    "another format": changed(format=True),
    "no time": changed(plan={"seconds": "five"}),
    "no ranges": changed(ranges={}),
    "no list of sides": changed(entrants={}),
    "no sides": changed(entrants=[1, 2]),
    "sides without a recipe": changed(entrants=[{}, {}]),
    "another score": changed(score=["held_out_rank"]),
}


@pytest.mark.parametrize("damage", [*DAMAGES][:3])
def test_a_damaged_study_is_one_sentence_and_nothing_is_lost(full_home, open_page, duel, damage):
    path = full_home.study_folder(duel) / "study.json"
    before = [run.id for run in full_home.runs()]
    path.write_text(DAMAGES[damage](path.read_text()))
    app = open_page(TRAIN, study=duel)
    assert [one.value.replace("\\", "").count("study.json") for one in app.error] == [1]
    app = open_page(RUNS, study=duel)
    assert [one.value.replace("\\", "").count("study.json") for one in app.error] == [1]
    assert list(app.dataframe[0].value["State"]) == ["damaged"]
    assert "Its runs stand below all the same." in app.error[0].value.replace("\\", "")
    assert list(app.dataframe[1].value["State"]) == ["finished", "finished"]
    assert [run.id for run in full_home.runs()] == before


def test_every_damage_of_a_study_is_told_and_leaves_its_runs(full_home, duel):
    folder = full_home.study_folder(duel)
    path, whole = folder / "study.json", (folder / "study.json").read_text()
    for name, damage in DAMAGES.items():
        path.write_bytes(damage(whole).encode("utf-8", "surrogateescape"))
        (view,) = studies(full_home)
        assert (view.state, len(view.rows)) == ("damaged", 2), name
        assert view.reason.startswith("study.json"), name
    path.write_text(whole)
    (folder / "made").mkdir(exist_ok=True)
    others = [folder / name for name in ("label.json", "made/0001.json", "attempts/001.json", "result-001.json")]
    for other in [*(folder / "scores").iterdir(), *others]:
        for text in ("", "[1]", "{", '{"name": ["a"], "notes": {}}', '{"run": 5, "scores": {}}'):
            other.write_text(text)
            (view,) = studies(full_home)
            assert len(view.rows) == 2, (other.name, text)
            assert view.state == ("interrupted" if other.name == "result-001.json" else "finished"), (other.name, text)


@pytest.mark.parametrize("identifier", ["20200101-000000-aaaaaa", "../../etc"])
def test_an_unknown_study_in_a_link_is_one_sentence(full_home, open_page, identifier):
    app = open_page(TRAIN, study=identifier)
    assert "There is no study" in app.error[0].value
    assert "study" not in app.query_params


def test_a_study_that_is_deleted_meanwhile_is_one_sentence(full_home, open_page, duel):
    app = open_page(TRAIN, study=duel)
    delete_study(full_home, duel)
    app.run()
    assert not app.exception
    assert "was deleted" in app.error[0].value


def test_a_run_leads_back_to_its_study(full_home, open_page, duel):
    run = study(full_home, duel).runs[0]
    app = open_page(TRAIN, run=run.id)
    assert "Part of Who?" in links(app)
    delete_study(full_home, duel)
    full_home.undelete(run.id)
    assert "Part of Who?" not in links(open_page(TRAIN, run=run.id))


def test_what_is_at_work_is_shown_as_the_study_it_is(full_home, open_page):
    made = create_study(full_home, make_seeds(recipe(full_home), 2, "At *work*"))
    app = open_page(TRAIN)
    assert app.session_state["study"] == made
    assert "At *work*" in said(app)


# ---------------------------------------------------------- the table itself


def test_the_highest_comes_first_where_high_is_good(full_home):
    sides = [recipe(full_home), recipe(full_home, "random")]
    made = create_study(full_home, make_duel(sides, 5, "held_out_gap"))
    for number, (side, value) in enumerate(zip(sides, (0.6, 0.7), strict=True), 1):
        run = child(full_home, made, number, side)
        scored(full_home, made, run, value, "held_out_gap", best="highest", chance=0.5)
    child(full_home, made, 3, sides[0], trained=False)
    frame, _ = study_frame(study(full_home, made))
    assert list(frame["↑ Gaps filled"][:2]) == [0.7, 0.6]
    assert frame["State"].tolist() == ["finished", "finished", "queued"]
    assert frame["Best"].tolist() == ["★", "", ""]
    assert pd.isna(frame["↑ Gaps filled"][2])


def test_losses_that_do_not_mean_the_same_are_not_put_below_each_other(full_home):
    sides = [recipe(full_home), recipe(full_home, "cbow", epochs=2)]
    made = create_study(full_home, make_duel(sides, 5))
    for number, side in enumerate(sides, 1):
        child(full_home, made, number, side)
    rows = study(full_home, made).rows
    assert all(row.held_out_loss is not None for row in rows)
    assert "Held-out loss" not in study_frame(study(full_home, made))[0]


def test_a_score_that_none_has_is_no_column_but_a_line(full_home, open_page):
    sides = [recipe(full_home), recipe(full_home, "random")]
    made = create_study(full_home, make_duel(sides, 5))
    for number, side in enumerate(sides, 1):
        run = child(full_home, made, number, side)
        scored(full_home, made, run, None, "held_out_gap", deviation=None, undefined="Too few gaps.")
    assert not [name for name in study_frame(study(full_home, made))[0] if "Gaps" in name]
    assert "**Gaps filled**: Too few gaps." in said(open_page(TRAIN, study=made))


def test_a_search_says_where_its_first_trial_cannot_begin_at_what_the_form_has(full_home, open_page):
    app = choose(open_page(TRAIN), "search")
    app.multiselect(key="form.searched").set_value(["window"]).run()
    assert "the first trial takes" not in said(app)
    app.number_input(key="form.skipgram.window").set_value(40).run()
    assert "Window 40 lies outside of its range; the first trial takes 15." in said(app)


def test_a_curve_grows_while_it_is_looked_at(full_home):
    run = full_home.runs()[0]
    path = run.folder / "metrics.jsonl"
    whole = path.read_text("utf-8")
    path.write_text("", "utf-8")
    assert run_rows(run) == []
    path.write_text(whole, "utf-8")
    assert len(run_rows(run)) > 0


# ------------------------------------------------------------ the list of runs


def test_runs_of_a_study_stand_under_it(full_home, open_page, duel):
    app = open_page(RUNS)
    listed, alone = (one.value for one in app.dataframe[:2])
    assert list(listed["Name"]) == ["Who?"]
    assert listed["Best"].tolist() == [20]
    assert list(alone["Name"]) == ["First <b>run</b>"]
    app = open_page(RUNS, study=duel)
    table = app.dataframe[1].value
    assert sorted(table["Name"]) == ["side 1", "side 2"]
    shown = dict(zip(table["Name"], table["Words/s"], strict=True))
    paces = {row.run.name: row.words_per_second for row in study(full_home, duel).rows}
    assert shown["side 1"] == pytest.approx(paces["side 1"]), "as the study says"
    assert paces["side 2"] is None
    assert pd.isna(shown["side 2"])
    assert "Open the study" in buttons(app)
    run = study(full_home, duel).runs[1]
    app = open_page(RUNS, run=run.id)
    assert sorted(app.dataframe[1].value["Name"]) == ["side 1", "side 2"], "a link to a run opens its study"


@pytest.mark.parametrize(
    ("name", "of", "within"),
    [
        ("CBOW · Who?", "Who?", "CBOW"),
        ("Who? · trial 2", "Who?", "trial 2"),
        (f"{'n' * 90} · trial 2", "n" * 100, "trial 2"),
        ("My own", "Who?", "My own"),
        ("CBOW", "", "CBOW"),
    ],
)
def test_under_its_study_a_run_is_called_without_the_name_of_it(full_home, name, of, within):
    made = create_study(full_home, make_duel([recipe(full_home), recipe(full_home, "random")], 5, name=of))
    run = child(full_home, made, 1, recipe(full_home), trained=False)
    full_home.rename(run, name)
    assert name_within(full_home.run(run), study(full_home, made)) == within


def test_a_study_is_deleted_after_a_question_and_taken_back(full_home, open_page, duel):
    runs = {run.id for run in study(full_home, duel).runs}
    app = open_page(RUNS, study=duel)
    assert "The study and its 2 runs go into the trash" in said(app)
    app.button(key="study.delete").click().run()
    assert not app.exception
    assert studies(full_home) == []
    assert not runs & {run.id for run in full_home.runs()}
    app.button(key="undo.study").click().run()
    assert not app.exception
    assert [view.id for view in studies(full_home)] == [duel]
    assert runs <= {run.id for run in full_home.runs()}


def test_a_study_is_renamed_and_its_name_is_text(full_home, open_page, duel):
    app = open_page(RUNS, study=duel)
    app.text_input(key=f"study.name.{duel}").set_value("[x](http://x) $x$").run()
    app.button(key=f"study.rename.{duel}").click().run()
    assert not app.exception
    assert study(full_home, duel).name == "[x](http://x) $x$"
    assert not any("[x](http" in one.value for one in (*app.subheader, *app.markdown, *app.caption))


def test_with_studies_alone_it_says_where_their_runs_are(full_home, open_page, duel):
    full_home.delete(next(run.id for run in full_home.runs() if not run.study))
    app = open_page(RUNS, run="")
    assert "choose one to see its own" in said(app)


def test_home_shows_one_run_of_a_study(full_home, open_page, search):
    app = open_page("home.py")
    assert len([one for one in app.markdown if one.value.startswith("**side")]) == 1
