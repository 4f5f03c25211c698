"""The price of a training as it is told before Start; it stays with the run, beside what the training really took."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, ValidationError

from core.architecture import ARCHITECTURES, CorpusSize
from core.negative_sampling.workers import FEW_WORDS
from core.params import Params
from core.runs.compiled import compiling_ahead
from core.runs.records import Record

__all__ = ["Predicted", "deviation", "fewer_threads", "price_by_size", "read_predicted"]

BUSY_SHARE = 0.7


class Predicted(Record):
    """What a training was expected to take.

    Attributes:
        seconds: from the trainer's first act to its result: reading, loading what is compiled, training, saving.
        memory: bytes of memory at the trainer's peak.
        by: how it was found: from sizes alone, or by a trial on this machine.
        threads: worker threads that it was found for, those that the training makes use of.
        share: of the processor time that the trial could have used, how much it got, 0 to 1; less where other programs
            were at work.
        compiling: seconds besides, in which settings of a kind are compiled, once on a machine; 0 where that is done.
    """

    seconds: float = Field(ge=0, le=1e10)
    memory: int = Field(ge=0, le=2**60)
    by: Literal["sizes", "trial"] = "sizes"
    threads: int = Field(1, ge=1, le=10_000)
    share: float = Field(1.0, ge=0, le=1)
    compiling: float = Field(0.0, ge=0, le=1e6)

    @property
    def busy(self) -> bool:
        """Whether the machine had so much else to do that the trial tells little of another hour."""
        return self.share < BUSY_SHARE


def price_by_size(architecture: str, params: Params, size: CorpusSize, threads: int) -> Predicted:
    """The price from sizes alone, as the architecture reckons it, and what is to be compiled first.

    Args:
        architecture: registered name.
        params: its validated parameters.
        size: the corpus after the run's cut-offs.
        threads: worker threads that there are.
    """
    unit = ARCHITECTURES.get(architecture)
    price = unit.estimate(params, size, threads)
    return Predicted(
        seconds=min(max(0.0, price.seconds), 1e10),
        memory=min(max(0, price.memory), 2**60),
        threads=unit.useful_threads(threads, size.vocabulary),
        compiling=compiling_ahead(unit, params),
    )


def read_predicted(value: Any) -> Predicted | None:
    """What a spec or an answer says of the price; None where it says nothing, or nothing that holds."""
    if not isinstance(value, Mapping):
        return None
    try:
        return Predicted.model_validate(dict(value))
    except ValidationError:
        return None


def deviation(predicted: float, true: float) -> str:
    """How far a prediction was off, in percent of what came true: +12 %, −5 %; empty where nothing did."""
    if true <= 0:
        return ""
    percent = round(100 * (predicted - true) / true)
    return f"{'+' if percent > 0 else '−' if percent < 0 else '±'}{abs(percent):,} %"


def fewer_threads(asked: int, used: int, architecture: str) -> str:
    """That a training makes use of fewer threads than were asked for, as a sentence; empty where it does not.

    Args:
        asked: the setting; 0 leaves the number open.
        used: how many it makes use of, or 0 where that is not known.
        architecture: registered name.
    """
    if not 0 < used < asked:
        return ""
    unit = ARCHITECTURES.get(architecture)
    if not unit.threaded:
        return f"{asked} threads asked, 1 used: more do nothing for {unit.title}."
    return f"{asked} threads asked, {used} used: fewer than {FEW_WORDS:,} words."
