"""Bias: how unequally a space places two sets of words, with all that is needed to judge the number."""

import json

import pandas as pd
import streamlit as st

from core.bias.metric import METRICS, BiasOptions, BiasResult
from core.bias.word_sets import WordSets, list_word_sets
from core.errors import InputError, SemascopeError
from core.runs.views import RunView
from core.space import EmbeddingSpace
from pages.ui import guards
from pages.ui.axis_strip import show_contributions, show_strip
from pages.ui.bias_result import record, show_numbers, show_provenance, show_words
from pages.ui.session import space as open_space
from pages.ui.text import md

OWN = "own"
OWN_LABELS = ("Target 1", "Target 2", "Attribute 1", "Attribute 2")
CHOSEN = "bias_test"
# A test of which less is known here than this cannot be read as the published one.
FAIR_SHARE = 0.8


def main() -> None:
    run = guards.need_run()
    try:
        space = open_space(run)
        tests = covered(run.id, str(space.metadata.get("sha256", "")), space)
    except SemascopeError as error:
        guards.show_error(error)
        st.stop()
    left, right = st.columns([1, 1.5], gap="large")
    with left:
        metric, sets = choose(run, space, tests)
    with right:
        if sets is None:
            st.info("Give two target and two attribute sets, each with words of this vocabulary.")
        else:
            show(run, space, metric, sets)


@st.cache_resource(show_spinner=False, max_entries=8)
def covered(run: str, sha256: str, _space: EmbeddingSpace) -> list[tuple[str, float, WordSets]]:
    """Every test with the share of its words that this vocabulary has in its poorest set; the best covered first."""
    found = []
    for collection in list_word_sets():
        for test in collection.tests:
            groups = [*test.targets.values(), *test.attributes.values()]
            shares = [sum(_space.resolve(word) is not None for word in words) / len(words) for words in groups]
            found.append((test.key, min(shares), test))
    return sorted(found, key=lambda entry: -round(entry[1], 2))


def choose(
    run: RunView, space: EmbeddingSpace, tests: list[tuple[str, float, WordSets]]
) -> tuple[str, WordSets | None]:
    """The picker of a test, its words as a table to edit, and what of it is missing."""
    by_key = {key: (share, test) for key, share, test in tests}
    linked = st.query_params.get("test")
    if CHOSEN not in st.session_state:
        st.session_state[CHOSEN] = linked if linked in by_key or linked == OWN else next(iter(by_key), OWN)

    def changed() -> None:
        st.query_params["test"] = st.session_state[CHOSEN]

    key = st.selectbox(
        "Test",
        [*by_key, OWN],
        key=CHOSEN,
        on_change=changed,
        format_func=lambda one: "Your own sets" if one == OWN else f"{by_key[one][1].title} · {by_key[one][0]:.0%}",
        help="Tests whose words are in this vocabulary come first. The share is that of the poorest of the four sets.",
        persist_state="session",
    )
    metric = pick_metric()
    share, chosen = by_key.get(key, (1.0, None))
    sets = edited(key, chosen)
    if sets is not None:
        show_missing(space, sets)
        if sets is chosen and share < FAIR_SHARE:
            st.caption(":material/info: Too few of its words are here to compare the result with the published one.")
        if chosen is not None and sets is not chosen:
            st.caption(":material/edit: Edited: this is no longer the published test.")
    if chosen is not None and chosen.citation:
        st.caption(f"Source: {md(chosen.citation, 400)}")
    return metric, sets


def pick_metric() -> str:
    """The metric, where there is more than one to choose from."""
    names = METRICS.names()
    if len(names) == 1:
        return names[0]
    return st.selectbox(
        "Metric",
        names,
        key="bias_metric",
        format_func=lambda name: METRICS.get(name).title,
        help="How the four sets are compared.",
        persist_state="session",
    )


