"""Punctuation and symbols away, for tokenisers that leave them on the words."""

import functools
import re
import unicodedata
from collections.abc import Collection

from core.data.cleaner import CLEANING_STEPS, TextStep
from core.params import Field, Params

__all__ = ["Punctuation", "PunctuationParams"]


BEYOND = re.compile("[\U00010000-\U0010ffff]+")


class PunctuationParams(Params):
    """What is left."""

    inside: bool = Field(
        False, description="Also take what stands inside words: don't becomes don t, e-mail becomes e mail."
    )
    symbols: bool = Field(True, description="Also take symbols: € + © and emoji.")
    keep: str = Field("", max_length=200, description="Characters that stay, such as !? or #@.")


@CLEANING_STEPS.register
class Punctuation(TextStep[PunctuationParams]):
    """Characters of the Unicode categories P and, if asked for, S become blanks; the underscore counts as a letter.

    Inside a word is a single character with no blank on either side.
    """

    name = "punctuation"
    title = "Punctuation"
    summary = (
        "Takes punctuation and symbols from the words. The usual tokeniser does that itself; this is for the one that "
        "cuts at white space."
    )
    Params = PunctuationParams

    def text(self, text: str) -> str:
        """The text with blanks in the place of punctuation."""
        text = _pattern(self.params).sub(" ", text)
        if not self.params.symbols or text.isascii():
            return text
        kept = set(self.params.keep)
        return BEYOND.sub(lambda match: "".join(" " if _goes(one, kept) else one for one in match[0]), text)


def _goes(character: str, kept: Collection[str]) -> bool:
    """Whether a character beyond U+FFFF is a symbol: most are emoji."""
    return unicodedata.category(character)[0] in "PS" and character not in kept


@functools.lru_cache(maxsize=8)
def _pattern(params: PunctuationParams) -> re.Pattern[str]:
    """Finds punctuation up to U+FFFF, for which a class is fast."""
    categories = "PS" if params.symbols else "P"
    some = [
        re.escape(character)
        for character in map(chr, range(0x10000))
        if unicodedata.category(character)[0] in categories and character not in f"_{params.keep}"
    ]
    # A class stands first, so that all else is passed over fast. What asks for the coloured form of a symbol goes too.
    first, more = f"[{''.join(some)}]", f"[{''.join(some)}\ufe0f]"
    return re.compile(f"{first}{more}*+" if params.inside else rf"{first}(?:{more}++|(?<!\S{first})|(?!\S))")
