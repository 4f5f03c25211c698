"""Checkpoints: whole or not there, verified on reading, the one before as a fallback."""

import os
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest

from core.runs.checkpoints import has_checkpoint, list_checkpoints, newest_good, save_checkpoint

ARRAYS = {"inputs": np.arange(12, dtype=np.float32).reshape(3, 4), "state": np.array([2**63], np.uint64)}


def save(folder, block, attempt=1, held_out_loss=None, run="mine"):
    facts = {"attempt": attempt, "block": block, "held_out_loss": held_out_loss, "run": run}
    return save_checkpoint(folder, ARRAYS, {"block": block}, facts)


def test_what_is_saved_is_read_back(tmp_path):
    assert newest_good(tmp_path) is None
    assert not has_checkpoint(tmp_path)
    save(tmp_path, 5)
    found = newest_good(tmp_path)
    assert found.state == {"block": 5}
    assert found.facts["run"] == "mine"
    for name, array in ARRAYS.items():
        assert found.arrays[name].dtype == array.dtype
        assert np.array_equal(found.arrays[name], array)


def test_two_newest_and_the_best_are_kept(tmp_path):
    for block, loss in enumerate([3.0, 1.0, 2.0, None, 2.5], start=1):
        save(tmp_path, block, held_out_loss=loss)
    assert [path.name for path in list_checkpoints(tmp_path)] == [f"001-{b:012d}" for b in (5, 4, 2)]


def test_a_later_attempt_is_newer_even_at_an_earlier_block(tmp_path):
    save(tmp_path, 9)
    save(tmp_path, 4, attempt=2)
    assert newest_good(tmp_path).state == {"block": 4}


def test_saving_the_same_moment_twice_is_saving_it_once(tmp_path):
    assert save(tmp_path, 5) == save(tmp_path, 5)


DAMAGES = {
    "empty": lambda data: b"",
    "one byte": lambda data: data[:1],
    "half": lambda data: data[: len(data) // 2],
    "cut": lambda data: data[:-1],
    "longer": lambda data: data + b"\0",
    "flipped": lambda data: data[:-3] + bytes([data[-3] ^ 1]) + data[-2:],
}


@pytest.mark.parametrize("name", ["model.safetensors", "state.json", "MANIFEST.json"])
@pytest.mark.parametrize("damage", [*DAMAGES, "missing"])
def test_a_damaged_checkpoint_is_passed_over_for_the_one_before(tmp_path, name, damage):
    save(tmp_path, 1)
    path = save(tmp_path, 2) / name
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(DAMAGES[damage](path.read_bytes()))
    found = newest_good(tmp_path)
    if name == "MANIFEST.json" and damage in ("cut", "longer", "flipped"):
        # White space at its end says nothing: then the checkpoint is whole after all.
        assert found.state["block"] in (1, 2)
        return
    assert found.state == {"block": 1}
    assert len(found.skipped) == 1
    assert "000000000002" in found.skipped[0]


def test_another_runs_files_are_not_taken(tmp_path):
    mine, other = tmp_path / "mine", tmp_path / "other"
    save(mine, 1)
    path = save(mine, 2)
    foreign = save(other, 2, run="other")
    shutil.copy(foreign / "state.json", path / "state.json")
    assert newest_good(mine).state == {"block": 1}
    shutil.rmtree(path)
    shutil.copytree(foreign, path)
    assert newest_good(mine, {"run": "mine"}).state == {"block": 1}
    assert newest_good(mine, {"run": "nobody"}) is None


def test_a_failing_disk_leaves_the_old_one_and_no_stump(tmp_path, monkeypatch):
    save(tmp_path, 1)
    names = ("open", "write", "fsync", "replace", "rename", "mkdir")
    real = {name: getattr(os, name) for name in names}
    # The first call only makes sure of a folder that is there.
    for failing in range(2, 60):
        calls = iter(range(1, 10_000))

        def guarded(name, calls=calls, failing=failing):
            def call(*arguments, **named):
                if next(calls) == failing:
                    raise OSError(28, "No space left on device")
                return real[name](*arguments, **named)

            return call

        with monkeypatch.context() as patch:
            for name in names:
                patch.setattr(os, name, guarded(name))
            try:
                save(tmp_path, 2)
                passed = True
            except OSError:
                passed = False
        found = newest_good(tmp_path)
        assert found is not None
        assert not found.skipped
        stumps = [path.name for path in (tmp_path / "checkpoints").iterdir() if path.name.startswith(".")]
        assert stumps == []
        if passed:
            break
        shutil.rmtree(tmp_path / "checkpoints" / "001-000000000002", ignore_errors=True)
    assert passed
    assert failing > 5


def test_kills_at_random_moments_leave_no_unreadable_checkpoint(tmp_path):
    code = """
import sys, numpy as np
from pathlib import Path
from core.runs.checkpoints import save_checkpoint
arrays = {"inputs": np.ones((20000, 50), np.float32)}
for block in range(1, 100000):
    facts = {"attempt": int(sys.argv[2]), "block": block, "held_out_loss": None}
    save_checkpoint(Path(sys.argv[1]), arrays, {"block": block}, facts)
    print(block, flush=True)
"""
    rng = np.random.default_rng(1)
    for attempt in range(1, 7):
        command = [sys.executable, "-c", code, str(tmp_path), str(attempt)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            said = int(child.stdout.readline())
            time.sleep(rng.uniform(0.0, 0.1))
            child.kill()
            rest = child.stdout.read().split()
        last = int(rest[-1]) if rest else said
        found = newest_good(tmp_path)
        assert not found.skipped
        assert found.facts["attempt"] == attempt
        assert found.state["block"] >= last
