"""The contract of a reader: one file format in, documents out. To add one, put one file into `core/data/readers/`."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from core.data.source import Source
from core.errors import CorpusError
from core.registry import Registry

__all__ = [
    "READERS",
    "Batch",
    "Columns",
    "Reader",
    "binary_reader",
    "find_column",
    "guess_column",
    "one_line",
    "reader_for",
]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some documents.

    Attributes:
        text: the documents, whole, each on one line that a line feed ends.
        labels: one label for each document, or None where the corpus has no labels.
        metadata: the other columns by name, in each a text for each document; None where there are none.
    """

    text: str
    labels: Sequence[str] | None = None
    metadata: Mapping[str, Sequence[str]] | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns (or fields) that a file has, with some rows of it.

    Attributes:
        names: all columns; empty for plain text.
        text: the column that is read as text; None for plain text.
        rows: the first rows, as many cells as `names` (one cell, the line, for plain text).
    """

    names: tuple[str, ...]
    text: str | None
    rows: tuple[tuple[str, ...], ...]


class Reader(ABC):
    """Reads one format.

    Class attributes:
        name: the format's name, as the option `format` takes it; also the name of the file.
        title: the name as people write it.
        summary: what is read and how.
        unit: what a document is in messages (“line”, “row”).
        endings: how names of such files end, in lower case, with the dot.
        binary: whether the files are no text; such a reader is asked with the first bytes, `source.head_bytes`, before
            the file is taken for text, and reads what `source.open` gives.
        has_columns: whether documents come with columns or fields, one of which can be named as text or label.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    unit: ClassVar[str] = "line"
    endings: ClassVar[tuple[str, ...]] = ()
    binary: ClassVar[bool] = False
    has_columns: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def likeness(cls, source: Source) -> float:
        """How much the beginning of a file looks like this format, from 0 to 1; the content counts, not the ending."""

    @classmethod
    @abstractmethod
    def look(cls, source: Source, rows: int) -> Columns:
        """The columns and first rows, from the first bytes alone."""

    @classmethod
    @abstractmethod
    def read(cls, source: Source) -> Iterator[Batch]:
        """The documents of a file, a batch at a time; one line feed for each line or row, also for what is skipped.

        Raises:
            CorpusError: the file cannot be read as this format, or the column asked for is not there.
        """


READERS: Registry[type[Reader]] = Registry("reader", "core.data.readers")


def binary_reader(source: Source) -> type[Reader] | None:
    """The reader of a binary format that knows a file by its first bytes, whatever the file is called."""
    likeness = {reader: reader.likeness(source) for reader in READERS if reader.binary}
    best = max(likeness, key=lambda reader: likeness[reader], default=None)
    return best if best is not None and likeness[best] > 0 else None


def reader_for(source: Source) -> type[Reader]:
    """The reader that the options ask for, else the one whose format the file looks most like.

    Raises:
        CorpusError: the file is binary and no reader knows it, or it is not what its name says.
    """
    found = binary_reader(source)
    asked = None if source.options.format == "auto" else READERS.get(source.options.format)
    if asked is not None:
        if not asked.binary:
            source.refuse_binary()
        elif found is not asked:
            raise CorpusError(
                f"{source.name} is no {asked.title} file, as which it should be read; choose another format."
            )
        return asked
    if found is not None:
        return found
    source.refuse_binary()
    for reader in READERS:
        if reader.binary and source.ending in reader.endings:
            raise CorpusError(
                f"{source.name} is damaged or no {reader.title} file, as its name says; "
                "if it is text, let its name end in .txt, or choose the format."
            )
    return max((reader for reader in READERS if not reader.binary), key=lambda reader: reader.likeness(source))


def one_line(text: str) -> str:
    """A document on one line: what ends lines becomes a blank, half a surrogate pair becomes U+FFFD."""
    if "\n" in text or "\r" in text or "\0" in text:
        text = text.replace("\r\n", " ").replace("\n", " ").replace("\r", " ").replace("\0", " ")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def find_column(names: Sequence[str], wanted: str, kind: str = "column") -> int:
    """Index of the column called `wanted`: as it stands, else whatever the case, else by its number from 1.

    Raises:
        CorpusError: no such column; the message lists those there are.
    """
    stripped = wanted.strip()
    for form in (lambda name: name, str.casefold):
        for index, name in enumerate(names):
            if form(name) == form(stripped):
                return index
    if stripped.isascii() and stripped.isdigit() and 1 <= int(stripped[:9]) <= len(names):
        return int(stripped) - 1
    some = ", ".join(f"“{name[:40]}”" for name in names[:20]) + (", …" if len(names) > 20 else "")
    raise CorpusError(f"There is no {kind} called “{stripped[:80]}”; there are: {some or 'none'}.")


def guess_column(names: Sequence[str], rows: Sequence[Sequence[str]], where: str, kind: str = "column") -> int:
    """Index of the column that most likely holds the text: the one with the longest texts on average.

    Raises:
        CorpusError: no column holds words.
    """
    lengths = [0.0] * len(names)
    with_letters = [0] * len(names)
    filled = [0] * len(names)
    for row in rows:
        for index, cell in enumerate(row[: len(names)]):
            filled[index] += bool(cell.strip())
            if any(character.isalpha() for character in cell):
                with_letters[index] += 1
                # One long word is an address or an identifier; a text has blanks between its words.
                one_word = cell.isascii() and " " not in cell.strip()
                lengths[index] += len(cell) / (4 if one_word else 1)
    texts = [index for index in range(len(names)) if 2 * with_letters[index] > filled[index]]
    if not texts:
        raise CorpusError(f"No {kind} of {where} holds text with words in it; name the {kind} to read.")
    return max(texts, key=lambda index: lengths[index])
