"""`bias`: metrics over word sets, shipped or brought along."""

import argparse
from pathlib import Path
from typing import Any

from core.bias.metric import METRICS, BiasOptions, BiasResult
from core.bias.word_sets import WordSets, list_word_sets, load_json
from core.commands.output import plain, print_json, say
from core.params import parse_value, validate
from core.runs.store import Store
from core.space import EmbeddingSpace

__all__ = ["add"]

# A shipped test of whose words fewer than this share are in the vocabulary says nothing and is only named.
ENOUGH = 0.5


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the commands of this module."""
    parser = commands.add_parser(
        "bias",
        parents=[shared],
        help="bias metrics over word sets",
        description="Measure bias. --json prints an array; each result holds metric, test, title, value, unit, best, "
        "direction, undefined, interval, p_value, p_method, splits, statistic, sets (label, role, used, missing), "
        "words, corpus, seed, warnings and reads.",
    )
    parser.add_argument("run", metavar="RUN")
    parser.add_argument("--metric", action="append", default=[], metavar="NAME", help="which; repeatable (all)")
    parser.add_argument("--sets", metavar="FILE.json", help="word sets of your own instead of the shipped ones")
    parser.add_argument("--test", action="append", default=[], metavar="NAME", help="only tests of this name")
    parser.add_argument("--seed", default="1", metavar="N", help="seeds Monte Carlo splits (1)")
    parser.set_defaults(run_command=measure)


def measure(args: argparse.Namespace) -> int:
    """Measure every test in the space of a run."""
    metrics = [METRICS.get(name) for name in args.metric] or list(METRICS)
    options = validate(BiasOptions, {"seed": parse_value(args.seed)}, "a bias metric")
    space = Store(args.home).space(args.run)
    results = [
        metric().compute(space, sets, options)
        for sets in _tests(args, space)
        for metric in metrics
        if metric.fits(sets)
    ]
    if args.json:
        print_json([result.to_dict() for result in results])
        return 0
    for result in results:
        _show(result)
    if not results:
        say("none of the shipped tests has enough words in this vocabulary; bring your own with --sets FILE.json.")
    return 0


def _tests(args: argparse.Namespace, space: EmbeddingSpace) -> list[WordSets]:
    collections = [load_json(Path(args.sets))] if args.sets else list(list_word_sets())
    tests = [test for collection in collections for test in collection.tests]
    if args.test:
        return [test for test in tests if test.name in args.test or test.name.rpartition("/")[2] in args.test]
    return tests if args.sets else [test for test in tests if _coverage(test, space) >= ENOUGH]


def _coverage(test: WordSets, space: EmbeddingSpace) -> float:
    """The smallest share of a set's words that are in the vocabulary."""
    groups = [words for group in (test.targets, test.attributes) for words in group.values()]
    return min(len(space.split(words)[0]) / max(1, len(words)) for words in groups)


def _show(result: BiasResult) -> None:
    value = "not defined" if result.value is None else f"{result.value:+.3f}"
    p_value = "" if result.p_value is None else f", p = {result.p_value:.4g} ({result.p_method})"
    print(plain(f"{result.title}: {result.metric} {value} {result.unit}{p_value}"))
    if result.undefined:
        print(plain(f"  {result.undefined}"))
    for use in result.sets:
        missing = f"; not in the vocabulary: {', '.join(use.missing)}" if use.missing else ""
        print(plain(f"  {use.label}: {use.n} words{missing}"))
    for warning in result.warnings:
        print(plain(f"  note: {warning}"))
