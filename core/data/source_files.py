"""The files of a corpus: which there are, how much text they hold, and how messages call them."""

import contextlib
from collections.abc import Sequence
from pathlib import Path

from core.errors import CorpusError

__all__ = ["MOST_BYTES", "MOST_FILES", "files_of", "shown_name", "text_size"]

MOST_BYTES = 8 << 30
MOST_FILES = 10_000
PACKED = (b"\x1f\x8b", b"PK", b"PAR1")
#: Bytes of text in a byte of a packed file, more or less.
UNPACKED = 8
LOOKED_INTO = 100
LONGEST_NAME = 80


def shown_name(name: str) -> str:
    """A name as messages show it: on one line, the end of a long one."""
    printable = "".join(character if character.isprintable() else "\ufffd" for character in name)
    return printable if len(printable) <= LONGEST_NAME else "…" + printable[1 - LONGEST_NAME :]


def text_size(files: Sequence[Path]) -> int:
    """About how many bytes of text some files hold: packed ones hold more than they have themselves."""
    size = 0
    for path in files:
        packed, bytes_there = False, path.stat().st_size
        # What has no size may be no file but a tap of the system, from which nothing comes for hours.
        if bytes_there and len(files) <= LOOKED_INTO:
            with contextlib.suppress(OSError), path.open("rb") as file:
                packed = file.read(4).startswith(PACKED)
        size += bytes_there * (UNPACKED if packed else 1)
    return size


def files_of(source: Path) -> list[Path]:
    """The files of a corpus: the file itself, or all files below a folder but hidden ones and links, sorted by path.

    Raises:
        CorpusError: no such file, nothing in the folder, or far too much.
    """
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise CorpusError(f"There is no file or folder {str(source)[:200]}; check the path.")
    files = []
    called = shown_name(source.name or str(source.resolve()))
    for path in source.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(source).parts)
        if not hidden and not path.is_symlink() and path.is_file():
            files.append(path)
            if len(files) > MOST_FILES:
                raise CorpusError(f"{called} holds more than {MOST_FILES:,} files; choose a smaller folder.")
    if not files:
        raise CorpusError(f"The folder {called} is empty: it holds no file to read.")
    return sorted(files, key=lambda path: path.relative_to(source).parts)
