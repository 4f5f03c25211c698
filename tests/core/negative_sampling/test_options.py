"""What can be chosen of skip-gram, CBOW and fastText: schedules, early stopping, windows, noise, beginnings."""

import dataclasses
import math

import numpy as np
import pytest

from core.architecture import ARCHITECTURES, Context, CorpusSize
from core.errors import CorpusError, TrainingError
from core.kernels import sampling
from core.negative_sampling import model as models
from core.negative_sampling import workers
from core.negative_sampling.held_out import HeldOut
from core.negative_sampling.near import near_words, table_shape
from core.negative_sampling.params import NegativeSamplingParams
from core.negative_sampling.training import NegativeSampling
from core.neighbours import knn_graph
from core.params import validate
from tests.core.toy import contrast, data_of, two_topics

SHARING = [unit for unit in ARCHITECTURES if issubclass(unit, NegativeSampling)]
each = pytest.mark.parametrize("architecture", SHARING, ids=lambda unit: unit.name)
EVERY_BLOCK = Context(step_seconds=0, held_out_seconds=1e9)
TOY = data_of(two_topics(), held_out=range(7, 400, 40))
LONG = data_of(two_topics(800), held_out=range(7, 800, 40))
RNG = np.random.default_rng(0)
# Words in no order: all that can be learned of them is what does not hold in the lines held out.
CHAOS = data_of(RNG.integers(0, 40, (100, 20)).tolist(), held_out=range(0, 100, 10))
STOPPING = {"early_stopping": 2, "epochs": 60, "learning_rate": 0.15, "subsample": 0.0}


def make(architecture, **wanted):
    return architecture(validate(architecture.Params, {"dimensions": 16, "epochs": 3, **wanted}, architecture.name))


def train(architecture, data, context=EVERY_BLOCK, **wanted):
    model = make(architecture, **wanted)
    return model, list(model.train(data, context))


def copied(model):
    arrays, state = model.state()
    return {name: array.copy() for name, array in arrays.items()}, state


def bytes_of(model):
    arrays, state = model.state()
    return {name: array.tobytes() for name, array in arrays.items()}, state


@each
def test_the_rate_follows_its_schedule(architecture):
    _, steps = train(architecture, TOY, learning_rate=0.04, schedule="cosine", warm_up=0.25)
    for step in steps[:-1]:
        done = step.fraction
        by_hand = done / 0.25 if done < 0.25 else (1 + math.cos(math.pi * (done - 0.25) / 0.75)) / 2
        assert step.learning_rate == pytest.approx(0.04 * max(by_hand, 1e-4), rel=1e-9)
    _, steps = train(architecture, TOY, learning_rate=0.04, schedule="constant")
    assert {step.learning_rate for step in steps} == {0.04}


@each
@pytest.mark.parametrize("threads", [1, 2])
def test_it_ends_once_the_held_out_loss_has_not_fallen_for_two_epochs(architecture, threads, monkeypatch):
    monkeypatch.setattr(workers, "FEW_WORDS", 2)
    context = dataclasses.replace(EVERY_BLOCK, threads=threads)
    model, steps = train(architecture, CHAOS, context, **STOPPING)
    losses = [step.held_out_loss for step in steps if step.held_out_loss is not None]
    epochs = len(losses)
    assert 3 <= epochs < 60
    assert steps[-1].fraction == pytest.approx(epochs / 60)
    assert steps[-1].held_out_loss == losses[-1]
    assert min(losses) == losses[-3]
    assert model.ended_early == (
        f"It ended early, after epoch {epochs}: the held-out loss has not fallen below {losses[-3]:.4g} for 2 epochs."
    )
    assert all(before > min(losses[at + 1 : at + 3]) for at, before in enumerate(losses[:-3]))


@each
def test_a_training_that_is_to_end_early_learns_the_same_until_then(architecture):
    ended, steps = train(architecture, CHAOS, **STOPPING)
    whole = make(architecture, **STOPPING | {"early_stopping": 0})
    for step in whole.train(CHAOS, EVERY_BLOCK):
        if step.block == steps[-1].block:
            break
    assert ended.space().vectors.tobytes() == whole.space().vectors.tobytes()
    assert whole.ended_early == ""


