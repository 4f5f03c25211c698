"""The dispatcher's turns, with stand-ins for the trainers; real ones are tried in test_processes.py."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from core.runs import dispatcher as module
from core.runs import processes
from core.runs.dispatcher import Dispatcher
from core.runs.locks import try_hold
from core.runs.processes import boot_id, kill_checked, own_attempt, process_start
from core.runs.records import Attempt, Result, attempt_path, result_path
from core.runs.spec import make_spec
from core.runs.store import Store
from core.runs.studies.keeping import create_study, study
from core.runs.studies.spec import make_duel, make_seeds
from core.runs.trainer import BUSY
from core.runs.trash import KEEP, sweep


class Child:
    """A trainer that ends when it is told to."""

    def __init__(self):
        self.code = None

    def poll(self):
        return self.code


@pytest.fixture
def children(monkeypatch):
    found = {}

    def spawn(name, arguments, log, environment=None):
        assert name in ("core.runs.trainer", "core.runs.studies.driver")
        found[arguments[0]] = Child()
        return found[arguments[0]]

    monkeypatch.setattr(module, "spawn", spawn)
    monkeypatch.setattr(module, "slots", lambda: 2)
    return found


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    (store.workspace() / "corpora" / "small").mkdir()
    return store


def create(store):
    time.sleep(0.001)
    return store.create_run(make_spec("skipgram", {}, {"corpus": "small"}))


def attempted(store, run, number=1):
    folder = store.run_folder(run)
    (folder / "attempts").mkdir(exist_ok=True)
    own_attempt(number).save(attempt_path(folder, number))
    return folder


def test_no_more_trainers_than_slots(store, children):
    runs = [create(store) for _ in range(3)]
    one = Dispatcher(store)
    one.turn()
    one.turn()
    assert len(children) == 2
    first = next(iter(children))
    attempted(store, first)
    children[first].code = 0
    one.turn()
    assert set(children) == set(runs)


def test_slots_that_others_hold_count(store, children):
    create(store)
    locks = [try_hold(store.home / "slots" / f"{number}.lock") for number in range(2)]
    Dispatcher(store).turn()
    assert not children
    for lock in locks:
        lock.release()
    Dispatcher(store).turn()
    assert len(children) == 1


def test_only_what_is_queued_is_started(store, children):
    stopped, interrupted, damaged, held = (create(store) for _ in range(4))
    store.stop(stopped)
    attempted(store, interrupted)
    (store.run_folder(damaged) / "spec.json").unlink()
    lock = try_hold(store.run_folder(held) / "lock")
    Dispatcher(store).turn()
    assert not children
    lock.release()
    store.resume(interrupted)
    Dispatcher(store).turn()
    assert set(children) == {held, interrupted}


def test_a_busy_trainer_is_tried_again_a_little_later(store, children, monkeypatch):
    run = create(store)
    one = Dispatcher(store)
    one.turn()
    first = children.pop(run)
    first.code = BUSY
    one.turn()
    assert not children
    monkeypatch.setattr(module, "RETRY", 0.0)
    one._not_before.clear()
    one.turn()
    assert run in children
    assert store.run(run).state == "queued"


def test_a_trainer_that_cannot_start_fails_its_run(store, children):
    run = create(store)
    one = Dispatcher(store)
    one.turn()
    children.pop(run).code = 2
    one.turn()
    assert not children
    view = store.run(run)
    assert view.state == "failed"
    assert "could not start" in view.reason


def test_a_resume_that_cannot_start_is_not_tried_for_ever(store, children):
    run = create(store)
    attempted(store, run)
    store.resume(run)
    one = Dispatcher(store)
    one.turn()
    children.pop(run).code = 2
    one.turn()
    assert not children
    assert store.run(run).state == "interrupted"


@pytest.mark.parametrize("code", [0, 1])
def test_a_resume_right_after_the_end_is_not_taken_for_one_that_cannot_start(store, children, code):
    run = create(store)
    one = Dispatcher(store)
    one.turn()
    folder = attempted(store, run)
    Result(attempt=1, outcome="stopped").save(result_path(folder, 1))
    store.resume(run)  # before the dispatcher has seen the trainer end
    children.pop(run).code = code
    one.turn()
    assert store.run(run).state == "queued"
    assert run in children


def test_the_seeds_of_a_study_are_trained_in_their_order(store, children, monkeypatch):
    monkeypatch.setattr(module, "slots", lambda: 1)
    made = create_study(store, make_seeds(make_spec("skipgram", {}, {"corpus": "small"}), 6))
    one, order = Dispatcher(store), []
    for _ in range(6):
        one.turn()
        [(run, child)] = children.items()
        order.append(store.run(run).spec.number)
        child.code = 0
        Result(attempt=1, outcome="finished").save(result_path(attempted(store, run), 1))
        del children[run]
    assert order == [1, 2, 3, 4, 5, 6]
    assert study(store, made).state == "finished"


def test_studies_get_drivers_and_seeds_need_none(store, children):
    spec = make_spec("skipgram", {}, {"corpus": "small"})
    duel = make_duel([spec, make_spec("random", {}, {"corpus": "small"})], 5)
    studies = [create_study(store, duel) for _ in range(3)]
    create_study(store, make_seeds(spec, 2))
    one = Dispatcher(store)
    one.turn()
    assert len(children) == 4, "two trainers in the two slots, and two drivers beside them"
    first, waiting = next(one for one in studies if one in children), set(studies) - set(children)
    assert len(waiting) == 1
    children.pop(first).code = 2
    one.turn()
    view = study(store, first)
    assert view.state == "failed"
    assert "could not start" in view.reason
    assert waiting < set(children)
    (store.study_folder(first) / "study.json").write_text("{")
    one.turn()
    assert study(store, first).state == "damaged"


def test_a_killed_trainer_leaves_a_reason(store, children):
    run = create(store)
    one = Dispatcher(store)
    one.turn()
    attempted(store, run)
    children[run].code = -9
    one.turn()
    view = store.run(run)
    assert view.state == "interrupted"
    assert "memory" in view.reason
    assert "Resume" in view.reason


def test_a_trainer_that_does_not_stop_is_ended_by_force(store, children):
    run = create(store)
    folder = store.run_folder(run)
    (folder / "attempts").mkdir()
    code = "import sys, time; from pathlib import Path; from core.runs.locks import try_hold;"
    code += "from core.runs.processes import own_attempt; from core.runs.records import attempt_path;"
    code += "folder = Path(sys.argv[1]); lock = try_hold(folder / 'lock');"
    code += "own_attempt(1).save(attempt_path(folder, 1)); print('x', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        store.stop(run)
        assert store.run(run).state == "stopping"
        one = Dispatcher(store, stop_patience=0.2)
        one.turn()
        assert child.poll() is None
        time.sleep(0.3)
        one.turn()
        assert child.wait(10) == -9
    view = store.run(run)
    assert view.state == "stopped"
    assert "by force" in view.reason


def test_a_pid_that_has_become_somebody_elses_is_not_killed():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        start, boot = process_start(child.pid), boot_id()
        assert start
        for wrong in (
            Attempt(number=1, pid=child.pid, process_start=start + "1", boot=boot),
            Attempt(number=1, pid=child.pid, process_start="", boot=boot),
            Attempt(number=1, pid=child.pid, process_start=start, boot="other"),
            Attempt(number=1, pid=1, process_start=process_start(1), boot=boot),
            Attempt(number=1, pid=0, process_start=start, boot=boot),
        ):
            assert not kill_checked(wrong)
        assert child.poll() is None
        assert kill_checked(Attempt(number=1, pid=child.pid, process_start=start, boot=boot))
        assert child.wait(10) == -9
    assert not kill_checked(Attempt(number=1, pid=child.pid, process_start=start, boot=boot))


def test_one_dispatcher_is_enough_and_an_idle_one_goes(store, children):
    lock = try_hold(store.home / "dispatcher.lock")
    Dispatcher(store).serve()
    lock.release()
    started = time.monotonic()
    Dispatcher(store, idle_seconds=0.2).serve()
    assert 0.1 < time.monotonic() - started < 5


def test_the_trash_is_swept_after_a_week_and_stumps_after_an_hour(store):
    run, kept = create(store), create(store)
    for one in (run, kept):
        store.delete(one)
    base = store.workspace()
    old = next(path for path in (base / "trash").iterdir() if run in path.name)
    moment = datetime.now(UTC) - KEEP - timedelta(hours=1)
    old.rename(old.with_name(f"run.{run}.{moment:%Y%m%d%H%M%S}-000000"))
    for name, age in (("old", 7200), ("young", 60)):
        stump = base / "runs" / f".{name}.1-2.tmp"
        stump.mkdir()
        os.utime(stump, (time.time() - age,) * 2)
    (base / "trash" / "readme").write_text("not ours")
    sweep(base)
    left = {path.name.split(".")[1] if "." in path.name else path.name for path in (base / "trash").iterdir()}
    assert left == {kept, "readme"}
    assert [path.name for path in (base / "runs").glob(".*")] == [".young.1-2.tmp"]
    store.undelete(kept)


def test_a_process_that_is_about_to_start_is_not_started_again(tmp_path, monkeypatch):
    children = []

    def spawn(*_):
        children.append(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))
        return children[-1]

    monkeypatch.setattr(processes, "spawn", spawn)
    for _ in range(5):
        processes.ensure("m", tmp_path, tmp_path / "m.lock", tmp_path / "m.log")
    assert len(children) == 1
    children[0].communicate(b"\n")
    processes.ensure("m", tmp_path, tmp_path / "m.lock", tmp_path / "m.log")
    assert len(children) == 2
    children[1].communicate(b"\n")
    lock = try_hold(tmp_path / "m.lock")
    processes.ensure("m", tmp_path, tmp_path / "m.lock", tmp_path / "m.log")
    assert len(children) == 2
    lock.release()
