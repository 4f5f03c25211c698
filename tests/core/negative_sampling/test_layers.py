"""Every output layer with every optimiser, trained: what is learned, kept, told and priced.

`python -m tests.core.negative_sampling.test_layers` prints the loss curves that `golden_layers.json` holds.
"""

import dataclasses
import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest

from core.architecture import ARCHITECTURES, Context, CorpusSize
from core.errors import DivergedError, SettingsError, TrainingError
from core.kernels.huffman import huffman_paths
from core.negative_sampling import workers
from core.negative_sampling.held_out import HeldOut, noise_weights
from core.negative_sampling.layer_losses import layer_of
from core.params import describe, validate
from core.space import EmbeddingSpace
from core.tensors import open_tensors, save_tensors
from tests.core.toy import contrast, data_of, two_topics

MODELS = ["skipgram", "cbow"]
OUTPUTS = ["negative_sampling", "nce", "hierarchical_softmax", "full_softmax"]
RATES = {"sgd": 0.05, "adagrad": 0.05, "adam": 0.005}
EVERY_BLOCK = Context(step_seconds=0)
GOLDEN = Path(__file__).with_name("golden_layers.json")
TOY = data_of(two_topics(), held_out=range(7, 400, 40))
MIXED = data_of(two_topics(800, words=20, mixed=0.05), held_out=range(3, 800, 50))
COMBINATIONS = list(itertools.product(MODELS, OUTPUTS, RATES))

each_model = pytest.mark.parametrize("name", MODELS)
each_output = pytest.mark.parametrize("output", OUTPUTS)
each = pytest.mark.parametrize(
    ("name", "output", "optimiser"), COMBINATIONS, ids=[" ".join(one) for one in COMBINATIONS]
)


def make(name, **settings):
    unit = ARCHITECTURES.get(name)
    given = {"learning_rate": RATES[settings.get("optimiser", "sgd")], "dimensions": 16, "subsample": 0.0} | settings
    return unit(validate(unit.Params, given, name))


def train(name, data=TOY, context=EVERY_BLOCK, **settings):
    model = make(name, **settings)
    return model, list(model.train(data, context))


def bytes_of(model):
    arrays, state = model.state()
    return {name: array.tobytes() for name, array in arrays.items()}, state


@each
@pytest.mark.parametrize("threads", [1, 2])
def test_two_topics_are_learned(name, output, optimiser, threads, monkeypatch):
    monkeypatch.setattr(workers, "FEW_WORDS", 2)
    context = Context(threads=threads, step_seconds=1e9)
    model, steps = train(name, MIXED, context, output=output, optimiser=optimiser, epochs=20)
    vectors = model.space().vectors
    if threads > 1:  # what two threads on so few words let drift is the mean of all vectors
        vectors = vectors - vectors.mean(axis=0)
    assert contrast(vectors) > 0.3
    assert steps[-1].held_out_loss < 0.93 * layer_of(model.params, MIXED).chance()


@each
def test_stopped_and_resumed_as_straight(name, output, optimiser, tmp_path):
    extra = {"output": output, "optimiser": optimiser, "l2": 1e-3 * (optimiser != "sgd"), "epochs": 2, "dimensions": 17}
    straight, steps = train(name, **extra)
    begun = (stopped := make(name, **extra)).train(TOY, EVERY_BLOCK)
    for _ in range(5):
        next(begun)
    begun.close()
    arrays, state = stopped.state()
    sizes = {array.shape[0] for key, array in arrays.items() if key.startswith("output")}
    assert sizes == {TOY.vocabulary - (output == "hierarchical_softmax")}
    assert ("biases" in arrays) == (output == "nce")
    assert len(arrays) == 2 * (1 + list(RATES).index(optimiser)) + (output == "nce")
    save_tensors(tmp_path / "state", arrays)
    resumed = make(name, **extra)
    resumed.restore(open_tensors(tmp_path / "state")[0], json.loads(json.dumps(state)), TOY)
    assert bytes_of(resumed) == bytes_of(stopped)
    rest = list(resumed.train(TOY, dataclasses.replace(EVERY_BLOCK, seed=99)))
    assert bytes_of(resumed) == bytes_of(straight)
    assert rest[-1].held_out_loss == steps[-1].held_out_loss
    # In one go or block by block, trained again: the same bytes.
    assert bytes_of(train(name, context=Context(step_seconds=1e9), **extra)[0]) == bytes_of(straight)


