"""A page with nothing but a map: made-up words in clusters, whose neighbours are the nearest on the plane.

What is shown is in the URL: ?n=20000&frames=12&mode=step&focus=7&palette=sequential&layout=2&scale=2&scroll=0&late=5
"""

import numpy as np
import streamlit as st

from pages.ui.point_map import Playback, PointMapState, map_state, point_map, shades

st.set_page_config(layout="wide")

CLUSTERS = [
    "royalty",
    "countries",
    "professions",
    "food & drink",
    "weather",
    "music",
    "medicine",
    "animals",
    "<b>law</b>",
]
SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]


@st.cache_data(max_entries=8)
def world(n: int) -> dict:
    """Clusters of different size and density, a few bridges between them, Zipfian frequencies."""
    rng = np.random.default_rng(7)
    middles = rng.normal(size=(len(CLUSTERS), 2)) * [7.5, 4.2]
    share = rng.dirichlet(np.full(len(CLUSTERS), 3.0))
    cluster = rng.choice(len(CLUSTERS), size=n, p=share)
    spread = rng.uniform(0.5, 1.3, len(CLUSTERS))[cluster, None]
    places = middles[cluster] + rng.standard_t(5, size=(n, 2)) * spread
    # Sub-clusters make it look like language rather than like noise.
    sub = rng.normal(size=(len(CLUSTERS), 9, 2)) * 1.1
    places += sub[cluster, rng.integers(0, 9, n)] * spread
    colour = cluster.astype(np.uint8)
    colour[rng.random(n) < 0.06] = 255
    words = ["".join(rng.choice(SYLLABLES, rng.integers(2, 4))) for _ in range(min(n, 3000))]
    words = [words[i % 3000] + ("" if i < 3000 else str(i)) for i in range(n)]
    words[3:4] = ["<img src=x onerror=alert(1)>"] if n > 3 else []
    size = (200_000 / (np.arange(n) + 2.7)).astype(int) + 1
    return {"x": places[:, 0], "y": places[:, 1], "colour": colour, "size": size, "name": words}


def argument(name: str, default: int) -> int:
    return int(st.query_params.get(name, default))


n, layout = argument("n", 2000), argument("layout", 1)
KEY = "demo"
points = dict(world(n))
if st.toggle("Other layout", value=layout == 2, key="other"):
    angle = 0.9
    points["x"], points["y"] = (
        points["x"] * np.cos(angle) - points["y"] * np.sin(angle),
        points["x"] * np.sin(angle) + points["y"] * np.cos(angle),
    )
    layout = 2
places = np.stack([points["x"], points["y"]], axis=1)

palette = st.query_params.get("palette", "categorical")
if palette == "sequential":
    points["colour"] = shades(points["size"])

frames = None
if argument("frames", 0) and not st.toggle("No recording"):
    steps = np.linspace(0, 1, argument("frames", 0)) ** 0.7
    start = np.random.default_rng(1).normal(size=places.shape) * 2
    frames = Playback(
        np.stack([start + (places - start) * t for t in steps]),
        [f"{t * 2.1:.1f} s · {t:.0%}" for t in steps],
        st.query_params.get("mode", "live"),
        seconds=float(st.query_params.get("seconds", 6)),
        report=True,
    )

focus = st.number_input("Fly to", -1, n, value=argument("focus", -1))

if st.toggle("Hide the map"):
    st.stop()


def count_change(state: PointMapState) -> None:
    st.session_state["changes"] = st.session_state.get("changes", 0) + 1


before = map_state(KEY, n)
near: list[int] = []
if before.clicked is not None:
    away = np.hypot(*(places - places[before.clicked]).T)
    near = [int(i) for i in np.argsort(away)[1 : 1 + 8 * max(1, n // 2000) : max(1, n // 2000)]]

# A card beside the map, as on the Map page: the map moves to another place of the page and is mounted anew.
place = st.columns([2, 1])[0] if st.toggle("Card beside the map") else st.container()
with place:
    state = point_map(
        points,
        version=f"{n}-{layout}",
        key=KEY,
        title="Demo map",
        palette=palette,
        cluster_names=CLUSTERS if palette == "categorical" else (),
        highlight=near,
        late=range(argument("late", 0)),
        focus=None if focus < 0 else int(focus),
        frames=frames,
        height=argument("height", 600),
        label_scale=float(st.query_params.get("scale", 1)),
        scroll_zoom=bool(argument("scroll", 1)),
        on_change=count_change,
    )
st.html(
    f"<span id='probe' data-clicked='{state.clicked}' data-selected='{len(state.selected)}' data-near='{len(near)}' "
    f"data-frame='{state.frame}' data-changes='{st.session_state.get('changes', 0)}' "
    f"data-zoom='{state.view.zoom if state.view else 0:.3f}'></span>"
)
