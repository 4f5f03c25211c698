"""What the Map page draws: places, from the worker or from PCA at once, colours, and a figure to take away."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import streamlit as st

from core.figures.labels import named_last
from core.figures.map_data import MapData
from core.projection import PROJECTIONS
from core.projection.pca import principal_components
from core.runs.views import RunView
from core.space import EmbeddingSpace
from pages.ui.ask import Asked, array, asked
from pages.ui.point_map import NO_CLUSTER, shades
from pages.ui.session import corpus_name, label

__all__ = ["Layers", "Wish", "figure_of", "late", "layers", "points"]

LAST = "map_last"
SEED = 1
FILE = "positions.safetensors"
Shape = tuple[str, str, int, int]


@dataclass(frozen=True, slots=True)
class Known:
    """A map that the worker has made: its key, its projection, the names of its clusters, seconds."""

    key: str
    method: str
    names: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Wish:
    """What the row above the map asks for.

    Attributes:
        method: registered name of a projection.
        dimensions: 2 or 3.
        words: how many of the most frequent.
        colour: `cluster` or `frequency`.
    """

    method: str
    dimensions: int
    words: int
    colour: str


@dataclass(frozen=True, slots=True)
class Layers:
    """What there is to draw now.

    Attributes:
        places: name of the positions, changes when they do.
        method: the projection that made them; while the one wished for is computed, an earlier one or PCA.
        positions: shape `(words, 2 or 3)`.
        clusters: cluster of each word, shape `(words,)`; None while there are none.
        names: the clusters' names.
        waiting: title and request of what is still computed or has failed.
        seconds: how long the projection took; 0 where that is not known.
    """

    places: str
    method: str
    positions: npt.NDArray[np.float32]
    clusters: npt.NDArray[np.int64] | None
    names: tuple[str, ...]
    waiting: tuple[tuple[str, Asked], ...]
    seconds: float


def layers(run: RunView, space: EmbeddingSpace, wish: Wish) -> Layers:
    """Gather what is there for a wish, and ask for what is not.

    Raises:
        SemascopeError: the projection cannot do what is wished.
    """
    sha256 = str(space.metadata.get("sha256", ""))
    shape = (run.id, sha256, wish.words, wish.dimensions)
    last: dict[Shape, Known] = st.session_state.setdefault(LAST, {})
    waiting: list[tuple[str, Asked]] = []
    # PCA costs this process milliseconds; the worker's answer adds the clusters, which cost more.
    if wish.method != "pca" or wish.colour == "cluster":
        request = asked(
            run, "map", method=wish.method, words=wish.words, seed=SEED, settings={"dimensions": wish.dimensions}
        )
        if request[1].state == "done":
            facts = request[1].facts
            names = tuple(str(name) for name in facts.get("cluster_names", ()))
            last[shape] = Known(request[0], wish.method, names, float(facts.get("seconds", 0)))
        else:
            what = "Clusters" if wish.method == "pca" else PROJECTIONS.get(wish.method).title
            waiting.append((f"{what} of {wish.words:,} words", request))
    known = last.get(shape)
    pca = f"pca-{sha256[:16]}-{wish.words}-{wish.dimensions}"
    if known is None or wish.method == "pca":
        positions = _pca(run.id, sha256, wish.words, wish.dimensions, space)
    else:
        positions = array(run, known.key, FILE, "positions")
    # The same words in the same space have the same clusters, whichever projection they came with.
    clusters = array(run, known.key, FILE, "clusters") if known else None
    return Layers(
        places=pca if known is None or wish.method == "pca" else known.key,
        method="pca" if known is None or wish.method == "pca" else known.method,
        positions=positions,
        clusters=clusters,
        names=known.names if known else (),
        waiting=tuple(waiting),
        seconds=known.seconds if known and wish.method == known.method else 0.0,
    )


def points(run: RunView, space: EmbeddingSpace, shown: Layers, colour: str) -> tuple[str, pa.Table]:
    """The points of a flat map as a table for the point map, and the version that names them."""
    version = f"{run.id}-{shown.places}-{colour}-{shown.clusters is not None}"
    return version, _points(version, space, shown, colour)


def late(run: RunView, space: EmbeddingSpace, shown: Layers) -> list[int]:
    """The words whose labels come after all others."""
    return _late(run.id, str(space.metadata.get("sha256", "")), len(shown.positions), space)


def figure_of(run: RunView, space: EmbeddingSpace, shown: Layers) -> MapData:
    """The map as data for a figure, with the line that says where it comes from."""
    count = len(shown.positions)
    corpus = f"corpus {corpus_name(run.corpus)} ({run.corpus[:12]})" if run.corpus else "corpus unknown"
    caption = (
        f"Semascope · {label(run)} · {corpus} · seed {space.metadata.get('seed', 'unknown')} · "
        f"{PROJECTIONS.get(shown.method).title} of {count:,} words, seed {SEED}"
    )
    return MapData(
        words=space.keys[:count],
        positions=shown.positions,
        counts=space.counts[:count],
        clusters=shown.clusters,
        names=shown.names,
        caption=caption,
    )


@st.cache_resource(show_spinner=False, max_entries=12)
def _pca(run: str, sha256: str, words: int, dimensions: int, _space: EmbeddingSpace) -> npt.NDArray[np.float32]:
    return principal_components(_space.unit[:words], dimensions)


@st.cache_resource(show_spinner=False, max_entries=12)
def _late(run: str, sha256: str, words: int, _space: EmbeddingSpace) -> list[int]:
    found: list[int] = named_last(_space.keys[:words], _space.counts[:words]).tolist()
    return found


@st.cache_resource(show_spinner=False, max_entries=12)
def _points(version: str, _space: EmbeddingSpace, _shown: Layers, _colour: str) -> pa.Table:
    count = len(_shown.positions)
    if _colour == "frequency":
        colours = shades(_space.counts[:count])
    elif _shown.clusters is None:
        colours = np.full(count, NO_CLUSTER, np.uint8)
    else:
        colours = _shown.clusters.astype(np.uint8)
    return pa.table(
        {
            "x": np.ascontiguousarray(_shown.positions[:, 0]),
            "y": np.ascontiguousarray(_shown.positions[:, 1]),
            "colour": colours,
            "size": _space.counts[:count].astype(np.float32),
            "name": pa.array(_space.keys[:count], pa.string()),
        }
    )
