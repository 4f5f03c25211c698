"""Parameters: declared once, from which form, command line, validation, run record and docs are derived.

A `Params` class lists its fields with default, bounds and advice. `validate` is the only door: form, URL, command
line and resume all pass through it and get the same sentence. `parse_assignments` turns `name=value` texts (URL and
`--set`) into values: a JSON literal where the text is one, else the text itself.
"""

import json
import math
import re
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import SettingsError

__all__ = [
    "ANY",
    "Field",
    "ParamInfo",
    "Params",
    "describe",
    "parse_assignments",
    "parse_value",
    "validate",
    "without_effect",
]

ANY = "*"
"""In a condition: any value but an empty one."""


class Params(BaseModel):
    """Base of every set of parameters: frozen, strict, no unknown names, no nan, every number bounded on both sides.

    A field that few people need carries `json_schema_extra={"advanced": True}`; forms fold it away. One that does
    something under other settings only carries `"with"`: for each of those by its name, of the same parameters or of
    the run, the values under which it does (`{"with": {"noise": ["unigram"]}}`; `ANY`: unless it is empty). What does
    not apply keeps its value and is not shown. `"group"` names what it stands with in a form, where that is not the
    architecture's own.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)


P = TypeVar("P", bound=Params)
Kind = Literal["integer", "number", "choice", "switch", "text", "words"]


@dataclass(frozen=True, slots=True)
class ParamInfo:
    """What a form, a command line or a table of docs needs to know of one parameter."""

    name: str
    kind: Kind
    default: Any
    minimum: float | None
    maximum: float | None
    choices: tuple[str, ...]
    help: str
    advanced: bool
    optional: bool
    needs: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    group: str = ""

    def applies(self, values: Mapping[str, Any]) -> bool:
        """Whether it does anything under these settings; one that is not named counts as empty."""
        return all(
            bool(values.get(name)) if ANY in meant else values.get(name) in meant for name, meant in self.needs.items()
        )

    @property
    def condition(self) -> str:
        """Under which settings it does anything, in words: “noise unigram”; empty where under all."""
        said = []
        for name, meant in self.needs.items():
            values = ["set"] if ANY in meant else [_show(value) for value in meant]
            said.append(f"{name.replace('_', ' ')} {' or '.join(values)}")
        return " and ".join(said)

    @property
    def label(self) -> str:
        """The name as a person reads it: `learning_rate` is “Learning rate”."""
        return self.name.replace("_", " ").capitalize()

    @property
    def rule(self) -> str:
        """The constraint in words, as errors and docs state it."""
        if self.kind == "choice":
            return "one of " + ", ".join(self.choices)
        if self.kind == "switch":
            return "true or false"
        if self.kind == "text":
            return "text"
        if self.kind == "words":
            return "a list of words"
        what = "a whole number" if self.kind == "integer" else "a number"
        low, high = self.minimum, self.maximum
        return what if low is None or high is None else f"{what} from {_plain(low)} to {_plain(high)}"


def describe(params: type[Params]) -> list[ParamInfo]:
    """List the fields of a Params class in the order of their declaration."""
    infos = []
    for name, declared in params.model_fields.items():
        annotation = declared.annotation
        optional = False
        if get_origin(annotation) in (Union, types.UnionType):
            inner = [arg for arg in get_args(annotation) if arg is not type(None)]
            optional, annotation = len(inner) < len(get_args(annotation)), inner[0]
        bounds: dict[str, float] = {}
        for item in declared.metadata:
            for key in ("ge", "gt", "le", "lt"):
                if getattr(item, key, None) is not None:
                    bounds[key] = getattr(item, key)
        extra = declared.json_schema_extra if isinstance(declared.json_schema_extra, dict) else {}
        infos.append(
            ParamInfo(
                name=name,
                kind=_kind(annotation),
                default=declared.get_default(call_default_factory=True, validated_data={}),
                minimum=bounds.get("ge", bounds.get("gt")),
                maximum=bounds.get("le", bounds.get("lt")),
                choices=tuple(str(choice) for choice in get_args(annotation)) if _kind(annotation) == "choice" else (),
                help=declared.description or "",
                advanced=bool(extra.get("advanced", False)),
                optional=optional,
                needs=_needs(extra.get("with")),
                group=str(extra.get("group", "")),
            )
        )
    return infos


def validate(params: type[P], values: Mapping[str, Any], owner: str = "") -> P:
    """Build `params` from `values`, or say in one sentence what is wrong with the first bad one.

    Args:
        params: the class that declares the rules.
        values: names and values; missing names take their defaults.
        owner: who owns the parameters, for the message about an unknown name (“skipgram”).

    Raises:
        SettingsError: which parameter, the rule, the value got, what to try.
    """
    try:
        return params.model_validate(dict(values))
    except ValidationError as error:
        raise SettingsError(_sentence(params, error, owner)) from None


def without_effect(params: type[Params], names: Iterable[str], values: Mapping[str, Any]) -> list[str]:
    """A sentence for each of the settings named that does nothing under these values."""
    infos = {info.name: info for info in describe(params)}
    return [
        f"{name} is without effect: it counts with {infos[name].condition} only."
        for name in names
        if name in infos and not infos[name].applies(values)
    ]


BARE_FRACTION = re.compile(r"(-?)(\.\d+(?:[eE][+-]?\d+)?)", re.ASCII)
"""As people write .05."""


def parse_value(text: str) -> Any:
    """Read a value typed as text: a JSON literal or a number without its zero where it is one, else the text itself."""
    number = BARE_FRACTION.fullmatch(text)
    try:
        return json.loads(f"{number[1]}0{number[2]}" if number else text)
    except (ValueError, RecursionError):
        return text


def parse_assignments(texts: Iterable[str]) -> dict[str, Any]:
    """Read `name=value` texts into a mapping; the last one of a name wins."""
    values = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator or not name.strip():
            raise SettingsError(f"“{text[:80]}” is not a setting; write name=value, such as epochs=5.")
        values[name.strip()] = parse_value(value.strip())
    return values


def _needs(condition: Any) -> dict[str, tuple[Any, ...]]:
    return {name: tuple(values) for name, values in condition.items()} if isinstance(condition, dict) else {}


def _kind(annotation: Any) -> Kind:
    if get_origin(annotation) is Literal:
        return "choice"
    if get_origin(annotation) in (tuple, list):
        return "words"
    if annotation is bool:
        return "switch"
    if annotation is int:
        return "integer"
    if annotation is float:
        return "number"
    return "text"


def _plain(value: float) -> str:
    if isinstance(value, int) or (math.isfinite(value) and value == int(value) and abs(value) < 1e15):
        return f"{int(value)}"
    return f"{value:g}"


def _sentence(params: type[Params], error: ValidationError, owner: str) -> str:
    first = error.errors(include_url=False)[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    infos = {info.name: info for info in describe(params)}
    if first["type"] == "extra_forbidden":
        of = f" of {owner}" if owner else ""
        return f"“{name[:80]}” is not a setting{of}; there are: {', '.join(infos)}."
    if name not in infos:
        return f"The settings do not fit together: {first['msg']}."
    info = infos[name]
    got = "nothing" if first["type"] == "missing" else repr(first["input"])
    if len(got) > 80:
        got = got[:77] + "…"
    if first["type"].startswith("value_error"):
        said = str(first["ctx"]["error"])
        ended = said if said.endswith((".", "?")) else f"{said}."
        return ended if said.startswith(name) else f"{name}: {ended}"
    advice = "" if info.default is None or not _is_plain(info.default) else f"; try {_show(info.default)}"
    return f"{name} must be {info.rule}, not {got}{advice}."


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float | bool)


def _show(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else f"{value}"
