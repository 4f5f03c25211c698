"""The learning rate that goes with an optimiser: Adam learns nothing at the rates that suit the others."""

import streamlit as st

from core.negative_sampling.layer_params import ADAM, FASTEST_ADAM, LayerParams
from core.params import Params
from pages.ui.forms import key_of

__all__ = ["settle_rate"]


def settle_rate(params: type[Params], prefix: str) -> None:
    """Let the learning rate follow when Adam is picked, and come back when it is not any more.

    To be called before the widgets are made. A rate that was typed since then stays.
    """
    if not issubclass(params, LayerParams):
        return
    rate, kept = key_of(prefix, "learning_rate"), key_of(prefix, "rate_before_adam")
    now, adam = st.session_state.get(rate), st.session_state.get(key_of(prefix, "optimiser")) == "adam"
    if adam and kept not in st.session_state:
        st.session_state[kept] = now
        if now is not None and now > FASTEST_ADAM:
            st.session_state[rate] = ADAM
            st.toast(f"Adam's steps have the size of the learning rate: it is {ADAM:g} now.", icon=":material/tune:")
    elif not adam and kept in st.session_state:
        before = st.session_state.pop(kept)
        if now == ADAM and before is not None:
            st.session_state[rate] = before
