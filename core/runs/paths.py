"""Ids and the one function that turns them into paths; names that people give are labels and never paths."""

import re
import secrets
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

from core.errors import RunError, SettingsError

__all__ = ["clean_name", "given_name", "inside", "is_id", "new_id", "now"]

ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
MAX_NAME = 120


def is_id(text: str) -> bool:
    """Whether a text may be an id: lower-case letters, digits and hyphens."""
    return ID.fullmatch(text) is not None


def inside(parent: Path, identifier: str, what: str) -> Path:
    """The path of the thing called `identifier` in `parent`.

    Raises:
        RunError: the text cannot be an id, so there is no such thing.
    """
    if not isinstance(identifier, str) or not is_id(identifier):
        raise RunError(
            f"There is no {what} “{clean_name(str(identifier))[:80]}”; look the id up in the list of "
            f"{'studies' if what == 'study' else f'{what}s'}."
        )
    return parent / identifier


def new_id() -> str:
    """A new id: the time in UTC to the second, and 30 random bits."""
    return datetime.now(UTC).strftime("%Y%m%d-%H%M%S-") + "".join(secrets.choice(LETTERS) for _ in range(6))


def now() -> str:
    """The time in UTC as records state it, to the microsecond."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def clean_name(text: str) -> str:
    """A label fit to show: NFC, one line, no control or direction characters, at most 120 characters."""
    text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))
    kept = "".join(" " if char.isspace() else char for char in text if char.isspace() or _shows(char))
    return " ".join(kept.split())[:MAX_NAME].strip()


def given_name(text: str) -> str:
    """A label that a person gives, as `clean_name` has it.

    Raises:
        SettingsError: it holds the character NUL, which is in no text: something else was meant.
    """
    if "\0" in text:
        raise SettingsError("A name cannot hold the character NUL; leave it out.")
    return clean_name(text)


def _shows(char: str) -> bool:
    # Cc: control, Cf: direction marks and joiners, Cs: lone surrogates, Co/Cn: not characters.
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"} or char in "\u200c\u200d"
