"""The form of the Train page: corpus, architecture, preset, parameters, watched words, price, Start."""

import contextlib
import dataclasses
from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.architecture import ARCHITECTURES, Architecture, CorpusSize
from core.data.corpus import Corpus
from core.errors import SemascopeError
from core.params import ParamInfo, describe
from core.runs.beginning import with_start
from core.runs.dispatcher import ensure_dispatcher
from core.runs.requests import ask
from core.runs.settings import RunSettings, default_min_count
from core.runs.spec import Spec, make_spec
from core.runs.studies.spec import StudySpec
from core.starting import BEGINNING
from pages.ui import forms, guards
from pages.ui.architecture_picker import pick_architecture
from pages.ui.beginning import BEGIN_FROM, pick_beginning, settle_beginning
from pages.ui.corpus_picker import pick_corpus, pick_watched
from pages.ui.price import drop_trial, price_tag
from pages.ui.rate import settle_rate
from pages.ui.scrolling import look_at
from pages.ui.session import store
from pages.ui.starting import check, launch, launch_study, preset_values
from pages.ui.study_form import KIND, pick_how, plan_study, searched, start_label
from pages.ui.text import md

__all__ = ["FILLED", "FORM", "WATCHING", "adopt_recipe", "choose_cut", "train_form"]

PRESETS = {"quick": "Quick", "balanced": "Balanced", "thorough": "Thorough"}
SETTINGS = ("min_count", "max_vocabulary", "held_out", "seed", "threads")
MOST_WARNINGS = 3
SEED_HELD_OUT = (
    "Chooses the lines that are kept from training. What is learned from the others is the same whatever the seed."
)
RECIPE = "recipe"
FORM, WATCHING = "train_form", "watching"
"""Keys of the two parts of the page."""
FILLED = "form.filled_in"
"""Whether an earlier run's settings stand in the form and were not trained yet: then it is not folded away."""
CUT = "form.cut"


def adopt_recipe(spec: Spec) -> None:
    """Let the form open with the settings of an earlier run, to train them once."""
    st.session_state[RECIPE] = spec.to_json()
    st.session_state[KIND] = "once"
    st.session_state[FILLED] = True
    look_at(FORM)


def choose_cut(chosen: str, min_count: int) -> None:
    """Let the form open with this minimum count for this corpus."""
    st.session_state[CUT] = (chosen, min_count)


def train_form() -> None:
    """Draw the form. It is a fragment: turning a knob does not redraw what trains beside it."""
    st.fragment(_form)()


def _form() -> None:
    recipe = st.session_state.pop(RECIPE, None)
    chosen = pick_corpus(recipe)
    if chosen is None:
        return
    for warning in chosen.warnings[:MOST_WARNINGS]:
        st.caption(f":material/info: {md(warning, 300)}")
    architecture, preset = _pick_architecture(chosen, recipe)
    # Price and Start stand above the fields: below them, on a laptop, whoever starts would not see the run begin.
    decision = st.container(key="decision")
    prefix = f"form.{architecture.name}"
    _fill(chosen, architecture, preset, prefix, recipe)
    settle_rate(architecture.Params, prefix, filled=recipe is not None)
    # In a duel the time decides the epochs, and all begin at random: what does nothing there is not shown.
    duel = st.session_state.get(KIND) == "duel"
    begin_from = "" if duel else settle_beginning(architecture.name, prefix)
    own, shared = describe(architecture.Params), _shared(architecture, duel)
    shown = [
        info for info in forms.applying(own, prefix, {"begin_from": begin_from}) if not duel or info.name != "epochs"
    ]
    placed = [(info, prefix) for info in shown] + [(info, "form.run") for info in shared]
    marked = _searched(architecture, own, prefix, begin_from)
    forms.fields_of([(info, at) for info, at in placed if not info.advanced], marked=marked)
    _more(architecture, shown, shared, prefix, picks_vectors=architecture.takes_vectors and not duel)
    watched = pick_watched(chosen)
    name = st.text_input(
        "Name",
        key="form.name",
        placeholder="optional",
        max_chars=120,
        help="A label to find it by.",
        persist_state="session",
    )
    with decision:
        how = pick_how(architecture)
        try:
            values = forms.read(own, prefix, {"begin_from": begin_from})
            settings = {**forms.read(shared, "form.run"), "corpus": chosen.id, "preset": preset, "watched": watched}
            spec = make_spec(architecture.name, values, {**settings, "begin_from": begin_from}, name)
            spec = with_start(store(), spec)
            predicted = price_tag(chosen, spec) if how != "duel" else None
            study = plan_study(how, chosen, spec, predicted) if how != "once" else None
        except SemascopeError as error:
            guards.show_error(error)
            st.button("Start", type="primary", width="stretch", disabled=True, key="start")
            return
        _warm(spec)
        _start(chosen, dataclasses.replace(spec, predicted=predicted), study)


def _shared(unit: type[Architecture[Any]], duel: bool) -> list[ParamInfo]:
    """The settings of the run that do anything for an architecture; in a duel others need the rest."""
    infos = [info for info in describe(RunSettings) if info.name in SETTINGS]
    if duel:
        return infos
    held_out = st.session_state.get(forms.key_of("form.run", "held_out"), RunSettings().held_out)
    nothing = {"threads": not unit.threaded, "seed": not unit.seeded and held_out == 0}
    return [
        dataclasses.replace(info, help=SEED_HELD_OUT) if info.name == "seed" and not unit.seeded else info
        for info in infos
        if not nothing.get(info.name)
    ]


