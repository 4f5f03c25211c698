"""The state table: every combination of facts, and the two looks at a lock."""

import itertools
import subprocess
import sys
import threading
import time

import pytest

from core.runs import views
from core.runs.locks import hold, is_held, surely_free, try_hold
from core.runs.processes import own_attempt
from core.runs.records import Attempt, Result, attempt_path, result_path
from core.runs.state import Facts, derive, look


def result(attempt, outcome):
    return Result(attempt=attempt, outcome=outcome)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (Facts(damage="x", held=True), "damaged"),
        (Facts(held=True, stop=True), "stopping"),
        (Facts(held=True), "running"),
        (Facts(held=True, attempt=2, result=result(2, "finished")), "running"),
        (Facts(attempt=1, result=result(1, "finished")), "finished"),
        (Facts(attempt=1, stop=True, result=result(1, "finished")), "finished"),
        (Facts(attempt=1, stop=True, result=result(1, "stopped")), "stopped"),
        (Facts(attempt=1, result=result(1, "failed")), "failed"),
        (Facts(attempt=2, result=result(1, "finished")), "interrupted"),
        (Facts(attempt=1), "interrupted"),
        (Facts(attempt=1, stop=True), "interrupted"),
        (Facts(stop=True), "cancelled"),
        (Facts(), "queued"),
        (Facts(attempt=1, asked_again=True), "queued"),
        (Facts(attempt=1, asked_again=True, result=result(1, "failed")), "queued"),
        (Facts(attempt=1, asked_again=True, stop=True, result=result(1, "failed")), "failed"),
        (Facts(attempt=1, asked_again=True, held=True), "running"),
    ],
)
def test_the_first_rule_that_fits_decides(facts, state):
    assert derive(facts) == state


def test_every_combination_has_a_state():
    for held, stop, again, attempt in itertools.product([False, True], [False, True], [False, True], [0, 1, 2]):
        for outcome in (None, "finished", "stopped", "failed"):
            one = None if outcome is None else result(1, outcome)
            assert derive(Facts("", held, stop, attempt, one, again))


def test_facts_come_from_files(tmp_path):
    assert look(tmp_path, held=False) == Facts()
    (tmp_path / "attempts").mkdir()
    Attempt(number=1).save(attempt_path(tmp_path, 1))
    result(1, "failed").save(result_path(tmp_path, 1))
    (tmp_path / "attempts" / "001-exit.json").write_text('{"code": -9}')
    assert look(tmp_path, held=False).result.outcome == "failed"
    (tmp_path / "resume").write_text('{"after": 1}')
    assert look(tmp_path, held=False).asked_again
    Attempt(number=2).save(attempt_path(tmp_path, 2))
    facts = look(tmp_path, held=False)
    assert (facts.attempt, facts.result, facts.asked_again) == (2, None, False)
    result_path(tmp_path, 2).write_text('{"attempt": 1, "outcome": "finished"}')
    assert look(tmp_path, held=False).result is None
    result_path(tmp_path, 2).write_text("{torn")
    assert derive(look(tmp_path, held=False)) == "interrupted"


def test_a_lock_is_seen_and_looking_does_not_take_it(tmp_path):
    path = tmp_path / "lock"
    assert not is_held(path)
    assert not path.exists()
    lock = try_hold(path)
    assert is_held(path)
    assert try_hold(path) is None
    with hold(path, patience=0) as mine:
        assert not mine
    lock.release()
    assert not is_held(path)
    with hold(path, patience=0) as mine:
        assert mine


def test_a_hundred_readers_never_make_a_trainer_fail(tmp_path):
    path = tmp_path / "lock"
    path.touch()
    done = threading.Event()

    def read():
        while not done.is_set():
            is_held(path)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    try:
        for _ in range(50):
            lock = try_hold(path, patience=5.0)
            assert lock is not None
            lock.release()
    finally:
        done.set()
        for reader in readers:
            reader.join()


def test_free_is_believed_only_the_second_time(tmp_path):
    path, taken = tmp_path / "lock", []
    timer = threading.Timer(0.01, lambda: taken.append(try_hold(path)))
    timer.start()
    assert surely_free([path]) == set()
    timer.join()
    taken[0].release()
    assert surely_free([path]) == {path}


def test_all_doubtful_runs_share_one_wait(tmp_path, monkeypatch):
    monkeypatch.setattr(views, "read_spec", lambda folder: None)
    folders = [tmp_path / f"r{number}" for number in range(40)]
    for folder in folders:
        (folder / "attempts").mkdir(parents=True)
        own_attempt(1).save(attempt_path(folder, 1))
    started = time.monotonic()
    assert {view.state for view in views.view_runs(folders)} == {"interrupted"}
    assert 0.05 <= time.monotonic() - started < 1


def test_a_run_taken_up_between_the_looks_is_running(tmp_path, monkeypatch):
    monkeypatch.setattr(views, "read_spec", lambda folder: None)
    (tmp_path / "attempts").mkdir()
    own_attempt(1).save(attempt_path(tmp_path, 1))
    held = []
    timer = threading.Timer(0.02, lambda: held.append(try_hold(tmp_path / "lock")))
    timer.start()
    assert views.view_runs([tmp_path])[0].state == "running"
    timer.join()
    held[0].release()
    assert views.view_runs([tmp_path])[0].state == "interrupted"


def test_the_lock_of_a_killed_process_is_free(tmp_path):
    code = "import sys, time; from pathlib import Path; from core.runs.locks import try_hold;"
    code += "lock = try_hold(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "lock")], stdout=subprocess.PIPE) as child:
        assert child.stdout.readline() == b"held\n"
        assert is_held(tmp_path / "lock")
        child.kill()
        child.wait()
    assert not is_held(tmp_path / "lock")
