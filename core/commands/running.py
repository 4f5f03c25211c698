"""Runs as a whole: `runs`, `stop`, `delete`."""

import argparse
import time
from typing import Any

from core.commands.output import print_json, print_table, say
from core.runs.store import Store
from core.runs.views import RunView

__all__ = ["add"]

PATIENCE = 30.0


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the commands of this module."""
    parser = commands.add_parser("runs", parents=[shared], help="all runs, newest first")
    parser.set_defaults(run_command=list_runs)
    parser = commands.add_parser("stop", parents=[shared], help="stop a run and keep what it has learned")
    parser.add_argument("run", metavar="RUN")
    parser.set_defaults(run_command=stop)
    parser = commands.add_parser("delete", parents=[shared], help="move a run to the trash")
    parser.add_argument("run", metavar="RUN")
    parser.add_argument("--undo", action="store_true", help="take a deleted run back")
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
    """Ask a run to stop and wait until it has."""
    store = Store(args.home)
    store.stop(args.run)
    deadline = time.monotonic() + PATIENCE
    while (view := store.run(args.run)).active and time.monotonic() < deadline:
        time.sleep(0.05)
    if args.json:
        print_json({"run": view.id, "state": view.state})
    else:
        say(f"{view.id} is {view.state}")
    return 0


def delete(args: argparse.Namespace) -> int:
    """Delete a run, or take it back."""
    store = Store(args.home)
    if args.undo:
        store.undelete(args.run)
    else:
        store.delete(args.run)
    if args.json:
        print_json({"run": args.run, "deleted": not args.undo})
    else:
        say(
            f"{args.run} is back"
            if args.undo
            else f"{args.run} is in the trash; delete {args.run} --undo brings it back"
        )
    return 0
