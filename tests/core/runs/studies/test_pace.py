"""How many epochs fit into a time, worked out by hand; and quiet in a store."""

import json
import subprocess
import sys

import pytest

from core.architecture import ARCHITECTURES, CorpusSize, Estimate
from core.errors import RunError
from core.runs.locks import is_held
from core.runs.metrics import Row
from core.runs.prices import Predicted
from core.runs.processes import ROOT
from core.runs.spec import make_spec
from core.runs.store import Store
from core.runs.studies import quiet as module
from core.runs.studies.duel import Look
from core.runs.studies.pace import begin_anew, fit_epochs, more_or_less
from core.runs.studies.quiet import quiet

SIZE = CorpusSize(tokens=1000, vocabulary=10)


@pytest.fixture
def spec(monkeypatch):
    """A recipe whose size says: one second for reading, and half a second for each epoch."""
    unit = ARCHITECTURES.get("skipgram")
    monkeypatch.setattr(unit, "estimate", classmethod(lambda _, params, *__: Estimate(1 + params.epochs / 2, 7)))
    monkeypatch.setattr(unit, "preset", classmethod(lambda _, preset, __: {"epochs": {"thorough": 60}[preset]}))
    return make_spec("skipgram", {"window": 9}, {"corpus": "small"})


@pytest.mark.parametrize(
    ("seconds", "epochs"),
    [(10, 16), (20, 34), (1, 1), (1.7, 1), (10_000, 60)],  # 1 + E/2 ≤ .9 · seconds, E ≤ 60
)
def test_epochs_fill_nine_tenths_of_the_time_by_size(spec, seconds, epochs):
    fitted = fit_epochs(spec, seconds, SIZE, 1, lambda _: None)
    assert fitted.params.epochs == epochs
    assert fitted.params.window == 9
    assert fitted.predicted == Predicted(seconds=1 + epochs / 2, memory=7, by="sizes", threads=1)


def test_who_asks_for_more_epochs_than_thorough_takes_may_have_them(spec):
    asked = make_spec("skipgram", {"epochs": 100}, spec.settings)
    assert [fit_epochs(asked, seconds, SIZE, 1, lambda _: None).params.epochs for seconds in (10, 10_000)] == [16, 100]


def test_a_trial_corrects_the_pace(spec):
    asked = []

    def trial(what):
        asked.append(what)
        return Predicted(seconds=18.0, memory=9, by="trial")  # 16 epochs, of which the size said 9 s: half the pace

    fitted = fit_epochs(spec, 10, SIZE, 2, trial)
    assert (asked[0]["params"]["epochs"], asked[0]["threads"], asked[0]["architecture"]) == (16, 2, "skipgram")
    assert fitted.params.epochs == 7  # 2 · (1 + 7/2) = 9
    assert (fitted.predicted.seconds, fitted.predicted.memory, fitted.predicted.by) == (9.0, 9, "trial")


def test_a_trial_that_cannot_work_leaves_it_to_the_training_to_say_why(spec):
    def trial(_):
        raise RunError("it diverges")

    assert fit_epochs(spec, 10, SIZE, 1, trial).params.epochs == 16


def test_what_has_no_epochs_stays_as_it_is():
    spec = make_spec("ppmi_svd", {"window": 9}, {"corpus": "small"})
    fitted = fit_epochs(spec, 10, SIZE, 1, lambda _: Predicted(seconds=3.0, memory=5, by="trial"))
    assert fitted.params == spec.params
    assert fitted.predicted.seconds == pytest.approx(3.0)


class GivenUpError(Exception):
    pass


def give_up():
    raise GivenUpError


def test_quiet_holds_all_slots_or_all_but_one(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "slots", lambda: 3)
    store = Store(tmp_path)

    def held():
        return sum(is_held(path) for path in (store.home / "slots").iterdir())

    with quiet(store, give_up) as still:
        still.all()
        assert held() == 3
        still.all_but_one()
        assert held() == 2
        still.all_but_one()
        assert held() == 2
        still.all()
        assert held() == 3
        still.end()
        assert held() == 0
        still.all_but_one()
    assert held() == 0


def hush(store):
    with quiet(store, give_up) as still:
        still.all_but_one()  # of one slot: none is needed
        still.all()


