"""Files become runs in a process with limits: what is kept, what is told, and that nothing half made stays."""

import contextlib
import gzip
import io
import os
import struct
import threading
import time
import zipfile
from pathlib import Path

import numpy as np
import psutil
import pytest

from core.__main__ import main
from core.errors import FormatError, RunError, StoreError, UnknownNameError, UnknownWordError
from core.formats.format import FORMATS
from core.neighbours import nearest, similarity
from core.runs import importing
from core.runs.archive import export_run, import_run
from core.runs.importing import Limits, take_in
from core.runs.spaces import ENCODER_FILE, read_encoder
from core.runs.spec import IMPORTED
from core.runs.store import Store
from core.space import EmbeddingSpace

TEXT = b"4 2\nking 1 2\nqueen 3 4\nking 5 6\n"


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "home")


def taken(store, path, data, **options):
    path.write_bytes(data)
    try:
        return take_in(store, path, **options)
    finally:
        # Nothing is left beside the runs.
        assert not [one for one in (store.workspace() / "runs").iterdir() if one.name.startswith(".")]


def test_vectors_become_a_run_that_says_where_they_come_from(store, tmp_path):
    result = taken(store, tmp_path / "my.vectors.txt.gz", gzip.compress(TEXT))
    run = store.run(result.run)
    assert (result.items, result.dimensions) == (2, 2)
    assert (run.state, run.architecture, run.name) == ("finished", IMPORTED, "my.vectors")
    assert run.reason.startswith(
        "Read from my.vectors.txt.gz. The header says 4 words, the file holds 3; all are read."
    )
    assert [one in run.reason for one in result.warnings] == [True, True]
    assert store.space(result.run).vectors.tolist() == [[1, 2], [3, 4]]


def test_a_label_and_a_format(store, tmp_path):
    result = taken(store, tmp_path / "x", b"3 4 5\n6 7 8\n", form="glove", name="of  \u202e mine")
    assert store.run(result.run).name == "of mine"
    with pytest.raises(FormatError, match="no header"):
        taken(store, tmp_path / "x", b"3 4 5\n6 7 8\n", form="word2vec_binary")
    with pytest.raises(UnknownNameError, match="did you mean glove"):
        taken(store, tmp_path / "x", TEXT, form="glov")
    with pytest.raises(FormatError, match="There is no file"):
        take_in(store, tmp_path / "none")
    with pytest.raises(FormatError, match="cannot be read"):
        take_in(store, tmp_path / ("x" * 300))


def test_a_run_as_a_zip_and_a_zip_that_is_none(store, tmp_path):
    run = store.add_space(EmbeddingSpace(["a", "b"], np.eye(2, dtype=np.float32)), "brought")
    export_run(store, run, tmp_path / "run.bin")
    result = take_in(store, tmp_path / "run.bin")
    assert (result.items, result.dimensions, store.run(result.run).name) == (2, 2, "brought")
    with pytest.raises(FormatError, match="not a whole zip"):
        taken(store, tmp_path / "x", TEXT, form="run")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("semascope-run.json", "{}")
    with pytest.raises(FormatError, match="list of contents is damaged"):
        taken(store, tmp_path / "x", file.getvalue())


def test_too_much_memory_is_a_sentence(store, tmp_path):
    if not Path("/proc").exists():
        pytest.skip("only Linux bounds the address space")
    words = 200_000
    data = f"{words} 100\n".encode() + b"".join(b"%d " % i + bytes(400) for i in range(words))
    with pytest.raises(FormatError, match="needs more memory than is allowed"):
        taken(store, tmp_path / "x.bin", data, limits=Limits(memory=-3 * len(data)))
    assert store.runs() == []


def test_too_much_time_is_a_sentence(store, tmp_path):
    path = tmp_path / "x"
    os.mkfifo(path)
    with pytest.raises(FormatError, match="There is no file"):
        take_in(store, path)
    words = b"".join(b"w%d 1 2\n" % i for i in range(1_000_000))
    with pytest.raises(FormatError, match="took longer than allowed"):
        taken(store, path.with_suffix(".txt"), words, limits=Limits(seconds=-1))


