"""What takes the place of an address, a name or a number: the setting, and a search that is fast.

A pattern is searched ten times as fast from a literal as from a class of characters, so an address is looked for from
the one character in it that no other word has, and from there to the left.
"""

import re

from pydantic import field_validator

from core.params import Field, Params

__all__ = ["NAME", "ReplacementParams", "replace", "replace_around"]

#: A character of a host's name. Letters of other scripts than Latin end it: Chinese goes on without a blank.
NAME = r"[0-9A-Za-z\u00c0-\u024f_-]"
LONGEST_FRONT = 64


class ReplacementParams(Params):
    """One setting: what to write instead."""

    to: str = Field(
        "",
        max_length=40,
        description="What is written in its place; letters, digits and _ stay one word. Empty takes it away.",
    )

    @field_validator("to")
    @classmethod
    def _one_line(cls, value: str) -> str:
        return " ".join(value.split())


def replace(pattern: re.Pattern[str], text: str, to: str) -> str:
    """Write `to`, with blanks around it, in the place of each match."""
    return pattern.sub(_set_off(to).replace("\\", r"\\"), text)


def replace_around(pattern: re.Pattern[str], front: re.Pattern[str], text: str, to: str) -> str:
    """Write `to`, with blanks around it, in the place of each match and of what stands right before it.

    Args:
        pattern: begins with a literal, so that it is found fast.
        front: matches what stands before it, **read backwards**; a match of `pattern` with nothing such before it, or
            with more than 64 characters, stays.
        text: any text.
        to: what is written.
    """
    pieces, done = [], 0
    for match in pattern.finditer(text):
        start = match.start()
        before = front.match(text[max(done, start - LONGEST_FRONT) : start][::-1])
        if before is not None and 0 < before.end() < LONGEST_FRONT:
            pieces += [text[done : start - before.end()], _set_off(to)]
            done = match.end()
    return "".join([*pieces, text[done:]])


def _set_off(to: str) -> str:
    return f" {to} " if to else " "
