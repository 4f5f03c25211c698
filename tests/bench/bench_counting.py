"""PPMI with SVD against scipy and scikit-learn used straight, and GloVe against Stanford's C, with two threads each.

    python -m tests.bench.bench_counting [--words N] [--vocabulary 50000] [--arpack] [--stanford BUILD] [--epochs 10]

PPMI: the 50,000 most frequent words, window 5 with harmonic weights, smoothing .75, 200 dimensions. Straight is one
sparse matrix a distance, added up; logarithms of its cells; `TruncatedSVD` as it comes, or scipy's `svds` (ARPACK,
exact) with `--arpack`. GloVe: minimum count 5, window 10, 100 dimensions, x_max 10; BUILD is the folder of Stanford's
programs, built from their source with their Makefile; without it ours is measured alone. Seconds are the wall's, and
the processor's beside it, which other programs change less. Quality: Spearman's ρ on WordSim-353 and RG-65, the share
of Google's analogies answered right, and of the matrix's squares what the singular vectors leave.
"""

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.stats import spearmanr

from core.architecture import ARCHITECTURES, Context
from core.data.corpus import Corpus
from core.data.options import CorpusOptions
from core.data.training_data import TrainingData
from core.params import validate
from core.runs.store import Store
from tests.bench.bench_training import analogies, word_sim
from tests.bench.corpus import BENCHMARKS, film_reviews

THREADS = 2
WINDOW, SMOOTHING, DIMENSIONS = 5, 0.75, 200
TARGETS = {"ppmi_svd": 2.0, "glove": 4.0}


class Clock:
    """Seconds of the wall and of the processor, this process and its children."""

    def __init__(self) -> None:
        self.start = self._now()

    @staticmethod
    def _now() -> np.ndarray:
        times = os.times()
        return np.array([time.perf_counter(), times.user + times.system + times.children_user + times.children_system])

    def __call__(self) -> np.ndarray:
        return self._now() - self.start


def rubenstein_goodenough(words: list[str], unit: np.ndarray) -> float:
    row = {word: i for i, word in enumerate(words)}
    gold, ours = [], []
    for line in (BENCHMARKS / "rg-65.tsv").read_text(encoding="utf-8").splitlines():
        parts = line.lower().split("\t")
        if not line.startswith("#") and len(parts) > 2 and parts[0] in row and parts[1] in row:
            gold.append(float(parts[2]))
            ours.append(float(unit[row[parts[0]]] @ unit[row[parts[1]]]))
    return float(spearmanr(gold, ours)[0])


def tell(who: str, seconds: np.ndarray, words: list[str], vectors: np.ndarray, more: str = "") -> None:
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    print(
        f"  {who:<24}{seconds[0]:8.2f} s{seconds[1]:8.2f} s of processor  ρ {word_sim(words, unit):.3f} "
        f"{rubenstein_goodenough(words, unit):.3f}  analogies {analogies(words, unit):.4f}  {more}",
        flush=True,
    )


def ours(name: str, data: TrainingData, seed: int = 1, **settings: object) -> tuple[np.ndarray, float, np.ndarray]:
    unit = ARCHITECTURES.get(name)
    params = validate(unit.Params, settings)
    unit.warm(params)
    model = unit(params)
    clock, loss = Clock(), float("nan")
    for step in model.train(data, Context(seed=seed, threads=THREADS)):
        loss = step.loss
    return clock(), loss, model.space().vectors


def straight(data: TrainingData, svd: Callable[[sparse.csr_matrix], tuple[np.ndarray, np.ndarray]]) -> None:
    """What one writes who has scipy, on the same tokens."""
    clock, size = Clock(), data.vocabulary
    lines = np.repeat(np.arange(data.segments), np.diff(data.offsets))
    tokens = np.asarray(data.tokens).astype(np.int64)
    known = (tokens < size) & ~np.asarray(data.held_out)[lines]
    tokens, lines = tokens[known], lines[known]
    counts = sparse.csr_matrix((size, size))
    for distance in range(1, WINDOW + 1):
        same = lines[distance:] == lines[:-distance]
        pairs = tokens[:-distance][same], tokens[distance:][same]
        counts = counts + sparse.coo_matrix((np.full(len(pairs[0]), 1 / distance), pairs), (size, size)).tocsr()
    table = (counts + counts.T).tocoo()
    sums = np.asarray(table.sum(axis=1)).ravel()
    contexts = sums**SMOOTHING
    values = np.log(table.data * contexts.sum() / (sums[table.row] * contexts[table.col]))
    above = values > 0
    matrix = sparse.csr_matrix((values[above], (table.row[above], table.col[above])), table.shape)
    before = clock()
    left, strengths = svd(matrix)
    spent = clock()
    unexplained = 1 - float((strengths**2).sum() / (matrix.data**2).sum())
    more = (
        f"unexplained {unexplained:.4f}; svd alone {spent[0] - before[0]:.2f} s, processor {spent[1] - before[1]:.2f} s"
    )
    tell(svd.__name__, spent, list(data.words), left * np.sqrt(strengths), more)


