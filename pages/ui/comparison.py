"""Several runs side by side: their curves where these mean the same, else the rank of the held-out word."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import pandas as pd
import streamlit as st

from core.errors import SemascopeError
from core.evaluation.benchmark import BENCHMARKS
from core.runs.comparing import held_out_apart, loss_meaning, same_text, why_apart
from core.runs.views import RunView
from pages.ui.ask import Asked, asked, progress_line
from pages.ui.cards import held_out_expected, loss_unit
from pages.ui.loss_chart import MOST_CURVES, Over, overlay_options
from pages.ui.overlay import curves, names_of
from pages.ui.session import corpus, is_dark, store
from pages.ui.text import md

__all__ = ["compare", "draw_curves", "drawable"]

HEIGHT = 380
LOOK_AGAIN = 1.0
OVER: dict[Over, str] = {"words": "Words read", "seconds": "Time"}


def compare(runs: Sequence[RunView]) -> None:
    """Draw the comparison of two or more runs."""
    with st.container(border=True, key="comparison"):
        st.subheader("Compare curves", anchor=False)
        if len(runs) > MOST_CURVES:
            st.caption(f"The first {MOST_CURVES} of {len(runs)} are shown.")
            runs = runs[:MOST_CURVES]
        whole = [run for run in runs if run.spec is not None]
        if len(whole) < len(runs):
            st.caption("Damaged runs are left out.")
        if len(whole) < 2:
            return
        apart = why_apart([run.spec for run in whole if run.spec])
        if apart:
            st.info(md(apart, 600), icon=":material/call_split:")
        if lines := held_out_apart([run.spec for run in whole if run.spec and (apart or held_out_expected(run))]):
            st.info(md(lines, 400), icon=":material/rule:")
        identifiers = tuple(run.id for run in whole)
        every = LOOK_AGAIN if any(run.active for run in whole) else None
        st.fragment(_charts, run_every=every)(identifiers)
        if apart and len({run.corpus for run in whole}) == 1:
            _ranks(whole)


def _charts(identifiers: tuple[str, ...]) -> None:
    found = {run.id: run for run in store().runs()}
    draw_curves([found[one] for one in identifiers if one in found], "comparison")


def draw_curves(runs: Sequence[RunView], place: str, names: Mapping[str, str] | None = None) -> None:
    """One chart for each meaning of the loss that two runs or more share.

    Args:
        runs: none of them damaged.
        place: begins the keys of the charts.
        names: what to call each, by id; None: their labels.
    """
    groups = drawable(runs)
    if not groups:
        return
    over: Over = (
        st.segmented_control(
            "Over",
            list(OVER),
            default="words",
            key=f"{place}.over",
            format_func=OVER.__getitem__,
            required=True,
            label_visibility="collapsed",
            help="What the curves run over: words of the corpus read, or time spent.",
        )
        or "words"
    )
    for number, group in enumerate(groups):
        if group[0].spec:
            st.caption(f"{md(loss_meaning(group[0].spec), 300)}; dotted on what is held out, lower is better.")
        lines = curves(group, names)
        if not any(row["loss"] is not None for one in lines for row in one.rows):
            st.caption("There is no loss yet.")
            continue
        st.echarts_chart(
            overlay_options(lines, over, dark=is_dark(), unit=loss_unit(group[0])),
            height=HEIGHT,
            key=f"{place}-{number}-{'-'.join(run.id[9:] for run in group)}",
            alt=f"Loss of {len(group)} runs.",
        )


def drawable(runs: Sequence[RunView]) -> list[list[RunView]]:
    """The runs whose curves lie on one chart: two or more each, by what their loss means."""
    return [group for group in _groups(runs) if len(group) > 1]


def _groups(runs: Sequence[RunView]) -> list[list[RunView]]:
    """The runs by what their loss means; those without one are in none."""

    def meaning(run: RunView) -> tuple[str, str, int, int]:
        assert run.spec is not None
        settings = run.spec.settings
        return loss_meaning(run.spec), settings.corpus, settings.min_count, settings.max_vocabulary

    with_loss = [run for run in runs if run.spec and loss_meaning(run.spec)]
    return [list(group) for _, group in groupby(sorted(with_loss, key=meaning), key=meaning)]


def _ranks(runs: Sequence[RunView]) -> None:
    """The rank of the held-out word of each run, asked of the worker."""
    st.markdown(
        "##### Mean rank of the held-out word",
        help="Each word of a line that was kept from training is guessed from the mean of its neighbours' vectors, "
        "five words on each side. The rank is in percent of the vocabulary: 0 if it always comes first, 50 by chance; "
        "± is twice the standard error over at most 2,000 words, for these vectors; another seed may differ more. It "
        "favours vectors that are near those of the words beside them, and is no verdict on their quality.",
    )
    ready = [run for run in runs if run.has_vectors and not run.active]
    if len(ready) < 2:
        st.caption("It is measured once two of the runs have ended with vectors.")
        return
    words = min(_vocabulary(run) for run in ready)
    answers = {run.id: _asked(run, "held_out_rank", words=words) for run in ready}
    # The gaps are the same only where the words are.
    alike = all(run.spec and ready[0].spec and same_text(run.spec, ready[0].spec) for run in ready)
    filled = {run.id: _asked(run, "held_out_gap") for run in ready} if alike else {}
    names = names_of(ready)
    rows = pd.DataFrame(
        [_row(name, answers[run.id], filled.get(run.id)) for run, name in zip(ready, names, strict=True)]
    )
    by_gaps = bool(rows["Gaps filled"].notna().all())
    if not by_gaps:
        rows = rows.drop(columns="Gaps filled")
    st.dataframe(
        rows.sort_values("Gaps filled" if by_gaps else "Rank", ascending=not by_gaps, na_position="last"),
        hide_index=True,
        height="content",
        alt="Mean rank of the held-out word of each run",
        placeholder="–",
        column_config={
            "Rank": st.column_config.NumberColumn(
                "Rank, %", format="%.2f", help="Mean, in percent of the vocabulary; lower is better, 50 is chance."
            ),
            "±": st.column_config.NumberColumn(format="%.2f", help="Twice the standard error, in percent."),
            "Words guessed": st.column_config.NumberColumn(format="localized"),
            "Gaps filled": st.column_config.NumberColumn(
                format="%.3f", help=f"{BENCHMARKS.get('held_out_gap').summary} The best stands first."
            ),
        },
    )
    st.caption(
        f"The rank is among the {words:,} most frequent words, which all of them know; lower is better, 50 is chance."
        + (" Of gaps filled more is better: it tells good vectors apart more surely, and orders the runs." * by_gaps)
    )
    reasons = [str(found[1].facts.get("undefined", "")) for found in answers.values() if not isinstance(found, str)]
    for reason in dict.fromkeys(filter(None, reasons)):
        st.caption(md(reason, 300))
    for run, name in zip(ready, names, strict=True):
        found = answers[run.id]
        if not isinstance(found, str):
            progress_line(run, [(name, found)], place=f"rank-{run.id}")


def _asked(run: RunView, benchmark: str, **params: Any) -> Asked | str:
    """A score, asked of the worker; or why it cannot be asked, as a sentence."""
    try:
        return asked(run, "evaluate", benchmark=benchmark, params=params)
    except SemascopeError as error:
        return str(error)


def _row(name: str, found: Asked | str, filled: Asked | str | None) -> dict[str, object]:
    facts = {} if isinstance(found, str) else found[1].facts
    deviation = facts.get("deviation")
    return {
        "Run": name,
        "Rank": facts.get("value"),
        "±": None if deviation is None else 2 * deviation,
        "Words guessed": facts.get("used"),
        "Gaps filled": None if filled is None or isinstance(filled, str) else filled[1].facts.get("value"),
    }


def _vocabulary(run: RunView) -> int:
    """Words that a run has vectors for."""
    if run.result is not None and run.result.vocabulary:
        return run.result.vocabulary
    assert run.spec is not None
    settings = run.spec.settings
    return corpus(settings.corpus).size(settings.min_count, settings.max_vocabulary).vocabulary
