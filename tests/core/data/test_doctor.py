"""Sentences about what a corpus is fit for."""

import numpy as np

from core.data.doctor import advice, kept_by, warnings_of


def counts(*numbers):
    return np.array(numbers, np.int64)


def test_kept_by_hand():
    words = [f"w{i}" for i in range(6)]
    kept = kept_by(counts(50, 30, 10, 5, 4, 1), words, 5)
    assert (kept.types, kept.tokens, kept.share, kept.dropped) == (4, 95, 0.95, ("w4", "w5"))
    assert kept_by(counts(50, 30, 10, 5, 4, 1), words, 5, 2).types == 2
    assert kept_by(counts(50, 30, 10, 5, 4, 1), words, 100).types == 0


def test_warnings():
    assert "too few" in warnings_of(["a", "b"], counts(3, 2), 2, 0)[0]
    assert "2 words of more than 100" in warnings_of(["a", "b"], counts(9000, 9000), 50, 2)[0]
    assert warnings_of(["a", "b"], counts(9000, 9000), 50, 0) == []
    assert "one line" in warnings_of(["a", "b"], counts(9000, 9000), 1, 0)[0]


def test_advice_on_cut_offs():
    assert advice(counts(*[100] * 60), [str(i) for i in range(60)], 5) == []
    told = advice(counts(30, 10, *[1] * 100), [str(i) for i in range(102)], 5)
    assert "29%" in told[0]
    assert "2 words" in told[1]
