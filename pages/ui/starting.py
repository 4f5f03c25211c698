"""Starting a training from a page: a sample is made if need be, the run is written down and handed over."""

import dataclasses
import secrets
import time
from pathlib import Path
from typing import Any

import streamlit as st

from core.architecture import ARCHITECTURES, CorpusSize, Preset
from core.data.corpus import Corpus
from core.errors import CorpusError
from core.runs.dispatcher import ensure_dispatcher
from core.runs.prices import price_by_size
from core.runs.settings import MAX_WATCHED, automatic_threads, default_min_count
from core.runs.spec import Spec, make_spec
from core.runs.studies.keeping import create_study
from core.runs.studies.spec import StudySpec
from pages.ui import guards
from pages.ui.session import corpus, store
from sample_corpora import SAMPLES, sample_corpus

__all__ = [
    "DEFAULT_ARCHITECTURE",
    "check",
    "is_sample",
    "launch",
    "launch_study",
    "made_sample",
    "preset_values",
    "start_sample",
    "threads_for",
]

DEFAULT_ARCHITECTURE = "skipgram"
DOUBLE_CLICK = 1.5


def preset_values(architecture: str, preset: Preset, size: CorpusSize) -> dict[str, Any]:
    """What a preset sets for a corpus of this size."""
    return ARCHITECTURES.get(architecture).preset(preset, size)


def threads_for(asked: int, tokens: int) -> int:
    """Threads that a run started now would get."""
    running = sum(view.state in ("running", "stopping") for view in store().runs())
    return automatic_threads(asked, tokens, running + 1)


def check(chosen: Corpus, spec: Spec) -> None:
    """Raise now, in a sentence, what the trainer would find later: a corpus that is too small after the cut-offs."""
    settings = spec.settings
    size = chosen.size(settings.min_count, settings.max_vocabulary)
    if (reason := ARCHITECTURES.get(spec.architecture).refuses(size)) is not None:
        raise CorpusError(reason)
    chosen.training_data(settings.min_count, settings.max_vocabulary, settings.held_out, settings.seed)


def launch(spec: Spec) -> str:
    """Write the run down, see that it gets started, and make it the one being looked at; returns its id.

    A double click is one click: the second of two starts of the same recipe within a moment gives the same run.
    """
    last_recipe, last_at, token = st.session_state.get("last_start", (None, 0.0, ""))
    recipe, now = (spec.architecture, spec.params, spec.settings), time.monotonic()
    if recipe != last_recipe or now - last_at > DOUBLE_CLICK:
        token = secrets.token_hex(12)
    st.session_state["last_start"] = (recipe, now, token)
    run = store().create_run(spec, token)
    ensure_dispatcher(store())
    guards.forget_study()
    guards.choose_run(run)
    return run


def launch_study(spec: StudySpec) -> str:
    """Write a study down, see that it gets started, and make it the one being looked at; returns its id.

    As with a run, the second of two starts within a moment gives the same study.
    """
    last, last_at, earlier = st.session_state.get("last_study", (None, 0.0, ""))
    asked, now = repr((spec.kind, spec.plan, spec.ranges, spec.score, _recipes(spec))), time.monotonic()
    again = asked == last and now - last_at <= DOUBLE_CLICK
    identifier = str(earlier) if again else create_study(store(), spec)
    st.session_state["last_study"] = (asked, now, identifier)
    ensure_dispatcher(store())
    guards.choose_study(identifier)
    return identifier


def _recipes(spec: StudySpec) -> list[object]:
    return [(one.architecture, one.params, one.settings) for one in spec.entrants]


def made_sample(name: str) -> Corpus | None:
    """The corpus of a sample where the store has it already: making it again to find out would take seconds."""
    sample = SAMPLES.get(name)
    for view in store().corpora():
        if view.name == sample.title and not view.damage:
            found = corpus(view.id)
            if Path(str(found.meta.get("source", ""))).stem == name:
                return found
    return None


def is_sample(identifier: str | None) -> bool:
    """Whether a corpus was made of a sample."""
    made = next((view for view in store().corpora() if view.id == identifier), None)
    return made is not None and any(made.name == sample.title for sample in SAMPLES)


def start_sample(name: str, preset: Preset = "balanced") -> str:
    """Train on a sample corpus with settings that fit; makes its text first if it is not there."""
    sample = SAMPLES.get(name)
    chosen = made_sample(name) or sample_corpus(name, store())
    min_count = default_min_count(chosen.tokens_total)
    settings = {
        "corpus": chosen.id,
        "min_count": min_count,
        "preset": preset,
        "watched": [*getattr(sample, "watched", ())][:MAX_WATCHED],
    }
    first = make_spec(DEFAULT_ARCHITECTURE, {}, settings)
    size = chosen.size(min_count, first.settings.max_vocabulary)
    spec = make_spec(DEFAULT_ARCHITECTURE, preset_values(DEFAULT_ARCHITECTURE, preset, size), settings)
    check(chosen, spec)
    assert spec.params is not None
    threads = threads_for(spec.settings.threads, chosen.tokens_total)
    return launch(dataclasses.replace(spec, predicted=price_by_size(spec.architecture, spec.params, size, threads)))
