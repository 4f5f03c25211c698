"""What a run is told besides the architecture's own parameters."""

import os
import unicodedata
from typing import Any

from pydantic import field_validator

from core.architecture import Preset
from core.params import ANY, Field, Params
from core.starting import BEGINNING

__all__ = ["MAX_WATCHED", "RunSettings", "automatic_threads", "default_min_count", "usable_cores"]

MAX_WATCHED = 5
SINGLE_THREAD_TOKENS = 1_000_000
MAX_AUTOMATIC_THREADS = 8


class RunSettings(Params):
    """The settings of a run that every architecture shares."""

    corpus: str = Field(
        "", max_length=80, pattern=r"^[a-z0-9-]*$", description="The corpus to train on, by its id in the store."
    )
    min_count: int = Field(
        5,
        ge=1,
        le=100_000,
        description="Words that occur less often are left out. 5 suits most texts; 1 to 3 suit texts below a "
        "million words.",
    )
    max_vocabulary: int = Field(
        200_000,
        ge=2,
        le=5_000_000,
        description="At most this many words, the most frequent first. 50,000 is ample for one domain; more words "
        "cost memory.",
        json_schema_extra={"advanced": True, "group": "The run"},
    )
    held_out: float = Field(
        0.01,
        ge=0,
        le=0.5,
        description="Share of the lines kept from training, on which the held-out loss is measured. 0.01 is enough; "
        "0 turns the measurement off.",
        json_schema_extra={"advanced": True, "group": "The run"},
    )
    seed: int = Field(
        1,
        ge=0,
        le=2**31 - 1,
        description="Seeds every random choice. Train with two seeds to see how much is chance.",
        json_schema_extra={"advanced": True, "group": "The run"},
    )
    threads: int = Field(
        0,
        ge=0,
        le=64,
        description="Worker threads; 0 chooses: one below a million words, else as many as the machine has to give. "
        "With 1 the same recipe gives the same bytes.",
        json_schema_extra={"advanced": True, "group": "The run"},
    )
    begin_from: str = Field(
        "",
        max_length=80,
        pattern=r"^[a-z0-9-]*$",
        description="The run whose vectors training begins from, by its id, for the words that both have; empty begins "
        "at random.",
        json_schema_extra={"advanced": True, "group": BEGINNING},
    )
    begin_sha256: str = Field(
        "",
        max_length=64,
        pattern=r"^([0-9a-f]{64})?$",
        description="The hash of those vectors, by which a recipe knows them again.",
        json_schema_extra={"advanced": True, "group": BEGINNING, "with": {"begin_from": [ANY]}},
    )
    preset: Preset = Field("balanced", description="The preset that the architecture's settings started from.")
    watched: tuple[str, ...] = Field(
        (), description="Up to five words whose nearest neighbours are followed during training."
    )

    @field_validator("watched", mode="before")
    @classmethod
    def _read_watched(cls, value: Any) -> Any:
        """Take a list (JSON knows no tuples), trim the words, drop doubles, keep to the limits."""
        if isinstance(value, str) or not isinstance(value, list | tuple):
            return value
        if not all(isinstance(word, str) for word in value):
            return value
        words = dict.fromkeys(unicodedata.normalize("NFC", word.strip()) for word in value)
        words.pop("", None)
        if len(words) > MAX_WATCHED:
            raise ValueError(f"at most {MAX_WATCHED} words can be watched, not {len(words)}")
        if any(len(word) > 100 for word in words):
            raise ValueError("a watched word has at most 100 characters")
        return tuple(words)


def usable_cores() -> int:
    """Cores that this process may run on."""
    try:
        return max(1, len(os.sched_getaffinity(0)))
    except AttributeError:  # macOS, Windows
        return max(1, os.cpu_count() or 1)


def automatic_threads(asked: int, tokens: int, running: int, cores: int | None = None) -> int:
    """Threads that a training gets.

    Args:
        asked: the setting; 0 means automatic.
        tokens: tokens of the corpus.
        running: trainings at work, this one included.
        cores: cores of the machine; None looks.
    """
    if asked > 0:
        return asked
    if tokens < SINGLE_THREAD_TOKENS:
        return 1
    cores = usable_cores() if cores is None else cores
    if running <= 1:
        return min(cores, MAX_AUTOMATIC_THREADS)
    return max(1, cores // running)


def default_min_count(tokens: int) -> int:
    """The minimum count that forms start from: small corpora need every word they have."""
    if tokens < 20_000:
        return 1
    if tokens < 200_000:
        return 2
    return 3 if tokens < SINGLE_THREAD_TOKENS else 5
