"""The projector switch: everything a third larger, for those who sit at the back of a room.

Streamlit's size of letters is a setting of the server, the same for everybody. All its measures are in rem, so one
rule on the root of the page enlarges it for one viewer; what is drawn on a canvas asks `text_scale`.
"""

from pathlib import Path

import streamlit as st

__all__ = ["PROJECTOR", "enlarged", "label_scale", "projector_switch", "text_scale"]

PROJECTOR = "projector"
ON = "1"
LARGER = 4 / 3  # 20 px instead of 15
LARGER_LABELS = 2.0
_FOLDER = Path(__file__).parent


def projector_switch() -> None:
    """Draw the switch into the header; it is kept in the session, and in the link as `projector=1`."""
    linked = st.query_params.get(PROJECTOR)
    if linked is not None:
        st.session_state[PROJECTOR] = linked == ON
    elif enlarged():
        st.query_params[PROJECTOR] = ON

    def switched() -> None:
        if enlarged():
            st.query_params[PROJECTOR] = ON
        else:
            st.query_params.pop(PROJECTOR, None)

    # Rules before what they place, and as plain style: those of a component come late, and the switch would jump.
    st.html(_FOLDER / "projector_place.css")
    if enlarged():
        st.html(_FOLDER / "projector_larger.css")
    with st.container(key="projector_place", gap=None):
        st.toggle(
            "Projector",
            key=PROJECTOR,
            on_change=switched,
            persist_state="session",
            help="For a room: everything a third larger, names on maps twice as large.",
        )


def enlarged() -> bool:
    """Whether this viewer's page is drawn for a room."""
    return bool(st.session_state.get(PROJECTOR))


def text_scale() -> float:
    """How much larger than usual the letters on a canvas are to be."""
    return LARGER if enlarged() else 1.0


def label_scale() -> float:
    """How much larger than usual the names on a map are to be."""
    return LARGER_LABELS if enlarged() else 1.0
