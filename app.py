"""Semascope's server: Streamlit runs `pages/main.py`; the routes beside it serve downloads without copying them."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pandas as pd  # noqa: F401 - imported on the main thread, once, before any page asks for it
import pyarrow as pa  # noqa: F401
import streamlit as st

from pages.ui.routes import ROUTES


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Take what the imports made out of the garbage collector's rounds."""
    # Streamlit collects all garbage after every run of a script; what the imports made need not be looked at again.
    gc.collect()
    gc.freeze()
    yield {}


app = st.App(Path(__file__).parent / "pages" / "main.py", routes=ROUTES, lifespan=lifespan)
