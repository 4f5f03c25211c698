"""Where a run begins: at the vectors of another run, or at vectors that were brought along."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from core.architecture import ARCHITECTURES
from core.errors import FormatError, RunError, SettingsError
from core.runs.places import LOCAL
from core.runs.spaces import SPACE_FILE
from core.runs.spec import Spec
from core.runs.store import Store
from core.runs.views import RunView
from core.space import EmbeddingSpace
from core.starting import check_dimensions, rows_of
from core.tensors import open_tensors

__all__ = ["beginnings", "check_start", "dimensions_at_start", "dimensions_of", "read_before", "start_of", "with_start"]


def beginnings(store: Store, workspace: str = LOCAL) -> list[RunView]:
    """The runs whose vectors a training may begin from, the newest first."""
    return [view for view in store.runs(workspace) if _fit(view)]


def dimensions_of(view: RunView) -> int:
    """Length of a run's vectors, read from the head of their file.

    Raises:
        RunError: it cannot be read.
    """
    try:
        return int(open_tensors(view.folder / SPACE_FILE)[0]["vectors"].shape[1])
    except (OSError, FormatError, KeyError, IndexError) as error:
        raise RunError(f"The vectors of the run {view.id} cannot be read ({str(error)[:200]}).") from None


def dimensions_at_start(store: Store, run: str, workspace: str = LOCAL) -> int:
    """Length of the vectors of a run that one shall begin from.

    Raises:
        RunError: there is no such run, or it has no vectors.
    """
    return dimensions_of(_found(store, run, workspace))


def check_start(store: Store, spec: Spec, workspace: str = LOCAL) -> None:
    """Raise where a training cannot begin where it shall, whatever its dimensions.

    Raises:
        RunError: there is no such run, or it has no vectors.
        SettingsError: the architecture takes none.
    """
    if not spec.settings.begin_from:
        return
    unit = ARCHITECTURES.get(spec.architecture)
    if not unit.takes_vectors:
        able = ", ".join(sorted(other.title for other in ARCHITECTURES if other.takes_vectors))
        raise SettingsError(f"{unit.title} cannot begin from vectors; leave begin_from empty, or train one of {able}.")
    _found(store, spec.settings.begin_from, workspace)


def with_start(store: Store, spec: Spec, workspace: str = LOCAL) -> Spec:
    """The recipe with the hash of the vectors that it begins from, after a look whether it can.

    Raises:
        RunError: there is no such run, or it has no vectors.
        SettingsError: the architecture takes none, or those are of another length.
    """
    settings = spec.settings
    if not settings.begin_from:
        return dataclasses.replace(spec, settings=settings.model_copy(update={"begin_sha256": ""}))
    check_start(store, spec, workspace)
    view = _found(store, settings.begin_from, workspace)
    check_dimensions(int(getattr(spec.params, "dimensions", 0)), dimensions_of(view))
    assert view.result is not None, "a run fit to begin from has ended"
    sha256 = view.result.vectors_sha256
    return dataclasses.replace(spec, settings=settings.model_copy(update={"begin_sha256": sha256}))


def read_before(store: Store, spec: Spec, workspace: str = LOCAL) -> str:
    """Why what is measured on held-out lines flatters a training that goes on with a run, as a sentence.

    A run of the same corpus that held out other lines has read these. Empty where it has not, or nobody can tell.

    Raises:
        RunError: there is no such run, or it has no vectors.
    """
    if not spec.settings.begin_from:
        return ""
    earlier = _found(store, spec.settings.begin_from, workspace).spec
    if earlier is None or earlier.settings.corpus != spec.settings.corpus or spec.settings.held_out == 0:
        return ""
    held = earlier.settings.seed, earlier.settings.held_out
    if held == (spec.settings.seed, spec.settings.held_out):
        return ""
    return (
        "The vectors to begin from have learned from lines that are held out here: losses and scores on them look "
        f"better than they are. With seed {held[0]} and held_out {held[1]:g}, as those had, they do not."
    )


def start_of(store: Store, spec: Spec, words: Sequence[str], workspace: str = LOCAL) -> EmbeddingSpace | None:
    """The vectors that a training begins from, those of its words only, under its words; None where it has none.

    Raises:
        RunError: the run is gone, its vectors are damaged, or not those that the recipe was made with.
        SettingsError: the architecture takes none.
    """
    settings = spec.settings
    if not settings.begin_from:
        return None
    check_start(store, spec, workspace)
    space = store.space(settings.begin_from, workspace)
    if settings.begin_sha256 and space.metadata.get("sha256") != settings.begin_sha256:
        raise RunError(
            f"The vectors of the run {settings.begin_from} are not those that this recipe was made with; "
            "make the recipe again, or choose others to begin from."
        )
    rows = rows_of(words, space)
    known = np.flatnonzero(rows >= 0).tolist()
    return EmbeddingSpace(
        [words[at] for at in known],
        space.vectors[rows[known]],
        metadata={"run": space.metadata["run"]},
        encoder=space.encoder,
    )


def _fit(view: RunView) -> bool:
    return view.has_vectors and not view.active and view.result is not None and bool(view.result.vectors_sha256)


def _found(store: Store, run: str, workspace: str) -> RunView:
    try:
        view = store.run(run, workspace)
    except RunError:
        raise RunError(
            f"The run {run}, whose vectors this one begins from, is not in the store; undo its deletion, or choose "
            "others to begin from."
        ) from None
    if not _fit(view):
        raise RunError(f"The run {run} has no vectors to begin from: it is {view.shown}; choose another.")
    return view
