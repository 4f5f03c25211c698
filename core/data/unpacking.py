"""Unpacking without trust: bytes are counted as they come out, and nothing is ever written under a name in an archive.

What is wrong with an archive as a whole is an `UnpackError`: half an archive must not become a corpus in silence.
"""

import contextlib
import errno
import io
import lzma
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from core.data.notes import Notes
from core.errors import CorpusError

__all__ = [
    "MOST_UNPACKED",
    "Budget",
    "UnpackError",
    "Unpacked",
    "gunzip",
    "is_gzip",
    "is_zip",
    "member_names",
    "open_zip",
    "pieces_of",
    "regular_members",
]

#: Bytes that may come out of one file.
MOST_UNPACKED = 512 * 10**6
IN_MEMORY = 1 << 23
PIECE = 1 << 20
#: Enough for some ten thousand members; the library takes a kilobyte of memory for each.
LARGEST_DIRECTORY = 1 << 22
GZIP = b"\x1f\x8b"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
ZIP_END, ZIP64_LOCATOR, ZIP64_END = b"PK\x05\x06", b"PK\x06\x07", b"PK\x06\x06"
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class UnpackError(CorpusError):
    """An archive is damaged, protected or too large, so that nothing of it is read."""


class Budget:
    """Counts the bytes that come out of one file, and stops at the limit.

    Args:
        name: how messages call the file.
        most: the limit in bytes.
    """

    def __init__(self, name: str, most: int = MOST_UNPACKED) -> None:
        self.name = name
        self.most = self.left = most

    def take(self, size: int) -> None:
        """Count some bytes.

        Raises:
            UnpackError: all bytes so far are more than the limit.
        """
        self.left -= size
        if self.left < 0:
            raise UnpackError(
                f"{self.name} is too large when unpacked: more than {self.most // 10**6} MB, the limit; "
                "take a part of it."
            )


class Unpacked:
    """One member of an archive, unpacked as far as it is asked for, into memory or a file without a name.

    Args:
        pieces: its bytes.
        budget: counts them.
        inner: its path within the archive, which is only ever shown; empty where it can hold one file only.
        called: the name whose ending may tell the format.
        share: its part of the archive, 0 to 1.
        claimed: bytes that it has by its own account.
    """

    def __init__(
        self,
        pieces: Iterator[bytes],
        budget: Budget,
        inner: str,
        called: str,
        share: float = 1.0,
        claimed: int = 0,
    ) -> None:
        self.inner, self.called, self.share, self.claimed = inner, called, share, claimed
        self._pieces, self._budget = pieces, budget
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (closed by `__exit__`)
        self._length = 0

    def __enter__(self) -> "Unpacked":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def size(self) -> int:
        """Bytes; all of them are unpacked to know that, unless the file is closed."""
        if not self._file.closed:
            self._unpack(None)
        return self._length

    def head(self, size: int) -> bytes:
        """The first bytes, no more than these are unpacked."""
        self._unpack(size)
        self._file.seek(0)
        return self._file.read(size)

    def open(self) -> BinaryIO:
        """All bytes, to be read in any order."""
        self._unpack(None)
        return io.BufferedReader(_View(self._file), 1 << 16)

    def _unpack(self, until: int | None) -> None:
        if until is None and self.claimed - self._length > self._budget.left:
            self._budget.take(self.claimed - self._length)
        self._file.seek(0, io.SEEK_END)
        while until is None or self._length < until:
            piece = next(self._pieces, None)
            if piece is None:
                return
            self._budget.take(len(piece))
            self._file.write(piece)
            self._length += len(piece)


class _View(io.RawIOBase):
    """A file with a position of its own, so that several can read the same one in turn."""

    def __init__(self, file: "tempfile.SpooledTemporaryFile[bytes]") -> None:
        super().__init__()
        self._file = file
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_CUR:
            offset, whence = self._position + offset, io.SEEK_SET
        self._position = self._file.seek(offset, whence)
        return self._position

    def readinto(self, buffer: Any) -> int:
        self._file.seek(self._position)
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


def is_gzip(head: bytes) -> bool:
    """Whether a file begins like a gzip archive."""
    return head.startswith(GZIP)


def is_zip(head: bytes) -> bool:
    """Whether a file begins like a zip archive, as Office files do too."""
    return head.startswith(ZIP)


def gunzip(file: BinaryIO, name: str, notes: Notes) -> Iterator[bytes]:
    """What a gzip archive holds, all of its parts one after the other; the name stored in it counts for nothing.

    Args:
        file: the archive.
        name: how messages call it.
        notes: takes what there is to say about what follows the archive.

    Raises:
        UnpackError: it breaks off, or its check sum is wrong.
    """
    held = file.read(PIECE)
    while True:
        inflate = zlib.decompressobj(wbits=31)
        while not inflate.eof:
            data = held or file.read(PIECE)
            try:
                piece = inflate.decompress(data, PIECE)
            except zlib.error:
                raise UnpackError(f"{name} is a damaged gzip archive: its check sums do not fit.") from None
            if not data and not piece and not inflate.eof:
                raise UnpackError(f"{name} is damaged: the gzip archive breaks off before its end.")
            held = inflate.unconsumed_tail
            if piece:
                yield piece
        # Tapes and copying programs pad with zeros.
        held = inflate.unused_data.lstrip(b"\0")
        while not held and (data := file.read(PIECE)):
            held = data.lstrip(b"\0")
        if not held:
            return
        if len(held) < len(GZIP):
            held += file.read(PIECE)
        if not is_gzip(held):
            notes.say(f"{name} has other bytes after the end of the gzip archive; they were left out.")
            return


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
