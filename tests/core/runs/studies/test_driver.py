"""Duels and searches by real drivers, dispatchers, trainers and kills, on a corpus of two hundred lines."""

import shutil
import subprocess
import sys
import time

import numpy as np
import pytest

from core.runs.dispatcher import ensure_dispatcher
from core.runs.locks import is_held
from core.runs.processes import ROOT
from core.runs.records import newest_attempt
from core.runs.spec import make_spec
from core.runs.store import Store
from core.runs.studies.keeping import create_study, delete_study, resume_study, stop_study, study, undelete_study
from core.runs.studies.ranges import parse_range
from core.runs.studies.spec import make_duel, make_search, make_seeds


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A corpus of four hundred lines, read once; its folder."""
    rng = np.random.default_rng(5)
    starts = rng.integers(0, 80, 400)
    lines = [" ".join(f"word{(start + step) % 80}" for step in rng.integers(0, 5, 14)) for start in starts]
    folder = tmp_path_factory.mktemp("made")
    (folder / "text.txt").write_text("\n".join(lines) + "\n")
    store = Store(folder / "home")
    return store.corpus_folder(store.add_corpus(folder / "text.txt", name="Four hundred lines"))


@pytest.fixture
def store(tmp_path, made):
    store = Store(tmp_path / "home")
    shutil.copytree(made, store.workspace() / "corpora" / made.name)
    yield store
    # A dispatcher whose store is gone goes too, and so does a driver.
    gone = tmp_path / "gone"
    store.home.rename(gone)
    deadline = time.monotonic() + 20
    while is_held(gone / "dispatcher.lock") and time.monotonic() < deadline:
        time.sleep(0.05)


def recipe(store, architecture="skipgram", params=None, **settings):
    corpus = store.corpora()[0].id
    values = {"dimensions": 16, **({"epochs": 3} if architecture == "skipgram" else {}), **(params or {})}
    return make_spec(architecture, values, {"corpus": corpus, "min_count": 1, "held_out": 0.2, **settings})


def follow(store, identifier, until=lambda view: not view.active, seconds=120.0):
    deadline = time.monotonic() + seconds
    while not until(view := study(store, identifier)):
        ensure_dispatcher(store)
        assert time.monotonic() < deadline, (view.state, view.reason, log(view))
        time.sleep(0.05)
    return view


def log(view):
    path = view.folder / "log.txt"
    return path.read_text() if path.exists() else ""


def driver(store, identifier):
    """A driver that has taken the study before any dispatcher could start another."""
    command = [sys.executable, "-m", "core.runs.studies.driver", identifier, "--home", str(store.home)]
    child = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not newest_attempt(study(store, identifier).folder):
        assert child.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return child


@pytest.mark.slow
def test_seeds_are_trained_and_told_apart(store):
    view = follow(store, create_study(store, make_seeds(recipe(store), 2)))
    assert (view.state, view.fraction) == ("finished", 1.0)
    one, other = (store.space(run.id) for run in view.runs)
    assert not np.array_equal(one.vectors, other.vectors)
    assert all(row.seconds > 0 and row.words_per_second > 0 and row.held_out_loss > 0 for row in view.rows)


@pytest.mark.slow
def test_a_duel_gives_each_side_its_time_and_scores_them(store):
    sides = [recipe(store), recipe(store, "ppmi_svd"), recipe(store, "random")]
    view = follow(store, create_study(store, make_duel(sides, 1.0, name="Which?")))
    assert (view.state, view.fraction, view.result.fraction) == ("finished", 1.0, 1.0), view.reason + log(view)
    assert [row.run.architecture for row in view.rows] == ["skipgram", "ppmi_svd", "random"]
    assert [row.run.name for row in view.rows] == [
        "Skip-gram · Which?",
        "PPMI with SVD · Which?",
        "Random vectors · Which?",
    ]
    first, *others = view.rows
    assert first.differs["epochs"] > 3
    assert first.run.spec.predicted.seconds > 0
    assert all("epochs" not in row.differs for row in others)
    assert all({"held_out_rank", "held_out_gap"} <= set(row.scores) for row in view.rows)
    assert all(row.value == row.scores["held_out_rank"].value for row in view.rows)
    assert view.best == min(view.rows, key=lambda row: row.value).run.id
    assert view.best != view.rows[2].run.id
    assert others[0].loss != first.loss
    resume_study(store, view.id)
    assert study(store, view.id).state == "finished"


@pytest.mark.slow
def test_a_side_that_takes_too_long_is_stopped_and_its_row_says_so(store):
    # The estimate, which sets the pace here, is made to believe that an epoch takes no time.
    many = {"dimensions": 128, "window": 20, "negatives": 30, "subsample": 0.0, "epochs": 1000}
    made = create_study(store, make_duel([recipe(store, params=many), recipe(store, "random")], 1.0))
    code = "import sys; from core.negative_sampling import training; from core.architecture import Estimate;"
    code += "training.NegativeSampling.estimate = classmethod(lambda *_: Estimate(1e-9, 1));"
    code += "from core.runs.studies.driver import main; sys.exit(main(sys.argv[1:]))"
    with subprocess.Popen([sys.executable, "-c", code, made, "--home", str(store.home)], cwd=ROOT) as child:
        assert child.wait(120) == 0
    first, second = study(store, made).rows
    assert first.differs["epochs"] == 1000
    assert first.run.state == "stopped"
    assert first.seconds >= 1.0
    assert "stopped at the 1 s" in first.note
    assert first.value is not None
    assert (second.run.state, second.note) == ("finished", "")
    assert study(store, made).state == "finished"


@pytest.mark.slow
def test_a_side_whose_pace_was_guessed_wrong_begins_anew_and_the_first_try_is_gone(store):
    # The size, without a trial to correct it, says that an epoch takes no time.
    many = {"dimensions": 128, "window": 20, "negatives": 30, "subsample": 0.0, "epochs": 1000}
    made = create_study(store, make_duel([recipe(store, params=many), recipe(store, "random")], 3.0))
    code = "import sys; from core.negative_sampling import training; from core.architecture import Estimate;"
    code += "training.NegativeSampling.estimate = classmethod(lambda *_: Estimate(1e-9, 1));"
    code += "from core.runs.studies import duel; duel.probe = lambda *_, **__: None;"
    code += "from core.runs.studies.driver import main; sys.exit(main(sys.argv[1:]))"
    with subprocess.Popen([sys.executable, "-c", code, made, "--home", str(store.home)], cwd=ROOT) as child:
        assert child.wait(120) == 0
    first, second = study(store, made).rows
    assert (first.run.spec.predicted.by, second.run.spec.predicted.by) == ("trial", "sizes"), "it told its own pace"
    assert 1 <= first.differs["epochs"] < 1000
    assert first.value is not None
    assert len(store.runs()) == 2
    assert not list((store.workspace() / "trash").iterdir()), "taken back from there it would be one of two"


@pytest.mark.slow
def test_a_killed_driver_leaves_an_interrupted_study_that_goes_on(store):
    sides = [recipe(store, "random"), recipe(store), recipe(store, "ppmi_svd")]
    made = create_study(store, make_duel(sides, 1.0))
    with driver(store, made) as child:
        follow(store, made, lambda view: len(view.rows) == 2 and view.rows[0].scores)
        child.kill()
    view = follow(store, made, lambda view: view.state == "interrupted")
    assert view.can_resume
    assert "Resume" in view.reason
    before = [run.id for run in view.runs]
    resume_study(store, made)
    view = follow(store, made)
    assert view.state == "finished", view.reason + log(view)
    assert [run.id for run in view.runs][:2] == before
    assert len(view.rows) == 3
    assert all(row.value is not None for row in view.rows)
    assert newest_attempt(view.folder) == 2


@pytest.mark.slow
def test_a_search_is_stopped_resumed_and_ends_with_the_best(store):
    ranges = [parse_range("skipgram", "window=2..6"), parse_range("skipgram", "learning_rate=0.01..0.1")]
    made = create_study(store, make_search(recipe(store), ranges, trials=3, name="Look"))
    follow(store, made, lambda view: len(view.rows) >= 2 and view.rows[0].value is not None)
    stop_study(store, made)
    view = follow(store, made)
    assert (view.state, view.can_resume) == ("stopped", True)
    resume_study(store, made)
    view = follow(store, made)
    assert (view.state, view.fraction) == ("finished", 1.0), view.reason + log(view)
    assert [row.number for row in view.rows] == [1, 2, 3]
    assert [set(row.differs) for row in view.rows] == [{"window", "learning_rate"}] * 3
    first = view.rows[0].differs
    assert first == {"window": 5, "learning_rate": 0.025}
    assert all(2 <= row.differs["window"] <= 6 for row in view.rows)
    assert view.best == min(view.rows, key=lambda row: row.value).run.id
    assert all(set(row.scores) == {"held_out_rank"} for row in view.rows)
    assert "Look · trial 2" in [run.name for run in view.runs]
    delete_study(store, made)
    assert store.runs() == []
    undelete_study(store, made)
    assert study(store, made) == view
