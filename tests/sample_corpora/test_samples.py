"""Every sample makes text, the same each time, that reads as a corpus of about the size it says."""

import pytest

from core.data.build import build_corpus
from core.data.options import CorpusOptions
from core.params import validate
from sample_corpora import SAMPLES


@pytest.mark.parametrize("sample", list(SAMPLES), ids=lambda sample: sample.name)
def test_sample(sample, tmp_path):
    path = sample.write(tmp_path)
    first = path.read_bytes()
    corpus = build_corpus(path, tmp_path / "corpus", validate(CorpusOptions, sample.options))
    assert 0.4 < corpus.tokens_total / sample.words < 2.5, corpus.tokens_total
    assert all(corpus.rank(word) is not None for word in sample.watched)
    for text in (sample.title, sample.summary, sample.look_for, sample.domain):
        assert text
    if sample.name != "python_docs":  # parsing takes seconds
        assert sample.write(tmp_path).read_bytes() == first
