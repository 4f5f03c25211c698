"""Documents and their order, counted by hand."""

import numpy as np
import pytest

from core.minibatches import documents as module
from core.minibatches.documents import Documents, look_through
from core.minibatches.order import Order
from tests.core.toy import data_of

# Words 4 and more are outside the vocabulary; lines 1 and 5 are held out, lines 2 and 4 have no known word.
LINES = [[0, 4, 1, 1], [2, 0], [5, 4], [1, 0, 3, 5], [], [3]]


@pytest.mark.parametrize("piece", [1, 5, 1 << 20])
def test_looked_through_by_hand(monkeypatch, piece):
    monkeypatch.setattr(module, "PIECE", piece)
    found = look_through(data_of(LINES, held_out=[1, 5], vocabulary=4))
    assert found.known.tolist() == [3, 2, 0, 3, 0, 1]
    assert found.seen.tolist() == [True, True, False, True]
    assert found.tokens == 10


@pytest.mark.parametrize("piece", [1, 5, 1 << 20])
def test_documents_by_hand(monkeypatch, piece):
    monkeypatch.setattr(module, "PIECE", piece)
    data = data_of(LINES, held_out=[1, 5], vocabulary=4)
    documents = Documents.of(data, look_through(data), held_out=False, labelled=False)
    assert documents.segments.tolist() == [0, 3]
    words, lengths = documents.words(np.array([1, 0, 1]))
    assert words.tolist() == [1, 0, 3, 0, 1, 1, 1, 0, 3]
    assert lengths.tolist() == [3, 3, 3]
    assert documents.with_word().tolist() == [2, 2, 0, 1]
    held_out = Documents.of(data, look_through(data), held_out=True, labelled=True)
    assert held_out.segments.tolist() == [1, 5]
    assert held_out.labels(np.array([1, 0])).tolist() == [1, 0]


def test_documents_without_a_label_are_passed_over():
    data = data_of(LINES, vocabulary=4)
    data.labels[3] = -1
    documents = Documents.of(data, look_through(data), held_out=False, labelled=True)
    assert documents.segments.tolist() == [0, 1, 5]


def test_some_documents_are_the_seeds_choice():
    data = data_of([[word % 7] for word in range(50)])
    documents = Documents.of(data, look_through(data), held_out=False, labelled=False)
    some = documents.some(10, seed=3)
    assert len(set(some.segments.tolist())) == len(some) == 10
    assert some.segments.tolist() == documents.some(10, seed=3).segments.tolist()
    assert some.segments.tolist() != documents.some(10, seed=4).segments.tolist()
    assert documents.some(50, seed=3) is documents


def test_every_epoch_has_every_document_once_in_an_order_of_its_own():
    sizes = np.arange(1, 8)
    order = Order(sizes, tokens=100, batch_size=3, epochs=2, seed=5)
    assert (order.per_epoch, order.total) == (3, 6)
    blocks = [order.documents(block).tolist() for block in range(6)]
    assert [len(block) for block in blocks] == [3, 3, 1] * 2
    epochs = [[*blocks[at], *blocks[at + 1], *blocks[at + 2]] for at in (0, 3)]
    assert epochs[0] != epochs[1]
    assert sorted(epochs[0]) == sorted(epochs[1]) == list(range(7))
    # Asked for out of turn, the same; another seed, another order.
    again = Order(sizes, 100, 3, 2, 5)
    assert [again.documents(block).tolist() for block in (4, 0, 5, 1)] == [blocks[at] for at in (4, 0, 5, 1)]
    assert Order(sizes, 100, 7, 2, 6).documents(0).tolist() != epochs[0]
    # 28 words that are learned from stand for 100.
    done = [sum(sizes[epochs[0][:count]]) for count in (3, 6)]
    assert [order.words_before(block) for block in range(4)] == [0, *[100 * words // 28 for words in done], 100]
    assert order.words_before(6) == 200
