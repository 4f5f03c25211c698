"""The price tag: what a training will take, at once by its size, and after a trial of three seconds by what that took.

A trial is asked of the worker when the settings have rested for a moment, one at a time, and never while something
trains: it would be slowed down by that, and slow it down. Until it is there, the tag looks for it twice a second.
"""

import time
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.data.corpus import Corpus
from core.errors import SemascopeError
from core.runs.prices import Predicted, price_by_size, read_predicted
from core.runs.requests import answer, ask, withdraw
from core.runs.spec import Spec
from pages.ui.session import store
from pages.ui.starting import threads_for
from pages.ui.text import count, duration, md, size

__all__ = ["drop_trial", "price_tag"]

SETTLED = 0.8
"""Seconds that settings rest before they are tried."""
TICK = 0.5
CUTS = ("corpus", "min_count", "max_vocabulary", "held_out")
TRIAL = "form.trial"


@dataclass
class Trial:
    """What a session knows of the trial of the settings in the form; data only, it lives in the session state."""

    question: dict[str, Any]
    since: float
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
    trial.blocked = _something_trains()
    _look(trial)
    words = f"{count(extent.tokens)} words of text, {count(extent.vocabulary)} different ones after the cut-offs."
    waiting, drawn = not _rests(trial), False

    def tag() -> None:
        nonlocal drawn
        if waiting and drawn:  # by the timer, not as part of the form
            _look(trial)
        with st.container(border=True, gap="xsmall", key="price"):
            _draw(trial.found or guess)
            st.caption(f"{_how(trial)} {words}")
            if trial.trouble:
                st.warning(f"A trial of these settings failed: {md(trial.trouble, 400)}", icon=":material/warning:")
        if waiting and drawn and _rests(trial):
            st.rerun()  # the timer off; never while the form itself is being drawn, which would lose a click
        drawn = True

    st.fragment(tag, run_every=TICK if waiting else None)()
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
        trial = Trial(question, time.monotonic())
        st.session_state[TRIAL] = trial
    return trial


def _look(trial: Trial) -> None:
    """Ask for the trial once the settings rest; take in what has become of it."""
    if _rests(trial) or time.monotonic() - trial.since < SETTLED:
        return
    try:
        if not trial.key:
            trial.key = ask(store(), None, "probe", **trial.question)
        found = answer(store(), None, trial.key)
    except (SemascopeError, OSError):  # the size has to do; Start says what is wrong
        trial.over = True
        return
    if found.state == "absent":  # given up, for a training that has begun or by another tab
        trial.key, trial.since, trial.blocked = "", time.monotonic(), _something_trains()
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


def _how(trial: Trial) -> str:
    """Where the price comes from, in a sentence."""
    if trial.found is not None:
        if trial.found.busy:
            return "Measured on this machine, which was busy with other programs as well."
        return "Measured in three seconds on this machine."
    if trial.over:
        return "By its size."
    return "By its size: measured when nothing trains." if trial.blocked else "By its size; being measured."
