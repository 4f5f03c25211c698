"""One training or several at once: seeds, a duel, a search. What each does and costs stands there before Start."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import streamlit as st

from core.architecture import ARCHITECTURES, Architecture, CorpusSize
from core.data.corpus import Corpus
from core.errors import SettingsError
from core.evaluation.benchmark import BENCHMARKS
from core.params import ParamInfo, describe
from core.runs.material import needs_met
from core.runs.prices import Predicted
from core.runs.spec import Spec, make_spec
from core.runs.studies.deciding import fitting_scores
from core.runs.studies.ranges import Range, default_ranges, searchable, usually_searched
from core.runs.studies.spec import HELD_OUT_LOSS, Kind, StudySpec, make_duel, make_search, make_seeds
from pages.ui.architecture_picker import in_order
from pages.ui.session import corpus_name
from pages.ui.starting import DEFAULT_ARCHITECTURE, preset_values
from pages.ui.study_fields import number, range_of, settle, whole
from pages.ui.text import duration, md, worded

__all__ = ["KIND", "How", "pick_how", "plan_study", "searched", "start_label"]

How = Literal["once", "seeds", "duel", "search"]
HOW: dict[How, str] = {"once": "Once", "seeds": "Several seeds", "duel": "Duel", "search": "Search"}
KIND = "form.how"
SEARCHED = "form.searched"
STARTS: dict[Kind, str] = {"seeds": "Start {n} trainings", "duel": "Start the duel", "search": "Start the search"}
FIRST_SEARCHED = ("learning_rate", "window", "epochs", "subsample", "dimensions")
"""What a newcomer would search first, of what can be searched."""
FEW = 3
RIVALS = (DEFAULT_ARCHITECTURE, "cbow")
"""Whom a newcomer would let it meet first."""


def pick_how(unit: type[Architecture[Any]]) -> How:
    """Draw the choice between one training and several; what would say nothing of this architecture is not offered."""
    nothing_to_tell = {"seeds": not unit.seeded, "search": not searchable(unit.name)}
    offered = [how for how in HOW if not nothing_to_tell.get(how)]
    if st.session_state.get(KIND) not in offered:
        st.session_state[KIND] = "once"
    picked: How | None = st.segmented_control(
        "Train",
        offered,
        key=KIND,
        format_func=HOW.__getitem__,
        required=True,
        width="stretch",
        help="Once, with the settings below; with several seeds, to see how much is chance; several architectures "
        "against each other in the same time; or many times, in search of better settings.",
        persist_state="session",
    )
    return picked or "once"


def plan_study(how: Kind, chosen: Corpus, spec: Spec, price: Predicted | None) -> StudySpec:
    """Draw what a study needs to be told, and what it does and costs; returns it.

    Args:
        how: its kind.
        chosen: the corpus.
        spec: the recipe in the form.
        price: of one training with it; None for a duel, whose time is given.

    Raises:
        SemascopeError: what is asked makes no sense, in a sentence.
    """
    with st.container(border=True, gap="small", key="study_plan"):
        if how == "seeds":
            return _seeds(spec, price)
        return _duel(chosen, spec) if how == "duel" else _search(chosen, spec, price)


def searched(architecture: str, infos: Iterable[ParamInfo], values: Mapping[str, Any]) -> list[str]:
    """The settings that a search chooses anew, as the form has them; to be called before its widgets are made.

    Args:
        architecture: registered name.
        infos: its settings.
        values: theirs and the run's, as they stand in the form.
    """
    known = usually_searched(architecture, infos, values)
    settle(SEARCHED, known, _first(known))
    return list(st.session_state[SEARCHED])


def start_label(study: StudySpec | None) -> str:
    """What the button that starts says."""
    return "Start" if study is None else STARTS[study.kind].format(n=study.asked)


def _seeds(spec: Spec, price: Predicted | None) -> StudySpec:
    told = st.container()
    seeds = whole("Seeds", "form.seeds", 5, "Trainings that differ by their seed alone; five give an interval.")
    title = ARCHITECTURES.get(spec.architecture).title
    named = dataclasses.replace(spec, name=spec.name or f"{title} · {corpus_name(spec.settings.corpus)}")
    study = make_seeds(named, seeds)
    with told:
        st.caption(
            f"Trains {seeds} times, differing by the seed alone: each number gets an interval, each word a stability. "
            f"{_times(seeds, price)}"
        )
    return study


def _duel(chosen: Corpus, spec: Spec) -> StudySpec:
    extent = chosen.size(spec.settings.min_count, spec.settings.max_vocabulary)
    open_to = [unit.name for unit in in_order() if unit.refuses(extent) is None]
    if spec.architecture not in open_to:
        raise SettingsError(ARCHITECTURES.get(spec.architecture).refuses(extent) or "It cannot learn from this corpus.")
    rivals = sorted((one for one in open_to if one != spec.architecture), key=RIVALS.__contains__, reverse=True)
    settle("form.duel", open_to, [spec.architecture, *rivals[:1]])
    told = st.container()
    entrants = st.multiselect(
        "Architectures",
        open_to,
        key="form.duel",
        format_func=lambda name: ARCHITECTURES.get(name).title,
        placeholder="Two or more",
        help="Those that learn nothing are the floor that the others have to beat.",
        persist_state="session",
    )
    seconds = number("Seconds each", "form.seconds", 30.0, "Of training; the number of epochs is chosen to fit.")
    score = _pick_score(chosen, spec, [])
    study = make_duel(
        [_entrant(name, spec, extent) for name in entrants],
        seconds,
        score,
        spec.name or f"Duel · {corpus_name(chosen.id)}",
    )
    own = md(ARCHITECTURES.get(spec.architecture).title)
    whose = f"{own} has the settings below, " if spec.architecture in entrants else ""
    with told:
        st.caption(
            f"The same time at most for each on this corpus, one after the other; then one table of scores. A side is "
            f"done sooner where more epochs do no good. {whose}"
            f"{'the others' if whose else 'Each has'} those of the preset. "
            f"{len(entrants)} × {duration(seconds)}: {duration(len(entrants) * seconds)} at most, and the scoring."
        )
    return study


def _entrant(name: str, spec: Spec, extent: CorpusSize) -> Spec:
    """A side of a duel: the recipe of the form, or that of the preset for another architecture."""
    if name == spec.architecture:
        return spec
    values = preset_values(name, spec.settings.preset, extent)
    return make_spec(name, values, spec.settings.model_dump(mode="json"))


def _search(chosen: Corpus, spec: Spec, price: Predicted | None) -> StudySpec:
    told = st.container()
    known = {one.name: one for one in default_ranges(spec)}
    labels = {info.name: info.label for info in describe(ARCHITECTURES.get(spec.architecture).Params)}
    settle(SEARCHED, list(known), _first(list(known)))
    names = st.multiselect(
        "Settings to search",
        list(known),
        key=SEARCHED,
        format_func=labels.__getitem__,
        placeholder="One or more",
        help="What each trial chooses anew; everything else stays as the form below has it.",
        persist_state="session",
    )
    score = _pick_score(chosen, spec, names)
    trials = whole("Trials", "form.trials", 20, "Trainings in all; ten for each setting that is searched.")
    with st.expander("Ranges and limit", icon=":material/tune:"):  # folded: Start is to stand where it is seen
        ranges = [range_of(spec.architecture, known[name], labels[name]) for name in names]
        minutes = number(
            "Minutes at most", "form.minutes", 0.0, "No trial begins after so many minutes of training; 0: no limit."
        )
        begun = st.container()
    title = ARCHITECTURES.get(spec.architecture).title
    study = make_search(
        spec, ranges, trials, minutes, score, spec.name or f"Search · {title} · {corpus_name(chosen.id)}"
    )
    for line in _begun_elsewhere(spec, ranges, labels):
        begun.caption(md(line, 300))
    limit = f", {duration(60 * minutes)} at most" if minutes else ""
    with told:
        st.caption(
            f"Trains {trials} times one after another, each time with settings that the scores so far speak for, and "
            f"keeps the best. {_times(trials, price)} Settings change what a trial takes{limit}."
        )
    return study


def _begun_elsewhere(spec: Spec, ranges: Sequence[Range], labels: Mapping[str, str]) -> list[str]:
    """Where the first trial cannot begin at what stands in the form, for it lies outside of the range."""
    lines = []
    for one in ranges:
        value = getattr(spec.params, one.name)
        if not one.holds(value):
            nearest = worded(one.nearest(value)) if one.choices else f"{one.nearest(value):g}"
            said = worded(str(value)) if one.choices else f"{value:g}"
            lines.append(f"{labels[one.name]} {said} lies outside of its range; the first trial takes {nearest}.")
    return lines


def _first(known: Sequence[str]) -> list[str]:
    """What is searched of these unless somebody chooses."""
    return sorted(known, key=lambda name: (*FIRST_SEARCHED, name).index(name))[:FEW]


def _pick_score(chosen: Corpus, spec: Spec, searched: Sequence[str]) -> str:
    """What decides; only what this corpus has the material for, and what means the same for all that is compared."""
    met, unit = needs_met(chosen, spec.settings), ARCHITECTURES.get(spec.architecture)
    names = {
        name: f"{one.title} ({'higher' if one.best == 'highest' else 'lower'} is better)"
        for name in fitting_scores([one.name for one in BENCHMARKS if not one.unmet(met)], chosen, spec.settings)
        for one in [BENCHMARKS.get(name)]
    }
    means_the_same = searched and not set(searched) & set(unit.comparable)
    if means_the_same and unit.loss_unit and unit.measures_held_out and spec.settings.held_out > 0:
        names[HELD_OUT_LOSS] = "Held-out loss (lower is better)"
    if not names:
        raise SettingsError("There is nothing to score by: no lines are held out; set held_out above 0.")
    usual, picked = next(iter(names)), st.session_state.get("form.score")
    # What was not picked follows the text.
    if picked not in names or picked == st.session_state.get("form.usual_score"):
        st.session_state["form.score"] = usual
    st.session_state["form.usual_score"] = usual
    decides: str = st.selectbox(
        "Decided by",
        list(names),
        key="form.score",
        format_func=names.__getitem__,
        help=md(_explained(st.session_state["form.score"]), 600),
        persist_state="session",
    )
    return decides


def _explained(score: str) -> str:
    if score == HELD_OUT_LOSS:
        return "The loss on what is kept from training, which the training measures itself."
    return BENCHMARKS.get(score).summary


def _times(number: int, price: Predicted | None) -> str:
    """What so many trainings cost."""
    if price is None:
        return ""
    each = max(1.0, price.seconds)
    return f"{number} × {duration(each)}: about {duration(number * each)} of training."
