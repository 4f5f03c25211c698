"""A run as one zip: what goes out comes in, and what a stranger has made does no harm."""

import dataclasses
import hashlib
import io
import json
import zipfile

import numpy as np
import pytest

from core.data.build import add_corpus
from core.data.cleaner import CLEANING_STEPS
from core.data.options import CorpusOptions
from core.errors import FormatError, RunError
from core.explore.evidence import concordance
from core.runs.archive import CONTENTS, export_run, import_run, is_run_archive
from core.runs.records import Attempt, attempt_path
from core.runs.spec import make_spec, read_spec
from core.runs.store import Store
from core.space import EmbeddingSpace
from tests.core.data.tiny_steps import register


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "home")
    (store.workspace() / "corpora" / "small").mkdir()
    (store.workspace() / "corpora" / "small" / "meta.json").write_text('{"name": "Small"}')
    return store


@pytest.fixture
def run(store):
    vectors = np.random.default_rng(1).normal(size=(9, 4)).astype(np.float32)
    run = store.add_space(EmbeddingSpace([f"w{i}" for i in range(9)], vectors), "Nine", corpus="small")
    folder = store.run_folder(run)
    Attempt(number=1, pid=1, process_start="7", boot="b", host="secret-host").save(attempt_path(folder, 1))
    (folder / "metrics.jsonl").write_text('{"attempt": 1, "from_block": 0}\n')
    (folder / "checkpoints").mkdir()
    (folder / "log.txt").write_text("secret-host")
    store.rename(run, "Nine words", notes="why")
    return run


@pytest.fixture
def packed(store, run, tmp_path):
    path = tmp_path / "run.zip"
    export_run(store, run, path)
    return path


def repack(packed, target, change):
    """Write the archive anew; `change` is given the files by name and their stated sizes and hashes."""
    with zipfile.ZipFile(packed) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    head = json.loads(files.pop(CONTENTS))
    change(files, head)
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr(CONTENTS, json.dumps(head))
    return target


def state(files, head, name, data):
    files[name] = data
    head["files"][name] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def test_out_and_in(store, run, packed, tmp_path):
    assert is_run_archive(packed)
    other = Store(tmp_path / "other")
    found = import_run(other, packed)
    assert found != run
    view = other.run(found)
    assert (view.state, view.name, view.notes) == ("finished", "Nine words", "why")
    assert np.array_equal(other.space(found).vectors, store.space(run).vectors)
    again = import_run(store, packed, name="copy")
    assert store.run(again).name == "copy"
    assert len(store.runs()) == 2


