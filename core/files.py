"""The one way files are written: whole or not at all.

A file is written beside its place, brought to the disk, and renamed into place; a folder of files likewise; a log
grows by whole lines. A process that is killed at any moment leaves the old state or the new one, never a third.
"""

import contextlib
import errno
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from core.errors import StoreError

__all__ = [
    "append_line",
    "atomic_file",
    "atomic_write",
    "building_folder",
    "commit_folder",
    "explain_write_error",
    "fsync_folder",
    "temporary_folder",
    "write_json",
]

NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


@contextlib.contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write to, byte by byte; at the end of the block it takes the place of `path`, whole.

    For what is too large to hold in memory as one piece. On any error in the block `path` is as it was, and
    nothing is left beside it. Readable by its owner alone; the folder must exist.
    """
    temporary = path.with_name(f".{path.name[:100]}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    descriptor = os.open(temporary, NEW_FILE, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    fsync_folder(path.parent)


def atomic_write(path: Path, data: bytes | str) -> None:
    """Replace the content of `path` by `data`; readable by its owner alone.

    Args:
        path: the file; its folder must exist.
        data: the whole content; text is written as UTF-8.

    Raises:
        OSError: the disk is full, the folder read-only …; `path` is as it was, and nothing is left beside it.
    """
    with atomic_file(path) as file:
        file.write(data.encode("utf-8") if isinstance(data, str) else data)


def write_json(path: Path, value: Any, *, indent: int | None = 1) -> None:
    """Write a JSON value with `atomic_write`; nan and infinity are refused, as JSON has no word for them."""
    atomic_write(path, json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent) + "\n")


def append_line(path: Path, line: str) -> None:
    """Append one line to a log in a single write, so that a kill tears no other line.

    Args:
        path: the log; made, readable by its owner alone, where it does not exist.
        line: the text without its line end; it must not hold one.

    Raises:
        ValueError: `line` holds a line end.
        OSError: the disk is full …; the log may then end in part of the line, which readers skip.
    """
    if "\n" in line or "\r" in line:
        raise ValueError("a line of a log cannot hold a line end")
    data = line.encode("utf-8") + b"\n"
    descriptor = os.open(path, APPEND, 0o600)
    try:
        written = os.write(descriptor, data)
        if written < len(data):
            raise OSError(errno.ENOSPC, "the disk is full", str(path))
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def temporary_folder(parent: Path, name: str = "new") -> Iterator[Path]:
    """Give an empty folder in `parent`, hidden and readable by its owner alone; gone at the end of the block.

    A block that renames it (`commit_folder`) keeps what is in it. Its name holds `name` and the process's id.
    """
    parent.mkdir(parents=True, exist_ok=True)
    temporary = parent / f".{name[:100]}.{os.getpid()}-{secrets.token_hex(4)}.tmp"
    temporary.mkdir(mode=0o700)
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextlib.contextmanager
def building_folder(target: Path) -> Iterator[Path]:
    """Give a temporary folder beside `target`; at the end of the block it becomes `target`, whole.

    On any error in the block the temporary folder is removed and `target` does not come into being.

    Raises:
        FileExistsError: `target` exists when the block ends.
    """
    with temporary_folder(target.parent, target.name) as temporary:
        yield temporary
        commit_folder(temporary, target)


def commit_folder(temporary: Path, target: Path) -> None:
    """Bring every file of `temporary` to the disk, then rename the folder to `target` in one step.

    Both must stand in the same folder.

    Raises:
        FileExistsError: `target` exists.
    """
    for folder, _, files in os.walk(temporary):
        for name in files:
            descriptor = os.open(os.path.join(folder, name), os.O_RDONLY | getattr(os, "O_BINARY", 0))
            try:
                with contextlib.suppress(PermissionError):  # Windows brings no read-only handle to the disk
                    os.fsync(descriptor)
            finally:
                os.close(descriptor)
        fsync_folder(Path(folder))
    if target.exists():  # a rename would take an empty folder's place without a word
        raise FileExistsError(errno.EEXIST, "already exists", str(target))
    os.rename(temporary, target)
    fsync_folder(target.parent)


def fsync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk; does nothing where the system has no such call (Windows)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def explain_write_error(error: OSError, folder: Path) -> StoreError:
    """Say in one sentence why writing under `folder` failed.

    A full disk is told by the free space as well as by the error: libraries report it in several ways.
    """
    place = next((parent for parent in (folder, *folder.parents) if parent.exists()), folder)
    try:
        free = shutil.disk_usage(place).free
    except OSError:
        free = None
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or (free is not None and free < 1_000_000):
        left = "" if free is None else f" ({free / 1e6:,.0f} MB free)"
        return StoreError(f"The disk that holds {folder} is full{left}; make room and try again.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError(f"{folder} cannot be written to; change its permissions or choose another folder.")
    reason = error.strerror or type(error).__name__
    return StoreError(f"Writing under {folder} failed ({reason}); check the disk and try again.")
