"""Train: the form, what it refuses, one run for a double click, and the live view of a run that has ended."""

import json

import pytest

from core.runs.processes import own_attempt
from core.runs.records import Result, attempt_path, result_path
from core.runs.spec import make_spec
from core.runs.studies.keeping import create_study
from core.runs.studies.spec import make_seeds
from core.runs.trainer import train_run
from pages.ui import live, live_parts


def start(app):
    app.button(key="start").click().run()
    assert not app.exception, app.exception
    return app


def set_field(app, name, value):
    app.number_input(key=f"form.skipgram.{name}").set_value(value).run()
    assert not app.exception, app.exception


def test_without_anything_the_page_offers_the_samples(empty_home, open_page):
    app = open_page("train/train.py")
    assert any("Press Start" in one.value for one in app.markdown)
    assert app.selectbox(key="form.corpus").value is None
    assert any("a sample" in option for option in app.selectbox(key="form.corpus").options)
    assert empty_home.corpora() == []  # looking makes nothing


def test_an_unknown_run_in_a_link_is_one_sentence(full_home, open_page):
    app = open_page("train/train.py", run="20200101-000000-aaaaaa")
    assert "There is no run" in app.error[0].value
    assert "run" not in app.query_params


def test_a_run_id_that_is_a_path_is_one_sentence(full_home, open_page):
    app = open_page("train/train.py", run="../../etc")
    assert len(app.error) == 1


def test_a_link_opens_the_form_on_the_corpus_of_its_run_or_study(full_home, open_page, tmp_path):
    [first], run = [view.id for view in full_home.corpora()], full_home.runs()[0]
    text = tmp_path / "newer.txt"
    text.write_text("another text that is newer\n" * 50)
    newer = full_home.add_corpus(text)
    assert open_page("train/train.py").selectbox(key="form.corpus").value == newer
    app = open_page("train/train.py", run=run.id)
    assert app.selectbox(key="form.corpus").value == first
    assert app.query_params["corpus"] == first
    app.selectbox(key="form.corpus").set_value(newer).run()
    assert app.selectbox(key="form.corpus").value == newer, "what is picked stays, though the run is shown"
    assert open_page("train/train.py", run=run.id, corpus=newer).selectbox(key="form.corpus").value == newer
    study = create_study(full_home, make_seeds(run.spec, 2))
    assert open_page("train/train.py", study=study).selectbox(key="form.corpus").value == first


def test_a_link_to_a_corpus_that_is_gone_says_so_and_the_form_has_another(full_home, open_page, tmp_path):
    [first], text = [view.id for view in full_home.corpora()], tmp_path / "newer.txt"
    text.write_text("another text that is newer\n" * 50)
    newer = full_home.add_corpus(text)
    full_home.delete_corpus(first)
    app = open_page("train/train.py", corpus=first)
    assert app.selectbox(key="form.corpus").value == newer
    assert [one.value.replace("\\", "") for one in app.toast] == ["That text is not here: Two *kinds* (deleted)."]
    assert app.run().toast.len == 0, "said once"
    assert "a deleted corpus" in open_page("train/train.py", corpus="0" * 20).toast[0].value
    run = full_home.runs()[0].id
    told = " ".join(one.value.replace("\\", "") for one in open_page("train/train.py", run=run).caption)
    assert "Two *kinds* (deleted)" in told
    assert "Two *kinds* (deleted)" in open_page("train/runs.py", run=run).dataframe[0].value["Corpus"].tolist()


def test_a_link_to_a_run_whose_corpus_is_gone_opens_the_form_on_another(full_home, open_page, tmp_path):
    run = full_home.runs()[0]
    full_home.delete_corpus(run.corpus)
    text = tmp_path / "left.txt"
    text.write_text("the only text that is left\n" * 50)
    left = full_home.add_corpus(text)
    app = open_page("train/train.py", run=run.id)
    assert app.selectbox(key="form.corpus").value == left
    assert "Loss" in {one.label for one in app.metric}, "the run is shown all the same"


