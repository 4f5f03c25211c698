"""What a regular expression matches."""

from pydantic import field_validator

from core.data.timed_pattern import valid_pattern
from core.data.tokenizer import TOKENIZERS, Tokenizer
from core.params import Field, Params

__all__ = ["Pattern", "PatternParams"]


class PatternParams(Params):
    """The expression."""

    pattern: str = Field(
        r"\w+(?:['’\-]\w+)*",
        min_length=1,
        max_length=1000,
        description="Regular expression whose matches are the tokens, such as [0-9]+|\\p{L}+; it sees text as it is "
        "written, with capitals.",
    )

    _valid = field_validator("pattern")(valid_pattern)


@TOKENIZERS.register
class Pattern(Tokenizer[PatternParams]):
    r"""Takes the matches of a regular expression, by the rules of the package `regex` (\p{L} is any letter).

    Each line is searched on its own. A match that is empty or only white space is no token; white space within one
    becomes a single blank. In plain Python, so some times slower than the compiled tokenisers.
    """

    name = "pattern"
    title = "Pattern"
    summary = (
        "What a regular expression matches; as it stands, words with their apostrophes and hyphens (don't, "
        "well-known) in one piece. Slower than the others."
    )
    cut = "pattern"
    packages = ("regex",)
    Params = PatternParams

    @property
    def pattern(self) -> str:
        """The regular expression."""
        return self.params.pattern
