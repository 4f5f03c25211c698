"""What a search proposes and how it goes on, without any training."""

import dataclasses
import math
import statistics

import pytest

from core.architecture import ARCHITECTURES
from core.errors import RunError, SettingsError
from core.runs.records import Attempt, Result, attempt_path, result_path
from core.runs.spec import make_spec
from core.runs.store import Store
from core.runs.studies import search as module
from core.runs.studies.driving import Driving
from core.runs.studies.keeping import create_study, study
from core.runs.studies.ranges import Range, check_ranges, default_ranges, parse_range, searchable
from core.runs.studies.search import Trial, drive_search, propose
from core.runs.studies.spec import make_search

WINDOW = Range(name="window", low=2, high=10, whole=True)
RATE = Range(name="learning_rate", low=0.001, high=1, scale="log")
MODEL = Range(name="model", choices=("skipgram", "cbow"))


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "home")
    (tmp_path / "text.txt").write_text("one two three four five six\n" * 30)
    store.add_corpus(tmp_path / "text.txt")
    return store


def recipe(store, **settings):
    corpus = store.corpora()[0].id
    return make_spec("skipgram", {"window": 7}, {"corpus": corpus, "min_count": 1, "held_out": 0.2, **settings})


def objective(values):
    return abs(math.log10(values["learning_rate"]) + 1) + abs(values["window"] - 4) / 8


def searched(number, trials=(), seed=5):
    """A whole search, or the rest of one, by a function in place of trainings."""
    trials = list(trials)
    while len(trials) < number:
        values = propose([WINDOW, RATE], trials, len(trials) + 1, number, seed, "lowest")
        trials.append(Trial(values, objective(values)))
    return trials


def test_proposals_lie_in_their_ranges_and_are_readable():
    for number in range(1, 30):
        values = propose([WINDOW, RATE, MODEL], [], number, 30, 1, "lowest")
        assert all(one.holds(values[one.name]) for one in (WINDOW, RATE, MODEL))
        assert isinstance(values["window"], int)
        assert float(f"{values['learning_rate']:.4g}") == values["learning_rate"]


def test_a_search_that_goes_on_proposes_what_it_would_have_proposed():
    straight = searched(14)
    assert searched(14, straight[:9]) == straight
    assert searched(14, [dataclasses.replace(one, value=-one.value) for one in straight[:9]]) != straight
    assert len({str(one.values) for one in straight}) == 14


def test_it_learns_from_the_trials_before():
    early = late = 0.0
    for seed in range(4):
        values = [one.value for one in searched(30, seed=seed)]
        early, late = early + statistics.median(values[:8]), late + statistics.median(values[15:])
    assert late < 0.7 * early


def test_what_failed_counts_as_worse_than_any_score():
    high = [Trial({"window": 2, "learning_rate": 0.5 + n / 100}, None) for n in range(12)]
    low = [Trial({"window": 2, "learning_rate": 0.01 + n / 1000}, 5.0) for n in range(4)]
    rates = [propose([WINDOW, RATE], high + low, n, 20, 3, "lowest")["learning_rate"] for n in range(17, 27)]
    assert sorted(rates)[5] < 0.1


def fake(driving, monkeypatch, score=lambda params: float(params.window), outcome=lambda number: "finished"):
    """Runs that end at once, with a held-out loss that is told from their settings."""

    def wait(run, seconds=None):
        view = driving.store.run(run)
        if view.state == "queued":
            (view.folder / "attempts").mkdir(exist_ok=True)
            Attempt(number=1, pid=1).save(attempt_path(view.folder, 1))
            how, loss = outcome(view.spec.number), score(view.spec.params)
            ended = Result(attempt=1, outcome=how, held_out_loss=loss, fraction=1.0, seconds={"train": 20.0})
            ended.save(result_path(view.folder, 1))
        return driving.store.run(run)

    monkeypatch.setattr(driving, "wait", wait)
    return driving


def driving_of(store, identifier):
    return Driving(store, store.study_folder(identifier), study(store, identifier).spec, "local")


def rate(low=0.01, high=0.1):
    return Range(name="learning_rate", low=low, high=high, scale="log")


def begin(store, monkeypatch, trials=6, minutes=0, **fakes):
    spec = make_search(recipe(store), [rate()], trials, minutes, "held_out_loss", "Rates")
    made = create_study(store, spec)
    fakes.setdefault("score", lambda params: abs(params.learning_rate - 0.05))
    return made, fake(driving_of(store, made), monkeypatch, **fakes)


def test_the_first_trial_is_the_recipe_and_the_lowest_loss_wins(store, monkeypatch):
    made, driving = begin(store, monkeypatch)
    assert drive_search(driving) == ("finished", "")
    view = study(store, made)
    assert [row.number for row in view.rows] == [1, 2, 3, 4, 5, 6]
    assert view.rows[0].differs == {"learning_rate": 0.025}
    assert view.rows[0].run.spec.params == recipe(store).params
    assert {row.run.spec.params.window for row in view.rows} == {7}
    best = next(row for row in view.rows if row.run.id == view.best)
    assert best.value == min(abs(row.differs["learning_rate"] - 0.05) for row in view.rows)


