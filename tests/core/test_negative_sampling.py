"""What the architectures with negative sampling share: blocks, schedule, held-out loss, divergence, loss curves.

`python -m tests.core.test_negative_sampling` prints the loss curves that `golden_losses.json` holds.
"""

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest

from core.architecture import ARCHITECTURES, Context, CorpusSize
from core.errors import DivergedError, TrainingError
from core.negative_sampling import blocks as cutting
from core.negative_sampling import workers
from core.negative_sampling.blocks import Blocks, block_seed
from core.negative_sampling.held_out import HeldOut
from core.negative_sampling.params import NegativeSamplingParams
from core.negative_sampling.training import NegativeSampling
from core.params import validate
from core.schedule import FLOOR
from tests.core.toy import contrast, data_of, two_topics

SHARING = [unit for unit in ARCHITECTURES if issubclass(unit, NegativeSampling)]
each = pytest.mark.parametrize("architecture", SHARING, ids=lambda unit: unit.name)
EVERY_BLOCK = Context(step_seconds=0)
GOLDEN = Path(__file__).with_name("golden_losses.json")
TOY = data_of(two_topics(), held_out=range(7, 400, 40))


def train(architecture, data, context=EVERY_BLOCK, **settings):
    model = architecture(validate(architecture.Params, {"dimensions": 16} | settings))
    return model, list(model.train(data, context))


def lines_of(*lengths):
    return [[position % 7 for position in range(length)] for length in lengths]


CORPORA = {
    "short lines": data_of(lines_of(*[9] * 900)),
    "some held out": data_of(lines_of(*range(300)), held_out=range(0, 300, 7)),
    "the first and the last held out": data_of(lines_of(*[10] * 400), held_out=[0, 1, 398, 399]),
    "empty lines everywhere": data_of(lines_of(0, 0, 5, 0, 600, 0, 0, 1, 0)),
    "one line longer than any block": data_of(lines_of(3, 30_000, 3)),
    "a long line, then one held out": data_of(lines_of(600, 5), held_out=[1]),
    "one line": data_of(lines_of(2)),
    "a million tokens": data_of([[0] * 10_000] * 100),
    "six million tokens": data_of([[0] * 10_000] * 600),
}