def truncated_svd(matrix: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.decomposition import TruncatedSVD

    model = TruncatedSVD(DIMENSIONS, random_state=1)
    left = model.fit_transform(matrix)
    return left / model.singular_values_, model.singular_values_


def arpack(matrix: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    left, strengths, _ = sparse.linalg.svds(matrix, k=DIMENSIONS, random_state=1)
    return left, strengths


def ppmi(corpus: Corpus, vocabulary: int, exact: bool) -> None:
    data = corpus.training_data(2, vocabulary, 0.0, 1)
    print(f"PPMI with SVD, {data.vocabulary:,} words, {len(data.tokens):,} tokens (target {TARGETS['ppmi_svd']:g} ×)")
    settings = {"dimensions": DIMENSIONS, "window": WINDOW, "context_smoothing": SMOOTHING}
    for way in [truncated_svd, *([arpack] if exact else [])]:
        seconds, loss, vectors = ours("ppmi_svd", data, **settings)
        tell("semascope", seconds, list(data.words), vectors, f"unexplained {loss:.4f}")
        straight(data, way)


def glove(corpus: Corpus, text: Path, build: Path | None, epochs: int) -> None:
    data = corpus.training_data(5, 5_000_000, 0.0, 1)
    print(f"GloVe, {data.vocabulary:,} words, {epochs} epochs (target {TARGETS['glove']:g} ×)")
    for seed in (1, 2, 3):
        seconds, loss, vectors = ours("glove", data, seed, epochs=epochs)
        tell(f"semascope, seed {seed}", seconds, list(data.words), vectors, f"loss {loss:.4f}")
    if build is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(f"{build}/vocab_count -min-count 5 -verbose 0 < {text} > v", shell=True, check=True, cwd=folder)
        clock = Clock()
        counting = (
            f"{build}/cooccur -memory 4 -vocab-file v -verbose 0 -window-size 10 < {text} > c && "
            f"{build}/shuffle -memory 4 -verbose 0 < c > s"
        )
        subprocess.run(counting, shell=True, check=True, cwd=folder)
        between = clock()
        train = (
            f"{build}/glove -save-file w -threads {THREADS} -input-file s -x-max 10 -iter {epochs} -vector-size 100 "
            "-binary 0 -vocab-file v -verbose 0"
        )
        subprocess.run(train, shell=True, check=True, cwd=folder, capture_output=True)
        spent = clock()
        rows = [line.split(" ") for line in (Path(folder) / "w.txt").read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row[0] != "<unk>"]
    vectors = np.array([row[1:] for row in rows], np.float32)
    more = f"of it counting and shuffling {between[0]:.2f} s, processor {between[1]:.2f} s"
    tell("Stanford", spent, [row[0] for row in rows], vectors, more)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--words", type=int, default=None)
    parser.add_argument("--vocabulary", type=int, default=50_000)
    parser.add_argument("--arpack", action="store_true", help="also scipy's exact svds")
    parser.add_argument("--stanford", type=Path, default=None, metavar="BUILD")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--only", choices=list(TARGETS))
    args = parser.parse_args()
    path = film_reviews(args.words)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        corpus = store.corpus(store.add_corpus(path, CorpusOptions(), "bench"))
        if args.only != "glove":
            ppmi(corpus, args.vocabulary, args.arpack)
        if args.only != "ppmi_svd":
            glove(corpus, path, args.stanford, args.epochs)


if __name__ == "__main__":
    main()
