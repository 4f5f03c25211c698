"""Web addresses away, or one word for all of them."""

import re

from core.data.cleaner import CLEANING_STEPS, TextStep
from core.data.replacement import NAME, ReplacementParams, replace, replace_around
from core.params import Field

__all__ = ["Urls", "UrlsParams"]

# An address goes on to a blank, and no full stop, comma or closing bracket ends it: they belong to the sentence.
INSIDE = r"[!#-;=?-~\u00a1-\u024f]"
LAST = r"[#-&*+/-9=@-Z\\^_`a-z|~\u00a1-\u024f-]"
BEGINNINGS = ("http://", "https://", "ftp://", "www.")
# Each beginning is a literal, since a pattern without one, or that ignores case, is searched ten times as slowly.
MARKED = {
    written: re.compile(re.escape(written) + rf"{INSIDE}*{LAST}")
    for beginning in BEGINNINGS
    for written in (beginning, beginning.upper(), beginning.capitalize())
}
# Endings that are no words after a full stop whose blank was forgotten.
BARE = re.compile(rf"\.(?:com|org|net|edu|gov|info)(?!{NAME}|\.{NAME}|@)(?:/(?:{INSIDE}*{LAST})?)?")
FRONT = re.compile(rf"{NAME}++(?:\.{NAME}++)*+(?![@\w])")


class UrlsParams(ReplacementParams):
    """What stands for an address."""

    to: str = Field(
        "_url_",
        max_length=40,
        description="What is written in its place; letters, digits and _ stay one word. Empty takes it away.",
    )


@CLEANING_STEPS.register
class Urls(TextStep[UrlsParams]):
    """Finds what begins with a scheme (http, https, ftp) or www., and bare names such as cdc.gov/flu.

    Bare names are known by their ending: com, edu, gov, info, net, org.
    """

    name = "urls"
    title = "Web addresses"
    summary = "Writes one word for every web address, or nothing. Else its pieces become words: https, www, com."
    Params = UrlsParams

    def text(self, text: str) -> str:
        """The text with every address replaced."""
        for written, pattern in MARKED.items():
            if written in text:
                text = replace(pattern, text, self.params.to)
        return replace_around(BARE, FRONT, text, self.params.to)
