"""The store: ids and paths, lists, submitting, deleting, stopping, resuming."""

import json
import os

import numpy as np
import pytest

from core.data.options import CorpusOptions
from core.errors import CorpusError, RunError, SettingsError, StoreError
from core.runs.locks import try_hold
from core.runs.records import Attempt, Result, attempt_path, result_path
from core.runs.settings import automatic_threads
from core.runs.spec import make_spec, read_spec
from core.runs.store import Store
from core.space import EmbeddingSpace


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "home")
    (store.workspace() / "corpora" / "small").mkdir()
    (store.workspace() / "corpora" / "small" / "meta.json").write_text('{"name": "Small", "tokens": 12}')
    return store


def spec(name="", **settings):
    return make_spec("skipgram", {"epochs": 2}, {"corpus": "small", **settings}, name)


def end(folder, outcome, number=1):
    (folder / "attempts").mkdir(exist_ok=True)
    Attempt(number=number, pid=1).save(attempt_path(folder, number))
    Result(attempt=number, outcome=outcome, reason="because").save(result_path(folder, number))


def checkpoint(folder):
    (folder / "checkpoints" / "001-000000000004").mkdir(parents=True)


def test_home_comes_from_the_environment_and_is_private(tmp_path, monkeypatch):
    monkeypatch.setenv("SEMASCOPE_HOME", str(tmp_path / "elsewhere"))
    store = Store()
    assert store.home == tmp_path / "elsewhere"
    assert os.name == "nt" or store.home.stat().st_mode & 0o777 == 0o700


def test_a_newer_store_is_refused(tmp_path):
    Store(tmp_path)
    (tmp_path / "FORMAT").write_text("2\n")
    with pytest.raises(StoreError, match="newer Semascope"):
        Store(tmp_path)


def test_a_store_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file"):
        Store(tmp_path / "file" / "home")


def test_a_run_is_written_down_and_read_back(store):
    run = store.create_run(spec("My <b>run</b>\n\u202e", seed=7, watched=["king", " queen ", "king"]))
    view = store.run(run)
    assert view.state == view.shown == "queued"
    assert view.name == "My <b>run</b>"
    assert view.corpus == "small"
    assert view.architecture == "skipgram"
    assert view.spec.settings.watched == ("king", "queen")
    assert view.spec == read_spec(view.folder)
    assert [one.id for one in store.runs()] == [run]
    assert (store.home / "wake").exists()


def test_newest_first(store):
    made = [store.create_run(spec()) for _ in range(3)]
    assert [view.id for view in store.runs()] == made[::-1]
    assert [store.ahead(run) for run in made] == [0, 1, 2]


def test_a_double_click_is_one_run(store):
    first = store.create_run(spec(), token="form-1")
    assert store.create_run(spec(), token="form-1") == first
    assert store.create_run(spec(), token="form-2") != first
    assert len(store.runs()) == 2


def test_a_claim_whose_maker_died_is_taken_up(store):
    first = store.create_run(spec(), token="form-1")
    store.delete(first)
    (store.workspace() / "trash").joinpath(os.listdir(store.workspace() / "trash")[0]).rename(store.home / "gone")
    assert store.create_run(spec(), token="form-1") == first
    assert store.run(first).state == "queued"


@pytest.mark.parametrize("settings", [{"seed": -1}, {"held_out": 0.7}, {"watched": list("abcdef")}, {"nonsense": 1}])
def test_settings_are_validated_before_anything_is_made(store, settings):
    with pytest.raises(SettingsError):
        spec(**settings)
    assert store.runs() == []


def test_a_run_needs_its_corpus(store):
    with pytest.raises(CorpusError, match="no corpus"):
        store.create_run(make_spec("skipgram", {}, {"corpus": "other"}))
    assert store.runs() == []


