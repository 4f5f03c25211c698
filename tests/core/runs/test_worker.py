"""Requests and answers: one key, one computation, errors as sentences, nothing half done."""

import time
from pathlib import Path

import numpy as np
import pytest

from core.data.options import CorpusOptions
from core.errors import RunError, SettingsError, UnknownNameError
from core.evaluation.benchmark import EvaluationResult
from core.evaluation.benchmarks.held_out_rank import HeldOutRank, HeldOutRankParams
from core.explore.stability import stability
from core.runs import requests
from core.runs.material import material_of, needs_met
from core.runs.requests import answer, ask, ensure_worker, forget, vectors_version
from core.runs.settings import RunSettings
from core.runs.spec import make_spec
from core.runs.store import Store
from core.runs.tasks import TASKS
from core.runs.trainer import train_run
from core.runs.worker import Worker
from core.space import EmbeddingSpace
from core.tensors import load_tensors

PAIRS = [("cat", "dog"), ("cat", "cow"), ("dog", "cow"), ("hen", "cow")]


@pytest.fixture
def started(monkeypatch):
    """How often a worker would have been started; none is, tests take its turns themselves."""
    calls = []
    monkeypatch.setattr(requests, "ensure_worker", lambda store: calls.append(store))
    return calls


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "home")


@pytest.fixture
def run(store):
    vectors = np.random.default_rng(1).normal(size=(50, 8)).astype(np.float32)
    return store.add_space(EmbeddingSpace([f"w{i}" for i in range(50)], vectors), "fifty")


def test_a_map_is_computed_once_for_everybody(store, run, started):
    key = ask(store, run, "map", method="pca", words=40)
    assert ask(store, run, "map", words=40, method="pca") == key
    assert ask(store, run, "map", words=41, method="pca") != key
    assert answer(store, run, key).state == "pending"
    worker = Worker(store)
    assert worker.turn()
    assert worker.turn()
    assert not worker.turn()
    found = answer(store, run, key)
    assert (found.state, found.message) == ("done", "")
    assert found.facts["words"] == 40
    positions = load_tensors(found.folder / "positions.safetensors")[0]["positions"]
    assert positions.shape == (40, 2)
    count = len(started)
    assert ask(store, run, "map", method="pca", words=40) == key
    assert len(started) == count
    assert list((store.run_folder(run) / "requests").iterdir()) == []


def test_the_newest_request_comes_first(store, run, started):
    keys = []
    for words in (10, 20, 30):
        keys.append(ask(store, run, "map", method="pca", words=words))
        time.sleep(0.01)
    Worker(store).turn()
    assert [answer(store, run, key).state for key in keys] == ["pending", "pending", "done"]


def test_a_deleted_answer_is_computed_again(store, run, started):
    key = ask(store, run, "map", method="pca", words=10)
    Worker(store).turn()
    forget(store, run, key)
    assert answer(store, run, key).state == "absent"
    assert ask(store, run, "map", method="pca", words=10) == key
    assert answer(store, run, key).state == "pending"


@pytest.mark.parametrize(
    ("task", "arguments", "error"),
    [
        ("nonsense", {}, UnknownNameError),
        ("map", {"method": "nonsense"}, UnknownNameError),
        ("map", {"words": 0}, SettingsError),
        ("map", {"method": "pca", "settings": {"dimensions": 9}}, SettingsError),
        ("map", {"start": "../../etc"}, SettingsError),
    ],
)
def test_what_cannot_be_is_refused_when_it_is_asked(store, run, started, task, arguments, error):
    with pytest.raises(error):
        ask(store, run, task, **arguments)
    assert not Worker(store).turn()


def test_a_run_without_vectors_is_refused_at_once(store, started):
    with pytest.raises(RunError):
        ask(store, "20260101-000000-aaaaaa", "map")


@pytest.mark.parametrize("bad", ["../x", "", "A", "a/b"])
def test_a_key_is_an_id(store, run, bad):
    with pytest.raises(RunError):
        answer(store, run, bad)
    with pytest.raises(RunError):
        forget(store, run, bad)


def broken(error):
    def call(job):
        (job.folder / "half").write_text("x")
        raise error

    return call


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (RunError("The run is gone."), "The run is gone."),
        (MemoryError(), "Out of memory"),
        (OSError(28, "full"), "disk"),
        (ZeroDivisionError("secret"), "ZeroDivisionError"),
    ],
)
def test_what_goes_wrong_is_the_answer(store, run, started, monkeypatch, error, says):
    monkeypatch.setattr(TASKS["map"], "run", staticmethod(broken(error)))
    key = ask(store, run, "map", method="pca", words=10)
    Worker(store).turn()
    found = answer(store, run, key)
    assert found.state == "failed"
    assert says in found.message
    assert "secret" not in found.message
    assert not (found.folder / "half").exists()
    assert not Worker(store).turn()


def test_a_request_that_kills_its_worker_is_given_up(store, run, started, monkeypatch):
    class Killed(BaseException):
        pass

    monkeypatch.setattr(TASKS["map"], "run", staticmethod(broken(Killed())))
    key = ask(store, run, "map", method="pca", words=10)
    for _ in range(2):
        with pytest.raises(Killed):
            Worker(store).turn()
        assert answer(store, run, key).state == "pending"
    Worker(store).turn()
    assert "died twice" in answer(store, run, key).message
    derived = store.run_folder(run) / "derived"
    assert [path.name for path in derived.iterdir()] == [key]


