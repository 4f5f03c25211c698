"""A corpus on disk holds what was read: counted by hand, whole or not there, the same for the same bytes."""

import hashlib
import json
import os
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from core.data.build import add_corpus, build_corpus
from core.data.corpus import Corpus, corpus_id
from core.data.options import CorpusOptions
from core.data.tokenize import words_of
from core.errors import CorpusError, StoreError

TEXT = "The cat saw the dog.\n\nA dog saw\r\nthe CAT, the end!\n...\n"
OPTIONS = CorpusOptions()


def make(tmp_path, text=TEXT, name="file.txt", **options):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return build_corpus(path, tmp_path / f"corpus-{random.random()}", CorpusOptions(**options))


def test_counted_by_hand(tmp_path):
    corpus = make(tmp_path)
    # the 4, then cat, saw, dog 2 each in the order in which they first stand, then a and end.
    assert corpus.words == ["the", "cat", "saw", "dog", "a", "end"]
    assert corpus.counts.tolist() == [4, 2, 2, 2, 1, 1]
    assert corpus.tokens.tolist() == [0, 1, 2, 0, 3, 4, 3, 2, 0, 1, 0, 5]
    assert corpus.offsets.tolist() == [0, 5, 5, 8, 12, 12]
    assert (corpus.tokens_total, corpus.types, corpus.lines, corpus.documents) == (12, 6, 5, 3)
    assert [corpus.line(i) for i in range(5)] == ["The cat saw the dog.", "", "A dog saw", "the CAT, the end!", "..."]
    assert corpus.origin(3) == ("file.txt", "line", 4)
    assert corpus.rank("dog") == 3
    assert corpus.rank("Dog") is None
    assert corpus.tokens.dtype == np.uint32
    assert not corpus.tokens.flags.writeable
    with pytest.raises(IndexError):
        corpus.line(5)


def test_meta_says_what_was_read(tmp_path):
    corpus = make(tmp_path)
    assert corpus.meta["sha256"] == hashlib.sha256(TEXT.encode()).hexdigest()
    assert corpus.meta["bytes"] == len(TEXT.encode())
    assert corpus.id == corpus_id(corpus.meta["sha256"], OPTIONS)
    assert corpus.name == "file"
    assert corpus.meta["options"] == OPTIONS.model_dump(mode="json")
    assert str(tmp_path) not in (corpus.folder / "meta.json").read_text(), "no path of the machine"


def test_options_make_another_corpus(tmp_path):
    lower, kept = make(tmp_path), make(tmp_path, lowercase=False)
    assert lower.id != kept.id
    assert kept.words[:2] == ["the", "saw"]
    assert set(kept.words) == {"the", "The", "cat", "CAT", "saw", "dog", "A", "end"}


@pytest.mark.parametrize("chunk", [5, 64, 4096])
def test_counters_and_chunks_of_any_size_give_the_same_files(tmp_path, monkeypatch, chunk):
    rng = random.Random(3)
    lines = [
        " ".join(rng.choice(["alpha", "Béta", "γάμμα", "中文", "x"]) for _ in range(rng.randrange(12)))
        for _ in range(400)
    ]
    text = "\n".join(lines)
    whole = make(tmp_path, text)
    monkeypatch.setattr("core.data.word_counter.SHORT", 0)
    monkeypatch.setattr("core.data.corpus_writer.CHUNK", chunk)
    monkeypatch.setattr("core.data.rewriting.BLOCK", 7)
    monkeypatch.setattr("core.data.source.BLOCK", 11)
    parts = make(tmp_path, text)
    for name in ("tokens.bin", "offsets.bin", "counts.bin", "vocabulary.json", "text.txt", "text_offsets.bin"):
        assert (whole.folder / name).read_bytes() == (parts.folder / name).read_bytes(), name
    words = [words_of(line) for line in lines]
    counted = Counter(word for line in words for word in line)
    assert dict(zip(whole.words, whole.counts.tolist(), strict=True)) == counted
    for i, line in enumerate(words):
        assert [whole.words[rank] for rank in whole.tokens[whole.offsets[i] : whole.offsets[i + 1]]] == line
        assert whole.line(i) == lines[i]


def test_the_same_bytes_are_one_corpus(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "b.txt").write_text(TEXT)
    first = add_corpus(tmp_path / "a.txt", tmp_path / "corpora", OPTIONS, "first")
    second = add_corpus(tmp_path / "b.txt", tmp_path / "corpora", OPTIONS, "second")
    assert first.id == second.id
    assert second.name == "first"
    assert [folder.name for folder in (tmp_path / "corpora").iterdir()] == [first.id]


def test_labels(tmp_path):
    corpus = make(tmp_path, "text,label\na b,x\nc d,y\ne f,y\ng h,\n", "a.csv", label_column="label")
    assert corpus.labels == {"y": 2, "x": 1}
    assert [corpus.label(i) for i in range(4)] == ["x", "y", "y", ""]
    assert corpus.origin(2) == ("a.csv", "row", 3)
    assert make(tmp_path).label(0) == ""


