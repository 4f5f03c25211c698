"""What is fastText's own: vectors made of parts, of unseen words too, with n-grams and pieces, skip-gram and CBOW."""

import dataclasses

import numpy as np
import pytest

from core.architecture import Context, CorpusSize
from core.architectures.fasttext import FastText, FastTextParams
from core.errors import SettingsError, UnknownWordError
from core.negative_sampling import workers
from core.params import validate
from tests.core.toy import contrast, data_of, two_topics

ALONE = Context(step_seconds=1e9)
LINES = two_topics(800, words=20)
# Words of one topic have nothing in common in how they are spelled.
SPELLED = [
    f"{'bdfghjklmn'[rank // 2 % 10]}{'aeiou'[rank * 7 % 5]}{'prstvwxyzc'[rank % 10]}{rank // 2}" for rank in range(40)
]
KINDS = [{"model": model, "subwords": subwords} for model in ("skipgram", "cbow") for subwords in ("ngrams", "bpe")]
kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind['model']} {kind['subwords']}")


def spelled(lines, held_out=(), words=SPELLED):
    return dataclasses.replace(data_of(lines, held_out), words=words)


def trained(data, context=ALONE, **settings):
    model = FastText(validate(FastTextParams, {"dimensions": 16, "subsample": 0.0, "learning_rate": 0.05} | settings))
    return model, list(model.train(data, context))


def bytes_of(model):
    arrays, state = model.state()
    return {name: array.tobytes() for name, array in arrays.items()}, state


@kinds
@pytest.mark.parametrize("threads", [1, 2])
def test_two_topics_are_learned(kind, threads, monkeypatch):
    monkeypatch.setattr(workers, "FEW_WORDS", 2)
    data = spelled(LINES, range(5, 800, 50))
    model, steps = trained(data, Context(threads=threads, step_seconds=1e9), epochs=30, **kind)
    vectors = model.space().vectors
    if threads > 1:  # what two threads on so few words let drift is the mean of all vectors
        vectors = vectors - vectors.mean(axis=0)
    assert contrast(vectors) > 0.5
    assert steps[-1].held_out_loss < 0.9 * 6 * np.log(2)


@kinds
def test_stopped_and_resumed_as_straight(kind):
    data = spelled(LINES, range(5, 800, 50))
    every = Context(step_seconds=0)
    straight, steps = trained(data, every, epochs=2, **kind)
    stopped = FastText(straight.params)
    begun = stopped.train(data, every)
    for _ in range(len(steps) // 2):
        next(begun)
    begun.close()
    arrays, state = stopped.state()
    resumed = FastText(straight.params)
    resumed.restore({name: array.copy() for name, array in arrays.items()}, state, data)
    rest = list(resumed.train(data, every))
    assert bytes_of(resumed) == bytes_of(straight)
    assert resumed.space().vectors.tobytes() == straight.space().vectors.tobytes()
    assert rest[-1].held_out_loss == steps[-1].held_out_loss


def test_inputs_begin_as_if_each_part_had_a_row():
    data = spelled(two_topics(20, words=20))
    model = FastText(FastTextParams(dimensions=64, learning_rate=1e-6, epochs=1))
    next(model.train(data, ALONE))
    inputs, space = model.state()[0]["inputs"], model.space()
    served = np.bincount(space.encoder.known_rows, minlength=len(inputs))
    served[: data.vocabulary] += 1
    # Each of n rows is uniform within ±1/64; the mean of n of them has 1/√n of their spread.
    spread = inputs.std(axis=1) * np.sqrt(served)
    assert spread.mean() == pytest.approx(1 / 64 / np.sqrt(3), rel=0.03)
    assert abs(inputs).max() <= 1.001 / 64


def test_the_vector_of_a_word_is_the_mean_of_its_row_and_its_ngrams():
    data = spelled(LINES)
    model, _ = trained(data, epochs=2)
    space = model.space()
    inputs, _ = model.state()[0].values()
    splitter, encoder = space.encoder.splitter, space.encoder
    for word in (0, 17):
        numbers = splitter.numbers([SPELLED[word]])[0]
        rows = encoder.known_rows[np.searchsorted(encoder.known, numbers)]
        expected = np.vstack([inputs[word : word + 1], inputs[rows]]).mean(axis=0)
        np.testing.assert_allclose(space.vectors[word], expected, atol=1e-6)
        # Without the word's own row it is what an unseen word of that spelling would get.
        np.testing.assert_allclose(encoder(SPELLED[word]), inputs[rows].mean(axis=0), atol=1e-6)


@pytest.mark.parametrize("model", ["skipgram", "cbow"])
def test_unseen_forms_are_near_their_kin(model):
    # Twenty stems, ten a topic; each stands with two endings, a third one is never seen.
    rng = np.random.default_rng(1)
    stems = ["".join(rng.permutation(list("abcdefghijklmnop"))[:7]) for _ in range(20)]
    words = [stem + ending for stem in stems for ending in ("ing", "ed")]
    topics = rng.integers(0, 2, 1200)
    lines = (20 * topics[:, None] + rng.integers(0, 20, (1200, 10))).tolist()
    space = trained(spelled(lines, words=words), model=model, epochs=10, dimensions=24)[0].space()
    right = 0
    for number, stem in enumerate(stems):
        vector = space.unseen(stem + "s")
        cosines = space.unit @ (vector / np.linalg.norm(vector))
        same = np.arange(40) // 20 == number // 10
        assert cosines[same].mean() > cosines[~same].mean() + 0.3
        right += int(cosines.argmax() // 2 == number)
    assert right >= 12  # one, were it chance
    with pytest.raises(UnknownWordError, match="“zzz” is not in the vocabulary"):
        space.unseen("zzz")


def test_settings_that_do_not_fit_together():
    with pytest.raises(SettingsError, match=r"max_n must be a whole number not below min_n, which is 5, not 4\."):
        validate(FastTextParams, {"min_n": 5, "max_n": 4})
    assert validate(FastTextParams, {"min_n": 6}).max_n == 6


def test_cbow_and_pieces_cost_less():
    size = CorpusSize(1_000_000, 30_000)
    skipgram, cbow = (FastText.estimate(FastTextParams(model=model), size, 1) for model in ("skipgram", "cbow"))
    assert cbow.seconds < skipgram.seconds
    assert FastText.estimate(FastTextParams(buckets=1_000), size, 1).memory < skipgram.memory


@pytest.mark.parametrize(
    ("settings", "windows"),
    [
        ({}, 3),
        ({"window": 6}, 2),
        ({"window": 7}, 2),
        ({"window": 8}, 1),
        ({"subsample": 0.0}, 2),
        ({"subsample": 0.0, "window": 6}, 1),
        ({"subsample": 0.001, "learning_rate": 0.025}, 3),
        ({"window": 50}, 1),
        ({"learning_rate": 0.1}, 1),
        ({"learning_rate": 0.1, "window": 40, "model": "cbow"}, 2),
    ],
)
def test_wide_windows_and_great_steps_share_negatives_with_fewer(settings, windows):
    # Three windows of ten words, whose steps know nothing of one another, diverged at the usual rate.
    given = {"subsample": 3e-4, "learning_rate": 0.05} | settings
    assert FastText(FastTextParams(**given))._sharing() == windows
