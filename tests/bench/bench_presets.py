"""What settings suit which corpus: the measurements that the presets were chosen by.

    python -m tests.bench.bench_presets [--corpus NAME]… [--architecture NAME]… [--seeds 2] [--presets-only]

For each corpus: the three presets, word2vec's defaults, and the neighbours of *balanced*, which differ from it in one
setting; then what each row gains or loses against *balanced*, over all corpora. Scores are those of
`tests.bench.scores`, higher is better; the vectors never saw the lines that gaps are cut into. Corpora of a million
words and more are trained once. All takes ten minutes on two idle cores.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.architecture import ARCHITECTURES, Context, CorpusSize
from core.data.corpus import Corpus
from core.data.options import CorpusOptions
from core.data.training_data import TrainingData
from core.params import validate
from core.runs.settings import automatic_threads, default_min_count
from core.runs.store import Store
from sample_corpora import sample_corpus
from tests.bench.corpus import BENCHMARKS, film_reviews
from tests.bench.scores import FEWEST_GAPS, Analogies, Gaps, Labels, Pairs, Score

DATA = BENCHMARKS.parent
GENERAL = ("wordsim353.tsv", "rg-65.tsv")
MEDICAL = ("medical_mayosrs.tsv", "medical_minimayosrs_physicians.tsv")
LABELLED = CorpusOptions(column="text", label_column="label")
QUESTIONS = DATA / "labelled" / "medquad_qtype_1500.csv"
FILES: dict[str, Callable[[], Path]] = {
    "finnish": lambda: DATA / "text" / "finnish_ud_tdt.txt",
    "medquad_qtype": lambda: QUESTIONS,
    "german_law": lambda: DATA / "text" / "german_law_gg_bgb.txt",
    "medquad": lambda: DATA / "text" / "medquad_medical.txt",
    "presidents": lambda: DATA / "text" / "us_presidents.txt",
    "rt_polarity": lambda: DATA / "labelled" / "rt_polarity.csv",
    "film_300k": lambda: film_reviews(300_000),
    "film_1m": lambda: film_reviews(1_000_000),
    "film_3m": lambda: film_reviews(3_000_000),
    "film_11m": lambda: film_reviews(),
}
SAMPLES = ("pydoc_topics", "planted_world", "python_docs")
LARGE = 1_000_000
FEWEST_PAIRS = {"pairs": 60, "medical": 30}
HELD_OUT = (0.01, 0.05, 0.1, 0.2, 0.3)
ENOUGH_GAPS = 1_000
WORD2VEC = {
    "dimensions": 100,
    "window": 5,
    "negatives": 5,
    "epochs": 5,
    "subsample": 1e-3,
    "learning_rate": 0.025,
}
Rows = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Task:
    """A corpus, what is trained on, and by what it is judged."""

    name: str
    size: CorpusSize
    data: TrainingData
    scores: dict[str, Score]


def tasks(store: Store, wanted: list[str]) -> Iterator[Task]:
    """The corpora asked for, all without a name; each holds back as few lines as give it enough gaps."""
    unknown = set(wanted) - {*FILES, *SAMPLES}
    if unknown:
        raise SystemExit(f"There is no corpus {', '.join(sorted(unknown))}; try {', '.join([*FILES, *SAMPLES])}.")
    for name in wanted or [*FILES, *SAMPLES]:
        corpus = sample_corpus(name, store) if name in SAMPLES else read(store, FILES[name]())
        min_count = default_min_count(corpus.tokens_total)
        data, gaps = held_back(corpus, min_count)
        scores: dict[str, Score] = {"gaps": gaps}
        for kind, lists in (("pairs", GENERAL), ("medical", MEDICAL)):
            scores[kind] = Pairs([BENCHMARKS / one for one in lists], FEWEST_PAIRS[kind])
        if name.startswith("medquad"):
            scores["labels"] = Labels(read(store, QUESTIONS))
        elif name == "rt_polarity":
            scores["labels"] = Labels(corpus)
        elif name == "planted_world":
            scores["analogies"] = Analogies()
        size = corpus.size(min_count, 200_000)
        print(f"\n{name}: {size.tokens:,} tokens, {size.vocabulary:,} words, {len(gaps):,} gaps", flush=True)
        yield Task(name, size, data, scores)


def held_back(corpus: Corpus, min_count: int) -> tuple[TrainingData, Gaps]:
    """The corpus without as few lines as give enough gaps; without next to none where they never do."""
    for share in HELD_OUT:
        data = corpus.training_data(min_count, 200_000, share, 0)
        gaps = Gaps(data)
        if len(gaps) >= ENOUGH_GAPS:
            break
    if len(gaps) < FEWEST_GAPS:
        data = corpus.training_data(min_count, 200_000, HELD_OUT[0], 0)
        gaps = Gaps(data)
    return data, gaps


def read(store: Store, path: Path) -> Corpus:
    if not path.exists():
        raise SystemExit(f"{path} is not there; benchmarks need it.")
    return store.corpus(store.add_corpus(path, LABELLED if path.suffix == ".csv" else CorpusOptions()))


def settings_of(architecture: str, size: CorpusSize, presets_only: bool) -> dict[str, dict[str, Any]]:
    """The rows of the table: name and settings."""
    unit = ARCHITECTURES.get(architecture)
    rows = {name: unit.preset(name, size) for name in ("balanced", "quick", "thorough")}
    rows["word2vec's defaults"] = WORD2VEC
    if presets_only:
        return rows
    chosen = rows["balanced"]
    neighbours: dict[str, dict[str, Any]] = {
        "half the epochs": {"epochs": chosen["epochs"] // 2},
        "twice the epochs": {"epochs": chosen["epochs"] * 2},
        "subsample × 3": {"subsample": chosen["subsample"] * 3},
        "subsample ÷ 3": {"subsample": chosen["subsample"] / 3},
        "subsample 1e-3": {"subsample": 1e-3},
        "rate .025": {"learning_rate": 0.025},
        "rate .1": {"learning_rate": 0.1},
        "window 10": {"window": 10},
        "50 or 100 dimensions": {"dimensions": 150 - chosen["dimensions"]},
        "10 negatives": {"negatives": 10},
    }
    return rows | {name: {**chosen, **change} for name, change in neighbours.items()}


def measure(task: Task, architecture: str, settings: dict[str, Any], seeds: int) -> dict[str, float]:
    """The mean of each score over the seeds, and the seconds of one training."""
    unit = ARCHITECTURES.get(architecture)
    params = validate(unit.Params, settings)
    unit.warm(params)
    threads = automatic_threads(0, task.size.tokens, 1)
    found: list[dict[str, float]] = []
    for seed in range(1, (1 if task.size.tokens >= LARGE else seeds) + 1):
        model = unit(params)
        start = time.perf_counter()
        for _ in model.train(task.data, Context(seed=seed, threads=threads, step_seconds=5, held_out_seconds=1e9)):
            pass
        seconds = time.perf_counter() - start
        space = model.space()
        found.append({"seconds": seconds} | {name: score(space) for name, score in task.scores.items()})
    means = {name: float(np.mean([one[name] for one in found])) for name in found[0]}
    return {name: value for name, value in means.items() if value == value}


def told(name: str, scores: dict[str, float], form: str) -> str:
    return f"  {name:22}" + "".join(f"  {score} {value:{form}}" for score, value in scores.items())


def summary(tables: dict[str, Rows]) -> None:
    """What each row gains or loses against *balanced*, and how much time it takes, over all corpora."""
    for row in next(iter(tables.values())):
        differences: dict[str, list[float]] = {}
        for table in tables.values():
            for score, value in table[row].items():
                chosen = table["balanced"][score]
                differences.setdefault(score, []).append(value / chosen if score == "seconds" else value - chosen)
        times = np.exp(np.mean(np.log(differences.pop("seconds"))))
        means = {score: float(np.mean(values)) for score, values in differences.items()}
        print(told(row, means, "+6.3f") + f"  time × {times:.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", action="append", default=[])
    parser.add_argument("--architecture", action="append", default=[])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--presets-only", action="store_true")
    args = parser.parse_args()
    architectures = args.architecture or ["skipgram", "cbow"]
    tables: dict[str, dict[str, Rows]] = {name: {} for name in architectures}
    with tempfile.TemporaryDirectory() as scratch:
        for task in tasks(Store(Path(scratch)), args.corpus):
            for name in architectures:
                rows = settings_of(name, task.size, args.presets_only)
                print(f" {name}, balanced: {rows['balanced']}", flush=True)
                table = tables[name][task.name] = {}
                for row, settings in rows.items():
                    table[row] = measure(task, name, settings, args.seeds)
                    print(told(row, table[row], "6.3f"), flush=True)
    for name, found in tables.items():
        print(f"\n{name}, against balanced, mean over {len(found)} corpora", flush=True)
        summary(found)


if __name__ == "__main__":
    main()
