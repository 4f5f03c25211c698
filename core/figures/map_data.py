"""What a figure of a map shows: words, positions, colours, names, and the line that says where it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.space import FloatMatrix

__all__ = ["DARK", "LIGHT", "MapData", "Theme"]

PALETTE_LIGHT = (
    "#4F46E5", "#0D9488", "#F59E0B", "#DB2777", "#0284C7", "#65A30D",
    "#9333EA", "#EA580C", "#64748B", "#DC2626", "#0891B2", "#A16207",
)  # fmt: skip
PALETTE_DARK = (
    "#818CF8", "#2DD4BF", "#FBBF24", "#F472B6", "#38BDF8", "#A3E635",
    "#C084FC", "#FB923C", "#94A3B8", "#F87171", "#22D3EE", "#FACC15",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a figure."""

    ground: str
    text: str
    muted: str
    palette: tuple[str, ...]


LIGHT = Theme("#F5F6FA", "#14162B", "#6B7086", PALETTE_LIGHT)
DARK = Theme("#171A2C", "#E8EAF6", "#8B90A8", PALETTE_DARK)


@dataclass(frozen=True, slots=True)
class MapData:
    """A map to draw.

    Attributes:
        words: most frequent first.
        positions: shape `(words, 2)` or `(words, 3)`.
        counts: occurrences in the corpus, shape `(words,)`; they size the points.
        clusters: cluster of each word, shape `(words,)`; None draws all in one colour.
        names: the clusters' names, by number.
        caption: where the map comes from: run, corpus hash, seed, method.
    """

    words: Sequence[str]
    positions: FloatMatrix
    counts: npt.NDArray[np.int64]
    clusters: npt.NDArray[np.int64] | None = None
    names: Sequence[str] = ()
    caption: str = ""

    def colours(self, theme: Theme) -> list[str]:
        """A colour for each word; clusters beyond the palette take its colours again."""
        if self.clusters is None:
            return [theme.palette[0]] * len(self.words)
        return [theme.palette[int(cluster) % len(theme.palette)] for cluster in self.clusters]

    def centres(self) -> list[tuple[str, FloatMatrix]]:
        """Name and median position of each named cluster; the median keeps a name within its cluster's bulk."""
        if self.clusters is None:
            return []
        found = []
        for number, name in enumerate(self.names):
            members = self.positions[self.clusters == number]
            if name and len(members):
                found.append((name, np.median(members, axis=0).astype(np.float32)))
        return found

    def sizes(self) -> npt.NDArray[np.float64]:
        """Relative size of each point, 0 to 1, by the logarithm of its count."""
        logs = np.log1p(np.maximum(self.counts, 0).astype(np.float64))
        spread = float(logs.max() - logs.min()) if len(logs) else 0.0
        return (logs - logs.min()) / spread if spread > 0 else np.full(len(logs), 0.5)
