"""Settings from the size of a corpus, and the price of a training."""

import itertools

import numpy as np
import pytest

from core.architecture import ARCHITECTURES, Context, CorpusSize
from core.negative_sampling.params import NegativeSamplingParams
from core.negative_sampling.presets import estimate, kept_share, settings, zipfian_counts
from core.negative_sampling.training import NegativeSampling
from core.params import validate
from tests.core.toy import contrast, data_of, two_topics

PRESETS = ("quick", "balanced", "thorough")
SIZES = [CorpusSize(int(1.3**power), min(max(2, int(1.3**power) // 20), 200_000)) for power in range(4, 90)]
each_preset = pytest.mark.parametrize("preset", PRESETS)
each_kind = pytest.mark.parametrize("pairs", [True, False], ids=["skipgram", "cbow"])
each_architecture = pytest.mark.parametrize(
    "architecture", [unit for unit in ARCHITECTURES if issubclass(unit, NegativeSampling)], ids=lambda unit: unit.name
)


def test_three_million_words_as_worked_out_by_hand():
    chosen = {"dimensions": 100, "negatives": 5, "subsample": 3e-5, "learning_rate": 0.05, "epochs": 15}
    size = CorpusSize(3_000_000, 20_000)
    assert settings("balanced", size, True) == chosen
    assert settings("balanced", size, False) == chosen | {"epochs": 30}
    assert settings("quick", size, True) == chosen | {"dimensions": 50, "subsample": 3e-4, "epochs": 5}
    assert settings("thorough", size, True) == chosen | {"negatives": 10, "epochs": 22}


def test_a_small_corpus_keeps_more_of_its_words_in_fewer_dimensions():
    chosen = {"dimensions": 50, "negatives": 5, "subsample": 1e-4, "learning_rate": 0.05, "epochs": 40}
    assert settings("balanced", CorpusSize(50_000, 5_000), True) == chosen
    assert settings("balanced", CorpusSize(150_000, 5_000), True) == chosen | {"dimensions": 100, "subsample": 3e-5}


@each_kind
@each_preset
def test_the_larger_the_corpus_the_fewer_the_passes(preset, pairs):
    epochs = [settings(preset, size, pairs)["epochs"] for size in SIZES]
    assert all(before >= after for before, after in itertools.pairwise(epochs))
    assert epochs[0] > 2 * epochs[40] > 4 * epochs[-1] > 4


@each_kind
@each_preset
def test_half_a_million_tokens_are_gone_through_where_passes_are_not_at_their_bound(preset, pairs):
    share = 1 / 3 if preset == "quick" else 1
    for size in SIZES:
        epochs = settings(preset, size, pairs)["epochs"]
        assert epochs * size.tokens >= 490_000 * share or size.tokens < 1_000


@each_kind
@each_preset
@pytest.mark.parametrize("tokens", [1, 2, 999, 99_999, 100_000, 10**10])
@pytest.mark.parametrize("vocabulary", [2, 50, 200_000, 5_000_000])
def test_settings_are_within_bounds_whatever_the_size(preset, pairs, tokens, vocabulary):
    validate(NegativeSamplingParams, settings(preset, CorpusSize(tokens, vocabulary), pairs))


@each_kind
def test_each_preset_costs_more_than_the_one_before(pairs):
    for size in SIZES[::5]:
        params = [validate(NegativeSamplingParams, settings(preset, size, pairs)) for preset in PRESETS]
        for less, more in itertools.pairwise(params):
            assert less.epochs <= more.epochs
            assert less.dimensions <= more.dimensions
            assert less.subsample >= more.subsample
        # What a pass over a handful of words costs is lost in the start of the training.
        prices = [estimate(one, size, 1, one.dimensions, 1e9, pairs).seconds for one in params]
        assert prices[0] <= prices[1] < prices[2] or size.tokens < 100


@pytest.mark.parametrize("vocabulary", [2, 20, 300, 1_180])
def test_a_small_vocabulary_is_not_thinned_away(vocabulary):
    # The planted world is of the last size: at 3e-5 it loses four fifths of its text, and some of its analogies.
    size = CorpusSize(180_000, vocabulary)
    chosen = settings("balanced", size, True)["subsample"]
    assert chosen == pytest.approx(0.15 / vocabulary, rel=0.25)
    assert kept_share(size, chosen) > 0.3 > 0.2 > kept_share(size, 3e-5)


@each_preset
@each_architecture
@pytest.mark.parametrize("lines", [12, 60, 400])
def test_settings_for_a_tiny_corpus_work(architecture, preset, lines):
    data = data_of(two_topics(lines=lines))
    size = CorpusSize(len(data.tokens), data.vocabulary)

    def topics_told_apart(chosen):
        model = architecture(validate(architecture.Params, chosen))
        for _ in model.train(data, Context(step_seconds=1)):
            pass
        return contrast(model.space().vectors)

    assert topics_told_apart(architecture.preset(preset, size)) > 0.25
    # Its own defaults, word2vec's, leave the vectors where they began.
    assert topics_told_apart({}) < 0.05


def test_kept_share_as_worked_out_by_hand():
    # Two words, 2 and 1 times: shares 2/3 and 1/3, at .1 they stay with (√6.67 + 1)/6.67 and (√3.33 + 1)/3.33.
    size = CorpusSize(3, 2)
    assert kept_share(size, 0.1) == pytest.approx(2 / 3 * 0.53730 + 1 / 3 * 0.84772, abs=1e-5)
    assert kept_share(size, 0.5) == 1
    assert kept_share(size, 0) == 1


def test_beyond_the_words_that_all_share_counts_fall_with_the_square_of_the_rank():
    counts = zipfian_counts(CorpusSize(10**9, 20_000))
    assert counts[0] / counts[4_999] == pytest.approx(5_000, rel=0.001)
    assert counts[4_999] / counts[9_999] == pytest.approx(4, rel=0.001)
    assert counts.sum() == pytest.approx(10**9, rel=0.001)


def test_kept_share_agrees_with_a_count_of_zipfian_words():
    counts = np.maximum(1, 300_000 / np.arange(1, 5_001) / 9.0945).astype(np.int64)
    drawn = np.random.default_rng(1).multinomial(int(counts.sum()), counts / counts.sum())
    shares = drawn / drawn.sum()
    stay = np.minimum(1, np.sqrt(1e-4 / np.maximum(shares, 1e-12)) + 1e-4 / np.maximum(shares, 1e-12))
    assert kept_share(CorpusSize(300_000, 5_000), 1e-4) == pytest.approx(float(stay @ shares), rel=0.01)


def test_price_as_worked_out_by_hand():
    params = NegativeSamplingParams(dimensions=84, window=4, negatives=3, epochs=2, subsample=0)
    size = CorpusSize(10_000, 1_000)
    # 10,000 tokens × 2 passes × 5 contexts, and to fetch an output takes as long as 6 more, × 4 outputs × (96 + 16)
    # floats, at a million floats a second on each thread.
    priced = estimate(params, size, 2, 96, 1e6, pairs=True)
    assert priced.seconds == pytest.approx(0.3 + 98.56 / 2)
    # Two padded matrices, the tokens, and the two copies that a checkpoint takes.
    assert priced.memory == 2 * 1_000 * 96 * 4 + 4 * 10_000 + 2 * 1_000 * 84 * 4 + 250_000_000
    # Of CBOW 4 outputs, and to add up each of the 5 contexts takes .4 as long.
    assert estimate(params, size, 1, 96, 1e6, pairs=False).seconds == pytest.approx(0.3 + 2.24 * 6)
    assert estimate(params, size, 1, 96, 1e6, pairs=False, outputs=10).seconds == pytest.approx(0.3 + 2.24 * 12)


def test_what_is_thinned_out_costs_nothing():
    size, prices = CorpusSize(1_000_000, 20_000), []
    for subsample in (0, 1e-3, 1e-4, 1e-5):
        prices.append(estimate(NegativeSamplingParams(subsample=subsample), size, 1, 112, 1e10, pairs=True).seconds)
    assert prices == sorted(prices, reverse=True)
    assert prices[0] > 2.5 * prices[-1]