def test_a_folder_is_all_its_readable_files(tmp_path):
    folder = tmp_path / "texts"
    (folder / "sub").mkdir(parents=True)
    (folder / "b.txt").write_text("beta one\n")
    (folder / "a.txt").write_text("alpha one\nalpha two\n")
    (folder / "sub" / "c.csv").write_text("id,text\n1,gamma one\n")
    (folder / ".hidden.txt").write_text("secret words\n")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    (folder / "latin.txt").write_bytes("café".encode("latin-1"))
    corpus = build_corpus(folder, tmp_path / "corpus", OPTIONS)
    assert [corpus.line(i) for i in range(corpus.lines)] == ["alpha one", "alpha two", "beta one", "gamma one"]
    assert [corpus.origin(i) for i in (0, 2, 3)] == [
        ("a.txt", "line", 1),
        ("b.txt", "line", 1),
        ("sub/c.csv", "row", 1),
    ]
    passed = [warning for warning in corpus.warnings if warning.startswith("Passed over")]
    assert len(passed) == 2
    assert "PNG" in passed[1]
    assert "cp1252" in passed[0]
    (tmp_path / "empty").mkdir()
    with pytest.raises(CorpusError, match="empty"):
        build_corpus(tmp_path / "empty", tmp_path / "x", OPTIONS)


@pytest.mark.parametrize(
    ("text", "name", "options", "part"),
    [
        ("", "a.txt", {}, "empty"),
        ("  \n\t\n", "a.txt", {}, "no text"),
        ("... !!!\n---", "a.txt", {}, "no text"),
        ("word\n", "a.txt", {}, "too small"),
        ("id,text\n", "a.csv", {"column": "text"}, "no text"),
        ("alpha beta", "a.txt", {"column": "text"}, "Plain text, which has no column"),
        ("# alpha beta", "a.md", {"label_column": "kind"}, "Markdown, which has no column"),
        ("x" * 500, "a.txt", {}, "no text"),
    ],
)
def test_refusals_leave_nothing_behind(tmp_path, text, name, options, part):
    (tmp_path / name).write_text(text)
    with pytest.raises(CorpusError, match=part):
        build_corpus(tmp_path / name, tmp_path / "store" / "corpus", CorpusOptions(**options))
    assert list((tmp_path / "store").iterdir()) == []


def test_missing_source_and_unwritable_target(tmp_path):
    with pytest.raises(CorpusError, match="There is no file or folder"):
        build_corpus(tmp_path / "nothing.txt", tmp_path / "corpus", OPTIONS)
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError):
        build_corpus(tmp_path / "a.txt", tmp_path / "file" / "corpus", OPTIONS)


def test_a_failing_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text(TEXT)

    def full(self, *_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.data.corpus_writer.CorpusWriter._number", full)
    with pytest.raises(StoreError, match="full"):
        build_corpus(tmp_path / "a.txt", tmp_path / "store" / "corpus", OPTIONS)
    assert list((tmp_path / "store").iterdir()) == []


def test_one_word_many_times_is_read_and_refused_for_training(tmp_path):
    corpus = make(tmp_path, "word word word\n")
    assert any("one word 3 times" in warning for warning in corpus.warnings)
    with pytest.raises(CorpusError, match="at least two different words"):
        corpus.training_data(1)


# ------------------------------------------------------------------------------------------------------ opening again


@pytest.mark.parametrize("name", ["tokens.bin", "offsets.bin", "counts.bin", "vocabulary.json", "text.txt"])
def test_a_file_cut_short_is_seen(tmp_path, name):
    folder = make(tmp_path).folder
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[:-1])
    with pytest.raises(CorpusError, match="damaged"):
        Corpus.open(folder)


@pytest.mark.parametrize("meta", ["", "[]", "{", '{"format": 99}'])
def test_a_damaged_description_is_seen(tmp_path, meta):
    folder = make(tmp_path).folder
    (folder / "meta.json").write_text(meta)
    with pytest.raises(CorpusError, match=r"damaged|version"):
        Corpus.open(folder)
    with pytest.raises(CorpusError, match="no corpus"):
        Corpus.open(tmp_path / "nowhere")


def test_a_damaged_vocabulary_is_seen(tmp_path):
    folder = make(tmp_path).folder
    words = json.loads((folder / "vocabulary.json").read_text())
    size = (folder / "vocabulary.json").stat().st_size
    (folder / "vocabulary.json").write_text(json.dumps(words[1:]).ljust(size))
    with pytest.raises(CorpusError, match="vocabulary"):
        _ = Corpus.open(folder).words


