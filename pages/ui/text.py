"""Text that a user brought, made safe for places that read markdown."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

__all__ = ["ago", "count", "distinct", "duration", "md", "size", "worded"]

SPECIAL = frozenset("\\`*_{}[]()#+-.!|~$:<>&")
LONGEST = 80
SPELLED = {
    "adagrad": "AdaGrad",
    "adam": "Adam",
    "bpe": "BPE",
    "cbow": "CBOW",
    "gaussian": "Gaussian",
    "nce": "NCE",
    "ngrams": "n-grams",
    "sgd": "SGD",
    "skipgram": "skip-gram",
    "xavier": "Xavier",
}
"""Choices that people write otherwise than settings do."""


def md(text: str, limit: int = LONGEST) -> str:
    """Escape `text` for st.markdown, labels and messages: it shows as it is, and never as a link, image or formula."""
    text = unicodedata.normalize("NFC", text)
    shown = "".join(" " if char.isspace() else char for char in text if char.isspace() or _shows(char))
    shown = shown if len(shown) <= limit else shown[: limit - 1] + "…"
    return "".join("\\" + char if char in SPECIAL else char for char in shown)


def distinct(names: Sequence[str], marks: Iterable[str]) -> list[str]:
    """The names, with its mark behind each that is not the only one of its kind.

    A picker tells its options apart by what it shows: of two that look alike the wrong one would be chosen.
    """
    often = Counter(names)
    return [name if often[name] == 1 else f"{name} ({mark})" for name, mark in zip(names, marks, strict=True)]


def worded(choice: str) -> str:
    """A choice of a setting as a person reads it: `hierarchical_softmax` is “hierarchical softmax”, `sgd` “SGD”."""
    return SPELLED.get(choice, choice.replace("_", " "))


def count(number: float) -> str:
    """A count with thousands set apart: 12,345."""
    return f"{number:,.0f}"


def duration(seconds: float) -> str:
    """A duration as people say it: 4 s, 2 min 5 s, 1 h 3 min; 2 min and 1 h where nothing is over."""
    seconds = max(0.0, seconds)
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s".removesuffix(" 0 s")
    return f"{whole // 3600} h {whole % 3600 // 60} min".removesuffix(" 0 min")


def ago(at: str) -> str:
    """How long ago a recorded moment (ISO 8601, UTC) was: just now, 5 min ago, 3 h ago, else its date."""
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return "at an unknown time"
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    seconds = (datetime.now(UTC) - moment).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min ago"
    if seconds < 86400:
        return f"{seconds // 3600:.0f} h ago"
    return f"{moment:%d %b %Y}"


def size(number: float) -> str:
    """A size in bytes with a fitting unit: 3.2 MB, 320 MB."""
    for unit in ("B", "kB", "MB"):
        if number < 999.5:
            return f"{number:.0f} {unit}" if unit == "B" or number >= 100 else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} GB"


def _shows(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"} or char in "\u200c\u200d"
