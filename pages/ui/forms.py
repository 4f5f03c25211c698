"""A form made from a Params class: one widget a field, presets fill it, rarely used fields are folded away.

The widgets carry no limits of their own: every value goes through `core.params.validate`, the one door, and its
sentence is what the person reads.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from core.errors import SettingsError
from core.params import ParamInfo, Params, describe
from pages.ui.text import worded

__all__ = ["MARK", "WIDEST", "applying", "default_values", "fields", "fields_of", "fill", "groups", "key_of", "read"]

# Streamlit refuses whole numbers that JavaScript cannot hold; no rule of ours comes near this.
WIDEST = 10**12
WIDE_CHOICE = 17
"""Letters of a choice that half of the form's third of a laptop's page has room for: as many as “negative sampling”."""
WIDE_NUMBER = 5
"""Digits that have room there, beside the buttons."""
MARK = ":material/search:"
"""Before the label of a field whose value is only where a search begins."""


def key_of(prefix: str, name: str) -> str:
    """The session key of a field's widget."""
    return f"{prefix}.{name}"


def default_values(params: type[Params], values: Mapping[str, Any], only: Collection[str] = ()) -> dict[str, Any]:
    """The value of every field: the one given, else the default."""
    infos = [info for info in describe(params) if not only or info.name in only]
    return {info.name: values.get(info.name, info.default) for info in infos}


def fill(params: type[Params], values: Mapping[str, Any], prefix: str, only: Collection[str] = ()) -> None:
    """Put values into the form, defaults where there are none; to be called before its widgets are made."""
    for info in describe(params):
        if not only or info.name in only:
            st.session_state[key_of(prefix, info.name)] = _shown(info, values.get(info.name, info.default))


def fields(infos: Iterable[ParamInfo], prefix: str, columns: int = 2) -> None:
    """Draw the widgets of some fields, two to a row."""
    fields_of([(info, prefix) for info in infos], columns)


def fields_of(placed: Sequence[tuple[ParamInfo, str]], columns: int = 2, marked: Collection[str] = ()) -> None:
    """Draw the widgets of fields of several forms, each with its prefix, as those of one.

    What would be cut off in a column has a row to itself, after the row that it would have stood in.

    Args:
        placed: the fields, each with the prefix of its form.
        columns: fields in a row.
        marked: names of those whose label begins with `MARK`.
    """

    def draw(info: ParamInfo, prefix: str) -> None:
        _widget(info, prefix, f"{MARK} {info.label}" if info.name in marked else info.label)

    row: list[tuple[ParamInfo, str]] = []
    wide: list[tuple[ParamInfo, str]] = []
    for one in placed:
        (wide if _is_wide(one[0]) else row).append(one)
        if len(row) == columns:
            _row(row, columns, draw)
            row = []
        if not row:
            for each in wide:
                draw(*each)
            wide = []
    _row(row, columns, draw)
    for each in wide:
        draw(*each)


def _row(placed: Sequence[tuple[ParamInfo, str]], columns: int, draw: Callable[[ParamInfo, str], None]) -> None:
    if not placed:
        return
    for place, one in zip(st.columns(columns), placed, strict=False):
        with place:
            draw(*one)


def _is_wide(info: ParamInfo) -> bool:
    """Whether half of a narrow form cuts off what stands in the field."""
    if info.kind == "choice":
        return max(map(len, info.choices)) > WIDE_CHOICE
    return info.kind == "integer" and len(str(info.default or "")) > WIDE_NUMBER


def applying(infos: Iterable[ParamInfo], prefix: str, others: Mapping[str, Any]) -> list[ParamInfo]:
    """Those that do something under the values that stand in the form.

    Args:
        infos: fields of one form.
        prefix: of its widgets.
        others: values of settings elsewhere that they may depend on.
    """
    infos = list(infos)
    values = {info.name: st.session_state.get(key_of(prefix, info.name), info.default) for info in infos}
    return [info for info in infos if info.applies({**others, **values})]


def groups(infos: Iterable[ParamInfo], own: str) -> dict[str, list[ParamInfo]]:
    """Fields by what they stand under, in the order in which they come; those of no group under `own`, first."""
    found: dict[str, list[ParamInfo]] = {own: []}
    for info in infos:
        found.setdefault(info.group or own, []).append(info)
    return {name: members for name, members in found.items() if members}


def read(infos: Iterable[ParamInfo], prefix: str, others: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The values as they stand in the form, not yet validated.

    Args:
        infos: fields of one form.
        prefix: of its widgets.
        others: values of settings elsewhere; where they are given, what does not apply has its default, whatever its
            widget held when it was last seen.
    """
    infos = list(infos)
    shown = infos if others is None else applying(infos, prefix, others)
    values = {info.name: info.default for info in infos}
    for info in shown:
        value = st.session_state.get(key_of(prefix, info.name), _shown(info, info.default))
        values[info.name] = _meant(info, value)
    return values


def _widget(info: ParamInfo, prefix: str, label: str) -> None:
    key, said = key_of(prefix, info.name), _help(info)
    if key not in st.session_state:
        st.session_state[key] = _shown(info, info.default)
    if info.kind == "switch":
        st.toggle(label, key=key, help=said, persist_state="session")
    elif info.kind == "choice":
        st.selectbox(label, info.choices, key=key, format_func=worded, help=said, persist_state="session")
    elif info.kind == "integer":
        st.number_input(
            label,
            min_value=-WIDEST,
            max_value=WIDEST,
            value=None,
            step=_whole_step(info),
            key=key,
            help=said,
            persist_state="session",
        )
    elif info.kind == "number":
        st.number_input(
            label,
            value=None,
            step=_step(info),
            format="%g",
            key=key,
            help=said,
            persist_state="session",
        )
    else:
        st.text_input(label, key=key, help=said, persist_state="session")


def _help(info: ParamInfo) -> str:
    # Help is markdown: the words are ours, but a file of a newcomer's architecture may hold anything.
    text = (
        info.help
        if info.kind in ("text", "switch", "words")
        else f"{info.help} ({info.rule[0].upper()}{info.rule[1:]})"
    )
    return text.replace("$", "\\$").replace("*", "\\*").replace("_", "\\_")


def _shown(info: ParamInfo, value: Any) -> Any:
    """A value as the widget holds it."""
    if info.kind == "words":
        return " ".join(value or ())
    if info.kind == "text":
        return "" if value is None else str(value)
    if info.kind == "number":
        return None if value is None else float(value)
    return value


def _meant(info: ParamInfo, value: Any) -> Any:
    """A widget's value as the validator wants it."""
    if info.kind == "words":
        return tuple(str(value).replace(",", " ").split())
    if info.kind == "text":
        return None if info.optional and not value else value
    if value is None and not info.optional:
        raise SettingsError(f"{info.name} is empty; it must be {info.rule}.")
    return value


def _whole_step(info: ParamInfo) -> int:
    return 10 if info.default and info.default >= 50 else 1


def _step(info: ParamInfo) -> float:
    return abs(info.default) / 5 if info.default else 0.01
