"""Studies in the store: several seeds end to end of the files, stopping, deleting, hostile folders."""

import json

import pytest

from core.errors import CorpusError, RunError, SettingsError
from core.runs.locks import try_hold
from core.runs.records import Attempt, Result, Seconds, attempt_path, result_path
from core.runs.spec import make_spec
from core.runs.store import Store
from core.runs.studies.driver import drive_study
from core.runs.studies.keeping import (
    create_study,
    delete_study,
    is_study,
    rename_study,
    resume_study,
    stop_study,
    studies,
    study,
    undelete_study,
)
from core.runs.studies.spec import StudySpec, make_duel, make_seeds


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "home")
    (store.workspace() / "corpora" / "small").mkdir()
    (store.workspace() / "corpora" / "small" / "meta.json").write_text('{"name": "Small", "tokens": 12}')
    return store


def recipe(architecture="skipgram", params=None, **settings):
    return make_spec(architecture, params or {}, {"corpus": "small", **settings}, "Mine")


def end(folder, outcome, fraction=1.0, number=1, **facts):
    (folder / "attempts").mkdir(exist_ok=True)
    Attempt(number=number, pid=1).save(attempt_path(folder, number))
    Result(attempt=number, outcome=outcome, fraction=fraction, **facts).save(result_path(folder, number))


def states(store, identifier):
    return [run.state for run in study(store, identifier).runs]


def test_seeds_are_runs_that_differ_by_their_seed_alone(store):
    made = create_study(store, make_seeds(recipe(seed=7, watched=["king"]), 3))
    view = study(store, made)
    assert (view.state, view.kind, view.fraction, view.corpus) == ("queued", "seeds", 0.0, "small")
    assert view.name == "3 seeds · Mine", "a list tells it from a run of the recipe"
    assert [row.number for row in view.rows] == [1, 2, 3]
    assert [row.differs for row in view.rows] == [{"seed": 7}, {"seed": 8}, {"seed": 9}]
    assert [run.name for run in view.runs] == ["Mine · seed 7", "Mine · seed 8", "Mine · seed 9"]
    assert {run.study for run in view.runs} == {made}
    for run in view.runs:
        assert run.spec.params == recipe().params
        assert run.spec.settings.model_copy(update={"seed": 7}) == recipe(seed=7, watched=["king"]).settings
    assert studies(store) == [view]
    assert is_study(store, made)
    assert not is_study(store, view.runs[0].id)
    own = store.create_run(recipe())
    assert store.run(own).study == ""
    assert study(store, made) == view


def test_what_seeds_cannot_be_is_said_before_anything_is_made(store):
    for seeds in (1, 51):
        with pytest.raises(SettingsError, match="seeds must be a whole number from 2 to 50"):
            make_seeds(recipe(), seeds)
    with pytest.raises(SettingsError, match="same whatever the seed"):
        make_seeds(recipe("ppmi_svd"), 3)
    with pytest.raises(SettingsError, match="seed must be"):
        make_seeds(recipe(seed=2**31 - 2), 3)
    with pytest.raises(CorpusError):
        create_study(store, make_seeds(make_spec("skipgram", {}, {"corpus": "other"}), 3))
    assert (store.runs(), studies(store)) == ([], [])


@pytest.mark.parametrize(
    ("ends", "state", "resumable"),
    [
        (["finished"] * 3, "finished", False),
        (["finished", "finished", "failed"], "finished", False),
        (["failed"] * 3, "failed", False),
        (["finished", "stopped", "finished"], "stopped", True),
        (["finished", "interrupted", "stopped"], "interrupted", True),
        (["finished", None, None], "running", False),
        ([None, None, None], "queued", False),
    ],
)
def test_the_state_of_seeds_is_what_those_of_the_runs_amount_to(store, ends, state, resumable):
    made = create_study(store, make_seeds(recipe(), 3))
    for run, outcome in zip(study(store, made).runs, ends, strict=True):
        if outcome == "interrupted":
            (run.folder / "attempts").mkdir()
            Attempt(number=1, pid=1).save(attempt_path(run.folder, 1))
        elif outcome:
            end(run.folder, outcome)
    view = study(store, made)
    assert (view.state, view.can_resume) == (state, resumable)


def test_the_fraction_is_the_mean_of_the_runs(store):
    made = create_study(store, make_seeds(recipe(), 4))
    first, second, *_ = study(store, made).runs
    end(first.folder, "finished", seconds=Seconds(train=2.0), words=3000, held_out_loss=1.5)
    end(second.folder, "stopped", fraction=0.5)
    view = study(store, made)
    assert view.fraction == pytest.approx(1.5 / 4)
    row = view.rows[0]
    assert (row.seconds, row.words_per_second, row.held_out_loss) == (2.0, 1500.0, 1.5)
    assert "Skip-gram" in row.loss
    lock = try_hold(view.runs[2].folder / "lock")
    (view.runs[2].folder / "attempts").mkdir()
    Attempt(number=1, pid=1).save(attempt_path(view.runs[2].folder, 1))
    number = dict.fromkeys(("attempt", "block", "examples", "words"), 1)
    metrics = {**number, "fraction": 0.25, "words_per_second": 1.0, "learning_rate": 0.1, "seconds": 4.0}
    (view.runs[2].folder / "metrics.jsonl").write_text(json.dumps(metrics) + "\n")
    view = study(store, made)
    assert view.state == "running"
    assert view.fraction == pytest.approx(1.75 / 4)
    assert view.rows[2].seconds == 4.0
    lock.release()


