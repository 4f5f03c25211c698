"""One attempt at a training in this process: same bytes, stop, resume, divergence, full disk."""

import dataclasses
import errno
import json
import re

import numpy as np
import pytest

from core.data.training_data import TrainingData
from core.errors import RunError
from core.runs import saving, training
from core.runs.checkpoints import newest_good
from core.runs.events import read_events, sentence
from core.runs.frames import MAX_FRAMES, frame_words
from core.runs.records import Result
from core.runs.spec import make_spec
from core.runs.store import Store
from core.runs.trainer import train_run

WORDS = 60


class SmallCorpus:
    """Three hundred lines in which word i stands beside word i ± 1, held in memory."""

    def __init__(self, corpus="small"):
        rng = np.random.default_rng(3)
        starts = rng.integers(0, WORDS, 300)
        lines = [(start + rng.integers(0, 4, 12)) % WORDS for start in starts]
        self.id = corpus
        self.tokens = np.concatenate(lines).astype(np.uint32)
        self.tokens_total = len(self.tokens)

    def training_data(self, min_count, max_vocabulary, held_out, seed):
        kept = np.zeros(300, bool)
        kept[:3] = held_out > 0
        counts = np.bincount(self.tokens, minlength=WORDS).astype(np.int64)
        offsets = np.arange(0, len(self.tokens) + 1, 12, dtype=np.int64)
        return TrainingData(self.id, self.tokens, offsets, kept, [f"w{i}" for i in range(WORDS)], counts)


@pytest.fixture
def store(tmp_path, monkeypatch):
    store = Store(tmp_path)
    (store.workspace() / "corpora" / "small").mkdir()
    (store.workspace() / "corpora" / "small" / "meta.json").write_text("{}")
    monkeypatch.setattr(Store, "corpus", lambda self, corpus, workspace="local": SmallCorpus(corpus))
    monkeypatch.setenv("SEMASCOPE_CHECKPOINT_SECONDS", "0")
    return store


def create(store, params=None, **settings):
    values = {"dimensions": 16, "epochs": 20, "subsample": 1.0, **(params or {})}
    return store.create_run(make_spec("skipgram", values, {"corpus": "small", "min_count": 1, **settings}))


def stop_after(count):
    calls = iter(range(10_000))
    return lambda: next(calls) >= count


def test_a_run_leaves_vectors_curve_frames_and_a_result(store):
    run = create(store, watched=["w1", "absent"])
    assert train_run(store, run) == 0
    view = store.run(run)
    assert (view.state, view.reason, view.attempt) == ("finished", "", 1)
    result = view.result
    assert (result.fraction, result.tokens, result.vocabulary, result.threads) == (1.0, 3600, WORDS, 1)
    assert result.memory > 10_000_000
    assert 0 < result.loss < 6 * np.log(2)
    assert 0 < result.held_out_loss < 6 * np.log(2)
    assert 0 < result.seconds.train < result.seconds.total
    _, rows = store.metrics(run)
    assert rows[-1]["fraction"] == 1
    assert rows[-1]["loss"] == result.loss
    assert [row["block"] for row in rows] == sorted({row["block"] for row in rows})
    space = store.space(run)
    assert len(space) == WORDS
    assert space.metadata["run"] == run
    frames = store.frames(run)
    words, ranks = frame_words(view.folder)
    assert words == space.keys
    assert ranks == list(range(WORDS))
    assert 1 <= len(frames) <= MAX_FRAMES
    assert frames[-1].fraction == 1
    assert frames[-1].positions().shape == (WORDS, 2)
    assert np.allclose(frames[-1].vectors(), space.vectors, atol=2e-3)
    _, events = read_events(view.folder / "events.jsonl")
    phases = [event["phase"] for event in events if event["kind"] == "phase"]
    assert phases == ["reading", "compiling", "training", "saving"]
    last = [event for event in events if event["kind"] == "frame"][-1]
    unit = space.unit
    order = np.argsort(-(unit @ unit[1]), kind="stable")
    assert [word for word, _ in last["neighbours"]["w1"]] == [space.keys[i] for i in order[1:6]]
    assert any("absent" in sentence(event) for event in events)


def test_a_finished_run_is_left_alone(store):
    run = create(store)
    train_run(store, run)
    before = (store.run_folder(run) / "metrics.jsonl").read_bytes()
    assert train_run(store, run) == 0
    assert (store.run_folder(run) / "metrics.jsonl").read_bytes() == before


