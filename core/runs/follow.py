"""Follow a run to its end, as the command line does and tests do."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.runs.dispatcher import ensure_dispatcher
from core.runs.events import read_events
from core.runs.metrics import Row
from core.runs.store import Store
from core.runs.views import RunView

__all__ = ["Update", "follow"]

POLL = 0.1


@dataclass(frozen=True, slots=True)
class Update:
    """What is new since the last update; the last one of all has a `view` that is no longer active.

    Attributes:
        view: the run as it is now.
        rows: new rows of its curve.
        events: new events.
    """

    view: RunView
    rows: list[Row]
    events: list[dict[str, Any]]


def follow(store: Store, run: str, workspace: str = "local", poll: float = POLL) -> Iterator[Update]:
    """Yield an Update whenever something has changed, the first one at once, the last one at the run's end.

    While the run waits, this sees to it that there is a dispatcher.

    Raises:
        RunError: no such run, or it was deleted meanwhile.
    """
    metrics_at = events_at = 0
    count = 0
    rows: list[Row] = []
    shown: tuple[Any, ...] = ()
    folder = store.run_folder(run, workspace)
    while True:
        # The state before the logs: when it says that the run has ended, the logs are complete.
        view = store.run(run, workspace)
        if view.state == "queued":
            ensure_dispatcher(store)
        metrics_at, rows = store.metrics(run, metrics_at, rows, workspace)
        events_at, events = read_events(folder / "events.jsonl", events_at)
        new, count = rows[min(count, len(rows)) :], len(rows)
        now = (view.shown, view.phase, view.attempt)
        if new or events or now != shown or not view.active:
            shown = now
            yield Update(view, new, events)
        if not view.active:
            return
        time.sleep(poll)