def test_text_can_be_forgotten(tmp_path):
    corpus = make(tmp_path)
    corpus.line(0)
    corpus.forget_text()
    again = Corpus.open(corpus.folder)
    assert not again.has_text
    assert again.tokens.tolist() == corpus.tokens.tolist()
    with pytest.raises(CorpusError, match="not kept"):
        again.line(0)


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_nobody_else_can_read_it(tmp_path):
    assert make(tmp_path).folder.stat().st_mode & 0o077 == 0


# ---------------------------------------------------------------------------------------------------- training data


def test_training_data_by_hand(tmp_path):
    data = make(tmp_path).training_data(min_count=2, max_vocabulary=3, held_out=0.0, seed=1)
    assert list(data.words) == ["the", "cat", "saw"]
    assert data.counts.tolist() == [4, 2, 2]
    assert data.tokens.tolist() == [0, 1, 2, 0, 3, 4, 3, 2, 0, 1, 0, 5], "ranks over all types"
    assert data.offsets.tolist() == [0, 5, 8, 12], "blank lines are no segments"
    assert data.held_out.tolist() == [False] * 3
    assert data.vocabulary == 3


def test_labels_of_segments_by_hand(tmp_path):
    # Blank rows are no segments; the label "z" stands beside one only. 9 tokens in blocks of 1,000: a segment a row.
    rows = ["text,label", "a b c,y", ",z", "a b,x", "b a,", ",x", "c a,y"]
    data = make(tmp_path, "\n".join(rows) + "\n", "a.csv", label_column="label").training_data(held_out=0)
    assert data.labels.tolist() == [0, 1, -1, 0]
    assert data.labels.dtype == np.int32
    assert list(data.label_names) == ["y", "x"]


def test_a_long_document_gives_its_label_to_all_its_segments(tmp_path):
    text = "text,label\nd e,x\n" + "a b c " * 500 + ",y\nb a,x\n"
    data = make(tmp_path, text, "a.csv", label_column="label").training_data(held_out=0)
    assert np.diff(data.offsets).tolist() == [2, 1000, 500, 2]
    assert [data.label_names[number] for number in data.labels] == ["x", "y", "y", "x"]


def test_without_labels_segments_have_none(tmp_path):
    data = make(tmp_path, "a b c\n").training_data(held_out=0)
    assert data.labels is None
    assert data.label_names == ()


def test_cut_offs(tmp_path):
    corpus = make(tmp_path)
    assert (corpus.size(1).tokens, corpus.size(1).vocabulary) == (12, 6)
    assert (corpus.size(2).tokens, corpus.size(2).vocabulary) == (10, 4)
    assert (corpus.size(2, 2).tokens, corpus.size(2, 2).vocabulary) == (6, 2)
    assert (corpus.size(1).segments, corpus.size(1).labels) == (3, 0)
    kept = corpus.kept(2)
    assert (kept.types, kept.tokens, kept.dropped) == (4, 10, ("a", "end"))
    assert kept.share == pytest.approx(10 / 12)
    with pytest.raises(CorpusError, match=r"min_count\) of 3 leaves 1 of 6 words .* set it to 2 or less"):
        corpus.size(3)
    with pytest.raises(CorpusError, match="min_count"):
        corpus.training_data(5)


def test_no_pair_left(tmp_path):
    corpus = make(tmp_path, "alpha one\nbeta two\nalpha three\nbeta four\n")
    with pytest.raises(CorpusError, match="No line has two of the 2 words"):
        corpus.training_data(2)


def test_held_out_lines_never_take_the_last_pair(tmp_path):
    corpus = make(tmp_path, "\n".join(["a", "b"] * 30) + "\na b\n")
    for seed in range(20):
        data = corpus.training_data(1, None, 0.5, seed)
        assert not data.held_out[-1] or not data.held_out.any()


def test_held_out_is_the_seeds_choice(tmp_path):
    corpus = make(tmp_path, "".join(f"alpha beta {number}\n" for number in range(1000)))
    first, again, other = (corpus.training_data(1, None, 0.01, seed).held_out for seed in (1, 1, 2))
    assert first.sum() == 10
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("language", ["german_law_gg_bgb", "us_presidents"])
def test_real_text(tmp_path, language):
    path = Path(__file__).resolve().parents[4] / "shared" / "data" / "text" / f"{language}.txt"
    if not path.exists():
        pytest.skip("the texts of ../shared/data are not there")
    corpus = build_corpus(path, tmp_path / "corpus", OPTIONS)
    lines = path.read_text("utf-8").split("\n")
    assert corpus.lines == len(lines) - 1
    for i in range(0, corpus.lines, 97):
        assert corpus.line(i) == lines[i]
        tokens = corpus.tokens[corpus.offsets[i] : corpus.offsets[i + 1]]
        assert [corpus.words[rank] for rank in tokens] == words_of(lines[i])
    data = corpus.training_data(5, None, 0.01, 1)
    assert data.vocabulary == int((corpus.counts >= 5).sum())
