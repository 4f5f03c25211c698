"""What is sent to the map: points as one Arrow table, frames as 16-bit fractions of their box."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["NO_CLUSTER", "SHADES", "Playback", "frames_table", "identity_of", "points_table", "shades"]

NO_CLUSTER = 255
"""The colour number of points that belong to no cluster: they are drawn in a muted grey."""

SHADES = 8
"""How many steps of the theme's sequential colours a map uses."""


@dataclass(frozen=True)
class Playback:
    """Recorded positions of the same points, oldest first.

    Attributes:
        positions: float array (frames, points, 2).
        captions: one line for each frame, such as “0.8 s · 40 %”.
        mode: "live" stays at the newest frame, "timed" plays all within `seconds`, "step" waits for clicks.
        seconds: length of the timed playback.
        report: tell Python which frame has come to rest (one rerun each time).
        series: names the recording; playback starts anew when it changes, and goes on when only frames were added.
    """

    positions: npt.NDArray[np.floating[Any]]
    captions: Sequence[str] = ()
    mode: Literal["live", "timed", "step"] = "live"
    seconds: float = 30.0
    report: bool = False
    series: str = ""


def points_table(points: Any, names: Sequence[str] | None) -> pa.Table:
    """The points as Arrow columns x, y (float32), and where given colour (uint8), size (float32), name (text).

    Args:
        points: an Arrow table, a data frame, or a mapping from column name to array.
        names: the words, if they are not a column of `points`.

    Raises:
        ValueError: columns are missing or differ in length.
    """
    held = set(points.column_names if isinstance(points, pa.Table) else points)
    if not {"x", "y"} <= held:
        raise ValueError(f"the points of a map need columns x and y, got {sorted(map(str, held))}")
    columns = {"x": _numbers(points["x"], np.float32), "y": _numbers(points["y"], np.float32)}
    if "colour" in held:
        columns["colour"] = _numbers(points["colour"], np.uint8)
    if "size" in held:
        columns["size"] = _numbers(points["size"], np.float32)
    if names is None and "name" in held:
        names = points["name"]
    if names is not None:
        columns["name"] = _texts(names)
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"the columns of a map's points differ in length: {lengths}")
    return pa.table(columns)


def identity_of(table: pa.Table) -> str:
    """A short name for *which* points these are: the same words at other places keep it."""
    if "name" not in table.column_names:
        return f"{table.num_rows}"
    checksum = 0
    for chunk in table["name"].chunks:
        for buffer in chunk.buffers():
            checksum = zlib.crc32(buffer, checksum) if buffer is not None else checksum
    return f"{table.num_rows}-{checksum:08x}"


def frames_table(playback: Playback, count: int) -> tuple[pa.Table, Mapping[str, Any]]:
    """The frames as one table of uint16 columns x, y (frame after frame), and the options that go with them.

    A step of 1/65,535 of the box is below a pixel up to a zoom of thirty: half of float32's bytes, and more exact
    than half-precision floats.

    Raises:
        ValueError: the positions are not (frames, `count`, 2).
    """
    positions = np.asarray(playback.positions, dtype=np.float32)
    if positions.ndim != 3 or positions.shape[1:] != (count, 2):
        raise ValueError(f"frames of a map of {count} points must be (frames, {count}, 2), got {positions.shape}")
    flat = positions.reshape(-1, 2)
    finite = flat[np.isfinite(flat).all(axis=1)]
    low, high = (finite.min(axis=0), finite.max(axis=0)) if len(finite) else (np.zeros(2), np.ones(2))
    extent = np.maximum(high - low, 1e-9)
    steps = np.nan_to_num((flat - low) / extent * 65535, posinf=65535, neginf=0).clip(0, 65535)
    columns = np.rint(steps).astype(np.uint16)
    options = {
        "count": len(positions),
        "box": [float(low[0]), float(low[1]), float(extent[0]), float(extent[1])],
        "captions": [str(caption) for caption in playback.captions],
        "mode": playback.mode,
        "seconds": float(playback.seconds),
        "report": playback.report,
        "series": playback.series,
        "content": f"{len(positions)}-{zlib.crc32(columns):08x}",
    }
    table = pa.table({"x": np.ascontiguousarray(columns[:, 0]), "y": np.ascontiguousarray(columns[:, 1])})
    return table, options


def shades(values: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """Colour numbers 0 … SHADES − 1 by rank, for a map with the palette "sequential": equal values, equal shade."""
    array = np.asarray(values, dtype=np.float64)
    if array.size == 0:
        return np.zeros(0, np.uint8)
    edges = np.quantile(array, np.linspace(0, 1, SHADES + 1)[1:-1])
    return np.searchsorted(edges, array, side="left").astype(np.uint8)


def _numbers(values: Any, kind: type[np.generic]) -> npt.NDArray[Any]:
    return np.ascontiguousarray(np.asarray(values), dtype=kind)


def _texts(names: Any) -> pa.ChunkedArray:
    if isinstance(names, pa.ChunkedArray):
        return names
    column = pa.array(names, type=pa.string(), from_pandas=True)
    return column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])
