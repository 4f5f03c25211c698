"""Studies: `duel`, `search`, `studies`, `stability`; several seeds are made by `train --seeds`."""

import argparse
import time
from collections.abc import Sequence
from typing import Any

from core.architecture import ARCHITECTURES
from core.commands.following import describe_study, follow_study, show_study
from core.commands.output import print_json, print_table, say
from core.commands.training import BEGIN_FROM, add_recipe_options, recipes
from core.errors import RunError, SettingsError
from core.evaluation.benchmark import BENCHMARKS
from core.evaluation.spread import spread
from core.params import describe, parse_assignments, parse_value
from core.runs.dispatcher import ensure_dispatcher
from core.runs.material import needs_met
from core.runs.requests import Answer, answer, ask, forget, vectors_version
from core.runs.spec import Spec, make_spec
from core.runs.store import Store
from core.runs.studies.deciding import USUAL, usual_score
from core.runs.studies.keeping import create_study, studies, study
from core.runs.studies.ranges import default_ranges, parse_range
from core.runs.studies.spec import StudySpec, make_duel, make_search, score_of
from core.runs.studies.views import StudyView
from core.schedule import with_own_rate

__all__ = ["add"]

CORPUS = "file, folder, name of a sample, or corpus id"
FEWEST = 2
"""Trainings that can be compared."""
DECIDES = "held_out_gap; where the held-out lines have too few gaps held_out_rank"


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the commands of this module."""
    parser = commands.add_parser("duel", parents=[shared], help="several architectures, the same seconds for each")
    parser.add_argument("corpus", metavar="CORPUS", help=CORPUS)
    parser.add_argument("--architecture", action="append", default=[], metavar="NAME", help="two or more; repeatable")
    parser.add_argument("--seconds", default="30", metavar="N", help="seconds of training for each (30)")
    parser.add_argument("--score", metavar="NAME", help=f"what decides ({DECIDES})")
    add_recipe_options(parser, "set a parameter of all that have it, or ARCHITECTURE.NAME=VALUE; repeatable")
    parser.set_defaults(run_command=duel)

    parser = commands.add_parser("search", parents=[shared], help="look for the settings with the best score")
    parser.add_argument("corpus", metavar="CORPUS", help=CORPUS)
    parser.add_argument("--architecture", default="skipgram", metavar="NAME", help="which one (skipgram)")
    parser.add_argument(
        "--over", action="append", default=[], metavar="NAME[=LOW..HIGH]", help="what to search; repeatable"
    )
    parser.add_argument("--trials", default="20", metavar="N", help="trainings in all (20)")
    parser.add_argument("--minutes", default="0", metavar="N", help="begin no trial after so many of training (0: any)")
    parser.add_argument("--score", metavar="NAME", help=f"what decides, a score or held_out_loss ({DECIDES})")
    parser.add_argument("--begin-from", metavar="RUN", help=BEGIN_FROM)
    add_recipe_options(parser, "set a parameter; of one that is searched, where the first trial begins; repeatable")
    parser.set_defaults(run_command=search)

    parser = commands.add_parser("studies", parents=[shared], help="all studies, newest first, or the table of one")
    parser.add_argument("study", metavar="STUDY", nargs="?")
    parser.set_defaults(run_command=show)

    parser = commands.add_parser("stability", parents=[shared], help="what the trainings of several seeds agree on")
    parser.add_argument("study", metavar="STUDY")
    parser.add_argument("--words", default="2000", metavar="N", help="how many of the most frequent words (2000)")
    parser.add_argument("-k", default="10", metavar="N", help="neighbours of each (10)")
    parser.set_defaults(run_command=tell_stability)


def duel(args: argparse.Namespace) -> int:
    """Train several architectures for the same time, follow them, print the table and the study's id."""
    store = Store(args.home)
    asked = _by_architecture(args.architecture, parse_assignments(args.set))
    seconds = parse_value(args.seconds)
    # Refused before a file of a gigabyte is read.
    make_duel([make_spec(name, values, {}) for name, values in asked.items()], seconds, args.score or USUAL, args.name)
    entrants = recipes(args, store, asked)
    return _follow(store, make_duel(entrants, seconds, _score(store, entrants[0], args), args.name), args)


def search(args: argparse.Namespace) -> int:
    """Look for settings, follow the trials, print the table and the study's id."""
    store = Store(args.home)
    assigned = with_own_rate(ARCHITECTURES.get(args.architecture).Params, parse_assignments(args.set))
    _search(make_spec(args.architecture, assigned, {}), args.score or USUAL, args)
    [spec] = recipes(args, store, {args.architecture: assigned})
    return _follow(store, _search(spec, _score(store, spec, args), args), args)


def show(args: argparse.Namespace) -> int:
    """Print all studies, or the table of one."""
    store = Store(args.home)
    if args.study:
        view = study(store, args.study)
        if args.json:
            print_json(describe_study(view))
        else:
            show_study(view)
        return 0
    rows = [describe_study(view, rows=False) for view in studies(store)]
    if args.json:
        print_json(rows)
    elif rows:
        print_table(rows, ["study", "kind", "state", "runs", "best", "name"])
    else:
        say("no studies yet; python -m core train planted_world --seeds 3 makes one.")
    return 0