def test_a_damaged_request_is_answered(store, run, started):
    folder = store.run_folder(run) / "requests"
    folder.mkdir()
    (folder / "aaaa.json").write_text("{torn")
    (folder / "bbbb.json").write_text('{"task": "map", "arguments": {"method": 3}}')
    (folder / "..json").write_text("{}")
    worker = Worker(store)
    while worker.turn():
        pass
    assert answer(store, run, "aaaa").state == "failed"
    assert answer(store, run, "bbbb").state == "failed"


def test_progress_is_told(store, run, started, monkeypatch):
    seen = []

    def watch(job):
        job.progress(0.5, "layout")
        seen.append(answer(store, run, key))
        return {}

    monkeypatch.setattr(TASKS["map"], "run", staticmethod(watch))
    key = ask(store, run, "map", method="pca", words=10)
    Worker(store).turn()
    assert (seen[0].state, seen[0].progress, seen[0].stage) == ("pending", 0.5, "layout")


def test_a_neighbour_graph_serves_all_maps_of_the_same_words(store, run, started, monkeypatch):
    from core.runs import jobs

    calls = []
    for name in ("knn_graph", "cluster"):
        real = getattr(jobs, name)
        monkeypatch.setattr(jobs, name, lambda *a, name=name, real=real, **k: calls.append(name) or real(*a, **k))
    worker = Worker(store)
    first = ask(store, run, "map", method="umap", words=45)
    worker.turn()
    second = ask(store, run, "map", method="umap", words=45, start=first)
    worker.turn()
    assert answer(store, run, second).state == "done", answer(store, run, second).message
    assert answer(store, run, second).facts["cluster_names"] == answer(store, run, first).facts["cluster_names"]
    assert calls == ["knn_graph", "cluster"]


def test_a_score_is_that_of_the_lines_the_run_held_out(store, started, tmp_path):
    text = tmp_path / "text.csv"
    rows = [f"the {a} and the {b} see w{i},{a}\n" for i, (a, b) in enumerate(PAIRS * 100)]
    text.write_text("text,label\n" + "".join(rows), "utf-8")
    corpus = store.add_corpus(text, CorpusOptions(column="text", label_column="label"))
    settings = RunSettings(corpus=corpus, min_count=2, held_out=0.1)
    run = store.create_run(make_spec("random", {"dimensions": 8}, settings.model_dump(mode="json")))
    assert train_run(store, run) == 0
    asked = ({}, {"words": 4}, {"words": 100_000, "examples": 7})
    keys = [ask(store, run, "evaluate", benchmark="held_out_rank", params=one) for one in asked]
    labels = ask(store, run, "evaluate", benchmark="label_accuracy")
    worker = Worker(store)
    while worker.turn():
        pass
    found = [EvaluationResult.from_dict(answer(store, run, key).facts) for key in keys]
    material = material_of(store.corpus(corpus), settings)
    assert material.has == needs_met(store.corpus(corpus), settings) == {"held_out", "labels"}
    for one, params in zip(found, asked, strict=True):
        assert one == HeldOutRank.evaluate(store.space(run), material, HeldOutRankParams(**params))
        assert (one.corpus, one.seed, one.undefined) == (corpus, 1, "")
    assert found[2].used == 7
    # The animals of a document are words of it, and the label is the first of them.
    assert EvaluationResult.from_dict(answer(store, run, labels).facts).used == 400
    settings = RunSettings(corpus=corpus, held_out=0)
    assert material_of(store.corpus(corpus), settings).has == needs_met(store.corpus(corpus), settings) == {"labels"}


def test_the_stability_of_words_over_runs(store, started):
    rng = np.random.default_rng(4)
    spaces = [EmbeddingSpace([f"w{i}" for i in range(30)], rng.normal(size=(30, 4)).astype(np.float32)) for _ in "abc"]
    runs = [store.add_space(space, "one of three") for space in spaces]
    others = {run: vectors_version(store, run) for run in runs[1:]}
    key = ask(store, runs[0], "stability", others=others, words=20, nearest=5)
    Worker(store).turn()
    facts = answer(store, runs[0], key).facts
    expected = stability(spaces, 20, 5)
    assert facts["words"] == list(expected.words)
    assert facts["shares"] == pytest.approx(expected.shares, abs=1e-4)
    assert (facts["spaces"], facts["nearest"]) == (3, 5)
    key = ask(store, runs[0], "stability", others={"../../etc": ""})
    Worker(store).turn()
    assert "There is no run" in answer(store, runs[0], key).message


def test_a_score_that_does_not_exist_is_not_asked_for(store, run, started):
    with pytest.raises(UnknownNameError, match="held_out_rank"):
        ask(store, run, "evaluate", benchmark="held_out_ranks")
    with pytest.raises(SettingsError, match="examples"):
        ask(store, run, "evaluate", benchmark="held_out_rank", params={"examples": 0})


def test_vectors_that_were_brought_along_have_no_held_out_lines(store, run, started):
    key = ask(store, run, "evaluate", benchmark="held_out_rank")
    Worker(store).turn()
    assert "brought along" in answer(store, run, key).message


def test_a_real_worker_answers_and_goes(store, run):
    key = ask(store, run, "map", method="pca", words=30)
    deadline = time.monotonic() + 30
    while answer(store, run, key).state == "pending" and time.monotonic() < deadline:
        time.sleep(0.05)
    log = Path(store.home / "worker.log").read_text()
    assert answer(store, run, key).state == "done", log
    ensure_worker(store)
    # A store that is gone needs no worker: this is how the test's own one ends.
    store.home.rename(store.home.with_name("gone"))
