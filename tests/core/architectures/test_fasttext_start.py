"""fastText that begins from vectors of words: its rows, what unseen words get of them, and what keeps still."""

import dataclasses

import numpy as np
import pytest

from core.architecture import Context
from core.architectures.fasttext import FastText, FastTextParams
from core.data.part_encoder import PartEncoder
from core.data.word_parts import Ngrams, WordParts
from core.negative_sampling import workers
from core.negative_sampling.part_rows import place_vectors, still_rows
from core.ngrams import NgramEncoder
from core.params import validate
from core.space import EmbeddingSpace
from tests.core.architectures.test_fasttext import LINES, SPELLED, kinds, spelled

DATA = spelled(LINES, range(5, 800, 50))
KNOWN = np.arange(0, 40, 3)
VECTORS = np.random.default_rng(2).normal(size=(len(KNOWN), 16)).astype(np.float32)
START = EmbeddingSpace([SPELLED[word] for word in KNOWN], VECTORS)
BEGUN = Context(step_seconds=0, held_out_seconds=1e9, start=START)


def make(**settings):
    usual = {"dimensions": 16, "subsample": 0.0, "learning_rate": 0.05, "epochs": 4}
    return FastText(validate(FastTextParams, usual | settings))


@kinds
def test_the_mean_of_a_words_rows_is_its_vector(kind):
    model = make(learning_rate=1e-6, **kind)
    next(model.train(DATA, BEGUN))
    np.testing.assert_allclose(model.space().vectors[KNOWN], VECTORS, atol=1e-4)


def test_parts_by_hand():
    # n-grams of two characters: <a ab b>, <a ac c>, <x xy y>; “ab” and “x” are known, <a is shared.
    parts = WordParts.of(["ab", "ac", "xy"], Ngrams(2**31 - 1, 2, 2))
    rows = np.full((parts.total, 1), 0.5, np.float32)
    found = np.array([0, -1, 1])
    place_vectors(parts, rows, found, EmbeddingSpace(["ab", "xy"], np.array([[4], [8]], np.float32)))
    means = parts.means(rows)[:, 0]
    # The row of <a takes 4, as it stands in “ab” alone of what is known; “ac” has it and four rows of its own in one.
    np.testing.assert_allclose(means, [4, (4 + 3 * 0.5) / 4, 8], rtol=1e-6)
    shared = [row for row in range(3, parts.total) if rows[row, 0] == 4]
    assert len(shared) == 1
    assert rows[1, 0] == 0.5


def test_unseen_words_get_something_of_the_vectors():
    # Words that begin alike are alike; of an unseen form the parts say which it is.
    stems, endings = ["karamo", "tilbek", "sunwor"], ["a", "e", "i", "o"]
    words = [stem + ending for stem in stems for ending in endings]
    vectors = np.repeat(np.eye(3, 16, dtype=np.float32), len(endings), axis=0)
    parts = WordParts.of(words, Ngrams(100_000, 3, 5))
    rows = np.zeros((parts.total, 16), np.float32)
    place_vectors(parts, rows, np.arange(len(words)), EmbeddingSpace(words, vectors))
    encoder = PartEncoder(parts.splitter, parts.known, parts.known_rows, rows)
    assert [int(encoder(stem + "u").argmax()) for stem in stems] == [0, 1, 2]


def test_rows_learned_before_are_taken_where_words_are_split_alike():
    first = make(epochs=2)
    list(first.train(DATA, dataclasses.replace(BEGUN, start=None)))
    space = first.space()
    start = EmbeddingSpace(space.keys, space.vectors.copy(), encoder=space.encoder)
    again, other = (make(learning_rate=1e-6, epochs=1, **settings) for settings in ({}, {"max_n": 5}))
    next(again.train(DATA, dataclasses.replace(BEGUN, start=start)))
    np.testing.assert_allclose(again.state()[0]["inputs"], first.state()[0]["inputs"], atol=1e-4)
    next(other.train(DATA, dataclasses.replace(BEGUN, start=start)))
    np.testing.assert_allclose(other.space().vectors, space.vectors, atol=1e-4)


def test_rows_of_an_imported_model_are_taken_for_words_it_lacks_too():
    buckets = 5_000
    learned = np.random.default_rng(3).normal(size=(buckets, 16)).astype(np.float32)
    start = EmbeddingSpace(START.keys, VECTORS, encoder=NgramEncoder(learned, 3, 6))
    model = make(learning_rate=1e-6, epochs=1, buckets=buckets)
    next(model.train(DATA, dataclasses.replace(BEGUN, start=start)))
    encoder = model.space().encoder
    # A row that serves for several n-grams has their mean; those of words that are known, and theirs alone, make up.
    rows = np.unique(encoder.known_rows[encoder.known_rows >= len(SPELLED)])
    assert len(rows) > 10
    for row in rows:
        expected = learned[encoder.known[encoder.known_rows == row]].mean(axis=0)
        np.testing.assert_allclose(encoder.rows[row], expected, atol=1e-4)
    np.testing.assert_allclose(model.space().vectors[KNOWN], VECTORS, atol=1e-4)


@kinds
@pytest.mark.parametrize("threads", [1, 2])
def test_always_frozen_vectors_do_not_move_a_bit(kind, threads, monkeypatch):
    monkeypatch.setattr(workers, "FEW_WORDS", 2)
    model, free = (make(frozen=frozen, **kind) for frozen in ("always", "no"))
    first = None
    for _ in model.train(DATA, dataclasses.replace(BEGUN, threads=threads)):
        vectors = model.space().vectors
        first = vectors if first is None else first
        assert vectors[KNOWN].tobytes() == first[KNOWN].tobytes()
    np.testing.assert_allclose(first[KNOWN], VECTORS, atol=2e-6)
    others = np.setdiff1d(np.arange(40), KNOWN)
    assert (abs(vectors - first).max(axis=1)[others] > 1e-3).all()
    next(free.train(DATA, BEGUN))
    assert (free.space().vectors[KNOWN] != first[KNOWN]).any()


def test_frozen_for_the_first_epochs_then_they_move():
    model = make(frozen="first_epochs", frozen_epochs=2)
    first, moved = None, []
    for step in model.train(DATA, BEGUN):
        vectors = model.space().vectors[KNOWN]
        first = vectors if first is None else first
        moved.append(vectors.tobytes() != first.tobytes())
        assert moved[-1] == (step.fraction > 0.5)
    assert any(moved)


def test_rows_that_keep_still_are_all_that_a_frozen_word_has():
    parts = WordParts.of(["ab", "ac", "xy"], Ngrams(2**31 - 1, 2, 2))
    still = still_rows(parts, np.array([True, False, False]))
    # Its own and the one of <a, which “ac” has too.
    assert still[0]
    assert not still[1:3].any()
    assert still.sum() == 2
    assert not still_rows(parts, np.zeros(3, np.bool_)).any()
