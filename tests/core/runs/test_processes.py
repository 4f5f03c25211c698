"""Real trainers, dispatchers and kills, on a corpus of two hundred lines."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from core.runs.dispatcher import ensure_dispatcher
from core.runs.follow import follow
from core.runs.locks import is_held
from core.runs.processes import ROOT
from core.runs.records import Attempt, attempt_path
from core.runs.spec import make_spec
from core.runs.store import Store
from core.runs.trainer import BUSY

pytest.importorskip("core.data.corpus", reason="corpora cannot be read yet")
resource = pytest.importorskip("resource", reason="limits are set as on Unix")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A corpus of two hundred lines, read once; its folder."""
    rng = np.random.default_rng(5)
    starts = rng.integers(0, 80, 200)
    lines = [" ".join(f"word{(start + step) % 80}" for step in rng.integers(0, 5, 14)) for start in starts]
    folder = tmp_path_factory.mktemp("made")
    (folder / "text.txt").write_text("\n".join(lines) + "\n")
    store = Store(folder / "home")
    return store.corpus_folder(store.add_corpus(folder / "text.txt", name="Two hundred lines"))


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("SEMASCOPE_CHECKPOINT_SECONDS", "0.1")
    store = Store(tmp_path / "home")
    yield store
    # A dispatcher whose store is gone goes too.
    gone = tmp_path / "gone"
    store.home.rename(gone)
    deadline = time.monotonic() + 10
    while is_held(gone / "dispatcher.lock") and time.monotonic() < deadline:
        time.sleep(0.05)


@pytest.fixture
def corpus(store, made):
    shutil.copytree(made, store.workspace() / "corpora" / made.name)
    return made.name


def create(store, corpus, epochs=10, **settings):
    params = {"dimensions": 32, "epochs": epochs, "subsample": 0.5}
    if epochs >= 1000:  # still at work when somebody comes by, however fast the kernel is
        params |= {"dimensions": 256, "window": 20, "negatives": 50}
    return store.create_run(make_spec("skipgram", params, {"corpus": corpus, "min_count": 1, **settings}))


def end_of(store, run):
    return list(follow(store, run, poll=0.05))[-1].view


def trainer(store, run, **options):
    command = [sys.executable, "-m", "core.runs.trainer", run, "--home", str(store.home)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, **options)


