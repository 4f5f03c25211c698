"""Trials on a portion of the lines: what they tell of the whole."""

import dataclasses

import numpy as np
import pytest

from core.architecture import ARCHITECTURES, Context, CorpusSize, Estimate
from core.params import Field, Params, validate
from core.runs import probing
from core.runs.portions import Portions, portion
from tests.core.toy import data_of, two_topics

LINES = two_topics(2000)
DATA = data_of(LINES, held_out=range(7, 2000, 40))
TOKENS = len(DATA.tokens)


def test_a_portion_is_whole_lines_of_all_over_the_text():
    part = portion(DATA, 3000, seed=1)
    assert 3000 <= len(part.tokens) < 3100
    lines = {tuple(DATA.tokens[start:end]) for start, end in zip(DATA.offsets[:-1], DATA.offsets[1:], strict=True)}
    found = [part.tokens[start:end] for start, end in zip(part.offsets[:-1], part.offsets[1:], strict=True)]
    assert {tuple(line) for line in found} <= lines
    assert (part.words, part.corpus) == (DATA.words, DATA.corpus)
    np.testing.assert_array_equal(part.counts, DATA.counts)
    assert 0 < part.held_out.sum() < 0.1 * part.segments
    np.testing.assert_array_equal(portion(DATA, 3000, seed=1).tokens, part.tokens)
    assert (
        len(portion(DATA, 3000, seed=2).tokens) != len(part.tokens)
        or (portion(DATA, 3000, seed=2).tokens != part.tokens).any()
    )


def test_lines_keep_what_belongs_to_them():
    number = np.arange(DATA.segments, dtype=np.int32)
    marked = dataclasses.replace(DATA, labels=number, label_names=["a"], held_out=number % 3 == 0)
    part = portion(marked, 500, seed=3)
    assert (part.held_out == (part.labels % 3 == 0)).all()
    for at, line in enumerate(part.labels.tolist()):
        whole = DATA.tokens[DATA.offsets[line] : DATA.offsets[line + 1]]
        np.testing.assert_array_equal(part.tokens[part.offsets[at] : part.offsets[at + 1]], whole)


def test_of_long_lines_pieces_are_enough():
    long = data_of([[0, 1] * 4000] * 40)
    part = portion(long, 1600, seed=1)
    assert np.diff(part.offsets).tolist() == [200] * 8
    assert len(portion(long, 10**9, seed=1).tokens) == 40 * 8000


class ToyParams(Params):
    epochs: int = Field(10, ge=1, le=1000, description="Passes over the text.")
    early_stopping: int = Field(3, ge=0, le=9, description="Passes without gain.")


class Toy:
    """A training that takes three times as long as its estimate says, and half a second whatever the size."""

    Params = ToyParams
    steady = False
    pace = 1e-6

    def __init__(self, params):
        self.params = params

    @classmethod
    def estimate(cls, params, size, threads):
        return Estimate(0.7 + cls.pace * params.epochs * size.tokens / threads, 5_000_000 + size.tokens)


class Blocks(Toy):
    steady = True
    pace = 1e-3


class Machine:
    """A clock that goes on only while something trains."""

    def __init__(self, patience=1e9):
        self.now, self.trained, self.patience = 100.0, [], patience

    def clock(self):
        return self.now

    def train(self, model, part, until):
        assert model.params.early_stopping == 0
        passed = int(np.diff(part.offsets)[~part.held_out].sum()) if model.steady else len(part.tokens)
        seconds = 0.05 + 3 * model.pace * model.params.epochs * passed
        if not self.trained and not model.steady:  # the first of all is slow
            seconds += 0.1
        self.trained.append(seconds)
        if model.steady:  # the first Steps tell
            self.now = until
            return seconds
        self.now += min(seconds, until - self.now)
        return seconds if self.now < until else None


def portions(unit=Toy, epochs=10, tokens_times=1):
    data = dataclasses.replace(DATA, counts=DATA.counts * tokens_times)
    return Portions(unit, ToyParams(epochs=epochs), data, Context(threads=1))


def test_when_portions_are_wanted():
    assert portions(epochs=100).wanted(2.0)  # 26 s of counting and training
    assert not portions(epochs=1).wanted(2.0)  # is over before
    assert not portions(Blocks).wanted(3.0)  # a block of 512 tokens takes half a second
    assert portions(Blocks).wanted(1.0)


def test_what_does_not_grow_with_the_size_is_counted_once():
    machine, asked = Machine(), portions(epochs=1000)
    found = asked.foretell(104.0, machine.train, machine.clock)
    assert found == pytest.approx(0.05 + 3e-6 * 1000 * TOKENS, rel=0.01)
    assert 4 <= len(machine.trained) <= 5
    assert machine.trained[1:] == sorted(machine.trained[1:])
    assert machine.now < 104.0


def test_without_time_for_a_larger_one_nothing_is_told():
    machine = Machine()
    assert portions(epochs=1000).foretell(101.0, machine.train, machine.clock) is None
    assert len(machine.trained) <= 3


def test_the_blocks_of_a_portion_are_short_enough_to_be_timed():
    machine, asked = Machine(), portions(Blocks)
    found = asked.foretell(101.0, machine.train, machine.clock)
    trained = np.diff(DATA.offsets)[~DATA.held_out].sum()
    assert found == pytest.approx(3e-3 * 10 * trained, rel=0.01)


def test_memory_is_that_of_the_whole():
    assert portions(tokens_times=7).memory == 5_000_000 + 7 * TOKENS


@pytest.mark.parametrize(
    ("name", "given"), [("glove", {"epochs": 100}), ("ppmi_svd", {}), ("cbow", {"output": "full_softmax"})]
)
def test_real_portions_are_trained(name, given, monkeypatch):
    monkeypatch.setattr(Portions, "wanted", lambda self, seconds: True)
    unit = ARCHITECTURES.get(name)
    params = validate(unit.Params, {"dimensions": 16, **given}, name)
    unit.warm(params)
    found, asked = probing._tried(unit, params, DATA, Context(), probing.time.monotonic() + 60)
    assert found.seconds > 0
    assert found.words == 0
    assert asked.size == CorpusSize(TOKENS, DATA.vocabulary, 2000, len(DATA.label_names))


def test_a_portion_that_cannot_be_trained_on_tells_nothing(monkeypatch):
    monkeypatch.setattr(Portions, "wanted", lambda self, seconds: True)
    unit = ARCHITECTURES.get("glove")
    nothing = dataclasses.replace(DATA, held_out=np.ones(2000, np.bool_))
    assert probing._tried(unit, unit.Params(), nothing, Context(), probing.time.monotonic() + 3)[0] is None