def test_a_driver_that_comes_later_tells_the_trials_of_the_one_before(store, monkeypatch):
    told = []
    honest = propose

    def listening(ranges, trials, *rest):
        told.append([(one.values["learning_rate"], one.value) for one in trials])
        return honest(ranges, trials, *rest)

    monkeypatch.setattr(module, "propose", listening)
    made, driving = begin(store, monkeypatch)
    straight, first = begin(store, monkeypatch)
    drive_search(first)
    expected = [row.differs for row in study(store, straight).rows]
    until = [row.differs for row in study(store, straight).rows][:3]

    class KilledError(Exception):
        pass

    make = driving.make

    def dying(number, spec):
        if number == 4:
            raise KilledError
        return make(number, spec)

    monkeypatch.setattr(driving, "make", dying)
    with pytest.raises(KilledError):
        drive_search(driving)
    assert [row.differs for row in study(store, made).rows] == until
    told.clear()
    fresh = fake(driving_of(store, made), monkeypatch, score=lambda params: abs(params.learning_rate - 0.05))
    drive_search(fresh)
    assert [row.differs for row in study(store, made).rows] == expected
    assert told[0] == [(row["learning_rate"], abs(row["learning_rate"] - 0.05)) for row in until]


def test_a_deleted_trial_is_not_made_again(store, monkeypatch):
    made, driving = begin(store, monkeypatch)
    drive_search(driving)
    store.delete(study(store, made).runs[2].id)
    drive_search(driving)
    assert [row.number for row in study(store, made).rows] == [1, 2, 4, 5, 6]


def test_no_trial_begins_after_the_minutes_are_over(store, monkeypatch):
    made, driving = begin(store, monkeypatch, minutes=1)
    outcome, reason = drive_search(driving)
    assert outcome == "finished"
    assert "3 trials" in reason
    assert len(study(store, made).rows) == 3


def test_nothing_is_tried_twice_and_the_end_of_what_can_be_tried_is_the_end(store, monkeypatch):
    three = Range(name="window", low=6, high=8, whole=True)
    made = create_study(store, make_search(recipe(store), [three], 12, 0, "held_out_rank", "Windows"))
    monkeypatch.setattr(module, "_value", lambda _, run: float(run.spec.params.window))
    driving = fake(driving_of(store, made), monkeypatch, outcome=lambda n: "failed" if n == 2 else "finished")
    said = "It ended after 3 trials: within the ranges nothing is left to try."
    assert drive_search(driving) == ("finished", said)
    assert sorted(row.differs["window"] for row in study(store, made).rows) == [6, 7, 8]
    assert drive_search(driving) == ("finished", said)


def test_failed_trials_are_no_end_unless_nothing_else_happens(store, monkeypatch):
    made, driving = begin(store, monkeypatch, outcome=lambda number: "failed" if number % 2 else "finished")
    assert drive_search(driving)[0] == "finished"
    assert [row.value is None for row in study(store, made).rows] == [True, False] * 3
    made, driving = begin(store, monkeypatch, outcome=lambda _: "failed")
    with pytest.raises(RunError, match="first 5 trials failed"):
        drive_search(driving)
    assert len(study(store, made).rows) == 5


def test_a_search_of_which_every_trial_failed_has_failed(store, monkeypatch):
    three = Range(name="window", low=6, high=8, whole=True)
    made = create_study(store, make_search(recipe(store), [three], 2, 0, "held_out_rank", "Windows"))
    driving = fake(driving_of(store, made), monkeypatch, outcome=lambda _: "failed")
    said = "Every trial failed; each says why. Narrow the ranges and search again."
    assert drive_search(driving) == ("failed", said)
    made = create_study(store, make_search(recipe(store), [three], 9, 0.5, "held_out_rank", "Half a minute"))
    driving = fake(driving_of(store, made), monkeypatch, outcome=lambda _: "failed")
    outcome, reason = drive_search(driving)
    assert (outcome, reason) == ("failed", f"It ended after 0.5 minutes of training, with 2 trials. {said}")


def test_without_a_loss_there_is_nothing_to_decide_by(store, monkeypatch):
    _, driving = begin(store, monkeypatch, score=lambda _: None)
    with pytest.raises(RunError, match="No held-out loss"):
        drive_search(driving)