@pytest.mark.parametrize(
    "bad", ["..", "../small", "/etc", "", "-x", "A", "a/b", "a\\b", "a.b", "x" * 99, "nul\0", "%2e%2e", "ä", "a\n"]
)
def test_what_is_no_id_is_no_path(store, bad):
    for call in (store.run, store.delete, store.undelete, store.stop, store.resume, store.space, store.metrics):
        with pytest.raises(RunError):
            call(bad)
    with pytest.raises(CorpusError):
        store.corpus_folder(bad)
    with pytest.raises(RunError):
        store.runs(workspace=bad)


def test_one_damaged_run_leaves_the_others_alone(store):
    good, bad, newer, foreign = (store.create_run(spec()) for _ in range(4))
    folder = store.run_folder(bad)
    (folder / "spec.json").write_text('{"format": 1, "architecture"')
    (store.run_folder(newer) / "spec.json").write_text('{"format": 99}')
    value = json.loads((store.run_folder(foreign) / "spec.json").read_text())
    value["params"]["epochs"] = 10**9
    (store.run_folder(foreign) / "spec.json").write_text(json.dumps(value))
    views = {view.id: view for view in store.runs()}
    assert views[good].state == "queued"
    assert views[bad].state == views[newer].state == views[foreign].state == "damaged"
    assert "not JSON" in views[bad].reason
    assert "update Semascope" in views[newer].reason
    assert "epochs must be" in views[foreign].reason
    with pytest.raises(RunError, match="damaged"):
        store.space(bad)


def test_rename_and_notes(store):
    run = store.create_run(spec("first"))
    store.rename(run, "second\x07", notes="why")
    assert (store.run(run).name, store.run(run).notes) == ("second", "why")
    store.rename(run, "third")
    assert (store.run(run).name, store.run(run).notes) == ("third", "why")
    assert store.run(run).spec.name == "first"


def test_delete_and_undo(store):
    run = store.create_run(spec())
    store.delete(run)
    assert store.runs() == []
    with pytest.raises(RunError, match="was deleted on"):
        store.run(run)
    store.undelete(run)
    assert store.run(run).state == "queued"
    with pytest.raises(RunError, match="not in the trash"):
        store.undelete(run)


def test_a_run_at_work_is_not_deleted(store):
    run = store.create_run(spec())
    lock = try_hold(store.run_folder(run) / "lock")
    with pytest.raises(RunError, match="stop it first"):
        store.delete(run)
    lock.release()
    store.delete(run)


def test_stop_is_idempotent_and_the_first_wins(store):
    run = store.create_run(spec())
    store.stop(run)
    store.stop(run)
    assert store.run(run).state == "cancelled"
    finished = store.create_run(spec())
    end(store.run_folder(finished), "finished")
    store.stop(finished)
    assert store.run(finished).state == "finished"
    assert not (store.run_folder(finished) / "stop").exists()


def test_resume_queues_and_stop_takes_it_back(store):
    run = store.create_run(spec())
    folder = store.run_folder(run)
    end(folder, "stopped")
    (folder / "stop").touch()
    assert store.run(run).can_resume
    store.resume(run)
    assert store.run(run).state == "queued"
    store.stop(run)
    assert store.run(run).state == "stopped"
    store.resume(run)
    end(folder, "finished", number=2)
    assert store.run(run).state == "finished"
    store.resume(run)
    assert store.run(run).state == "finished"


def test_what_cannot_be_resumed_says_why(store):
    run = store.create_run(spec())
    end(store.run_folder(run), "failed")
    with pytest.raises(RunError, match="before its first checkpoint"):
        store.resume(run)
    checkpoint(store.run_folder(run))
    store.resume(run)
    assert store.run(run).state == "queued"
    cancelled = store.create_run(spec())
    store.stop(cancelled)
    with pytest.raises(RunError, match="cancelled"):
        store.resume(cancelled)


