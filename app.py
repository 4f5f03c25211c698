"""Semascope's server: Streamlit runs `pages/main.py`; the routes beside it serve downloads without copying them."""

import contextlib
import gc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pandas as pd  # noqa: F401 - imported on the main thread, once, before any page asks for it
import pyarrow as pa  # noqa: F401
import streamlit as st

from core.errors import SemascopeError
from pages.ui.routes import ROUTES
from pages.ui.session import store
from sample_corpora.first import prepare_first


@contextlib.asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Take what the imports made out of the garbage collector's rounds, and have the first sample made."""
    # Streamlit collects all garbage after every run of a script; what the imports made need not be looked at again.
    gc.collect()
    gc.freeze()
    with contextlib.suppress(SemascopeError, OSError):  # a store that cannot be used is said on the page
        prepare_first(store())
    yield {}


app = st.App(Path(__file__).parent / "pages" / "main.py", routes=ROUTES, lifespan=lifespan)
