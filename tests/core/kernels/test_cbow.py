"""CBOW's kernel: by hand, and against autograd."""

import numpy as np
import pytest

from tests.core.kernels.one_block import by_autograd, matrices, only, run

LINE = [3, 14, 1, 5, 9, 2, 6, 25, 8, 19, 7, 23, 28, 4, 26, 0, 13, 27, 10, 29, 11]


def test_three_words_by_hand():
    # Outputs are zero: each score is 0, each σ is ½, until an output has moved.
    inputs, outputs = np.zeros((2, 4, 16), np.float32)
    inputs[[0, 1, 2], [0, 1, 2]] = 4, 6, 8
    done = run("cbow", [[0, 1, 2]], inputs, outputs, only(3, 4), rate=0.1)
    # The mean of the contexts of 0 and of 2 is word 1, that of 1 is half of 0 and half of 2; word 3 is every negative.
    expected = np.zeros((4, 16), np.float32)
    expected[0, 1] = expected[2, 1] = 0.05 * 6
    expected[1, [0, 2]] = 0.05 * 2, 0.05 * 4
    expected[3, :3] = -0.05 * 2, -0.05 * 6 * 2, -0.05 * 4
    # Word 3's output has moved along word 1 before the last mean is scored: -.3·6 = -1.8, σ = .1418511.
    expected[3, 1] = -0.05 * 6 - 0.1 * 0.1418510649 * 6
    np.testing.assert_allclose(done.outputs, expected, rtol=1e-6)
    assert done.loss == pytest.approx(5 * np.log(2) + np.log1p(np.exp(-1.8)), rel=1e-6)
    assert done.examples == 3
    # The second and the third window found an output that was not zero.
    moved = inputs.copy()
    moved[[0, 2], 1] = -0.05 * -0.05 * 6
    moved[1] += -0.1 * 0.1418510649 * np.eye(16)[0] * -0.1 + -0.1 * 0.1418510649 * np.eye(16)[1] * -0.3
    moved[1, 2] += 0.1 * 0.1418510649 * 0.2
    np.testing.assert_allclose(done.inputs, moved, rtol=1e-6)


@pytest.mark.parametrize(
    ("window", "negatives", "group"), [(1, 1, 1), (4, 7, 1), (5, 5, 2), (50, 6, 2), (3, 1, 2), (2, 20, 2)]
)
@pytest.mark.parametrize(
    "more", [{}, {"fixed": True}, {"summing": True}, {"frozen": [word % 2 == 0 for word in range(20_000)]}], ids=list
)
def test_against_autograd(window, negatives, group, more):
    settings = {"window": window, "negatives": negatives, "group": group, "rate": 0.05, "seed": 12, **more}
    # So many words that no negative is drawn twice in a window: which place of the two finds it moved is not laid down.
    words = 20_000
    start = *matrices(words, scale=0.3), np.full(words, 2.0)
    done, expected = run("cbow", [LINE], *start, **settings), by_autograd("cbow", LINE, *start, **settings)
    np.testing.assert_allclose(done.inputs, expected.inputs, atol=2e-6)
    np.testing.assert_allclose(done.outputs, expected.outputs, atol=2e-6)
    assert done.loss == pytest.approx(expected.loss, rel=1e-6)
    assert done.examples == expected.examples


@pytest.mark.parametrize("group", [1, 2])
def test_a_context_that_stands_twice_is_moved_twice(group):
    # The middle word's contexts are word 1 and word 1: their mean is word 1, and word 1 takes its error twice.
    inputs, outputs = matrices(4)
    once, twice = (
        run("cbow", [line], inputs, outputs, only(3, 4), rate=1e-3, group=group) for line in ([0, 1], [1, 0, 1])
    )
    np.testing.assert_allclose(twice.inputs[1] - inputs[1], 2 * (once.inputs[1] - inputs[1]), rtol=0.03, atol=1e-6)
    np.testing.assert_allclose(twice.outputs[0] - outputs[0], once.outputs[0] - outputs[0], rtol=0.03, atol=1e-6)
    assert (once.examples, twice.examples) == (2, 3)


@pytest.mark.parametrize("group", [1, 2])
def test_of_many_negatives_the_later_ones_know_what_the_first_have_done(group):
    inputs, outputs = np.zeros((2, 4, 16), np.float32)
    inputs[[0, 1], [0, 1]] = 2
    done = run("cbow", [[0, 1]], inputs, outputs, only(3, 4), negatives=10, rate=0.1, group=group)
    # All ten are word 3. Five steps of ½ · .1 along a mean of length 2 leave the others a score of -.25 · 4.
    assert done.loss == pytest.approx(2 * (6 * np.log(2) + 5 * np.log1p(np.exp(-1))), rel=1e-6)
