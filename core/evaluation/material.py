"""What scores are computed from besides the vectors: the corpus with what was held out, and its labelled documents."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt

from core.data.training_data import TrainingData

__all__ = ["DocumentLabels", "Material", "Need"]

Need = Literal["held_out", "labels"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DocumentLabels:
    """The documents of a corpus with their labels.

    Attributes:
        offsets: shape `(documents + 1,)`, int64; document i is `data.tokens[offsets[i]:offsets[i + 1]]`, blank ones
            among them.
        numbers: shape `(documents,)`, index into `names`.
        names: the labels; the empty one is that of documents without a label.
    """

    offsets: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.uint32]
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Material:
    """What there is to compute scores from; anything may be missing.

    Attributes:
        data: the corpus with the cut-offs of the run and with what the run held out.
        labels: the labels of its documents.
    """

    data: TrainingData | None = None
    labels: DocumentLabels | None = None
    _made: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def has(self) -> frozenset[Need]:
        """Which needs of scores are met."""
        met: set[Need] = set()
        if self.data is not None and self.data.held_out.any():
            met.add("held_out")
        if self.data is not None and self.labels is not None:
            met.add("labels")
        return frozenset(met)

    def once(self, what: Hashable, make: Callable[[], T]) -> T:
        """What a score asks of every space alike, made for the first of them and kept for the others.

        Args:
            what: names it, with all settings that it depends on.
            make: makes it, of nothing but this material and those settings.
        """
        if what not in self._made:
            self._made[what] = make()
        made: T = self._made[what]
        return made
