"""How long a map of 10,000 words takes, and how well it keeps neighbours: ours against umap-learn.

    python -m tests.bench.bench_map [--words 10000] [--rounds 2] [--all]

Fresh is a new process, from its start to positions in hand, all imports and compilation (from numba's cache) included;
warm is the second map of that process. Ours is what the worker does: neighbour graph, layout and clusters. umap-learn
is given the same exact neighbour graph, which it is spared from searching; without it (“alone”) it searches itself.
Processor seconds stand beside the wall's, since other programs do not change them. Trustworthiness (Venna & Kaski
2001) with 15 neighbours: 1 is perfect, .5 is chance.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

NEIGHBOURS = 15


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--words", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--all", action="store_true", help="also t-SNE, and umap-learn with its own neighbour search")
    parser.add_argument("--child", nargs=3, metavar=("WHICH", "VECTORS", "OUT"))
    args = parser.parse_args()
    if args.child:
        child(*args.child)
        return
    vectors = Path(tempfile.gettempdir()) / f"semascope-bench-vectors-{args.words}.npy"
    if not vectors.exists():
        train(vectors, args.words)
    unit = np.load(vectors)
    ways = ["ours", "umap", *(["ours_tsne", "umap_alone"] if args.all else [])]
    rows: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    for _ in range(args.rounds):
        for way in ways:
            rows[way].append(measure(way, vectors, unit))
            print(f"  {way}: {rows[way][-1]}", file=sys.stderr, flush=True)
    report(rows, len(unit))


def report(rows: dict[str, list[dict[str, float]]], words: int) -> None:
    best = {way: {key: min(row[key] for row in found) for key in found[0]} for way, found in rows.items()}
    print(f"\nmap of {words:,} words, best of {len(rows['ours'])}; × is umap-learn's time over ours")
    print(f"{'':12}{'fresh s':>9}{'×':>6}{'cpu s':>8}{'warm s':>9}{'×':>6}{'cpu s':>8}{'trustworthiness':>17}")
    theirs = best["umap"]
    for way, row in best.items():
        print(
            f"{way:12}{row['fresh']:9.2f}{theirs['fresh'] / row['fresh']:6.1f}{row['fresh_cpu']:8.2f}"
            f"{row['warm']:9.2f}{theirs['warm'] / row['warm']:6.1f}{row['warm_cpu']:8.2f}{row['trust']:17.4f}"
        )


def measure(way: str, vectors: Path, unit: np.ndarray) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "positions.npy"
        command = [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "tests.bench.bench_map",
            "--child",
            way,
            str(vectors),
            str(out),
        ]
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        fresh = time.perf_counter() - started
        rest = json.loads(process.stdout.readline())
        process.wait()
        trust = trustworthiness(unit, np.load(out).astype(np.float64), NEIGHBOURS)
    return {"fresh": fresh, "fresh_cpu": first["cpu"], "warm": rest["wall"], "warm_cpu": rest["cpu"], "trust": trust}


def child(which: str, vectors: str, out: str) -> None:
    unit = np.load(vectors)
    for _ in range(2):
        wall, cpu = time.perf_counter(), time.process_time()
        positions = {"ours": ours, "ours_tsne": ours_tsne, "umap": umap_learn, "umap_alone": umap_alone}[which](unit)
        spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        print(json.dumps(spent), flush=True)
    np.save(out, positions)


def ours(unit: np.ndarray, method: str = "umap") -> np.ndarray:
    from core.explore.clusters import cluster
    from core.neighbours import knn_graph
    from core.projection import PROJECTIONS
    from core.space import EmbeddingSpace

    projection = PROJECTIONS.get(method)
    params = projection.Params()
    positions = projection.project(unit, params, 1, knn_graph(unit, projection.neighbours_wanted(params)))
    cluster(EmbeddingSpace([str(i) for i in range(len(unit))], unit), len(unit))
    return positions


def ours_tsne(unit: np.ndarray) -> np.ndarray:
    return ours(unit, "tsne")


def umap_learn(unit: np.ndarray) -> np.ndarray:
    import umap

    from core.neighbours import knn_graph

    warnings.simplefilter("ignore")
    indices, distances = knn_graph(unit, NEIGHBOURS - 1)
    graph = (
        np.hstack([np.arange(len(unit), dtype=np.int32)[:, None], indices]),
        np.hstack([np.zeros((len(unit), 1), np.float32), distances]),
    )
    return umap.UMAP(n_neighbors=NEIGHBOURS, metric="cosine", random_state=1, precomputed_knn=graph).fit_transform(unit)


def umap_alone(unit: np.ndarray) -> np.ndarray:
    import umap

    warnings.simplefilter("ignore")
    return umap.UMAP(n_neighbors=NEIGHBOURS, metric="cosine", random_state=1).fit_transform(unit)


def trustworthiness(unit: np.ndarray, positions: np.ndarray, k: int) -> float:
    """1 − 2 / (n·k·(2n − 3k − 1)) · Σ (rank − k) over neighbours on the map that are none in the space."""
    n, excess = len(unit), 0
    squares = (positions**2).sum(axis=1)
    for start in range(0, n, 500):
        stop = min(start + 500, n)
        rows = np.arange(start, stop)
        there = squares[rows, None] + squares - 2 * positions[rows] @ positions.T
        there[np.arange(len(rows)), rows] = np.inf
        near = np.argpartition(there, k, axis=1)[:, :k]
        distances = 1 - unit[rows] @ unit.T
        distances[np.arange(len(rows)), rows] = -np.inf
        ordered = np.sort(distances, axis=1)
        for i in range(len(rows)):
            # The word itself is at place 0, so the place of another word is its rank.
            ranks = np.searchsorted(ordered[i], distances[i, near[i]])
            excess += int(np.maximum(ranks - k, 0).sum())
    return 1 - 2 * excess / (n * k * (2 * n - 3 * k - 1))


def train(target: Path, words: int) -> None:
    from core.architecture import ARCHITECTURES, Context
    from core.data.options import CorpusOptions
    from core.params import validate
    from core.runs.store import Store
    from tests.bench.corpus import film_reviews

    print("training the vectors …", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        store = Store(Path(scratch))
        corpus = store.corpus(store.add_corpus(film_reviews(2_000_000), CorpusOptions(), "film"))
        unit = ARCHITECTURES.get("skipgram")
        model = unit(validate(unit.Params, {"dimensions": 100, "epochs": 5, "subsample": 1e-4}))
        for _ in model.train(corpus.training_data(5, words, 0.0, 1), Context(seed=1, threads=1)):
            pass
        np.save(target, model.space().unit)


if __name__ == "__main__":
    main()