def test_the_same_run_gives_the_same_bytes(store, run, packed, tmp_path):
    export_run(store, run, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == packed.read_bytes()


def test_machine_log_and_text_stay_at_home(packed):
    with zipfile.ZipFile(packed) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
        assert sorted(archive.namelist()) == sorted(
            [
                CONTENTS,
                "attempts/001.json",
                "corpus/meta.json",
                "label.json",
                "metrics.jsonl",
                "result-001.json",
                "spec.json",
                "vectors.safetensors",
            ]
        )
    assert b"secret-host" not in everything


def test_a_run_at_work_or_without_vectors_is_not_exported(store, tmp_path):
    run = store.create_run(make_spec("skipgram", {}, {"corpus": "small"}))
    with pytest.raises(RunError, match="queued"):
        export_run(store, run, tmp_path / "x.zip")
    store.stop(run)
    with pytest.raises(RunError, match="no vectors"):
        export_run(store, run, tmp_path / "x.zip")
    assert not (tmp_path / "x.zip").exists()


def evil_name(name):
    return lambda files, head: state(files, head, name, b"x")


def bad_spec(files, head):
    value = json.loads(files["spec.json"])
    value["architecture"], value["params"] = "skipgram", {"epochs": -1}
    state(files, head, "spec.json", json.dumps(value).encode())


def other_result(files, head):
    value = json.loads(files["result-001.json"])
    value["attempt"] = 7
    state(files, head, "result-001.json", json.dumps(value).encode())


def nan_vectors(files, head):
    data = bytearray(files["vectors.safetensors"])
    data[-200:] = b"\xff" * 200
    state(files, head, "vectors.safetensors", bytes(data))


BAD = {
    "slip": (evil_name("../evil"), "not part of"),
    "absolute": (evil_name("/evil"), "not part of"),
    "backslash": (evil_name("attempts\\..\\evil"), "not part of"),
    "lock": (evil_name("lock"), "not part of"),
    "stop": (evil_name("stop"), "not part of"),
    "checkpoint": (evil_name("checkpoints/001-000000000001/state.json"), "not part of"),
    "newline": (evil_name("spec.json\n"), "not part of"),
    "unlisted": (lambda files, head: files.update({"events.jsonl": b"{}\n"}), "not part of"),
    "missing": (lambda files, head: files.pop("metrics.jsonl"), "lacks metrics"),
    "no spec": (lambda files, head: (files.pop("spec.json"), head["files"].pop("spec.json")), "lacks spec"),
    "changed": (lambda files, head: files.update({"metrics.jsonl": b'{"attempt": 2, "from_block": 0}\n'}), "states"),
    "longer": (lambda files, head: files.update({"label.json": files["label.json"] + b" "}), "states"),
    "huge": (lambda files, head: head["files"]["label.json"].update(size=10**13), "GB"),
    "negative": (lambda files, head: head["files"]["label.json"].update(size=-1), "damaged"),
    "newer": (lambda files, head: head.update(format=2), "newer"),
    "no files": (lambda files, head: head.pop("files"), "damaged"),
    "bad spec": (bad_spec, "epochs must be"),
    "other result": (other_result, "another attempt"),
    "nan": (nan_vectors, "damaged"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_strangers_zip_is_refused_and_leaves_nothing(store, run, packed, tmp_path, case):
    change, says = BAD[case]
    bad = repack(packed, tmp_path / "bad.zip", change)
    before = sorted(path for path in tmp_path.rglob("*") if path != bad)
    with pytest.raises(FormatError, match=says):
        import_run(store, bad)
    assert sorted(path for path in tmp_path.rglob("*") if path != bad) == before


def test_links_doubles_and_bombs_are_refused(store, packed, tmp_path):
    with zipfile.ZipFile(packed) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for case in ("link", "twice", "many", "bomb"):
        path = tmp_path / f"{case}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                info = zipfile.ZipInfo(name)
                info.compress_type = zipfile.ZIP_DEFLATED
                if case == "link" and name == "label.json":
                    info.external_attr = 0o120777 << 16
                archive.writestr(info, bytes(30_000_000) if case == "bomb" and name == "label.json" else data)
            if case == "twice":
                with pytest.warns(UserWarning, match="Duplicate"):
                    archive.writestr("label.json", b"{}")
            for number in range(2001 if case == "many" else 0):
                archive.writestr(f"frames/{number:04d}.safetensors", b"")
        with pytest.raises(FormatError):
            import_run(store, path)


@pytest.mark.parametrize("cut", [0, 1, 100, -1, -30])
def test_a_cut_zip_is_refused(store, packed, tmp_path, cut):
    (tmp_path / "cut.zip").write_bytes(packed.read_bytes()[:cut])
    with pytest.raises(FormatError):
        import_run(store, tmp_path / "cut.zip")
    with pytest.raises(FormatError, match="no file"):
        import_run(store, tmp_path / "absent.zip")


def test_another_zip_is_not_a_run(store, tmp_path):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("readme.txt", "x")
    (tmp_path / "x.zip").write_bytes(data.getvalue())
    assert not is_run_archive(tmp_path / "x.zip")
    assert not is_run_archive(tmp_path / "absent.zip")
    with pytest.raises(FormatError, match="not an exported run"):
        import_run(store, tmp_path / "x.zip")


def test_a_flipped_byte_anywhere_is_noticed_or_harmless(store, packed, tmp_path):
    data = packed.read_bytes()
    for place in np.random.default_rng(1).integers(0, len(data), 40):
        bad = bytearray(data)
        bad[place] ^= 0x10
        (tmp_path / "bad.zip").write_bytes(bad)
        try:
            run = import_run(store, tmp_path / "bad.zip")
        except FormatError:
            continue
        assert store.space(run).keys == [f"w{i}" for i in range(9)]


@pytest.fixture
def with_corpus(store, tmp_path):
    """A run on a real corpus, packed with its text."""
    text = tmp_path / "text.txt"
    text.write_text("a rose is a rose\n\nis a rose\n")
    folder = store.workspace() / "corpora"
    corpus = add_corpus(text, folder, CorpusOptions(), "Roses").id
    vectors = np.eye(3, 4, dtype=np.float32)
    run = store.add_space(EmbeddingSpace(["a", "rose", "is"], vectors), "Roses", corpus=corpus)
    export_run(store, run, tmp_path / "roses.zip", text=True)
    return tmp_path / "roses.zip"


def test_the_corpus_goes_along_where_it_is_asked_for(store, with_corpus, tmp_path):
    other = Store(tmp_path / "other")
    run = import_run(other, with_corpus)
    view = other.run(run)
    corpus = other.corpus(view.corpus)
    assert view.corpus.startswith("in-")
    assert [one.id for one in other.corpora()] == [view.corpus]
    assert (corpus.name, corpus.tokens_total, corpus.types, corpus.documents) == ("Roses", 8, 3, 2)
    assert [corpus.line(i) for i in range(3)] == ["a rose is a rose", "", "is a rose"]
    assert corpus.training_data(1).words == ["a", "rose", "is"]
    again = import_run(other, with_corpus)
    assert other.run(again).corpus == view.corpus
    assert len(other.corpora()) == 1
    known = import_run(store, with_corpus)
    assert store.run(known).corpus != view.corpus
    assert not (store.run_folder(known) / "corpus").exists()


def number(name, index, value, kind):
    def change(files, head):
        array = np.frombuffer(files[f"corpus/{name}"], kind).copy()
        array[index] = value
        state(files, head, f"corpus/{name}", array.tobytes())

    return change


def leave_out(name):
    return lambda files, head: (files.pop(f"corpus/{name}"), head["files"].pop(f"corpus/{name}"))


BAD_CORPORA = {
    "token": (number("tokens.bin", 3, 2**31, np.uint32), "words that it does not have"),
    "other token": (number("tokens.bin", 3, 2, np.uint32), "counted wrongly"),
    "offset beyond": (number("offsets.bin", 1, 10**12, np.int64), "follow one another"),
    "offset before": (number("offsets.bin", 0, -4, np.int64), "follow one another"),
    "offset back": (number("offsets.bin", 2, 1, np.int64), "follow one another"),
    "text offset": (number("text_offsets.bin", 1, 10**12, np.int64), "text does not fit"),
    "short array": (lambda files, head: state(files, head, "corpus/offsets.bin", b"123"), "wrong size"),
    "empty array": (lambda files, head: state(files, head, "corpus/tokens.bin", b""), "wrong size"),
    "no list": (lambda files, head: state(files, head, "corpus/vocabulary.json", b'{"a": 1}'), "vocabulary"),
    "doubles": (lambda files, head: state(files, head, "corpus/vocabulary.json", b'["a", "a", "b"]'), "vocabulary"),
    "deep": (lambda files, head: state(files, head, "corpus/vocabulary.json", b"[" * 99999), "vocabulary"),
    "no counts": (leave_out("counts.bin"), "lacks counts.bin"),
}


@pytest.mark.parametrize("case", BAD_CORPORA)
def test_a_strangers_corpus_is_checked_number_by_number(with_corpus, tmp_path, case):
    change, says = BAD_CORPORA[case]
    bad = repack(with_corpus, tmp_path / "bad.zip", change)
    other = Store(tmp_path / "other")
    with pytest.raises(FormatError, match=says):
        import_run(other, bad)
    assert other.runs() == []
    assert other.corpora() == []


def test_a_corpus_may_come_without_its_text_and_with_a_mad_description(with_corpus, tmp_path):
    def change(files, head):
        leave_out("text.txt")(files, head)
        state(files, head, "corpus/meta.json", b'{"id": "../x", "name": 3, "options": {"column": [1]}, "files": 7}')

    other = Store(tmp_path / "other")
    run = import_run(other, repack(with_corpus, tmp_path / "bad.zip", change))
    corpus = other.corpus(other.run(run).corpus)
    assert not corpus.has_text
    assert (corpus.name, corpus.tokens_total) == ("3", 8)


@pytest.fixture
def cleaned(store, tmp_path, monkeypatch):
    """A run on a corpus that every kind of step has worked on, packed with its text."""
    register(monkeypatch)
    text = tmp_path / "text.txt"
    text.write_text("A rose. The rose garden.\nA rose.\nrose garden\n")
    options = CorpusOptions(steps=("t_sentences", "t_once", "t_stop", "t_often"), tokenizer="t_halves")
    corpus = add_corpus(text, store.workspace() / "corpora", options, "Roses")
    run = store.add_space(EmbeddingSpace(corpus.words, np.eye(3, dtype=np.float32)), "Roses", corpus=corpus.id)
    export_run(store, run, tmp_path / "roses.zip", text=True)
    return tmp_path / "roses.zip"


def test_what_cleaning_did_goes_along(cleaned, tmp_path):
    other = Store(tmp_path / "other")
    corpus = other.corpus(other.run(import_run(other, cleaned)).corpus)
    # rose | rose_gar ##den | (left out) | rose_gar ##den
    assert corpus.words == ["##den", "rose_gar", "rose"]
    assert [corpus.left_out(i) for i in range(4)] == [False, False, True, False]
    assert [corpus.origin(i)[2] for i in range(4)] == [1, 1, 2, 3]
    assert corpus.normal("the Rose garden") == ("rose_gar", "##den")
    assert (corpus.card.left_out, corpus.card.lines) == (1, 4)
    found = concordance(corpus, "rose_gar")
    assert [line.text[first:last] for line in found.lines for first, last in line.spans] == ["rose gar", "rose gar"]


BAD_CLEANING = {
    "row before": (number("rows.bin", 0, 1, np.uint32), "documents do not follow"),
    "row skipped": (number("rows.bin", 3, 3, np.uint32), "documents do not follow"),
    "row back": (number("rows.bin", 2, 0, np.uint32), "documents do not follow"),
    "short rows": (lambda files, head: state(files, head, "corpus/rows.bin", b"1234"), "wrong size"),
    "long flags": (lambda files, head: state(files, head, "corpus/left_out.bin", b"\0" * 9), "wrong size"),
    "odd flag": (number("left_out.bin", 1, 7, np.uint8), "left out"),
    "no state": (lambda files, head: state(files, head, "corpus/tokenizer.json", b"[1]"), "how it cuts words"),
    "deep state": (lambda files, head: state(files, head, "corpus/tokenizer.json", b"[" * 99999), "how it cuts words"),
    "no phrases": (lambda files, head: state(files, head, "corpus/phrases.json", b'[[["a", "b"]]]'), "how it cuts"),
    "odd phrases": (lambda files, head: state(files, head, "corpus/phrases.json", b'[[["a", "b", 7]]]'), "how it cuts"),
    "lists": (lambda files, head: state(files, head, "corpus/phrases.json", b'[[[["a"], "b", "c"]]]'), "how it cuts"),
    "labels": (lambda files, head: state(files, head, "corpus/labels.bin", b"1234"), "labels"),
}


@pytest.mark.parametrize("case", BAD_CLEANING)
def test_what_a_strangers_cleaning_did_is_checked(cleaned, tmp_path, case):
    change, says = BAD_CLEANING[case]
    other = Store(tmp_path / "other")
    with pytest.raises(FormatError, match=says):
        import_run(other, repack(cleaned, tmp_path / "bad.zip", change))
    assert other.corpora() == []


def test_steps_that_this_version_does_not_know_are_forgotten(cleaned, tmp_path, monkeypatch):
    monkeypatch.delitem(CLEANING_STEPS._units, "t_often")
    other = Store(tmp_path / "other")
    corpus = other.corpus(other.run(import_run(other, cleaned)).corpus)
    assert corpus.meta["options"] == CorpusOptions().model_dump(mode="json")
    assert corpus.normal("Rose garden") == ("rose", "garden")
    # What is not certain any more is not marked.
    assert [line.spans for line in concordance(corpus, "##den").lines] == [(), ()]


def test_a_run_of_a_study_comes_in_as_a_run_of_its_own(store, tmp_path):
    run = store.add_space(EmbeddingSpace(["a", "b"], np.eye(2, dtype=np.float32)), "Two")
    spec = dataclasses.replace(read_spec(store.run_folder(run)), study="20260101-000000-aaaaaa", number=3)
    spec.write(store.run_folder(run))
    assert store.run(run).study == "20260101-000000-aaaaaa"
    export_run(store, run, tmp_path / "one.zip")
    again = store.run(import_run(store, tmp_path / "one.zip"))
    assert (again.state, again.study, again.spec.number, again.name) == ("finished", "", 0, "Two")
