"""Where a training begins: at vectors learned before, which may be kept from moving for a while, or always."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from core.errors import SettingsError
from core.params import ANY, Field, Params
from core.space import EmbeddingSpace

__all__ = ["BEGINNING", "Frozen", "StartParams", "check_dimensions", "frozen_epochs", "rows_of"]

BEGINNING = "Where it begins"
"""What these settings stand under in a form."""

Frozen = Literal["no", "first_epochs", "always"]


class StartParams(Params):
    """What every architecture has that takes vectors to begin from; it inherits them beside its own."""

    frozen: Frozen = Field(
        "no",
        description="Whether the vectors that it begins from keep still: no, for the first epochs so that the others "
        "can fall in with them, or always.",
        json_schema_extra={"advanced": True, "group": BEGINNING, "with": {"begin_from": [ANY]}},
    )
    frozen_epochs: int = Field(
        1,
        ge=1,
        le=1000,
        description="Epochs in which they keep still; 1 or 2 are enough as a rule.",
        json_schema_extra={
            "advanced": True,
            "group": BEGINNING,
            "with": {"begin_from": [ANY], "frozen": ["first_epochs"]},
        },
    )


def check_dimensions(wanted: int, given: int) -> None:
    """Raise where vectors to begin from are of other lengths than those that shall be learned.

    Raises:
        SettingsError: they are.
    """
    if wanted != given:
        raise SettingsError(
            f"The vectors to begin from have {given} dimensions and dimensions is {wanted}; set dimensions to {given}."
        )


def frozen_epochs(params: Params, epochs: int) -> int:
    """In how many of so many epochs vectors that were learned before keep still."""
    if not isinstance(params, StartParams) or params.frozen == "no":
        return 0
    return epochs if params.frozen == "always" else min(params.frozen_epochs, epochs)


def rows_of(words: Sequence[str], space: EmbeddingSpace) -> npt.NDArray[np.int64]:
    """The row of each word in a space: of its own key, else of the one in lower case; -1 where there is none."""
    index = {key: row for row, key in enumerate(space.keys)}
    return np.array([index.get(word, index.get(word.lower(), -1)) for word in words], np.int64).reshape(len(words))
