"""The Huffman tree: by hand, by what makes it one, and as gensim builds it."""

import heapq
import itertools

import numpy as np
import pytest

from core.kernels.huffman import LONGEST, huffman_paths


def codes_of(counts):
    """Each word's path as text: node and turn, root first."""
    starts, turns = huffman_paths(np.asarray(counts))
    return [
        " ".join(f"{turn // 2}{'LR'[turn % 2]}" for turn in turns[begin:end].tolist())
        for begin, end in itertools.pairwise(starts)
    ]


def test_by_hand():
    # 1 and 2 make 3; that and 3 make 6 (the node, 3, is taken first: the word is not rarer); 6 and 5 make 11.
    assert codes_of([5, 3, 2, 1]) == ["0L", "0R 1R", "0R 1L 2R", "0R 1L 2L"]
    assert codes_of([7, 7]) == ["0R", "0L"]


@pytest.mark.parametrize("counts", [[9, 1], [1] * 37, [2**k for k in range(40, 0, -1)], [5, 5, 3, 3, 3, 1, 1, 1, 0]])
def test_it_is_the_shortest_code_and_no_code_begins_another(counts):
    starts, turns = huffman_paths(np.array(counts))
    lengths = np.diff(starts.astype(int))
    heap = [max(count, 1) for count in counts]
    heapq.heapify(heap)
    least = 0
    while len(heap) > 1:
        joined = heapq.heappop(heap) + heapq.heappop(heap)
        least += joined
        heapq.heappush(heap, joined)
    assert lengths @ np.maximum(counts, 1) == least
    assert sum(0.5 ** lengths.astype(float)) == 1
    paths = [tuple(turns[a:b].tolist()) for a, b in itertools.pairwise(starts)]
    assert len(set(paths)) == len(counts)
    # Nodes are numbered from the root down: a path only ever goes to higher numbers, and each node has two branches.
    assert all(np.all(np.diff(np.array(path) // 2) > 0) for path in paths)
    assert set(turns.tolist()) == set(range(2 * len(counts) - 2))


def test_words_in_any_order():
    counts = np.array([1, 5, 2, 3])
    assert codes_of(counts) == [codes_of([5, 3, 2, 1])[rank] for rank in (3, 0, 2, 1)]


def test_no_path_is_longer_than_there_is_room_for():
    # Counts that make the deepest tree there is: each the sum of the two before.
    counts = [1, 1]
    while sum(counts) + counts[-1] + counts[-2] < 2**62:
        counts.append(counts[-1] + counts[-2])
    starts, _ = huffman_paths(np.array(counts[::-1]))
    assert 80 < np.diff(starts.astype(int)).max() < LONGEST


def test_as_gensim():
    gensim = pytest.importorskip("gensim.models", reason="gensim is installed for benchmarks only")
    counts = np.array([53, 31, 29, 19, 11, 7, 5, 3, 1])  # without two alike, of which gensim's heap takes another
    model = gensim.Word2Vec(hs=1, negative=0, min_count=1, vector_size=4)
    model.build_vocab_from_freq({f"w{rank}": int(count) for rank, count in enumerate(counts)})
    starts, turns = huffman_paths(counts)
    for rank in range(len(counts)):
        path = turns[starts[rank] : starts[rank + 1]]
        assert np.array_equal(path % 2, model.wv.get_vecattr(f"w{rank}", "code"))
