"""A person's regular expression with a bound on the time it takes: a careless one can search a line for years."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from core.errors import CorpusError

__all__ = ["TimedPattern", "replacement_fault", "valid_pattern"]

T = TypeVar("T")

#: A pattern may be as slow as this for the text it was given, after a start of some seconds.
CHARACTERS_A_SECOND = 200_000
SECONDS_TO_START = 5.0


def valid_pattern(value: str) -> str:
    """A regular expression without fault; validates the parameter `pattern`.

    Raises:
        ValueError: what is wrong with it, as a sentence.
    """
    import regex

    try:
        regex.compile(value)
    except regex.error as error:
        fault = str(error)
    except (RecursionError, MemoryError, OverflowError, ValueError):
        fault = "it is too deeply nested"
    else:
        return value
    raise ValueError(f"pattern must be a regular expression; in {value!r:.80} {fault}")


def replacement_fault(pattern: str, replacement: str) -> str | None:
    r"""What is wrong with what is to replace the matches of a pattern without fault, such as \2 where no group 2 is."""
    import regex

    try:
        match = regex.compile(f"(?:{pattern})|").match("")
        if match is not None:
            match.expand(replacement)
    except (regex.error, LookupError) as error:
        return str(error)
    except MemoryError:
        return "the pattern calls itself without an end"
    return None


class TimedPattern:
    """Finds or replaces the matches of a regular expression in line after line, within a time that grows with the text.

    Args:
        pattern: a regular expression without fault (`pattern_fault`), of the package `regex`.
    """

    def __init__(self, pattern: str) -> None:
        import regex

        self._pattern = regex.compile(pattern)
        self._allowed = SECONDS_TO_START
        self._spent = 0.0

    def finditer(self, line: str) -> "list[Any]":
        """All matches in a line, from left to right.

        Raises:
            CorpusError: all lines so far took too long.
        """
        return self._timed(line, lambda timeout: list(self._pattern.finditer(line, timeout=timeout)))

    def fullmatch(self, word: str) -> bool:
        """Whether it matches the whole of a word; errors as for `finditer`."""
        return self._timed(word, lambda timeout: self._pattern.fullmatch(word, timeout=timeout) is not None)

    def sub(self, replacement: str, line: str) -> str:
        """A line with its matches replaced, by a replacement without fault; errors as for `finditer`."""
        return self._timed(line, lambda timeout: str(self._pattern.sub(replacement, line, timeout=timeout)))

    def _timed(self, text: str, look: Callable[[float], T]) -> T:
        self._allowed += len(text) / CHARACTERS_A_SECOND
        started = time.monotonic()
        try:
            found = look(max(0.001, self._allowed - self._spent))
        except (TimeoutError, MemoryError):
            raise CorpusError(
                f"The pattern “{self._pattern.pattern[:80]}” takes too long on this text; avoid a repetition within "
                "a repetition, such as (a+)+."
            ) from None
        self._spent += time.monotonic() - started
        return found
