"""Labels told from means of word vectors: worked numbers, the floor, and what is left out."""

import numpy as np
import pytest

from core.evaluation.benchmarks.label_accuracy import LabelAccuracy, LabelAccuracyParams, _sample
from core.evaluation.material import DocumentLabels, Material
from core.space import EmbeddingSpace
from tests.core.toy import data_of


def material(documents, labels, names=("", "tea", "rum"), **of):
    data = data_of(documents, **of)
    return Material(data, DocumentLabels(data.offsets, np.array(labels, np.uint32), names))


def space_of(vectors):
    return EmbeddingSpace([f"w{rank}" for rank in range(len(vectors))], np.array(vectors, np.float32))


def test_labels_that_the_vectors_tell_are_told():
    # Twelve documents of w0, eight of w1; every fourth of w1 is labelled like w0: 18 of 20 can be told.
    documents = [[0, 0]] * 12 + [[1]] * 8
    labels = [1] * 12 + [2, 2, 2, 1] * 2
    found = LabelAccuracy.evaluate(space_of([[0, 1], [1, 0]]), material(documents, labels))
    assert found.value == pytest.approx(18 / 20)
    assert found.chance == pytest.approx(14 / 20)
    assert found.deviation == pytest.approx(np.sqrt(18 / 20 * 2 / 20 / 19))
    assert (found.used, found.missing, found.missing_names, found.undefined) == (20, 0, (), "")
    assert found.interval[1] == 1
    assert "2 labels" in found.basis


def test_vectors_without_a_difference_give_the_floor():
    documents = [[0]] * 12 + [[1]] * 8
    found = LabelAccuracy.evaluate(space_of([[1, 1], [1, 1]]), material(documents, [1] * 12 + [2] * 8))
    assert found.value == found.chance == 0.6


def test_the_mean_is_of_unit_vectors_of_known_words():
    # w0 is ten times as long as w1, and w2 is not in the vocabulary: means are (½, ½) and (⅔, ⅓) but for w2.
    documents = [[0, 1, 2]] * 10 + [[0, 0, 1, 2]] * 10
    found = LabelAccuracy.evaluate(space_of([[10, 0], [0, 1]]), material(documents, [1] * 10 + [2] * 10, vocabulary=2))
    assert found.value == 1


def test_what_has_no_label_a_rare_one_or_no_words_is_left_out():
    documents = [[0]] * 10 + [[1]] * 10 + [[0, 1]] * 4 + [[1]] * 3 + [[]] * 5 + [[2]]
    labels = [1] * 10 + [2] * 10 + [3] * 4 + [0] * 3 + [1] * 5 + [2]
    found = LabelAccuracy.evaluate(
        space_of([[0, 1], [1, 0]]), material(documents, labels, ("", "tea", "rum", "mead"), vocabulary=2)
    )
    assert (found.used, found.missing, found.missing_names) == (21, 7, ("mead",))
    assert "1 of the documents have no word" in found.basis


def test_many_documents_are_sampled_and_no_label_is_lost():
    numbers = np.array([0] * 950 + [1] * 44 + [2] * 6)
    params = LabelAccuracyParams(documents=100)
    chosen = _sample(np.arange(1000), numbers, params)
    assert len(chosen) == len(np.unique(chosen)) == 100
    assert (np.bincount(numbers[chosen]) >= 5).all()
    np.testing.assert_array_equal(chosen, _sample(np.arange(1000), numbers, params))


@pytest.mark.parametrize("labels", [[1] * 10, [1] * 8 + [2] * 2, [0] * 10])
def test_one_label_is_nothing_to_tell(labels):
    found = LabelAccuracy.evaluate(space_of([[0, 1], [1, 0]]), material([[0]] * 10, labels))
    assert found.value is None
    assert "two labels" in found.undefined


def test_without_labels_there_is_no_value():
    found = LabelAccuracy.evaluate(space_of([[0, 1]]), Material(data_of([[0]])))
    assert "no labels" in found.undefined
