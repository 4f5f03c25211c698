"""Twenty lines by chance, before and after each step of the cleaning."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from core.data.cleaner import PhraseStep, steps_of
from core.data.cleaning_preview import Stage, trace
from core.data.options import CorpusOptions
from core.data.phrase_preview import PhrasesFound
from core.data.preview import Preview
from core.data.previewing import safe_phrases
from core.errors import SemascopeError
from pages.ui import guards
from pages.ui.text import count, md

__all__ = ["before_after", "phrases_box", "rows_of"]

SHOWN = 600
PHRASES = "reading.phrases"


def before_after(look: Preview, options: CorpusOptions) -> None:
    """Draw the lines as one step got them and as it left them; all steps together to begin with."""
    try:
        stages = trace([text for _, text in look.lines], options)
    except SemascopeError as error:
        guards.show_error(error)
        return
    titles = ["Everything", *(stage.title for stage in stages[1:])]
    st.markdown(
        f"**Before and after**, {count(len(look.lines))} lines by chance",
        help="Repeats, learned pieces and phrases depend on the whole text; here they are those of these lines.",
    )
    # Two steps may have one title, so places are what is chosen.
    picked = st.pills(
        "What a step did",
        range(len(titles)),
        default=0,
        format_func=lambda place: f"{place}. {titles[place]}" if place else titles[0],
        key=f"before_after.{len(titles)}",
        required=True,
        label_visibility="collapsed",
    )
    before, after = (stages[0], stages[-1]) if not picked else (stages[picked - 1], stages[picked])
    st.dataframe(
        rows_of([number for number, _ in look.lines], before, after),
        hide_index=True,
        alt="Lines before and after",
        column_config={
            "#": st.column_config.NumberColumn(width=60, format="localized", help=f"Number of the {look.unit}."),
            "Before": st.column_config.TextColumn(width="large"),
            "After": st.column_config.TextColumn(width="large"),
        },
    )
    if picked:
        changed = sum(row["Before"] != row["After"] for row in rows_of([0] * len(look.lines), before, after))
        st.caption(f"{md(titles[picked])} changed {changed} of these {len(look.lines)} lines.")


def phrases_box(path: Path, options: CorpusOptions, kept: bool) -> None:
    """Show what a step that joins phrases would join, when asked for."""
    if not any(isinstance(step, PhraseStep) for step in steps_of(options.steps)):
        return
    asked = f"{path} {options.model_dump_json()}"
    shown = st.session_state.get(PHRASES)
    if shown is None or shown[0] != asked:
        if not st.button(
            "Show the phrases",
            icon=":material/join:",
            key="show_phrases",
            help="Counts pairs in the first 300,000 words or so; takes a second or two.",
        ):
            return
        with st.spinner("Counting pairs …"):
            try:
                shown = (asked, safe_phrases(path, options, kept))
            except SemascopeError as error:
                guards.show_error(error)
                return
        st.session_state[PHRASES] = shown
    found: PhrasesFound | None = shown[1]
    if found is None:
        return
    part = "the whole text" if found.whole else f"{count(found.words)} words of the text"
    st.markdown(f"**{count(found.count)} phrases would be joined** in {part}, the strongest first")
    st.dataframe(
        [
            {"Phrase": f"{first} {second}", "Side by side": together, "Score": score}
            for first, second, together, score in found.phrases
        ],
        hide_index=True,
        height=260,
        alt="Phrases that would be joined",
        column_config={
            "Side by side": st.column_config.NumberColumn(format="localized", help="How often the pair occurs."),
            "Score": st.column_config.NumberColumn(format="%.3g", help="By the step's method; higher is stronger."),
        },
    )


def rows_of(numbers: Sequence[int], before: Stage, after: Stage) -> list[dict[str, object]]:
    """A row for each line as it was read: its number, what the step got, and what it left."""
    rows: list[dict[str, object]] = []
    for source, number in enumerate(numbers):
        got = _lines(before, source)
        left = _lines(after, source)
        rows.append({"#": number + 1, "Before": " ⏎ ".join(got)[:SHOWN], "After": " ⏎ ".join(left)[:SHOWN] or "—"})
    return rows


def _lines(stage: Stage, source: int) -> list[str]:
    return [line for line, of in zip(stage.lines, stage.sources, strict=True) if of == source]
