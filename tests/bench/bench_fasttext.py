"""fastText's training only, against gensim 4.4 and, where there is one, fastText's own program in C++.

    python -m tests.bench.bench_fasttext [--words N] [--seeds 3] [--model skipgram]… [--fasttext PYTHON]

`PYTHON` is the interpreter of an environment in which the package `fasttext` is installed. 3 epochs, 100 dimensions,
window 5, 5 negatives, n-grams of 3 to 6 characters in 2,000,000 buckets, minimum count 5, subsampling 1e-3, rate .025,
two threads. Vocabularies and n-grams are made before the others' clocks start; ours runs while n-grams are cut. All
take turns, seed by seed (fastText's own program takes no seed, but its threads see to it that no two runs are alike).
Quality: as in `bench_training`.
"""

import argparse
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from core.architecture import ARCHITECTURES, Context
from core.data.corpus import Corpus
from core.data.options import CorpusOptions
from core.params import validate
from core.runs.store import Store
from tests.bench.bench_training import SETTINGS, THREADS, analogies, word_sim
from tests.bench.corpus import film_reviews

NGRAMS = {"min_n": 3, "max_n": 6, "buckets": 2_000_000}
TARGET = 6.0
THEIRS = """
import sys, time, fasttext, numpy as np
text, out, model, rate, subsample, epochs, threads = sys.argv[1:]
def train(epochs):
    started = time.perf_counter()
    found = fasttext.train_unsupervised(
        text, model=model, lr=float(rate), dim=100, ws=5, neg=5, minCount=5, minn=3, maxn=6, bucket=2_000_000,
        t=float(subsample), epoch=epochs, thread=int(threads), verbose=0)
    return found, time.perf_counter() - started
# What it takes to read the text, to make a vocabulary and to fill two matrices is not counted.
nothing = train(0)[1]
found, seconds = train(int(epochs))
words = [word for word in found.get_words() if word != "</s>"]
np.savez(out, seconds=seconds - nothing, words=np.array(words), vectors=np.array([found[word] for word in words]))
"""


def ours(model: str, corpus: Corpus, seed: int) -> tuple[float, list[str], np.ndarray]:
    unit = ARCHITECTURES.get("fasttext")
    params = validate(unit.Params, {**SETTINGS, **NGRAMS, "model": model})
    unit.warm(params)
    data = corpus.training_data(5, 5_000_000, 0.0, seed)
    trained = unit(params)
    start = time.perf_counter()
    for _ in trained.train(data, Context(seed=seed, threads=THREADS)):
        pass
    seconds = time.perf_counter() - start
    space = trained.space()
    return seconds, space.keys, space.unit


def gensims(model: str, sentences: list[list[str]], seed: int) -> tuple[float, list[str], np.ndarray]:
    from gensim.models import FastText

    trained = FastText(
        sg=int(model == "skipgram"),
        vector_size=100,
        window=5,
        negative=5,
        min_count=5,
        sample=SETTINGS["subsample"],
        alpha=0.025,
        workers=THREADS,
        seed=seed,
        min_n=NGRAMS["min_n"],
        max_n=NGRAMS["max_n"],
        bucket=NGRAMS["buckets"],
    )
    trained.build_vocab(sentences)
    start = time.perf_counter()
    trained.train(sentences, total_examples=trained.corpus_count, epochs=SETTINGS["epochs"])
    seconds = time.perf_counter() - start
    return seconds, list(trained.wv.index_to_key), unit_of(trained.wv.vectors)


def originals(model: str, python: str, text: Path) -> tuple[float, list[str], np.ndarray]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "vectors.npz"
        wanted = (text, out, model, SETTINGS["learning_rate"], SETTINGS["subsample"], SETTINGS["epochs"], THREADS)
        subprocess.run([python, "-c", THEIRS, *map(str, wanted)], check=True)
        with np.load(out) as found:
            return float(found["seconds"]), found["words"].tolist(), unit_of(found["vectors"])


def unit_of(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--words", type=int, default=None)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--model", action="append", default=[])
    parser.add_argument("--fasttext", metavar="PYTHON")
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
        for model in args.model or ["skipgram", "cbow"]:
            peers = ["gensim", *(["C++"] if args.fasttext else [])]
            rows: dict[str, list[tuple[float, float, float]]] = {who: [] for who in ("semascope", *peers)}
            for seed in range(1, args.seeds + 1):
                for who in rows:
                    if who == "semascope":
                        seconds, words, unit = ours(model, corpus, seed)
                    elif who == "gensim":
                        seconds, words, unit = gensims(model, sentences, seed)
                    else:
                        seconds, words, unit = originals(model, args.fasttext, path)
                    rows[who].append((total / seconds / 1e6, word_sim(words, unit), analogies(words, unit)))
                    rate, rho, share = rows[who][-1]
                    print(
                        f"  {model} seed {seed} {who:<10} {rate:6.2f} M words/s  ρ {rho:.3f}  analogies {share:.4f}",
                        flush=True,
                    )
            mine = np.array(rows["semascope"])
            for peer in peers:
                other = np.array(rows[peer])
                speed = float(np.median(mine[:, 0]) / np.median(other[:, 0]))
                print(
                    f"{model}: {speed:.1f} × the words/s of {peer} (target {TARGET:g}); ρ {mine[:, 1].mean():.3f} "
                    f"against {other[:, 1].mean():.3f}; analogies {mine[:, 2].mean():.4f} against "
                    f"{other[:, 2].mean():.4f} ({mine[:, 2].mean() / max(1e-9, other[:, 2].mean()):.0%})",
                    flush=True,
                )


if __name__ == "__main__":
    main()
