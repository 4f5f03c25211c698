"""Skip-gram's kernel: by hand, and against autograd."""

import numpy as np
import pytest

from tests.core.kernels.one_block import by_autograd, matrices, only, run

LINE = [3, 14, 1, 5, 9, 2, 6, 25, 8, 19, 7, 23, 28, 4, 26, 0, 13, 27, 10, 29, 11]
# No word twice: a row that stands in a window twice counts as moved when its second place is worked on.


def test_two_words_by_hand():
    # Word 0 is (2, 0), word 1 is (0, 3); the only other word, hence each negative, is the other one of the two.
    inputs, outputs = np.zeros((2, 2, 16), np.float32)
    inputs[0, 0], inputs[1, 1] = 2, 3
    outputs[0, 1], outputs[1, 1] = 1, -1
    done = run("skipgram", [[0, 1]], inputs, outputs, only(0, 2), rate=0.1)
    # Centre 0, context 1: scores 3 with its own output, -3 with the negative's; both are told right: σ(3) = .952574.
    g = 0.1 * (1 - 0.9525741268)
    one = 3 + 2 * g, 1 + 3 * g
    # Centre 1, context 0: its input is (2, 0), both outputs lie along the other axis: both scores are 0, σ = ½.
    np.testing.assert_allclose(done.outputs[:, 0], [-0.1, 0.1], rtol=1e-6)
    np.testing.assert_allclose(done.outputs[:, 1], [one[1], -one[1]], rtol=1e-6)
    np.testing.assert_allclose(done.inputs[1, :2], [0, one[0]], rtol=1e-6)
    np.testing.assert_allclose(done.inputs[0, :2], [2, 0.1 * 0.5 * (-one[1] - one[1])], rtol=1e-6)
    assert done.loss == pytest.approx(2 * 0.0485873516 + 2 * np.log(2), rel=1e-6)
    assert done.examples == 2


@pytest.mark.parametrize(("window", "negatives", "group"), [(1, 1, 2), (5, 5, 3), (2, 6, 2)])
def test_against_autograd(window, negatives, group):
    settings = {"window": window, "negatives": negatives, "group": group, "rate": 0.05, "seed": 11}
    start = *matrices(30, scale=0.3), np.arange(1.0, 31)
    done, expected = run("skipgram", [LINE], *start, **settings), by_autograd("skipgram", LINE, *start, **settings)
    np.testing.assert_allclose(done.inputs, expected.inputs, atol=2e-6)
    np.testing.assert_allclose(done.outputs, expected.outputs, atol=2e-6)
    assert done.loss == pytest.approx(expected.loss, rel=1e-6)
    assert done.examples == expected.examples


@pytest.mark.parametrize("group", [1, 3])
@pytest.mark.parametrize("more", [{"fixed": True}, {"frozen": [word % 2 == 0 for word in range(30)]}], ids=str)
def test_variants_against_autograd(more, group):
    settings = {"window": 2, "negatives": 5, "group": group, "rate": 0.05 if group > 1 else 1e-4, "seed": 11, **more}
    start = *matrices(30, scale=0.3), np.arange(1.0, 31)
    done, expected = run("skipgram", [LINE], *start, **settings), by_autograd("skipgram", LINE, *start, **settings)
    np.testing.assert_allclose(done.inputs, expected.inputs, atol=2e-6)
    np.testing.assert_allclose(done.outputs, expected.outputs, atol=2e-6)
    assert done.loss == pytest.approx(expected.loss, rel=1e-6 if group > 1 else 1e-4)
    assert done.examples == expected.examples


@pytest.mark.parametrize(("window", "negatives", "group"), [(3, 20, 3), (50, 5, 3), (1, 1, 1), (4, 7, 1)])
def test_more_negatives_or_contexts_than_a_step_takes(window, negatives, group):
    # Steps follow one another, each with rows that the last one has moved: at this rate by less than the tolerance.
    settings = {"window": window, "negatives": negatives, "group": group, "rate": 1e-4, "seed": 11}
    start = *matrices(30, scale=0.3), np.arange(1.0, 31)
    done, expected = run("skipgram", [LINE], *start, **settings), by_autograd("skipgram", LINE, *start, **settings)
    for after, there, before in zip(
        (done.inputs, done.outputs), (expected.inputs, expected.outputs), start[:2], strict=True
    ):
        np.testing.assert_allclose((after - before) / 1e-4, (there - before) / 1e-4, atol=0.02)
    assert done.loss == pytest.approx(expected.loss, rel=1e-4)
    assert done.examples == expected.examples


@pytest.mark.parametrize("group", [1, 2, 3])
def test_a_context_that_stands_twice_is_moved_twice(group):
    # The middle word's contexts are word 1 and word 1; at the ends word 1 is the centre.
    inputs, outputs = matrices(4)
    once, twice = (
        run("skipgram", [line], inputs, outputs, only(3, 4), rate=1e-3, group=group) for line in ([0, 1], [1, 0, 1])
    )
    np.testing.assert_allclose(twice.inputs[1] - inputs[1], 2 * (once.inputs[1] - inputs[1]), rtol=0.03, atol=1e-6)
    np.testing.assert_allclose(twice.outputs[0] - outputs[0], 2 * (once.outputs[0] - outputs[0]), rtol=0.03, atol=1e-6)
    assert (once.examples, twice.examples) == (2, 4)
