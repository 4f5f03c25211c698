"""PDF: the text of each page, put together from the places where a program drew it.

A PDF holds no paragraphs, only letters at places. So a document is a page, whose number people know: lines are joined,
words broken at a line's end put together again, and what stands at the top or bottom of neighbouring pages alike
(running heads, page numbers) is left out. A page without text keeps its line, so that numbers are those of the file.

Format: ISO 32000-2:2020; the parser is pypdf.
"""

import contextlib
import logging
import re
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, BinaryIO

from core.data.reader import READERS, Batch, Columns, Reader, one_line
from core.data.source import Source
from core.errors import CorpusError

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

__all__ = ["Pdf"]

#: Characters, some thirty pages: whoever looks at the beginning need not wait for more.
BATCH = 1 << 16
SHOWN = 10
#: Drawing operations of one page; a dense map has some hundred thousand, a page of text some thousand.
MOST_OPERATIONS = 1_000_000
#: The operations that draw text, or something else that may hold text.
SHOWS_TEXT = re.compile(rb"Tj|TJ|Do|['\"]")
LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
HYPHENS = "-\u2010\u00ad"
COMPOUND = re.compile(r"\b\w++(?:-\w++)+")
MOST_COMPOUNDS = 100_000
#: After these a hyphen stands for the rest of a compound: German “Haus- und Gartenarbeit”, English “pre- and post-war”.
COORDINATING = frozenset(("und", "oder", "bis", "sowie", "and", "or", "to", "och", "eller", "en", "of"))
NO_LETTER = re.compile("[\0-\x1f\ufffd\ue000-\uf8ff]")
NUMBERS = re.compile(r"\d+|\b[ivxl]+\b")
#: Lines at either end of a page that may be furniture, and lines a page of running text has at least.
EDGE, RUNNING = 3, 8


@READERS.register
class Pdf(Reader):
    """Pages; a scan has none with text until it is recognised (OCR)."""

    name = "pdf"
    title = "PDF"
    summary = "Each page is a document; words broken at a line's end are joined, running heads left out."
    unit = "page"
    endings = (".pdf",)
    binary = True

    @classmethod
    def likeness(cls, source: Source) -> float:
        """Certain by its first bytes, before which some programs write others."""
        begins = source.head_bytes[:1024].lstrip().startswith(b"%PDF-")
        return 1.0 if begins or (source.ending == ".pdf" and b"%PDF-" in source.head_bytes[:1024]) else 0.0

    @classmethod
    def look(cls, source: Source, rows: int) -> Columns:
        """The first pages that hold text, but few: each takes its time."""
        shown: list[tuple[str, ...]] = []
        with source.open() as file:
            for text in _pages(source, file):
                if text:
                    shown.append((text,))
                if len(shown) >= min(rows, SHOWN):
                    break
        return Columns((), None, tuple(shown))

    @classmethod
    def read(cls, source: Source) -> Iterator[Batch]:
        """All pages."""
        texts: list[str] = []
        size = 0
        with source.open() as file:
            for text in _pages(source, file):
                texts.append(text + "\n")
                size += len(text)
                if size > BATCH:
                    yield Batch("".join(texts))
                    texts, size = [], 0
        if texts:
            yield Batch("".join(texts))


def _pages(source: Source, file: BinaryIO) -> Iterator[str]:
    """The text of each page on one line; nothing for pages without text and pages that are damaged."""
    # What it says about each oddity of a file goes nowhere; what matters is said here.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    notes, setting = source.notes, _Setting()
    pdf, pages = _open(source, file)
    unreadable: dict[int, str] = {}
    empty: list[int] = []
    for number in range(1, pages + 1):
        text = ""
        try:
            with _damage_is_an_error():
                page = pdf.pages[number - 1]
                drawn, unmapped = _drawn(page, source), _has_unmapped_font(page)
        except _UnreadableError as error:
            unreadable[number] = str(error)
        else:
            furniture = setting.furniture
            text = setting.line(drawn)
            if not text:
                empty.append(number)
            elif unmapped or 10 * len(NO_LETTER.findall(text)) > len(text):
                notes.count("with a font that does not say which letters it draws, so that words may be wrong", number)
            if setting.furniture > furniture:
                notes.count("with lines that repeat from page to page (running heads, numbers), left out", number)
        source.bytes_read = source.size * number // pages
        yield text
    if len(unreadable) + len(empty) == pages:
        raise _no_text(source.name, pages, unreadable)
    for number, why in unreadable.items():
        notes.skip(why, number)
    for number in empty:
        notes.count("without text; if there is some to see, it is a picture and needs OCR", number)


def _no_text(name: str, pages: int, unreadable: dict[int, str]) -> CorpusError:
    count = "1 page" if pages == 1 else f"{pages:,} pages"
    if unreadable:
        return CorpusError(f"{name} has {count}, and none can be read: {next(iter(unreadable.values()))}.")
    return CorpusError(
        f"{name} has {count} and no text: is it a scan? "
        "Have the text recognised (OCR) and save it as PDF with text, or as plain text."
    )


class _UnreadableError(Exception):
    """A page cannot be read; says why."""


