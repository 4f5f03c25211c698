"""How text is cut and cleaned: the tokeniser, and the list of steps with their settings."""

import secrets
from collections.abc import Iterable
from typing import Any

import streamlit as st

from core.data.cleaner import CLEANING_STEPS, STAGES, CleaningStep
from core.data.tokenizer import TOKENIZERS
from core.data.unit_text import canonical, parse_unit
from core.errors import SemascopeError
from core.params import describe, validate
from pages.ui import forms, guards
from pages.ui.text import md

__all__ = ["cleaning_form", "forget_cleaning", "propose"]

STEPS = "reading.steps"
TOKENIZER = "reading.tokenizer"
LOWERCASE = "reading.lowercase"
WORKS_ON = {
    "documents": "whole documents",
    "text": "the text",
    "words": "each different word",
    "phrases": "neighbouring words",
}


def cleaning_form() -> dict[str, Any] | None:
    """Draw the form.

    Returns:
        The options `tokenizer`, `lowercase` and `steps`, or None while a setting breaks its rule; it says which one.
    """
    left, right = st.columns(2, vertical_alignment="bottom")
    names = TOKENIZERS.names()
    st.session_state.setdefault(TOKENIZER, "words")
    st.session_state.setdefault(LOWERCASE, True)
    name = left.selectbox(
        "Tokeniser",
        names,
        key=TOKENIZER,
        format_func=lambda one: TOKENIZERS.get(one).title,
        help="How text is cut into the tokens that get vectors.",
    )
    lowercase = right.toggle("Lower case", key=LOWERCASE, help="“The” and “the” become one word.")
    tokenizer = TOKENIZERS.get(name)
    st.caption(md(tokenizer.summary, 400))
    infos = describe(tokenizer.Params)
    forms.fields(infos, f"{TOKENIZER}.{name}")
    chosen = _as_text(tokenizer, f"{TOKENIZER}.{name}")
    st.markdown("**Steps**", help="They work from top to bottom; the text kept as evidence stays as it was.")
    steps = [_step(uid, step) for uid, step in _ordered()]
    _add()
    if chosen is None or None in steps:
        return None
    return {"tokenizer": chosen, "lowercase": lowercase, "steps": tuple(steps)}


def propose(steps: Iterable[str], tokenizer: str | None = None, lowercase: bool | None = None) -> None:
    """Put steps (and a tokeniser) into the form; to be called before it is drawn.

    Raises:
        SemascopeError: a text names no step, or none with such settings.
    """
    for text in steps:
        step, params = parse_unit(CLEANING_STEPS, text)
        forms.fill(step.Params, params.model_dump(), _append(step.name))
    if tokenizer is not None:
        unit, params = parse_unit(TOKENIZERS, tokenizer)
        st.session_state[TOKENIZER] = unit.name
        forms.fill(unit.Params, params.model_dump(), f"{TOKENIZER}.{unit.name}")
    if lowercase is not None:
        st.session_state[LOWERCASE] = lowercase


def forget_cleaning() -> None:
    """Begin with no steps and the usual tokeniser."""
    for name in (STEPS, TOKENIZER, LOWERCASE):
        st.session_state.pop(name, None)


def _listed() -> list[tuple[str, str]]:
    listed: list[tuple[str, str]] = st.session_state.setdefault(STEPS, [])
    return listed


def _ordered() -> list[tuple[str, type[CleaningStep[Any]]]]:
    """The steps in the order in which they work."""
    steps = [(uid, CLEANING_STEPS.get(name)) for uid, name in _listed()]
    return sorted(steps, key=lambda item: STAGES.index(item[1].stage))


def _append(name: str) -> str:
    uid = secrets.token_hex(4)
    st.session_state[STEPS] = [*_listed(), (uid, name)]
    return f"step.{uid}"


def _step(uid: str, step: type[CleaningStep[Any]]) -> str | None:
    """One step with its settings; returns it as text, or None where a setting breaks its rule."""
    prefix = f"step.{uid}"
    infos = describe(step.Params)
    with st.container(border=True, gap="xsmall", key=f"card.{prefix}"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{md(step.title)}** · works on {WORKS_ON[step.stage]}", help=md(step.summary, 400))
            with st.container(horizontal=True, width="content", gap="xsmall"):
                _button(uid, "up", ":material/arrow_upward:", "Let it work earlier, among steps of its kind.")
                _button(uid, "away", ":material/close:", "Leave this step out.")
        plain, advanced = [i for i in infos if not i.advanced], [i for i in infos if i.advanced]
        forms.fields(plain, prefix)
        if advanced:
            with st.popover("More settings", icon=":material/tune:"):
                forms.fields(advanced, prefix, columns=1)
        return _as_text(step, prefix)


def _as_text(unit: Any, prefix: str) -> str | None:
    try:
        return canonical(unit, validate(unit.Params, forms.read(describe(unit.Params), prefix), unit.name))
    except SemascopeError as error:
        guards.show_error(error)
        return None


def _button(uid: str, what: str, icon: str, said: str) -> None:
    if not st.button("", key=f"{what}.{uid}", icon=icon, type="tertiary", help=said):
        return
    steps = _ordered()
    at = next(index for index, (one, _) in enumerate(steps) if one == uid)
    if what == "away":
        del steps[at]
    elif at > 0:
        steps[at - 1], steps[at] = steps[at], steps[at - 1]
    st.session_state[STEPS] = [(one, step.name) for one, step in steps]
    st.rerun()


def _add() -> None:
    key = f"add.step.{len(_listed())}"
    picked = st.selectbox(
        "Add a step",
        sorted(CLEANING_STEPS.names(), key=lambda one: STAGES.index(CLEANING_STEPS.get(one).stage)),
        index=None,
        key=key,
        placeholder="Add a step …",
        label_visibility="collapsed",
        format_func=lambda one: f"{CLEANING_STEPS.get(one).title} · {CLEANING_STEPS.get(one).summary}"[:140],
    )
    if picked is not None:
        _append(picked)
        st.session_state.pop(key, None)
        st.rerun()
