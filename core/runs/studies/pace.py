"""How many epochs fit into a time: a trial tells the pace on this machine, the size how time grows with epochs.

A trial of three seconds has loading in it, and the machine may be busier or less busy a moment later. So the first
seconds of the training itself are asked again, and where they speak for quite another number it begins anew, once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.architecture import ARCHITECTURES, CorpusSize
from core.errors import RunError
from core.params import Params, describe, validate
from core.runs.metrics import Row
from core.runs.prices import Predicted, price_by_size
from core.runs.spec import Spec

__all__ = ["Fitted", "begin_anew", "fit_epochs", "more_or_less"]

FILLED = 0.9
"""Share of the time that the epochs shall fill: another hour of the same machine is not exactly as fast."""
WORTH_MORE = 1.25
"""Times the epochs, from which on it is worth beginning anew; fewer must be only where the time would not do."""
SHORTEST_SPAN = 0.3
"""Seconds of a training that tell its pace."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Parameters that fit into a time, and what they are expected to take.

    Attributes:
        params: with the epochs.
        predicted: what a training with them takes.
        most: epochs beyond which more do no good; 0 where there are none.
    """

    params: Params
    predicted: Predicted
    most: int = 0

    @property
    def did_all(self) -> bool:
        """Whether it has as many epochs as do any good."""
        return self.most > 0 and getattr(self.params, "epochs", 0) >= self.most


def fit_epochs(
    spec: Spec,
    seconds: float,
    size: CorpusSize,
    threads: int,
    trial: Callable[[dict[str, Any]], Predicted | None],
) -> Fitted:
    """The most epochs with which a training fills nine tenths of a time, at least one.

    More than the recipe asks for, or than the thorough preset takes, they are not: on a small corpus a minute would
    be hundreds, with which vectors get worse. An architecture without epochs keeps its parameters, and takes what
    time it takes.

    Args:
        spec: the recipe.
        seconds: of training.
        size: the corpus after the recipe's cut-offs.
        threads: worker threads.
        trial: tries a training for some seconds; takes what `core.runs.probing.probe` takes as asked. None where a
            trial tells nothing.
    """
    assert spec.params is not None
    unit = ARCHITECTURES.get(spec.architecture)
    info = next((info for info in describe(unit.Params) if info.name == "epochs"), None)

    thorough = unit.preset("thorough", size).get("epochs", info.default if info else 1)
    most = max(int(thorough), getattr(spec.params, "epochs", 1))

    def reckoned(params: Params) -> float:
        return max(unit.estimate(params, size, threads).seconds, 1e-9)

    def fitting(factor: float) -> Params:
        if info is None:
            return spec.params  # type: ignore[return-value]
        low, high = 1, most
        while low < high:
            middle = (low + high + 1) // 2
            fits = factor * reckoned(_with_epochs(spec, middle)) <= FILLED * seconds
            low, high = (middle, high) if fits else (low, middle - 1)
        return _with_epochs(spec, low)

    params = fitting(1.0)
    asked = {
        "architecture": spec.architecture,
        "params": params.model_dump(mode="json"),
        "settings": spec.settings.model_dump(mode="json"),
        "threads": threads,
    }
    try:
        found = trial(asked)
    except RunError:  # it diverges, or lacks memory: the training itself will say so
        found = None
    if found is None:
        return Fitted(params, price_by_size(spec.architecture, params, size, threads), most if info else 0)
    factor = found.seconds / reckoned(params)
    params = fitting(factor)
    predicted = found.model_copy(update={"seconds": round(factor * reckoned(params), 3)})
    return Fitted(params, predicted, most if info else 0)


def more_or_less(epochs: int, most: int, rows: Sequence[Row], seconds: float) -> tuple[int, float] | None:
    """The epochs that suit a time better than those of a training at work, and the seconds that they will take.

    Args:
        epochs: of the training.
        most: epochs beyond which more do no good.
        rows: of its curve so far; its fraction grows evenly with time.
        seconds: that there are for all of it.

    Returns:
        None where too little is known, or the epochs are near enough.
    """
    if len(rows) < 2:
        return None
    first, last = rows[0], rows[-1]
    span, gained = last["seconds"] - first["seconds"], last["fraction"] - first["fraction"]
    if span < SHORTEST_SPAN or gained <= 0:
        return None
    whole = last["seconds"] + (1 - last["fraction"]) * span / gained
    better = max(1, min(most, int(FILLED * seconds * epochs / whole)))
    near = epochs <= better < WORTH_MORE * epochs or (better < epochs and whole <= seconds)
    return None if near or better == epochs else (better, whole * better / epochs)


def begin_anew(spec: Spec, fitted: Fitted, epochs: int, seconds: float) -> Fitted:
    """What was fitted, with other epochs.

    Args:
        spec: the recipe.
        fitted: what the trial spoke for.
        epochs: what the training itself speaks for.
        seconds: that it will take.
    """
    predicted = fitted.predicted.model_copy(update={"seconds": round(seconds, 3), "by": "trial"})
    return Fitted(_with_epochs(spec, epochs), predicted, fitted.most)


def _with_epochs(spec: Spec, epochs: int) -> Params:
    assert spec.params is not None
    return validate(type(spec.params), {**spec.params.model_dump(), "epochs": epochs}, spec.architecture)
