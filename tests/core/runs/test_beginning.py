"""A run begins from the vectors of another: what is checked before, what is found, what is told, what is kept."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pytest

from core.errors import RunError, SettingsError
from core.runs.beginning import beginnings, dimensions_of, read_before, start_of, with_start
from core.runs.events import read_events, sentence
from core.runs.spec import make_spec, read_spec
from core.runs.trainer import train_run
from core.space import EmbeddingSpace
from tests.core.runs.test_training import WORDS, create, stop_after
from tests.core.runs.test_training import store as make_store

store = make_store
# Two words of the corpus in capitals, which are none of its, one as it has it, and one in its lower case.
KEYS = ["w3", "W4", "w7", "elsewhere"]


@pytest.fixture
def vectors():
    return np.random.default_rng(5).normal(size=(4, 16)).astype(np.float32)


@pytest.fixture
def brought(store, vectors):
    return store.add_space(EmbeddingSpace(KEYS, vectors), "brought along")


def begin(store, run, architecture="skipgram", params=None, **settings):
    usual = {"dimensions": 16, "epochs": 3, "subsample": 1.0} if architecture == "skipgram" else {}
    values = {**usual, **(params or {})}
    spec = make_spec(architecture, values, {"corpus": "small", "min_count": 1, "begin_from": run, **settings})
    return with_start(store, spec)


def begun(store, run):
    return [one for one in read_events(store.run_folder(run) / "events.jsonl")[1] if one["kind"] == "begun"]


def test_the_recipe_holds_the_run_and_the_hash_of_its_vectors(store, brought):
    spec = begin(store, brought)
    assert spec.settings.begin_from == brought
    assert spec.settings.begin_sha256 == store.run(brought).result.vectors_sha256
    assert len(spec.settings.begin_sha256) == 64
    run = store.create_run(spec)
    assert read_spec(store.run_folder(run)).settings == spec.settings
    assert begin(store, "", begin_sha256="0" * 64).settings.begin_sha256 == ""


def test_frozen_vectors_are_there_to_the_bit_and_the_run_says_how_many_there_were(store, brought, vectors):
    run = store.create_run(begin(store, brought, params={"frozen": "always"}))
    assert train_run(store, run) == 0
    space = store.space(run)
    assert space.vectors[[3, 7]].tobytes() == vectors[[0, 2]].tobytes()
    [event] = begun(store, run)
    assert (event["found"], event["words"], event["run"]) == (2, WORDS, brought)
    assert sentence(event) == (
        f"2 of {WORDS} words begin from vectors learned before; {WORDS - 2} begin as usual, such as w0, w1, w2, w4, w5."
    )


def test_the_vectors_of_a_finished_run_are_gone_on_with(store):
    first = create(store, {"epochs": 40, "learning_rate": 0.1})
    train_run(store, first)
    again, fresh = (store.create_run(begin(store, run, params={"epochs": 1})) for run in (first, ""))
    train_run(store, again)
    train_run(store, fresh)
    assert store.run(again).result.held_out_loss < store.run(fresh).result.held_out_loss
    assert sentence(begun(store, again)[0]) == f"{WORDS} of {WORDS} words begin from vectors learned before."
    assert begun(store, fresh) == []
    assert {view.id for view in beginnings(store)} == {again, fresh, first}
    assert dimensions_of(store.run(first)) == 16


def test_fasttext_goes_on_with_its_own_rows(store):
    first = store.create_run(begin(store, "", "fasttext", {"dimensions": 16, "epochs": 5}))
    train_run(store, first)
    again = store.create_run(begin(store, first, "fasttext", {"dimensions": 16, "epochs": 1, "learning_rate": 1e-6}))
    assert train_run(store, again) == 0
    earlier, later = (store.space(run).encoder for run in (first, again))
    assert len(earlier.known) > 10
    np.testing.assert_array_equal(later.known, earlier.known)
    np.testing.assert_allclose(later.rows[0:1000], earlier.rows[0:1000], atol=1e-4)


def test_the_newest_is_offered_first(store, vectors, monkeypatch):
    # Made in another order than that of their times; two of them are of one second.
    moments = [datetime(2026, 3, 1, 13, 0, 0, second, UTC) for second in (700, 200)]
    moments = [moments[0], datetime(2026, 2, 28, 23, tzinfo=UTC), moments[1], datetime(2026, 3, 1, 14, tzinfo=UTC)]
    for moment in moments:
        clock = SimpleNamespace(now=lambda zone, moment=moment: moment)
        monkeypatch.setattr("core.runs.paths.datetime", clock)
        store.add_space(EmbeddingSpace(KEYS, vectors), str(moment))
    create(store)  # it has no vectors yet
    assert [view.name for view in beginnings(store)] == [str(moment) for moment in sorted(moments, reverse=True)]


def test_vectors_that_have_read_what_is_held_out_are_said_to_flatter(store, brought):
    first = create(store, {"epochs": 1})
    train_run(store, first)
    kept = store.run(first).spec.settings
    same = {"seed": kept.seed, "held_out": kept.held_out}
    said = f"With seed {kept.seed} and held_out {kept.held_out:g}, as those had, they do not."
    for change, told in (({}, False), ({"seed": kept.seed + 1}, True), ({"held_out": 0.2}, True)):
        spec = begin(store, first, params={"epochs": 1}, **{**same, **change})
        assert read_before(store, spec).endswith(said) == told
        assert bool(read_before(store, spec)) == told
        run = store.create_run(spec)
        assert train_run(store, run) == 0
        warned = [one for one in read_events(store.run_folder(run) / "events.jsonl")[1] if one["kind"] == "warning"]
        assert [sentence(one).endswith(said) for one in warned] == [True] * told
    # Nothing held out is not flattered; of what was brought along nobody knows what it has read.
    assert read_before(store, begin(store, first, seed=99, held_out=0.0)) == ""
    assert read_before(store, begin(store, brought, seed=99)) == ""
    assert read_before(store, begin(store, "")) == ""


def test_a_resume_needs_the_vectors_no_more(store, brought):
    straight, broken = (store.create_run(begin(store, brought, params={"epochs": 20})) for _ in range(2))
    train_run(store, straight)
    train_run(store, broken, asked=stop_after(6))
    assert store.run(broken).state == "stopped"
    store.delete(brought)
    store.resume(broken)
    train_run(store, broken)
    hashes = [store.run(run).result.vectors_sha256 for run in (straight, broken)]
    assert hashes[0] == hashes[1]


@pytest.mark.parametrize(
    ("architecture", "params", "sentence"),
    [
        ("skipgram", {"dimensions": 20}, r"have 16 dimensions and dimensions is 20; set dimensions to 16\."),
        ("lsa", {}, r"LSA cannot begin from vectors; leave begin_from empty, or train one of .*Skip-gram.*\."),
    ],
)
def test_what_cannot_begin_from_them_says_so(store, brought, architecture, params, sentence):
    with pytest.raises(SettingsError, match=sentence):
        begin(store, brought, architecture, params)


def test_a_run_that_is_gone_or_has_no_vectors_is_one_sentence(store, brought):
    spec = begin(store, brought)
    waiting = create(store)
    with pytest.raises(RunError, match="has no vectors to begin from: it is queued; choose another"):
        begin(store, waiting)
    run = store.create_run(spec)
    store.delete(brought)
    with pytest.raises(RunError, match="is not in the store; undo its deletion, or choose"):
        begin(store, brought)
    assert train_run(store, run) != 0
    assert "is not in the store; undo its deletion" in store.run(run).reason


def test_other_vectors_than_those_of_the_recipe_are_refused(store, brought, vectors):
    other = store.add_space(EmbeddingSpace(KEYS, vectors + 1), "another")
    spec = begin(store, brought)
    settings = spec.settings.model_copy(update={"begin_from": other})
    wrong = make_spec("skipgram", spec.params.model_dump(), settings)
    with pytest.raises(RunError, match="are not those that this recipe was made with"):
        start_of(store, wrong, ["w3"])
    path = store.run_folder(brought) / "vectors.safetensors"
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)
    with pytest.raises(RunError, match="damaged"):
        start_of(store, spec, ["w3"])


def test_an_older_recipe_without_a_beginning_is_read(store):
    run = create(store)
    path = store.run_folder(run) / "spec.json"
    value = json.loads(path.read_text())
    for name in ("begin_from", "begin_sha256"):
        del value["settings"][name]
    path.write_text(json.dumps(value))
    assert store.run(run).spec.settings.begin_from == ""