def _searched(unit: type[Architecture[Any]], own: list[ParamInfo], prefix: str, begin_from: str) -> list[str]:
    """What a search chooses anew, and a line that says what its fields are for; nothing for the others."""
    if st.session_state.get(KIND) != "search":
        return []
    values = {info.name: st.session_state.get(forms.key_of(prefix, info.name), info.default) for info in own}
    names = searched(unit.name, own, {**values, "begin_from": begin_from})
    if names:
        st.caption(f"{forms.MARK} marks what each trial chooses anew: what stands there is for the first trial alone.")
    return names


def _more(
    unit: type[Architecture[Any]], own: list[ParamInfo], shared: list[ParamInfo], prefix: str, *, picks_vectors: bool
) -> None:
    """What few people need, folded away: the architecture's own first, then what it shares with others."""
    found = forms.groups([info for info in own if info.advanced], unit.title)
    beginning = found.pop(BEGINNING, [])
    with st.expander("More settings", icon=":material/tune:"):
        for name, members in found.items():
            _heading(name)
            forms.fields(members, prefix)
        if picks_vectors or beginning:
            _heading(BEGINNING)
        if picks_vectors:
            pick_beginning()
        forms.fields(beginning, prefix)
        for name, members in forms.groups([info for info in shared if info.advanced], "The run").items():
            _heading(name)
            forms.fields(members, "form.run")


def _heading(name: str) -> None:
    st.markdown(f"**{md(name)}**")


def _start(chosen: Corpus, spec: Spec, study: StudySpec | None) -> None:
    if st.button(start_label(study), type="primary", icon=":material/play_arrow:", width="stretch", key="start"):
        try:
            check(chosen, spec)
            drop_trial()
            if study is None:
                launch(spec)
            else:
                launch_study(study)
        except SemascopeError as error:
            guards.show_error(error)
            return
        st.session_state[FILLED] = False
        look_at(WATCHING)
        st.rerun()


def _pick_architecture(chosen: Corpus, recipe: Mapping[str, Any] | None) -> tuple[type[Architecture[Any]], Any]:
    asked = (recipe or {}).get("architecture")
    known = asked in ARCHITECTURES.names()
    if recipe is not None and known:
        st.session_state["form.preset"] = recipe["settings"].get("preset", "balanced")
    st.session_state.setdefault("form.preset", "balanced")
    unit = pick_architecture(_extent(chosen), st.session_state["form.preset"], asked if known else None)
    preset = st.segmented_control(
        "Preset",
        list(PRESETS),
        key="form.preset",
        format_func=PRESETS.__getitem__,
        required=True,
        width="stretch",
        help="Settings that fit a corpus of this size; each can be changed below.",
        persist_state="session",
    )
    return unit, preset or "balanced"


def _extent(chosen: Corpus) -> CorpusSize | None:
    """The size of the corpus with the cut-offs in the form; None where they leave nothing."""
    filled_for = (st.session_state.get("form.filled") or [""])[0]
    low = st.session_state.get(forms.key_of("form.run", "min_count")) if filled_for == chosen.id else None
    cut = low if isinstance(low, int) and low > 0 else default_min_count(chosen.tokens_total)
    with contextlib.suppress(SemascopeError):
        return chosen.size(cut, RunSettings().max_vocabulary)
    return None


def _fill(
    chosen: Corpus, unit: type[Architecture[Any]], preset: Any, prefix: str, recipe: Mapping[str, Any] | None
) -> None:
    """Let the preset fill the form whenever corpus, architecture or preset are others than they were."""
    now = [chosen.id, unit.name, preset]
    if recipe is not None and recipe.get("architecture") == unit.name:
        forms.fill(unit.Params, recipe["params"], prefix)
        forms.fill(RunSettings, recipe["settings"], "form.run", SETTINGS)
        st.session_state[BEGIN_FROM] = recipe["settings"].get("begin_from", "")
        st.session_state["form.watched"] = list(recipe["settings"].get("watched", ()))
        st.session_state["form.filled"] = now
        return
    before = st.session_state.get("form.filled")
    cut_of, cut_at = st.session_state.pop(CUT, (None, 0))
    if before == now and cut_of != chosen.id:
        return
    if before is None or before[0] != chosen.id or cut_of == chosen.id:
        start = {"min_count": cut_at if cut_of == chosen.id else default_min_count(chosen.tokens_total)}
        forms.fill(RunSettings, start, "form.run", SETTINGS)
        st.session_state["form.filled"] = [chosen.id]
    extent = _extent(chosen)
    if extent is None:  # the form says so below; what it was filled with stays
        return
    forms.fill(unit.Params, preset_values(unit.name, preset, extent), prefix)
    st.session_state["form.filled"] = now


def _warm(spec: Spec) -> None:
    """Have running what Start will need: the dispatcher, and the kernels compiled by the worker; each of them once."""
    assert spec.params is not None
    wanted = (spec.architecture, *ARCHITECTURES.get(spec.architecture).kernels(spec.params))
    if st.session_state.get("form.warmed") == wanted:
        return
    st.session_state["form.warmed"] = wanted
    with contextlib.suppress(SemascopeError, OSError):  # it only saves time; Start does the same
        ensure_dispatcher(store())
        ask(store(), None, "warm", architecture=spec.architecture, params=spec.params.model_dump(mode="json"))
