"""A run of fastText answers for words that its corpus lacks: from its end, from a checkpoint, and when it has moved."""

import numpy as np
import pytest

from core.__main__ import main
from core.data.options import CorpusOptions
from core.errors import UnknownWordError
from core.neighbours import nearest
from core.runs.archive import export_run, import_run
from core.runs.spaces import SPACE_FILE
from core.runs.spec import make_spec
from core.runs.store import Store
from core.runs.trainer import train_run

STEMS = ("walk", "talk", "jump", "climb", "paint", "sleep")


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "home")


@pytest.fixture(params=["ngrams", "bpe"])
def run(request, store, tmp_path):
    rng = np.random.default_rng(1)
    words = [stem + ending for stem in STEMS for ending in ("s", "ed", "ing")]
    text = "\n".join(" ".join(rng.choice(words, 12)) for _ in range(300))
    (tmp_path / "text.txt").write_text(text)
    corpus = store.add_corpus(tmp_path / "text.txt", CorpusOptions(), "verbs")
    values = {"dimensions": 16, "epochs": 2, "subsample": 0.0, "subwords": request.param}
    run = store.create_run(make_spec("fasttext", values, {"corpus": corpus, "min_count": 1, "threads": 1}))
    assert train_run(store, run) == 0
    return run


def test_a_run_answers_for_unseen_words(store, run):
    space = store.space(run)
    # The corpus is in lower case, whatever is typed.
    word = next(key for key in space.keys if space.encoder.parts(key))
    assert np.array_equal(space.unseen(word.upper()), space.encoder(word))
    with pytest.raises(UnknownWordError, match="“QQQ” is not in the vocabulary"):
        space.unseen("QQQ")


def test_the_checkpoint_gives_the_same(store, run):
    ended = store.space(run)
    assert all(ended.encoder.parts(word) for word in ended.keys)
    vectors = [ended.unseen(word) for word in ended.keys]
    (store.run_folder(run) / SPACE_FILE).unlink()
    saved = store.space(run)
    assert saved.metadata["fraction"] == 1
    np.testing.assert_array_equal([saved.unseen(word) for word in ended.keys], vectors)


def test_parts_travel_with_the_run(store, run, tmp_path):
    export_run(store, run, tmp_path / "run.zip")
    other = Store(tmp_path / "other")
    moved = other.space(import_run(other, tmp_path / "run.zip"))
    word = next(key for key in moved.keys if moved.encoder.parts(key))
    assert np.array_equal(moved.encoder(word), store.space(run).encoder(word))


@pytest.mark.parametrize("run", ["ngrams"], indirect=True)
def test_commands_say_that_a_word_is_made_of_its_parts(store, run, capsys):
    assert main(["neighbours", run, "Walkings", "--home", str(store.home), "-k", "3"]) == 0
    answer = capsys.readouterr()
    assert answer.out.split()[5].startswith("walk")
    assert answer.err == "“Walkings” is not in the vocabulary; its vector is made of its parts.\n"
    assert nearest(store.space(run), "walkings", 1)[0].word in ("walking", "walks", "walked")
    assert main(["similarity", run, "walking", "Walkings", "--home", str(store.home)]) == 0
    answer = capsys.readouterr()
    assert float(answer.out) > 0.5
    assert answer.err.startswith("“Walkings” is not")
    assert main(["neighbours", run, "walking", "--home", str(store.home)]) == 0
    assert capsys.readouterr().err == ""
    assert main(["neighbours", run, "qqq", "--home", str(store.home)]) == 1
    assert "“qqq” is not in the vocabulary" in capsys.readouterr().err
