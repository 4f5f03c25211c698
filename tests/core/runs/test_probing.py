"""Trials: what a beginning tells of the whole, when it tells nothing, and that none stands in the way of a training."""

import itertools
import json
import time

import pytest

from core.architecture import ARCHITECTURES, Context
from core.errors import RunError
from core.params import validate
from core.progress import Step
from core.runs import probing, requests
from core.runs.locks import hold
from core.runs.prices import Predicted
from core.runs.probing import Withdrawn, foretell, probe
from core.runs.requests import answer, ask, withdraw
from core.runs.store import Store
from core.runs.worker import Worker
from tests.core.toy import data_of, two_topics


class Toy:
    """A training of many equal Steps, whose clock goes on only while it trains.

    Args:
        steps: how many.
        first: seconds that the first takes; all others take a tenth.
        share: of the processor time that it gets.
    """

    def __init__(self, steps=100, first=1.0, share=1.0):
        self.count, self.first, self.share, self.now, self.ended = steps, first, share, 1000.0, False

    def clock(self):
        return self.now

    def processor(self):
        return self.now * self.share

    def steps(self):
        try:
            for number in range(1, self.count + 1):
                self.now += self.first if number == 1 else 0.1
                yield Step(number, number / self.count, 1.0, None, number, 1.0, 10 * number, 1.0, 0.1)
        finally:
            self.ended = True

    def foretell(self, seconds, steady=True, threads=1):
        return foretell(self.steps(), steady, 1000.0 + seconds, threads, self.clock, self.processor)


def test_the_whole_is_told_from_the_beginning():
    # One second for the first Step, then 99 of a tenth: 10.9 s, told after 1.9 s, since an eleventh Step took too long.
    found = Toy().foretell(1.95)
    assert found.seconds == pytest.approx(1.0 + 99 * 0.1)
    assert found.words == 100
    assert found.share == pytest.approx(1.0)


def test_a_training_that_ends_within_the_trial_is_told_as_it_was():
    assert Toy(steps=8).foretell(5).seconds == pytest.approx(1.7)
    assert Toy(steps=1).foretell(0.1).seconds == pytest.approx(1.0)  # where there is one Step, it is all of it


def test_a_training_that_ends_early_of_itself_is_told_as_it_was():
    whole = Toy()
    steps = itertools.islice(whole.steps(), 8)
    assert foretell(steps, True, 1005.0, 1, whole.clock, whole.processor).seconds == pytest.approx(1.7)
    assert foretell(iter(()), True, 1005.0, 1, whole.clock, whole.processor) is None


def test_what_other_programs_took_is_told():
    assert Toy(share=1.5).foretell(1.95, threads=2).share == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("seconds", "steady"),
    [(1.95, False), (1.25, True), (0.5, True)],
    ids=["the fraction says nothing of time", "two short Steps after the first", "the first Step took all of it"],
)
def test_a_beginning_that_tells_nothing(seconds, steady):
    assert Toy().foretell(seconds, steady) is None


def test_an_unsteady_training_is_told_where_it_ends_in_time():
    assert Toy(steps=8).foretell(5, steady=False).seconds == pytest.approx(1.7)


@pytest.mark.parametrize("unit", [unit for unit in ARCHITECTURES if unit.steady], ids=lambda unit: unit.name)
def test_a_steady_architecture_counts_the_words_that_it_has_passed(unit):
    wanted = {"dimensions": 16, "topics": 16, "epochs": 2}
    known = {name: value for name, value in wanted.items() if name in unit.Params.model_fields}
    model = unit(validate(unit.Params, known, unit.name))
    steps = list(model.train(data_of(two_topics()), Context(step_seconds=0)))
    assert len(steps) > 2
    for step in steps:
        # Those that take a batch of documents at a time count batches, of which the last of an epoch is smaller.
        assert step.fraction == pytest.approx(step.words / steps[-1].words, abs=0.08)


def test_where_counting_comes_first_the_beginning_tells_nothing():
    assert not ARCHITECTURES.get("glove").steady
    assert not ARCHITECTURES.get("ppmi_svd").steady


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "home")


