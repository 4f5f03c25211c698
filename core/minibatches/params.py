"""What can be set for every network that learns from mini-batches."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from core.negative_sampling.model import Initial
from core.params import Field
from core.schedule import STEPS, ScheduleParams
from core.starting import BEGINNING, StartParams

__all__ = ["MOMENTS", "MinibatchParams", "Optimiser"]

Optimiser = Literal["adam", "adagrad", "sgd"]
MOMENTS: dict[Optimiser, tuple[str, ...]] = {"adam": ("means", "squares"), "adagrad": ("squares",), "sgd": ()}
"""What each optimiser keeps of past gradients, one number for each weight."""


class MinibatchParams(ScheduleParams, StartParams):
    """Hyperparameters that these networks share."""

    own_rates: ClassVar[Mapping[str, float]] = {"adagrad": 0.1, "sgd": 5.0}

    dimensions: int = Field(
        100,
        ge=2,
        le=512,
        description="Length of each vector; 100 serves most corpora, 50 one below a million words.",
        json_schema_extra={"search": [25, 300, "log"]},
    )
    epochs: int = Field(
        10,
        ge=1,
        le=1000,
        description="Passes over the corpus; the smaller it is, the more.",
        json_schema_extra={"search": [2, 40, "log"]},
    )
    learning_rate: float = Field(
        0.003,
        ge=1e-6,
        le=100,
        description="Size of the first steps; .003 to .02 for Adam, .05 to .1 for AdaGrad; for SGD 2, and 5 to tell "
        "labels without a hidden layer.",
        json_schema_extra={"search": [0.001, 0.05, "log"]},
    )
    batch_size: int = Field(
        64,
        ge=1,
        le=4096,
        description="Documents whose mean gradient makes one step; more are faster and learn less from each pass.",
        json_schema_extra={"search": [16, 256, "log"]},
    )
    optimiser: Optimiser = Field(
        "adam",
        description="How steps are made of gradients: adam as a rule the quickest, adagrad, or sgd, the plain one, "
        "whose learning rate takes the most trying.",
        json_schema_extra={"advanced": True, "group": STEPS},
    )
    initial: Initial = Field(
        "uniform",
        description="How vectors begin: uniform within 1/(2·dimensions) as word2vec's, gaussian of deviation "
        "1/dimensions, xavier by the number of words; hardly matters.",
        json_schema_extra={"advanced": True, "group": BEGINNING},
    )
    dropout: float = Field(
        0.0,
        ge=0,
        le=0.9,
        description="Share of a document's vector that is left out at random in training; .2 to .5 against learning by "
        "heart.",
        json_schema_extra={"advanced": True, "search": [0, 0.5, "linear"]},
    )
    l1: float = Field(
        0.0,
        ge=0,
        le=10,
        description="How much nearer to zero each weight comes in a step, times the learning rate and apart from the "
        "gradient; .001 makes many exactly zero.",
        json_schema_extra={"advanced": True, "group": STEPS},
    )
    l2: float = Field(
        0.0,
        ge=0,
        le=10,
        description="Share of itself that each weight loses in a step, times the learning rate and apart from the "
        "gradient (decoupled weight decay); .01 to .1 is usual.",
        json_schema_extra={"advanced": True, "group": STEPS},
    )
    clip: float = Field(
        0.0,
        ge=0,
        le=1000,
        description="Longest gradient, all weights together; longer ones are shortened to it. 1 tames a high learning "
        "rate, 0 is off.",
        json_schema_extra={"advanced": True, "group": STEPS},
    )
