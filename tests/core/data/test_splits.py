"""Splits counted by hand: shares, labels, repeated documents, sentences of one document."""

import random

import numpy as np
import pytest

from core.data.build import build_corpus
from core.data.options import CorpusOptions
from core.data.splits import NO_PART, SplitSettings, split_corpus
from core.errors import CorpusError, SettingsError
from core.params import validate
from tests.core.data.tiny_steps import register


def corpus_of(tmp_path, text, name="a.csv", **options):
    (tmp_path / name).write_text(text, "utf-8")
    return build_corpus(tmp_path / name, tmp_path / f"c{random.random()}", CorpusOptions(**options))


def labelled(tmp_path, **numbers):
    rows = [f"text {label} {i},{label}" for label, number in numbers.items() for i in range(number)]
    random.Random(1).shuffle(rows)
    return corpus_of(tmp_path, "text,label\n" + "\n".join(rows) + "\n", label_column="label")


@pytest.mark.parametrize("seed", range(5))
def test_every_label_has_its_share_in_every_part(tmp_path, seed):
    split = split_corpus(labelled(tmp_path, x=200, y=50, z=10), SplitSettings(seed=seed))
    # A tenth of 200, 50 and 10 each.
    assert split.by_label == {"x": (160, 20, 20), "y": (40, 5, 5), "z": (8, 1, 1)}
    assert split.documents == (208, 26, 26)
    assert split.repeated == 0
    assert np.bincount(split.parts).tolist() == [208, 26, 26]


def test_other_shares(tmp_path):
    corpus = labelled(tmp_path, x=40, y=60)
    split = split_corpus(corpus, SplitSettings(validation=0.05, test=0.25))
    assert split.documents == (70, 5, 25)
    assert split.by_label["x"][0] == 28
    assert split.by_label["y"][0] == 42
    assert split_corpus(corpus, SplitSettings(validation=0.0, test=0.2)).documents == (80, 0, 20)
    assert split_corpus(corpus, SplitSettings(validation=0.2, test=0.0)).documents == (80, 20, 0)
    assert split_corpus(corpus, SplitSettings(validation=0.0, test=0.0)).documents == (100, 0, 0)


def test_many_labels_with_few_documents_still_give_every_part_its_share(tmp_path):
    split = split_corpus(labelled(tmp_path, **{f"l{i}": 2 for i in range(100)}), SplitSettings())
    assert split.documents == (160, 20, 20)


def test_the_seed_chooses(tmp_path):
    corpus = labelled(tmp_path, x=100)
    first, again, other = (split_corpus(corpus, SplitSettings(seed=seed)).parts for seed in (1, 1, 2))
    assert first.dtype == np.uint8
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    # No place is favoured: over many seeds each document is as often in the test as any other.
    times = sum(split_corpus(corpus, SplitSettings(seed=seed)).parts == 2 for seed in range(300))
    assert times.min() >= 12, "30 expected, standard deviation 5"
    assert times.max() <= 50


def test_labels_are_counted_as_the_corpus_counts_them(tmp_path):
    rows = ["one two. three four.,x", ",x", "five six,y", "?!,y", "seven eight,x", "nine ten,", "?,z"]
    text = "text,label\n" + "\n".join(rows) + "\n"
    corpus = corpus_of(tmp_path, text, label_column="label", steps=("sentences",))
    by_label = split_corpus(corpus, SplitSettings()).by_label
    assert {label: sum(numbers) for label, numbers in by_label.items()} == {"x": 2, "y": 1, "z": 0, "": 1}
    assert corpus.labels == {"x": 2, "y": 1, "z": 0}
    assert corpus.size().labels == 2, "of z nothing is left to learn from"


def test_documents_that_repeat_are_in_one_part(tmp_path):
    rng = random.Random(4)
    rows = [f"text {i % 90}" for i in range(300)] + [f"alone {i}" for i in range(400)]
    rng.shuffle(rows)
    corpus = corpus_of(tmp_path, "\n".join(rows) + "\n", "a.txt")
    for seed in range(10):
        split = split_corpus(corpus, SplitSettings(seed=seed))
        parts = {}
        for row, part in zip(rows, split.parts.tolist(), strict=True):
            parts.setdefault(row, set()).add(part)
        assert all(len(some) == 1 for some in parts.values())
        assert split.repeated == 210
        # 490 groups, of which 49 and 49 are held; their sizes are dealt out evenly too.
        assert sum(some == {0} for some in parts.values()) == 392
        assert split.documents[0] == pytest.approx(560, abs=6)


def test_lines_without_words_are_in_no_part_and_a_missing_label_is_one(tmp_path):
    text = "text,label\n" + "".join(f"word {i},{'x' if i % 2 else ''}\n,x\n" for i in range(20))
    split = split_corpus(corpus_of(tmp_path, text, label_column="label", column="text"), SplitSettings())
    assert (split.parts[1::2] == NO_PART).all()
    assert (split.parts[::2] != NO_PART).all()
    assert split.documents == (16, 2, 2)
    assert split.by_label == {"": (8, 1, 1), "x": (8, 1, 1)}


def test_sentences_of_a_document_stay_together_and_count_once(tmp_path, monkeypatch):
    register(monkeypatch)
    text = "".join(f"Thank you. First {i}. Second {i}.\n" for i in range(50))
    corpus = corpus_of(tmp_path, text, "a.txt", steps=("t_sentences", "t_once"))
    split = split_corpus(corpus, SplitSettings())
    assert split.documents == (40, 5, 5)
    assert split.repeated == 0, "a sentence that repeats is no document that does"
    for row in range(50):
        parts = split.parts[3 * row + 1 : 3 * row + 3].tolist()
        assert parts[0] == parts[1] != NO_PART
    assert split.parts[0] == split.parts[1]
    assert (split.parts[3::3] == NO_PART).all(), "what cleaning left out has no words"


def test_too_little_and_too_much(tmp_path):
    with pytest.raises(CorpusError, match="2 different documents"):
        split_corpus(corpus_of(tmp_path, "one two\nthree four\none two\n", "a.txt"), SplitSettings())
    with pytest.raises(SettingsError, match="leave a tenth"):
        validate(SplitSettings, {"validation": 0.5, "test": 0.5})
