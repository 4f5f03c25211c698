"""From bytes to text without guessing in silence.

UTF-8 is read as it stands, UTF-16 and UTF-32 where a byte order mark announces them. Anything else is refused with a
guess in the message, unless the person names the encoding: a corpus of mojibake trains without a complaint.
"""

import codecs
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from core.data.charset import page_charset
from core.data.file_kinds import READABLE, kind_of
from core.errors import CorpusError

__all__ = [
    "BOMS",
    "Damage",
    "EncodingError",
    "check_utf8",
    "declared_encoding",
    "decode",
    "guess_encoding",
    "refuse_binary",
    "refuse_foreign",
]

# UTF-32 first: its mark begins with that of UTF-16.
BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Bytes that are no UTF-8, but that a program made which meant UTF-8: a NUL in two bytes, half a surrogate pair.
# Here as `surrogateescape` shows them: byte 0x80 is U+DC80.
SLIPS = re.compile("(?:\udcc0\udc80|\udced[\udca0-\udcbf][\udc80-\udcbf])+")
ESCAPED = re.compile("[\udc80-\udcff]+")
ESCAPES = "".join(map(chr, range(0xDC80, 0xDD00)))
# What French, German, Spanish and the Nordic languages use. Text of other languages, read as cp1252, has other letters
# too; short text of these is often taken for cp1250.
WESTERN = frozenset("àâæçéèêëîïôœùûüÿäößáíóúñ¿¡åøÀÂÆÇÉÈÊËÎÏÔŒÙÛÜÄÖÁÍÓÚÑÅØ«»„“”‘’‚–—…•·§°©®™€£½¼\xa0")
SEEN = 1 << 20


class EncodingError(CorpusError):
    """A file is not UTF-8 and nobody named its encoding.

    Attributes:
        guess: the most likely encoding, to be shown and confirmed, or None.
    """

    def __init__(self, message: str, guess: str | None) -> None:
        self.guess = guess
        super().__init__(message)


class Damage:
    """Counts what could not be decoded and was replaced by U+FFFD.

    Attributes:
        count: places that were replaced.
    """

    def __init__(self) -> None:
        self.count = 0
        self.handler = f"semascope-{id(self)}"
        codecs.register_error(self.handler, self._replace)

    def _replace(self, error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeDecodeError):
            raise error
        self.count += 1
        return "\ufffd", error.end


def refuse_binary(head: bytes, name: str, ending: str = "", encoding_named: bool = False) -> None:
    """Raise a `CorpusError` that says what a file is, if its first bytes are not text.

    Args:
        head: the first bytes, some 256 kB.
        name: how messages call the file.
        ending: its ending in lower case, with the dot.
        encoding_named: whether the person named an encoding, by which NUL and control bytes may be text.
    """
    kind = kind_of(head, ending)
    if kind is not None:
        raise CorpusError(f"{name} is {kind}.")
    if encoding_named or any(head.startswith(bom) for bom, _ in BOMS):
        return
    if head.count(0) > len(head) // 5:
        guess = guess_encoding(head)
        advice = (
            f"it may be text in {guess}: set the encoding if so (--encoding {guess})"
            if guess
            else "it is a binary file"
        )
        raise EncodingError(f"{name} is full of NUL bytes, so it is not UTF-8 text; {advice}.", guess)
    control = sum(head.count(bytes([code])) for code in range(32) if code not in (9, 10, 11, 12, 13, 27))
    if control > 0.02 * len(head) and not _is_utf8(head):
        shown = f" of type {ending}" if ending and len(ending) < 10 and ending.isprintable() else ""
        raise CorpusError(f"{name} is a binary file{shown}, which is not supported; a corpus is read from {READABLE}.")


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def declared_encoding(head: bytes, encoding: str | None) -> str | None:
    """The encoding that the person, a byte order mark or a web page itself names; None means: UTF-8, if it is."""
    if encoding is not None:
        # “utf-16” after a mark eats it; a name with the byte order in it would leave the mark in the text.
        for bom, name in BOMS:
            if head.startswith(bom) and encoding.replace("_", "-").startswith(name.removesuffix("-sig")):
                return name
        return encoding
    return next((name for bom, name in BOMS if head.startswith(bom)), None) or page_charset(head)


