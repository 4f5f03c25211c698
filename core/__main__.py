"""The command line: the same core as the pages, for scripts, servers and tests.

Exit codes: 0 done, 1 one clear line on stderr (also: the run failed, was interrupted or cancelled), 2 wrong usage.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from core import __version__
from core.commands import catalogue, corpora, exploring, judging, running, studies, training, vectors
from core.commands.output import say
from core.errors import SemascopeError

__all__ = ["build_parser", "main"]

MODULES = (catalogue, corpora, training, studies, running, exploring, judging, vectors)


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands; each module of `core.commands` adds its own."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="print one JSON value on stdout instead of text")
    shared.add_argument("--home", metavar="DIR", help="folder of corpora and runs (default: $SEMASCOPE_HOME)")
    parser = argparse.ArgumentParser(
        prog="python -m core", description="Train embeddings on your own text and look into them."
    )
    parser.add_argument("--version", action="version", version=f"semascope {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in MODULES:
        module.add(commands, shared)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    args = build_parser().parse_args(arguments)
    try:
        return int(args.run_command(args) or 0)
    except SemascopeError as error:
        say(f"semascope: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader has gone (`… | head`): point stdout at nothing, so that closing it does not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main())
