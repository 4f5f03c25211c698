"""Segments by hand: lines, pieces of long lines, blocks where lines are few."""

import numpy as np
import pytest

from core.data.segments import choose_held_out, segments_of, some_pair


def offsets(*lengths):
    return np.cumsum([0, *lengths])


def test_lines_are_segments_and_blank_ones_are_not():
    segments = segments_of(offsets(*[3, 0, 2] * 200))
    assert segments.tolist() == np.cumsum([0, *[3, 2] * 200]).tolist()


def test_long_lines_are_cut_at_ten_thousand():
    segments = segments_of(offsets(*[5] * 300, 25_000, 10_000, 1))
    assert np.diff(segments).tolist() == [5] * 300 + [10_000, 10_000, 5_000, 10_000, 1]


def test_few_lines_are_cut_into_blocks_of_a_thousand_that_do_not_cross_lines():
    assert np.diff(segments_of(offsets(2_500, 0, 40))).tolist() == [1_000, 1_000, 500, 40]
    assert np.diff(segments_of(offsets(*[3] * 199))).tolist() == [3] * 199


@pytest.mark.parametrize(
    ("segments", "share", "number"),
    [(1000, 0.01, 10), (1000, 0.0, 0), (30, 0.01, 1), (19, 0.01, 0), (2, 0.5, 1), (1, 0.5, 0), (3, 1.0, 2)],
)
def test_held_out_number(segments, share, number):
    assert choose_held_out(segments, share, 1).sum() == number


def test_some_pair(monkeypatch):
    tokens = np.array([0, 9, 1, 9, 0, 1, 0], np.uint32)
    segments = np.array([0, 2, 4, 6, 7])
    nothing = np.zeros(4, np.bool_)
    for looked_at in (1, 3, 1000):
        monkeypatch.setattr("core.data.segments.LOOKED_AT", looked_at)
        assert some_pair(tokens, segments, nothing, 2)
        assert not some_pair(tokens, segments, nothing, 1)
        assert not some_pair(tokens, segments, np.array([False, False, True, False]), 2)
        assert some_pair(tokens, segments, np.array([False, False, True, False]), 10)