def test_vectors_brought_along_are_a_finished_run(store):
    vectors = np.arange(12, dtype=np.float32).reshape(4, 3)
    space = EmbeddingSpace(["a", "line\nend", "c", "d"], vectors, np.array([4, 3, 2, 1]))
    run = store.add_space(space, "Brought", source="vectors.txt")
    view = store.run(run)
    assert (view.state, view.architecture, view.can_resume) == ("finished", "imported", False)
    back = store.space(run)
    assert back.keys == space.keys
    assert np.array_equal(back.vectors, vectors)
    assert back.counts.tolist() == [4, 3, 2, 1]
    assert back.metadata["sha256"] == view.result.vectors_sha256
    end(view.folder, "failed")
    with pytest.raises(RunError, match="brought along"):
        store.resume(run)


def test_vectors_find_a_typed_word_as_their_corpus_writes_it(store, tmp_path):
    (tmp_path / "a.txt").write_text("#StayHome stay home\n#StayHome\n")
    corpus = store.corpus(store.add_corpus(tmp_path / "a.txt", CorpusOptions(tokenizer="whitespace")))
    vectors = np.eye(3, dtype=np.float32)
    run = store.add_space(EmbeddingSpace(["cafe\u0301", "café", "home"], vectors), "x", corpus=corpus.id)
    assert store.space(run).resolve("CAFE\u0301") == "cafe\u0301"
    run = store.add_space(EmbeddingSpace(["café", "stay", "home"], vectors), "y", corpus=corpus.id)
    assert store.space(run).resolve("CAFE\u0301") == "café", "one letter and a mark are one letter in a corpus"
    assert store.space(run).resolve("stay home") is None
    store.delete_corpus(corpus.id)
    assert store.space(run).resolve("CAFE\u0301") is None


def test_damaged_vectors_are_refused(store):
    run = store.add_space(EmbeddingSpace(["a", "b"], np.eye(2, dtype=np.float32)), "x")
    path = store.run_folder(run) / "vectors.safetensors"
    data = path.read_bytes()
    path.write_bytes(data[:-1] + b"\x07")
    with pytest.raises(RunError, match="not what the training wrote"):
        store.space(run)
    path.write_bytes(data[:-3])
    with pytest.raises(RunError, match="damaged"):
        store.space(run)


def test_a_run_without_vectors_says_so(store):
    with pytest.raises(RunError, match="no vectors yet"):
        store.space(store.create_run(spec()))


def test_a_corpus_in_use_is_not_deleted(store):
    run = store.create_run(spec())
    with pytest.raises(RunError, match="still needs this corpus"):
        store.delete_corpus("small")
    store.delete(run)
    store.delete_corpus("small")
    assert store.corpora() == []
    store.undelete_corpus("small")
    assert [view.name for view in store.corpora()] == ["Small"]


def test_a_corpus_takes_its_runs_along_where_asked_to(store):
    run = store.create_run(spec())
    store.stop(run)
    assert store.delete_corpus("small", with_runs=True) == [run]
    assert (store.corpora(), store.runs()) == ([], [])
    store.undelete_corpus("small", [run])
    assert [view.id for view in store.runs()] == [run]
    assert store.delete_corpus("small") == []
    assert [view.id for view in store.runs()] == [run]


def test_the_corpus_read_last_comes_first_though_all_are_of_one_second(store, tmp_path):
    read = []
    for number in range(4):
        text = tmp_path / f"{number}.txt"
        text.write_text(f"a text of its own with the number {number}\n" * 20, "utf-8")
        read.append(store.add_corpus(text))
    assert [view.id for view in store.corpora()[:4]] == read[::-1]


def test_damaged_corpora_are_listed(store):
    (store.workspace() / "corpora" / "broken").mkdir()
    assert {view.id: bool(view.damage) for view in store.corpora()} == {"small": False, "broken": True}


@pytest.mark.parametrize(
    ("asked", "tokens", "running", "threads"),
    [(3, 10, 1, 3), (0, 999_999, 1, 1), (0, 1_000_000, 1, 8), (0, 5_000_000, 2, 6), (0, 5_000_000, 30, 1)],
)
def test_automatic_threads(asked, tokens, running, threads):
    assert automatic_threads(asked, tokens, running, cores=12) == threads