def test_stopped_seeds_go_on_also_those_that_had_not_begun(store):
    made = create_study(store, make_seeds(recipe(), 3))
    end(study(store, made).runs[0].folder, "finished")
    stop_study(store, made)
    assert states(store, made) == ["finished", "cancelled", "cancelled"]
    assert study(store, made).state == "stopped"
    stop_study(store, made)
    resume_study(store, made)
    assert states(store, made) == ["finished", "queued", "queued"]
    for run in study(store, made).runs:
        end(run.folder, "finished")
    resume_study(store, made)
    stop_study(store, made)
    assert states(store, made) == ["finished"] * 3


def test_a_study_goes_into_the_trash_with_its_runs_and_comes_back(store):
    made, other = (create_study(store, make_seeds(recipe(), 2)) for _ in range(2))
    before = study(store, made)
    delete_study(store, made)
    assert [view.id for view in studies(store)] == [other]
    assert {run.study for run in store.runs()} == {other}
    assert is_study(store, made)
    with pytest.raises(RunError, match=f"The study {made} was deleted on"):
        study(store, made)
    undelete_study(store, made)
    assert study(store, made) == before
    assert len(store.runs()) == 4
    with pytest.raises(RunError, match="not in the trash"):
        undelete_study(store, made)


def test_a_deleted_run_leaves_the_study_with_one_fewer_and_does_not_come_back_with_it(store):
    made = create_study(store, make_seeds(recipe(), 3))
    runs = study(store, made).runs
    store.delete(runs[1].id)
    assert [row.number for row in study(store, made).rows] == [1, 3]
    for run in (runs[0], runs[2]):
        end(run.folder, "finished")
    assert (study(store, made).state, study(store, made).fraction) == ("finished", 1.0)
    delete_study(store, made)
    undelete_study(store, made)
    assert [row.number for row in study(store, made).rows] == [1, 3]
    store.undelete(runs[1].id)
    assert [row.number for row in study(store, made).rows] == [1, 2, 3]


def test_a_deletion_killed_on_the_way_loses_no_run(store):
    made = create_study(store, make_seeds(recipe(), 3))
    runs = study(store, made).runs
    (study(store, made).folder / "gone_along.json").write_text(json.dumps({"runs": [run.id for run in runs]}))
    store.delete(runs[0].id)
    assert len(study(store, made).runs) == 2
    delete_study(store, made)
    undelete_study(store, made)
    assert len(study(store, made).runs) == 3


def test_a_study_at_work_is_not_deleted(store):
    made = create_study(store, make_seeds(recipe(), 2))
    run = study(store, made).runs[0]
    lock = try_hold(run.folder / "lock")
    with pytest.raises(RunError, match="stop it first"):
        delete_study(store, made)
    assert len(study(store, made).runs) == 2
    lock.release()
    delete_study(store, made)
    assert store.runs() == []


def test_a_name_is_a_label(store):
    made = create_study(store, make_seeds(recipe(), 2, "First\x07 <b>"))
    assert study(store, made).name == "First <b>"
    rename_study(store, made, "../second\u202e", notes="why")
    assert (study(store, made).name, study(store, made).notes) == ("../second", "why")
    rename_study(store, made, "third")
    assert (study(store, made).name, study(store, made).notes) == ("third", "why")


@pytest.mark.parametrize("bad", ["..", "../small", "/etc", "", "A", "a/b", "a.b", "x" * 99, "nul\0", "ä"])
def test_what_is_no_id_is_no_study(store, bad):
    for call in (study, stop_study, resume_study, delete_study, undelete_study):
        with pytest.raises(RunError):
            call(store, bad)
    assert not is_study(store, bad)


def damage(folder, **changes):
    value = json.loads((folder / "study.json").read_text())
    (folder / "study.json").write_text(json.dumps({**value, **changes}))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"format": 99}, "update Semascope"),
        ({"format": True}, "no format number"),
        ({"kind": "war"}, "no kind"),
        ({"kind": ["seeds"]}, "no kind"),
        ({"plan": {"seeds": 10**9}}, "seeds must be"),
        ({"plan": {"seeds": 3, "more": 1}}, "not a setting"),
        ({"plan": None}, "missing"),
        ({"entrants": []}, "missing"),
        ({"entrants": [1]}, "no recipe"),
        ({"entrants": [{"format": 1}] * 99}, "missing"),
        ({"entrants": [{"format": 1}]}, "missing"),
        ({"ranges": 7}, "no recipe"),
        ({"kind": "duel"}, "“seeds” is not a setting"),
    ],
)
def test_a_damaged_study_says_why_and_spares_the_others(store, changes, says):
    good, bad = (create_study(store, make_seeds(recipe(), 2)) for _ in range(2))
    damage(store.study_folder(bad), **changes)
    views = {view.id: view for view in studies(store)}
    assert views[good].state == "queued"
    assert (views[bad].state, views[bad].kind, views[bad].can_resume) == ("damaged", None, False)
    assert says in views[bad].reason
    assert "\n" not in views[bad].reason
    assert len(views[bad].runs) == 2
    with pytest.raises(RunError, match="cannot be resumed"):
        resume_study(store, bad)
    store.stop(views[bad].runs[0].id)
    delete_study(store, bad)
    assert [view.id for view in studies(store)] == [good]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000, '{"a": NaN}', "\x00" * 50])
