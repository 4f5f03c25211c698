"""Words that are too short or too long."""

from collections.abc import Sequence

from core.data.cleaner import CLEANING_STEPS, WordStep
from core.params import Field, Params

__all__ = ["Lengths", "LengthsParams"]


class LengthsParams(Params):
    """How long a word may be."""

    shortest: int = Field(2, ge=1, le=10, description="Shorter words are left out; in Chinese 1 is a good value.")
    longest: int = Field(40, ge=10, le=100, description="Longer words are left out: most are addresses or broken text.")


@CLEANING_STEPS.register
class Lengths(WordStep[LengthsParams]):
    """Counts characters (code points)."""

    name = "lengths"
    title = "Length of words"
    summary = "Leaves out single letters and words that are too long to be words."
    Params = LengthsParams

    def words(self, words: Sequence[str]) -> list[tuple[str, ...]]:
        """Each word itself, or nothing."""
        shortest, longest = self.params.shortest, self.params.longest
        return [(word,) if shortest <= len(word) <= longest else () for word in words]
