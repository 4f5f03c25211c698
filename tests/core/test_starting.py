"""Vectors to begin from: which words have them, and that they keep still as long as they shall, to the bit."""

import dataclasses

import numpy as np
import pytest

from core.architecture import ARCHITECTURES, Context
from core.errors import SettingsError
from core.params import validate
from core.space import EmbeddingSpace
from core.starting import StartParams, frozen_epochs, rows_of
from tests.core.toy import contrast, data_of, two_topics

TAKING = [unit for unit in ARCHITECTURES if unit.takes_vectors and issubclass(unit.Params, StartParams)]
each = pytest.mark.parametrize("architecture", TAKING, ids=lambda unit: unit.name)
# What makes words of parts has tests of its own: theirs are the same but for rounding, and other words share them.
WHOLE = [unit for unit in TAKING if unit.name != "fasttext"]
each_of_whole_words = pytest.mark.parametrize("architecture", WHOLE, ids=lambda unit: unit.name)
TOY = data_of(two_topics(), held_out=range(7, 400, 40))
# Of words 0 to 4; -0 and a number without a leading one would show what is added and taken away again.
VECTORS = np.random.default_rng(2).normal(size=(5, 16)).astype(np.float32)
VECTORS[0, :4] = [-0.0, 2.0**-140, 3, -3]
START = EmbeddingSpace([f"w{word}" for word in range(5)], VECTORS)
BEGUN = Context(step_seconds=0, held_out_seconds=1e9, start=START)


def make(architecture, **wanted):
    return architecture(validate(architecture.Params, {"dimensions": 16, "epochs": 4, **wanted}, architecture.name))


def test_a_word_is_found_by_its_key_else_in_lower_case():
    space = EmbeddingSpace(["berlin", "Paris", "paris"], np.eye(3, dtype=np.float32))
    assert rows_of(["Berlin", "Paris", "paris", "PARIS", "Rome"], space).tolist() == [0, 1, 2, 2, -1]
    assert rows_of([], space).shape == (0,)


def test_epochs_in_which_vectors_keep_still():
    assert [
        frozen_epochs(StartParams(frozen=frozen, frozen_epochs=3), epochs)
        for frozen, epochs in (("no", 5), ("first_epochs", 5), ("first_epochs", 2), ("always", 5))
    ] == [0, 3, 2, 5]


@each_of_whole_words
def test_words_begin_where_they_are_told_and_others_as_usual(architecture):
    begun, usual = make(architecture, learning_rate=1e-6), make(architecture, learning_rate=1e-6)
    next(begun.train(TOY, BEGUN))
    next(usual.train(TOY, dataclasses.replace(BEGUN, start=None)))
    np.testing.assert_allclose(begun.space().vectors[:5], VECTORS, atol=1e-4)
    # GloVe learns at a scale of its own and gives all of them back at that of the start.
    scale = 1.0 if architecture.name != "glove" else begun.state()[1]["scale"]
    assert scale in (1.0, 2.0)
    np.testing.assert_allclose(begun.space().vectors[5:], scale * usual.space().vectors[5:], atol=1e-4)


@each
def test_vectors_of_another_length_are_refused(architecture):
    with pytest.raises(SettingsError, match=r"have 16 dimensions and dimensions is 20; set dimensions to 16\."):
        next(make(architecture, dimensions=20).train(TOY, BEGUN))


@each_of_whole_words
@pytest.mark.parametrize("threads", [1, 2])
def test_always_frozen_vectors_do_not_move_a_bit(architecture, threads):
    model = make(architecture, frozen="always", epochs=3)
    for _ in model.train(TOY, dataclasses.replace(BEGUN, threads=threads)):
        assert model.space().vectors[:5].tobytes() == VECTORS.tobytes()
    others = make(architecture, epochs=3)
    next(others.train(TOY, dataclasses.replace(BEGUN, start=None)))
    assert (model.space().vectors[5:] != others.space().vectors[5:]).any(axis=1).all()


@each_of_whole_words
def test_frozen_for_the_first_epochs_then_they_move(architecture):
    model = make(architecture, frozen="first_epochs", frozen_epochs=2)
    counted = 0 if architecture.steady else 1  # what counts first takes that for an epoch
    moved = []
    for step in model.train(TOY, BEGUN):
        still = model.space().vectors[:5].tobytes() == VECTORS.tobytes()
        assert still == (step.fraction <= (2 + counted) / (4 + counted))
        moved.append(not still)
    assert any(moved)
    assert not moved[0]


@each
def test_frozen_without_vectors_to_begin_from_freezes_nothing(architecture):
    plain, frozen = make(architecture), make(architecture, frozen="always")
    for model in (plain, frozen):
        list(model.train(TOY, Context(step_seconds=0)))
    assert plain.space().vectors.tobytes() == frozen.space().vectors.tobytes()


@each
@pytest.mark.parametrize("frozen", ["no", "first_epochs", "always"])
def test_resumed_it_goes_on_as_if_nothing_had_been_and_without_the_vectors(architecture, frozen):
    straight = make(architecture, frozen=frozen, frozen_epochs=2)
    states = []
    for _ in straight.train(TOY, BEGUN):
        arrays, state = straight.state()
        states.append(({name: array.copy() for name, array in arrays.items()}, state))
    for number in (0, len(states) // 2 - 1, len(states) - 2):
        again = make(architecture, frozen=frozen, frozen_epochs=2)
        again.restore(*states[number], TOY)
        list(again.train(TOY, dataclasses.replace(BEGUN, start=None)))
        assert again.space().vectors.tobytes() == straight.space().vectors.tobytes()


@pytest.mark.parametrize("name", ["skipgram", "cbow"])
def test_other_words_fall_in_with_vectors_that_keep_still(name):
    # Words of either topic point their own way from the beginning; the rest learn to join them.
    data = data_of(two_topics(800))
    ways = np.zeros((10, 16), np.float32)
    ways[np.arange(10), np.arange(10) % 2] = 2
    start = EmbeddingSpace(list(data.words[:10]), ways)
    model = make(ARCHITECTURES.get(name), frozen="always", epochs=20, subsample=0.0, learning_rate=0.05)
    list(model.train(data, dataclasses.replace(BEGUN, start=start)))
    vectors = model.space().vectors
    assert contrast(vectors) > 0.5
    assert [int(vectors[word, 1] > vectors[word, 0]) for word in range(10, 20)] == [word % 2 for word in range(10, 20)]