@contextlib.contextmanager
def _damage_is_an_error() -> Iterator[None]:
    """Whatever the parser raises over a page becomes an `_UnreadableError`."""
    from pypdf.errors import LimitReachedError

    try:
        yield
    except (CorpusError, MemoryError, _UnreadableError):
        raise
    except LimitReachedError:
        raise _UnreadableError("too large when unpacked (over 75 MB)") from None
    except Exception:  # noqa: BLE001 (a damaged file can lead the parser into any error)
        raise _UnreadableError("damaged") from None


def _open(source: Source, file: BinaryIO) -> tuple["PdfReader", int]:
    """The parsed file, and how many pages it has.

    Raises:
        CorpusError: it is damaged, has no pages, or needs a password.
    """
    from pypdf import PasswordType, PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    locked = CorpusError(
        f"{source.name} is protected by a password (encrypted); open it in a PDF viewer and save it without one."
    )
    try:
        pdf = PdfReader(file)
        # Many files are locked against changes alone, with an empty password for reading.
        if pdf.is_encrypted and pdf.decrypt("") == PasswordType.NOT_DECRYPTED:
            raise locked
        pages = len(pdf.pages)
    except (CorpusError, MemoryError):
        raise
    except (DependencyError, FileNotDecryptedError):
        raise locked from None
    except Exception:  # noqa: BLE001 (as above)
        raise CorpusError(
            f"{source.name} is damaged: no pages are found in this PDF file; open it in a viewer and save it again."
        ) from None
    if not pages:
        raise CorpusError(f"{source.name} is empty: this PDF file has no pages, so no text.")
    return pdf, pages


def _drawn(page: "PageObject", source: Source) -> str:
    """The text of a page, its lines as they stand, with limits on what is unpacked and done."""
    contents = page.get_contents()
    data = contents.get_data() if contents is not None else b""
    source.take(len(data))
    if SHOWS_TEXT.search(data) is None:
        return ""
    operations = 0

    def count(*_: Any) -> None:
        nonlocal operations
        operations += 1
        if operations > MOST_OPERATIONS:
            raise _UnreadableError("too many drawing operations")

    text = page.extract_text(visitor_operand_before=count)
    if operations > MOST_OPERATIONS:  # the parser swallows errors inside of nested drawings
        raise _UnreadableError("too many drawing operations")
    return text


def _has_unmapped_font(page: "PageObject") -> bool:
    """Whether a page may draw letters by their number in a font alone, which says nothing about what they are."""
    resources = page.get("/Resources")
    fonts = resources.get_object().get("/Font") if resources is not None else None
    if fonts is None:
        return False
    return any(
        font.get("/Encoding") in ("/Identity-H", "/Identity-V") and "/ToUnicode" not in font
        for font in (named.get_object() for named in fonts.get_object().values())
    )


class _Setting:
    """Undoes what setting a text on pages did to it.

    Attributes:
        furniture: lines left out so far.
    """

    def __init__(self) -> None:
        self.furniture = 0
        # Left and right pages may differ, so the last two count.
        self._tops: deque[list[str]] = deque(maxlen=2)
        self._bottoms: deque[list[str]] = deque(maxlen=2)
        self._compounds: set[str] = set()

    def line(self, drawn: str) -> str:
        """A page as one line."""
        lines = [line for line in (line.strip() for line in drawn.translate(LIGATURES).split("\n")) if line]
        return " ".join(one_line(self._joined(self._without_furniture(lines))).split())

    def _without_furniture(self, lines: list[str]) -> list[str]:
        edges = [NUMBERS.sub("", line).strip() for line in lines]
        first = _repeated(edges, self._tops)
        last = _repeated(edges[::-1], self._bottoms)
        self._tops.append(edges[: EDGE + 1])
        self._bottoms.append(edges[::-1][: EDGE + 1])
        # A slide or a form may well say the same thing twice.
        if len(lines) < RUNNING:
            return lines
        self.furniture += first + last
        return lines[first : len(lines) - last]

    def _joined(self, lines: list[str]) -> str:
        """Lines put together; a hyphen at the end of one goes if it only broke a word."""
        for line in lines:
            if "-" in line and len(self._compounds) < MOST_COMPOUNDS:
                self._compounds.update(compound.lower() for compound in COMPOUND.findall(line))
        parts: list[str] = []
        for line, following in zip_longest(lines, lines[1:], fillvalue=""):
            if line[-1] not in HYPHENS or not line[-2:-1].isalnum() or not following[:1].isalnum():
                parts += (line, " ")
                continue
            left, right = line[:-1].split()[-1], following.split()[0].rstrip(".,;:!?)”’»")
            if line[-1] == "\u00ad":
                parts.append(line[:-1])
            elif right in COORDINATING:
                parts += (line, " ")
            elif not right[0].islower() or "-" in left or f"{left}-{right}".lower() in self._compounds:
                parts.append(line)
            else:
                parts.append(line[:-1])
        return "".join(parts)


def _repeated(edges: list[str], before: Sequence[list[str]]) -> int:
    """How many of the outermost lines stood there on one of the last pages too, whatever numbers are in them."""
    for number, edge in enumerate(edges[: EDGE + 1]):
        if not any(page[number : number + 1] == [edge] for page in before):
            return number
    # More alike than running heads are: the page as a whole repeats.
    return 0
