"""When checkpoints are due, within their share of the time, and which one is left after a divergence."""

from types import SimpleNamespace

import numpy as np
import pytest

from core.runs import saving
from core.runs.checkpoints import list_checkpoints
from core.runs.events import EventWriter
from core.runs.saving import Pace, Saver


class Model:
    """As much of an architecture as is saved; `size` bytes."""

    def __init__(self, size=1000):
        self.array = np.zeros(size // 4, np.float32)

    def state(self):
        return {"inputs": self.array}, {}


def facts(block):
    return {"attempt": 1, "block": block, "held_out_loss": None, "run": "mine"}


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=100.0, cost=0.0)
    monkeypatch.setattr(saving.time, "monotonic", lambda: clock.now)

    def save_checkpoint(*_):
        clock.now += clock.cost

    monkeypatch.setattr(saving, "save_checkpoint", save_checkpoint)
    return clock


def moments(saver, clock, model, until, every=0.125):
    """When the saver saved, in seconds since it began."""
    saver.start_clock()
    began, found, block = clock.now, [], 0
    while clock.now - began < until:
        clock.now += every
        block += 1
        if saver.due(model, block):
            found.append(clock.now - began)
            saver.save(model, facts(block))
    return found


def test_a_short_training_is_saved_early_and_then_at_twice_the_time_each(tmp_path, clock):
    saver = Saver(tmp_path, 1, EventWriter(tmp_path / "events.jsonl", 1), Pace())
    # .03 s are expected: 5 % of .6 s; the next Step comes at .625 s.
    assert moments(saver, clock, Model(), 45) == [0.625, 1.25, 2.5, 5, 10, 20, 30, 40]


@pytest.mark.parametrize("cost", [0.01, 0.05, 0.3, 1.0])
def test_saving_takes_a_twentieth_of_the_time(tmp_path, clock, cost):
    clock.cost = cost
    saver = Saver(tmp_path, 1, EventWriter(tmp_path / "events.jsonl", 1), Pace())
    # As large as a model that takes so long.
    found = moments(saver, clock, Model(int((cost - 0.009) * saving.BYTES_PER_SECOND)), 300)
    for count, moment in enumerate(found[1:], start=1):
        assert count * cost <= 0.05 * moment
    assert len(found) >= min(300 / 20 / cost, 30) - 2


def test_a_large_model_is_not_saved_later_than_usual_for_a_guess(tmp_path, clock):
    clock.cost = 2.0
    saver = Saver(tmp_path, 1, EventWriter(tmp_path / "events.jsonl", 1), Pace())
    assert moments(saver, clock, Model(200_000_000), 90) == [10, 52]


def test_what_was_saved_at_the_last_two_steps_is_not_kept(tmp_path):
    saver = Saver(tmp_path, 1, EventWriter(tmp_path / "events.jsonl", 1), Pace(checkpoint_seconds=0))
    model = Model()
    for block in (3, 5):
        saver.due(model, block)
        saver.save(model, facts(block))
    assert len(list_checkpoints(tmp_path)) == 2
    found = saver.last_good({"run": "mine"})
    assert found is None
    assert not (tmp_path / "checkpoints").exists()


@pytest.mark.parametrize("steps", [3, 4, 5, 6])
def test_the_newest_from_before_is_kept_however_long_a_step_takes(tmp_path, monkeypatch, steps):
    monkeypatch.setattr(saving, "SHARE", 1e9)
    saver = Saver(tmp_path, 1, EventWriter(tmp_path / "events.jsonl", 1), Pace(checkpoint_seconds=0))
    model = Model()
    for block in range(1, steps + 1):
        if saver.due(model, block):
            saver.save(model, facts(block))
    newest = (steps - 2 + 1) // 2 * 2 - 1
    assert saver.last_good({"run": "mine"}).facts["block"] == newest
    assert all(int(path.name[-2:]) <= newest for path in list_checkpoints(tmp_path))
    assert saver.last_good({"run": "another"}) is None
