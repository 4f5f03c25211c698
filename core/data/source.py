"""The bytes of a corpus: counted, hashed and bounded as they are read, whatever reads them."""

import hashlib
import io
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Protocol

from core.data.encoding import Damage, check_utf8, declared_encoding, decode, refuse_binary
from core.data.notes import Notes
from core.data.options import CorpusOptions
from core.data.source_files import shown_name
from core.data.unpacking import Budget
from core.data.zip_files import is_zip, member_names
from core.errors import CorpusError

__all__ = ["HEAD", "Content", "Source", "lines_of"]

HEAD = 1 << 18
BLOCK = 1 << 22


class Content(Protocol):
    """Where the bytes of a source are: on disk, or in an archive.

    Attributes:
        inner: its name within the archive; empty for a file on disk, and for the only file that a gzip archive has.
        called: the name whose ending may tell the format.
        share: its part of the archive, 0 to 1.
    """

    inner: str
    called: str
    share: float

    @property
    def size(self) -> int:
        """Bytes."""

    def head(self, size: int) -> bytes:
        """The first bytes."""

    def open(self) -> BinaryIO:
        """All bytes, to be read in any order."""


class OnDisk:
    """A file as it lies on the disk."""

    inner = ""
    share = 1.0

    def __init__(self, path: Path) -> None:
        self.path = path
        self.called = path.name

    @property
    def size(self) -> int:
        """Bytes."""
        return self.path.stat().st_size

    def head(self, size: int) -> bytes:
        """The first bytes."""
        with self.path.open("rb") as file:
            return file.read(size)

    def open(self) -> BinaryIO:
        """All bytes."""
        return self.path.open("rb")


class Source:
    """One file of a corpus: the reader of a text format takes its `pieces`, that of a binary one `open`s it.

    Args:
        path: the file.
        options: how to read it.
        notes: takes what there is to say about it.
        digest: takes every byte read.
        whole_first: whether a text is looked through before any of it is given out, so that one in a foreign encoding
            can be passed over.
        content: where its bytes are, if the file is an archive and this a member of it.
        budget: counts what is unpacked.

    Attributes:
        name: how messages call it.
        ending: the last part of its name in lower case, with the dot.
        head_bytes: the first 256 kB.
        whole: whether these are all.
        encoding: what the person or a byte order mark names; None stands for UTF-8, if it is.
        bytes_read: bytes read so far.

    Raises:
        CorpusError: empty, or not to be opened.
    """

    def __init__(
        self,
        path: Path,
        options: CorpusOptions,
        notes: Notes,
        digest: "hashlib._Hash | None" = None,
        whole_first: bool = False,
        content: Content | None = None,
        budget: Budget | None = None,
    ) -> None:
        self.path = path
        self.options = options
        self.notes = notes
        self.digest = digest
        self.whole_first = whole_first
        self.content = content or OnDisk(path)
        outer = shown_name(path.name)
        self.name = f"{shown_name(self.content.inner)} in {outer}" if self.content.inner else outer
        self.ending = PurePosixPath(self.content.called).suffix.lower()
        self.budget = budget or Budget(outer)
        self.bytes_read = 0
        try:
            head = self.content.head(HEAD + 1)
        except OSError as error:
            raise CorpusError(f"{self.name} cannot be read: {error.strerror or type(error).__name__}.") from None
        if not head:
            raise CorpusError(f"{self.name} is empty: it has no text to train on.")
        self.head_bytes = head[:HEAD]
        self.whole = len(head) <= HEAD
        self.encoding = declared_encoding(self.head_bytes, options.encoding)

    @property
    def size(self) -> int:
        """Bytes; those of a packed file are all unpacked to know it."""
        return self.content.size

    @cached_property
    def head(self) -> str:
        """The first 256 kB as text, each line ended by a line feed."""
        return (
            _feeds(self.head_bytes.decode(self.encoding or "utf-8", "replace"))
            .replace("\0", " ")
            .removeprefix("\ufeff")
        )

    @cached_property
    def zip_names(self) -> frozenset[str]:
        """Names of the members where this is a zip archive, as Office files are; else none."""
        if not is_zip(self.head_bytes):
            return frozenset()
        with self.content.open() as file:
            return member_names(file, self.name)

    def refuse_binary(self) -> None:
        """Raise a `CorpusError` that says what this is, where its first bytes are not text."""
        named = self.options.encoding is not None and self.encoding not in ("utf-8", "utf-8-sig")
        refuse_binary(self.head_bytes, self.name, self.ending, named)

    def open(self) -> BinaryIO:
        """The bytes, to be read in any order; close it when done. All of them go into the digest first."""
        if self.digest is not None:
            for _ in self.blocks():
                pass
            self.digest, self.bytes_read = None, 0
        return io.BufferedReader(_Counted(self), 1 << 16)

    def take(self, size: int) -> None:
        """Count bytes that a reader has unpacked: call it with each piece, before the next one is unpacked.

        Raises:
            UnpackError: all pieces together are more than may be unpacked.
        """
        self.budget.take(size)

    def blocks(self) -> Iterator[bytes]:
        """The bytes of the file, some MB at a time."""
        with self.content.open() as file:
            while block := file.read(BLOCK):
                self.bytes_read += len(block)
                if self.digest is not None:
                    self.digest.update(block)
                yield block

    def pieces(self) -> Iterator[str]:
        """The text of the file in pieces of some MB, each line ended by a line feed, NUL taken for a blank."""
        if self.whole_first and self.encoding is None:
            check_utf8(self.content.open, self.name)
        damage = Damage()
        held = ""
        for piece in decode(self.blocks(), self.encoding, damage, self.content.open, self.name):
            text = held + piece
            if "\0" in text:
                text = text.replace("\0", " ")
            # The line feed of a CR LF pair may stand in the next piece.
            held = "\r" if text.endswith("\r") else ""
            text = _feeds(text.removesuffix(held))
            if text:
                yield text
        if held:
            yield "\n"
        if damage.count:
            of = self.encoding or "UTF-8"
            places = "one place was" if damage.count == 1 else f"{damage.count:,} places were"
            self.notes.say(f"{self.name}: {places} invalid in the encoding {of} and replaced by “\ufffd”.")


class _Counted(io.RawIOBase):
    """A file whose reading counts as progress."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self._file = source.content.open()
        self._size = source.size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._source.bytes_read = min(self._size, self._source.bytes_read + len(data))
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


def _feeds(text: str) -> str:
    return text if "\r" not in text else text.replace("\r\n", "\n").replace("\r", "\n")


def lines_of(pieces: Iterator[str]) -> Iterator[str]:
    """Cut pieces of text into lines, without their line feeds."""
    held: list[str] = []
    for piece in pieces:
        first, *rest = piece.split("\n")
        held.append(first)
        if rest:
            yield "".join(held)
            yield from rest[:-1]
            held = [rest[-1]]
    last = "".join(held)
    if last:
        yield last
