"""E-mail addresses away, or one word for all of them."""

import re

from core.data.cleaner import CLEANING_STEPS, TextStep
from core.data.replacement import NAME, ReplacementParams, replace_around
from core.params import Field

__all__ = ["Emails", "EmailsParams"]

HOST = re.compile(rf"@{NAME}++(?:\.{NAME}++)++")
MAILBOX = re.compile(r"(?:[0-9A-Za-z\u00c0-\u024f_%+.-])+")


class EmailsParams(ReplacementParams):
    """What stands for an address."""

    to: str = Field(
        "_email_",
        max_length=40,
        description="What is written in its place; letters, digits and _ stay one word. Empty takes it away.",
    )


@CLEANING_STEPS.register
class Emails(TextStep[EmailsParams]):
    """Finds name@host.domain; a mailbox has fewer than 64 characters."""

    name = "emails"
    title = "E-mail addresses"
    summary = "Writes one word for every e-mail address, or nothing: names of people stay out of the vocabulary."
    Params = EmailsParams

    def text(self, text: str) -> str:
        """The text with every address replaced."""
        return replace_around(HOST, MAILBOX, text, self.params.to)
