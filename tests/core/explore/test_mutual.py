"""Mutual neighbours: by hand on a circle, doubles, unknown words."""

import numpy as np
import pytest

from core.errors import UnknownWordError
from core.explore.mutual import mutual_graph
from core.space import EmbeddingSpace


@pytest.fixture
def space():
    """Words on a circle at 0, 10, 25 and 90 degrees."""
    angles = np.radians([0, 10, 25, 90])
    return EmbeddingSpace(["a", "b", "c", "far"], np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32))


def test_only_mutual_nearness_links(space):
    # Nearest of a: b; of b: a; of c: b; of far: c. So with one neighbour each, only a and b choose each other.
    graph = mutual_graph(space, ["a", "b", "c", "far"], nearest=1)
    assert [(one, two) for one, two, _ in graph.links] == [(0, 1)]
    assert graph.links[0][2] == pytest.approx(np.cos(np.radians(10)), abs=1e-6)


def test_with_more_neighbours_the_next_pair_joins(space):
    # Two each: a: b, c; b: a, c; c: b, a; far: c, b. All of a, b, c choose each other, nobody chooses far.
    graph = mutual_graph(space, ["a", "b", "c", "far"], nearest=2)
    assert [(one, two) for one, two, _ in graph.links] == [(0, 1), (0, 2), (1, 2)]


def test_doubles_count_once_and_one_word_has_no_links(space):
    assert mutual_graph(space, ["a", "A", "b"]).words == ("a", "b")
    assert mutual_graph(space, ["a"]).links == ()
    assert mutual_graph(space, []).words == ()


def test_missing_words_are_named(space):
    with pytest.raises(UnknownWordError, match="nowhere"):
        mutual_graph(space, ["a", "nowhere"])
