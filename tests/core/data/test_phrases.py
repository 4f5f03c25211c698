"""Pairs counted against a plain loop, phrases joined by hand, the same whatever fits into memory."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from core.data import neighbour_pairs, rewriting
from core.data.cleaner import PhraseStep
from core.data.neighbour_pairs import count_pairs
from core.data.phrases import join_phrases, pairs_in
from core.params import Params
from tests.core.data.token_files import lay_out, lines_in


class NoParams(Params):
    """Nothing to set."""


class Listed(PhraseStep[NoParams]):
    """Joins the pairs of a list."""

    name = "listed"
    Params = NoParams

    def __init__(self, *pairs, rare=1):
        super().__init__(NoParams())
        self._pairs, self._rare = pairs, rare

    @property
    def rare(self):
        return self._rare

    def scores(self, pairs):
        self.seen = pairs
        both = [(pairs.words[a], pairs.words[b]) for a, b in zip(pairs.first, pairs.second, strict=True)]
        return np.array([float(-self._pairs.index(pair)) if pair in self._pairs else np.nan for pair in both])


def named(folder, words, lines):
    numbers = {word: number for number, word in enumerate(words)}
    lay_out(folder, *[[numbers[word] for word in line.split()] for line in lines])
    counted = Counter(word for line in lines for word in line.split())
    return np.array([counted[word] for word in words])


def joined(folder, found):
    return [" ".join(found.words[number] for number in line) for line in lines_in(folder)]


@pytest.mark.parametrize("block", [2, 3, 10, 10_000])
@pytest.mark.parametrize("most", [1, 40, 10_000])
@pytest.mark.parametrize("rare", [1, 2, 4])
def test_pairs_against_a_plain_loop(tmp_path, monkeypatch, block, most, rare):
    monkeypatch.setattr(rewriting, "BLOCK", block)
    monkeypatch.setattr(neighbour_pairs, "MOST_PAIRS", most)
    rng = np.random.default_rng(5)
    lines = [rng.integers(0, 15, size).tolist() for size in rng.integers(0, 7, 80)]
    counts = np.bincount(np.concatenate(lines).astype(int), minlength=15)
    found = count_pairs(lay_out(tmp_path, *lines), counts, rare)
    expected = Counter(pair for line in lines for pair in pairwise(line))
    assert found.total == expected.total()
    assert (np.diff(found.keys.astype(np.int64)) > 0).all()
    pairs = [(int(key) >> 32, int(key) & 0xFFFFFFFF) for key in found.keys]
    assert dict(zip(pairs, found.together.tolist(), strict=True)) == {
        pair: times for pair, times in expected.items() if times >= rare
    }
    assert {path.name for path in tmp_path.iterdir()} == {"tokens.bin", "offsets.bin"}, "nothing is left lying about"


def test_what_a_step_is_told(tmp_path):
    words = ["new", "york", "is", "big"]
    counts = named(tmp_path, words, ["new york is big", "new york", "big new"])
    pairs = pairs_in(tmp_path, words, counts, Listed(rare=2))
    assert (pairs.first.tolist(), pairs.second.tolist(), pairs.together.tolist()) == ([0], [1], [2])
    assert (pairs.total, pairs.tokens) == (5, 8), "lines never meet, and rare pairs count in the total"


@pytest.mark.parametrize("block", [2, 3, 4, 1000])
def test_joined_from_left_to_right(tmp_path, monkeypatch, block):
    monkeypatch.setattr(rewriting, "BLOCK", block)
    words = ["a", "b", "c", "d"]
    counts = named(tmp_path, words, ["a b c d", "", "a b", "b c", "c", "d a b", "a a b c", "b"])
    found = join_phrases(tmp_path, words, counts, Listed(("b", "c"), ("a", "b"), ("c", "d")))
    assert joined(tmp_path, found) == ["a_b c_d", "", "a_b", "b_c", "c", "d a_b", "a a_b c", "b"]
    assert dict(zip(found.words, found.counts.tolist(), strict=True)) == {
        "a": 1, "b": 1, "c": 2, "d": 1, "a_b": 4, "b_c": 1, "c_d": 1,
    }  # fmt: skip
    assert [(one.first, one.second, one.word, one.together) for one in found.phrases] == [
        ("b", "c", "b_c", 3),
        ("a", "b", "a_b", 4),
        ("c", "d", "c_d", 1),
    ]
    assert (found.left.tokens, found.left.lines) == (11, 7)


@pytest.mark.parametrize("block", [2, 3, 1000])
def test_a_word_repeated_is_joined_in_twos_and_an_old_word_takes_what_becomes_it(tmp_path, monkeypatch, block):
    monkeypatch.setattr(rewriting, "BLOCK", block)
    words = ["no", "no_no", "yes"]
    counts = named(tmp_path, words, ["no no no no no", "no_no yes"])
    found = join_phrases(tmp_path, words, counts, Listed(("no", "no")))
    assert joined(tmp_path, found) == ["no_no no_no no", "no_no yes"]
    assert (found.words, found.counts.tolist()) == (words, [1, 3, 1])


def test_nothing_to_join_leaves_all_as_it_is(tmp_path):
    counts = named(tmp_path, ["a", "b"], ["a b"])
    found = join_phrases(tmp_path, ["a", "b"], counts, Listed())
    assert (found.words, found.phrases, found.left) == (["a", "b"], (), None)
    assert lines_in(tmp_path) == [[0, 1]]
