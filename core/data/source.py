"""The bytes of a corpus: counted, hashed and bounded as they are read, whatever reads them."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from core.data.encoding import Damage, declared_encoding, decode, refuse_binary
from core.data.notes import Notes
from core.data.options import CorpusOptions
from core.errors import CorpusError

__all__ = ["HEAD", "MOST_BYTES", "Source", "files_of", "lines_of"]

HEAD = 1 << 18
BLOCK = 1 << 22
MOST_BYTES = 8 << 30
MOST_FILES = 10_000


class Source:
    """One file of a corpus.

    Args:
        path: the file.
        options: how to read it.
        notes: takes what there is to say about it.
        digest: takes every byte read.

    Raises:
        CorpusError: empty, binary, or not to be opened.
    """

    def __init__(self, path: Path, options: CorpusOptions, notes: Notes, digest: "hashlib._Hash | None" = None) -> None:
        self.path = path
        self.name = path.name[:80]
        self.ending = path.suffix.lower()
        self.options = options
        self.notes = notes
        self.digest = digest
        self.bytes_read = 0
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
        if options.encoding is None or self.encoding in ("utf-8", "utf-8-sig"):
            refuse_binary(head, self.name, self.ending)
        self.head = _feeds(head.decode(self.encoding or "utf-8", "replace")).replace("\0", " ").removeprefix("\ufeff")
        #: Whether `head` holds the whole file.
        self.whole = len(head) == self.size

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