def test_the_held_out_loss_cannot_decide_on_what_changes_its_meaning(store):
    with pytest.raises(SettingsError, match="changes its meaning with window"):
        make_search(recipe(store), [WINDOW], score="held_out_loss")
    with pytest.raises(SettingsError, match="held_out above 0"):
        make_search(recipe(store, held_out=0.0), [rate()], score="held_out_loss")
    flat = make_spec("ppmi_svd", {}, {"corpus": "small"})
    with pytest.raises(SettingsError, match="measures no held-out loss"):
        make_search(flat, [parse_range("ppmi_svd", "dimensions=10..20")], score="held_out_loss")
    make_search(recipe(store), [WINDOW], score="held_out_rank")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("windows=2..5", "not a setting of fasttext; worth searching are: dimensions, "),
        ("subwords", "give one, such as subwords=ngrams,bpe"),
        ("early_stopping", "give one, such as early_stopping=low..high"),
        ("window=5", "is not a range"),
        ("window=5..2", "must go up"),
        ("window=2..500", "from 1 to 50"),
        ("window=1.5..3", "whole number"),
        ("learning_rate=0..true", "is not a range"),
        ("learning_rate=nan..1", "is not a range"),
        ("model=skipgram", "two or more"),
        ("model=skipgram,cbows", "two or more of skipgram, cbow"),
    ],
)
def test_a_bad_range_is_one_sentence(text, says):
    spec = make_spec("fasttext", {}, {"corpus": "small"})
    with pytest.raises(SettingsError, match=says):
        check_ranges(spec, [parse_range("fasttext", text)])


@pytest.mark.parametrize("unit", list(ARCHITECTURES), ids=lambda unit: unit.name)
def test_every_declared_range_is_allowed(unit):
    spec = make_spec(unit.name, {}, {"corpus": "small"})
    for name, one in searchable(unit.name).items():
        value = getattr(spec.params, name)
        check_ranges(make_spec(unit.name, {}, {"corpus": "small"}), [one])
        assert one.holds(value) or one.choices, f"{name}: the default lies outside of what is sensible"


def test_what_is_searched_where_nobody_says_which():
    spec = make_spec("skipgram", {}, {"corpus": "small"})
    names = [one.name for one in default_ranges(spec)]
    assert {"window", "learning_rate", "epochs", "subsample"} <= set(names)
    assert "noise_exponent" not in names
    even = make_spec("skipgram", {"noise": "uniform"}, {"corpus": "small"})
    with pytest.raises(SettingsError, match="does nothing here: it needs noise"):
        check_ranges(even, [parse_range("skipgram", "noise_exponent")])
    assert default_ranges(make_spec("random", {}, {"corpus": "small"})) == []
    adam = make_spec("skipgram", {"optimiser": "adam", "learning_rate": 0.003}, {"corpus": "small"})
    rate = next(one for one in default_ranges(adam) if one.name == "learning_rate")
    assert (rate.low, rate.high, rate.scale) == pytest.approx((0.0006, 0.015, "log"))
    check_ranges(adam, [rate])
    with pytest.raises(SettingsError, match=r"not a setting of random; it has none that are worth searching\.$"):
        parse_range("random", "epochs")


@pytest.mark.parametrize(
    ("optimiser", "rate", "expected"),
    [("adam", 0.003, (0.001, 0.05)), ("adagrad", 0.1, (0.02, 0.5)), ("sgd", 5.0, (1.0, 25.0))],
)
def test_the_rate_of_an_optimiser_that_is_not_the_usual_one_is_searched_about_its_own(optimiser, rate, expected):
    spec = make_spec("supervised", {"optimiser": optimiser, "learning_rate": rate}, {"corpus": "small"})
    found = next(one for one in default_ranges(spec) if one.name == "learning_rate")
    assert (found.low, found.high) == pytest.approx(expected)
    assert found.scale == "log"
    check_ranges(spec, [found])


def test_ranges_are_typed_and_shown_alike():
    assert parse_range("skipgram", "window=2..10") == WINDOW
    assert WINDOW.shown == "2..10"
    model = parse_range("fasttext", "model=skipgram,cbow")
    assert (model, model.shown) == (MODEL, "skipgram,cbow")
    with pytest.raises(SettingsError, match="searched twice"):
        check_ranges(make_spec("skipgram", {}, {"corpus": "small"}), [WINDOW, WINDOW])
    with pytest.raises(SettingsError, match="nothing to search"):
        check_ranges(make_spec("random", {}, {"corpus": "small"}), [])


def test_the_length_of_vectors_to_begin_from_is_not_searched(store):
    spec = recipe(store, begin_from="20261121-120000-abcdef")
    assert "dimensions" not in [one.name for one in default_ranges(spec)]
    assert "window" in [one.name for one in default_ranges(spec)]
    with pytest.raises(SettingsError, match="so dimensions cannot be searched; leave dimensions out"):
        make_search(spec, [WINDOW, parse_range("skipgram", "dimensions")])
    make_search(recipe(store), [WINDOW, parse_range("skipgram", "dimensions")])


@pytest.mark.parametrize(
    ("text", "value", "nearest"),
    [
        ("window=2..9", 12, 9),
        ("window=2..9", 5, 5),
        ("window=2..9", None, 2),
        ("learning_rate=0.01..0.1", 0.002, 0.01),
        ("schedule=linear,cosine", "cosine", "cosine"),
        ("schedule=linear,cosine", "constant", "linear"),
    ],
)
def test_a_recipe_outside_of_a_range_begins_at_its_nearest_value(text, value, nearest):
    found = parse_range("skipgram", text).nearest(value)
    assert found == nearest
    assert type(found) is type(nearest)
