"""Mentions of users (@name) away, or one word for all of them."""

import re

from core.data.cleaner import CLEANING_STEPS, TextStep
from core.data.replacement import ReplacementParams, replace
from core.params import Field

__all__ = ["Mentions", "MentionsParams"]

MENTION = re.compile(r"@(?<![\w@]@)\w++")


class MentionsParams(ReplacementParams):
    """What stands for a name."""

    to: str = Field(
        "_user_",
        max_length=40,
        description="What is written in its place; letters, digits and _ stay one word. Empty takes it away.",
    )


@CLEANING_STEPS.register
class Mentions(TextStep[MentionsParams]):
    """Finds @name where no letter stands before the @; the @ of an e-mail address is none."""

    name = "mentions"
    title = "Mentions of users"
    summary = "Writes one word for every @name of social media, or nothing."
    Params = MentionsParams

    def text(self, text: str) -> str:
        """The text with every mention replaced."""
        return replace(MENTION, text, self.params.to)
