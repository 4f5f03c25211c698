"""Asking the worker: what it has answered already, what is on its way, and one line that says how far it is."""

from collections.abc import Sequence
from typing import Any

import numpy.typing as npt
import streamlit as st

from core.errors import RunError, SemascopeError
from core.runs.requests import Answer, answer, ask, forget
from core.runs.views import RunView
from core.tensors import load_tensors
from pages.ui.session import store
from pages.ui.text import md

__all__ = ["Asked", "array", "asked", "progress_line"]

Asked = tuple[str, Answer]
SECONDS = 0.4


def asked(run: RunView, task: str, **arguments: Any) -> Asked:
    """Ask for something and say what has become of it; asking again costs nothing.

    Args:
        run: whose vectors it is about.
        task: registered name (map, evaluate).
        arguments: of the task.

    Returns:
        The key of the request, and the answer as far as it is.

    Raises:
        SemascopeError: what is asked cannot be asked.
    """
    key = ask(store(), run.id, task, **arguments)
    return key, answer(store(), run.id, key)


def array(run: RunView, key: str, file: str, name: str) -> npt.NDArray[Any]:
    """An array of a finished answer, kept open: the same key always means the same numbers.

    Raises:
        RunError: the answer is gone or damaged; it is forgotten, so that the next look asks anew.
    """
    try:
        return _array(run.id, key, file, name)
    except (OSError, KeyError, ValueError, SemascopeError):
        forget(store(), run.id, key)
        raise RunError("The answer of the worker is damaged; it is computed anew, look again in a moment.") from None


@st.cache_resource(show_spinner=False, max_entries=24)
def _array(run: str, key: str, file: str, name: str) -> npt.NDArray[Any]:
    return load_tensors(answer(store(), run, key).folder / file)[0][name]


def progress_line(run: RunView, waiting: Sequence[tuple[str, Asked]], *, place: str) -> None:
    """Say what is being computed and redraw the page when one of them is there; say what has failed.

    Not to be called inside a fragment: it polls in one of its own.

    Args:
        run: whose vectors they are about.
        waiting: what each is called (“UMAP map”), and what `asked` returned for it.
        place: key of the line.
    """
    for title, (key, found) in waiting:
        if found.state == "failed":
            _failed(run, title, key, found.message, place)
    pending = [(title, key) for title, (key, found) in waiting if found.state in ("pending", "absent")]
    if not pending:
        return

    def poll() -> None:
        answers = [(title, answer(store(), run.id, key)) for title, key in pending]
        left = [(title, found) for title, found in answers if found.state == "pending"]
        if len(left) < len(pending):
            st.rerun()
        title, found = left[0]
        share = f", {found.progress:.0%}" if found.progress else ""
        st.progress(found.progress, text=f"{md(title)}: {md(found.stage)}{share}")

    st.fragment(poll, run_every=SECONDS)()


def _failed(run: RunView, title: str, key: str, message: str, place: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.error(f"{md(title)}: {md(message, 400)}", icon=":material/error:")
        st.button(
            "Try again",
            key=f"{place}_again_{key}",
            on_click=lambda: forget(store(), run.id, key),
            help="Forget this answer and compute it anew.",
        )
