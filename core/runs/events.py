"""What happened during a training, beside its numbers: phases, frames, failed saves. A log like the metrics'."""

import json
from pathlib import Path
from typing import Any

from core.files import append_line
from core.runs.metrics import mend_log, read_lines

__all__ = ["EventWriter", "compiling_seconds", "phase", "read_events", "sentence"]

HEAD = 65_536
MOST_NAMED = 5


class EventWriter:
    """Writes events.jsonl: one JSON object a line, with the attempt's number and the kind of event.

    Kinds: `phase` (phase), `resumed` (block, fraction), `frame` (frame, block, fraction, seconds, neighbours, joined),
    `save_failed` (message), `warning` (message), `begun` (run, found, words, missing): how many of the words begin from
    vectors of another run, and the first ones that do not.
    """

    def __init__(self, path: Path, attempt: int) -> None:
        self.path = path
        self.attempt = attempt
        mend_log(path)

    def add(self, kind: str, **facts: Any) -> None:
        """Append one event."""
        append_line(self.path, json.dumps({"kind": kind, "attempt": self.attempt, **facts}, ensure_ascii=False))


def read_events(path: Path, offset: int = 0) -> tuple[int, list[dict[str, Any]]]:
    """Read the events after `offset`; returns the new offset and them. Torn lines are passed over."""
    offset, values = read_lines(path, offset)
    return offset, [value for value in values if isinstance(value.get("kind"), str)]


def phase(folder: Path, attempt: int) -> str:
    """How far the attempt at work has come: starting, reading, compiling, training or saving."""
    newest = "starting"
    for event in read_events(folder / "events.jsonl")[1]:
        if event["kind"] == "phase" and event.get("attempt") == attempt:
            newest = str(event.get("phase"))
    return newest


def compiling_seconds(folder: Path) -> float:
    """How long the attempts compiled, those that came as far as training; about nothing where it was done before."""
    spent, began = 0.0, None
    for event in read_events(folder / "events.jsonl")[1]:
        at = event.get("seconds")
        if event["kind"] != "phase" or not isinstance(at, int | float):
            continue
        if event.get("phase") == "training" and began is not None:
            spent += max(0.0, at - began)
        began = at if event.get("phase") == "compiling" else None
    return spent


def sentence(event: dict[str, Any]) -> str:
    """What an event says to a person, in plain text; empty for events that say nothing.

    It may hold words of the corpus: show it as text, or escape it.
    """
    kind, share = event.get("kind"), event.get("fraction")
    at = f" at {100 * share:.0f} %" if isinstance(share, int | float) else ""
    if kind == "frame":
        joined = event.get("joined")
        if isinstance(joined, list) and joined and isinstance(joined[0], list) and len(joined[0]) == 2:
            word, neighbour = joined[0]
            return f"{neighbour} joined the five nearest of {word}{at}"
        return ""
    if kind == "resumed":
        return f"Resumed{at}"
    if kind == "begun":
        return _beginning(event)
    if kind in ("save_failed", "warning"):
        return str(event.get("message", ""))
    return ""


def _beginning(event: dict[str, Any]) -> str:
    found, words, missing = event.get("found"), event.get("words"), event.get("missing")
    if not isinstance(found, int) or not isinstance(words, int):
        return ""
    said = f"{found:,} of {words:,} words begin from vectors learned before"
    if not isinstance(missing, list) or not missing or found >= words:
        return f"{said}."
    first = ", ".join(str(word) for word in missing[:MOST_NAMED])
    return f"{said}; {words - found:,} begin as usual, such as {first}."
