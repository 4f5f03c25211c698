"""The first sample: made ahead in a new store and in no other, by one process, without holding anybody up."""

from pathlib import Path

import numpy as np
import pytest

from core.runs.locks import hold
from core.runs.store import Store
from core.space import EmbeddingSpace
from sample_corpora import SAMPLES, first

TITLE = SAMPLES.get(first.FIRST).title


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The modules that would have been started as processes."""
    modules: list[str] = []
    monkeypatch.setattr(first, "ensure", lambda module, *_: modules.append(module))
    return modules


def test_a_new_store_gets_the_first_sample_once(store: Store) -> None:
    assert first.main(["--home", str(store.home)]) == 0
    assert [view.name for view in store.corpora()] == [TITLE]
    made = store.corpora()[0].created
    assert first.main(["--home", str(store.home)]) == 0
    assert [view.created for view in store.corpora()] == [made]


def test_the_server_starts_a_process_for_it_in_a_new_store_only(store: Store, started: list[str]) -> None:
    first.prepare_first(store)
    assert started == ["sample_corpora.first"]
    store.add_space(EmbeddingSpace(["a", "b"], np.eye(2, dtype=np.float32)), "brought along")
    first.prepare_first(store)
    assert len(started) == 1


def test_who_deleted_it_does_not_get_it_again(store: Store, started: list[str], tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("one two three\n" * 20)
    store.delete_corpus(store.add_corpus(text))
    first.prepare_first(store)
    assert started == []
    assert first.main(["--home", str(store.home)]) == 0
    assert store.corpora() == []


def test_a_second_process_leaves_it_to_the_first(store: Store) -> None:
    with hold(store.home / first.LOCK):
        assert first.main(["--home", str(store.home)]) == 0
    assert store.corpora() == []


def test_a_store_that_cannot_be_used_is_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "home").write_text("a file")
    assert first.main(["--home", str(tmp_path / "home")]) == 1
    assert len(caplog.records) == 1