def test_what_is_no_json_is_one_sentence(store, text):
    made = create_study(store, make_seeds(recipe(), 2))
    (store.study_folder(made) / "study.json").write_text(text)
    view = study(store, made)
    assert view.state == "damaged"
    assert view.reason.startswith("study.json")


def test_a_folder_without_a_study_and_a_link_do_no_harm(store):
    made = create_study(store, make_seeds(recipe(), 2))
    base = store.workspace() / "studies"
    (base / "empty").mkdir()
    (base / "link").symlink_to(base / made)
    (base / "A file").write_text("")
    assert {view.id: view.state for view in studies(store)} == {made: "queued", "empty": "damaged"}


@pytest.mark.parametrize("claim", [{"study": "../x"}, {"study": 7}, {"number": -1}, {"number": True}, {"number": 1e9}])
def test_a_run_that_claims_an_impossible_study_is_damaged(store, claim):
    made = create_study(store, make_seeds(recipe(), 2))
    run = study(store, made).runs[0]
    value = json.loads((run.folder / "spec.json").read_text())
    (run.folder / "spec.json").write_text(json.dumps({**value, **claim}))
    assert store.run(run.id).state == "damaged"
    assert [row.number for row in study(store, made).rows] == [2]


def test_of_two_runs_that_claim_one_number_the_older_counts(store):
    made = create_study(store, make_seeds(recipe(), 2))
    first = study(store, made).runs[0]
    value = json.loads((first.folder / "spec.json").read_text())
    copy = store.workspace() / "runs" / "20990101-000000-aaaaaa"
    copy.mkdir()
    (copy / "spec.json").write_text(json.dumps({**value, "created": "2099-01-01T00:00:00+00:00"}))
    runs = study(store, made).runs
    assert (runs[0].id, len(runs)) == (first.id, 2)


def test_what_was_asked_is_read_back(store):
    duel = make_duel([recipe(), recipe("glove", {"epochs": 3})], 12.5, name="Which?")
    made = create_study(store, duel)
    assert study(store, made).spec == duel
    assert study(store, made).state == "queued"
    assert study(store, made).rows == ()
    assert isinstance(study(store, made).spec, StudySpec)


def test_a_duel_that_had_not_begun_is_cancelled_and_taken_up_again(store):
    made = create_study(store, make_duel([recipe(), recipe("glove")], 10))
    stop_study(store, made)
    assert (study(store, made).state, study(store, made).can_resume) == ("cancelled", True)
    resume_study(store, made)
    assert study(store, made).state == "queued"
    end(study(store, made).folder, "stopped")
    resume_study(store, made)
    assert study(store, made).state == "queued"
    stop_study(store, made)
    assert study(store, made).state == "stopped"


def test_a_study_whose_corpus_is_gone_fails_with_a_sentence(store):
    made = create_study(store, make_duel([recipe(), recipe("glove")], 10))
    store.corpus_folder("small").rename(store.home / "elsewhere")
    assert drive_study(store, made) == 1
    view = study(store, made)
    assert view.state == "failed"
    assert "There is no corpus" in view.reason
    assert drive_study(store, made) == 0


@pytest.mark.parametrize("with_runs", [False, True])
def test_a_corpus_that_a_study_waits_for_is_not_deleted(store, with_runs):
    made = create_study(store, make_duel([recipe(), recipe("glove")], 10))
    assert study(store, made).runs == ()
    with pytest.raises(RunError, match=f"The study {made} still needs this corpus; stop it first"):
        store.delete_corpus("small", with_runs)
    stop_study(store, made)
    seeds = create_study(store, make_seeds(recipe(), 2))
    stop_study(store, seeds)
    runs = {run.id for run in study(store, seeds).runs}
    assert len(runs) == 2
    assert set(store.delete_corpus("small", with_runs)) == (runs if with_runs else set())


def test_a_duel_is_checked(store):
    with pytest.raises(SettingsError, match="between 2"):
        make_duel([recipe()], 10)
    with pytest.raises(SettingsError, match="same corpus with the same cut-offs"):
        make_duel([recipe(), recipe(min_count=2)], 10)
    with pytest.raises(SettingsError, match="held-out loss means something else"):
        make_duel([recipe(), recipe("glove")], 10, score="held_out_loss")
    with pytest.raises(SettingsError, match="seconds must be"):
        make_duel([recipe(), recipe("glove")], 0)
    with pytest.raises(SettingsError, match="held out"):
        make_duel([recipe(held_out=0.0), recipe("glove", held_out=0.0)], 10)
