"""`train`: write a run down, or several that differ by their seed, have it trained and follow it to its end."""

import argparse
import dataclasses
import sys
from collections.abc import Mapping
from typing import Any

from core.architecture import ARCHITECTURES, CorpusSize
from core.commands.corpora import add_corpus_options, corpus_of, cut_offs
from core.commands.following import Detached, follow_study, stopping
from core.commands.output import print_json, say
from core.data.corpus import Corpus
from core.errors import CorpusError, SettingsError
from core.params import parse_assignments, parse_value, without_effect
from core.runs.beginning import check_start, dimensions_at_start, read_before, with_start
from core.runs.compiled import MUCH_COMPILING
from core.runs.dispatcher import ensure_dispatcher
from core.runs.follow import follow
from core.runs.metrics import Row
from core.runs.prices import fewer_threads, price_by_size
from core.runs.settings import automatic_threads
from core.runs.spec import Spec, make_spec
from core.runs.store import Store
from core.runs.studies.keeping import create_study, is_study, resume_study
from core.runs.studies.spec import make_seeds
from core.runs.views import RunView
from core.schedule import with_own_rate

__all__ = ["BEGIN_FROM", "add", "add_recipe_options", "recipes"]

PRESETS = ("quick", "balanced", "thorough")
BEGIN_FROM = "begin from the vectors of a run or of an import"


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the commands of this module."""
    parser = commands.add_parser("train", parents=[shared], help="train on a file, folder or sample")
    parser.add_argument("corpus", metavar="CORPUS", nargs="?", help="file, folder, name of a sample, or corpus id")
    parser.add_argument("--resume", metavar="RUN", help="go on with a run or a study that was stopped or interrupted")
    parser.add_argument("--architecture", default="skipgram", metavar="NAME", help="which one (skipgram)")
    parser.add_argument("--seeds", metavar="K", help="train K times with seeds that follow, kept together as a study")
    parser.add_argument("--begin-from", metavar="RUN", help=BEGIN_FROM)
    add_recipe_options(parser)
    parser.set_defaults(run_command=train)


def add_recipe_options(parser: argparse.ArgumentParser, settable: str = "set a parameter; repeatable") -> None:
    """The options that say what is trained and how; `train`, `duel` and `search` share them."""
    parser.add_argument("--preset", default="balanced", metavar="NAME", help="quick, balanced or thorough")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help=settable)
    parser.add_argument("--seed", metavar="N", help="seeds every random choice (1)")
    parser.add_argument("--threads", metavar="N", help="worker threads (0: automatic)")
    parser.add_argument("--held-out", metavar="SHARE", help="share of the lines kept from training (0.01)")
    parser.add_argument("--watch", action="append", default=[], metavar="WORD", help="follow a word; up to five")
    parser.add_argument("--name", default="", metavar="LABEL", help="a label for the run or the study")
    add_corpus_options(parser)


def train(args: argparse.Namespace) -> int:
    """Train or resume, follow to the end, print the run id last on stdout."""
    store = Store(args.home)
    if bool(args.corpus) == bool(args.resume):
        raise SettingsError("train takes either a corpus or --resume RUN; give one of the two.")
    if args.resume and is_study(store, args.resume):
        resume_study(store, args.resume)
        return follow_study(store, args.resume, args.json)
    if args.resume:
        run = args.resume
        store.resume(run)
    else:
        if args.seeds is not None:  # refused before a file of a gigabyte is read
            make_seeds(make_spec(args.architecture, {}, _settings(args)), parse_value(args.seeds))
        assigned = with_own_rate(ARCHITECTURES.get(args.architecture).Params, parse_assignments(args.set))
        [spec] = recipes(args, store, {args.architecture: assigned})
        if args.seeds is not None:
            study = create_study(store, make_seeds(spec, parse_value(args.seeds)))
            return follow_study(store, study, args.json)
        run = store.create_run(spec)
    ensure_dispatcher(store)
    view = _follow(store, run)
    if args.json:
        print_json(_summary(view))
    else:
        _report(view)
        print(view.id)
    return 0 if view.state in ("finished", "stopped") or view.active else 1


def recipes(args: argparse.Namespace, store: Store, asked: Mapping[str, Mapping[str, Any]]) -> list[Spec]:
    """A recipe for each architecture, all for the corpus that the arguments name, with the price of each.

    Args:
        args: with the options of `add_recipe_options`.
        store: where the corpus is, or will be.
        asked: names of architectures, each with the parameters that were set.
    """
    settings = _settings(args)
    for architecture, assigned in asked.items():
        # Rules are checked before a file of a gigabyte is read.
        made = make_spec(architecture, assigned, {**settings, **_given_cuts(args)}, args.name)
        check_start(store, made)
    corpus = corpus_of(args, store)
    for warning in corpus.warnings:
        say(f"note: {warning}")
    specs = [_recipe(args, store, corpus, architecture, assigned) for architecture, assigned in asked.items()]
    kept = specs[0].settings
    # What the trainer would find: nothing left after the cut-offs, a corpus too small for pairs.
    data = corpus.training_data(kept.min_count, kept.max_vocabulary, kept.held_out, kept.seed)
    for word in kept.watched:
        rank = corpus.rank(word)
        if rank is None or rank >= data.vocabulary:
            say(f"note: “{word}” is not in the vocabulary and cannot be followed.")
    return specs


def _settings(args: argparse.Namespace) -> dict[str, Any]:
    if args.preset not in PRESETS:
        raise SettingsError(f"preset must be one of {', '.join(PRESETS)}, not {args.preset!r}; try balanced.")
    settings: dict[str, Any] = {"preset": args.preset, "watched": args.watch}
    for key in ("seed", "threads", "held_out"):
        if getattr(args, key) is not None:
            settings[key] = parse_value(getattr(args, key))
    if begin_from := getattr(args, "begin_from", None):
        settings["begin_from"] = begin_from
    return settings


def _recipe(
    args: argparse.Namespace, store: Store, corpus: Corpus, architecture: str, assigned: Mapping[str, Any]
) -> Spec:
    unit = ARCHITECTURES.get(architecture)
    settings = {**_settings(args), **cut_offs(args, corpus), "corpus": corpus.id}
    spec = make_spec(architecture, {}, settings, args.name)
    size = corpus.size(spec.settings.min_count, spec.settings.max_vocabulary)
    if (reason := unit.refuses(size)) is not None:
        # The reasons begin with “It”, which in a duel would be anybody.
        raise CorpusError(f"{unit.title} cannot learn from this corpus: {reason[0].lower()}{reason[1:]}")
    length = {"dimensions": dimensions_at_start(store, spec.settings.begin_from)} if spec.settings.begin_from else {}
    params = {**unit.preset(spec.settings.preset, size), **length, **assigned}
    spec = make_spec(architecture, params, spec.settings, args.name or f"{unit.title} · {corpus.name}")
    spec = with_start(store, spec)
    assert spec.params is not None
    values = spec.settings.model_dump() | spec.params.model_dump()
    for sentence in without_effect(type(spec.params), assigned, values):
        say(f"note: {sentence}")
    if args.seed is not None and not unit.seeded:
        say(f"note: {unit.title} learns the same whatever the seed; --seed only chooses the lines that are held out.")
    if read := read_before(store, spec):
        say(f"note: {read}")
    return _priced(store, spec, size, corpus.tokens_total)


def _priced(store: Store, spec: Spec, size: CorpusSize, tokens: int) -> Spec:
    """The spec with the price that its size tells, which is said too."""
    assert spec.params is not None
    running = sum(view.state in ("running", "stopping") for view in store.runs())
    threads = automatic_threads(spec.settings.threads, tokens, running + 1)
    price = price_by_size(spec.architecture, spec.params, size, threads)
    compiling = f", once {price.compiling:,.0f} s to compile," if price.compiling >= MUCH_COMPILING else ""
    say(f"about {max(1, price.seconds):,.0f} s{compiling} and {price.memory / 1e6:,.0f} MB, by its size")
    if fewer := fewer_threads(spec.settings.threads, price.threads, spec.architecture):
        say(f"note: {fewer}")
    return dataclasses.replace(spec, predicted=price)


def _given_cuts(args: argparse.Namespace) -> dict[str, Any]:
    return {key: parse_value(getattr(args, key)) for key in ("min_count", "max_vocabulary") if getattr(args, key)}


def _follow(store: Store, run: str) -> RunView:
    """Follow a run to its end. The first Ctrl-C asks it to stop, the second leaves it alone."""
    view = store.run(run)
    try:
        with stopping(lambda: store.stop(run), "run"):
            for update in follow(store, run):
                view = update.view
                _progress(view, update.rows[-1] if update.rows else None)
    except Detached:
        say(f"the run {run} goes on by itself; python -m core stop {run} ends it.")
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
    if view.reason and not view.ended_early:
        say(f"{view.state}: {view.reason}")
    elif result is not None:
        unit = ARCHITECTURES.get(view.architecture).loss_unit
        loss = "no loss" if result.loss is None else f"loss {result.loss:.4f} {unit}"
        say(f"{view.state}: {result.vocabulary or 0:,} words, {loss}")
        if result.accuracy is not None:
            say(result.accuracy.sentence)
        if view.reason:
            say(view.reason)


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
        **({"accuracy": result.accuracy.model_dump()} if result and result.accuracy else {}),
        **({"reason": view.reason} if view.reason else {}),
    }
