"""Evidence: the lines of the corpus in which two words stand together, with both words emphasised."""

from collections.abc import Iterable, Sequence

import streamlit as st

from core.errors import SemascopeError
from core.explore.evidence import evidence
from core.runs.views import RunView
from pages.ui.guards import show_error
from pages.ui.session import corpus
from pages.ui.text import count, md

__all__ = ["emphasise", "show_evidence"]

LINES = 6
# Characters kept on each side of the two words; a line of a corpus may be a whole book.
MARGIN = 90


def show_evidence(run: RunView, a: str, b: str, lines: int = LINES) -> None:
    """Show lines of the run's corpus that hold both words, or say why there are none to show."""
    st.markdown(f"**Evidence** · {md(a)} and {md(b)}")
    if not run.corpus:
        st.caption("These vectors were brought along without their text, so there are no lines to show.")
        return
    window = int(getattr(run.spec.params, "window", 5)) if run.spec else 5
    try:
        found = evidence(corpus(run.corpus), a, b, window=window, limit=lines)
    except SemascopeError as error:
        show_error(error)
        return
    if not found.total:
        st.caption(
            f"No line holds both words within {window} words of each other: they are near because they stand "
            "among the same other words."
        )
        return
    for line in found.lines:
        st.markdown(f":gray[:small[{count(line.number)}]]  {emphasise(line.text, line.spans)}")
    shown = len(found.lines)
    st.caption(
        f"{count(shown)} of {count(found.total)} {'line' if found.total == 1 else 'lines'} with both words within "
        f"{window} words of each other; the number before a line is its place in the corpus.",
        help="The window is the one that this run was trained with: nearer pairs are what training has seen together.",
    )


def emphasise(text: str, spans: Iterable[Sequence[int]]) -> str:
    """The part of a line around its spans as markdown: the spans bold, everything else as text.

    Args:
        text: the line.
        spans: pairs of first and past-the-last character.
    """
    ordered = sorted((max(0, int(first)), min(len(text), int(last))) for first, last in spans)
    if not ordered:
        return md(text, 2 * MARGIN)
    start, stop = _from(text, ordered[0][0]), _to(text, ordered[-1][1])
    parts = ["… " if start else ""]
    place = start
    for first, last in ordered:
        if first < place:
            continue
        between = text[place:first]
        # Two words far apart: the middle of a long line says nothing about them.
        parts.append(_middle(between) if place > start else md(between, len(between) + 1))
        parts.append(f"**{md(text[first:last], last - first + 1)}**")
        place = last
    rest = text[place:stop]
    parts += [md(rest, len(rest) + 1), " …" if stop < len(text) else ""]
    return "".join(parts)


def _from(text: str, place: int) -> int:
    """Where the lead-in begins: at a word's start, if one is near."""
    start = max(0, place - MARGIN)
    blank = text.find(" ", start, place)
    return start if start == 0 or blank < 0 else blank + 1


def _to(text: str, place: int) -> int:
    """Where the rest ends: at a word's end, if one is near."""
    stop = min(len(text), place + MARGIN)
    blank = text.rfind(" ", place, stop)
    return stop if stop == len(text) or blank < 0 else blank


def _middle(text: str) -> str:
    if len(text) <= 2 * MARGIN:
        return md(text, len(text) + 1)
    return f"{md(text[:MARGIN], MARGIN + 1)} … {md(text[-MARGIN:], MARGIN + 1)}"
