"""The price tag: what a training will take, at once by its size, and after a trial of three seconds by what that took.

A trial is asked of the worker by a button, one at a time, and never while something trains: it would be slowed down by
that, and slow it down. The tag waits for it, and has no timer: a fragment with a timer inside that of the form broke
the page when Start was pressed meanwhile (streamlit/streamlit#10719). So it says that something trains only to whoever
presses the button, for it could not take that back.
"""

import time
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.data.corpus import Corpus
from core.errors import SemascopeError
from core.runs.compiled import MUCH_COMPILING
from core.runs.prices import Predicted, fewer_threads, price_by_size, read_predicted
from core.runs.requests import answer, ask, withdraw
from core.runs.spec import Spec
from pages.ui.session import store
from pages.ui.starting import threads_for
from pages.ui.text import count, duration, md, size

__all__ = ["drop_trial", "price_tag"]

PATIENCE = 8.0
"""Seconds that the page waits for a trial; what comes later shows when the form is drawn next."""
TICK = 0.1
CUTS = ("corpus", "min_count", "max_vocabulary", "held_out")
TRIAL = "form.trial"


@dataclass
class Trial:
    """What a session knows of the trial of the settings in the form; data only, it lives in the session state."""

    question: dict[str, Any]
    key: str = ""
    found: Predicted | None = None
    over: bool = False
    blocked: bool = False
    trouble: str = ""


def price_tag(chosen: Corpus, spec: Spec) -> Predicted:
    """Draw the price of a recipe; returns what is known of it now, to be kept with the run.

    Raises:
        CorpusError: the cut-offs leave nothing.
    """
    assert spec.params is not None
    extent = chosen.size(spec.settings.min_count, spec.settings.max_vocabulary)
    threads = threads_for(spec.settings.threads, chosen.tokens_total)
    guess = price_by_size(spec.architecture, spec.params, extent, threads)
    trial = _trial_of(spec, threads)
    # What stood in the way of an earlier press may be over: nobody tells a page that has no timer.
    trial.blocked = False
    _look(trial)
    words = f"{count(extent.tokens)} words of text, {count(extent.vocabulary)} different ones after the cut-offs."
    with st.container(border=True, gap="xsmall", key="price"):
        figures, below, place = st.container(), st.container(), st.empty()
        if not _rests(trial) and place.button(
            "Measure it" if not trial.key else "Look again",
            key="price.measure",
            icon=":material/timer:",
            type="tertiary",
            help="Trains for three seconds with these settings and throws the result away: "
            "what this machine needs, instead of what sizes say.",
        ):
            trial.blocked = not trial.key and _something_trains()
            if not trial.blocked:
                with st.spinner("Training for three seconds …"):
                    _try(trial)
            if trial.over:
                place.empty()
            elif (
                not trial.blocked
            ):  # a machine so busy that three seconds take longer: a click looks whether they are over
                place.button("Look again", key="price.look", icon=":material/timer:", type="tertiary")
        with figures:
            _draw(trial.found or guess)
        with below:
            fewer = fewer_threads(spec.settings.threads, (trial.found or guess).threads, spec.architecture)
            st.caption(" ".join(filter(None, (_how(trial), _compiling(trial.found or guess), words, fewer))))
            if trial.trouble:
                st.warning(f"A trial of these settings failed: {md(trial.trouble, 400)}", icon=":material/warning:")
    return trial.found or guess


def drop_trial() -> None:
    """Let go of a trial that is under way: something is about to train, or the settings are others."""
    trial: Trial | None = st.session_state.pop(TRIAL, None)
    if trial is not None and trial.key and not trial.over:
        withdraw(store(), None, trial.key)


def _trial_of(spec: Spec, threads: int) -> Trial:
    """The trial of these settings; that of other settings is let go of."""
    assert spec.params is not None
    settings = {name: value for name, value in spec.settings.model_dump(mode="json").items() if name in CUTS}
    params = spec.params.model_dump(mode="json")
    question = {"architecture": spec.architecture, "params": params, "settings": settings, "threads": threads}
    trial: Trial | None = st.session_state.get(TRIAL)
    if trial is None or trial.question != question:
        drop_trial()
        trial = Trial(question)
        st.session_state[TRIAL] = trial
    return trial


def _try(trial: Trial) -> None:
    """Ask for the trial, and wait for it a moment."""
    try:
        trial.key = trial.key or ask(store(), None, "probe", **trial.question)
    except (SemascopeError, OSError):  # the size has to do; Start says what is wrong
        trial.over = True
        return
    deadline = time.monotonic() + PATIENCE
    _look(trial)
    while trial.key and not _rests(trial) and time.monotonic() < deadline:
        time.sleep(TICK)
        _look(trial)


def _look(trial: Trial) -> None:
    """Take in what has become of a trial that was asked for."""
    if _rests(trial) or not trial.key:
        return
    try:
        found = answer(store(), None, trial.key)
    except (SemascopeError, OSError):
        trial.over = True
        return
    if found.state == "absent":  # given up, for a training that has begun or by another tab
        trial.key, trial.blocked = "", _something_trains()
    elif found.state != "pending":
        trial.over, trial.trouble = True, found.message
        trial.found = read_predicted(found.facts.get("predicted"))


def _rests(trial: Trial) -> bool:
    """Whether there is nothing to look for."""
    return trial.over or trial.blocked


def _something_trains() -> bool:
    return any(view.active for view in store().runs())


def _draw(price: Predicted) -> None:
    threads = f"{price.threads} thread{'s' if price.threads > 1 else ''}"
    how = "Told by a trial on this machine" if price.by == "trial" else "Reckoned from sizes alone"
    time_at, memory_at = st.columns(2)
    time_at.metric(
        "About",
        duration(max(1.0, price.seconds)),
        help=f"{how}, with {threads}: reading, training and saving, from the start of the trainer on. "
        "Within a quarter as a rule, where a trial tells it.",
    )
    memory_at.metric("Memory", size(price.memory), help=f"Peak of the trainer's memory. {how}.")


def _compiling(price: Predicted) -> str:
    """What comes on top the first time, in a sentence; empty where everything is compiled."""
    if price.compiling < MUCH_COMPILING:
        return ""
    return f"Before, once on this machine, about {price.compiling:.0f} s to compile what these settings need."


def _how(trial: Trial) -> str:
    """Where the price comes from, in a sentence."""
    if trial.found is not None:
        if trial.found.busy:
            return "Measured on this machine, which was busy with other programs as well."
        return "Measured in three seconds on this machine."
    if trial.over:
        return "By its size."
    if trial.blocked:
        return "By its size: something trains just now, which a trial would disturb. Measure it when that has ended."
    return "By its size; being measured." if trial.key else "By its size."
