"""Unicode normalisation: one spelling for what looks or means the same."""

import functools
import re
import unicodedata
from typing import Literal

from core.data.cleaner import CLEANING_STEPS, TextStep
from core.data.normal_form import nfc
from core.params import Field, Params

__all__ = ["Unicode", "UnicodeParams"]

PLAIN = {
    **dict.fromkeys("‘’‚‛ʼ´‹›", "'"),
    **dict.fromkeys("“”„‟«»", '"'),
    **dict.fromkeys("‐‑‒–−", "-"),
    **dict.fromkeys("—―", " - "),
    "…": "...",
}
BEYOND = re.compile("[\U00010000-\U0010ffff]+")


class UnicodeParams(Params):
    """How far the normalisation goes."""

    form: Literal["NFC", "NFKC"] = Field(
        "NFKC",
        description="NFKC also makes ﬁ into fi, ² into 2 and full-width letters into plain ones; NFC only joins "
        "letters with their marks, as the tokeniser does anyway.",
    )
    plain: bool = Field(
        True, description="Make curly quotes, long dashes and … into ', \" and -, and three full stops."
    )


@CLEANING_STEPS.register
class Unicode(TextStep[UnicodeParams]):
    """Normalisation forms of Unicode Standard Annex 15, and plain punctuation.

    For NFKC only the characters with a compatibility decomposition are looked up, then the whole is brought to NFC:
    the result is the same (both are canonically equivalent, and NFC is unique), and the whole in NFKC takes ten times
    as long.
    """

    name = "unicode"
    title = "Unicode normalisation"
    summary = "Gives ﬁ, ², full-width letters, curly quotes and long dashes their plain form, so that spellings agree."
    Params = UnicodeParams

    def text(self, text: str) -> str:
        """The text with one spelling for what is the same."""
        if text.isascii():
            return text
        if self.params.plain:
            for character, plain in PLAIN.items():
                text = text.replace(character, plain)
        if self.params.form == "NFKC":
            text = BEYOND.sub(_decomposed, _compatible().sub(_decomposed, text))
        return nfc(text)


def _decomposed(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKD", match[0])


@functools.cache
def _compatible() -> re.Pattern[str]:
    """The characters up to U+FFFF with a compatibility decomposition; with others a class is slow."""
    characters = [chr(code) for code in range(0x80, 0x10000)]
    some = [one for one in characters if unicodedata.normalize("NFKD", one) != unicodedata.normalize("NFD", one)]
    return re.compile(f"[{''.join(some)}]")
