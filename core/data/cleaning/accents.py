"""Letters without their accents, where that leaves a letter of the same script."""

import functools
import re
import unicodedata
from collections.abc import Mapping

from core.data.cleaner import CLEANING_STEPS, TextStep
from core.data.normal_form import nfc
from core.params import Field, Params

__all__ = ["Accents", "AccentsParams"]

# Latin and Greek letters.
BLOCKS = (range(0xC0, 0x2B0), range(0x370, 0x400), range(0x1E00, 0x2000))
# In Cyrillic й, ї and ў are letters of their own, ё is written е by most, and an accent only marks the stress.
CYRILLIC = {"ё": "е", "Ё": "Е", "ѐ": "е", "Ѐ": "Е", "ѝ": "и", "Ѝ": "И"}
STRESS = "\u0300\u0301"
MARKS = re.compile("[\u0300-\u036f]+")
# One range is found several times as fast as many: only text with such letters is looked at closely.
POINTED = re.compile("[\u0591-\u0670]")
# Arabic vowels and the stroke that only lengthens a word; Hebrew vowels and accents.
POINTS = re.compile("[\u0640\u064b-\u0652\u0670\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]+")


class AccentsParams(Params):
    """Which marks stay."""

    keep: str = Field("", max_length=200, description="Letters that keep their marks, such as äöü for German.")
    points: bool = Field(
        True, description="Also take away the vowel points of Arabic and Hebrew, which most texts leave out."
    )


@CLEANING_STEPS.register
class Accents(TextStep[AccentsParams]):
    """Latin and Greek lose all marks; Cyrillic loses stress marks, and ё becomes е; other scripts keep theirs.

    Marks of Indian and other scripts are vowels and tones: without them words fall together. ø, ł, đ and ß have no
    mark to lose and stay.
    """

    name = "accents"
    title = "Accents"
    summary = (
        "Takes accents from Latin and Greek letters (café becomes cafe) and stress marks from Cyrillic; for text in "
        "which people leave them out at will. In German, Finnish or Vietnamese it makes different words one."
    )
    Params = AccentsParams

    def text(self, text: str) -> str:
        """The text without accents."""
        if text.isascii():
            return text
        text = nfc(text)
        table, letters = _table(self.params.keep)
        text = letters.sub(lambda match: table[match[0]], text)
        text = MARKS.sub(_mark, text)
        return POINTS.sub("", text) if self.params.points and POINTED.search(text) else text


def _mark(match: re.Match[str]) -> str:
    """What is left of marks that make no letter with the one before them."""
    before = match.string[match.start() - 1 : match.start()]
    if before.isascii() or any(ord(before) in block for block in BLOCKS):
        return "" if before.isalpha() else match[0]
    if "\u0400" <= before <= "\u052f":
        return "".join(mark for mark in match[0] if mark not in STRESS)
    return match[0]


@functools.lru_cache(maxsize=8)
def _table(keep: str) -> tuple[Mapping[str, str], re.Pattern[str]]:
    """Letters with marks and what they become, and a pattern for them."""
    kept = set(unicodedata.normalize("NFC", keep + keep.lower() + keep.upper()))
    table = {letter: bare for letter, bare in CYRILLIC.items() if letter not in kept}
    for block in BLOCKS:
        for letter in map(chr, block):
            apart = unicodedata.normalize("NFD", letter)
            if len(apart) > 1 and apart[0].isalpha() and letter not in kept:
                table[letter] = apart[0]
    return table, re.compile(f"[{''.join(table)}]")
