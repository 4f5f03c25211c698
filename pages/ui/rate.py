"""The learning rate that goes with an optimiser: none learns well at the rates that suit the others."""

import streamlit as st

from core.params import Params
from core.schedule import ScheduleParams
from pages.ui.forms import key_of

__all__ = ["settle_rate"]

SPELLED = {"adam": "Adam", "adagrad": "AdaGrad", "sgd": "SGD"}


def settle_rate(params: type[Params], prefix: str, filled: bool = False) -> None:
    """Let the learning rate follow when settings with a rate of their own are picked, and come back when they are left.

    To be called before the widgets are made. A rate that was typed since then stays.

    Args:
        params: what the form is for.
        prefix: of the form.
        filled: whether a recipe was put into the form just now, whose rate goes with its other settings.
    """
    if not issubclass(params, ScheduleParams):
        return
    rate, kept = key_of(prefix, "learning_rate"), key_of(prefix, "rate_before")
    values = {
        name: st.session_state.get(key_of(prefix, name), field.default) for name, field in params.model_fields.items()
    }
    now, optimiser, own = st.session_state.get(rate), str(values.get("optimiser")), params.own_rate(values)
    before, last, plain, seen = st.session_state.get(kept, (optimiser, own, now, now))
    if last is None or filled:
        plain = now
    # Where the rate is another too, it was not these settings alone that were picked.
    if own != last and now == seen and now == (now if last is None else last) and not filled:
        st.session_state[rate] = plain if own is None else own
        if own is not None:
            named = f"{SPELLED.get(optimiser, optimiser)} wants a learning rate of its own"
            said = named if optimiser != before else "Those settings want a learning rate of their own"
            st.toast(f"{said}: it is {own:g} now.", icon=":material/tune:")
    st.session_state[kept] = (optimiser, own, plain, st.session_state.get(rate))