def test_a_child_that_is_killed_leaves_nothing(store, tmp_path, monkeypatch):
    path = tmp_path / "x.txt"
    path.write_bytes(b"w 1 2\n" * 3_000_000)

    def kill():
        me = psutil.Process()
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            for child in me.children():
                with contextlib.suppress(psutil.Error):
                    if "core.runs.importing_child" in child.cmdline():
                        time.sleep(0.5)
                        child.kill()
                        return
            time.sleep(0.01)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(FormatError, match="was killed, most likely because memory ran out"):
        take_in(store, path)
    killer.join()
    assert list((store.workspace() / "runs").iterdir()) == []


def test_what_a_killed_child_left_is_swept_away(store, tmp_path, monkeypatch):
    made = []

    class Child(importing.subprocess.Popen):
        def communicate(self, *args, **kwargs):
            left = store.workspace() / "runs" / f".20260101-000000-aaaaaa.{self.pid}-00000000.tmp"
            left.mkdir()
            made.append(left)
            return super().communicate(*args, **kwargs)

    monkeypatch.setattr(importing.subprocess, "Popen", Child)
    taken(store, tmp_path / "x", TEXT)
    assert made
    assert not made[0].exists()


def test_a_store_that_cannot_be_written_is_not_the_files_fault(store, tmp_path):
    (tmp_path / "x").write_bytes(TEXT)
    (store.home / "FORMAT").write_text("99\n")
    with pytest.raises(StoreError, match="newer Semascope"):
        take_in(store, tmp_path / "x")


def fasttext_model(path):
    """A model of three words, two dimensions and seven buckets."""
    words, rows = [b"king", b"queen", b"apple"], np.arange(20, dtype="<f4").reshape(10, 2) / 8 - 1
    data = struct.pack("<14id", 793712314, 12, 2, 5, 5, 1, 5, 1, 2, 2, 7, 3, 4, 100, 1e-4)
    data += struct.pack("<3i2q", 3, 3, 0, 6, -1) + b"".join(word + b"\0" + struct.pack("<qb", 2, 0) for word in words)
    path.write_bytes(data + struct.pack("<b2q", 0, 10, 2) + rows.tobytes() + struct.pack("<b2q", 0, 3, 2) + bytes(24))
    return FORMATS.get("fasttext")().read(path)


def test_subwords_are_kept_with_the_run_and_travel_with_it(store, tmp_path, capsys):
    read = fasttext_model(tmp_path / "m.bin")
    run = take_in(store, tmp_path / "m.bin").run
    space = store.space(run)
    assert space.encoder("kingdom").tolist() == read.encoder("kingdom").tolist()
    assert len(nearest(space, "kingdom", 2)) == 2
    assert similarity(space, "kingdom", "king") == pytest.approx(
        float(read.encoder("kingdom") @ space.vectors[0])
        / float(np.linalg.norm(read.encoder("kingdom")) * np.linalg.norm(space.vectors[0])),
        abs=1e-6,
    )
    with pytest.raises(UnknownWordError):
        nearest(space, "", 2)
    assert main(["neighbours", run, "kingdom", "--home", str(store.home), "--json"]) == 0
    assert "queen" in capsys.readouterr().out
    export_run(store, run, tmp_path / "run.zip")
    other = Store(tmp_path / "other")
    again = other.space(import_run(other, tmp_path / "run.zip"))
    assert again.encoder("kingdom").tolist() == read.encoder("kingdom").tolist()
    # A copy of a run that lies in the store is kept too.
    copy = other.space(other.add_space(again, "copy"))
    assert copy.encoder("kingdom").tolist() == read.encoder("kingdom").tolist()


def test_damaged_subwords_are_said(store, tmp_path):
    fasttext_model(tmp_path / "m.bin")
    run = take_in(store, tmp_path / "m.bin").run
    path = store.run(run).folder / ENCODER_FILE
    data = path.read_bytes()
    for broken in (data[:-1], data[:50], b"", data.replace(b"ngrams", b"ngrims"), data.replace(b'"F32"', b'"I32"')):
        path.write_bytes(broken)
        with pytest.raises(RunError, match="damaged"):
            read_encoder(path, 2)
        # The vectors of the vocabulary are whole.
        space = store.space(run)
        assert (len(space), space.encoder) == (3, None)
        assert "damaged" in space.metadata["note"]
    path.unlink()
    assert store.space(run).encoder is None
