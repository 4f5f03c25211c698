"""Where GloVe begins that is given vectors: at which scale it takes them, and which of them keep still.

Both vectors of a word begin as the one given, so that their sum, or the one of them that is kept, points where that
does. Biases and AdaGrad's sums begin at zero, as ever. The warm start is Mittens' (N. Dingwall and C. Potts, "Mittens:
an extension of GloVe for learning domain-specialized representations", NAACL 2018), whose penalty for leaving the start
is not here: words keep still, or are free.

GloVe's own vectors are two or three long, others of any length, and three times as long they were worse than none on
the speeches below (gaps .669). So they are learned from at a scale at which both vectors of a word are one to
two long in the mean, and what is learned is given back at the scale of the start: with vectors ten times as long, gaps
are filled as well to .005. Begun from vectors of three million words of film reviews, with the settings of *balanced*
and 100 dimensions (scores as in `tests.bench.scores`; two seeds, of the rows with *still* one):

| | medical answers | | speeches of presidents | | film sentences | | |
|---|---|---|---|---|---|---|---|
| | gaps | labels | gaps | pairs | gaps | pairs | labels |
| at random | .763 | .937 | .692 | .13 | .652 | .24 | .658 |
| GloVe's vectors | .806 | .944 | .697 | .30 | .700 | .45 | .698 |
| the same, still for 5 of 25 epochs | .808 | .945 | .703 | .30 | .706 | .47 | .701 |
| the same, always still | .696 | .930 | .609 | .29 | .700 | .49 | .696 |
| skip-gram's vectors | .809 | .942 | .699 | .32 | .690 | .42 | .697 |
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from core.counting.training import Model
from core.errors import TrainingError
from core.space import EmbeddingSpace, FloatMatrix
from core.starting import check_dimensions, rows_of
from core.tensors import Arrays, Rows

__all__ = ["Beginning"]

MOST_DOUBLED = 60


@dataclass(frozen=True, slots=True)
class Beginning:
    """What of vectors to begin from is to be remembered.

    Attributes:
        scale: what is kept is so many times what training ends with: as long as what it began from. A power of two,
            which changes no digit.
        frozen: which words' vectors keep still while any do, shape `(words,)`; no words at all where none ever do.
    """

    scale: float = 1.0
    frozen: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))

    @classmethod
    def of(cls, model: Model, start: EmbeddingSpace, dimensions: int, summed: bool, freezing: bool) -> Self:
        """Put vectors learned before in their places: of each word that has one, as a word and as a neighbour.

        Raises:
            SettingsError: those have other dimensions.
        """
        check_dimensions(dimensions, start.dimensions)
        found = rows_of(model.words, start)
        known = np.flatnonzero(found >= 0)
        share = _share(start.vectors[found[known]])
        for name in ("inputs", "outputs"):
            model.arrays[name][known, :dimensions] = np.float32(share) * start.vectors[found[known]]
        return cls(1 / (2 * share if summed else share), found >= 0 if freezing else np.zeros(0, np.bool_))

    def kept(self) -> tuple[Arrays, dict[str, Any]]:
        """What a checkpoint holds of it."""
        still = len(self.frozen) > 0
        return {"frozen": self.frozen.copy()} if still else {}, {"scale": self.scale, "frozen": still}

    @classmethod
    def from_kept(cls, arrays: Mapping[str, Rows], state: Mapping[str, Any], words: int) -> Self:
        """Read it.

        Raises:
            TrainingError: it is not of so many words.
        """
        scale = float(state.get("scale", 1.0))
        if not state.get("frozen"):
            return cls(scale)
        found = arrays.get("frozen")
        if found is None or found.shape != (words,) or found.dtype != np.bool_:
            raise TrainingError(f"The checkpoint's frozen do not fit {words} words.")
        return cls(scale, np.array(found[slice(None)]))


def _share(vectors: FloatMatrix) -> float:
    """The power of two that brings the mean length of some vectors to between 1 and 2; ½ where there is none."""
    mean = float(np.linalg.norm(vectors.astype(np.float64), axis=1).mean()) if len(vectors) else 0.0
    if mean == 0:
        return 0.5
    return 2.0 ** -max(-MOST_DOUBLED, min(math.floor(math.log2(mean)), MOST_DOUBLED))
