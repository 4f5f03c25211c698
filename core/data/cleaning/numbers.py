"""Numbers away, or one word for all of them."""

import re
from collections.abc import Sequence

from core.data.cleaner import CLEANING_STEPS, WordStep
from core.data.replacement import ReplacementParams
from core.params import Field

__all__ = ["Numbers", "NumbersParams"]

# Cut at white space, a number has its signs: −3.5, 1,000, 12:30, 40%, $5.
NUMBER = re.compile(r"[-+−–±~<>≤≥=#$€£¥(]*\d+(?:[.,:/'’-]\d+)*[.,:;!?%‰°)]*\Z")


class NumbersParams(ReplacementParams):
    """What stands for a number."""

    to: str = Field(
        "_number_",
        max_length=40,
        description="What is written in its place; letters, digits and _ stay one word. Empty takes it away.",
    )


@CLEANING_STEPS.register
class Numbers(WordStep[NumbersParams]):
    """Words of digits alone, in any script; b12 and 3rd stay. The tokeniser “words” cuts 3.5 into two numbers."""

    name = "numbers"
    title = "Numbers"
    summary = "Writes one word for every number, or nothing: years, doses and page numbers fill a vocabulary."
    Params = NumbersParams

    def words(self, words: Sequence[str]) -> list[tuple[str, ...]]:
        """One word for each number, every other word itself."""
        number = tuple(self.params.to.split())
        return [number if NUMBER.match(word) else (word,) for word in words]
