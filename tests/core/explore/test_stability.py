"""Stability of words over seeds: by hand, the same vectors, chance, and what cannot be compared."""

import numpy as np
import pytest

from core.errors import InputError
from core.explore import stability as module
from core.explore.stability import stability
from core.space import EmbeddingSpace


def on_a_circle(*degrees):
    angles = np.radians(degrees)
    return space_of(np.stack([np.cos(angles), np.sin(angles)], 1))


def space_of(vectors):
    return EmbeddingSpace([f"w{i}" for i in range(len(vectors))], np.asarray(vectors, np.float32))


def test_by_hand():
    # The two nearest of each of w0 0°, w1 10°, w2 25°, w3 90°: {1, 2}, {0, 2}, {0, 1}, {1, 2}. With w2 at 95°, the
    # second time: {1, 3}, {0, 3}, {1, 3}, {1, 2}. In common of two: 1, 1, 1, 2.
    found = stability([on_a_circle(0, 10, 25, 90), on_a_circle(0, 10, 95, 90)], nearest=2)
    assert found.shares.tolist() == [0.5, 0.5, 0.5, 1.0]
    assert (found.words, found.spaces, found.nearest) == (("w0", "w1", "w2", "w3"), 2, 2)


def test_three_trainings_are_three_pairs():
    # As above, with the second training twice: two pairs as there, one that agrees.
    spaces = [on_a_circle(0, 10, 25, 90), *2 * [on_a_circle(0, 10, 95, 90)]]
    assert stability(spaces, nearest=2).shares == pytest.approx([2 / 3, 2 / 3, 2 / 3, 1])


def test_turned_vectors_are_as_stable_as_can_be_and_random_ones_are_at_chance():
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(400, 20))
    turn = np.linalg.qr(rng.normal(size=(20, 20)))[0]
    assert stability([space_of(vectors), space_of(vectors @ turn)]).shares.mean() > 0.999
    chance = stability([space_of(vectors), space_of(rng.normal(size=(400, 20)))], words=300)
    assert len(chance.words) == 300
    assert chance.shares.mean() == pytest.approx(10 / 399, abs=0.005)


def test_pieces_give_the_same(monkeypatch):
    rng = np.random.default_rng(2)
    spaces = [space_of(rng.normal(size=(50, 3))) for _ in range(2)]
    whole = stability(spaces, words=30)
    monkeypatch.setattr(module, "CHUNK_VALUES", 350)
    told = []
    np.testing.assert_array_equal(stability(spaces, 30, progress=told.append).shares, whole.shares)
    assert told == [0.5, 1]


def test_fewer_words_than_neighbours():
    assert stability([on_a_circle(0, 10), on_a_circle(0, 90)]).shares.tolist() == [1, 1]


def test_what_cannot_be_compared_is_one_sentence():
    with pytest.raises(InputError, match="two trainings"):
        stability([on_a_circle(0, 10)])
    with pytest.raises(InputError, match="different words"):
        stability([on_a_circle(0, 10), on_a_circle(0, 10, 20)])
