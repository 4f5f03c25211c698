"""Character n-grams as fastText has them, against a plain reading of its source; and vectors made of their rows."""

from itertools import pairwise

import numpy as np
import pytest

from core.errors import UnknownWordError
from core.ngrams import NgramEncoder, ngram_rows

WORDS = ["king", "café", "日本", "😀", "a", "", "</s>", "x" * 70, "ÿ", "e\u0301"]


def plainly(word, min_n, max_n, buckets):
    """Dictionary::computeSubwords and Dictionary::hash of fastText 0.9, one character after the other."""
    marked = f"<{word}>"
    found = []
    for i in range(len(marked)):
        for n in range(1, max_n + 1):
            j = i + n
            if j > len(marked) or n < min_n or (n == 1 and (i == 0 or j == len(marked))):
                continue
            value = 2166136261
            for byte in marked[i:j].encode():
                value = ((value ^ ((byte - 256 if byte > 127 else byte) & 0xFFFFFFFF)) * 16777619) & 0xFFFFFFFF
            found.append(value % buckets)
    return found


@pytest.mark.parametrize(("min_n", "max_n"), [(3, 6), (1, 4), (1, 1), (2, 2), (5, 6), (4, 3), (1, 0)])
def test_rows_are_fasttexts(min_n, max_n):
    rows, begins = ngram_rows([word.encode() for word in WORDS], min_n, max_n, 1000)
    expected = [plainly(word, min_n, max_n, 1000) for word in WORDS]
    assert [rows[begin:end].tolist() for begin, end in pairwise(begins)] == expected


def test_broken_utf8_is_cut_as_fasttext_cuts_it():
    # Bytes that go on belong to the character before them, however many there are.
    rows, _ = ngram_rows([b"a\x80\x80b"], 2, 2, 1 << 31)
    whole, _ = ngram_rows([b"ab"], 2, 2, 1 << 31)
    assert (rows == whole).tolist() == [False, False, True]


def test_no_words():
    rows, begins = ngram_rows([], 3, 6, 10)
    assert (rows.tolist(), begins.tolist()) == ([], [0])


def test_an_unseen_word_is_the_mean_of_its_rows():
    rows = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
    encoder = NgramEncoder(rows, 3, 4)
    places = plainly("kings", 3, 4, 50)
    np.testing.assert_allclose(encoder("kings"), rows[places].mean(axis=0), rtol=1e-5)
    assert encoder("kings").dtype == np.float32


def test_a_word_without_ngrams_is_unknown():
    with pytest.raises(UnknownWordError, match="“a”"):
        NgramEncoder(np.ones((5, 2), np.float32), 4, 6)("a")


def test_what_is_kept_makes_it_again():
    rows = np.arange(8, dtype=np.float32).reshape(4, 2)
    encoder = NgramEncoder(rows, 2, 3)
    arrays, facts = encoder.kept()
    again = NgramEncoder.opened(arrays, facts, 2)
    assert again("word").tolist() == encoder("word").tolist()
    for broken in ({"min_n": 0}, {"max_n": 101}, {"min_n": True}, {"max_n": "3"}):
        with pytest.raises(ValueError, match="lengths"):
            NgramEncoder.opened(arrays, {**facts, **broken}, 2)
    for array in (rows.astype(np.float64), rows[:0], rows[0]):
        with pytest.raises(ValueError, match="rows"):
            NgramEncoder.opened({"rows": array}, facts, 2)
    with pytest.raises(ValueError, match="rows"):
        NgramEncoder.opened(arrays, facts, 3)
