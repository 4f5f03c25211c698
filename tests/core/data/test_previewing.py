"""A look at a file in a process of its own says the same as a look in this one."""

import math

import pytest

from core.data import phrase_preview, previewing
from core.data.build import add_corpus
from core.data.encoding import EncodingError
from core.data.options import CorpusOptions
from core.data.preview import preview
from core.data.previewing import safe_phrases, safe_preview
from core.errors import CorpusError


def test_the_same_as_here(tmp_path):
    (tmp_path / "a.csv").write_text("body,kind\n" + "".join(f"some text {n},{n % 2}\n" for n in range(40)))
    options = CorpusOptions(column="body", label_column="kind")
    assert safe_preview(tmp_path / "a.csv", options, 5) == preview(tmp_path / "a.csv", options, 5)


def test_a_guess_to_confirm(tmp_path):
    (tmp_path / "a.txt").write_bytes("naïve café Straße\n".encode("latin-1") * 9)
    with pytest.raises(EncodingError) as caught:
        safe_preview(tmp_path / "a.txt")
    assert caught.value.guess == "cp1252"


def test_refusals(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_bytes(b"")
    with pytest.raises(CorpusError, match="empty"):
        safe_preview(tmp_path / "a.txt")
    with pytest.raises(CorpusError, match="no file or folder"):
        safe_preview(tmp_path / "none.txt")
    (tmp_path / "b.txt").write_text("some words\n")
    monkeypatch.setattr(previewing, "SECONDS", 0)
    with pytest.raises(CorpusError, match="takes too long"):
        safe_preview(tmp_path / "b.txt")


def test_phrases_before_they_are_joined(tmp_path):
    text = "she went to new york and then to old york\nnew york is a town\n" * 20
    (tmp_path / "a.txt").write_text(text)
    options = CorpusOptions(steps=("phrases min_count=15 threshold=0.4",))
    found = safe_phrases(tmp_path / "a.txt", options)
    # 15 words in two lines, 20 times; in 300 words new stands 40 times, york 60 times, 40 times together.
    assert (found.words, found.whole) == (300, True)
    score = next(one[3] for one in found.phrases if one[:3] == ("new", "york", 40))
    assert score == pytest.approx(math.log(40 * 300 / (40 * 60)) / math.log(300 / 40))
    corpus = add_corpus(tmp_path / "a.txt", tmp_path / "corpora", CorpusOptions())
    assert safe_phrases(corpus.folder, options, kept=True) == found
    assert safe_phrases(tmp_path / "a.txt", CorpusOptions()) is None


def test_of_a_slow_format_a_part_is_enough(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("new york\n" * 20)
    monkeypatch.setattr(phrase_preview, "SECONDS", -1.0)
    found = phrase_preview.phrases_of(tmp_path / "a.txt", CorpusOptions(steps=("phrases",)))
    assert found is not None
    assert (found.words, found.whole) == (0, False)
