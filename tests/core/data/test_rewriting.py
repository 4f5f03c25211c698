"""Tokens rewritten in blocks: by hand, and the same whatever the blocks."""

import numpy as np
import pytest

from core.data import rewriting
from core.data.rewriting import TokenBlocks, remap, rewrite
from core.data.word_map import WordMap
from core.errors import CorpusError
from tests.core.data.token_files import lay_out, lines_in


@pytest.mark.parametrize("block", [2, 3, 4, 100])
def test_blocks_say_where_lines_begin(tmp_path, monkeypatch, block):
    monkeypatch.setattr(rewriting, "BLOCK", block)
    lines = [[], [1, 2, 3], [], [], [4], [5, 6], []]
    found, position = [], 0
    with TokenBlocks(lay_out(tmp_path, *lines)) as blocks:
        while blocks.read():
            assert len(blocks.tokens) <= block
            found += (blocks.starts + position).tolist()
            position += len(blocks.tokens)
            assert blocks.last == (position == 6)
            blocks.advance(len(blocks.tokens))
        assert blocks.rest() == 2, "the blank line at the end, and the end"
    assert found == [0, 0, 3, 3, 3, 4]


@pytest.mark.parametrize("block", [2, 3, 5, 1000])
@pytest.mark.parametrize("most", [1, 4, 1000])
def test_words_that_become_none_one_or_several(tmp_path, monkeypatch, block, most):
    monkeypatch.setattr(rewriting, "BLOCK", block)
    monkeypatch.setattr("core.data.word_map.MOST_WRITTEN", most)
    mapped = WordMap(["the", "doghouse", "cats", "cat", "a"], np.array([4, 2, 1, 3, 2]))
    images = {"the": (), "doghouse": ("dog", "house"), "cats": ("cat",), "cat": ("cat",), "a": ("",)}
    mapped.apply("it", lambda words: [images[word] for word in words])
    assert mapped.words == ["dog", "house", "cat"]
    assert mapped.counts.tolist() == [2, 2, 4]
    assert mapped.tokens == 8
    assert mapped.numbers is None
    lines = [[], [0, 1, 0, 2], [0], [4, 3, 3], [], [1, 4, 3, 0], []]
    left = rewrite(lay_out(tmp_path, *lines), mapped.change(np.array([7, 8, 9], np.uint32)))
    assert lines_in(tmp_path) == [[], [7, 8, 9], [], [9, 9], [], [7, 8, 9], []]
    assert (left.tokens, left.lines) == (8, 3)
    assert {path.name for path in tmp_path.iterdir()} == {"tokens.bin", "offsets.bin"}


def test_steps_follow_one_another(tmp_path, monkeypatch):
    monkeypatch.setattr("core.data.word_map.LOOKED_AT", 2)
    mapped = WordMap(["ab", "b", "abc", "x"], np.array([5, 3, 2, 1]))
    mapped.apply("letters", lambda words: [tuple(word) for word in words])
    assert dict(zip(mapped.words, mapped.counts.tolist(), strict=True)) == {"a": 7, "b": 10, "c": 2, "x": 1}
    mapped.apply("without b", lambda words: [() if word == "b" else (word.upper(),) for word in words])
    assert mapped.words == ["A", "C", "X"]
    assert mapped.counts.tolist() == [7, 2, 1]
    rewrite(lay_out(tmp_path, [0, 1, 2], [1], [3]), mapped.change(np.arange(3, dtype=np.uint32)))
    assert lines_in(tmp_path) == [[0, 0, 1], [], [2]]


def test_one_word_for_each_is_a_renumbering(tmp_path):
    mapped = WordMap(["run", "runs", "dog"], np.array([1, 2, 3]))
    assert mapped.numbers.tolist() == [0, 1, 2]
    mapped.apply("stems", lambda words: [(word.rstrip("s"),) for word in words])
    assert mapped.numbers.tolist() == [0, 0, 1]
    remap(lay_out(tmp_path, [0, 1], [2, 1]), mapped.numbers)
    assert lines_in(tmp_path) == [[0, 0], [1, 0]]


def test_nothing_left_and_too_few_answers():
    mapped = WordMap(["a", "b"], np.array([1, 1]))
    mapped.apply("all gone", lambda words: [()] * len(words))
    assert (mapped.words, mapped.tokens) == ([], 0)
    with pytest.raises(CorpusError, match="The step odd was asked about 2 words and answered for 1"):
        WordMap(["a", "b"], np.array([1, 1])).apply("The step odd", lambda words: [("a",)])


@pytest.mark.parametrize("block", [2, 7, 50])
def test_any_map_on_any_text(tmp_path, monkeypatch, block):
    monkeypatch.setattr(rewriting, "BLOCK", block)
    rng = np.random.default_rng(block)
    images = [tuple(f"{rng.integers(9)}" for _ in range(rng.integers(4))) for _ in range(30)]
    lines = [rng.integers(0, 30, size).tolist() for size in rng.integers(0, 6, 60)]
    counts = np.bincount(np.concatenate(lines).astype(int), minlength=30)
    mapped = WordMap([f"w{i}" for i in range(30)], counts)
    mapped.apply("it", lambda words: [images[int(word[1:])] for word in words])
    left = rewrite(lay_out(tmp_path, *lines), mapped.change(np.arange(len(mapped.words), dtype=np.uint32)))
    expected = [[part for word in line for part in images[word]] for line in lines]
    assert [[mapped.words[number] for number in line] for line in lines_in(tmp_path)] == expected
    assert left.tokens == sum(map(len, expected)) == mapped.tokens
    assert left.lines == sum(map(bool, expected))