def test_quiet_waits_for_who_trains_and_for_who_asked_before(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "slots", lambda: 1)
    store = Store(tmp_path)
    code = "import sys; from pathlib import Path; from core.runs.locks import try_hold;"
    code += "lock = try_hold(Path(sys.argv[1])); print('x', flush=True); sys.stdin.readline()"
    for name in ("slots/0.lock", "quiet.lock"):
        command = [sys.executable, "-c", code, str(tmp_path / name)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as child:
            child.stdout.readline()
            with pytest.raises(GivenUpError):
                hush(store)
            child.communicate(b"\n")
        hush(store)


def rows(*pairs):
    return [{"seconds": seconds, "fraction": fraction} for seconds, fraction in pairs]


@pytest.mark.parametrize(
    ("epochs", "most", "curve", "better"),
    [
        # A hundredth in a tenth of a second, 10 s in all; 9 of 10 s are to be filled: near enough, and just in time.
        (10, 60, rows((0.2, 0.02), (1.0, 0.1)), None),
        # 2.5 s in all for 10 epochs: 36 fill 9 s.
        (10, 60, rows((0.25, 0.1), (1.0, 0.4)), (36, 9.0)),
        (10, 20, rows((0.25, 0.1), (1.0, 0.4)), (20, 5.0)),
        (10, 10, rows((0.25, 0.1), (1.0, 0.4)), None),
        (10, 12, rows((0.25, 0.1), (1.0, 0.4)), None),  # a fifth more is not worth beginning anew
        # 20 s in all: 4 epochs take 8 s.
        (10, 60, rows((0.4, 0.02), (1.4, 0.07)), (4, 8.0)),
        (1, 60, rows((0.4, 0.01), (1.4, 0.035)), None),  # less than one epoch there is not
        # What the first row took is no pace: counting from there, the last tenth is done in .8 s.
        (10, 60, rows((1.0, 0.0), (1.8, 0.1)), None),
        (10, 60, rows((1.0, 0.4)), None),
        (10, 60, rows((1.0, 0.4), (1.1, 0.45)), None),
        (10, 60, rows((1.0, 0.4), (2.0, 0.4)), None),
    ],
)
def test_the_first_seconds_of_a_training_speak_for_other_epochs_or_not(epochs, most, curve, better):
    found = more_or_less(epochs, most, curve, 10)
    assert (found is None) == (better is None)
    if better is not None:
        assert found == (better[0], pytest.approx(better[1]))


def test_what_begins_anew_has_the_epochs_and_the_seconds_that_it_is_told(spec):
    fitted = fit_epochs(spec, 10, SIZE, 1, lambda _: None)
    anew = begin_anew(spec, fitted, 60, 8.5)
    assert (anew.params.epochs, anew.params.window, anew.most) == (60, 9, 60)
    assert (anew.predicted.seconds, anew.predicted.memory, anew.predicted.by) == (8.5, 7, "trial")
    assert (fitted.did_all, anew.did_all) == (False, True)
    assert not fit_epochs(make_spec("ppmi_svd", {}, {"corpus": "small"}), 10, SIZE, 1, lambda _: None).did_all


def test_a_look_is_taken_once_and_not_too_soon(spec, tmp_path):
    class Run:
        folder = tmp_path

    def shows(*pairs):
        lines = [json.dumps(dict.fromkeys(Row.__annotations__, 0) | row) for row in rows(*pairs)]
        (tmp_path / "metrics.jsonl").write_text("".join(f"{line}\n" for line in lines))

    fitted = fit_epochs(spec, 10, SIZE, 1, lambda _: None)
    assert fitted.params.epochs == 16
    look = Look(fitted, 10)
    assert not look.at(Run)
    shows((0.2, 0.1), (0.9, 0.45))
    assert not look.at(Run), "a second is not over"
    shows((0.2, 0.1), (1.0, 0.5))
    assert look.at(Run)
    assert look.better == (60, pytest.approx(7.5))  # 2 s in all
    shows((0.2, 0.02), (9.0, 0.9))
    assert look.at(Run), "it has been seen"
    ended = Look(fitted, 10)
    shows((0.1, 0.2), (0.5, 1.0))
    assert ended.at(Run), "it was done before a second was over"
