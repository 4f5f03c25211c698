"""PPMI by hand and against its formula; TF-IDF against scikit-learn; documents hashed to columns."""

import math

import numpy as np
import pytest

from core.architecture import ARCHITECTURES, Context
from core.counting.documents import DocumentCounter
from core.counting.information import positive_information
from core.counting.pairs import PairCounter, window_weights
from core.params import validate
from tests.core.counting.test_pairs import dense
from tests.core.toy import data_of, two_topics


def ppmi(data, window, smoothing, shift, threads=1):
    counter = PairCounter(data, window_weights(window, "flat"), True, threads)
    list(counter.run(0))
    table = dense(counter.counted)
    return table, *positive_information(counter.counted, smoothing, shift, threads)


def test_four_words_by_hand():
    # a b · a b · a c · d c with a window of 1: a–b twice, a–c once, c–d once; each counts from both sides, 8 in all.
    _, found, turned = ppmi(data_of([[0, 1], [0, 1], [0, 2], [3, 2]]), 1, 1.0, 1.0)
    # log(x · 8 / (x_w · x_c)) with sums a 3, b 2, c 2, d 1.
    ab, ac, cd = math.log(2 * 8 / (3 * 2)), math.log(1 * 8 / (3 * 2)), math.log(1 * 8 / (2 * 1))
    by_hand = [[0, ab, ac, 0], [ab, 0, 0, 0], [ac, 0, 0, cd], [0, 0, cd, 0]]
    np.testing.assert_allclose(dense(found), by_hand, rtol=1e-6)
    np.testing.assert_allclose(dense(turned), by_hand, rtol=1e-6)
    # Three times as often as by chance: of these pairs c–d alone is.
    _, shifted, _ = ppmi(data_of([[0, 1], [0, 1], [0, 2], [3, 2]]), 1, 1.0, 3.0)
    np.testing.assert_allclose(dense(shifted)[2, 3], cd - math.log(3), rtol=1e-6)
    assert shifted.cells == 2


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(("smoothing", "shift"), [(1.0, 1.0), (0.75, 1.0), (0.5, 4.0), (0.0, 1.5)])
def test_against_the_formula(smoothing, shift, threads):
    counts, found, turned = ppmi(data_of(two_topics(200, mixed=0.2)), 4, smoothing, shift, threads)
    words, contexts = counts.sum(axis=1, keepdims=True), counts.sum(axis=0) ** smoothing
    with np.errstate(divide="ignore"):
        expected = np.maximum(np.log(counts * contexts.sum() / (words * contexts)) - math.log(shift), 0)
    np.testing.assert_allclose(dense(found), expected, atol=1e-6)
    np.testing.assert_allclose(dense(turned), expected.T, atol=1e-6)
    assert found.cells == (expected > 0).sum()


@pytest.mark.parametrize("frequency", ["log", "count"])
@pytest.mark.parametrize("threads", [1, 2])
def test_tf_idf_is_scikit_learns(frequency, threads):
    from sklearn.feature_extraction.text import TfidfTransformer

    lines = [*two_topics(300, words=30, mixed=0.1), [], [61, 62], [3, 3, 3, 61]]
    counter = DocumentCounter(data_of(lines, held_out=[5, 17], vocabulary=60), threads)
    assert list(counter.run(0))[-1][1] == sum(map(len, lines)) - 20
    found = counter.weighted(frequency)
    # Neither the empty lines nor those of unknown words are documents.
    kept = [[word for word in line if word < 60] for number, line in enumerate(lines) if number not in (5, 17)]
    counts = np.array([np.bincount(line, minlength=60) for line in kept if line])
    expected = TfidfTransformer(sublinear_tf=frequency == "log").fit_transform(counts).toarray()
    np.testing.assert_allclose(dense(found), expected, atol=1e-6)


def rows(lines, dimensions):
    unit = ARCHITECTURES.get("tfidf")
    model = unit(validate(unit.Params, {"dimensions": dimensions}))
    list(model.train(data_of(lines), Context()))
    counter = DocumentCounter(data_of(lines), 1)
    list(counter.run(0))
    return model.space().vectors, dense(counter.weighted("log"))


def test_few_documents_have_a_column_each():
    found, expected = rows(two_topics(60), 64)
    np.testing.assert_array_equal(found[:, :60], expected.T.astype(np.float32))
    assert not found[:, 60:].any()


def test_many_are_hashed_and_products_stay_as_they_are():
    found, expected = rows(two_topics(3000, words=40), 1024)
    exact = expected.T / np.linalg.norm(expected.T, axis=1, keepdims=True)
    unit = found / np.linalg.norm(found, axis=1, keepdims=True)
    wrong = (unit @ unit.T - exact @ exact.T)[~np.eye(80, dtype=bool)]
    # 1/√1024 is .031; the mean of so many errors is near nothing.
    assert 0.015 < wrong.std() < 0.045
    assert abs(wrong.mean()) < 0.005
