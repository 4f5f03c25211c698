"""What there is to choose from: `architectures` and `samples`."""

import argparse
from typing import Any

from core.architecture import ARCHITECTURES
from core.commands.output import print_json, print_table
from core.params import describe
from sample_corpora import SAMPLES

__all__ = ["add"]


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the commands of this module."""
    parser = commands.add_parser("architectures", parents=[shared], help="the architectures, one line each")
    parser.set_defaults(run_command=list_architectures)
    parser = commands.add_parser("samples", parents=[shared], help="the sample corpora")
    parser.set_defaults(run_command=list_samples)


def list_architectures(args: argparse.Namespace) -> int:
    """Print the architectures; with --json also their parameters and rules."""
    if args.json:
        print_json(
            [
                {
                    "name": unit.name,
                    "title": unit.title,
                    "summary": unit.summary,
                    "citation": unit.citation,
                    "params": [
                        {"name": info.name, "default": info.default, "rule": info.rule, "help": info.help}
                        for info in describe(unit.Params)
                    ],
                }
                for unit in ARCHITECTURES
            ]
        )
        return 0
    width = max(len(name) for name in ARCHITECTURES.names())
    for unit in ARCHITECTURES:
        print(f"{unit.name.ljust(width)}  {unit.title}: {unit.summary.split('. ')[0].rstrip('.')}.")
    return 0


def list_samples(args: argparse.Namespace) -> int:
    """Print the sample corpora."""
    rows = [
        {"name": one.name, "words": one.words, "domain": one.domain, "title": one.title, "summary": one.summary}
        for one in SAMPLES
    ]
    if args.json:
        print_json(rows)
    else:
        print_table(rows, ["name", "words", "domain", "title"])
    return 0
