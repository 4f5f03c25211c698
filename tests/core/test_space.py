"""EmbeddingSpace: rows, spellings, missing words by name."""

import numpy as np
import pytest

from core.errors import UnknownWordError
from core.space import EmbeddingSpace

WORDS = ["king", "queen", "throne", "paris", "straße"]


@pytest.fixture
def space() -> EmbeddingSpace:
    vectors = np.array([[3, 4], [0, 2], [1, 0], [0, 0], [-1, -1]], np.float32)
    return EmbeddingSpace(WORDS, vectors, np.array([9, 7, 5, 3, 1]))


def test_unit_vectors_have_length_one_and_zero_stays_zero(space: EmbeddingSpace) -> None:
    np.testing.assert_allclose(space.unit[0], [0.6, 0.8])
    np.testing.assert_allclose(np.linalg.norm(space.unit, axis=1), [1, 1, 1, 0, 1], rtol=1e-6)


def test_a_word_is_found_as_typed_or_in_lower_case(space: EmbeddingSpace) -> None:
    assert space.index("king") == 0
    assert space.index(" King ") == 0
    assert space.resolve("emperor") is None


def test_an_unknown_word_offers_the_nearest_spellings(space: EmbeddingSpace) -> None:
    with pytest.raises(UnknownWordError) as caught:
        space.index("quen")
    assert caught.value.words == ("quen",)
    assert caught.value.suggestions[0] == "queen"
    assert "“quen” is not in the vocabulary; nearest spellings: queen" in str(caught.value)


def test_all_missing_words_are_named_at_once(space: EmbeddingSpace) -> None:
    with pytest.raises(UnknownWordError, match="“rome”, “oslo” are not in the vocabulary"):
        space.indices(["king", "rome", "oslo"])
    assert space.split(["King", "rome", "king", "paris", "rome"]) == (["king", "paris"], ["rome"])


def test_a_typed_word_is_looked_up_as_the_corpus_writes_it(space: EmbeddingSpace) -> None:
    images = {"Kings": ("king",), "queens": ("queen",), "kings queens": ("king", "queen"), "emperors": ("emperor",)}
    asked: list[str] = []
    space.wording = lambda text: asked.append(text) or images.get(text, ())
    assert space.resolve("King") == "king"
    assert asked == [], "what is in the vocabulary need not be asked for"
    assert space.resolve(" Kings ") == "king"
    assert space.head(2).resolve("Kings") == "king"
    assert [space.resolve(word) for word in ("kings queens", "emperors", "nothing")] == [None] * 3


def test_head_keeps_the_most_frequent(space: EmbeddingSpace) -> None:
    head = space.head(2)
    assert head.keys == ["king", "queen"]
    assert head.counts.tolist() == [9, 7]


def test_shapes_must_fit() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        EmbeddingSpace(["a"], np.zeros((2, 3), np.float32))
    with pytest.raises(ValueError, match="do not fit counts"):
        EmbeddingSpace(["a"], np.zeros((1, 3), np.float32), np.zeros(2))
