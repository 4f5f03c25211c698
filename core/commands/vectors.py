"""Vectors out and in: `export`, `import`."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.commands.output import print_json, say
from core.formats.format import FORMATS
from core.runs.archive import export_run
from core.runs.importing import RUN, take_in
from core.runs.store import Store

__all__ = ["add"]


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the commands of this module."""
    parser = commands.add_parser("export", parents=[shared], help="write the vectors of a run, or the whole run")
    parser.add_argument("run", metavar="RUN")
    parser.add_argument(
        "--format", required=True, metavar="NAME", help="word2vec_text, word2vec_binary … or run (a zip)"
    )
    parser.add_argument("--out", required=True, metavar="FILE", help="the file to write")
    parser.set_defaults(run_command=export)

    parser = commands.add_parser("import", parents=[shared], help="take in vectors, or the zip of a run")
    parser.add_argument("file", metavar="FILE", help="vectors in any format of the README, also gzipped, or a run")
    parser.add_argument("--format", metavar="NAME", help="only if the file does not say it by its content")
    parser.add_argument("--name", default="", metavar="LABEL", help="a label for the run")
    parser.set_defaults(run_command=import_)


def export(args: argparse.Namespace) -> int:
    """Write the vectors of a run in a format, or the whole run as a zip."""
    store, path = Store(args.home), Path(args.out)
    if args.format == RUN:
        export_run(store, args.run, path)
        warnings: tuple[str, ...] = ()
    else:
        warnings = FORMATS.get(args.format)().write(store.space(args.run), path)
    for warning in warnings:
        say(f"note: {warning}")
    if args.json:
        print_json({"run": args.run, "format": args.format, "out": str(path), "warnings": list(warnings)})
    else:
        say(f"written to {path}")
    return 0


def import_(args: argparse.Namespace) -> int:
    """Take in vectors or a run; either becomes a run of the store."""
    taken = take_in(Store(args.home), Path(args.file), args.format, args.name)
    for warning in taken.warnings:
        say(f"note: {warning}")
    if args.json:
        print_json(asdict(taken))
    else:
        say(f"{taken.items:,} items of {taken.dimensions} dimensions")
        print(taken.run)
    return 0
