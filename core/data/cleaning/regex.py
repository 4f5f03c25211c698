r"""Whatever a regular expression matches, replaced or taken away.

Each line is searched on its own, so that `\s+` and `^` mean what they say and no match joins two documents.
"""

from pydantic import ValidationInfo, field_validator

from core.data.cleaner import CLEANING_STEPS, TextStep
from core.data.timed_pattern import TimedPattern, replacement_fault, valid_pattern
from core.errors import CorpusError
from core.params import Field, Params

__all__ = ["Regex", "RegexParams"]

#: A replacement may make the text so many times as long.
MOST_GROWTH = 20


class RegexParams(Params):
    """What is looked for, and what is written instead."""

    pattern: str = Field(
        r"\[[0-9]+\]",
        min_length=1,
        max_length=1000,
        description="Regular expression of the package regex; as it stands, the numbers of footnotes such as [12].",
    )
    replacement: str = Field(
        "",
        max_length=200,
        description="What is written in the place of each match; \\1 is what the first group matched, empty takes the "
        "match away.",
    )
    ignore_case: bool = Field(False, description="Whether a matches A.")

    _valid = field_validator("pattern")(valid_pattern)

    @field_validator("replacement")
    @classmethod
    def _fitting(cls, value: str, info: ValidationInfo) -> str:
        # Without a pattern that is valid there is another error already.
        fault = replacement_fault(info.data["pattern"], value) if "pattern" in info.data else None
        if fault is not None:
            raise ValueError(f"{value!r:.80} cannot replace {info.data['pattern']!r:.80}: {fault}")
        return value


@CLEANING_STEPS.register
class Regex(TextStep[RegexParams]):
    """Replaces every match within a line; a line feed in the replacement becomes a blank.

    A pattern that takes too long, as one with a repetition within a repetition can on the wrong text, is stopped.
    """

    name = "regex"
    title = "Regular expression"
    summary = "Replaces whatever a pattern of yours matches, or takes it away; for what no other step knows."
    packages = ("regex",)
    Params = RegexParams

    def __init__(self, params: RegexParams) -> None:
        super().__init__(params)
        self._pattern = TimedPattern(f"(?i){params.pattern}" if params.ignore_case else params.pattern)

    def text(self, text: str) -> str:
        """The text with every match replaced.

        Raises:
            CorpusError: the pattern takes too long, or its replacement makes the text too long.
        """
        lines, left = [], MOST_GROWTH * (len(text) + 1000)
        for line in text.split("\n"):
            lines.append(self._pattern.sub(self.params.replacement, line).replace("\n", " "))
            left -= len(lines[-1])
            if left < 0:
                raise CorpusError(
                    f"The replacement “{self.params.replacement[:80]}” makes the text more than {MOST_GROWTH} times "
                    "as long; write a shorter one."
                )
        return "\n".join(lines)