def tell_stability(args: argparse.Namespace) -> int:
    """Print how far the trainings agree on the neighbours of words, and every score with its interval."""
    store = Store(args.home)
    view = study(store, args.study)
    if view.kind != "seeds":
        raise RunError(f"{args.study} is no study of several seeds; train with --seeds makes one.")
    ready = [run.id for run in view.runs if run.has_vectors and not run.active]
    if len(ready) < FEWEST:
        raise RunError(f"Two trainings with vectors are needed; {args.study} has {len(ready)} so far.")
    versions = {run: vectors_version(store, run) for run in ready[1:]}
    asked = {"others": versions, "words": parse_value(args.words), "nearest": parse_value(args.k)}
    found = _answer(store, ready[0], "stability", **asked)
    words = sorted(
        zip(found.facts["words"], found.facts["shares"], strict=True), key=lambda pair: pair[1], reverse=True
    )
    facts = {
        "study": view.id,
        "spaces": found.facts["spaces"],
        "nearest": found.facts["nearest"],
        "stability": sum(share for _, share in words) / len(words),
        "words": dict(words),
        "scores": _scores(store, view, ready),
    }
    if args.json:
        print_json(facts)
        return 0
    print_table([{"word": word, "stability": share} for word, share in words], ["word", "stability"])
    print_table(facts["scores"], ["score", "mean", "low", "high", "best", "runs"])
    few = "; of two seeds it is so wide that it says little, train three or more" if len(ready) == FEWEST else ""
    say(f"low to high is the 95 % interval of the mean over the seeds, within what the score can be{few}")
    say(
        f"mean stability {facts['stability']:.2f}: the share of {facts['nearest']} nearest neighbours that two "
        f"of {facts['spaces']} trainings have in common"
    )
    return 0


def _score(store: Store, spec: Spec, args: argparse.Namespace) -> str:
    """What decides: what is asked for, else what is usual for the corpus."""
    if args.score:
        return str(args.score)
    usual = usual_score(store.corpus(spec.settings.corpus), spec.settings)
    say(f"{usual} decides; --score NAME lets another score decide.")
    return usual


def _search(spec: Spec, score: str, args: argparse.Namespace) -> StudySpec:
    usual = {one.name: one for one in default_ranges(spec)}
    over = [usual.get(text.strip()) or parse_range(args.architecture, text) for text in args.over]
    ranges = over or list(usual.values())
    assigned = parse_assignments(args.set)
    for one in ranges:
        value = getattr(spec.params, one.name, None)
        if one.name in assigned and not one.holds(value):
            raise SettingsError(
                f"The first trial begins at what is set, but {one.name} is set to {value} and searched over "
                f"{one.shown}; set it within, or give another range with --over {one.name}=…"
            )
    return make_search(spec, ranges, parse_value(args.trials), parse_value(args.minutes), score, args.name)


def _follow(store: Store, spec: StudySpec, args: argparse.Namespace) -> int:
    unit = score_of(spec.score)
    # Refused before all of them are trained; what too few lines give is known afterwards alone.
    if unit and (reason := unit.unmet(needs_met(store.corpus(spec.settings.corpus), spec.settings))):
        raise SettingsError(f"{unit.title} cannot decide: {reason[0].lower()}{reason[1:]}")
    identifier = create_study(store, spec)
    ensure_dispatcher(store)
    return follow_study(store, identifier, args.json)


def _by_architecture(names: Sequence[str], assigned: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What was set for each architecture: by its own name, or for all that have such a parameter.

    Raises:
        UnknownNameError: no such architecture.
        SettingsError: one stands there twice, or none has the parameter.
    """
    found: dict[str, dict[str, Any]] = {}
    known = {name: {info.name for info in describe(ARCHITECTURES.get(name).Params)} for name in names}
    for name in names:
        if names.count(name) > 1:
            raise SettingsError(f"{name} cannot meet itself; name each architecture once.")
        found[name] = {key: value for key, value in assigned.items() if key in known[name]}
    for key, value in assigned.items():
        owner, dot, parameter = key.partition(".")
        if dot and owner in found:
            found[owner][parameter] = value
        elif not any(key in params for params in known.values()):
            raise SettingsError(f"“{key[:80]}” is not a setting of {' or '.join(names) or 'any architecture'}.")
    return {name: with_own_rate(ARCHITECTURES.get(name).Params, values) for name, values in found.items()}


def _scores(store: Store, view: StudyView, ready: Sequence[str]) -> list[dict[str, Any]]:
    """Every score that the corpus allows: mean over the seeds with its 95 % interval, and how many there are."""
    assert view.spec is not None
    met = needs_met(store.corpus(view.corpus), view.spec.settings)
    rows = []
    for unit in BENCHMARKS:
        if unit.unmet(met):
            continue
        values = [_answer(store, run, "evaluate", benchmark=unit.name).facts.get("value") for run in ready]
        found = spread([value for value in values if value is not None], unit.bounds)
        if found is not None:
            low, high = found.interval or (None, None)
            row = {"score": unit.name, "mean": found.mean, "low": low, "high": high}
            rows.append({**row, "best": unit.best, "runs": found.count})
    return rows


def _answer(store: Store, run: str, task: str, **arguments: Any) -> Answer:
    """Have the worker compute something, and wait for it."""
    key = ask(store, run, task, **arguments)
    while (found := answer(store, run, key)).state == "pending":
        time.sleep(0.05)
    if found.state != "done":
        forget(store, run, key)
        raise RunError(found.message or "This could not be computed; try again.")
    return found
