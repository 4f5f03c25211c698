"""Hashes of lines, and which line repeats which."""

import numpy as np
import pytest

from core.data import line_hashes as module
from core.data.line_hashes import line_hashes, repeats


def laid_out(*lines):
    tokens = np.array([word for line in lines for word in line], np.uint32)
    return tokens, np.cumsum([0, *map(len, lines)]).astype(np.int64)


def test_same_words_same_order():
    hashes = line_hashes(*laid_out([1, 2, 3], [3, 2, 1], [], [1, 2, 3], [1, 2], [0], [], [0, 0]))
    assert hashes[0] == hashes[3]
    assert hashes[2] == hashes[6] == 0
    assert len(set(hashes.tolist())) == 6


def test_repeats_by_hand():
    hashes = line_hashes(*laid_out([5, 6], [], [7], [5, 6], [7], [], [5, 6]))
    assert repeats(hashes).tolist() == [-1, -1, -1, 0, 2, -1, 0]


@pytest.mark.parametrize("block", [1, 2, 3, 7, 64])
def test_blocks_change_nothing(monkeypatch, block):
    rng = np.random.default_rng(1)
    lines = [rng.integers(0, 9, size).tolist() for size in rng.integers(0, 6, 40)]
    whole = line_hashes(*laid_out(*lines))
    monkeypatch.setattr(module, "BLOCK", block)
    np.testing.assert_array_equal(line_hashes(*laid_out(*lines)), whole)
    same = {}
    for number, line in enumerate(lines):
        same.setdefault(tuple(line), []).append(number)
    expected = [-1 if not line or same[tuple(line)][0] == i else same[tuple(line)][0] for i, line in enumerate(lines)]
    assert repeats(whole).tolist() == expected
