"""Gaps decide where the held-out lines have enough of them, else the rank of the held-out word."""

import numpy as np
import pytest

from core.data.build import build_corpus
from core.data.corpus import Corpus
from core.data.options import CorpusOptions
from core.evaluation.benchmark import BENCHMARKS
from core.evaluation.benchmarks.held_out_gap import FEWEST_GAPS, Gaps, has_gaps
from core.evaluation.material import Material
from core.runs.settings import RunSettings
from core.runs.studies import deciding
from core.runs.studies.deciding import fitting_scores, usual_score
from core.space import EmbeddingSpace

ALL = ["held_out_gap", "held_out_rank", "label_accuracy"]


@pytest.fixture(scope="module")
def varied(tmp_path_factory):
    """400 lines of 20 words, of 300 words; hardly any five in a row stand there twice."""
    rng = np.random.default_rng(1)
    lines = [" ".join(f"w{word}" for word in rng.integers(0, 300, 20)) for _ in range(400)]
    return corpus_of(lines, tmp_path_factory.mktemp("varied"))


@pytest.fixture(scope="module")
def repeated(tmp_path_factory):
    """One line of 300 words again and again."""
    line = " ".join(f"w{number}" for number in range(300))
    return corpus_of([line] * 400, tmp_path_factory.mktemp("repeated"))


def corpus_of(lines, folder):
    (folder / "text.txt").write_text("\n".join(lines), "utf-8")
    return build_corpus(folder / "text.txt", folder / "corpus", CorpusOptions())


def test_gaps_decide_where_there_are_enough(varied):
    assert usual_score(varied, RunSettings(held_out=0.1)) == "held_out_gap"
    assert fitting_scores(ALL, varied, RunSettings(held_out=0.1)) == ALL


def test_the_rank_decides_where_every_line_was_read_before(repeated):
    assert usual_score(repeated, RunSettings(held_out=0.1)) == "held_out_rank"
    assert fitting_scores(ALL, repeated, RunSettings(held_out=0.1)) == ["held_out_rank", "label_accuracy"]


def test_few_lines_held_out_are_too_few(varied):
    # One line of 20 words has fewer than 50 gaps.
    assert usual_score(varied, RunSettings(held_out=0.0025)) == "held_out_rank"
    assert usual_score(varied, RunSettings(held_out=0.0)) == "held_out_rank"
    assert fitting_scores(["label_accuracy"], varied, RunSettings(held_out=0.0)) == ["label_accuracy"]


def test_it_agrees_with_the_score_itself(varied, repeated):
    for corpus in (varied, repeated):
        data = corpus.training_data(5, 200_000, 0.1, 1)
        space = EmbeddingSpace(list(data.words), np.eye(len(data.words), dtype=np.float32))
        defined = BENCHMARKS.get("held_out_gap").evaluate(space, Material(data)).value is not None
        assert has_gaps(data) == defined == (len(Gaps.of(data)) >= FEWEST_GAPS)


def test_a_corpus_is_read_once_and_a_large_one_not_at_all(varied, repeated, monkeypatch):
    settings = RunSettings(held_out=0.12)
    usual_score(varied, settings)
    monkeypatch.setattr(Corpus, "training_data", None)
    assert usual_score(varied, settings) == "held_out_gap"
    monkeypatch.setattr(deciding, "CERTAIN", 1)
    assert usual_score(repeated, RunSettings(held_out=0.13)) == "held_out_gap"
