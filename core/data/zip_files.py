"""Zip archives without trust: the directory is looked at before any member, and members that overlap are refused."""

import contextlib
import errno
import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from core.data.unpacking import UnpackError
from core.errors import CorpusError

__all__ = ["is_zip", "member_names", "open_zip", "pieces_of", "regular_members"]

PIECE = 1 << 20
#: Enough for some ten thousand members; the library takes a kilobyte of memory for each.
LARGEST_DIRECTORY = 1 << 22
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
ZIP_END, ZIP64_LOCATOR, ZIP64_END = b"PK\x05\x06", b"PK\x06\x07", b"PK\x06\x06"
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def is_zip(head: bytes) -> bool:
    """Whether a file begins like a zip archive, as Office files do too."""
    return head.startswith(ZIP)


@contextlib.contextmanager
def open_zip(file: BinaryIO, name: str) -> Iterator[zipfile.ZipFile]:
    """Open a zip archive whose directory holds what it should; also tells what zip errors in the block mean.

    A member never gives more bytes than the directory claims, so that the claims bound what can come out.

    Args:
        file: the archive; it stays open.
        name: how messages call it.

    Raises:
        UnpackError: the archive is damaged, or its members overlap or are too many.
    """
    try:
        _check_directory(file, name)
        with zipfile.ZipFile(file) as archive:
            _check_overlap(archive, name)
            yield archive
    except (zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError, struct.error, UnicodeError) as error:
        raise UnpackError(f"{name} is a damaged zip archive ({str(error)[:100] or type(error).__name__}).") from None
    except NotImplementedError:
        raise UnpackError(f"{name} is a zip archive of a kind that cannot be read; zip it anew.") from None
    except OSError as error:
        if error.errno in DISK_FULL:
            raise
        raise UnpackError(f"{name} is a damaged zip archive ({error.strerror or error}).") from None


def member_names(file: BinaryIO, name: str) -> frozenset[str]:
    """Names of the members of a zip archive; none where it is damaged."""
    with contextlib.suppress(CorpusError), open_zip(file, name) as archive:
        return frozenset(archive.namelist())
    return frozenset()


def regular_members(archive: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """All members but folders and hidden files, sorted by path, and what keeps one from being read, mostly nothing."""
    for info in sorted(archive.infolist(), key=lambda info: info.filename.split("/")):
        parts = info.filename.replace("\\", "/").split("/")
        # What macOS adds is hidden too.
        hidden = any(part.startswith(".") and part.strip(".") for part in parts) or "__MACOSX" in parts
        if hidden or info.filename.endswith("/"):
            continue
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind == stat.S_IFLNK:
            yield info, "a symbolic link, which is never followed"
        elif kind not in (0, stat.S_IFREG):
            yield info, "a device or another thing that is no regular file"
        else:
            yield info, ""


def pieces_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """The bytes of one member.

    Args:
        archive: from `open_zip`.
        info: the member.
        name: how messages call it.

    Raises:
        UnpackError: a password is needed.
    """
    if info.flag_bits & 1:
        raise UnpackError(f"{name} is protected by a password; zip it without one (encrypted archives are not read).")
    with archive.open(info) as member:
        while piece := member.read(PIECE):
            yield piece


def _check_directory(file: BinaryIO, name: str) -> None:
    """Refuse a directory that would fill the memory before a single member is looked at."""
    size = file.seek(0, io.SEEK_END)
    start = max(0, size - (1 << 16) - 22)
    file.seek(start)
    tail = file.read()
    end = tail.rfind(ZIP_END)
    if end < 0 or len(tail) < end + 22:
        raise UnpackError(f"{name} is a damaged zip archive: it breaks off before its end.")
    (directory,) = struct.unpack_from("<L", tail, end + 12)
    if end >= 20 and tail[end - 20 : end - 16] == ZIP64_LOCATOR:
        (place,) = struct.unpack_from("<Q", tail, end - 12)
        file.seek(min(place, size))
        record = file.read(56)
        if len(record) == 56 and record.startswith(ZIP64_END):
            (directory,) = struct.unpack_from("<Q", record, 40)
    if directory > LARGEST_DIRECTORY:
        raise UnpackError(f"{name} holds too many files; make smaller archives.")
    file.seek(0)


def _check_overlap(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse members that share their bytes: a few kilobytes would stand for terabytes."""
    end = 0
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise UnpackError(f"{name} is a damaged zip archive: its members overlap.")
        end = info.header_offset + 30 + len(info.orig_filename) + info.compress_size
