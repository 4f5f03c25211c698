"""Unpacking without trust: bytes are counted as they come out, and nothing is ever written under a name in an archive.

What is wrong with an archive as a whole is an `UnpackError`: half an archive must not become a corpus in silence.
"""

import io
import tempfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from core.data.notes import Notes
from core.errors import CorpusError

__all__ = ["MOST_UNPACKED", "Budget", "UnpackError", "Unpacked", "gunzip", "is_gzip"]

#: Bytes that may come out of one file.
MOST_UNPACKED = 512 * 10**6
IN_MEMORY = 1 << 23
PIECE = 1 << 20
GZIP = b"\x1f\x8b"


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
