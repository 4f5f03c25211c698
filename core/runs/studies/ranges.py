"""What a search may choose from. A field of `Params` that is worth searching says so where it is declared.

`json_schema_extra={"search": [low, high, "log"]}`: from low to high, evenly by ratio (`log`) or by difference
(`linear`). Bounds say what is allowed, these what is sensible; a person may narrow or widen them within the bounds.
A choice says `{"search": True}`: any of its words.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from pydantic import model_validator

from core.architecture import ARCHITECTURES
from core.errors import SettingsError
from core.params import Field, ParamInfo, Params, describe, parse_value, validate
from core.runs.spec import Spec

__all__ = ["GIVEN_LENGTH", "Range", "check_ranges", "default_ranges", "parse_range", "searchable", "usually_searched"]

GIVEN_LENGTH = "dimensions"
"""What vectors to begin from leave no choice of."""


class Range(Params):
    """The values of one setting that a search may choose from."""

    name: str = Field(min_length=1, max_length=80, description="The setting.")
    low: float | None = Field(None, ge=-1e12, le=1e12, description="The least value; none for a choice of words.")
    high: float | None = Field(None, ge=-1e12, le=1e12, description="The greatest value; none for a choice of words.")
    scale: Literal["linear", "log"] = Field("linear", description="Whether differences or ratios are alike.")
    whole: bool = Field(False, description="Whether only whole numbers are meant.")
    choices: tuple[str, ...] = Field((), description="Words to choose from; none for a number.")

    @model_validator(mode="before")
    @classmethod
    def _list_of_choices(cls, value: Any) -> Any:
        """Take the choices as a list, for JSON knows no tuples."""
        if isinstance(value, Mapping) and isinstance(value.get("choices"), list):
            return {**value, "choices": tuple(value["choices"])}
        return value

    @property
    def shown(self) -> str:
        """The range as a person reads and types it: 2..10, or skipgram,cbow."""
        return ",".join(self.choices) if self.choices else f"{self.low:g}..{self.high:g}"

    def holds(self, value: Any) -> bool:
        """Whether a value lies within."""
        if self.choices:
            return value in self.choices
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and self.low is not None and self.high is not None and self.low <= value <= self.high

    def nearest(self, value: Any) -> Any:
        """The value within that comes nearest to another; the first word, or the least number, for what is none."""
        if self.choices:
            return value if value in self.choices else self.choices[0]
        assert self.low is not None
        assert self.high is not None
        number = value if isinstance(value, int | float) else self.low
        number = min(max(number, self.low), self.high)
        return int(number) if self.whole else float(number)


def searchable(architecture: str) -> dict[str, Range]:
    """The settings of an architecture that are worth searching, by name, each with its sensible range.

    Raises:
        UnknownNameError: no such architecture.
    """
    params = ARCHITECTURES.get(architecture).Params
    found = {}
    for info in describe(params):
        extra = params.model_fields[info.name].json_schema_extra
        said = extra.get("search") if isinstance(extra, dict) else None
        if said is True and info.choices:
            found[info.name] = Range(name=info.name, choices=info.choices)
        elif isinstance(said, list):
            low, high, scale = said
            values = {"name": info.name, "low": low, "high": high, "scale": scale, "whole": info.kind == "integer"}
            found[info.name] = validate(Range, values, f"the range of {info.name}")
    return found


def default_ranges(spec: Spec) -> list[Range]:
    """The ranges that are searched where nobody says which: none that few people need, none that does nothing here."""
    values, infos = _values(spec), _infos(spec)
    known = searchable(spec.architecture)
    return [
        _fitting(known[name], infos, values) for name in usually_searched(spec.architecture, infos.values(), values)
    ]


def usually_searched(architecture: str, infos: Iterable[ParamInfo], values: Mapping[str, Any]) -> list[str]:
    """Names of the settings that are offered for a search.

    Args:
        architecture: registered name.
        infos: its settings.
        values: theirs and the run's.
    """
    known = searchable(architecture)
    bound = {GIVEN_LENGTH} if values.get("begin_from") else set()
    offered = {info.name for info in infos if info.applies(values) and not info.advanced}
    return [name for name in known if name in offered - bound]


def _fitting(one: Range, infos: Mapping[str, ParamInfo], values: Mapping[str, Any]) -> Range:
    """The range of a learning rate is for the usual optimiser; under another it lies about the recipe's."""
    rate, usual = values.get(one.name), infos["optimiser"].default if "optimiser" in infos else None
    if one.name != "learning_rate" or values.get("optimiser") == usual or rate is None:
        return one
    return one.model_copy(update={"low": rate / 5, "high": rate * 5})