def wait_for(condition, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
    return found


def test_a_queued_run_is_started_and_followed_to_its_end(store, corpus):
    run = create(store, corpus, watched=["word1"])
    updates = list(follow(store, run, poll=0.02))
    view = updates[-1].view
    assert view.state == "finished", view.reason + (view.folder / "log.txt").read_text()
    rows = [row for update in updates for row in update.rows]
    assert rows == store.metrics(run)[1]
    assert rows[-1]["fraction"] == 1
    assert any(event["kind"] == "frame" for update in updates for event in update.events)
    assert len(store.space(run)) == 80
    attempt = Attempt.load(attempt_path(view.folder, 1))
    assert attempt.process_start
    assert attempt.boot


def test_killed_and_resumed_gives_the_bytes_of_a_straight_run(store, corpus):
    straight, broken = create(store, corpus, 400), create(store, corpus, 400)
    with trainer(store, straight) as child:
        assert child.wait(120) == 0
    folder = store.run_folder(broken)
    for attempt in (1, 2):
        with trainer(store, broken) as child:
            wait_for(lambda attempt=attempt: list((folder / "checkpoints").glob(f"{attempt:03d}-*")))
            child.kill()
        view = store.run(broken)
        assert view.state == "interrupted"
        assert store.space(broken).vectors.shape == (80, 32)
        store.resume(broken)
    with trainer(store, broken) as child:
        assert child.wait(120) == 0
    ends = [store.run(run) for run in (straight, broken)]
    assert [view.state for view in ends] == ["finished", "finished"]
    assert ends[1].attempt == 3
    assert ends[0].result.vectors_sha256 == ends[1].result.vectors_sha256
    blocks = [row["block"] for row in store.metrics(broken)[1]]
    assert blocks == sorted(set(blocks))


def test_stop_keeps_the_vectors_and_signals_are_answered_rightly(store, corpus):
    by_file, by_signal = create(store, corpus, 1000), create(store, corpus, 1000)
    for run in (by_file, by_signal):
        with trainer(store, run) as child:
            wait_for(lambda run=run: store.metrics(run)[1])
            child.send_signal(signal.SIGINT)
            time.sleep(0.2)
            assert child.poll() is None
            if run == by_file:
                store.stop(run)
            else:
                child.terminate()
            assert child.wait(30) == 0
        view = store.run(run)
        assert view.state == "stopped"
        assert 0 < view.result.fraction < 1
        assert len(store.space(run)) == 80


def test_two_trainers_never_share_a_run(store, corpus):
    run = create(store, corpus, 1000)
    with trainer(store, run) as first:
        wait_for(lambda: store.run(run).state == "running")
        with trainer(store, run) as second:
            assert second.wait(30) == BUSY
        store.stop(run)
        assert first.wait(30) == 0
    assert store.run(run).attempt == 1


def test_a_run_outlives_whoever_started_it(store, corpus):
    run = create(store, corpus, 1000)
    code = "import sys, time; from core.runs.dispatcher import ensure_dispatcher; from core.runs.store import Store;"
    code += "ensure_dispatcher(Store(sys.argv[1])); print('x', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code, str(store.home)], stdout=subprocess.PIPE, cwd=ROOT) as server:
        server.stdout.readline()
        wait_for(lambda: store.metrics(run)[1])
        server.kill()
    assert store.run(run).active
    store.stop(run)
    assert end_of(store, run).state == "stopped"


def test_a_killed_dispatcher_is_replaced_and_trainers_do_not_notice(store, corpus):
    first, second = create(store, corpus, 1000), create(store, corpus)
    command = [sys.executable, "-m", "core.runs.dispatcher", "--home", str(store.home)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as child:
        wait_for(lambda: store.metrics(first)[1])
        child.kill()
    assert store.run(first).state == "running"
    ensure_dispatcher(store)
    store.stop(first)
    assert end_of(store, first).state == "stopped"
    assert end_of(store, second).state == "finished"


@pytest.mark.slow
def test_many_start_at_the_same_moment(store, corpus):
    code = "import sys; from core.runs.dispatcher import ensure_dispatcher; from core.runs.store import Store;"
    code += "from core.runs.spec import make_spec; store = Store(sys.argv[1]); sys.stdin.readline();"
    code += "settings = {'corpus': sys.argv[2], 'min_count': 1};"
    code += "print(store.create_run(make_spec('skipgram', {'epochs': 1}, settings))); ensure_dispatcher(store)"
    command = [sys.executable, "-c", code, str(store.home), corpus]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "cwd": ROOT, "text": True}
    children = [subprocess.Popen(command, **pipes) for _ in range(8)]
    for child in children:
        child.stdin.write("\n")
        child.stdin.flush()
    runs = {child.communicate(timeout=60)[0].strip() for child in children}
    assert len(runs) == 8
    most = 0
    while any(store.run(run).active for run in runs):
        most = max(most, sum(is_held(path) for path in (store.home / "slots").iterdir()))
        ensure_dispatcher(store)
        time.sleep(0.02)
    assert {store.run(run).state for run in runs} == {"finished"}
    assert most <= max(1, len(os.sched_getaffinity(0)) // 2)


def test_a_full_disk_is_said_and_the_old_checkpoint_stays(store, corpus):
    run = create(store, corpus, 400)
    with trainer(store, run) as child:
        wait_for(lambda: list((store.run_folder(run) / "checkpoints").glob("001-*")))
        child.kill()
    store.resume(run)
    # Files of more than 12 kB cannot be written: the model's 20 kB cannot, the records can.
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, 12_000))  # noqa: E731
    with trainer(store, run, preexec_fn=limit) as child:
        assert child.wait(60) == 1
    view = store.run(run)
    assert view.state == "failed"
    assert "full" in view.reason
    assert view.can_resume
    store.resume(run)
    with trainer(store, run) as child:
        assert child.wait(120) == 0
    assert store.run(run).state == "finished"


def test_a_trainer_prefers_to_be_the_one_that_memory_takes(store, corpus):
    run = create(store, corpus, 1000)
    with trainer(store, run) as child:
        wait_for(lambda: store.metrics(run)[1])
        assert Path(f"/proc/{child.pid}/oom_score_adj").read_text().strip() == "800"
        store.stop(run)
        assert child.wait(30) == 0
