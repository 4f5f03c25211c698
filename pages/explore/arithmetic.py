"""Arithmetic: a − b + c by two rules side by side, the input words in their true ranks, and the parallelogram."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.errors import SemascopeError
from core.explore.arithmetic import parallelogram
from core.neighbours import AnalogyMethod, Neighbour, analogy, analogy_rank
from core.runs.views import RunView
from core.space import EmbeddingSpace
from pages.ui import guards
from pages.ui.formulas import Formula, examples
from pages.ui.parallelogram_chart import parallelogram_options
from pages.ui.session import is_phone
from pages.ui.session import space as open_space
from pages.ui.text import count, md
from pages.ui.word_input import word_field

# Fields, their names in a link, what stands above them, the sign before them.
FIELDS = (
    ("a", "Begin with", "", "The word to start from (king)."),
    ("b", "take away", "−", "What is taken away (man)."),
    ("c", "add", "+", "What is added (woman)."),
    ("d", "expect", "=", "May stay empty. A word that you expect as the answer; its rank is shown."),
)
RULES: tuple[tuple[AnalogyMethod, str, str], ...] = (
    ("add", "3CosAdd", "cos(x, a − b + c): cosine similarity with the sum of the three vectors of length 1, −1 to 1."),
    (
        "mul",
        "3CosMul",
        "s(x, a) · s(x, c) / (s(x, b) + 0.001) with s = (cosine + 1) / 2, from 0; no term outweighs the rest.",
    ),
)
ROWS = 12
ROW = 35
WIDTH = 210


def main() -> None:
    run = guards.need_run()
    try:
        space = open_space(run)
    except SemascopeError as error:
        guards.show_error(error)
        st.stop()
    known = examples(space)
    adopt_formula(run, space, known)
    answer(run, space, known)


def key_of(field: str) -> str:
    return f"formula_{field}"


def adopt_formula(run: RunView, space: EmbeddingSpace, known: Sequence[Formula]) -> None:
    """Before any field is made: the formula of the link, else the one on the page, else an example."""
    linked = [str(st.query_params.get(field, ""))[:200] for field, *_ in FIELDS]
    if key_of("a") in st.session_state and st.session_state.get("formula_run") == run.id:
        return
    kept = [str(st.session_state.get(key_of(field)) or "") for field, *_ in FIELDS]
    if any(linked):
        values = linked
    elif any(kept) and all(space.resolve(word) for word in kept[:3]):
        values = kept
    else:
        values = list(known[0]) if known else ["", "", "", ""]
    for (field, *_), value in zip(FIELDS, values, strict=True):
        st.session_state[key_of(field)] = value
    st.session_state["formula_run"] = run.id


@st.fragment
def answer(run: RunView, space: EmbeddingSpace, known: Sequence[Formula]) -> None:
    """The whole page; typing redraws only this."""
    offer(known)
    words = fields(space)
    a, b, c, expected = words
    if a is None or b is None or c is None:
        st.info("Fill the first three fields with words of this run's vocabulary.", icon=":material/calculate:")
        return
    keep = not st.toggle(
        "Leave the input words out",
        key="formula_without",
        help="The words nearest to a − b + c are often a, b and c themselves. Most published numbers leave them out "
        "without saying so; the ranks here count every word either way.",
        persist_state="session",
    )
    left, right = st.columns(2, gap="medium")
    best: list[Neighbour] = []
    for place, (method, title, how) in zip((left, right), RULES, strict=True):
        with place:
            found = analogy(space, a, b, c, ROWS, method, keep_inputs=keep)
            ranked = analogy_rank(space, a, b, c, expected, method) if expected else None
            rule(space, title, how, found, (a, b, c), ranked)
            best = best or [one for one in found if one.word not in (a, b, c)]
    fourth = expected or (best[0].word if best else None)
    if fourth is not None:
        shape(space, (a, b, c, fourth), guessed=expected is None)


def offer(known: Sequence[Formula]) -> None:
    """Formulas to begin with."""
    if not known:
        return
    titles = {f"{md(a)} − {md(b)} + {md(c)}": (a, b, c, d) for a, b, c, d in known}

    def chosen() -> None:
        if st.session_state["formula_example"]:
            for (field, *_), word in zip(FIELDS, titles[st.session_state["formula_example"]], strict=True):
                st.session_state[key_of(field)] = word
            st.session_state["formula_example"] = None

    st.pills(
        "Examples from this vocabulary",
        list(titles),
        key="formula_example",
        on_change=chosen,
        help="Each of their words is in this run's vocabulary; that it comes out right is not promised.",
    )


def fields(space: EmbeddingSpace) -> list[str | None]:
    """The four fields in a row; returns their words as the vocabulary writes them, and puts them into the link."""
    words = []
    with st.container(horizontal=True, vertical_alignment="top", gap="small", key="formula_row"):
        for field, label, sign, hint in FIELDS:
            with st.container(width="stretch" if is_phone() else WIDTH, gap="xsmall"):
                title = f"{sign} {label}" if sign else label
                words.append(word_field(space, key_of(field), title, hint=hint, placeholder="a word"))
    for (field, *_), word in zip(FIELDS, words, strict=True):
        if word is None:
            st.query_params.pop(field, None)
        elif st.query_params.get(field) != word:
            st.query_params[field] = word
    return words


def rule(
    space: EmbeddingSpace,
    title: str,
    how: str,
    found: Sequence[Neighbour],
    inputs: tuple[str, str, str],
    ranked: Neighbour | None,
) -> None:
    """The answer by one rule: true ranks, inputs greyed, the expected word named."""
    expected = ranked.word if ranked else None
    st.markdown(f"#### {title}", help=how)
    if ranked is not None:
        before = sum(one.word in inputs for one in found if one.rank < ranked.rank)
        behind = f", {before} of the better ones {'is an input word' if before == 1 else 'are input words'}"
        st.markdown(
            f"**{md(ranked.word)}** has rank **{count(ranked.rank)}** of {count(len(space))}{behind if before else ''}."
        )
    notes = ["input" if one.word in inputs else "expected" if one.word == expected else "" for one in found]
    frame = pd.DataFrame(
        {
            "rank": [one.rank for one in found],
            "word": [f"{one.word} · {note}" if note else one.word for one, note in zip(found, notes, strict=True)],
            "score": [one.similarity for one in found],
            "count": [one.count for one in found],
        }
    )
    number = st.column_config.NumberColumn
    st.dataframe(
        frame.style.apply(lambda row: shade(notes[row.name], len(row)), axis=1),
        key=f"formula_{title}",
        hide_index=True,
        height=ROW * (len(found) + 1) + 2,
        row_height=ROW,
        column_config={
            "rank": number("Rank", width=60, help="Place among all words of the vocabulary, input words too."),
            "word": st.column_config.TextColumn("Word", width="small", help="Input words stand in their true rank."),
            "score": st.column_config.ProgressColumn(
                "Score",
                format="%.3f",
                min_value=0,
                max_value=max(1.0, *(one.similarity for one in found)) if found else 1.0,
                color="primary",
                width="small",
                help=how,
            ),
            "count": number("Count", format="localized", width=80, help="Occurrences in the training text."),
        },
        alt=f"Answer by {title}",
    )


def shade(note: str, width: int) -> list[str]:
    """The style of a row: input words in grey, the expected word on a ground of its own."""
    style = {"input": "color: #9096AE", "expected": "background-color: #6366F133"}.get(note, "")
    return [style] * width


def shape(space: EmbeddingSpace, words: Formula, *, guessed: bool) -> None:
    """The parallelogram of the four words, with its error in degrees and in length."""
    drawn = parallelogram(space, *words)
    a, b, c, d = (md(word) for word in words)
    st.markdown("#### The parallelogram")
    left, right = st.columns([2, 1], gap="medium", vertical_alignment="center")
    with left:
        st.echarts_chart(
            parallelogram_options(drawn), height=380, key="parallelogram", alt="The four words in their plane"
        )
    with right:
        st.metric(
            "Error in direction",
            "–" if drawn.angle is None else f"{drawn.angle:.0f}°",
            help="Angle between the step from b to a and the step from c to the fourth word, in degrees: 0 is a "
            "perfect parallelogram, 90 no relation. Measured in all dimensions, not in the drawing.",
        )
        st.metric(
            "Error in length",
            "–" if drawn.length_error is None else f"{drawn.length_error:+.0%}".replace("-", "−"),
            help="How much longer the step from c to the fourth word is than the step from b to a; 0 is equal.",
        )
        st.metric(
            "Shown in the plane",
            f"{drawn.shown:.0%}",
            help="Share of the spread of the four words that their best plane shows; the rest stands out of the page.",
        )
    last = f"{d} is the nearest word that is no input word; name another under “expect”." if guessed else ""
    st.caption(
        f"The arrows lead from {b} to {a} and from {c} to {d}. The dashed ring is where {a} − {b} + {c} falls. {last}"
    )


main()
