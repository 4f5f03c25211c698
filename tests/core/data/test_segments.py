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
    assert choose_held_out(np.arange(segments, dtype=np.uint64), share, 1).sum() == number


def test_a_choice_that_meets_no_twin_is_numpys_own():
    hashes = np.arange(1000, dtype=np.uint64)
    expected = np.zeros(1000, np.bool_)
    expected[np.random.default_rng(7).choice(1000, 50, replace=False)] = True
    assert choose_held_out(hashes, 0.05, 7).tolist() == expected.tolist()
    # Twins that were not chosen change nothing.
    hashes[np.flatnonzero(~expected)[:2]] = 5000
    assert choose_held_out(hashes, 0.05, 7).tolist() == expected.tolist()


@pytest.mark.parametrize("seed", range(20))
def test_segments_that_are_the_same_stay_together(seed):
    # 300 of their own, 50 twice, 20 five times, one 100 times.
    rng = np.random.default_rng(seed)
    hashes = np.concatenate([np.arange(300), np.repeat(np.arange(300, 350), 2), np.repeat(np.arange(350, 370), 5)])
    hashes = rng.permutation(np.concatenate([hashes, np.full(100, 999)])).astype(np.uint64)
    held = choose_held_out(hashes, 0.1, seed)
    assert held.sum() == 60, "singles fill the room that groups leave"
    assert not set(hashes[held].tolist()) & set(hashes[~held].tolist())
    assert not held[hashes == 999].any(), "100 of them are more than there is room for"
    assert np.array_equal(held, choose_held_out(hashes, 0.1, seed))


def test_where_every_segment_is_the_same_none_is_held_out():
    assert choose_held_out(np.zeros(1000, np.uint64), 0.1, 1).sum() == 0
    # Twenty kinds of fifty each: two of them are the tenth part that was asked for.
    held = choose_held_out(np.repeat(np.arange(20, dtype=np.uint64), 50), 0.1, 1)
    assert held.reshape(20, 50).sum(1).tolist().count(50) == 2
    assert held.sum() == 100


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
