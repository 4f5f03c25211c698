"""How many epochs fit into a time: a trial tells the pace on this machine, the size how time grows with epochs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.architecture import ARCHITECTURES, CorpusSize
from core.errors import RunError
from core.params import Params, describe, validate
from core.runs.prices import Predicted, price_by_size
from core.runs.spec import Spec

__all__ = ["Fitted", "fit_epochs"]

FILLED = 0.9
"""Share of the time that the epochs shall fill: another hour of the same machine is not exactly as fast."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Parameters that fit into a time, and what they are expected to take."""

    params: Params
    predicted: Predicted


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
        return Fitted(params, price_by_size(spec.architecture, params, size, threads))
    factor = found.seconds / reckoned(params)
    params = fitting(factor)
    return Fitted(params, found.model_copy(update={"seconds": round(factor * reckoned(params), 3)}))


def _with_epochs(spec: Spec, epochs: int) -> Params:
    assert spec.params is not None
    return validate(type(spec.params), {**spec.params.model_dump(), "epochs": epochs}, spec.architecture)
