"""Neighbours and analogies against numbers worked by hand, the neighbour graph against brute force."""

import numpy as np
import pytest

from core.errors import UnknownWordError
from core.neighbours import analogy, analogy_rank, analogy_scores, knn_graph, mean_of, nearest, similarity, vector_of
from core.space import EmbeddingSpace

KEYS = ["man", "woman", "king", "queen", "apple"]
# Axis 0: royal, axis 1: female, axis 2: fruit, axis 3: person.
VECTORS = np.array(
    [[0, 0, 0, 1], [0, 3, 0, 4], [3, 0, 0, 4], [1, 1, 0, 1], [0, 0, 5, 0]],
    dtype=np.float32,
)


@pytest.fixture
def space() -> EmbeddingSpace:
    return EmbeddingSpace(KEYS, VECTORS, np.array([50, 40, 30, 20, 10], np.int64))


def random_space(n: int = 300, dimensions: int = 12) -> EmbeddingSpace:
    vectors = np.random.default_rng(3).normal(size=(n, dimensions)).astype(np.float32)
    return EmbeddingSpace([f"w{i}" for i in range(n)], vectors)


def test_similarity_by_hand(space):
    # unit king (.6, 0, 0, .8), unit woman (0, .6, 0, .8): cosine .64
    assert similarity(space, "king", "woman") == pytest.approx(0.64, abs=1e-6)
    assert similarity(space, "king", "apple") == 0


def test_nearest_by_hand(space):
    found = nearest(space, "man", k=3)
    # cosines with (0, 0, 0, 1): woman .8, king .8 (less frequent: after woman), queen 1/sqrt(3)
    assert [n.word for n in found] == ["woman", "king", "queen"]
    assert [n.rank for n in found] == [1, 2, 3]
    assert [n.similarity for n in found] == pytest.approx([0.8, 0.8, 3**-0.5], abs=1e-6)
    assert found[1].count == 30
    assert found[1].index == 2


def test_nearest_of_several_words_of_a_vector_and_with_exclusions(space):
    assert [n.word for n in nearest(space, ["king", "woman"], k=2)] == ["queen", "man"]
    found = nearest(space, np.array([0, 0, 2, 0], np.float32), k=1)
    assert (found[0].word, found[0].similarity, found[0].rank) == ("apple", pytest.approx(1), 1)
    left = nearest(space, "man", k=10, exclude=["woman", "unheard-of"])
    assert [(n.word, n.rank) for n in left] == [("king", 2), ("queen", 3), ("apple", 4)]
    assert nearest(space, "man", k=0) == []
    assert [n.word for n in nearest(space, "  MAN ", k=1)] == ["woman"]


def test_unknown_words_are_all_named(space):
    with pytest.raises(UnknownWordError) as caught:
        nearest(space, ["kin", "zebra", "king"])
    assert caught.value.words == ("kin", "zebra")
    assert caught.value.suggestions[0] == "king"
    with pytest.raises(UnknownWordError, match="zebra"):
        similarity(space, "zebra", "king")
    with pytest.raises(UnknownWordError, match="zebra"):
        analogy(space, "king", "man", "zebra")


def test_an_encoder_answers_for_unseen_words():
    space = EmbeddingSpace(KEYS, VECTORS, encoder=lambda word: np.array([0, 0, len(word), 0], np.float32))
    assert vector_of(space, "pear").tolist() == [0, 0, 1, 0]
    assert nearest(space, "pear", k=1)[0].word == "apple"
    assert similarity(space, "pear", "apple") == pytest.approx(1)


