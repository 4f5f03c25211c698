"""The bytes of a corpus: counted, hashed and bounded as they are read, whatever reads them."""

import hashlib
import io
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from core.data.encoding import Damage, check_utf8, declared_encoding, decode, refuse_binary
from core.data.notes import Notes
from core.data.options import CorpusOptions
from core.errors import CorpusError

__all__ = ["HEAD", "MOST_BYTES", "MOST_UNPACKED", "Source", "files_of", "lines_of"]

HEAD = 1 << 18
BLOCK = 1 << 22
MOST_BYTES = 8 << 30
MOST_FILES = 10_000
MOST_UNPACKED = 512 * 10**6


class Source:
    """One file of a corpus: the reader of a text format takes its `pieces`, that of a binary one `open`s it.

    Args:
        path: the file.
        options: how to read it.
        notes: takes what there is to say about it.
        digest: takes every byte read.
        whole_first: whether a text is looked through before any of it is given out, so that one in a foreign encoding
            can be passed over.

    Attributes:
        name: how messages call the file.
        ending: the last part of its name in lower case, with the dot.
        size: bytes.
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
    ) -> None:
        self.path = path
        self.name = path.name[:80]
        self.ending = path.suffix.lower()
        self.options = options
        self.notes = notes
        self.digest = digest
        self.whole_first = whole_first
        self.bytes_read = self.unpacked = 0
        try:
            self.size = path.stat().st_size
            with path.open("rb") as file:
                head = file.read(HEAD)
        except OSError as error:
            raise CorpusError(f"{self.name} cannot be read: {error.strerror or type(error).__name__}.") from None
        if not head:
            raise CorpusError(f"{self.name} is empty: it has no text to train on.")
        self.head_bytes = head
        self.encoding = declared_encoding(head, options.encoding)
        self.whole = len(head) == self.size

    @cached_property
    def head(self) -> str:
        """The first 256 kB as text, each line ended by a line feed."""
        return (
            _feeds(self.head_bytes.decode(self.encoding or "utf-8", "replace"))
            .replace("\0", " ")
            .removeprefix("\ufeff")
        )

    def refuse_binary(self) -> None:
        """Raise a `CorpusError` that says what this is, where its first bytes are not text."""
        if self.options.encoding is None or self.encoding in ("utf-8", "utf-8-sig"):
            refuse_binary(self.head_bytes, self.name, self.ending)

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
            CorpusError: all pieces together are more than may be unpacked.
        """
        self.unpacked += size
        if self.unpacked > MOST_UNPACKED:
            raise CorpusError(
                f"{self.name} is too large when unpacked: more than {MOST_UNPACKED // 10**6} MB, the limit; "
                "take a part of it."
            )

    def blocks(self) -> Iterator[bytes]:
        """The bytes of the file, some MB at a time."""
        with self.path.open("rb") as file:
            while block := file.read(BLOCK):
                self.bytes_read += len(block)
                if self.digest is not None:
                    self.digest.update(block)
                yield block

    def pieces(self) -> Iterator[str]:
        """The text of the file in pieces of some MB, each line ended by a line feed, NUL taken for a blank."""
        if self.whole_first and self.encoding is None:
            check_utf8(self.path)
        damage = Damage()
        held = ""
        for piece in decode(self.blocks(), self.encoding, damage, self.path):
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
        self.source = source
        self.file = source.path.open("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self.file.seek(offset, whence)

    def readinto(self, buffer: Any) -> int:
        read = self.file.readinto(buffer) or 0
        self.source.bytes_read = min(self.source.size, self.source.bytes_read + read)
        return read

    def close(self) -> None:
        self.file.close()
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
    for path in source.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(source).parts)
        if not hidden and not path.is_symlink() and path.is_file():
            files.append(path)
            if len(files) > MOST_FILES:
                raise CorpusError(f"{source.name[:80]} holds more than {MOST_FILES:,} files; choose a smaller folder.")
    if not files:
        raise CorpusError(f"The folder {source.name[:80]} is empty: it holds no file to read.")
    return sorted(files, key=lambda path: path.relative_to(source).parts)
