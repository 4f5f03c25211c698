"""Reading in a process of its own: progress, limits, cancelling, and errors as one sentence."""

import gzip
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from core.data.corpus import Corpus
from core.data.ingest import SECONDS_PER_MB, Ingestion, Limits, ingest
from core.data.options import CorpusOptions
from core.errors import CorpusError, StoreError

OPTIONS = CorpusOptions()


@pytest.fixture
def large(tmp_path):
    """About 60 MB of words, enough to be caught in the middle."""
    path = tmp_path / "large.txt"
    line = " ".join(f"word{i}" for i in range(2_000)) + "\n"
    path.write_text(line * 4_000)
    return path


def test_ingest_keeps_a_corpus_under_its_id(tmp_path):
    (tmp_path / "a.txt").write_text("The cat saw the dog.\n")
    states = []
    identity = ingest(tmp_path / "a.txt", tmp_path / "corpora", OPTIONS, "Cats", states.append)
    corpus = Corpus.open(tmp_path / "corpora" / identity)
    assert (corpus.id, corpus.name, corpus.tokens_total) == (identity, "Cats", 5)
    assert ingest(tmp_path / "a.txt", tmp_path / "corpora", OPTIONS) == identity
    assert [folder.name for folder in (tmp_path / "corpora").iterdir()] == [identity]


def test_reading_again_brings_the_text_back(tmp_path):
    (tmp_path / "a.csv").write_text("text,year\nThe cat saw the dog,1999\n")
    corpora = tmp_path / "corpora"
    corpus = Corpus.open(corpora / ingest(tmp_path / "a.csv", corpora, OPTIONS))
    before = {path.name: path.read_bytes() for path in corpus.folder.iterdir()}
    corpus.forget_text()
    assert not Corpus.open(corpus.folder).has_text
    assert ingest(tmp_path / "a.csv", corpora, OPTIONS) == corpus.id
    assert {path.name: path.read_bytes() for path in corpus.folder.iterdir()} == before
    again = Corpus.open(corpus.folder)
    assert (again.line(0), again.metadata(0)) == ("The cat saw the dog", {"year": "1999"})
    assert list(corpora.iterdir()) == [corpus.folder]


def test_reading_again_mends_a_damaged_corpus(tmp_path):
    (tmp_path / "a.txt").write_text("The cat saw the dog.\n")
    corpora = tmp_path / "corpora"
    folder = corpora / ingest(tmp_path / "a.txt", corpora, OPTIONS)
    (folder / "tokens.bin").write_bytes(b"")
    with pytest.raises(CorpusError, match="read it again"):
        Corpus.open(folder)
    assert ingest(tmp_path / "a.txt", corpora, OPTIONS) == folder.name
    assert Corpus.open(folder).tokens.tolist() == [0, 1, 2, 0, 3]
    assert list(corpora.iterdir()) == [folder]


def test_errors_come_as_they_are(tmp_path):
    (tmp_path / "a.txt").write_bytes("café".encode("latin-1") * 20)
    with pytest.raises(CorpusError, match="may be cp1252"):
        ingest(tmp_path / "a.txt", tmp_path / "corpora", OPTIONS)
    with pytest.raises(CorpusError, match="no file or folder"):
        ingest(tmp_path / "b.txt", tmp_path / "corpora", OPTIONS)
    assert list((tmp_path / "corpora").iterdir()) == []


def test_a_store_that_cannot_be_written_is_the_stores_fault(tmp_path):
    (tmp_path / "a.txt").write_text("The cat saw the dog.\n")
    (tmp_path / "corpora").write_text("a file in the way")
    with pytest.raises(StoreError):
        ingest(tmp_path / "a.txt", tmp_path / "corpora", OPTIONS)


def test_too_many_bytes_are_refused_at_once(tmp_path):
    (tmp_path / "a.txt").write_text("x" * 1000)
    with pytest.raises(CorpusError, match="more than"):
        Ingestion(tmp_path / "a.txt", tmp_path, OPTIONS, limits=Limits(bytes=999))