def test_the_form_has_a_field_for_every_parameter_and_a_price(full_home, open_page):
    app = open_page("train/train.py")
    shown = {one.key for one in app.number_input}
    for name in ("dimensions", "window", "negatives", "epochs", "learning_rate", "subsample", "noise_exponent"):
        assert f"form.skipgram.{name}" in shown
    assert {"form.run.min_count", "form.run.seed", "form.run.threads"} <= shown
    assert {"About", "Memory"} <= {one.label for one in app.metric}


def test_start_writes_one_run_with_what_the_form_says(full_home, open_page):
    app = open_page("train/train.py")
    set_field(app, "dimensions", 32)
    app.multiselect(key="form.watched").set_value(["king", "pear"]).run()
    start(app)
    new = full_home.runs()[0]
    assert len(full_home.runs()) == 2
    assert new.state == "queued"
    assert new.spec.params.dimensions == 32
    assert new.spec.settings.watched == ("king", "pear")
    assert app.session_state["run"] == new.id


def test_a_double_click_is_one_run(full_home, open_page):
    app = open_page("train/train.py")
    start(app)
    start(app)
    assert len(full_home.runs()) == 2


@pytest.mark.parametrize(
    ("name", "value"), [("learning_rate", -1.0), ("learning_rate", 1000.0), ("dimensions", 100_000), ("epochs", None)]
)
def test_a_bad_value_is_one_sentence_and_no_run(full_home, open_page, name, value):
    app = open_page("train/train.py")
    set_field(app, name, value)
    assert len(app.error) == 1
    assert name.split("_")[0] in app.error[0].value.replace("\\", "")
    assert app.button(key="start").disabled
    assert len(full_home.runs()) == 1


def test_a_minimum_count_that_leaves_nothing_is_one_sentence(full_home, open_page):
    app = open_page("train/train.py")
    app.number_input(key="form.run.min_count").set_value(99_999).run()
    assert not app.exception
    assert len(app.error) == 1
    assert "minimum count" in app.error[0].value


def test_a_preset_fills_the_form(full_home, open_page):
    app = open_page("train/train.py")
    epochs = []
    for preset in ("quick", "thorough"):
        app.segmented_control(key="form.preset").set_value(preset).run()
        epochs.append(app.number_input(key="form.skipgram.epochs").value)
    assert epochs[0] < epochs[1]


def test_a_finished_run_shows_figures_watched_words_and_where_to_go(full_home, open_page):
    run = full_home.runs()[0].id
    app = open_page("train/train.py", run=run)
    figures = {one.label: one.value for one in app.metric}
    assert float(figures["Loss"]) > 0
    assert {"Held-out loss", "Words per second", "Elapsed"} <= set(figures)
    row = open_page("train/runs.py").dataframe[0].value.iloc[0]
    assert figures["Words per second"] == live_parts._speed(row["Words/s"]), "as the table of runs has it"
    said = " ".join(one.value for one in app.markdown)
    assert "**king**" in said
    assert "**apple**" in said
    assert said.count(":gray[:small[") == 10  # two watched words, five neighbours each, with their cosines
    assert {"Open the map", "Neighbours", "Judge", "Export"} <= {
        one.proto.label.strip("*") for one in app.get("page_link")
    }


def test_the_view_reads_on_and_keeps_its_place(full_home, open_page):
    run = full_home.runs()[0].id
    app = open_page("train/train.py", run=run)
    before = app.session_state[f"live.following.{run}"]
    rows, at = len(before.rows), before.metrics_at
    app.run()
    after = app.session_state[f"live.following.{run}"]
    assert (len(after.rows), after.metrics_at) == (rows, at)


def test_the_playhead_holds_back_what_came_later(full_home, open_page, monkeypatch):
    run = full_home.runs()[0].id
    monkeypatch.setattr(live, "TIMED_SECONDS", 1e6)  # the first frame, however slow the machine
    app = open_page("train/train.py", run=run)
    whole = next(one.value for one in app.metric if one.label == "Elapsed")
    app.segmented_control(key=f"pace.{run}.0").set_value("timed").run()
    assert not app.exception
    shown = next(one.value for one in app.metric if one.label == "Elapsed")
    assert float(shown.split()[0]) <= float(whole.split()[0])
    assert not any("No loss was recorded" in one.value for one in app.caption), "it is only to come"
    app.segmented_control(key=f"pace.{run}.0").set_value("step").run()
    assert not app.exception


