"""PPMI with SVD against scipy and scikit-learn used straight, and GloVe against Stanford's C, with two threads each.

    python -m tests.bench.bench_counting [--words N] [--vocabulary 50000] [--arpack] [--stanford BUILD]
        [--epochs 10] [--seeds 3]

PPMI: the 50,000 most frequent words, window 5 with harmonic weights, smoothing .75, 200 dimensions. Straight is one
sparse matrix a distance, added up; logarithms of its cells; `TruncatedSVD` as it comes, or scipy's `svds` (ARPACK,
exact) with `--arpack`. GloVe: minimum count 5, window 10, 100 dimensions, x_max 10; BUILD is the folder of Stanford's
programs, built from their source with their Makefile; without it ours is measured alone. The two take turns, as in
`tests.bench.contest`. Of PPMI's matrix it is told, too, which share of the squares the singular vectors leave.
"""

import argparse
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy import sparse

from core.data.corpus import Corpus
from core.data.options import CorpusOptions
from core.data.training_data import TrainingData
from core.runs.store import Store
from tests.bench.contest import THREADS, Clock, Trained, compete, trained
from tests.bench.corpus import film_reviews

WINDOW, SMOOTHING, DIMENSIONS = 5, 0.75, 200
TARGETS = {"ppmi_svd": 2.0, "glove": 4.0}


def tell(who: str, found: Trained, more: str = "") -> None:
    sim, likeness, share = found.scores()
    print(
        f"  {who:<24}{found.seconds[0]:8.2f} s{found.seconds[1]:8.2f} s of processor  ρ {sim:.3f} {likeness:.3f}  "
        f"analogies {share:.4f}  {more}",
        flush=True,
    )


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
    tell(svd.__name__, Trained(spent, list(data.words), left * np.sqrt(strengths)), more)


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
        found = trained("ppmi_svd", data, 1, settings)
        tell("semascope", found, f"unexplained {found.loss:.4f}")
        straight(data, way)


def glove(corpus: Corpus, text: Path, build: Path | None, epochs: int, seeds: int) -> None:
    data = corpus.training_data(5, 5_000_000, 0.0, 1)
    print(f"GloVe, {data.vocabulary:,} words, {epochs} epochs")
    contestants = {"semascope": lambda seed: trained("glove", data, seed, {"epochs": epochs})}
    if build is not None:
        contestants["Stanford"] = lambda seed: stanford(text, build, epochs, seed)
    compete("glove", contestants, seeds, epochs * len(data.tokens), TARGETS["glove"])


def stanford(text: Path, build: Path, epochs: int, seed: int) -> Trained:
    """Stanford's programs: the vocabulary is made before the clock starts; counting and shuffling are training."""
    steps = (
        f"{build}/cooccur -memory 4 -vocab-file v -verbose 0 -window-size 10 < {text} > c",
        f"{build}/shuffle -memory 4 -verbose 0 -seed {seed} < c > s",
        f"{build}/glove -save-file w -threads {THREADS} -input-file s -x-max 10 -iter {epochs} -vector-size 100 "
        f"-binary 0 -vocab-file v -verbose 0 -seed {seed}",
    )
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(f"{build}/vocab_count -min-count 5 -verbose 0 < {text} > v", shell=True, check=True, cwd=folder)
        clock = Clock()
        for step in steps:
            subprocess.run(step, shell=True, check=True, cwd=folder, stderr=subprocess.DEVNULL)
        spent = clock()
        rows = [line.split(" ") for line in (Path(folder) / "w.txt").read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row[0] != "<unk>"]
    return Trained(spent, [row[0] for row in rows], np.array([row[1:] for row in rows], np.float32))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--words", type=int, default=None)
    parser.add_argument("--vocabulary", type=int, default=50_000)
    parser.add_argument("--arpack", action="store_true", help="also scipy's exact svds")
    parser.add_argument("--stanford", type=Path, default=None, metavar="BUILD")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", choices=list(TARGETS))
    args = parser.parse_args()
    path = film_reviews(args.words)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        corpus = store.corpus(store.add_corpus(path, CorpusOptions(), "bench"))
        if args.only != "glove":
            ppmi(corpus, args.vocabulary, args.arpack)
        if args.only != "ppmi_svd":
            glove(corpus, path, args.stanford, args.epochs, args.seeds)


if __name__ == "__main__":
    main()