@each_model
def test_a_state_of_another_layer_is_refused(name):
    arrays, state = train(name, output="nce", optimiser="adam", epochs=1)[0].state()
    for other in ({"output": "hierarchical_softmax"}, {"output": "nce", "optimiser": "adam"}):
        part = {key: array for key, array in arrays.items() if key not in ("biases", "input_means")}
        with pytest.raises(TrainingError, match="do not fit"):
            make(name, **other).restore(part, state, TOY)


def test_the_first_loss_is_chance():
    for name, output in itertools.product(MODELS, OUTPUTS):
        model, steps = train(name, output=output, learning_rate=1e-6, epochs=1)
        chance = layer_of(model.params, TOY).chance()
        assert steps[0].loss == pytest.approx(chance, rel=0.03)
        assert steps[-1].held_out_loss == pytest.approx(chance, rel=0.05)
        if output == "full_softmax":
            assert chance == pytest.approx(np.log(20))


def test_chance_by_hand():
    # Three words of 2, 1 and 1 occurrences: codes of 1, 2 and 2 turns; 1.5 of them a word of text.
    data = data_of([[0, 0, 1, 2]])
    params = make("skipgram", output="hierarchical_softmax").params
    assert layer_of(params, data).chance() == pytest.approx(1.5 * math.log(2))
    # Noise of the text's own shares: every word is k times as likely to be noise as to be true, b − log(k·P) = −log k.
    params = make("skipgram", output="nce", noise_exponent=1.0, negatives=3).params
    assert layer_of(params, data).chance() == pytest.approx(math.log(4) + 3 * math.log(4 / 3))