@pytest.mark.slow
def test_cancel_leaves_nothing(tmp_path, large):
    under_way = Ingestion(large, tmp_path / "corpora", OPTIONS)
    while not (tmp_path / "corpora").exists() or not list((tmp_path / "corpora").iterdir()):
        assert not under_way.state.done
        time.sleep(0.01)
    under_way.cancel()
    assert "cancelled" in (under_way.state.error or "")
    assert list((tmp_path / "corpora").iterdir()) == []
    under_way.cancel()


@pytest.mark.slow
def test_progress_can_stop_the_reading(tmp_path, large):
    def stop(state):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest(large, tmp_path / "corpora", OPTIONS, progress=stop)
    assert not (tmp_path / "corpora").exists() or list((tmp_path / "corpora").iterdir()) == []


@pytest.mark.slow
def test_progress_rises(tmp_path, large):
    states = []
    ingest(large, tmp_path / "corpora", OPTIONS, progress=states.append)
    fractions = [state.fraction for state in states]
    assert fractions == sorted(fractions)
    assert any(0 < fraction < 1 and state.words > 0 for fraction, state in zip(fractions, states, strict=True))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits on memory are only kept on Linux")
def test_memory_is_limited(tmp_path):
    # One cell of 100 MB between quotes: the table row has to be held as a whole.
    path = tmp_path / "a.csv"
    path.write_text('id,text\n1,"' + "alpha beta " * 10_000_000 + '"\n')
    with pytest.raises(CorpusError, match="memory"):
        ingest(path, tmp_path / "corpora", OPTIONS, limits=Limits(memory=200 << 20))
    assert list((tmp_path / "corpora").iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="limits on processor time are POSIX")
def test_time_is_limited(tmp_path, large, monkeypatch):
    limits = Limits(seconds=-SECONDS_PER_MB * large.stat().st_size // 1_000_000 + 2)
    with pytest.raises(CorpusError, match="longer than allowed"):
        # Sixty megabytes would give it five minutes more: take that back.
        ingest(large, tmp_path / "corpora", OPTIONS, limits=limits)


@pytest.mark.slow
def test_a_killed_child_is_told_and_swept_up(tmp_path, large):
    under_way = Ingestion(large, tmp_path / "corpora", OPTIONS)
    while not (tmp_path / "corpora").exists() or not list((tmp_path / "corpora").iterdir()):
        time.sleep(0.01)
    psutil.Process(under_way._child.pid).kill()
    assert "memory ran out" in (under_way.wait(10).error or "")
    assert list((tmp_path / "corpora").iterdir()) == []


def test_the_parent_stays_light():
    code = (
        "import sys, core.data.ingest, core.data.corpus, core.data.preview, core.data.readers as r; list(r.READERS);"
        "print([name for name in ('numba', 'scipy', 'torch', 'pandas', 'sklearn') if name in sys.modules])"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(sys.platform != "linux", reason="a full disk is feigned by a limit on the size of files")
def test_archives_are_unpacked_beside_the_corpus_and_a_full_disk_is_the_stores_fault(tmp_path, monkeypatch):
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"alpha beta gamma\n" * 1_000_000))
    # A place for temporary files that cannot be used: it is not needed.
    monkeypatch.setenv("TMPDIR", str(tmp_path / "a.gz"))
    corpus = Corpus.open(tmp_path / "corpora" / ingest(tmp_path / "a.gz", tmp_path / "corpora", OPTIONS))
    assert corpus.tokens_total == 3_000_000
    import resource

    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (9_000_000, most[1]))
    try:
        with pytest.raises(StoreError):
            ingest(tmp_path / "a.gz", tmp_path / "more", OPTIONS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    assert list((tmp_path / "more").iterdir()) == []
