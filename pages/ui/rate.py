"""The learning rate that goes with an optimiser: none learns well at the rates that suit the others."""

import streamlit as st

from core.params import Params
from core.schedule import ScheduleParams
from pages.ui.forms import key_of

__all__ = ["settle_rate"]

SPELLED = {"adam": "Adam", "adagrad": "AdaGrad", "sgd": "SGD"}


def settle_rate(params: type[Params], prefix: str, filled: bool = False) -> None:
    """Let the learning rate follow when an optimiser with a rate of its own is picked, and come back when it is left.

    To be called before the widgets are made. A rate that was typed since then stays.

    Args:
        params: what the form is for.
        prefix: of the form.
        filled: whether a recipe was put into the form just now, whose rate goes with its optimiser.
    """
    if not issubclass(params, ScheduleParams) or not params.own_rates:
        return
    own, rate, kept = params.own_rates, key_of(prefix, "learning_rate"), key_of(prefix, "rate_before")
    now, optimiser = st.session_state.get(rate), str(st.session_state.get(key_of(prefix, "optimiser")))
    last, plain, seen = st.session_state.get(kept, (optimiser, now, now))
    if last not in own or filled:
        plain = now
    # Where the rate is another too, it was not the optimiser alone that was picked.
    if optimiser != last and now == seen and now == own.get(last, now) and not filled:
        st.session_state[rate] = own.get(optimiser, plain)
        if optimiser in own:
            name = SPELLED.get(optimiser, optimiser)
            st.toast(f"{name} wants a learning rate of its own: it is {own[optimiser]:g} now.", icon=":material/tune:")
    st.session_state[kept] = (optimiser, plain, st.session_state.get(rate))