def test_stopped_and_resumed_gives_the_bytes_of_a_straight_run(store):
    straight, broken = create(store), create(store)
    train_run(store, straight)
    train_run(store, broken, asked=stop_after(4))
    view = store.run(broken)
    assert (view.state, view.can_resume) == ("stopped", True)
    assert "stopped at" in view.reason
    assert 0 < view.result.fraction < 1
    assert not np.array_equal(store.space(broken).vectors, store.space(straight).vectors)
    store.resume(broken)
    train_run(store, broken)
    ends = [store.run(run) for run in (straight, broken)]
    assert ends[1].state == "finished"
    assert ends[1].attempt == 2
    assert ends[0].result.vectors_sha256 == ends[1].result.vectors_sha256
    assert ends[0].result.examples == ends[1].result.examples
    _, rows = store.metrics(broken)
    assert {row["attempt"] for row in rows} == {1, 2}
    assert [row["block"] for row in rows] == sorted({row["block"] for row in rows})
    assert [row["seconds"] for row in rows] == sorted(row["seconds"] for row in rows)
    numbers = [frame.block for frame in store.frames(broken)]
    assert numbers == sorted(set(numbers))


def test_resume_from_the_checkpoint_before_a_damaged_one(store):
    straight, broken = create(store), create(store)
    train_run(store, straight)
    train_run(store, broken, asked=stop_after(8))
    newest = sorted((store.run_folder(broken) / "checkpoints").iterdir())[-1]
    data = bytearray((newest / "model.safetensors").read_bytes())
    data[-5] ^= 1
    (newest / "model.safetensors").write_bytes(data)
    store.resume(broken)
    train_run(store, broken)
    view = store.run(broken)
    assert view.state == "finished", view.reason
    assert view.result.vectors_sha256 == store.run(straight).result.vectors_sha256
    _, events = read_events(view.folder / "events.jsonl")
    assert any("passed over" in sentence(event) for event in events)


def test_resume_without_a_good_checkpoint_is_refused(store):
    run = create(store)
    train_run(store, run, asked=stop_after(4))
    for path in (store.run_folder(run) / "checkpoints").iterdir():
        (path / "MANIFEST.json").unlink()
    store.resume(run)
    assert train_run(store, run) == 1
    view = store.run(run)
    assert view.state == "failed"
    assert "no checkpoint is whole" in view.reason
    assert store.metrics(run)[1]


def test_a_changed_corpus_or_recipe_is_refused(store, monkeypatch):
    run, other = create(store), create(store)
    for one in (run, other):
        train_run(store, one, asked=stop_after(4))
        store.resume(one)
    changed = SmallCorpus()
    changed.tokens[7] += 1
    with monkeypatch.context() as patch:
        patch.setattr(Store, "corpus", lambda self, corpus, workspace="local": changed)
        train_run(store, run)
    assert "the corpus has changed" in store.run(run).reason
    path = store.run_folder(other) / "spec.json"
    value = json.loads(path.read_text())
    value["params"]["epochs"] = 21
    path.write_text(json.dumps(value))
    train_run(store, other)
    assert "the recipe has changed" in store.run(other).reason


def test_the_vectors_of_a_stopped_run_come_from_its_checkpoint_where_its_own_are_damaged(store):
    run = create(store)
    train_run(store, run, asked=stop_after(6))
    whole = store.space(run)
    (store.run_folder(run) / "vectors.safetensors").write_bytes(b"stump")
    space = store.space(run)
    assert np.array_equal(space.vectors, whole.vectors)
    assert "damaged" in space.metadata["note"]


def test_a_rate_of_8_diverges_in_the_first_block_and_leaves_nothing_to_keep(store):
    run = create(store, {"learning_rate": 8.0, "epochs": 200})
    assert train_run(store, run) == 1
    view = store.run(run)
    assert view.state == "failed"
    assert view.reason.startswith("Training diverged at block ")
    assert "with learning_rate 8; try learning_rate 0.025. " in view.reason
    assert view.reason.endswith("before its first good checkpoint, so there is nothing to explore or to resume.")
    assert (view.can_resume, view.has_vectors, (view.folder / "checkpoints").exists()) == (False, False, False)
    with pytest.raises(RunError, match="train again with other settings"):
        store.resume(run)


def test_divergence_later_on_keeps_the_last_good_checkpoint(store, monkeypatch):
    monkeypatch.setattr(saving, "SHARE", 1e9)  # a checkpoint at every second Step, of which there is one a block
    run = create(store, {"learning_rate": 0.42, "negatives": 1, "epochs": 14})
    assert train_run(store, run) == 1
    view = store.run(run)
    assert (view.state, view.can_resume, view.has_vectors) == ("failed", True, True)
    diverged, kept = (int(block) for block in re.findall(r"block (\d+)", view.reason))
    assert kept > 3
    assert diverged - 4 <= kept <= diverged - 3
    assert view.reason.endswith(f"up to block {kept} is kept and can be explored.")
    found = newest_good(view.folder)
    assert found.facts["block"] == kept
    space = store.space(run)
    assert "note" not in space.metadata
    assert np.array_equal(space.vectors, found.arrays["inputs"])
    assert np.abs(space.vectors).max() < 100
    store.resume(run)
    assert store.run(run).state == "queued"
    train_run(store, run)
    _, events = read_events(view.folder / "events.jsonl")
    assert [event["block"] for event in events if event["kind"] == "resumed"] == [kept]


