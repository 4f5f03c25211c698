"""Following what works by itself: a study to its end, and what Ctrl-C means meanwhile."""

import contextlib
import signal
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from core.commands.output import print_json, print_table, say
from core.runs.dispatcher import ensure_dispatcher
from core.runs.store import Store
from core.runs.studies.keeping import stop_study, study
from core.runs.studies.rows import StudyRow
from core.runs.studies.views import StudyView

__all__ = ["Detached", "describe_study", "follow_study", "show_study", "stopping"]

POLL = 0.2


class Detached(Exception):  # noqa: N818 - a way out of the loop, not an error
    """The person at the terminal leaves it to itself."""


@contextlib.contextmanager
def stopping(stop: Callable[[], None], what: str) -> Iterator[None]:
    """Within the block the first Ctrl-C asks to stop, the second raises `Detached`."""
    asked = False

    def interrupt(_number: int, _frame: Any) -> None:
        nonlocal asked
        if asked:
            raise Detached
        asked = True
        say(f"stopping; what was learned is kept. Ctrl-C again leaves the {what} to itself.")
        stop()

    previous = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
        if sys.stderr.isatty():
            print(file=sys.stderr)


def follow_study(store: Store, identifier: str, as_json: bool) -> int:
    """Follow a study to its end, print its table, and its id last on stdout; returns the exit code."""
    view = study(store, identifier)
    try:
        with stopping(lambda: stop_study(store, identifier), "study"):
            while (view := study(store, identifier)).active:
                ensure_dispatcher(store)
                _progress(view)
                time.sleep(POLL)
    except Detached:
        say(f"the study {identifier} goes on by itself; python -m core stop {identifier} ends it.")
    if as_json:
        print_json(describe_study(view))
    else:
        show_study(view)
        print(view.id)
    return 0 if view.state in ("finished", "stopped") or view.active else 1


def describe_study(view: StudyView, rows: bool = True) -> dict[str, Any]:
    """One study as commands print it with --json, with or without a row for each of its runs."""
    facts = {
        "study": view.id,
        "kind": view.kind,
        "name": view.name,
        "state": view.state,
        "corpus": view.corpus,
        "created": view.created,
        "fraction": view.fraction,
        "score": view.score,
        "best": view.best,
        "reason": view.reason,
    }
    return {**facts, "rows": [_describe_row(row) for row in view.rows]} if rows else {**facts, "runs": len(view.rows)}


def show_study(view: StudyView) -> None:
    """Print the table of a study, the best first where something decides, and what there is to say."""
    rows = [
        {
            "run": row.run.id,
            "state": row.run.state,
            **row.differs,
            "seconds": row.seconds,
            "words_per_second": round(row.words_per_second) if row.words_per_second else None,
            "held_out_loss": row.held_out_loss,
            **{name: score.value for name, score in row.scores.items()},
            "": "best" if row.run.id == view.best else "",
        }
        for row in view.rows
    ]
    columns = dict.fromkeys(name for row in rows for name in row if name)
    print_table(rows, [*columns, *([""] if view.best else [])])
    for row in view.rows:
        if row.note:
            say(f"{row.run.id}: {row.note}")
    for note in filter(None, (view.losses_apart, view.caution)):
        say(f"note: {note}")
    if view.reason:
        say(f"{view.state}: {view.reason}")


def _describe_row(row: StudyRow) -> dict[str, Any]:
    return {
        "run": row.run.id,
        "number": row.number,
        "state": row.run.state,
        "architecture": row.run.architecture,
        "differs": dict(row.differs),
        "seconds": row.seconds,
        "words_per_second": row.words_per_second,
        "held_out_loss": row.held_out_loss,
        "loss": row.loss,
        "value": row.value,
        "deviation": row.deviation,
        "scores": {name: score.value for name, score in row.scores.items()},
        "note": row.note,
    }


def _progress(view: StudyView) -> None:
    if not sys.stderr.isatty():
        return
    at_work = next((row for row in view.rows if row.run.state == "running"), None)
    which = f"run {at_work.number}, {at_work.title}" if at_work else f"{view.scoring} …" if view.scoring else view.state
    print(f"\r{view.fraction:4.0%}  {which:<60}", end="", file=sys.stderr, flush=True)
