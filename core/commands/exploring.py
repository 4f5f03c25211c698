"""Looking into a space: `neighbours`, `similarity`, `analogy`, `evidence`, `map`."""

import argparse
import time
from pathlib import Path
from typing import Any

from core.commands.output import plain, print_json, print_table, say
from core.errors import CorpusError, FormatError, RunError, SettingsError
from core.explore.evidence import evidence
from core.figures.map_data import MapData
from core.figures.map_parquet import map_parquet
from core.figures.map_plotly import map_html
from core.figures.map_png import map_png
from core.files import atomic_write, explain_write_error
from core.neighbours import analogy, nearest, similarity
from core.params import parse_assignments, parse_value
from core.runs.requests import answer, ask, forget
from core.runs.store import Store
from core.space import EmbeddingSpace
from core.tensors import load_tensors

__all__ = ["add"]

METHODS = ("umap", "tsne", "pca")


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the commands of this module."""
    parser = commands.add_parser("neighbours", parents=[shared], help="the nearest words of a word")
    parser.add_argument("run", metavar="RUN")
    parser.add_argument("word", metavar="WORD")
    parser.add_argument("-k", type=int, default=10, metavar="N", help="how many (10)")
    parser.set_defaults(run_command=show_neighbours)

    parser = commands.add_parser("similarity", parents=[shared], help="cosine similarity of two words, −1 to 1")
    _pair(parser)
    parser.set_defaults(run_command=show_similarity)

    parser = commands.add_parser("analogy", parents=[shared], help="A − B + C: king man woman → queen")
    for name in ("run", "a", "b", "c"):
        parser.add_argument(name, metavar=name.upper())
    parser.add_argument("--method", choices=("add", "mul"), default="add", help="3CosAdd (add) or 3CosMul (mul)")
    parser.add_argument("--keep-inputs", action="store_true", help="list A, B and C too, in their true ranks")
    parser.add_argument("-k", type=int, default=10, metavar="N", help="how many (10)")
    parser.set_defaults(run_command=show_analogy)

    parser = commands.add_parser("evidence", parents=[shared], help="lines of the corpus behind a pair")
    _pair(parser)
    parser.add_argument("--limit", type=int, default=10, metavar="N", help="how many lines (10)")
    parser.set_defaults(run_command=show_evidence)

    parser = commands.add_parser("map", parents=[shared], help="a map of the most frequent words as a file")
    parser.add_argument("run", metavar="RUN")
    parser.add_argument("--method", default="umap", metavar="NAME", help=", ".join(METHODS))
    parser.add_argument("--words", type=int, default=2000, metavar="N", help="how many of the most frequent (2000)")
    parser.add_argument("--dimensions", type=int, choices=(2, 3), default=2, help="2 or 3 (.html only)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="set a parameter of the method"
    )
    parser.add_argument("--seed", default="1", metavar="N", help="seeds the layout (1)")
    parser.add_argument("--dark", action="store_true", help="draw on a dark ground")
    parser.add_argument("--out", required=True, metavar="FILE", help="FILE.html, FILE.png or FILE.parquet")
    parser.set_defaults(run_command=write_map)


def show_neighbours(args: argparse.Namespace) -> int:
    """Print the nearest words of a word."""
    space = Store(args.home).space(args.run)
    found = nearest(space, args.word, k=_count(args.k))
    _say_what_is_unseen(space, args.word)
    _neighbours(args, found)
    return 0


def show_similarity(args: argparse.Namespace) -> int:
    """Print the cosine similarity of two words."""
    space = Store(args.home).space(args.run)
    value = similarity(space, args.a, args.b)
    _say_what_is_unseen(space, args.a, args.b)
    if args.json:
        print_json({"a": args.a, "b": args.b, "similarity": value})
    else:
        print(f"{value:.4f}")
    return 0


def show_analogy(args: argparse.Namespace) -> int:
    """Print the words nearest to A − B + C."""
    space = Store(args.home).space(args.run)
    found = analogy(space, args.a, args.b, args.c, _count(args.k), args.method, args.keep_inputs)
    _neighbours(args, found)
    return 0


def show_evidence(args: argparse.Namespace) -> int:
    """Print lines of the corpus in which both words stand."""
    store = Store(args.home)
    view = store.run(args.run)
    if view.spec is None or not view.corpus:
        raise CorpusError(f"The run {args.run} has no corpus in the store, so there are no lines to show.")
    window = int(getattr(view.spec.params, "window", 5))
    found = evidence(store.corpus(view.corpus), args.a, args.b, window=window, limit=_count(args.limit))
    lines = [
        {"line": line.number, "text": line.text, "spans": [list(span) for span in line.spans]} for line in found.lines
    ]
    if args.json:
        print_json({"a": args.a, "b": args.b, "window": window, "total": found.total, "lines": lines})
        return 0
    for line in found.lines:
        print(f"{line.number:>8}  {plain(line.text)}")
    say(f"{found.total:,} lines hold both words within {window} words of each other")
    return 0


def write_map(args: argparse.Namespace) -> int:
    """Project the most frequent words and write the map as a file."""
    path = Path(args.out)
    suffix = path.suffix.lower()
    if suffix not in (".html", ".png", ".parquet"):
        raise FormatError(
            f"A map is written as .html, .png or .parquet, not “{path.suffix}”; change the name of --out."
        )
    if args.dimensions == 3 and suffix == ".png":
        raise FormatError("A picture shows two dimensions; write a map in three as .html or .parquet.")
    store = Store(args.home)
    data = _map_data(args, store)
    if suffix == ".html":
        content: bytes | str = map_html(data, dark=args.dark)
    else:
        content = map_png(data, dark=args.dark) if suffix == ".png" else map_parquet(data)
    try:
        atomic_write(path, content)
    except OSError as error:
        raise explain_write_error(error, path.parent) from None
    if args.json:
        print_json({"run": args.run, "method": args.method, "words": len(data.words), "out": str(path)})
    else:
        say(f"{len(data.words):,} words, written to {path}")
    return 0


def _map_data(args: argparse.Namespace, store: Store) -> MapData:
    """Have the worker place the words, wait for it, and gather what a figure needs."""
    view = store.run(args.run)
    space = store.space(args.run)
    key = ask(
        store,
        args.run,
        "map",
        method=args.method,
        words=min(_count(args.words), len(space)),
        seed=parse_value(args.seed),
        settings={"dimensions": args.dimensions, **parse_assignments(args.set)},
    )
    while (found := answer(store, args.run, key)).state == "pending":
        time.sleep(0.05)
    if found.state != "done":
        forget(store, args.run, key)
        raise RunError(found.message or "The map could not be computed; try again.")
    arrays, _ = load_tensors(found.folder / "positions.safetensors")
    placed = len(arrays["positions"])
    return MapData(
        space.keys[:placed],
        arrays["positions"],
        space.counts[:placed],
        arrays["clusters"],
        tuple(found.facts.get("cluster_names", ())),
        f"{view.name or view.id} · {args.method} · corpus {view.corpus or 'imported'} · "
        f"seed {view.spec.settings.seed if view.spec else '–'}",
    )


def _pair(parser: argparse.ArgumentParser) -> None:
    for name in ("run", "a", "b"):
        parser.add_argument(name, metavar=name.upper())


def _say_what_is_unseen(space: EmbeddingSpace, *words: str) -> None:
    for word in words:
        if space.resolve(word) is None:
            say(f"“{plain(word.strip())}” is not in the vocabulary; its vector is made of its parts.")


def _count(number: int) -> int:
    if not 1 <= number <= 1_000_000:
        raise SettingsError(f"The number of words or lines must be from 1 to 1,000,000, not {number}; try 10.")
    return number


def _neighbours(args: argparse.Namespace, found: Any) -> None:
    rows = [{"rank": one.rank, "word": one.word, "similarity": one.similarity, "count": one.count} for one in found]
    if args.json:
        print_json(rows)
    else:
        print_table(rows, ["rank", "word", "similarity", "count"])