def test_3cosadd_by_hand(space):
    # unit: king (.6,0,0,.8), man (0,0,0,1), woman (0,.6,0,.8): sum (.6,.6,0,.6), so the answer is queen with cosine 1
    found = analogy(space, "king", "man", "woman", k=2)
    assert found[0].word == "queen"
    assert found[0].similarity == pytest.approx(1, abs=1e-6)
    assert found[0].rank == 1
    # cos(woman, target) = (.36 + .48) / sqrt(1.08) = .8083, the same for king; both are hidden, apple (0) has rank 5
    assert (found[1].word, found[1].rank) == ("apple", 5)
    kept = analogy(space, "king", "man", "woman", k=5, keep_inputs=True)
    assert [n.word for n in kept] == ["queen", "woman", "king", "man", "apple"]
    assert kept[1].similarity == pytest.approx(0.84 / 1.08**0.5, abs=1e-6)


def test_3cosmul_by_hand(space):
    # s = (cos + 1) / 2. queen: cos king (.6 + .8)/sqrt3 = .808290, man .577350, woman .808290
    s_king = s_woman = (1.4 / 3**0.5 + 1) / 2
    s_man = (1 / 3**0.5 + 1) / 2
    scores = analogy_scores(space, "king", "man", "woman", "mul")
    assert scores[3] == pytest.approx(s_king * s_woman / (s_man + 0.001), abs=1e-6)
    # apple: all cosines 0: .5 · .5 / .501
    assert scores[4] == pytest.approx(0.25 / 0.501, abs=1e-6)
    # woman: cos king .64, man .8, woman 1: .82 · 1 / .901
    assert scores[1] == pytest.approx(0.82 / 0.901, abs=1e-6)
    found = analogy(space, "king", "man", "woman", method="mul", keep_inputs=True, k=5)
    assert [n.word for n in found] == ["queen", "woman", "king", "man", "apple"]
    assert [n.rank for n in found] == [1, 2, 3, 4, 5]


def test_rank_of_an_expected_word(space):
    assert analogy_rank(space, "king", "man", "woman", "queen").rank == 1
    assert analogy_rank(space, "king", "man", "woman", "king").rank == 3
    assert analogy_rank(space, "king", "man", "woman", "apple", "mul").rank == 5


def test_ranks_agree_with_a_full_sort():
    space = random_space()
    for method in ("add", "mul"):
        found = analogy(space, "w1", "w2", "w3", k=300, method=method, keep_inputs=True)
        scores = analogy_scores(space, "w1", "w2", "w3", method)
        assert [n.index for n in found] == list(np.argsort(-scores, kind="stable"))
        for n in found[::37]:
            assert analogy_rank(space, "w1", "w2", "w3", n.word, method).rank == n.rank


def test_mean_of_nothing_is_zero(space):
    assert not mean_of(space, []).any()


@pytest.mark.parametrize(("n", "k"), [(2000, 14), (300, 14), (300, 299), (40, 60), (3, 2), (2, 5), (1, 3), (0, 3)])
def test_graph_equals_brute_force(n, k):
    unit = random_space(n).unit
    indices, distances = knn_graph(unit, k)
    k = max(0, min(k, n - 1))
    assert indices.shape == distances.shape == (n, k)
    assert indices.dtype == np.int32
    assert distances.dtype == np.float32
    scores = unit.astype(np.float64) @ unit.astype(np.float64).T
    np.fill_diagonal(scores, -np.inf)
    expected = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    np.testing.assert_array_equal(indices, expected)
    np.testing.assert_allclose(distances, 1 - np.take_along_axis(scores, expected, axis=1), atol=1e-6)


def test_graph_orders_ties_by_row_and_keeps_zero_vectors_apart():
    unit = np.array([[1, 0], [0, 1], [1, 0], [0, 0], [1, 0]], np.float32)
    indices, distances = knn_graph(unit, 2)
    assert indices[0].tolist() == [2, 4]
    assert indices[2].tolist() == [0, 4]
    assert distances[0].tolist() == [0, 0]
    assert distances[3].tolist() == [1, 1]


def test_graph_is_the_same_each_time_and_tells_its_progress():
    unit = random_space(5000, 4).unit
    told: list[float] = []
    first = knn_graph(unit, 10, told.append)
    second = knn_graph(unit, 10)
    assert told[-1] == 1
    assert told == sorted(told)
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])