def parse_range(architecture: str, text: str) -> Range:
    """Read a range as it is typed: `window`, `window=2..10`, `learning_rate=0.01..0.1`, `schedule=linear,cosine`.

    Raises:
        SettingsError: no such setting, or the text is no range of it.
    """
    name, given, typed = text.partition("=")
    name = name.strip()
    infos = {info.name: info for info in describe(ARCHITECTURES.get(architecture).Params)}
    known = searchable(architecture)
    if name not in infos:
        worth = f"worth searching are: {', '.join(known)}" if known else "it has none that are worth searching"
        raise SettingsError(f"“{name[:80]}” is not a setting of {architecture}; {worth}.")
    if not given:
        if name not in known:
            such = ",".join(infos[name].choices[:2]) or "low..high"
            raise SettingsError(f"{name} has no range of its own to search; give one, such as {name}={such}.")
        return known[name]
    info = infos[name]
    if info.kind == "choice":
        return Range(name=name, choices=tuple(word.strip() for word in typed.split(",")))
    low, dots, high = typed.partition("..")
    bounds = [parse_value(low.strip()), parse_value(high.strip())]
    if not dots or not all(isinstance(one, int | float) and not isinstance(one, bool) for one in bounds):
        raise SettingsError(f"“{typed[:80]}” is not a range; write {name}=low..high, such as window=2..10.")
    scale = known[name].scale if name in known else "linear"
    if scale == "log" and bounds[0] <= 0:
        scale = "linear"
    values = {"name": name, "low": bounds[0], "high": bounds[1], "scale": scale, "whole": info.kind == "integer"}
    return validate(Range, values, "a range")


def check_ranges(spec: Spec, ranges: Sequence[Range]) -> None:
    """See to it that every value of every range is allowed.

    Raises:
        SettingsError: which range, the rule, what to do.
    """
    unit = ARCHITECTURES.get(spec.architecture)
    if not ranges:
        known = ", ".join(searchable(spec.architecture))
        advice = f"choose one of {known}" if known else "it has no settings that are worth searching"
        raise SettingsError(f"There is nothing to search for {unit.title}; {advice}.")
    infos, values = _infos(spec), _values(spec)
    searched = [one.name for one in ranges]
    for one in ranges:
        if searched.count(one.name) > 1:
            raise SettingsError(f"{one.name} is searched twice; give one range for it.")
        if one.name not in infos:
            raise SettingsError(f"“{one.name}” is not a setting of {unit.name}; there are: {', '.join(infos)}.")
        info = infos[one.name]
        if not info.applies(values) and not set(info.needs) & set(searched):
            raise SettingsError(f"{one.name} does nothing here: it needs {info.condition}.")
        _check_range(info, one)


def _check_range(info: ParamInfo, one: Range) -> None:
    if info.kind == "choice":
        wrong = sorted(set(one.choices) - set(info.choices))
        if wrong or len(one.choices) < 2:
            raise SettingsError(f"{one.name} must be searched over two or more of {', '.join(info.choices)}.")
        return
    if info.kind not in ("integer", "number") or one.choices or one.low is None or one.high is None:
        raise SettingsError(f"{one.name} cannot be searched: it is {info.rule}, and no range of numbers.")
    if not one.low < one.high:
        raise SettingsError(f"The range of {one.name} must go up, not from {one.low:g} to {one.high:g}.")
    if one.whole != (info.kind == "integer"):
        raise SettingsError(f"{one.name} is {info.rule}; its range must say so too.")
    if one.whole and (one.low != math.floor(one.low) or one.high != math.floor(one.high)):
        raise SettingsError(f"{one.name} is a whole number; its range must be too, not {one.shown}.")
    if one.scale == "log" and one.low <= 0:
        raise SettingsError(f"The range of {one.name} must begin above 0 to be searched by ratio.")
    if info.minimum is not None and info.maximum is not None and not info.minimum <= one.low < one.high <= info.maximum:
        raise SettingsError(f"{one.name} must be {info.rule}, so it cannot be searched over {one.shown}.")


def _infos(spec: Spec) -> dict[str, ParamInfo]:
    return {info.name: info for info in describe(ARCHITECTURES.get(spec.architecture).Params)}


def _values(spec: Spec) -> dict[str, Any]:
    params = spec.params.model_dump() if spec.params else {}
    return {**spec.settings.model_dump(), **params}
