"""What is peculiar to the architectures that torch trains: settings, beginnings, endings, what is held out, divergence.

`python -m tests.core.architectures.test_networks` prints the loss curves that `golden_networks.json` holds.
"""

import dataclasses
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from core.architecture import ARCHITECTURES, Context, CorpusSize
from core.data.build import build_corpus
from core.data.options import CorpusOptions
from core.errors import CorpusError, DivergedError, SettingsError, TrainingError
from core.minibatches.training import Minibatches
from core.params import validate
from core.schedule import with_own_rate
from core.space import EmbeddingSpace
from tests.core.toy import contrast, data_of, two_topics

GOLDEN = Path(__file__).with_name("golden_networks.json")
EVERY_BLOCK = Context(step_seconds=0, held_out_seconds=1e9)
LINES = two_topics(300, words=30, mixed=0.1)
DATA = data_of(LINES, range(0, 300, 10))
NETWORKS = [unit for unit in ARCHITECTURES if issubclass(unit, Minibatches)]
each = pytest.mark.parametrize("unit", NETWORKS, ids=lambda unit: unit.name)


def train(unit, data=DATA, context=EVERY_BLOCK, **settings):
    unit = ARCHITECTURES.get(unit) if isinstance(unit, str) else unit
    model = unit(validate(unit.Params, {"dimensions": 12} | settings, unit.name))
    return model, list(model.train(data, context))


def curve(unit):
    """The loss of the first and the last Steps, and the held-out loss."""
    _, steps = train(unit, epochs=4, learning_rate=0.01, batch_size=16)
    losses = [step.loss for step in steps]
    return [*losses[:2], *losses[-2:], steps[-1].held_out_loss]


@each
def test_the_loss_curve_is_the_known_one(unit):
    # A change that shall not change what is learned leaves these numbers alone.
    golden = json.loads(GOLDEN.read_text("utf-8"))
    assert unit.name in golden, f"add {curve(unit)} to {GOLDEN.name}"
    np.testing.assert_allclose(curve(unit), golden[unit.name], rtol=1e-4)


SETTINGS = [
    {"optimiser": "adagrad", "learning_rate": 0.1},
    {"optimiser": "sgd", "learning_rate": 1.0},
    {"initial": "gaussian"},
    {"initial": "xavier"},
    {"dropout": 0.3},
    {"l1": 0.01, "l2": 0.1},
    {"clip": 0.5},
    {"schedule": "cosine", "warm_up": 0.2},
    {"schedule": "constant"},
    {"hidden": 24, "layers": 2},
    {"tied": True},
    {"denoising": 0.0, "term_frequency": "count"},
    {"balanced": True},
]


@each
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_every_setting_learns_and_resumes_as_straight(unit, settings):
    if not settings.keys() & (unit.Params.model_fields.keys() - {"hidden"}) and "hidden" not in settings:
        pytest.skip(f"{unit.name} has no such setting")
    known = {name: value for name, value in settings.items() if name in unit.Params.model_fields}
    known = {"epochs": 8, "learning_rate": 0.02, "batch_size": 16} | known
    straight, steps = train(unit, **known)
    assert contrast(straight.space().vectors) > 0.2
    assert steps[-1].loss < steps[0].loss
    stopped = unit(straight.params)
    begun = stopped.train(DATA, EVERY_BLOCK)
    for _ in range(50):
        next(begun)
    arrays, state = stopped.state()
    arrays = {name: array.copy() for name, array in arrays.items()}
    begun.close()
    resumed = unit(straight.params)
    resumed.restore(arrays, json.loads(json.dumps(state)), DATA)
    rest = list(resumed.train(DATA, EVERY_BLOCK))
    assert [step.loss for step in rest] == [step.loss for step in steps[50:]]
    for name, array in straight.state()[0].items():
        assert np.array_equal(array, resumed.state()[0][name]), name
    assert straight.state()[1] == resumed.state()[1]


WIDER = {"autoencoder": {"tied": True}, "supervised": {"hidden": 64}}


@each
@pytest.mark.parametrize("optimiser", ["adagrad", "sgd"])
def test_the_rate_that_an_optimiser_brings_trains(unit, optimiser):
    for settings in ({}, WIDER[unit.name]):
        chosen = with_own_rate(unit.Params, {"optimiser": optimiser} | settings)
        _, steps = train(unit, epochs=20, batch_size=16, **chosen)
        assert steps[-1].loss < 0.97 * steps[0].loss


@each
def test_settings_change_what_is_learned(unit):
    usual, _ = train(unit, epochs=2)
    for name, value in [("l1", 0.1), ("l2", 1.0), ("dropout", 0.5), ("clip", 0.001), ("warm_up", 0.5)]:
        other, _ = train(unit, epochs=2, **{name: value})
        assert not np.array_equal(usual.space().vectors, other.space().vectors), name
    sparse, _ = train(unit, epochs=5, l1=1.0, learning_rate=0.02)
    assert (sparse.space().vectors == 0).mean() > 0.2


