"""Where a training begins: the picker of runs and imports whose vectors it goes on with."""

import streamlit as st

from core.architecture import ARCHITECTURES
from core.errors import SemascopeError
from core.runs.beginning import beginnings, dimensions_of
from core.runs.spaces import SPACE_FILE
from core.runs.spec import Spec
from core.runs.views import RunView
from core.starting import frozen_epochs
from pages.ui.forms import key_of
from pages.ui.session import label, store
from pages.ui.text import count, distinct

__all__ = ["BEGIN_FROM", "begun_from", "kept_still", "pick_beginning", "settle_beginning"]

BEGIN_FROM = key_of("form.run", "begin_from")
FITTED = "form.fitted"
GONE = "form.begin_gone"


def settle_beginning(architecture: str, prefix: str) -> str:
    """The run to begin from as it stands in the form, empty for none; to be called before the widgets are made.

    As soon as vectors are picked, or other settings filled in, the dimensions are those of the vectors.
    """
    chosen = str(st.session_state.get(BEGIN_FROM) or "")
    if not chosen or not ARCHITECTURES.get(architecture).takes_vectors:
        return ""
    view = next((view for view in beginnings(store()) if view.id == chosen), None)
    if view is None:
        st.session_state[BEGIN_FROM], st.session_state[GONE] = "", True
        return ""
    fitted = [chosen, *st.session_state.get("form.filled", ())]
    if st.session_state.get(FITTED) != fitted:
        st.session_state[FITTED] = fitted
        if length := _dimensions(view):
            st.session_state[key_of(prefix, "dimensions")] = length
    return chosen


def pick_beginning() -> None:
    """Draw the picker."""
    views = {view.id: view for view in beginnings(store())}
    shown = [_shown(view) for view in views.values()]
    names = dict(zip(views, distinct(shown, (identifier[-6:] for identifier in views)), strict=True))
    st.selectbox(
        "Begin from",
        ["", *views],
        key=BEGIN_FROM,
        format_func=lambda identifier: names.get(identifier, "random vectors"),
        disabled=not views,
        help="Words that these vectors have begin where they are, others at random. "
        + ("Dimensions are filled in. Bring vectors along on the Runs page." if views else "There are no vectors yet."),
        persist_state="session",
    )
    if st.session_state.pop(GONE, False):
        st.caption(":material/info: The vectors that this recipe began from are no longer in the store.")


def kept_still(spec: Spec | None) -> str:
    """How long the vectors that a training began from keep still, as a sentence; empty where they move, or are none."""
    if spec is None or spec.params is None or not spec.settings.begin_from:
        return ""
    epochs = int(getattr(spec.params, "epochs", 1))
    still = frozen_epochs(spec.params, epochs)
    if not still:
        return ""
    if still == epochs:
        return "Those vectors are kept as they are."
    first = "epoch" if still == 1 else f"{still} epochs"
    return f"For the first {first} those vectors are kept as they are; then they move, too."


def begun_from(spec: Spec | None) -> str:
    """What a run began from, and whether that keeps still; empty where it began at random."""
    if spec is None or not spec.settings.begin_from:
        return ""
    try:
        name = f"the vectors of {label(store().run(spec.settings.begin_from))}"
    except SemascopeError:
        name = f"vectors that are no longer in the store, those of the run {spec.settings.begin_from}"
    return f"It begins from {name}. {kept_still(spec)}".strip()


def _shown(view: RunView) -> str:
    words = count(view.result.vocabulary) if view.result else "0"
    return f"{label(view)} · {words} words, {_dimensions(view)} dimensions"


def _dimensions(view: RunView) -> int:
    path = view.folder / SPACE_FILE
    try:
        return _length(str(path), path.stat().st_mtime_ns, view)
    except (OSError, SemascopeError):
        return 0


@st.cache_data(show_spinner=False, max_entries=256)
def _length(path: str, modified: int, _view: RunView) -> int:
    return dimensions_of(_view)
