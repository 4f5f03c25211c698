"""Training only, against gensim 4.4 with as many workers on the same text with the same hyperparameters.

    python -m tests.bench.bench_training [--words N] [--seeds 3] [--architecture skipgram]…

3 epochs, 100 dimensions, window 5, 5 negatives, minimum count 5, subsampling 1e-3, rate .025, two threads. gensim's
vocabulary is built before the clock starts; its sentences are lists in memory, cut at 10,000 words as ours are. The
two take turns, seed by seed. Quality: Spearman's ρ on WordSim-353, and the share of Google's analogies answered right
(a, b and c left out, vocabulary cut at the 30,000 most frequent words).
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from core.architecture import ARCHITECTURES, Context
from core.data.corpus import Corpus
from core.data.options import CorpusOptions
from core.params import validate
from core.runs.store import Store
from tests.bench.corpus import BENCHMARKS, film_reviews

SETTINGS = {
    "dimensions": 100,
    "window": 5,
    "negatives": 5,
    "epochs": 3,
    "subsample": 1e-3,
    "learning_rate": 0.025,
}
TARGETS = {"skipgram": 10.0, "cbow": 5.0}
THREADS = 2
MOST_WORDS = 30_000


def word_sim(words: list[str], unit: np.ndarray) -> float:
    row = {word: i for i, word in enumerate(words)}
    gold, ours = [], []
    for line in (BENCHMARKS / "wordsim353.tsv").read_text(encoding="utf-8").splitlines():
        parts = line.split("\t")
        if line.startswith("#") or len(parts) < 3 or parts[0].lower() not in row or parts[1].lower() not in row:
            continue
        gold.append(float(parts[2]))
        ours.append(float(unit[row[parts[0].lower()]] @ unit[row[parts[1].lower()]]))
    return float(spearmanr(gold, ours)[0])


def analogies(words: list[str], unit: np.ndarray) -> float:
    words, unit = words[:MOST_WORDS], unit[:MOST_WORDS]
    row = {word: i for i, word in enumerate(words)}
    asked = []
    for line in (BENCHMARKS / "questions-words.txt").read_text(encoding="utf-8").splitlines():
        four = line.lower().split()
        if not line.startswith(":") and len(four) == 4 and all(word in row for word in four):
            asked.append([row[word] for word in four])
    questions, right = np.array(asked), 0
    for chunk in np.array_split(questions, max(1, len(questions) // 500)):
        a, b, c, d = chunk.T
        scores = (unit[b] - unit[a] + unit[c]) @ unit.T
        for given in (a, b, c):
            scores[np.arange(len(chunk)), given] = -np.inf
        right += int((scores.argmax(axis=1) == d).sum())
    return right / len(questions)


def ours(name: str, corpus: Corpus, seed: int) -> tuple[float, list[str], np.ndarray]:
    unit = ARCHITECTURES.get(name)
    params = validate(unit.Params, SETTINGS)
    unit.warm(params)
    data = corpus.training_data(5, 5_000_000, 0.0, seed)
    model = unit(params)
    start = time.perf_counter()
    for _ in model.train(data, Context(seed=seed, threads=THREADS)):
        pass
    seconds = time.perf_counter() - start
    space = model.space()
    return seconds, space.keys, space.unit


def theirs(name: str, sentences: list[list[str]], seed: int) -> tuple[float, list[str], np.ndarray]:
    from gensim.models import Word2Vec

    model = Word2Vec(
        sg=int(name == "skipgram"),
        vector_size=100,
        window=5,
        negative=5,
        min_count=5,
        sample=1e-3,
        alpha=0.025,
        workers=THREADS,
        seed=seed,
    )
    model.build_vocab(sentences)
    start = time.perf_counter()
    model.train(sentences, total_examples=model.corpus_count, epochs=SETTINGS["epochs"])
    seconds = time.perf_counter() - start
    vectors = model.wv.vectors
    return seconds, list(model.wv.index_to_key), vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--words", type=int, default=None)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--architecture", action="append", default=[])
    args = parser.parse_args()
    path = film_reviews(args.words)
    sentences = [
        words[first : first + 10_000]
        for words in (line.split() for line in path.open(encoding="utf-8"))
        for first in range(0, len(words), 10_000)
    ]
    total = SETTINGS["epochs"] * sum(map(len, sentences))
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        corpus = store.corpus(store.add_corpus(path, CorpusOptions(), "bench"))
        for name in args.architecture or list(TARGETS):
            rows: dict[str, list[tuple[float, float, float]]] = {"semascope": [], "gensim": []}
            for seed in range(1, args.seeds + 1):
                for who in rows:
                    seconds, words, unit = (
                        ours(name, corpus, seed) if who == "semascope" else theirs(name, sentences, seed)
                    )
                    rows[who].append((total / seconds / 1e6, word_sim(words, unit), analogies(words, unit)))
                    rate, rho, share = rows[who][-1]
                    print(
                        f"  {name} seed {seed} {who:<10} {rate:6.2f} M words/s  ρ {rho:.3f}  analogies {share:.4f}",
                        flush=True,
                    )
            mine, other = (np.array(rows[who]) for who in ("semascope", "gensim"))
            speed = float(np.median(mine[:, 0]) / np.median(other[:, 0]))
            print(
                f"{name}: {speed:.1f} × gensim's words/s (target {TARGETS[name]:g}); ρ {mine[:, 1].mean():.3f} against "
                f"{other[:, 1].mean():.3f}; analogies {mine[:, 2].mean():.4f} against {other[:, 2].mean():.4f} "
                f"({mine[:, 2].mean() / max(1e-9, other[:, 2].mean()):.0%})",
                flush=True,
            )


if __name__ == "__main__":
    main()