@pytest.mark.parametrize("data", CORPORA.values(), ids=CORPORA)
def test_blocks_pass_over_every_token_once_an_epoch(data):
    blocks = Blocks.of(data, 3)
    lengths = np.where(data.held_out, 0, np.diff(data.offsets))
    times = np.zeros((3, data.segments), int)
    before = 0
    for block in range(blocks.total):
        first, last = blocks.segments(block)
        assert first < last
        times[block // blocks.per_epoch, first:last] += 1
        assert blocks.words_before(block) == before
        assert lengths[first:last].sum() > 0
        before += lengths[first:last].sum()
    assert (times == 1).all()
    assert blocks.words_before(blocks.total) == before == 3 * lengths.sum()
    assert (blocks.fraction(0), blocks.fraction(blocks.total)) == (0, 1)


def test_blocks_are_whole_lines_of_about_the_same_size():
    # A 256th of a million tokens is less than a line of 10,000; of six million it is 16,384, which two lines exceed.
    assert set(np.diff(Blocks.of(CORPORA["a million tokens"], 1).words)) == {10_000}
    sizes = np.diff(Blocks.of(CORPORA["six million tokens"], 1).words)
    assert set(sizes) == {10_000, 20_000}
    assert sizes.mean() == pytest.approx(16_384, rel=0.01)


def test_a_small_corpus_has_blocks_enough_to_be_watched():
    assert Blocks.of(CORPORA["short lines"], 1).per_epoch >= 10


def test_the_rate_falls_in_a_straight_line_to_its_floor():
    blocks = Blocks.of(data_of(lines_of(*[512] * 10)), 4)
    assert blocks.total == 40
    rates = [blocks.rate(block, 0.5) for block in range(41)]
    # By hand: a fortieth less with every block, and at the end a ten-thousandth of the first.
    np.testing.assert_allclose(rates[:-1], [0.5 * (1 - block / 40) for block in range(40)], rtol=1e-12)
    assert rates[-1] == 0.5 * FLOOR == pytest.approx(5e-5)


@each
def test_steps_tell_the_rate(architecture):
    _, steps = train(architecture, TOY, learning_rate=0.04, epochs=3)
    for step in steps:
        assert step.learning_rate == pytest.approx(0.04 * max(1 - step.fraction, FLOOR))


def test_blocks_get_unrelated_random_numbers():
    seeds = [block_seed(seed, block) for seed in (0, 1, 2, 2**63) for block in range(1000)]
    assert len(set(seeds)) == len(seeds)
    assert all(0 <= seed < 2**64 for seed in seeds)
    bits = np.unpackbits(np.array(seeds, np.uint64).view(np.uint8).reshape(-1, 8), axis=1)
    # Each bit is set in half of the 4,000, within five standard deviations.
    assert (abs(bits.mean(axis=0) - 0.5) < 5 * 0.5 / math.sqrt(4000)).all()
    flips = (bits[1:1000] ^ bits[:999]).mean()
    assert flips == pytest.approx(0.5, abs=0.02)


@each
@pytest.mark.parametrize("negatives", [1, 5, 20])
def test_the_first_loss_is_chance(architecture, negatives):
    _, steps = train(architecture, TOY, negatives=negatives, subsample=0.0, learning_rate=1e-5)
    assert steps[0].loss == pytest.approx((1 + negatives) * math.log(2), rel=1e-3)
    assert steps[-1].held_out_loss == pytest.approx((1 + negatives) * math.log(2), rel=1e-2)


@each
def test_examples_by_hand(architecture):
    # 100 lines of ten words: ten windows a line, of which eight have two neighbours and two have one.
    _, steps = train(architecture, data_of(two_topics(100)), window=1, subsample=0.0, epochs=3)
    assert steps[-1].examples == 3 * 100 * (18 if architecture.pairs else 10)
    assert steps[-1].words == 3 * 100 * 10


@each
def test_held_out_loss_by_hand(architecture):
    params = NegativeSamplingParams(window=3, negatives=4, subsample=0.0)
    held_out = HeldOut.of(TOY, params, 1, architecture.pairs)
    rng = np.random.default_rng(4)
    inputs, outputs = rng.normal(size=(2, TOY.vocabulary, 8)).astype(np.float32)
    total = 0.0
    ends = [*held_out.starts[1:], len(held_out.contexts)]
    for start, end, (true, *random) in zip(held_out.starts, ends, held_out.targets.tolist(), strict=True):
        mean = inputs[held_out.contexts[start:end]].astype(float).mean(axis=0)
        total += math.log1p(math.exp(-float(mean @ outputs[true])))
        total += sum(math.log1p(math.exp(float(mean @ outputs[word]))) for word in random)
    assert held_out.loss(inputs, outputs) == pytest.approx(total / len(held_out.starts), rel=1e-5)


@each
def test_held_out_examples(architecture):
    params = NegativeSamplingParams(window=1, negatives=4, subsample=0.0)
    held_out = HeldOut.of(TOY, params, 1, architecture.pairs)
    again = HeldOut.of(TOY, params, 1, architecture.pairs)
    for name in ("contexts", "starts", "targets"):
        assert np.array_equal(getattr(held_out, name), getattr(again, name))
    assert len(held_out.starts) == 10 * (18 if architecture.pairs else 10)
    assert len(held_out.contexts) == 10 * 18
    assert held_out.targets.shape == (len(held_out.starts), 5)
    assert (held_out.targets[:, 1:] != held_out.targets[:, :1]).all()
    # Every true word and its contexts stand in a line held out.
    lines = np.asarray(TOY.tokens).reshape(400, 10)[TOY.held_out]
    beside = {(a, b) for line in lines.tolist() for a, b in itertools.pairwise(line)}
    beside |= {(b, a) for a, b in beside}
    owners = np.searchsorted(held_out.starts, np.arange(len(held_out.contexts)), side="right") - 1
    found = set(zip(held_out.targets[owners, 0].tolist(), held_out.contexts.tolist(), strict=True))
    assert found == beside


@each
def test_nothing_measurable_held_out(architecture):
    data = data_of([*two_topics(50), [3], []], held_out=[50, 51])
    assert HeldOut.of(data, NegativeSamplingParams(), 1, architecture.pairs) is None
    _, steps = train(architecture, data)
    assert steps[-1].held_out_loss is None


@each
def test_with_few_words_more_threads_do_what_one_does(architecture):
    one, two = (train(architecture, TOY, Context(threads=threads), epochs=3)[0] for threads in (1, 2))
    assert one.space().vectors.tobytes() == two.space().vectors.tobytes()
    few, many = (CorpusSize(100_000_000, words) for words in (workers.FEW_WORDS - 1, workers.FEW_WORDS))
    prices = [[architecture.estimate(one.params, size, threads).seconds for threads in (1, 2)] for size in (few, many)]
    assert prices[0][0] == prices[0][1]
    assert prices[1][0] > 1.5 * prices[1][1]


@each
def test_with_many_words_two_threads_learn_as_much_as_one(architecture):
    data = data_of(two_topics(4000, words=workers.FEW_WORDS // 2), held_out=range(5, 4000, 50))
    settings = {"subsample": 0.0, "learning_rate": 0.05, "epochs": 10}
    (one, steps), (two, also) = (
        train(architecture, data, Context(threads=threads, step_seconds=1e9), **settings) for threads in (1, 2)
    )
    assert data.vocabulary == workers.FEW_WORDS
    assert one.space().vectors.tobytes() != two.space().vectors.tobytes()
    assert contrast(two.space().vectors) == pytest.approx(contrast(one.space().vectors), abs=0.1)
    assert also[-1].held_out_loss == pytest.approx(steps[-1].held_out_loss, rel=0.02)


@each
@pytest.mark.parametrize("threads", [1, 2])
def test_a_rate_of_8_diverges_and_says_so(architecture, threads, monkeypatch):
    monkeypatch.setattr(workers, "FEW_WORDS", 2)
    context = Context(step_seconds=0, threads=threads)
    with pytest.raises(DivergedError) as caught:
        train(architecture, TOY, context, learning_rate=8.0, subsample=0.0, epochs=20)
    message = str(caught.value)
    assert message.startswith("Training diverged at block ")
    assert "with learning_rate 8; try learning_rate 0.025." in message


@each
def test_a_state_of_other_blocks_can_be_looked_at_but_not_gone_on_with(architecture, monkeypatch):
    done, steps = train(architecture, TOY, epochs=2)
    assert steps[-1].block == done.state()[1]["blocks"] == 16
    monkeypatch.setattr(cutting, "SMALLEST_BLOCK", 1024)
    again = architecture(done.params)
    again.restore(*done.state(), TOY)
    assert np.array_equal(again.space().vectors, done.space().vectors)
    with pytest.raises(TrainingError, match=r"begun in 16 blocks, .* cuts the corpus into 8, .*; train again"):
        next(again.train(TOY, EVERY_BLOCK))


USUAL = {
    "two topics": data_of(two_topics()),
    "two words": data_of([[0, 1] * 50] * 40),
    "hardly anything but one word": data_of([[0] * 90 + [1, 2]] * 40),
    "Zipf's law": data_of(np.minimum(np.random.default_rng(2).zipf(1.3, (60, 500)) - 1, 2999).tolist()),
}


@each
@pytest.mark.parametrize("data", USUAL.values(), ids=USUAL)
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"noise_exponent": -1.0},
        {"negatives": 20, "window": 50},
    ],
    ids=str,
)
def test_the_usual_rate_does_not(architecture, data, settings):
    _, steps = train(architecture, data, learning_rate=0.025, subsample=0.0, epochs=3, **settings)
    assert steps[-1].fraction == 1


