"""fastText with other optimisers, penalties and clipping: it learns, goes on, and its curves are the known ones.

`python -m tests.core.architectures.test_fasttext_moves` prints the loss curves that `golden_fasttext.json` holds.
"""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from core.architecture import ARCHITECTURES, Context, CorpusSize
from core.architectures.fasttext import FastText, FastTextParams
from core.errors import SettingsError, TrainingError
from core.negative_sampling import workers
from core.params import validate
from tests.core.architectures.test_fasttext import LINES, bytes_of, spelled
from tests.core.toy import contrast

GOLDEN = Path(__file__).with_name("golden_fasttext.json")
DATA = spelled(LINES, range(5, 800, 50))
EVERY_BLOCK = Context(step_seconds=0)
RATES = {"sgd": 0.05, "adagrad": 0.05, "adam": 0.005}
COMBINATIONS = list(itertools.product(("skipgram", "cbow"), RATES))
each = pytest.mark.parametrize(("model", "optimiser"), COMBINATIONS, ids=[" ".join(one) for one in COMBINATIONS])


def make(model, optimiser, **settings):
    """With SGD a little of a penalty, without which it has a kernel of its own."""
    usual = {"dimensions": 17, "subsample": 0.0, "learning_rate": RATES[optimiser], "epochs": 2}
    penalty = {"l2": 1e-4 * (optimiser == "sgd")}
    return FastText(validate(FastTextParams, {"model": model, "optimiser": optimiser, **usual, **penalty, **settings}))


def trained(*given, context=EVERY_BLOCK, **settings):
    model = make(*given, **settings)
    return model, list(model.train(DATA, context))


def curve(*given):
    """The loss of the first two and the last two Steps, and the held-out loss."""
    _, steps = trained(*given)
    return [*(step.loss for step in (*steps[:2], *steps[-2:])), steps[-1].held_out_loss]


@each
@pytest.mark.parametrize("threads", [1, 2])
def test_two_topics_are_learned(model, optimiser, threads, monkeypatch):
    monkeypatch.setattr(workers, "FEW_WORDS", 2)
    found, steps = trained(model, optimiser, context=Context(threads=threads, step_seconds=1e9), epochs=20)
    vectors = found.space().vectors
    if threads > 1:  # what two threads on so few words let drift is the mean of all vectors
        vectors = vectors - vectors.mean(axis=0)
    assert contrast(vectors) > 0.4
    assert steps[-1].held_out_loss < 0.93 * 6 * np.log(2)


@each
def test_stopped_and_resumed_as_straight(model, optimiser):
    straight, steps = trained(model, optimiser)
    begun = (stopped := make(model, optimiser)).train(DATA, EVERY_BLOCK)
    for _ in range(5):
        next(begun)
    begun.close()
    arrays, state = stopped.state()
    kinds = ["squares", "means"][: list(RATES).index(optimiser)]
    assert set(arrays) == {"inputs", "outputs", *(f"{side}_{kind}" for side in ("input", "output") for kind in kinds)}
    resumed = make(model, optimiser)
    resumed.restore({name: array.copy() for name, array in arrays.items()}, json.loads(json.dumps(state)), DATA)
    rest = list(resumed.train(DATA, EVERY_BLOCK))
    assert bytes_of(resumed) == bytes_of(straight)
    assert rest[-1].held_out_loss == steps[-1].held_out_loss
    if kinds:
        with pytest.raises(TrainingError, match="input_squares do not fit"):
            make(model, optimiser).restore({"inputs": arrays["inputs"], "outputs": arrays["outputs"]}, state, DATA)


def test_a_penalty_of_next_to_nothing_learns_what_plain_steps_do():
    # Kernels of their own, which part at what windows read of each other.
    for model in ("skipgram", "cbow"):
        plain, moved = (trained(model, "sgd", l2=l2, epochs=10)[1][-1].held_out_loss for l2 in (0.0, 1e-9))
        assert moved == pytest.approx(plain, rel=0.02)


def test_penalties_hold_vectors_down_and_clipping_their_moves():
    for model in ("skipgram", "cbow"):
        free, held = (trained(model, "sgd", epochs=10, l2=l2)[0].state()[0] for l2 in (1e-9, 0.05))
        # Of inputs and outputs together: where outputs are held down more often, inputs make up for some of it.
        free, held = (sum((arrays[side] ** 2).sum() for side in ("inputs", "outputs")) for arrays in (free, held))
        assert held < 0.75 * free
        _, steps = trained(model, "sgd", clip=1e-4)
        assert steps[-1].loss == pytest.approx(6 * np.log(2), rel=0.01)


def test_adam_wants_a_rate_of_its_own_which_costs_time_and_memory():
    with pytest.raises(SettingsError, match=r"optimiser adam learns nothing .* set learning_rate to 0\.003"):
        validate(FastTextParams, {"optimiser": "adam", "learning_rate": 0.05}, "fasttext")
    assert ARCHITECTURES.get("fasttext").Params.own_rates["adam"] == 0.003
    size = CorpusSize(1_000_000, 30_000)
    plain, adam = (
        FastText.estimate(validate(FastTextParams, {"optimiser": optimiser, "learning_rate": 0.003}), size, 1)
        for optimiser in ("sgd", "adam")
    )
    assert adam.seconds > 2 * plain.seconds
    assert adam.memory > plain.memory + 50_000_000


@each
def test_the_loss_curve_is_the_known_one(model, optimiser):
    # A change that shall not change what is learned leaves these numbers alone.
    golden = json.loads(GOLDEN.read_text("utf-8"))
    np.testing.assert_allclose(curve(model, optimiser), golden[f"{model} {optimiser}"], rtol=1e-4)


if __name__ == "__main__":
    curves = {" ".join(one): [round(value, 6) for value in curve(*one)] for one in COMBINATIONS}
    print(json.dumps(curves, indent=1))  # noqa: T201
