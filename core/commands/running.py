"""Runs as a whole: `runs`, `stop`, `delete`; the last two take studies too."""

import argparse
import time
from typing import Any

from core.commands.output import print_json, print_table, say
from core.runs.store import Store
from core.runs.studies.keeping import delete_study, is_study, stop_study, study, undelete_study
from core.runs.views import RunView

__all__ = ["add"]

PATIENCE = 30.0


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the commands of this module."""
    parser = commands.add_parser("runs", parents=[shared], help="all runs, newest first")
    parser.set_defaults(run_command=list_runs)
    parser = commands.add_parser("stop", parents=[shared], help="stop a run or a study and keep what it has learned")
    parser.add_argument("run", metavar="RUN|STUDY")
    parser.set_defaults(run_command=stop)
    parser = commands.add_parser("delete", parents=[shared], help="move a run, or a study with its runs, to the trash")
    parser.add_argument("run", metavar="RUN|STUDY")
    parser.add_argument("--undo", action="store_true", help="take a deleted run or study back")
    parser.set_defaults(run_command=delete)


def describe_run(view: RunView) -> dict[str, Any]:
    """One run as `runs --json` prints it."""
    result = view.result
    return {
        "run": view.id,
        "name": view.name,
        "state": view.state,
        "architecture": view.architecture,
        "corpus": view.corpus,
        "created": view.created,
        "started": view.started,
        "loss": result.loss if result else None,
        "held_out_loss": result.held_out_loss if result else None,
        "vocabulary": result.vocabulary if result else None,
        "seconds": dict(result.seconds) if result else {},
        "reason": view.reason,
    }


def list_runs(args: argparse.Namespace) -> int:
    """Print all runs."""
    rows = [describe_run(view) for view in Store(args.home).runs()]
    if args.json:
        print_json(rows)
    elif rows:
        print_table(rows, ["run", "state", "architecture", "loss", "held_out_loss", "name"])
    else:
        say("no runs yet; python -m core train planted_world makes one.")
    return 0


def stop(args: argparse.Namespace) -> int:
    """Ask a run or a study to stop and wait until it has."""
    store = Store(args.home)
    several = is_study(store, args.run)
    (stop_study if several else Store.stop)(store, args.run)
    deadline = time.monotonic() + PATIENCE
    look = study if several else Store.run
    while (view := look(store, args.run)).active and time.monotonic() < deadline:
        time.sleep(0.05)
    if args.json:
        print_json({"study" if several else "run": view.id, "state": view.state})
    else:
        say(f"{view.id} is {view.state}")
    return 0


def delete(args: argparse.Namespace) -> int:
    """Delete a run or a study, or take it back."""
    store = Store(args.home)
    several = is_study(store, args.run)
    if args.undo:
        (undelete_study if several else Store.undelete)(store, args.run)
    else:
        (delete_study if several else Store.delete)(store, args.run)
    if args.json:
        print_json({"study" if several else "run": args.run, "deleted": not args.undo})
    else:
        say(
            f"{args.run} is back"
            if args.undo
            else f"{args.run} is in the trash; delete {args.run} --undo brings it back"
        )
    return 0
