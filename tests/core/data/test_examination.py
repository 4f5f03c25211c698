"""The doctor's findings on a corpus small enough to count by hand, and how they are kept."""

import pytest

from core.data.build import build_corpus
from core.data.examination import FILE, examination_of, examine, keep, start_examination
from core.data.languages import language_of, languages_of, unknown_in_english
from core.data.options import CorpusOptions

TEXT = """The patient was given a new medicine against the fever.
See <b>https://example.org/fever</b> for more &amp; newer advice on it.

The patient was given a new medicine against the fever.
Der Patient bekam gestern ein neues Medikament gegen sein hohes Fieber.
write to nurse@example.org
"""


@pytest.fixture
def corpus(tmp_path):
    (tmp_path / "notes.txt").write_text(TEXT, "utf-8")
    return build_corpus(tmp_path / "notes.txt", tmp_path / "corpus", CorpusOptions())


def test_findings_by_hand(corpus):
    found = examine(corpus)
    assert found.lines.count == 5
    assert found.lines.repeated == 1
    assert found.lines.repeats == ((3, 0),)
    # see b https example org fever b for more amp newer advice on it
    assert found.lines.longest[0] == (1, 14)
    assert found.lines.median == 10
    assert found.markup == pytest.approx(1 / 5)
    assert found.addresses == pytest.approx(2 / 5)
    assert found.growth[0][-1] == corpus.tokens_total == 50
    assert found.growth[1][-1] == corpus.types
    assert found.coverage[1][-1] == 1.0
    assert found.zipf_points == ((1, 2, *found.zipf_points[0][2:]), (4, 3, *found.zipf_points[1][2:]))


def test_languages():
    assert language_of("Die Würde des Menschen ist unantastbar.") == "de"
    assert language_of("Kort") is None
    shares, judged = languages_of(
        ["All human beings are born free and equal in dignity."] * 3
        + ["x", "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan."]
    )
    assert shares == {"en": 0.75, "fi": 0.25}
    assert judged == 4


def test_unknown_in_english_by_hand():
    import numpy as np

    found = unknown_in_english(["the", "her", "qwrtzx", "x", "fevers", "b2"], np.array([5, 3, 2, 2, 1, 1], np.int64))
    assert found.looked_at == 4
    assert found.types == pytest.approx(1 / 4)
    assert found.tokens == pytest.approx(2 / 11)
    assert found.examples == ("qwrtzx",)
    assert unknown_in_english(["12", "x"], np.array([1, 1], np.int64)) is None


def test_kept_beside_the_corpus(corpus):
    assert examination_of(corpus) is None
    found = keep(corpus)
    assert examination_of(corpus) == found
    for damaged in ("", "[]", '{"version": 99}', '{"version": 1, "found": {"growth": 3}}'):
        (corpus.folder / FILE).write_text(damaged, "utf-8")
        assert examination_of(corpus) is None


def test_a_process_of_its_own(corpus):
    assert start_examination(corpus).wait(60) == 0
    assert examination_of(corpus) == examine(corpus)


def test_tokens_only(corpus):
    corpus.forget_text()
    found = examine(corpus)
    assert (found.languages, found.languages_of, found.markup) == ({}, 0, 0.0)
    assert found.lines.repeated == 1
