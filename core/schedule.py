"""How the learning rate goes while training goes on, and when training ends before its last epoch.

Both are functions of what was done, never of the clock: trained again, a training takes the same rates and ends at the
same place.

Source of the cosine: I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from core.params import Field, Params

__all__ = ["FLOOR", "STEPS", "EarlyStopping", "Schedule", "ScheduleParams", "rate_factor", "with_own_rate"]

STEPS = "Steps"
"""What these settings stand under in a form, with others that say how steps are taken."""

Schedule = Literal["linear", "cosine", "constant"]
FLOOR = 1e-4
"""Share of the learning rate that is left at the end; word2vec.c's."""


class ScheduleParams(Params):
    """What every architecture has that learns by small steps; it inherits them beside its own.

    Class attributes:
        own_rates: the learning rate of each optimiser that wants another than defaults and presets have.
    """

    own_rates: ClassVar[Mapping[str, float]] = {}

    @classmethod
    def own_rate(cls, values: Mapping[str, Any]) -> float | None:
        """The learning rate that goes with some settings, where defaults and presets have another; None where not.

        Args:
            values: settings as somebody chose them, not validated yet; those that are missing are as usual.
        """
        optimiser = values.get("optimiser")
        return cls.own_rates.get(optimiser) if isinstance(optimiser, str) else None

    schedule: Schedule = Field(
        "linear",
        description="How the learning rate falls: linear as in word2vec, cosine later and then faster, constant not.",
        json_schema_extra={"advanced": True, "group": STEPS},
    )
    warm_up: float = Field(
        0.0,
        ge=0,
        le=0.5,
        description="Share of the training in which the learning rate rises from nothing; .05 tames Adam, 0 is off.",
        json_schema_extra={"advanced": True, "group": STEPS},
    )
    early_stopping: int = Field(
        0,
        ge=0,
        le=100,
        description="Ends the training, with the vectors it has then, once the held-out loss has not fallen for so "
        "many epochs; 2 to 5, for vectors often get better while it rises. 0 trains to the end.",
        json_schema_extra={"advanced": True, "group": STEPS},
    )


def with_own_rate(params: type[Params], chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Settings that somebody chose, and the learning rate that goes with them unless they have one too.

    To be put over what a preset sets: its learning rate is for the usual optimiser.
    """
    own = params.own_rate(chosen) if issubclass(params, ScheduleParams) else None
    return dict(chosen) if own is None else {"learning_rate": own, **chosen}


def rate_factor(schedule: Schedule, warm_up: float, fraction: float) -> float:
    """What the learning rate is multiplied by when a share of the work is done.

    Args:
        schedule: how it falls.
        warm_up: share of the work in which it rises linearly, before it falls.
        fraction: share of the work done, 0 to 1.
    """
    if fraction < warm_up:
        return max(fraction / warm_up, FLOOR)
    left = 1 - (fraction - warm_up) / (1 - warm_up)
    if schedule == "linear":
        return max(left, FLOOR)
    if schedule == "cosine":
        return max((1 - math.cos(math.pi * left)) / 2, FLOOR)
    return 1.0


@dataclass(slots=True)
class EarlyStopping:
    """Ends a training whose held-out loss has ceased to fall; told it once an epoch.

    Attributes:
        patience: epochs without a new lowest loss after which training ends; 0 never ends it.
        lowest: the lowest loss so far.
        since: epochs since then.
        epochs: epochs told of.
    """

    patience: int
    lowest: float = math.inf
    since: int = 0
    epochs: int = 0

    def ends(self, loss: float) -> bool:
        """Take note of the held-out loss after an epoch; whether training shall end."""
        self.epochs += 1
        self.since = 0 if loss < self.lowest else self.since + 1
        self.lowest = min(self.lowest, loss)
        return self.ended

    @property
    def ended(self) -> bool:
        """Whether training has been ended."""
        return 0 < self.patience <= self.since

    @property
    def reason(self) -> str:
        """Why it ended, as a sentence; empty where it did not."""
        if not self.ended:
            return ""
        return (
            f"It ended early, after epoch {self.epochs}: the held-out loss has not fallen below {self.lowest:.4g} "
            f"for {self.since} epoch{'s' if self.since > 1 else ''}."
        )

    def to_json(self) -> dict[str, Any]:
        """What a checkpoint holds; infinity, which JSON lacks, is null."""
        lowest = None if math.isinf(self.lowest) else self.lowest
        return {"lowest": lowest, "since": self.since, "epochs": self.epochs}

    @classmethod
    def from_json(cls, patience: int, value: Mapping[str, Any]) -> Self:
        """Take up what a checkpoint holds."""
        lowest = value.get("lowest")
        return cls(
            patience,
            math.inf if lowest is None else float(lowest),
            int(value.get("since", 0)),
            int(value.get("epochs", 0)),
        )