@each
def test_a_vector_that_outgrows_all_bounds_is_found_in_the_last_step(architecture):
    # A word so rare that only the last look takes it in.
    many = data_of([*two_topics(), list(range(20, 10_100))])
    model, _ = train(architecture, many, epochs=1)
    views, state = model.state()
    arrays = {name: view.copy() for name, view in views.items()}
    state |= {"block": state["block"] - 1, "high_steps": 0}
    arrays["inputs"][10_090] = np.nan
    again = architecture(model.params)
    again.restore(arrays, state, many)
    with pytest.raises(DivergedError, match="length"):
        list(again.train(many, EVERY_BLOCK))


def curve(architecture):
    """Five numbers: the mean training loss of each quarter of the Steps, and the held-out loss."""
    lines = two_topics(300, words=30)
    _, steps = train(architecture, data_of(lines, range(0, 300, 25)), dimensions=20, learning_rate=0.05, epochs=8)
    losses = [step.loss for step in steps]
    quarter = len(losses) // 4
    return [*(math.fsum(losses[i * quarter : (i + 1) * quarter]) / quarter for i in range(4)), steps[-1].held_out_loss]


@each
def test_the_loss_curve_is_the_known_one(architecture):
    # A change that shall not change what is learned leaves these numbers alone.
    golden = json.loads(GOLDEN.read_text("utf-8"))
    assert architecture.name in golden, f"add {curve(architecture)} to {GOLDEN.name}"
    np.testing.assert_allclose(curve(architecture), golden[architecture.name], rtol=1e-4)


if __name__ == "__main__":
    curves = {unit.name: [round(value, 6) for value in curve(unit)] for unit in SHARING}
    print(json.dumps(curves, indent=1))  # noqa: T201
