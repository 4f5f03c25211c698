"""The architecture picker: each in one line with its price on this corpus, the chosen one in three sentences.

What cannot learn from the corpus is shown all the same, greyed out, with the reason.
"""

import math
import re
from typing import Any

import streamlit as st

from core.architecture import ARCHITECTURES, Architecture, CorpusSize, Preset
from core.params import validate
from pages.ui.starting import DEFAULT_ARCHITECTURE, preset_values, threads_for
from pages.ui.text import md, size

__all__ = ["CHOSEN", "in_order", "pick_architecture", "sentences"]

CHOSEN = "form.architecture"
REFUSED = "form.refused"
ICONS = (":material/target:", ":material/lightbulb:", ":material/timer:")
"""What it optimises, when to use it, what it costs."""
MUCH = 1e9

Unit = type[Architecture[Any]]


def pick_architecture(extent: CorpusSize | None, preset: Preset, asked: str | None = None) -> Unit:
    """Draw the picker; returns what is chosen.

    Args:
        extent: of the corpus; None where its cut-offs leave nothing, and nothing can be said of it.
        preset: prices are those of its settings.
        asked: name of the architecture to begin with, if another one than last time.
    """
    reasons = {unit.name: unit.refuses(extent) if extent is not None else None for unit in in_order()}
    open_to = [name for name, reason in reasons.items() if reason is None] or list(reasons)
    wanted = asked or st.session_state.get(CHOSEN, DEFAULT_ARCHITECTURE)
    taken = wanted if wanted in open_to else DEFAULT_ARCHITECTURE if DEFAULT_ARCHITECTURE in open_to else open_to[0]
    st.session_state[CHOSEN] = taken
    title = ARCHITECTURES.get(taken).title
    with st.container(gap="xsmall"):
        st.markdown(":small[Architecture]", help=f"The way in which vectors are learned, one of {len(reasons)}.")
        with st.popover(f"**{md(title)}**", width="stretch", key="architectures"):
            st.radio(
                "Architecture",
                open_to,
                key=CHOSEN,
                format_func=lambda name: f"**{md(ARCHITECTURES.get(name).title)}**{_price(name, preset, extent)}",
                captions=[md(sentences(ARCHITECTURES.get(name))[0], 300) for name in open_to],
                label_visibility="collapsed",
                persist_state="session",
            )
            _greyed({name: reason for name, reason in reasons.items() if reason is not None and name not in open_to})
        _explained(ARCHITECTURES.get(taken))
    if wanted != taken and wanted in reasons:
        st.caption(
            f":material/info: {md(ARCHITECTURES.get(wanted).title)} cannot learn from this corpus, so {md(title)} is "
            f"chosen. {md(reasons[wanted] or '', 300)}"
        )
    return ARCHITECTURES.get(taken)


def in_order() -> list[Unit]:
    """What a newcomer should try first comes first, what learns nothing last."""
    return sorted(
        ARCHITECTURES, key=lambda unit: (unit.name != DEFAULT_ARCHITECTURE, not unit.learns, unit.title.lower())
    )


def sentences(unit: Unit) -> list[str]:
    """The summary in its three sentences: what it optimises, when to use it, what it costs."""
    return re.split(r"(?<=\.)\s+", unit.summary, maxsplit=2)


def _explained(unit: Unit) -> None:
    lines = [f"{icon} {md(said, 400)}" for icon, said in zip(ICONS, sentences(unit), strict=False)]
    st.caption("  \n".join(lines), help=md(unit.citation, 400))


def _price(name: str, preset: Preset, extent: CorpusSize | None) -> str:
    """Time with the settings of the preset, from sizes alone, and memory where it is much."""
    if extent is None:
        return ""
    unit = ARCHITECTURES.get(name)
    params = validate(unit.Params, preset_values(name, preset, extent), name)
    price = unit.estimate(params, extent, threads_for(0, extent.tokens))
    memory = f", {size(price.memory)} of memory" if price.memory >= MUCH else ""
    return f" :gray[:small[about {_roughly(price.seconds)}{memory}]]"


def _roughly(seconds: float) -> str:
    """Seconds to one digit: what is estimated from sizes alone is not known better."""
    if seconds < 1.5:
        return "a second"
    digits = 10 ** max(0, math.floor(math.log10(seconds)))
    rounded = round(seconds / digits) * digits
    return (
        f"{rounded} s" if rounded < 60 else f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.0f} h"
    )


def _greyed(shut: dict[str, str]) -> None:
    """What cannot be chosen, and why."""
    if not shut:
        return
    st.caption("Not on this corpus:")
    st.radio(
        "Not on this corpus",
        list(shut),
        index=None,
        key=REFUSED,
        format_func=lambda name: md(ARCHITECTURES.get(name).title),
        captions=[md(reason, 300) for reason in shut.values()],
        disabled=True,
        label_visibility="collapsed",
    )
