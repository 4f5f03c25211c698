"""Taking in what somebody else exported: a run as one zip."""

import secrets
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from core.errors import SemascopeError
from core.runs.archive import import_run
from pages.ui import guards
from pages.ui.session import store

__all__ = ["import_box"]


def import_box() -> None:
    """A button that opens the place to drop a zip."""
    with st.popover("Import a run", icon=":material/upload:", help="Takes in a run that was exported as one zip."):
        st.session_state.setdefault("import.key", secrets.token_hex(4))
        given = st.file_uploader("A run, as one zip", type=["zip"], key=f"import.{st.session_state['import.key']}")
        if given is None:
            return
        try:
            with TemporaryDirectory(prefix="semascope-") as folder, st.spinner("Checking and taking it in."):
                path = Path(folder) / "run.zip"
                path.write_bytes(given.getbuffer())
                run = import_run(store(), path)
        except SemascopeError as error:
            guards.show_error(error)
            return
        # Another key, so that the bytes leave the server's memory.
        st.session_state["import.key"] = secrets.token_hex(4)
        guards.choose_run(run)
        st.toast("The run is here.", icon=":material/check:")
        st.rerun()
