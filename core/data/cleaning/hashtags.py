"""Hashtags: into the words that they are made of, away, or one word for all of them."""

import re
from typing import Literal

from core.data.cleaner import CLEANING_STEPS, TextStep
from core.params import Field, Params

__all__ = ["Hashtags", "HashtagsParams"]

# With a letter in it: #7 is a number. What follows & is a character of HTML.
TAG = re.compile(r"#(?<![\w&]#)(?=[\d_]*+[^\W\d_])(\w++)")
# Where words are joined: stayHome, HTMLPage, covid19. Letters without case stay together.
JOINS = re.compile(
    r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|(?<=[A-Z])(?=[A-Z][a-z])|_"
)


class HashtagsParams(Params):
    """What becomes of a hashtag."""

    into: Literal["words", "token", "nothing"] = Field(
        "words",
        description="words takes #StayHome apart into Stay Home, token writes _hashtag_ for it, nothing leaves it out.",
    )


@CLEANING_STEPS.register
class Hashtags(TextStep[HashtagsParams]):
    """Takes apart at capitals, digits and underscores; a tag in lower case stays one word."""

    name = "hashtags"
    title = "Hashtags"
    summary = "Takes #StayHome apart into Stay Home, so that its words are counted; or leaves hashtags out."
    Params = HashtagsParams

    def text(self, text: str) -> str:
        """The text with every hashtag rewritten."""
        if self.params.into == "words":
            return TAG.sub(lambda match: " " + JOINS.sub(" ", match[1]) + " ", text)
        return TAG.sub(" _hashtag_ " if self.params.into == "token" else " ", text)
