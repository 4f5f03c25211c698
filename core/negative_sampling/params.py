"""The hyperparameters that every architecture with negative sampling has."""

from typing import Literal

from core.negative_sampling.model import Initial
from core.params import Field
from core.schedule import ScheduleParams
from core.starting import BEGINNING

__all__ = ["NegativeSamplingParams"]


class NegativeSamplingParams(ScheduleParams):
    """Declared once; an architecture adds its own, or changes a default."""

    dimensions: int = Field(
        100,
        ge=2,
        le=512,
        description="Length of each vector; 100 serves most corpora, 50 one below a million words.",
        json_schema_extra={"search": [25, 300, "log"]},
    )
    window: int = Field(
        5,
        ge=1,
        le=50,
        description="Words looked at on each side; 2 finds words of the same kind, 10 of the same topic.",
        json_schema_extra={"search": [2, 15, "linear"]},
    )
    negatives: int = Field(
        5,
        ge=1,
        le=50,
        description="Random words told apart from each true one; 5 is usual, more cost time and rarely help.",
        json_schema_extra={"search": [2, 20, "log"]},
    )
    epochs: int = Field(
        5,
        ge=1,
        le=1000,
        description="Passes over the corpus; the smaller the corpus, the more it needs.",
        json_schema_extra={"search": [2, 40, "log"]},
    )
    learning_rate: float = Field(
        0.025,
        ge=1e-6,
        le=10,
        description="Size of the first steps, falling to nothing; .025 is usual, above 1 diverges.",
        json_schema_extra={"search": [0.005, 0.25, "log"]},
    )
    subsample: float = Field(
        1e-3,
        ge=0,
        le=1,
        description="Words above this share of the text are thinned out; 1e-5 suits domain text, 0 is off.",
        json_schema_extra={"search": [1e-6, 1e-2, "log"]},
    )
    window_width: Literal["dynamic", "fixed"] = Field(
        "dynamic",
        description="Whether each window has a width of its own up to window, so that near words count more, or all "
        "have the whole; dynamic is word2vec's.",
        json_schema_extra={"advanced": True},
    )
    noise: Literal["unigram", "uniform", "hard"] = Field(
        "unigram",
        description="Which words are told apart from the true one: unigram by their frequency, uniform all alike, hard "
        "half of them its nearest wrong ones from the second epoch on, which pushes synonyms apart and rarely helps.",
        json_schema_extra={"advanced": True},
    )
    noise_exponent: float = Field(
        0.75,
        ge=-1,
        le=1,
        description="How negatives follow frequency: 1 as the words occur, 0 all alike; .75 is usual.",
        json_schema_extra={"advanced": True, "with": {"noise": ["unigram", "hard"]}, "search": [0, 1, "linear"]},
    )
    initial: Initial = Field(
        "uniform",
        description="How vectors begin: uniform within 1/(2·dimensions) as word2vec's, gaussian of deviation "
        "1/dimensions, xavier by the number of words; hardly matters.",
        json_schema_extra={"advanced": True, "group": BEGINNING},
    )