@each
def test_begins_at_vectors_of_the_words_that_there_are(unit):
    words = [*(f"w{rank}" for rank in range(3, 40)), "nowhere"]
    given = np.random.default_rng(3).standard_normal((len(words), 12)).astype(np.float32)
    start = EmbeddingSpace(words, given)
    context = dataclasses.replace(EVERY_BLOCK, start=start)
    model, _ = train(unit, context=context, epochs=1, learning_rate=1e-6)
    np.testing.assert_allclose(model.space().vectors[3:40], given[:37], atol=1e-4)
    assert np.abs(model.space().vectors[:3]).max() < 0.1
    with pytest.raises(SettingsError, match="12 dimensions"):
        train(unit, context=context, dimensions=13)


@each
@pytest.mark.parametrize(("frozen", "still"), [("no", 0), ("first_epochs", 2), ("always", 4)])
def test_vectors_to_begin_from_keep_still_as_long_as_asked(unit, frozen, still):
    given = np.random.default_rng(3).standard_normal((30, 12)).astype(np.float32)
    context = dataclasses.replace(EVERY_BLOCK, start=EmbeddingSpace([f"w{rank}" for rank in range(30)], given))
    settings = {"epochs": 4, "batch_size": 90, "frozen": frozen, "frozen_epochs": 2, "learning_rate": 0.01, "l2": 0.1}
    model = unit(validate(unit.Params, {"dimensions": 12} | settings))
    moved, kept = [], None
    for step in model.train(DATA, context):
        moved.append(not np.array_equal(model.space().vectors[:30], given))
        if step.block == 5:
            arrays, state = model.state()
            kept = {name: array.copy() for name, array in arrays.items()}, json.loads(json.dumps(state))
    assert moved == [False] * 3 * still + [True] * 3 * (4 - still)
    assert np.ptp(model.space().vectors[30:]) > 0.05  # the others learn
    # Which rows those are is in the state: on going on there are no vectors to begin from.
    resumed = unit(model.params)
    resumed.restore(*kept, DATA)
    list(resumed.train(DATA, EVERY_BLOCK))
    assert np.array_equal(resumed.space().vectors, model.space().vectors)
    if still:
        with pytest.raises(TrainingError, match="frozen"):
            resumed.restore({**kept[0], "frozen": np.zeros(3, np.bool_)}, kept[1], DATA)


def contradicting():
    """Labels, and neighbours, that are all chance: what is learned is learned by heart."""
    rng = np.random.default_rng(1)
    return data_of(rng.integers(0, 60, (200, 8)).tolist(), range(0, 200, 5))


@each
def test_ends_early_and_says_so_and_the_same_when_resumed(unit):
    settings = {"epochs": 60, "learning_rate": 0.05, "early_stopping": 2, "batch_size": 32, "schedule": "constant"}
    data = contradicting()
    straight, steps = train(unit, data, **settings)
    told = [step.held_out_loss for step in steps if step.held_out_loss is not None]
    assert steps[-1].fraction < 1
    # Told once an epoch; the last two are no lower than the lowest.
    assert len(told) == steps[-1].block / 5
    assert min(told[:-2]) <= min(told[-2:])
    assert f"after epoch {len(told)}" in straight.ended_early
    for stop in (7, len(steps) - 1):
        stopped = unit(straight.params)
        begun = stopped.train(data, Context(step_seconds=0, held_out_seconds=0))
        for _ in range(stop):
            next(begun)
        begun.close()
        resumed = unit(straight.params)
        resumed.restore(*stopped.state(), data)
        assert resumed.ended_early == ""
        list(resumed.train(data, Context(step_seconds=1e9)))
        assert resumed.ended_early == straight.ended_early
        assert np.array_equal(resumed.space().vectors, straight.space().vectors)
    done = unit(straight.params)
    done.restore(*straight.state(), data)
    assert done.ended_early == straight.ended_early
    assert list(done.train(data, EVERY_BLOCK)) == []
    with pytest.raises(CorpusError, match="early_stopping"):
        train(unit, data_of(LINES), early_stopping=1)


@each
@pytest.mark.parametrize("optimiser", ["adam", "adagrad", "sgd"])
@pytest.mark.parametrize("wider", [False, True], ids=["plain", "wider"])
def test_divergence_is_told_with_a_rate_that_learns(unit, optimiser, wider):
    settings = {"optimiser": optimiser, "epochs": 30, **(WIDER[unit.name] if wider else {})}
    with pytest.raises(DivergedError, match="learning_rate 100; try learning_rate") as raised:
        train(unit, contradicting(), learning_rate=100.0, **settings | {"epochs": 100, "schedule": "constant"})
    better = float(str(raised.value).rpartition(" ")[2].rstrip("."))
    assert better == with_own_rate(unit.Params, settings).get("learning_rate", 0.003)
    _, steps = train(unit, learning_rate=better, **settings)
    assert steps[-1].loss < 0.97 * steps[0].loss


def test_a_rate_that_diverges_below_the_usual_one_is_halved():
    settings = {"optimiser": "sgd", "epochs": 100, "schedule": "constant", "clip": 0.0, "batch_size": 1}
    with pytest.raises(DivergedError, match=r"learning_rate 5; try learning_rate 2\.5\."):
        train("supervised", contradicting(), learning_rate=5.0, **settings)


