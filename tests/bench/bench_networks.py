"""The classifier of labels against logistic regression on bags of words, and the autoencoder against LSA.

    python -m tests.bench.bench_networks [--words 2000000]

Labels: sentences of films (two labels) and answers about diseases (five), a fifth held out by three seeds; ours with
the settings of its presets, scikit-learn's logistic regression on the counts of words and on whether they are there.
Goal: an accuracy not more than .02 lower. Documents: film reviews, the vocabulary of words met five times; seconds,
words a second, and Spearman's ρ on WordSim-353, one thread and two.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from scipy import sparse

from core.architecture import ARCHITECTURES, Context
from core.data.build import build_corpus
from core.data.corpus import Corpus
from core.data.options import CorpusOptions
from core.data.training_data import TrainingData
from core.params import validate
from tests.bench.corpus import BENCHMARKS, film_reviews
from tests.bench.quality import word_sim

LABELLED = BENCHMARKS.parent / "labelled"
GOAL = 0.02


def ours(name: str, data: TrainingData, settings: dict[str, object], threads: int = 1, seed: int = 1):
    """Train; returns the model, its last Step and the seconds."""
    unit = ARCHITECTURES.get(name)
    params = validate(unit.Params, settings)
    unit.warm(params)
    model = unit(params)
    started = time.perf_counter()
    *_, last = model.train(data, Context(seed=seed, threads=threads, held_out_seconds=1e9))
    return model, last, time.perf_counter() - started


def logistic(data: TrainingData, present: bool) -> tuple[float, float]:
    """Accuracy on what is held out, and seconds."""
    from sklearn.linear_model import LogisticRegression

    started = time.perf_counter()
    rows = np.repeat(np.arange(data.segments), np.diff(data.offsets))
    shape = (data.segments, data.vocabulary)
    table = sparse.csr_matrix((np.ones(len(rows)), (rows, np.asarray(data.tokens).astype(np.int64))), shape)
    table.sum_duplicates()
    if present:
        table.data[:] = 1
    held_out, labels = np.asarray(data.held_out), np.asarray(data.labels)
    model = LogisticRegression(max_iter=2000).fit(table[~held_out], labels[~held_out])
    return float(model.score(table[held_out], labels[held_out])), time.perf_counter() - started


def classify(corpus: Corpus) -> None:
    """Each way on the same parts of one corpus."""
    print(f"{corpus.name}: {corpus.documents:,} documents, {corpus.tokens_total:,} words, {len(corpus.labels)} labels")
    unit, size = ARCHITECTURES.get("supervised"), corpus.size()
    parts = [corpus.training_data(1, None, 0.2, seed) for seed in (1, 2, 3)]
    found = {f"logistic regression, {what}": [logistic(part, what == "binary") for part in parts] for what in WAYS}
    best = max(np.mean([accuracy for accuracy, _ in results]) for results in found.values())
    speeds = {}
    for preset in ("quick", "balanced", "thorough"):
        settings = unit.preset(preset, size)
        done = [ours("supervised", part, settings) for part in parts]
        found[preset] = [(model.space().metadata["accuracy"]["value"], seconds) for model, _, seconds in done]
        speeds[preset] = np.mean([last.words / seconds for _, last, seconds in done])
    for who, results in found.items():
        accuracy, seconds = (np.mean(column) for column in zip(*results, strict=True))
        more = ""
        if who in speeds:
            said = "as good" if accuracy >= best - GOAL else f"MISSES {best - GOAL:.4f}"
            more = f"{speeds[who]:12,.0f} words/s  {said}"
        print(f"  {who:<32} accuracy {accuracy:.4f}{seconds:8.2f} s{more}", flush=True)


WAYS = ("counts", "binary")


def condense(corpus: Corpus) -> None:
    """The autoencoder by its balanced preset, and LSA."""
    data, size = corpus.training_data(5, None, 0.01, 1), corpus.size(5)
    print(f"film reviews: {data.segments:,} documents, {len(data.tokens):,} words, {data.vocabulary:,} different")
    unit = ARCHITECTURES.get("autoencoder")
    settings = unit.preset("balanced", size)
    for name, wanted, threads in (
        ("lsa", {"dimensions": 100}, 2),
        ("autoencoder", settings, 1),
        ("autoencoder", settings, 2),
    ):
        model, last, seconds = ours(name, data, dict(wanted), threads)
        space = model.space()
        told = unit.estimate(model.params, size, threads).seconds if name == "autoencoder" else float("nan")
        pace = last.words / seconds
        print(
            f"  {name:<12} {threads} threads {seconds:7.1f} s (foreseen {told:.1f}) {pace:12,.0f} words/s"
            f"  ρ {word_sim(list(space.keys), space.unit):.3f}  held out {last.held_out_loss or float('nan'):.4f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--words", type=int, default=2_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("rt_polarity.csv", "medquad_qtype_1500.csv"):
            if (LABELLED / name).exists():
                options = CorpusOptions(label_column="label")
                classify(build_corpus(LABELLED / name, Path(folder) / name[:4], options))
            else:
                print(f"{LABELLED / name} is not there.")
        condense(build_corpus(film_reviews(given.words), Path(folder) / "films", CorpusOptions()))


if __name__ == "__main__":
    main()
