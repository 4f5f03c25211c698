"""Files come whole or not at all, whichever system call fails or whenever the process dies."""

import contextlib
import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import StoreError
from core.files import append_line, atomic_write, building_folder, commit_folder, explain_write_error, write_json

CALLS = ("open", "fsync", "replace", "rename", "mkdir")


class FailAt:
    """Makes the n-th call of the os functions named above fail."""

    def __init__(self, monkeypatch, number: int, error: BaseException):
        self.left = number
        for name in CALLS:
            monkeypatch.setattr(os, name, self.wrap(getattr(os, name), error))

    def wrap(self, function, error):
        def call(*args, **kwargs):
            self.left -= 1
            if self.left == 0:
                raise error
            return function(*args, **kwargs)

        return call


def test_atomic_write_replaces_and_is_private(tmp_path):
    path = tmp_path / "label.json"
    atomic_write(path, "one")
    atomic_write(path, b"two")
    assert path.read_bytes() == b"two"
    assert [found.name for found in tmp_path.iterdir()] == ["label.json"]
    if os.name != "nt":
        assert path.stat().st_mode & 0o777 == 0o600


def test_write_json_refuses_what_json_cannot_say(tmp_path):
    write_json(tmp_path / "a.json", {"wörd": [1, 2.5, None]})
    assert json.loads((tmp_path / "a.json").read_text("utf-8")) == {"wörd": [1, 2.5, None]}
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "a.json", float("nan"))
    assert json.loads((tmp_path / "a.json").read_text("utf-8")) == {"wörd": [1, 2.5, None]}


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_atomic_write_leaves_old_or_new_at_every_failing_call(tmp_path, error):
    path = tmp_path / "state.json"
    for number in range(1, 20):
        atomic_write(path, "old")
        with pytest.MonkeyPatch.context() as patch:
            fail = FailAt(patch, number, error)
            with contextlib.suppress(OSError, KeyboardInterrupt):
                atomic_write(path, "new")
        assert path.read_text() in ("old", "new")
        assert [found.name for found in tmp_path.iterdir()] == ["state.json"]
        if fail.left > 0:
            assert path.read_text() == "new"
            return
    pytest.fail("atomic_write makes more calls than expected")


def test_building_folder_commits_whole_or_not_at_all(tmp_path):
    target = tmp_path / "store" / "corpus"
    for number in range(1, 40):
        done = False
        with pytest.MonkeyPatch.context() as patch:
            fail = FailAt(patch, number, OSError(errno.EIO, "input/output error"))
            try:
                with building_folder(target) as folder:
                    (folder / "deep").mkdir()
                    (folder / "deep" / "a.bin").write_bytes(b"a")
                    (folder / "b.bin").write_bytes(b"b")
                done = True
            except OSError:
                pass
        if target.exists():
            assert (target / "deep" / "a.bin").read_bytes() == b"a"
            assert (target / "b.bin").read_bytes() == b"b"
        assert [found.name for found in tmp_path.glob("store/*")] in ([], ["corpus"])
        if done:
            assert fail.left > 0
            return
        if target.exists():  # only the last fsync of the parent came after the rename
            (target / "deep" / "a.bin").unlink()
            (target / "deep").rmdir()
            (target / "b.bin").unlink()
            target.rmdir()
    pytest.fail("building a folder makes more calls than expected")


def test_building_folder_never_replaces(tmp_path):
    target = tmp_path / "corpus"
    target.mkdir()
    with pytest.raises(FileExistsError), building_folder(target) as folder:
        (folder / "a").write_bytes(b"a")
    assert [found.name for found in tmp_path.iterdir()] == ["corpus"]
    assert not list(target.iterdir())


def test_commit_folder(tmp_path):
    source = tmp_path / "x.tmp"
    source.mkdir()
    (source / "a").write_bytes(b"a")
    commit_folder(source, tmp_path / "x")
    assert (tmp_path / "x" / "a").read_bytes() == b"a"
    assert not source.exists()


def test_append_line(tmp_path):
    log = tmp_path / "metrics.jsonl"
    append_line(log, "one")
    append_line(log, "zwölf")
    assert log.read_text("utf-8") == "one\nzwölf\n"
    with pytest.raises(ValueError, match="line end"):
        append_line(log, "a\nb")


def test_append_line_to_a_full_disk_says_so(tmp_path, monkeypatch):
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:2]))
    with pytest.raises(OSError, match="full"):
        append_line(tmp_path / "metrics.jsonl", "long line")


KILLED = """
import sys
from pathlib import Path
from core.files import atomic_write
path = Path(sys.argv[1])
print("ready", flush=True)
while True:
    for letter in "ab":
        atomic_write(path, letter * 300_000)
"""


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is POSIX")
def test_killed_writer_leaves_a_whole_file(tmp_path):
    path = tmp_path / "checkpoint"
    for _ in range(5):
        writer = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        while not path.exists():
            pass
        writer.kill()
        writer.wait()
        writer.stdout.close()
        assert path.read_text() in ("a" * 300_000, "b" * 300_000)


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "is full"),
        (PermissionError(errno.EACCES, "Permission denied"), "cannot be written"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
    ],
)
def test_explain_write_error(tmp_path, error, part):
    explained = explain_write_error(error, Path(tmp_path / "not" / "there"))
    assert isinstance(explained, StoreError)
    assert part in str(explained)