@each
def test_begins_at_the_loss_of_one_who_knows_nothing_but_frequencies(unit):
    _, steps = train(unit, learning_rate=1e-6, epochs=1, batch_size=4096)
    if unit.name == "supervised":
        assert steps[0].loss == pytest.approx(math.log(2), rel=1e-3)
    else:
        words = np.concatenate([line for number, line in enumerate(LINES) if number % 10])
        shares = (DATA.counts + 1) / (DATA.counts + 1).sum()
        assert steps[0].loss == pytest.approx(-np.log(shares[words]).mean(), rel=1e-3)


@each
def test_looking_at_what_was_learned_needs_no_torch(unit):
    code = f"""
import sys
from core.architecture import ARCHITECTURES, Context
from tests.core.architectures.test_networks import DATA
unit = ARCHITECTURES.get({unit.name!r})
from core.minibatches.model import room
model = unit(unit.Params())
arrays = room(model.shapes(DATA), model.params.optimiser)
state = dict.fromkeys(("seed", "blocks", "block", "examples", "high_steps", "fraction"), 1)
state |= dict(corpus="toy", stopping={{}}, findings={{}})
model.restore(arrays, state, DATA)
model.space(), model.state()
print("torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "False", done.stderr[-2000:]


def test_supervised_tells_how_many_held_out_documents_it_gets_right():
    model, steps = train("supervised", epochs=10, learning_rate=0.02)
    facts = model.space().metadata
    facts = facts["accuracy"]
    assert facts["documents"] == 30
    most = max(np.bincount(DATA.labels[range(0, 300, 10)]))
    assert facts["majority"] == round(most / 30, 4)
    arrays, _ = model.state()
    right, loss = 0, 0.0
    for line in range(0, 300, 10):
        scores = arrays["outputs"] @ arrays["vectors"][LINES[line]].mean(axis=0) + arrays["outputs_bias"]
        right += int(scores.argmax() == DATA.labels[line])
        loss -= float(scores[DATA.labels[line]] - np.logaddexp.reduce(scores.astype(float)))
    assert facts["value"] == round(right / 30, 4)
    assert steps[-1].held_out_loss == pytest.approx(loss / 30, rel=1e-5)
    assert steps[-1].examples == 10 * 270
    assert "accuracy" not in train("supervised", data_of(LINES))[0].space().metadata


def test_labels_are_told_as_well_as_by_logistic_regression(tmp_path):
    path = Path(__file__).parents[4] / "shared" / "data" / "labelled" / "medquad_qtype_1500.csv"
    if not path.exists():
        pytest.skip(f"{path.name} is not beside the checkout")
    from sklearn.linear_model import LogisticRegression

    corpus = build_corpus(path, tmp_path / "corpus", CorpusOptions(label_column="label"))
    unit, data = ARCHITECTURES.get("supervised"), corpus.training_data(1, None, 0.2, 1)
    model, _ = train(unit, data, Context(), **unit.preset("balanced", corpus.size()))
    rows = np.repeat(np.arange(data.segments), np.diff(data.offsets))
    table = csr_matrix((np.ones(len(rows)), (rows, data.tokens.astype(int))), (data.segments, data.vocabulary))
    with threadpool_limits(1, user_api="blas"):
        peer = LogisticRegression(max_iter=1000).fit(table[~data.held_out], data.labels[~data.held_out])
    reached = peer.score(table[data.held_out], data.labels[data.held_out])
    assert model.space().metadata["accuracy"]["value"] > reached - 0.02


def test_balanced_labels_weigh_alike():
    # One word says nothing; nine documents in ten have the first label.
    data = data_of([[0, 2]] * 900 + [[1, 2]] * 100)
    data = dataclasses.replace(data, tokens=np.full(2000, 1, np.uint32))
    for balanced, share in ((False, 0.9), (True, 0.5)):
        settings = {"epochs": 40, "learning_rate": 0.02, "batch_size": 100}
        arrays, _ = train("supervised", data, balanced=balanced, **settings)[0].state()
        scores = arrays["outputs"] @ arrays["vectors"][1] + arrays["outputs_bias"]
        assert math.exp(scores[0]) / np.exp(scores).sum() == pytest.approx(share, abs=0.03)


def test_supervised_wants_labels():
    unit = ARCHITECTURES.get("supervised")
    for labels in (0, 1):
        reason = unit.refuses(CorpusSize(1000, 100, 50, labels))
        assert "column" in reason
    assert unit.refuses(CorpusSize(1000, 100, 50, 2)) is None
    plain = dataclasses.replace(DATA, labels=None, label_names=())
    with pytest.raises(CorpusError, match="labels, of which this corpus has 0"):
        train("supervised", plain)
    with pytest.raises(CorpusError, match="with a label"):
        train("supervised", dataclasses.replace(DATA, labels=np.full(300, -1, np.int32)))


if __name__ == "__main__":
    sys.stdout.write(json.dumps({unit.name: curve(unit) for unit in NETWORKS}, indent=1) + "\n")