@each
def test_nothing_held_out_and_early_stopping_is_a_sentence(architecture):
    with pytest.raises(CorpusError, match=r"early_stopping looks at the held-out loss, and no line .* to 0\."):
        train(architecture, data_of(two_topics()), early_stopping=3)


@each
@pytest.mark.parametrize("options", [{"noise": "hard"}, STOPPING], ids=["hard", "stopping"])
def test_resumed_anywhere_it_goes_on_as_if_nothing_had_been(architecture, options):
    straight, steps = train(architecture, CHAOS, **options)
    model, states = make(architecture, **options), []
    for _ in model.train(CHAOS, EVERY_BLOCK):
        states.append(copied(model))
    assert len(states) == len(steps)
    # In the first epoch, at its end, after it, and at the very end.
    for number in {1, len(steps) // 3 - 1, len(steps) // 3, len(steps) // 2, len(steps) - 1}:
        again = make(architecture, **options)
        again.restore(*states[number], CHAOS)
        rest = list(again.train(CHAOS, EVERY_BLOCK))
        assert [step.block for step in rest] == [step.block for step in steps[number + 1 :]]
        assert bytes_of(again) == bytes_of(straight)
        assert again.ended_early == straight.ended_early


@each
def test_windows_of_one_width_have_all_their_pairs(architecture):
    # A line of ten words, window 3: 3 + 4 + 5 + 6·4 + 5 + 4 + 3 = 48 pairs, ten windows.
    _, steps = train(architecture, data_of(two_topics(100)), window=3, window_width="fixed", subsample=0.0)
    assert steps[-1].examples == 3 * 100 * (48 if architecture.pairs else 10)
    held_out = HeldOut.of(TOY, make(architecture, window=3, window_width="fixed", subsample=0.0).params, 1, True)
    assert len(held_out.starts) == 10 * 48


@each
def test_uniform_noise_is_that_of_exponent_0(architecture):
    plain, uniform = (train(architecture, TOY, **noise)[0] for noise in ({"noise_exponent": 0.0}, {"noise": "uniform"}))
    assert plain.space().vectors.tobytes() == uniform.space().vectors.tobytes()
    assert np.array_equal(
        HeldOut.of(TOY, NegativeSamplingParams(noise="uniform"), 1, True).targets,
        HeldOut.of(TOY, NegativeSamplingParams(noise_exponent=0.0), 1, True).targets,
    )


def test_near_words_by_hand():
    vectors = np.array([[1, 0], [0, 2], [3, 1], [0, 0], [-1, 0.1]], np.float32)
    # By cosine with word 0: word 2 .949, words 1 and 3 0, word 4 -.995.
    assert near_words(vectors).tolist()[0] == [2, 1, 3, 4]
    assert near_words(vectors).tolist()[1] == [2, 4, 0, 3]
    assert near_words(vectors).dtype == np.uint32
    assert [table_shape(words) for words in (2, 12, 50_000)] == [(2, 1), (12, 10), (20_000, 10)]
    assert near_words(np.ones((2, 3), np.float32)).tolist() == [[1], [0]]


def test_near_words_are_those_of_the_graph_of_neighbours():
    vectors = np.random.default_rng(1).normal(size=(700, 9)).astype(np.float32)
    vectors[300] = vectors[3]  # equally near: the more frequent word comes first
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    assert np.array_equal(near_words(vectors), knn_graph(unit, 10)[0])


@each
def test_hard_noise_is_plain_in_the_first_epoch_and_tells_near_words_apart_afterwards(architecture):
    wanted = {"epochs": 8, "subsample": 0.0, "learning_rate": 0.1, "negatives": 4}
    hard, plain = make(architecture, noise="hard", **wanted), make(architecture, **wanted)
    tables = set()
    per_epoch = None
    for after, other in zip(hard.train(LONG, EVERY_BLOCK), plain.train(LONG, EVERY_BLOCK), strict=False):
        near = hard.state()[0].get("nearest")
        if after.fraction <= 1 / 8:
            assert near is None
            if after.block == other.block:
                assert hard.space().vectors.tobytes() == plain.space().vectors.tobytes()
            per_epoch = after.block
        else:
            assert not (near == np.arange(len(near))[:, None]).any(), "a word is not near itself"
            tables.add((near.tobytes(), (after.block - 1) // per_epoch))
    assert len(tables) == 7, "one table an epoch"
    # Words of one topic are pushed apart.
    hard, plain = (train(architecture, LONG, noise=noise, **wanted)[0] for noise in ("hard", "unigram"))
    assert contrast(hard.space().vectors) < contrast(plain.space().vectors) - 0.01


@each
def test_vectors_begin_as_asked(architecture):
    spread = {}
    for initial in ("uniform", "gaussian", "xavier"):
        model = make(architecture, initial=initial, epochs=1, learning_rate=1e-6, dimensions=100)
        next(model.train(TOY, EVERY_BLOCK))
        inputs = model.state()[0]["inputs"][: TOY.vocabulary]
        spread[initial] = float(inputs.std()), float(abs(inputs).max())
        assert not model.state()[0]["outputs"].any() or abs(model.state()[0]["outputs"]).max() < 1e-4
    # fastText's begin twice as wide where they are uniform, and a row of several parts is nearer to zero.
    if architecture.name == "fasttext":
        assert spread["gaussian"][0] == pytest.approx(math.sqrt(3) * spread["uniform"][0], rel=0.05)
        return
    assert spread["uniform"] == pytest.approx((1 / 200 / math.sqrt(3), 1 / 200), rel=0.03)
    assert spread["gaussian"][0] == pytest.approx(1 / 100, rel=0.05)
    width = math.sqrt(6 / (TOY.vocabulary + 100))
    assert spread["xavier"] == pytest.approx((width / math.sqrt(3), width), rel=0.03)


def test_the_sum_of_contexts_is_another_model_and_learns_too():
    cbow = ARCHITECTURES.get("cbow")
    wanted = {"epochs": 20, "subsample": 0.0, "learning_rate": 0.05}
    mean, summed = (train(cbow, LONG, combine=combine, **wanted) for combine in ("mean", "sum"))
    assert mean[0].space().vectors.tobytes() != summed[0].space().vectors.tobytes()
    assert contrast(summed[0].space().vectors) > 0.5
    assert summed[1][-1].held_out_loss < summed[1][0].loss
    # The held-out loss is that of the sums.
    by_hand = HeldOut.of(LONG, summed[0].params, 1, False)
    arrays, _ = summed[0].state()
    ends = [*by_hand.starts[1:], len(by_hand.contexts)]
    total = 0.0
    for start, end, (true, *others) in zip(by_hand.starts, ends, by_hand.targets.tolist(), strict=True):
        hidden = arrays["inputs"][by_hand.contexts[start:end]].astype(float).sum(axis=0)
        total += math.log1p(math.exp(-float(hidden @ arrays["outputs"][true])))
        total += sum(math.log1p(math.exp(float(hidden @ arrays["outputs"][word]))) for word in others)
    assert summed[1][-1].held_out_loss == pytest.approx(total / len(ends), rel=1e-4)


@each
def test_a_table_of_other_words_is_refused(architecture):
    model, _ = train(architecture, TOY, noise="hard")
    arrays, state = copied(model)
    for wrong in ({"nearest": arrays["nearest"] + 1000}, {"nearest": arrays["nearest"][:, :2]}):
        with pytest.raises(TrainingError, match="nearest"):
            make(architecture, noise="hard").restore(arrays | wrong, state, TOY)


def test_kernels_and_models_agree_on_the_sinks():
    assert models.SINKS == sampling.SINKS


@each
def test_looking_for_near_words_has_its_price(architecture):
    # 20,000 words: 4·10⁸ products of 100 numbers in each of four epochs, at 3·10¹⁰ a second.
    size = CorpusSize(10_000_000, 50_000)
    hard, plain = (
        architecture.estimate(make(architecture, dimensions=100, epochs=5, noise=noise).params, size, 1).seconds
        for noise in ("hard", "unigram")
    )
    assert hard - plain == pytest.approx(4 * 4e8 * 100 / 3e10)