@each_model
@each_output
def test_held_out_loss_by_hand(name, output):
    params = make(name, output=output, negatives=4).params
    held_out = HeldOut.of(TOY, params, 1, name == "skipgram")
    rng = np.random.default_rng(4)
    inputs, outputs = rng.normal(scale=0.5, size=(2, TOY.vocabulary, 32)).astype(np.float32)
    inputs[:, 16:], outputs[:, 17:] = 0, 0
    rows = outputs[:, :16].astype(float)
    starts, turns = huffman_paths(TOY.counts)
    total, ends = 0.0, [*held_out.starts[1:], len(held_out.contexts)]
    for start, end, (true, *random) in zip(held_out.starts, ends, held_out.targets.tolist(), strict=True):
        scores = rows @ inputs[held_out.contexts[start:end], :16].astype(float).mean(axis=0)
        if output == "nce":
            scores = scores + outputs[:, 16]
        if output == "full_softmax":
            total += math.log(np.exp(scores).sum()) - scores[true]
        elif output == "hierarchical_softmax":
            for turn in turns[starts[true] : starts[true + 1]].tolist():
                total += math.log1p(math.exp(scores[turn // 2] * (1 if turn % 2 else -1)))
        else:
            total += math.log1p(math.exp(-scores[true])) + sum(math.log1p(math.exp(scores[word])) for word in random)
    loss = layer_of(params, TOY).loss(held_out, inputs, outputs, False)
    assert loss == pytest.approx(total / len(held_out.starts), rel=1e-5)


def test_held_out_noise_is_that_of_training():
    # Half of the text is one word, the others make up the rest: noise by frequency draws a word beside itself in
    # ¼ + 5·.01 = 30 % of the cases. NCE trains on that; negative sampling draws again.
    data = data_of([[0, 1, 0, 2, 0, 3, 0, 4, 0, 5]] * 300, held_out=range(0, 300, 3))
    params = make("skipgram", output="nce", noise_exponent=1.0, window=1, negatives=10).params
    for by_chance, expected in ((True, 0.25 + 5 * 0.01), (False, 0.0)):
        targets = HeldOut.of(data, params, 1, True, by_chance).targets
        assert (targets[:, 1:] == targets[:, :1]).mean() == pytest.approx(expected, abs=0.01)
    # At the start, where training loses what chance does, what is held out does too.
    _, steps = train("skipgram", data, output="nce", noise_exponent=1.0, negatives=10, learning_rate=1e-6, epochs=1)
    first = steps[-1]
    assert first.held_out_loss == pytest.approx(first.loss, rel=0.005)


def probabilities(model, output, data):
    """What the model says of each word beside each word, shape (contexts, words)."""
    arrays, _ = model.state()
    scores = (arrays["inputs"].astype(float) @ arrays["outputs"].T).astype(float)
    if output == "full_softmax":
        powers = np.exp(scores)
        return powers / powers.sum(axis=1, keepdims=True)
    if output == "nce":
        noise = noise_weights(data.counts, model.params.noise_exponent)
        # As they are: nothing makes them add up to 1 but what was learned.
        return np.exp(scores + arrays["biases"][:, 0]) * model.params.negatives * noise / noise.sum()
    starts, turns = huffman_paths(data.counts)
    found = np.ones((data.vocabulary, data.vocabulary))
    for word in range(data.vocabulary):
        for turn in turns[starts[word] : starts[word + 1]].tolist():
            found[:, word] /= 1 + np.exp(scores[:, turn // 2] * (1 if turn % 2 else -1))
    return found


@pytest.mark.parametrize("output", ["full_softmax", "nce", "hierarchical_softmax"])
@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_on_a_tiny_vocabulary_all_learn_how_words_stand_together(output, optimiser):
    # Each line is a pair; how likely each word is beside another is known exactly.
    rng = np.random.default_rng(6)
    weights = rng.random((6, 6)) ** 3
    lines = [[int(pair) // 6, int(pair) % 6] for pair in rng.choice(36, 4000, p=weights.ravel() / weights.sum())]
    order = np.argsort(-np.bincount(np.ravel(lines)), kind="stable").argsort()
    data = data_of([[int(order[word]) for word in line] for line in lines])
    beside = np.zeros((6, 6))
    for a, b in np.asarray(data.tokens).reshape(-1, 2):
        beside[a, b] += 1
        beside[b, a] += 1
    expected = beside / beside.sum(axis=1, keepdims=True)
    settings = {"learning_rate": 0.1 if optimiser == "sgd" else 0.01, "negatives": 20, "epochs": 60, "window": 1}
    model, _ = train("skipgram", data, Context(step_seconds=1e9), output=output, optimiser=optimiser, **settings)
    np.testing.assert_allclose(probabilities(model, output, data), expected, atol=0.03)
    assert expected.max() > 0.3


@each_model
@each_output
@pytest.mark.parametrize("frozen", ["always", "first_epochs"])
def test_frozen_rows_keep_still(name, output, frozen):
    known = np.arange(0, TOY.vocabulary, 3)
    vectors = np.random.default_rng(1).normal(size=(len(known), 16)).astype(np.float32)
    start = EmbeddingSpace([f"w{word}" for word in known], vectors, np.ones(len(known), np.int64))
    model = make(name, output=output, frozen=frozen, epochs=2)
    for step in model.train(TOY, dataclasses.replace(EVERY_BLOCK, start=start)):
        still = np.array_equal(model.space().vectors[known], vectors)
        assert still == (frozen == "always" or step.fraction <= 0.5)
    assert (model.space().vectors[1] != 0).all()


@each_model
@each_output
@pytest.mark.parametrize("extra", [{"l1": 0.05}, {"l2": 0.2}, {"l1": 0.02, "l2": 0.1}], ids=str)
def test_penalties_keep_vectors_short(name, output, extra):
    free, bound = (train(name, output=output, epochs=5, **some)[0] for some in ({"clip": 1000.0}, extra))
    # The shorter the ones, the longer the others have to be for the same scores: both count together.
    sizes = [
        sum(float((model.state()[0][name] ** 2).sum()) for name in ("inputs", "outputs")) for model in (free, bound)
    ]
    assert sizes[1] < 0.9 * sizes[0]


@each_model
@pytest.mark.parametrize("output", ["nce", "hierarchical_softmax", "full_softmax"])
def test_a_rate_far_too_high_diverges_and_says_so(name, output):
    with pytest.raises(DivergedError, match=r"with learning_rate 10; try learning_rate 0\.025\."):
        train(name, output=output, learning_rate=10.0, epochs=20)


def test_what_does_nothing_is_not_offered():
    offered = {info.name: info for info in describe(ARCHITECTURES.get("skipgram").Params)}
    for name, applies in (("negatives", {"negative_sampling", "nce"}), ("noise", {"negative_sampling", "nce"})):
        assert {one for one in OUTPUTS if offered[name].applies({"output": one})} == applies
    # Words of parts are told from other words alone, but move in all ways.
    assert {"output", "optimiser"} & set(ARCHITECTURES.get("fasttext").Params.model_fields) == {"optimiser"}


def test_settings_that_do_not_go_together():
    for values, said in (
        ({"output": "nce", "noise": "hard"}, "output nce has to know how likely its noise is; set noise to unigram or"),
        (
            {"optimiser": "adam"},
            "optimiser adam learns nothing with a learning_rate above 0.02, and it is 0.025; set learning_rate to "
            "0.003.",
        ),
    ):
        with pytest.raises(SettingsError, match=said):
            validate(ARCHITECTURES.get("cbow").Params, values)


def test_losses_of_different_layers_are_not_compared():
    said = [ARCHITECTURES.get("skipgram").loss_of(make("skipgram", output=output).params) for output in OUTPUTS]
    assert len(set(said)) == 4
    # What a layer does not look at does not part its curves.
    one, other = (make("cbow", output="hierarchical_softmax", negatives=count).params for count in (5, 10))
    assert ARCHITECTURES.get("cbow").loss_of(one) == ARCHITECTURES.get("cbow").loss_of(other)


@each_model
def test_prices(name):
    unit, size = ARCHITECTURES.get(name), CorpusSize(1_000_000, 20_000)
    price = {output: unit.estimate(make(name, output=output).params, size, 1).seconds for output in OUTPUTS}
    assert price["negative_sampling"] < price["hierarchical_softmax"] < price["nce"] < price["full_softmax"]
    # Full softmax costs what there are words; its memory grows with the optimiser's.
    double = unit.estimate(make(name, output="full_softmax").params, CorpusSize(1_000_000, 40_000), 1)
    assert double.seconds > 1.8 * price["full_softmax"]
    plain, adam = (unit.estimate(make(name, optimiser=one).params, size, 1).memory for one in ("sgd", "adam"))
    assert adam - plain > 4 * 20_000 * 16 * 4


def curve(name, output, optimiser):
    """Five numbers: the mean training loss of each quarter of the Steps, and the held-out loss."""
    data = data_of(two_topics(300, words=30), range(0, 300, 25))
    _, steps = train(name, data, output=output, optimiser=optimiser, dimensions=20, epochs=6)
    losses = [step.loss for step in steps]
    quarter = len(losses) // 4
    return [*(math.fsum(losses[i * quarter : (i + 1) * quarter]) / quarter for i in range(4)), steps[-1].held_out_loss]


@each
def test_the_loss_curve_is_the_known_one(name, output, optimiser):
    # A change that shall not change what is learned leaves these numbers alone.
    if (output, optimiser) == ("negative_sampling", "sgd"):
        pytest.skip("its curve is held in golden_losses.json")
    golden = json.loads(GOLDEN.read_text("utf-8"))
    np.testing.assert_allclose(curve(name, output, optimiser), golden[f"{name} {output} {optimiser}"], rtol=1e-4)


if __name__ == "__main__":
    curves = {" ".join(one): [round(value, 6) for value in curve(*one)] for one in COMBINATIONS}
    print(json.dumps(curves, indent=1))  # noqa: T201