@pytest.mark.parametrize(("outcome", "kind"), [("failed", "error"), ("stopped", "info")])
def test_an_ending_says_why(full_home, open_page, outcome, kind):
    run = full_home.runs()[0]
    Result(attempt=1, outcome=outcome, reason="The loss left all bounds at step 7; try 0.025.").save(
        result_path(run.folder, 1)
    )
    app = open_page("train/train.py", run=run.id)
    assert "The loss left all bounds" in getattr(app, kind)[0].value


def test_an_interrupted_run_can_be_resumed(full_home, open_page):
    run = full_home.runs()[0]
    result_path(run.folder, 1).unlink()
    app = open_page("train/train.py", run=run.id)
    assert "trainer ended" in app.warning[0].value
    app.button(key=f"resume-{run.id}").click().run()
    assert not app.exception
    assert full_home.run(run.id).state == "queued"


def test_a_deleted_run_is_one_sentence(full_home, open_page):
    run = full_home.runs()[0].id
    app = open_page("train/train.py", run=run)
    full_home.delete(run)
    app.run()
    assert not app.exception
    assert "was deleted" in app.error[0].value


def test_words_of_the_corpus_stay_text(full_home, open_page):
    run = full_home.runs()[0]
    event = {"kind": "frame", "attempt": 1, "frame": 999, "block": 10**6, "fraction": 1.0, "seconds": 1.0}
    event |= {"neighbours": {"king": [["[x](http://x)", 0.5]]}, "joined": [["king", "[x](http://x)"]]}
    with (run.folder / "events.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(event) + "\n")
    app = open_page("train/train.py", run=run.id)
    said = " ".join([*(one.value for one in app.markdown), *(one.value for one in app.caption)])
    assert "\\[x\\]\\(http\\:" in said
    assert "[x](http" not in said


def test_imported_vectors_show_no_empty_curve(full_home, open_page):
    run = full_home.add_space(full_home.space(full_home.runs()[0].id), "brought along")
    app = open_page("train/train.py", run=run)
    assert any("brought along" in one.value for one in app.caption)
    assert "Open the map" in {one.proto.label.strip("*") for one in app.get("page_link")}


def test_a_text_that_is_too_small_is_said_to_be(empty_home, open_page, tmp_path):
    text = tmp_path / "small.txt"
    text.write_text("a word beside another word\nand one more word\n", "utf-8")
    corpus = empty_home.add_corpus(text)
    app = open_page("train/train.py", corpus=corpus)
    assert any("9 words are too few for neighbours" in one.value for one in app.caption)


def test_other_runs_lie_beside_it_when_they_are_chosen(full_home, open_page):
    first = full_home.runs()[0]
    again = full_home.create_run(make_spec("skipgram", {"dimensions": 8, "epochs": 2}, first.spec.settings, "again"))
    other = full_home.create_run(make_spec("cbow", {"dimensions": 8, "epochs": 2}, first.spec.settings, "other"))
    for run in (again, other):
        assert train_run(full_home, run) == 0
    app = open_page("train/train.py", run=first.id)
    failed = full_home.run(full_home.create_run(first.spec)).folder
    (failed / "attempts").mkdir()
    own_attempt(1).save(attempt_path(failed, 1))
    Result(attempt=1, outcome="failed", reason="It diverged at once.").save(result_path(failed, 1))
    app.run()
    beside = app.multiselect(key=f"beside.{first.id}")
    assert list(beside.options) == ["again"], "CBOW means another loss, and what failed at once has none"
    beside.set_value([again]).run()
    assert not app.exception
    full_home.delete(again)
    app.run()
    assert not app.exception
    app = open_page("train/train.py", run=other)
    assert any("means the same: CBOW, nats per example" in one.value.replace("\\", "") for one in app.caption)
    (link,) = [one.proto for one in app.get("page_link") if one.proto.label == "Compare by rank"]
    assert link.query_string.replace("%2C", ",") == f"compare={other},{first.id}"


def test_the_learning_rate_follows_adam_and_comes_back(full_home, open_page):
    app = open_page("train/train.py")
    rate = app.number_input(key="form.skipgram.learning_rate").value
    assert rate > 0.02
    app.selectbox(key="form.skipgram.optimiser").set_value("adam").run()
    assert app.number_input(key="form.skipgram.learning_rate").value == 0.003
    assert "it is 0.003 now" in app.toast[0].value
    assert not app.error
    app.selectbox(key="form.skipgram.optimiser").set_value("sgd").run()
    assert app.number_input(key="form.skipgram.learning_rate").value == rate


def test_the_learning_rate_follows_adagrad_and_from_one_to_the_other(full_home, open_page):
    app = open_page("train/train.py")
    rate = app.number_input(key="form.skipgram.learning_rate").value
    assert rate != 0.1
    for optimiser, expected in (("adagrad", 0.1), ("adam", 0.003), ("adagrad", 0.1), ("sgd", rate)):
        app.selectbox(key="form.skipgram.optimiser").set_value(optimiser).run()
        assert app.number_input(key="form.skipgram.learning_rate").value == expected


def test_the_learning_rate_follows_a_sum_of_contexts_too(full_home, open_page):
    app = open_page("train/train.py")
    app.radio(key="form.architecture").set_value("cbow").run()
    rate = app.number_input(key="form.cbow.learning_rate").value
    for name, value, expected in (
        ("combine", "sum", 0.025),
        ("optimiser", "adam", 0.003),
        ("combine", "mean", 0.003),
        ("combine", "sum", 0.003),
        ("optimiser", "sgd", 0.025),
        ("combine", "mean", rate),
    ):
        app.selectbox(key=f"form.cbow.{name}").set_value(value).run()
        assert app.number_input(key="form.cbow.learning_rate").value == expected
    app.selectbox(key="form.cbow.combine").set_value("sum").run()
    assert "Those settings want a learning rate of their own: it is 0.025 now" in app.toast[0].value


def test_a_rate_that_was_typed_for_adam_stays(full_home, open_page):
    app = open_page("train/train.py")
    app.selectbox(key="form.skipgram.optimiser").set_value("adam").run()
    set_field(app, "learning_rate", 0.002)
    app.selectbox(key="form.skipgram.optimiser").set_value("adagrad").run()
    assert app.number_input(key="form.skipgram.learning_rate").value == 0.002


def test_a_duel_does_not_ask_for_what_it_chooses_itself(full_home, open_page):
    app = open_page("train/train.py")
    keys = {"form.skipgram.epochs", "form.run.begin_from"}
    assert keys <= {one.key for one in (*app.number_input, *app.selectbox)}
    epochs = app.number_input(key="form.skipgram.epochs").value
    app.segmented_control(key="form.how").set_value("duel").run()
    assert not keys & {one.key for one in (*app.number_input, *app.selectbox)}
    app.segmented_control(key="form.how").set_value("once").run()
    assert app.number_input(key="form.skipgram.epochs").value == epochs


def test_what_is_not_as_usual_tells_runs_apart(full_home, open_page):
    usual = full_home.runs()[0]
    params = usual.spec.params.model_dump() | {"output": "full_softmax"}
    run = full_home.create_run(make_spec("skipgram", params, usual.spec.settings.model_dump(mode="json")))

    def facts(identifier):
        return next(one.value for one in open_page("train/train.py", run=identifier).caption if " epochs" in one.value)

    assert "full softmax" in facts(run)
    assert "softmax" not in facts(usual.id)
    assert "negative" not in facts(usual.id)


def test_topics_stand_beside_the_epochs(full_home, open_page):
    settings = full_home.runs()[0].spec.settings.model_dump(mode="json")
    run = full_home.create_run(make_spec("lda", {"topics": 7, "epochs": 12}, settings))
    assert any("7 topics · 12 epochs" in one.value for one in open_page("train/train.py", run=run).caption)


def test_who_has_a_sample_is_not_sent_to_the_samples(empty_home, open_page, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("one fish two fish red fish blue fish\n" * 40, "utf-8")
    for name, offered in (("My own", True), ("The planted world", False)):
        corpus = empty_home.add_corpus(text, name=name)
        app = open_page("train/train.py", corpus=corpus)
        assert ("sample_instead" in {one.key for one in app.button}) == offered
        empty_home.delete_corpus(corpus)
