"""Words that a regular expression matches: left out, or the only ones that stay."""

from collections.abc import Sequence
from typing import Literal

from pydantic import field_validator

from core.data.cleaner import CLEANING_STEPS, WordStep
from core.data.timed_pattern import TimedPattern, valid_pattern
from core.params import Field, Params

__all__ = ["MatchingWords", "MatchingWordsParams"]


class MatchingWordsParams(Params):
    """Which words."""

    pattern: str = Field(
        r".*[0-9].*",
        min_length=1,
        max_length=1000,
        description="Regular expression of the package regex that must match the whole word; as it stands, words with "
        "a digit in them.",
    )
    action: Literal["drop", "keep"] = Field(
        "drop", description="drop leaves out the words that it matches, keep leaves out all others."
    )

    _valid = field_validator("pattern")(valid_pattern)


@CLEANING_STEPS.register
class MatchingWords(WordStep[MatchingWordsParams]):
    r"""Asks once for each different word; `\p{Latin}+` with action=keep leaves words in Latin letters."""

    name = "matching_words"
    title = "Words by pattern"
    summary = "Leaves out the words that a pattern matches, such as those with digits, or all that it does not match."
    packages = ("regex",)
    Params = MatchingWordsParams

    def __init__(self, params: MatchingWordsParams) -> None:
        super().__init__(params)
        self._pattern = TimedPattern(params.pattern)

    def words(self, words: Sequence[str]) -> list[tuple[str, ...]]:
        """Each word itself, or nothing.

        Raises:
            CorpusError: the pattern takes too long.
        """
        kept = self.params.action == "keep"
        return [(word,) if self._pattern.fullmatch(word) is kept else () for word in words]
