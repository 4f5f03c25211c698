"""What state a run is in: derived from facts, never from a field that a dead process should have updated."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.errors import RunError
from core.runs.records import Result, newest_attempt, read_object, result_path

__all__ = ["ACTIVE", "RESUMABLE", "Facts", "RunState", "derive", "look"]

RunState = Literal[
    "damaged", "stopping", "running", "finished", "stopped", "failed", "interrupted", "cancelled", "queued"
]
ACTIVE: tuple[RunState, ...] = ("queued", "running", "stopping")
RESUMABLE: tuple[RunState, ...] = ("interrupted", "stopped", "failed")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a look at a run's folder found.

    Attributes:
        damage: why the spec cannot be read; empty where it can.
        held: a trainer holds the lock.
        stop: the stop file exists.
        attempt: number of the newest attempt, 0 if there was none.
        result: the result that names the newest attempt.
        asked_again: somebody asked to resume after the newest attempt.
    """

    damage: str = ""
    held: bool = False
    stop: bool = False
    attempt: int = 0
    result: Result | None = None
    asked_again: bool = False


def derive(facts: Facts) -> RunState:
    """The state that the facts amount to; the first rule that fits decides."""
    if facts.damage:
        return "damaged"
    if facts.held:
        return "stopping" if facts.stop else "running"
    if facts.asked_again and not facts.stop:
        return "queued"
    if facts.result is not None and facts.result.attempt == facts.attempt:
        return facts.result.outcome
    if facts.attempt:
        return "interrupted"
    return "cancelled" if facts.stop else "queued"


def look(folder: Path, *, held: bool, damage: str = "") -> Facts:
    """Gather the facts of the run in `folder`; `held` must have been asked before, not after.

    In that order a run that ends in between still shows its result: the result is written before the lock is let go.
    """
    attempt = newest_attempt(folder)
    result = None
    if attempt:
        try:
            result = Result.load(result_path(folder, attempt))
        except RunError:
            result = None
    return Facts(
        damage=damage,
        held=held,
        stop=(folder / "stop").exists(),
        attempt=attempt,
        result=result if result is not None and result.attempt == attempt else None,
        asked_again=_asked_again(folder / "resume", attempt),
    )


def _asked_again(path: Path, attempt: int) -> bool:
    if attempt == 0 or not path.exists():
        return False
    try:
        return read_object(path).get("after") == attempt
    except RunError:
        return False