def test_a_full_disk_leaves_the_old_checkpoint_and_fails_after_three_tries(store, monkeypatch):
    run = create(store)
    saves = []
    real = saving.save_checkpoint

    def save(*arguments):
        saves.append(1)
        if len(saves) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*arguments)

    monkeypatch.setattr(saving, "save_checkpoint", save)
    assert train_run(store, run) == 1
    view = store.run(run)
    assert view.state == "failed"
    assert "full" in view.reason
    assert "MB free" in view.reason
    assert len(saves) == 4
    assert view.can_resume
    assert np.isfinite(store.space(run).vectors).all()
    monkeypatch.setattr(saving, "save_checkpoint", real)
    store.resume(run)
    assert train_run(store, run) == 0


def test_one_failed_save_is_made_good(store, monkeypatch):
    run = create(store)
    real, calls = saving.save_checkpoint, iter(range(1000))

    def save(*arguments):
        if next(calls) == 0:
            raise OSError(errno.EIO, "broken")
        return real(*arguments)

    monkeypatch.setattr(saving, "save_checkpoint", save)
    assert train_run(store, run) == 0
    _, events = read_events(store.run_folder(run) / "events.jsonl")
    assert any("could not be saved" in sentence(event) for event in events)


def test_out_of_memory_says_what_is_needed(store, monkeypatch):
    run = create(store)

    def no_memory(*_):
        raise MemoryError

    monkeypatch.setattr(training.Training, "_train", no_memory)
    assert train_run(store, run) == 1
    assert "Out of memory: about" in store.run(run).reason


def test_an_unexpected_error_fails_the_run_without_a_traceback_in_its_reason(store, monkeypatch):
    run = create(store)

    def broken(*_):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(training.Training, "_train", broken)
    assert train_run(store, run) == 1
    reason = store.run(run).reason
    assert "ZeroDivisionError" in reason
    assert "secret" not in reason


def test_a_small_corpus_fails_with_the_kernels_sentence(store):
    run = create(store, {"subsample": 1.0}, held_out=0.5)
    data = SmallCorpus().training_data(1, 10, 0.5, 1)
    everything = dataclasses.replace(data, held_out=np.ones(300, bool))
    SmallCorpus.training_data, real = lambda *_: everything, SmallCorpus.training_data
    try:
        assert train_run(store, run) == 1
    finally:
        SmallCorpus.training_data = real
    assert "too few to learn from" in store.run(run).reason


def test_results_are_json_and_read_back(store, tmp_path):
    run = create(store)
    train_run(store, run)
    path = store.run_folder(run) / "result-001.json"
    assert Result.load(path).model_dump(mode="json") == json.loads(path.read_text())


def test_a_run_that_ends_early_is_finished_and_says_why(store):
    # At this rate it learns the lines by heart and the held-out loss rises.
    params = {"epochs": 60, "learning_rate": 0.3, "early_stopping": 2}
    run = create(store, params)
    assert train_run(store, run) == 0
    view = store.run(run)
    assert view.state == "finished"
    assert re.fullmatch(r"It ended early, after epoch \d+: the held-out loss has not .* for 2 epochs\.", view.reason)
    assert 0 < view.result.fraction < 1
    assert not view.can_resume
    _, rows = store.metrics(run)
    assert rows[-1]["fraction"] == view.result.fraction
    assert len(store.space(run)) == WORDS
    broken = create(store, params)
    train_run(store, broken, asked=stop_after(8))
    store.resume(broken)
    train_run(store, broken)
    assert store.run(broken).reason == view.reason
    assert store.run(broken).result.vectors_sha256 == view.result.vectors_sha256


def test_what_learned_from_labels_tells_how_many_it_gets_right(store, monkeypatch):
    def labelled(self, *cuts):
        data = plain(self, *cuts)
        first = data.tokens[data.offsets[:-1]]
        return dataclasses.replace(data, labels=(first < WORDS // 3).astype(np.int32), label_names=["high", "low"])

    plain = SmallCorpus.training_data
    monkeypatch.setattr(SmallCorpus, "training_data", labelled)
    run = store.create_run(make_spec("supervised", {"epochs": 3}, {"corpus": "small", "min_count": 1}))
    assert train_run(store, run) == 0
    told = store.run(run).result.accuracy
    assert told.documents == 3
    assert told.value in (0, 0.3333, 0.6667, 1)
    labels = [SmallCorpus().tokens[12 * line] < WORDS // 3 for line in range(3)]
    assert told.majority == round(max(sum(labels), 3 - sum(labels)) / 3, 4)
    assert told.sentence.startswith(f"{told.value:.1%} of 3 held-out documents")


def test_labels_that_changed_meanwhile_are_noticed():
    data = SmallCorpus().training_data(1, None, 0, 1)
    labels = np.zeros(300, np.int32)
    one = dataclasses.replace(data, labels=labels, label_names=["a", "b"])
    labels = labels.copy()
    labels[7] = 1
    other = dataclasses.replace(one, labels=labels)
    assert training._fingerprint(one) != training._fingerprint(other)
    assert training._fingerprint(one) == training._fingerprint(dataclasses.replace(one))