def edited(key: str, chosen: WordSets | None) -> WordSets | None:
    """The four sets as a table; returns them as they stand in it, or None with a sentence."""
    groups = [*chosen.targets.items(), *chosen.attributes.items()] if chosen else [(label, ()) for label in OWN_LABELS]
    longest = max(6, *(len(words) for _, words in groups))
    columns = ["target1", "target2", "attribute1", "attribute2"]
    frame = pd.DataFrame(
        {name: [*words, *[""] * (longest - len(words))] for name, (_, words) in zip(columns, groups, strict=False)},
        dtype=str,
    )
    roles = ("Target set: what is compared.", "Attribute set: what the targets are compared by.")
    table = st.data_editor(
        frame,
        key=f"bias_edit_{key}",
        num_rows="dynamic",
        hide_index=True,
        height=min(420, 35 * (longest + 2)),
        column_config={
            name: st.column_config.TextColumn(label, help=roles[place // 2], max_chars=100, width="small")
            for place, (name, (label, _)) in enumerate(zip(columns, groups, strict=False))
        },
        alt="The words of two target and two attribute sets",
    )
    st.caption("Two sets to compare (targets), two to compare them by (attributes). Click a cell to change a word.")
    words = {name: [str(word).strip() for word in table[name].dropna() if str(word).strip()] for name in columns}
    if not all(words.values()):
        return None
    if chosen and all(tuple(words[name]) == tuple(kept) for name, (_, kept) in zip(columns, groups, strict=False)):
        return chosen
    labels = [label for label, _ in groups] if chosen else own_labels()
    value = {
        "name": OWN,
        "title": f"{chosen.title}, edited" if chosen else "Your own sets",
        "targets": {labels[0]: words["target1"], labels[1]: words["target2"]},
        "attributes": {labels[2]: words["attribute1"], labels[3]: words["attribute2"]},
    }
    try:
        return WordSets.from_dict(value)
    except InputError as error:
        guards.show_error(error)
        return None


def own_labels() -> list[str]:
    """What a person calls their own four sets; the usual names where two are alike."""
    usual = list(OWN_LABELS)
    with st.expander("Name the sets"):
        names = [
            st.text_input(
                label, key=f"bias_label_{place}", placeholder=label, max_chars=60, help="Stands in the result."
            )
            for place, label in enumerate(usual)
        ]
    given = [(name or "").strip() or label for name, label in zip(names, usual, strict=True)]
    return given if len(set(given)) == len(given) else usual


def show_missing(space: EmbeddingSpace, sets: WordSets) -> None:
    """Name the words that this vocabulary does not have, struck through."""
    for label, words in [*sets.targets.items(), *sets.attributes.items()]:
        _, missing = space.split(words)
        if missing:
            struck = ", ".join(f"~~{md(word)}~~" for word in missing)
            st.markdown(f":small[:gray[Not in the vocabulary, of “{md(label)}”:] {struck}]")


def show(run: RunView, space: EmbeddingSpace, metric: str, sets: WordSets) -> None:
    """The result, or one sentence why there is none."""
    words = json.dumps([sets.key, sets.to_dict()])
    try:
        result = measure(run.id, str(space.metadata.get("sha256", "")), metric, words, space, sets)
    except SemascopeError as error:
        guards.show_error(error)
        return
    with st.container(border=True):
        show_numbers(result)
        show_provenance(run, space, result)
    if result.value is None:
        st.info(md(result.reads, 2000))
        return
    for warning in result.warnings:
        st.warning(md(warning, 600), icon=":material/info:")
    st.markdown(md(result.reads, 2000))
    show_strip(result, key="bias_strip")
    st.markdown("#### Which words carried it")
    show_contributions(result, key="bias_contributions")
    with st.expander("Every word"):
        show_words(result)
    st.download_button(
        "Result as JSON",
        json.dumps(record(run, space, result), ensure_ascii=False, indent=1),
        file_name=f"bias-{run.id}.json",
        mime="application/json",
        icon=":material/download:",
        key="bias_download",
        on_click="ignore",
    )


@st.cache_resource(show_spinner=False, max_entries=64)
def measure(run: str, sha256: str, metric: str, words: str, _space: EmbeddingSpace, _sets: WordSets) -> BiasResult:
    """Measure once for a run, its vectors, a metric and the words."""
    return METRICS.get(metric)().compute(_space, _sets, BiasOptions())


main()
