"""`train`: write a run down, have it trained by a process of its own, and follow it to its end."""

import argparse
import dataclasses
import signal
import sys
from typing import Any

from core.architecture import ARCHITECTURES, CorpusSize
from core.commands.corpora import add_corpus_options, corpus_of, cut_offs
from core.commands.output import print_json, say
from core.data.corpus import Corpus
from core.errors import CorpusError, SettingsError
from core.params import parse_assignments, parse_value
from core.runs.dispatcher import ensure_dispatcher
from core.runs.follow import follow
from core.runs.metrics import Row
from core.runs.prices import price_by_size
from core.runs.settings import automatic_threads
from core.runs.spec import Spec, make_spec
from core.runs.store import Store
from core.runs.views import RunView

__all__ = ["add"]

PRESETS = ("quick", "balanced", "thorough")


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the commands of this module."""
    parser = commands.add_parser("train", parents=[shared], help="train on a file, folder or sample")
    parser.add_argument("corpus", metavar="CORPUS", nargs="?", help="file, folder, name of a sample, or corpus id")
    parser.add_argument("--resume", metavar="RUN", help="go on with a run that was stopped or interrupted")
    parser.add_argument("--architecture", default="skipgram", metavar="NAME", help="which one (skipgram)")
    parser.add_argument("--preset", default="balanced", metavar="NAME", help="quick, balanced or thorough")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="set a parameter; repeatable")
    parser.add_argument("--seed", metavar="N", help="seeds every random choice (1)")
    parser.add_argument("--threads", metavar="N", help="worker threads (0: automatic)")
    parser.add_argument("--held-out", metavar="SHARE", help="share of the lines kept from training (0.01)")
    parser.add_argument("--watch", action="append", default=[], metavar="WORD", help="follow a word; up to five")
    parser.add_argument("--name", default="", metavar="LABEL", help="a label for the run")
    add_corpus_options(parser)
    parser.set_defaults(run_command=train)


def train(args: argparse.Namespace) -> int:
    """Train or resume, follow to the end, print the run id last on stdout."""
    store = Store(args.home)
    if bool(args.corpus) == bool(args.resume):
        raise SettingsError("train takes either a corpus or --resume RUN; give one of the two.")
    if args.resume:
        run = args.resume
        store.resume(run)
    else:
        spec = _spec(args, store)
        run = store.create_run(spec)
    ensure_dispatcher(store)
    view = _follow(store, run)
    if args.json:
        print_json(_summary(view))
    else:
        _report(view)
        print(view.id)
    return 0 if view.state in ("finished", "stopped") or view.active else 1


def _spec(args: argparse.Namespace, store: Store) -> Spec:
    if args.preset not in PRESETS:
        raise SettingsError(f"preset must be one of {', '.join(PRESETS)}, not {args.preset!r}; try balanced.")
    unit = ARCHITECTURES.get(args.architecture)
    assigned = parse_assignments(args.set)
    settings: dict[str, Any] = {"preset": args.preset, "watched": args.watch}
    for key in ("seed", "threads", "held_out"):
        if getattr(args, key) is not None:
            settings[key] = parse_value(getattr(args, key))
    # Rules are checked before a file of a gigabyte is read.
    make_spec(args.architecture, assigned, {**settings, **_given_cuts(args)}, args.name)
    corpus = corpus_of(args, store)
    for warning in corpus.warnings:
        say(f"note: {warning}")
    spec = make_spec(args.architecture, {}, {**settings, **cut_offs(args, corpus), "corpus": corpus.id}, args.name)
    size = corpus.size(spec.settings.min_count, spec.settings.max_vocabulary)
    params = {**unit.preset(spec.settings.preset, size), **assigned}
    _can_train(corpus, spec, size)
    spec = make_spec(args.architecture, params, spec.settings, args.name or f"{unit.title} · {corpus.name}")
    return _priced(store, spec, size, corpus.tokens_total)


def _priced(store: Store, spec: Spec, size: CorpusSize, tokens: int) -> Spec:
    """The spec with the price that its size tells, which is said too."""
    assert spec.params is not None
    running = sum(view.state in ("running", "stopping") for view in store.runs())
    threads = automatic_threads(spec.settings.threads, tokens, running + 1)
    price = price_by_size(spec.architecture, spec.params, size, threads)
    say(f"about {max(1, price.seconds):,.0f} s and {price.memory / 1e6:,.0f} MB, by its size")
    return dataclasses.replace(spec, predicted=price)


def _given_cuts(args: argparse.Namespace) -> dict[str, Any]:
    return {key: parse_value(getattr(args, key)) for key in ("min_count", "max_vocabulary") if getattr(args, key)}


def _can_train(corpus: Corpus, spec: Spec, size: CorpusSize) -> None:
    """Raise now what the trainer would find: nothing left after the cut-offs, a corpus too small for pairs."""
    if (reason := ARCHITECTURES.get(spec.architecture).refuses(size)) is not None:
        raise CorpusError(reason)
    settings = spec.settings
    corpus.training_data(settings.min_count, settings.max_vocabulary, settings.held_out, settings.seed)


class _Detached(Exception):  # noqa: N818 - a way out of the loop, not an error
    """The person at the terminal leaves the run to itself."""


def _follow(store: Store, run: str) -> RunView:
    """Follow a run to its end. The first Ctrl-C asks it to stop, the second leaves it alone."""
    asked = False

    def interrupt(_number: int, _frame: Any) -> None:
        nonlocal asked
        if asked:
            raise _Detached
        asked = True
        say("stopping; what was learned is kept. Ctrl-C again leaves the run to itself.")
        store.stop(run)

    previous = signal.signal(signal.SIGINT, interrupt)
    view = store.run(run)
    try:
        for update in follow(store, run):
            view = update.view
            _progress(view, update.rows[-1] if update.rows else None)
    except _Detached:
        say(f"the run {run} goes on by itself; python -m core stop {run} ends it.")
    finally:
        signal.signal(signal.SIGINT, previous)
        if sys.stderr.isatty():
            print(file=sys.stderr)
    return view


def _progress(view: RunView, row: Row | None) -> None:
    if not sys.stderr.isatty():
        return
    text = view.phase or view.shown
    if row is not None:
        loss = "–" if row["loss"] is None else f"{row['loss']:.4f}"
        text = f"{row['fraction']:4.0%}  loss {loss}  {row['words_per_second'] / 1e6:.2f} M words/s"
    print(f"\r{text:<70}", end="", file=sys.stderr, flush=True)


def _report(view: RunView) -> None:
    result = view.result
    if view.reason:
        say(f"{view.state}: {view.reason}")
    elif result is not None:
        unit = ARCHITECTURES.get(view.architecture).loss_unit
        loss = "no loss" if result.loss is None else f"loss {result.loss:.4f} {unit}"
        say(f"{view.state}: {result.vocabulary or 0:,} words, {loss}")


def _summary(view: RunView) -> dict[str, Any]:
    result = view.result
    return {
        "run": view.id,
        "state": view.state,
        "tokens": result.tokens if result else None,
        "vocabulary": result.vocabulary if result else None,
        "loss": result.loss if result else None,
        "held_out_loss": result.held_out_loss if result else None,
        "seconds": dict(result.seconds) if result else {},
        **({"reason": view.reason} if view.reason else {}),
    }
