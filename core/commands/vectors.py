"""Vectors out and in: `export`, `import`."""

import argparse
from pathlib import Path
from typing import Any

from core.commands.output import print_json, say
from core.errors import FormatError
from core.formats.format import FORMATS, WARNINGS
from core.runs.archive import export_run, import_run
from core.runs.store import Store

__all__ = ["add"]

RUN = "run"


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
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--format", metavar="NAME", help="only if the file does not say it by its content")
    parser.add_argument("--name", default="", metavar="LABEL", help="a label for the run")
    parser.set_defaults(run_command=take_in)


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


def take_in(args: argparse.Namespace) -> int:
    """Take in vectors or a run; either becomes a run of the store."""
    store, path = Store(args.home), Path(args.file)
    if not path.is_file():
        raise FormatError(f"There is no file {path}.")
    if args.format == RUN or (args.format is None and path.suffix.lower() == ".zip"):
        run = import_run(store, path, name=args.name)
        warnings: list[str] = []
    else:
        space = FORMATS.get(args.format or _format_of(path))().read(path)
        warnings = [str(one) for one in space.metadata.get(WARNINGS, ())]
        run = store.add_space(space, args.name or path.stem, source=path.name)
    for warning in warnings:
        say(f"note: {warning}")
    space = store.space(run)
    if args.json:
        print_json({"run": run, "items": len(space), "dimensions": space.dimensions, "warnings": warnings})
    else:
        say(f"{len(space):,} items of {space.dimensions} dimensions")
        print(run)
    return 0


def _format_of(path: Path) -> str:
    """The format that a file's ending names; its content is checked when it is read."""
    for unit in FORMATS:
        if unit.readable and path.suffix.lower() == unit.suffix:
            return unit.name
    endings = ", ".join(f"{unit.suffix} ({unit.name})" for unit in FORMATS if unit.readable)
    raise FormatError(f"“{path.name}” has no ending that names a format: {endings}; or say it with --format.")