def guess_encoding(data: bytes) -> str | None:
    """The most likely encoding of some bytes that are not UTF-8, or None; only ever a suggestion."""
    if data.count(0) > len(data) // 5:
        even, odd = data[::2].count(0), data[1::2].count(0)
        if max(even, odd) > 4 * min(even, odd):
            return "utf-16-le" if odd > even else "utf-16-be"
        return None
    from charset_normalizer import from_bytes

    western = data.decode("cp1252", "replace")
    foreign = [character for character in western if not character.isascii()]
    if set(foreign) <= WESTERN and len(foreign) < len(western) / 2:
        return "cp1252"
    found = from_bytes(data).best()
    encoding = found.encoding.replace("_", "-") if found is not None else None
    return None if encoding in ("ascii", "utf-8") else encoding


def decode(
    blocks: Iterable[bytes], encoding: str | None, damage: Damage, again: Callable[[], BinaryIO], name: str
) -> Iterator[str]:
    """Decode a file block by block.

    Args:
        blocks: the bytes of the file.
        encoding: what `declared_encoding` said; None tries UTF-8.
        damage: counts what was replaced.
        again: opens the file, to be looked through once more when it turns out not to be clean UTF-8.
        name: how messages call it.

    Raises:
        CorpusError: the file is not UTF-8 and nobody named another encoding; the message holds a guess.
    """
    strict = encoding is None
    decoder = codecs.getincrementaldecoder(encoding or "utf-8")("strict" if strict else damage.handler)
    for block in blocks:
        before = decoder.getstate()
        try:
            text = decoder.decode(block)
        except UnicodeDecodeError:
            if strict:
                _refuse_foreign_file(again, name)
            strict = False
            # One block over again, with the bytes of a character that the last one had left unfinished.
            decoder = codecs.getincrementaldecoder(encoding or "utf-8")(damage.handler)
            decoder.setstate(before)
            text = decoder.decode(block)
        yield text
    try:
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        # Cut off inside its last character, if it is UTF-8 at all: a last letter of Latin-1 looks the same.
        _refuse_foreign_file(again, name)
        damage.count += 1


def check_utf8(again: Callable[[], BinaryIO], name: str) -> None:
    """Read a whole file to see that it is UTF-8, be it with some damage.

    Args:
        again: opens the file.
        name: how messages call it.

    Raises:
        EncodingError: with a guess.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with again() as file:
            while block := file.read(SEEN):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        _refuse_foreign_file(again, name)


def _refuse_foreign_file(again: Callable[[], BinaryIO], name: str) -> None:
    with again() as file:
        refuse_foreign(iter(lambda: file.read(SEEN), b""), name)


def refuse_foreign(blocks: Iterable[bytes], name: str, whole: bool = True) -> None:
    """Return where bytes are UTF-8, be it with some damage, and raise where they are something else.

    Damage is what programs make that mean UTF-8 (`SLIPS`), or a bad place among at least ten good characters.

    Args:
        blocks: the bytes.
        name: how messages call the file.
        whole: whether they are all of it, so that a character they end in is a broken one.

    Raises:
        EncodingError: with a guess.
    """
    good = foreign = 0
    sample = b""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    held, last = "", b""
    for block in itertools.chain(blocks, [b""]):
        text = held + decoder.decode(block, final=whole and not block)
        # Bad bytes at the end of a block may go on in the next one.
        held = text[len(text.rstrip(ESCAPES)) :] if block else ""
        text = text.removesuffix(held)
        runs = ESCAPED.findall(text)
        foreign += sum(SLIPS.fullmatch(run) is None for run in runs)
        good += sum(not character.isascii() for character in text) - sum(map(len, runs))
        if (runs or held) and not sample:
            sample = _around_bad(block or last)
        last = block
    if good >= 10 * foreign:
        return
    guess = guess_encoding(sample)
    if guess is None:
        raise EncodingError(
            f"{name} is not UTF-8 text and no encoding fits it well; if it is text, name its encoding.", None
        )
    shown = _shown(sample, guess)
    raise EncodingError(
        f"{name} is not UTF-8 text; its encoding may be {guess}, which would read “{shown}”. "
        f"If that is right, set the encoding to {guess} (--encoding {guess}).",
        guess,
    )


def _around_bad(data: bytes) -> bytes:
    """Up to 64 kB that hold the first bytes which are not UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        first = max(0, error.start - 2000) & ~3
        return data[first : first + 65_536]
    return data[:65_536]


def _shown(sample: bytes, encoding: str) -> str:
    """A few words around the first character outside ASCII, as the guessed encoding reads them."""
    text = " ".join(sample.decode(encoding, "replace").split())
    first = next((i for i, character in enumerate(text) if not character.isascii()), 0)
    return "".join(c for c in text[max(0, first - 15) : first + 25] if c.isprintable()).strip()
