"""A unit with its settings as one line of text, the form in which a recipe, a URL and the command line name it.

`stop_words language=en` is a step with a setting, `regex pattern='[0-9]+' replacement=<num>` one with two. Quotes are
those of a shell. The canonical text leaves out what has its default, so that one meaning has one text.
"""

import json
import shlex
from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from core.errors import SettingsError
from core.params import Params, describe, parse_value, validate
from core.registry import Registry

__all__ = ["Configurable", "canonical", "parse_unit"]


class Configurable(Protocol):
    """A registered unit that is made from its settings."""

    name: str
    Params: type[Params]


T = TypeVar("T", bound=type)


def parse_unit(registry: Registry[T], text: str) -> tuple[T, Params]:
    """The unit that a text names, and its settings.

    Args:
        registry: where to look the name up.
        text: name, then `key=value` for each setting that has not its default.

    Raises:
        UnknownNameError: no unit of that name.
        SettingsError: the text cannot be parsed, or a setting breaks its rule.
    """
    try:
        parts = shlex.split(text)
    except ValueError:
        raise SettingsError(f"“{text[:80]}” has a quote that is opened and never closed; close it.") from None
    if not parts:
        raise SettingsError(f"A {registry.kind} needs a name, such as {next(iter(registry.names()), 'none')}.")
    unit: Any = registry.get(parts[0])
    kinds = {info.name: info.kind for info in describe(unit.Params)}
    values: dict[str, Any] = {}
    for part in parts[1:]:
        key, separator, value = part.partition("=")
        if not separator or not key:
            raise SettingsError(f"{unit.name}: “{part[:80]}” is not a setting; write name=value.")
        values[key] = _value(kinds.get(key, "text"), value)
    return unit, validate(unit.Params, values, unit.name)


def canonical(unit: Configurable, params: Params) -> str:
    """The one text that stands for a unit with these settings; `parse_unit` takes it back."""
    parts = [unit.name]
    for info in describe(type(params)):
        value = getattr(params, info.name)
        if value != info.default:
            parts.append(shlex.quote(f"{info.name}={_text(info.kind, value)}"))
    return " ".join(parts)


def _value(kind: str, text: str) -> Any:
    """Text stays text, whatever number it looks like; words are separated by commas."""
    if kind in ("text", "choice"):
        return text
    if kind == "words":
        return tuple(word for word in (part.strip() for part in text.split(",")) if word)
    return parse_value(text)


def _text(kind: str, value: Any) -> str:
    if kind == "words":
        return ",".join(_words(value))
    return value if isinstance(value, str) else json.dumps(value)


def _words(value: Iterable[Any]) -> list[str]:
    return [str(word) for word in value]
