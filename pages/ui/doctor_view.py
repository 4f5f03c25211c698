"""The corpus doctor on the page: advice with its buttons, and the shape of the vocabulary as three curves."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.data.corpus import Corpus
from core.data.diagnosis import Advice, diagnose
from core.data.examination import Examination, examination_of, start_examination
from core.data.kept_documents import why_not
from core.data.languages import LANGUAGE_NAMES
from core.data.laws import PowerLaw
from core.runs.settings import default_min_count
from pages.ui.loss_chart import DARK, LIGHT
from pages.ui.session import is_dark
from pages.ui.text import count, md

__all__ = ["curve_options", "doctor_box", "facts", "shape"]

TICK = 0.7
STARTED = "doctor.started"


def doctor_box(corpus: Corpus, follow: Any) -> None:
    """What the doctor says; while it still counts, a line says so and the page looks again.

    Args:
        corpus: the corpus.
        follow: called with an `Advice` whose button was pressed.
    """
    found = examination_of(corpus)
    if found is None and _under_way(corpus):
        st.fragment(_waiting, run_every=TICK)(corpus)
        return
    if found is None:
        st.caption("This corpus could not be examined; its counts and lines below are complete.")
        return
    advice = diagnose(corpus, found, default_min_count(corpus.tokens_total))
    with st.container(border=True, gap="small", key="doctor"):
        st.markdown("##### :material/stethoscope: The corpus doctor")
        if not advice and not corpus.warnings:
            st.markdown("Nothing to complain about: enough text, few repeats, no leftovers of markup.")
        for sentence in corpus.warnings:
            st.markdown(f":material/info: {md(sentence, 400)}")
        for number, one in enumerate(advice):
            _sentence(one, number, why_not(corpus) if one.steps or one.tokenizer else "", follow)


def _sentence(one: Advice, number: int, needs_file: str, follow: Any) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f":material/lightbulb: {md(one.text, 500)}", width="stretch")
        if one.label and st.button(
            one.label,
            key=f"follow.{number}",
            disabled=bool(needs_file),
            help=needs_file or "Does what the sentence advises; nothing is lost.",
        ):
            follow(one)


def _under_way(corpus: Corpus) -> bool:
    """Start the examination once; False when it ended without a result."""
    started: dict[str, Any] = st.session_state.setdefault(STARTED, {})
    if corpus.id not in started:
        started[corpus.id] = start_examination(corpus)
    return started[corpus.id].poll() is None


def _waiting(corpus: Corpus) -> None:
    st.caption(":material/stethoscope: The corpus doctor is counting: a second or two.")
    if examination_of(corpus) is not None or not _under_way(corpus):
        st.rerun()


def shape(corpus: Corpus) -> None:
    """Growth, frequencies and coverage of the vocabulary."""
    found = examination_of(corpus)
    if found is None:
        st.caption("The curves appear when the doctor has counted.")
        return
    with st.grid(3, min_column_width=210):
        with st.container():
            st.markdown("**New words as the text goes on**", help="Type/token curve, both axes logarithmic.")
            _curve(found.growth, found.heaps, "words read", "different words", f"growth.{corpus.id}")
            st.caption(_heaps_said(found.heaps))
        with st.container():
            st.markdown("**How often the nth word occurs**", help="Zipf plot, both axes logarithmic.")
            _curve(found.zipf_points, found.zipf, "rank", "occurrences", f"zipf.{corpus.id}")
            st.caption(_zipf_said(found.zipf))
        with st.container():
            st.markdown("**What a vocabulary covers**", help="Share of all words of the text.")
            sizes, shares = found.coverage
            percent = (sizes, tuple(100 * share for share in shares))
            _curve(percent, None, "most frequent words", "% of the text", f"coverage.{corpus.id}", log_y=False)
            st.caption(_coverage_said(sizes, shares))


def facts(corpus: Corpus) -> None:
    """Languages, general English, long and repeated lines, labels."""
    found = examination_of(corpus)
    if found is None:
        st.caption("The facts appear when the doctor has counted.")
        return
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Languages**", help="Guessed line by line (py3langid) on a sample; short lines are passed over.")
        named = [
            f"{LANGUAGE_NAMES.get(code, code)} {share:.0%}" for code, share in found.languages.items() if share >= 0.02
        ]
        st.markdown((", ".join(named) or "not to be told") + f" · of {count(found.languages_of)} lines looked at")
        st.markdown(
            "**Outside general English**",
            help="Words that a dictionary of English word forms (simplemma) does not have; names are not in it.",
        )
        if found.unknown is None:
            st.markdown("No words of letters to look up.")
        else:
            st.markdown(
                f"**{found.unknown.tokens:.1%}** of the text, **{found.unknown.types:.0%}** of "
                f"{count(found.unknown.looked_at)} different words, for example "
                + ", ".join(f"*{md(word, 30)}*" for word in found.unknown.examples[:8])
            )
    with right:
        _long_and_repeated(corpus, found)
    if corpus.labels:
        st.markdown("**Labels**", help="Documents with each label, most frequent first.")
        st.dataframe(
            [{"Label": label, "Documents": number} for label, number in list(corpus.labels.items())[:200]],
            hide_index=True,
            height="auto" if len(corpus.labels) < 8 else 300,
            alt="Documents by label",
            column_config={
                "Documents": st.column_config.ProgressColumn(
                    format="localized", min_value=0, max_value=max(corpus.labels.values())
                )
            },
        )


def _long_and_repeated(corpus: Corpus, found: Examination) -> None:
    lines = found.lines
    st.markdown(
        "**Lines**", help="Lines without words are not counted; a repeated line has the words of an earlier one."
    )
    st.markdown(
        f"{count(lines.count)} with words, {lines.median:g} words in the middle one, {count(lines.repeated)} repeated."
    )
    shown = [("longest", line) for line, _ in lines.longest[:3]]
    shown += [(f"repeats line {count(first + 1)}", line) for line, first in lines.repeats[:3]]
    rows = [
        {
            "Why": why,
            "Line": line + 1,
            "Words": int(corpus.offsets[line + 1] - corpus.offsets[line]),
            "Text": corpus.line(line)[:200] if corpus.has_text else "",
        }
        for why, line in shown
    ]
    st.dataframe(
        rows,
        hide_index=True,
        alt="The longest and some repeated lines",
        column_config={"Line": st.column_config.NumberColumn(format="localized")},
    )


def _curve(
    points: tuple[Sequence[int], Sequence[float]],
    law: PowerLaw | None,
    x: str,
    y: str,
    key: str,
    log_y: bool = True,
) -> None:
    st.echarts_chart(
        curve_options(points, law, x, y, is_dark(), log_y), height=230, key=key, alt=f"{y.capitalize()} over {x}"
    )


def curve_options(
    points: tuple[Sequence[int], Sequence[float]], law: PowerLaw | None, x: str, y: str, dark: bool, log_y: bool = True
) -> dict[str, Any]:
    """A curve on a logarithmic axis, with the law fitted to it as a dashed line."""
    ink = DARK if dark else LIGHT
    axis = {
        "nameLocation": "middle",
        "nameTextStyle": {"color": ink.text},
        "axisLabel": {"color": ink.text, "hideOverlap": True},
        "splitLine": {"lineStyle": {"color": ink.line}},
        "minorTick": {"show": False},
    }
    series: list[dict[str, Any]] = [
        {
            "name": y,
            "type": "line",
            "data": [[a, b] for a, b in zip(*points, strict=True)],
            "showSymbol": False,
            "lineStyle": {"color": ink.accent, "width": 3},
            "itemStyle": {"color": ink.accent},
        }
    ]
    if law is not None:
        # A straight line on these axes: its two ends are enough, and no lower than one word.
        ends = [value for value in (points[0][0], points[0][-1]) if law.factor * value**law.exponent >= 1]
        if len(ends) == 1:
            ends.append(max(1, int(law.factor ** (-1 / law.exponent))))
        series.append(
            {
                "name": "fit",
                "type": "line",
                "data": [[end, law.factor * end**law.exponent] for end in sorted(ends)],
                "showSymbol": False,
                "lineStyle": {"color": ink.held_out, "width": 1.5, "type": "dashed"},
                "itemStyle": {"color": ink.held_out},
            }
        )
    return {
        "animation": False,
        "grid": {"left": 12, "right": 18, "top": 12, "bottom": 26, "containLabel": True},
        "tooltip": {"trigger": "axis", "confine": True},
        "xAxis": {"type": "log", "name": x, "nameGap": 24, **axis},
        "yAxis": {"type": "log" if log_y else "value", **axis},
        "series": series,
    }


def _heaps_said(law: PowerLaw | None) -> str:
    if law is None:
        return "Too little text for Heaps' law."
    return (
        f"Heaps: exponent {law.exponent:.2f} (R² {law.r2:.3f}). Doubling the text brings "
        f"{2**law.exponent - 1:.0%} more different words; near 100 % they never cease."
    )


def _zipf_said(law: PowerLaw | None) -> str:
    if law is None:
        return "Too few words for Zipf's law."
    exponent = f"{law.exponent:.2f}".replace("-", "−")
    return f"Zipf: exponent {exponent} (R² {law.r2:.3f}); natural text is near −1."


def _coverage_said(sizes: Sequence[int], shares: Sequence[float]) -> str:
    for wanted in (0.9, 0.5):
        for size, share in zip(sizes, shares, strict=True):
            if share >= wanted:
                return f"The {count(size)} most frequent words make up {share:.0%} of the text."
    return ""
