"""The parts of a bias result: the score with its p, what it belongs to, and every word's part in it."""

from typing import Any

import pandas as pd
import streamlit as st

from core.bias.metric import METRICS, BiasResult
from core.runs.views import RunView
from core.space import EmbeddingSpace
from pages.ui.projector import text_scale
from pages.ui.session import corpus_name
from pages.ui.text import count, md

__all__ = ["p_text", "record", "show_numbers", "show_provenance", "show_words"]


def show_numbers(result: BiasResult) -> None:
    """The score, its p and the numbers of words, each with its unit and how it is computed."""
    unit = METRICS.get(result.metric)
    with st.grid(4, min_column_width=round(125 * text_scale())):
        st.metric(
            unit.title,
            "not defined" if result.value is None else f"{result.value:+.2f}".replace("-", "−"),
            help=f"Unit: {md(result.unit, 200)}. {md(result.direction, 400)}.",
        )
        st.metric(
            "p, one-sided",
            p_text(result),
            help="Share of ways to deal the target words into sets of the same sizes that lean more strongly than this "
            f"one; those that lean as strongly do not count. {md(result.p_method, 200)}{p_note(result)}.",
        )
        st.metric(
            "Words, targets",
            " + ".join(str(use.n) for use in result.sets if use.role == "target"),
            help="Target words of the first and the second set that are in this vocabulary.",
        )
        st.metric(
            "Words, attributes",
            " + ".join(str(use.n) for use in result.sets if use.role == "attribute"),
            help="Attribute words of the first and the second set that are in this vocabulary.",
        )
    parts = [f"Range about −2 to 2, 0 is no difference; {md(result.direction, 400)}."]
    if result.p_method:
        parts.append(f"p: {md(result.p_method, 200)}.")
    st.caption(" ".join(parts))


def p_text(result: BiasResult) -> str:
    """The p as people write it; where not one split leans more strongly, what that many splits can say."""
    if result.p_value is None:
        return "–"
    return f"{result.p_value:.2g}" if result.p_value else f"< 1/{result.splits:,}"


def p_note(result: BiasResult) -> str:
    """How a p of none is meant; empty for any other."""
    return "" if result.p_value != 0 else f": none of them, so p is less than one in {result.splits:,}"


def show_provenance(run: RunView, space: EmbeddingSpace, result: BiasResult) -> None:
    """What a score must never stand without."""
    facts = record(run, space, result)["space"]
    versions = " · ".join(f"{md(str(name))} {md(str(value))}" for name, value in facts["versions"].items())
    corpus = f"Corpus {md(corpus_name(run.corpus))} {md(run.corpus[:12])}" if run.corpus else "Corpus unknown"
    st.caption(
        f"{corpus} · vectors {md(facts['vectors_sha256'][:12])} "
        f"· seed {md(facts['seed'])} · {count(facts['words'])} words · {versions}",
        help="What this number belongs to: hash of the corpus, hash of the vectors, seed of the training, size of the "
        "vocabulary, versions that computed.",
    )


def record(run: RunView, space: EmbeddingSpace, result: BiasResult) -> dict[str, Any]:
    """The result with everything that it belongs to, as JSON."""
    return {
        "result": result.to_dict(),
        "space": {
            "run": run.id,
            "corpus": run.corpus or "unknown",
            "vectors_sha256": str(space.metadata.get("sha256", "")),
            "seed": str(space.metadata.get("seed", "unknown")),
            "words": len(space),
            "dimensions": space.dimensions,
            "versions": dict(run.spec.versions) if run.spec else {},
        },
    }


def show_words(result: BiasResult) -> None:
    """Each word's place on the axis and its part in the score."""
    frame = pd.DataFrame(
        {
            "word": [one.word for one in result.words],
            "set": [one.set for one in result.words],
            "count": [one.count for one in result.words],
            "association": [one.association for one in result.words],
            "without": [one.without for one in result.words],
            "contribution": [one.contribution for one in result.words],
        }
    )
    number = st.column_config.NumberColumn
    st.dataframe(
        frame,
        key="bias_words",
        hide_index=True,
        column_config={
            "word": "Word",
            "set": "Set",
            "count": number("Count", format="localized", help="Occurrences in the training text."),
            "association": number(
                "Association", format="%.3f", help="Mean cosine to the first set of the other role minus the second."
            ),
            "without": number("Without", format="%.2f", help="The score when this word is left out."),
            "contribution": number("Contribution", format="%+.3f", help="Score with the word minus without it."),
        },
        alt="Every word of the test with its association and contribution",
    )