@pytest.fixture
def corpus(store, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("".join(f"the king and the queen see w{i % 40} near w{i % 7}\n" for i in range(400)), "utf-8")
    return store.add_corpus(text)


def asked(corpus, architecture="random", **params):
    return {
        "architecture": architecture,
        "params": params,
        "settings": {"corpus": corpus, "min_count": 1},
        "threads": 1,
    }


@pytest.fixture
def patient(monkeypatch):
    """The machine may be busy: a trial in this process must not end it, and one in another has a minute."""
    now = time.time
    monkeypatch.setattr(probing.faulthandler, "dump_traceback_later", lambda *args, **kwargs: None)
    monkeypatch.setattr(probing.faulthandler, "cancel_dump_traceback_later", lambda: None)
    monkeypatch.setattr(probing.os, "nice", lambda by: 0)
    monkeypatch.setattr(time, "time", lambda: now() + 60)


def test_a_real_trial_of_a_short_training_is_the_training(store, corpus, patient):
    found = probing._measure(store, "local", asked(corpus, dimensions=8), time.time())
    assert (found.by, found.threads) == ("trial", 1)
    assert found.seconds > 0
    assert found.memory > 10_000_000


def test_a_trial_says_what_it_found_as_json(store, corpus, capsys, patient):
    given = ["--home", str(store.home), "--asked", json.dumps(asked(corpus, dimensions=8)), "--began"]
    assert probing.main([*given, str(time.time())]) == 0
    assert Predicted.model_validate_json(capsys.readouterr().out).by == "trial"


def test_a_process_of_its_own_tells_the_price(store, corpus, patient):
    found = probe(store, "local", asked(corpus, "skipgram", dimensions=8, epochs=2))
    assert (found.by, found.threads) == ("trial", 1)
    assert found.seconds > 0
    assert found.memory > 10_000_000


def test_what_no_training_can_do_is_said_as_a_sentence(store, corpus, patient):
    with pytest.raises(RunError, match="min_count"):
        probe(store, "local", {**asked(corpus), "settings": {"corpus": corpus, "min_count": 99_999}})


def test_a_training_comes_first(store, corpus):
    with hold(store.home / "slots" / "0.lock") as mine:
        assert mine
        with pytest.raises(Withdrawn):
            probe(store, "local", asked(corpus))


def test_a_trial_that_nobody_wants_is_ended(store, corpus):
    with pytest.raises(Withdrawn):
        probe(store, "local", asked(corpus), wanted=lambda: False)


def test_the_same_settings_are_tried_once(store, corpus, monkeypatch):
    monkeypatch.setattr(requests, "ensure_worker", lambda store: None)
    price, trials = Predicted(seconds=9.0, memory=1, by="trial"), []
    monkeypatch.setattr("core.runs.worker.probe", lambda *given: trials.append(given) or price)
    monkeypatch.setattr(time, "time", lambda: 1e9)  # one hour
    key = ask(store, None, "probe", **asked(corpus))
    assert ask(store, None, "probe", **asked(corpus)) == key
    assert ask(store, None, "probe", **asked(corpus, dimensions=9)) != key
    worker = Worker(store)
    while worker.turn():
        pass
    assert Predicted.model_validate(answer(store, None, key).facts["predicted"]) == price
    assert ask(store, None, "probe", **asked(corpus)) == key
    assert not worker.turn()
    assert len(trials) == 2
    store_, workspace, question, _ = trials[0]
    assert (store_, workspace, question["settings"]["corpus"]) == (store, "local", corpus)


def test_a_request_taken_back_leaves_no_answer(store, corpus, monkeypatch):
    monkeypatch.setattr(requests, "ensure_worker", lambda store: None)
    key = ask(store, None, "probe", **asked(corpus))
    withdraw(store, None, key)
    assert answer(store, None, key).state == "absent"
    assert not Worker(store).turn()
    key = ask(store, None, "probe", **asked(corpus))
    with hold(store.home / "slots" / "0.lock"):
        assert Worker(store).turn()
    assert answer(store, None, key).state == "absent"
    assert list((store.workspace() / "requests").iterdir()) == []
