"""The hyperparameters of optimisers, for the architectures whose vectors may move otherwise than by their gradients."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import ValidationInfo, field_validator

from core.negative_sampling.params import NegativeSamplingParams
from core.params import Field
from core.schedule import STEPS

__all__ = ["MEMORIES", "MoveParams", "Optimiser"]

Optimiser = Literal["sgd", "adagrad", "adam"]

MEMORIES: Mapping[Optimiser, int] = {"sgd": 0, "adagrad": 1, "adam": 2}
"""How many numbers an optimiser keeps for each one that is learned."""
FASTEST_ADAM = 0.02
"""Learning rate from which on Adam, whose steps have the size of the rate whatever the gradient, learns nothing."""
RATES = {"adagrad": 0.1, "adam": 0.003}
"""Those that serve: on 300,000 and two million words of film reviews gaps are filled as well as by SGD at .05 with
.002 to .005 for Adam and .1 for AdaGrad, and mostly .05 to .13 worse with the .001 of Adam's authors. On 80,000 words
of medical answers (CBOW) and 190,000 of film sentences (skip-gram), where SGD fills .79 and .67 of the gaps, AdaGrad
fills .68 and .55 at .02, .77 and .66 at .05, .79 and .65 at .1, .77 and .66 at .2."""


class MoveParams(NegativeSamplingParams):
    """How the vectors move."""

    own_rates: ClassVar[Mapping[str, float]] = RATES

    optimiser: Optimiser = Field(
        "sgd",
        description="How vectors move: sgd by the gradient, the fastest; adagrad less the more they have moved, which "
        "wants a learning_rate of .1; adam by means of the last gradients, which wants .003. The last two take several "
        "times as long.",
        json_schema_extra={"advanced": True, "group": STEPS},
    )
    l1: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Pulls each number of a vector towards 0 at every move, by so much times the learning rate; 1e-4 "
        "is a little, from .001 on little or nothing is left, 0 is off. With l2 it is the elastic net.",
        json_schema_extra={"advanced": True, "group": STEPS},
    )
    l2: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Pulls vectors towards 0 at every move, by this share of them times the learning rate; .01 is "
        "felt, .1 is too much, 0 is off.",
        json_schema_extra={"advanced": True, "group": STEPS},
    )
    clip: float = Field(
        0.0,
        ge=0,
        le=1000,
        description="Largest norm of a vector's gradient in one move; 1 tames a training that diverges, 0 is off. "
        "Clipping and penalties take several times as long.",
        json_schema_extra={"advanced": True, "group": STEPS},
    )

    @field_validator("optimiser")
    @classmethod
    def _not_too_fast(cls, value: Optimiser, info: ValidationInfo) -> Optimiser:
        rate = info.data.get("learning_rate", 0.0)
        if value == "adam" and rate > FASTEST_ADAM:
            raise ValueError(
                f"optimiser adam learns nothing with a learning_rate above {FASTEST_ADAM:g}, and it is {rate:g}; set "
                f"learning_rate to {RATES['adam']:g}"
            )
        return value

    @property
    def plain(self) -> bool:
        """Whether vectors simply move by their gradients, as the fastest kernels do."""
        return self.optimiser == "sgd" and self.l1 == 0 and self.l2 == 0 and self.clip == 0
