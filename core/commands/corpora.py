"""`inspect`: what a file, folder or sample holds; `split`: its parts. Also the corpus options that `train` shares."""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from core.commands.output import plain, print_json, print_table, say
from core.data.cleaning_preview import trace
from core.data.corpus import Corpus
from core.data.diagnosis import diagnose
from core.data.examination import Examination, examine
from core.data.options import CorpusOptions
from core.data.preview import preview_of
from core.data.splits import COLUMNS, PARTS, SplitSettings, split_corpus, split_rows
from core.errors import CorpusError, UnknownNameError
from core.files import atomic_write, explain_write_error
from core.formats.spreadsheet import spreadsheet_csv
from core.params import parse_assignments, parse_value, validate
from core.runs.settings import default_min_count
from core.runs.store import Store
from sample_corpora import SAMPLES, sample_corpus

__all__ = ["add", "add_corpus_options", "corpus_of", "cut_offs"]


def add(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Declare the commands of this module."""
    parser = commands.add_parser("inspect", parents=[shared], help="what a file or folder holds")
    add_corpus_options(parser)
    parser.add_argument("corpus", metavar="CORPUS", help="file, folder, name of a sample, or id of a corpus")
    parser.add_argument("steps", nargs="*", metavar="STEP", help="cleaning steps, such as 'stop_words language=en'")
    parser.add_argument("--words", type=int, default=20, metavar="N", help="how many of the most frequent words (20)")
    parser.add_argument("--preview", action="store_true", help="show twenty lines before and after each step")
    parser.set_defaults(run_command=inspect)
    parser = commands.add_parser("split", parents=[shared], help="training, validation and test as a table")
    add_corpus_options(parser)
    parser.add_argument("corpus", metavar="CORPUS", help="file, folder, name of a sample, or id of a corpus")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="validation, test or seed")
    parser.add_argument("--out", required=True, metavar="FILE.csv", help="a line for each line of the corpus")
    parser.set_defaults(run_command=split)


def add_corpus_options(parser: argparse.ArgumentParser) -> None:
    """The options that say how a corpus is read and cut; `inspect` and `train` share them."""
    group = parser.add_argument_group("corpus")
    group.add_argument("--column", metavar="NAME", help="column or field that holds the text")
    group.add_argument("--label-column", metavar="NAME", help="column that holds a label")
    group.add_argument("--encoding", metavar="NAME", help="encoding of the file, where it is not UTF-8")
    group.add_argument("--format", metavar="NAME", help="what the file holds, where its content misleads, such as text")
    group.add_argument("--sheet", metavar="NAME", help="sheet of a workbook; the first that has rows by default")
    group.add_argument("--tokenizer", metavar="NAME", help="how text is cut, such as 'bpe vocabulary=8000'")
    group.add_argument("--step", action="append", default=[], metavar="STEP", help="a cleaning step; repeatable")
    group.add_argument("--no-header", action="store_true", help="the table has no header row")
    group.add_argument("--lowercase", action=argparse.BooleanOptionalAction, default=None, help="fold case (default)")
    group.add_argument("--min-count", metavar="N", help="leave out words that occur less often")
    group.add_argument("--max-vocabulary", metavar="N", help="keep at most this many words")


def corpus_of(args: argparse.Namespace, store: Store) -> Corpus:
    """The corpus that `args.corpus` means: a sample, a corpus of the store, or a file or folder to read.

    Raises:
        InputError: there is no such thing, or it cannot be read.
    """
    name = str(args.corpus)
    if not name.strip():
        # An empty path would be the folder one is in.
        raise CorpusError("The name of the file or folder is empty; name one, or “.” for the folder you are in.")
    path = Path(name).expanduser()
    if name in SAMPLES.names():
        return sample_corpus(name, store, _options(args))
    if not path.exists():
        known = {view.id for view in store.corpora()}
        if name in known:
            return store.corpus(name)
        try:
            SAMPLES.get(name)
        except UnknownNameError as error:
            raise CorpusError(f"There is no file, folder or sample “{name[:200]}” ({error})") from None
    options = validate(CorpusOptions, _options(args), "a corpus")
    return store.corpus(store.add_corpus(path, options, path.stem or path.name))


def cut_offs(args: argparse.Namespace, corpus: Corpus) -> dict[str, Any]:
    """The cut-offs of a run as given, or those that forms start from; validated later with the run's settings."""
    cuts: dict[str, Any] = {"min_count": default_min_count(corpus.tokens_total)}
    for key in ("min_count", "max_vocabulary"):
        given = getattr(args, key)
        if given is not None:
            cuts[key] = parse_value(given)
    return cuts


def inspect(args: argparse.Namespace) -> int:
    """Read a corpus into a store that is thrown away, and print what it holds."""
    with TemporaryDirectory(prefix="semascope-") as scratch:
        # A corpus that is only looked at does not belong into the store; one that is already there is not read again.
        home = Store(args.home)
        known = {view.id for view in home.corpora()}
        store = home if args.corpus in known else Store(Path(scratch))
        corpus = corpus_of(args, store)
        found = examine(corpus)
        facts, shape = _facts(args, corpus, found), _shape(found)
        seen = preview_of(corpus).lines if args.preview else ()
        stages = trace([text for _, text in seen], validate(CorpusOptions, corpus.meta["options"])) if seen else []
    if args.json:
        print_json(facts)
        return 0
    for stage in stages:
        print(f"--- {stage.title}" + (f" ({stage.unit})" if stage.unit else ""))
        for source, line in zip(stage.sources, stage.lines, strict=True):
            print(f"{seen[source][0] + 1:>8}  {plain(line)}")
    print(f"id: {corpus.id}")
    for key in ("documents", "tokens", "vocabulary"):
        print(f"{key}: {facts[key]:,}")
    for label, number in facts["labels"].items():
        print(f"label {plain(label)}: {number:,}")
    for sentence in shape:
        print(sentence)
    print_table([{"word": word, "count": number} for word, number in facts["words"].items()], ["word", "count"])
    for warning in facts["warnings"]:
        say(f"note: {warning}")
    return 0


def split(args: argparse.Namespace) -> int:
    """Say for each line of a corpus whether it is for training, validation or test."""
    settings = validate(SplitSettings, parse_assignments(args.set), "a split")
    path = Path(args.out)
    corpus = corpus_of(args, Store(args.home))
    parts = split_corpus(corpus, settings)
    try:
        atomic_write(path, spreadsheet_csv(COLUMNS, split_rows(corpus, parts)))
    except OSError as error:
        raise explain_write_error(error, path.parent) from None
    documents = dict(zip(PARTS, parts.documents, strict=True))
    if args.json:
        by_label = {name: dict(zip(PARTS, counts, strict=True)) for name, counts in parts.by_label.items()}
        print_json({"documents": documents, "by_label": by_label, "repeated": parts.repeated, "out": str(path)})
        return 0
    rows = [{"label": name, **dict(zip(PARTS, counts, strict=True))} for name, counts in parts.by_label.items()]
    print_table([{"label": "all", **documents}, *rows], ["label", *PARTS])
    say(f"{parts.repeated:,} documents repeat an earlier one and are in its part; written to {path}")
    return 0


def _facts(args: argparse.Namespace, corpus: Corpus, found: Examination) -> dict[str, Any]:
    from core.runs.settings import RunSettings

    given = {key: value for key, value in cut_offs(args, corpus).items() if getattr(args, key) is not None}
    settings = validate(RunSettings, {"min_count": 1, **given}, "a run")
    size = corpus.size(settings.min_count, settings.max_vocabulary)
    top = min(max(0, args.words), size.vocabulary)
    return {
        "documents": corpus.documents,
        "tokens": corpus.tokens_total,
        "vocabulary": size.vocabulary,
        "words": {word: int(number) for word, number in zip(corpus.words[:top], corpus.counts[:top], strict=True)},
        "warnings": [*corpus.warnings, *(one.text for one in diagnose(corpus, found, settings.min_count))],
        "labels": dict(corpus.labels),
    }


def _shape(found: Examination) -> list[str]:
    """The doctor's numbers, a line each."""
    told = [
        f"lines with words: {found.lines.count:,}, {found.lines.median:g} words in the middle one, "
        f"{found.lines.repeated:,} repeat an earlier one"
    ]
    if found.zipf is not None:
        told.append(f"Zipf's exponent: {found.zipf.exponent:.2f} (R² {found.zipf.r2:.3f})")
    if found.heaps is not None:
        told.append(f"Heaps' exponent: {found.heaps.exponent:.2f} (R² {found.heaps.r2:.3f})")
    if found.languages:
        shares = ", ".join(f"{code} {share:.0%}" for code, share in found.languages.items() if share >= 0.02)
        told.append(f"languages: {shares} (of {found.languages_of:,} lines looked at)")
    if found.unknown is not None:
        told.append(
            f"outside a dictionary of English: {found.unknown.tokens:.1%} of the words, "
            f"{found.unknown.types:.0%} of {found.unknown.looked_at:,} different ones"
        )
    return told


def _options(args: argparse.Namespace) -> dict[str, Any]:
    """The options of the reading that were given."""
    given: dict[str, Any] = {
        "column": args.column,
        "label_column": args.label_column,
        "encoding": args.encoding,
        "format": args.format,
        "sheet": args.sheet,
        "tokenizer": args.tokenizer,
        "header": False if args.no_header else None,
        "lowercase": args.lowercase,
        "steps": (*getattr(args, "steps", ()), *args.step) or None,
    }
    return {key: value for key, value in given.items() if value is not None}
