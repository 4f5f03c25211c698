"""What a session holds: the store, the chosen run, and spaces kept open between two clicks."""

import streamlit as st

from core.architecture import ARCHITECTURES
from core.data.corpus import Corpus
from core.errors import SemascopeError
from core.runs.spec import IMPORTED
from core.runs.store import Store
from core.runs.trash import trashed
from core.runs.views import RunView, view_corpus
from core.space import EmbeddingSpace

# Keys of st.session_state that more than one file knows.
RUN = "run"
WORD = "word"
CORPUS = "corpus"
STUDY = "study"


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """The one store of this server."""
    return Store()


def space(run: RunView) -> EmbeddingSpace:
    """The vectors of a run, kept open; a run at work is read anew whenever its newest checkpoint changes."""
    return _space(run.id, _version(run))


def corpus(identifier: str) -> Corpus:
    """An open corpus: memory-mapped, so keeping it costs no memory."""
    return _corpus(identifier)


def label(run: RunView) -> str:
    """What a list calls a run: its name, else architecture and corpus."""
    if run.spec is None:
        return run.name or "damaged run"
    return run.name or f"{architecture_title(run.architecture)} · {corpus_name(run.corpus)}"


def architecture_title(name: str) -> str:
    """The title of an architecture; its name where it is not registered."""
    if name == IMPORTED:
        return "Imported vectors"
    try:
        return ARCHITECTURES.get(name).title
    except SemascopeError:
        return name or "unknown"


def corpus_name(identifier: str) -> str:
    """The name of a corpus; of one that is deleted, too, while it lies in the trash."""
    if not identifier:
        return "imported"
    known = next((view.name or view.id for view in store().corpora() if view.id == identifier), "")
    if known:
        return known
    entry = trashed(store().workspace() / "trash", "corpus", identifier)
    name = view_corpus(entry[0]).name if entry else ""
    return f"{name} (deleted)" if name else "a deleted corpus"


def is_dark() -> bool:
    """Whether this viewer's theme is dark."""
    theme = st.context.theme
    return theme is not None and theme.type == "dark"


def is_phone() -> bool:
    """Whether this viewer's browser says that it is a phone's: there one column is all there is."""
    headers = getattr(st.context, "headers", None) or {}
    return "Mobi" in str(headers.get("User-Agent", ""))


def _version(run: RunView) -> str:
    if run.result is not None and run.result.vectors_sha256 and not run.active:
        return run.result.vectors_sha256
    checkpoints = run.folder / "checkpoints"
    names = sorted(path.name for path in checkpoints.iterdir()) if checkpoints.is_dir() else []
    return names[-1] if names else ""


@st.cache_resource(show_spinner=False, max_entries=4)
def _space(run: str, version: str) -> EmbeddingSpace:
    return store().space(run)


@st.cache_resource(show_spinner=False, max_entries=8)
def _corpus(identifier: str) -> Corpus:
    return store().corpus(identifier)
