"""The originals that we are measured against, each with the settings that ours has: gensim 4.4 and fastText's C++."""

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.contest import THREADS, Clock, Trained

THEIR_NAMES = {
    "dimensions": "vector_size",
    "window": "window",
    "negatives": "negative",
    "epochs": "epochs",
    "subsample": "sample",
    "learning_rate": "alpha",
    "noise_exponent": "ns_exponent",
    "min_n": "min_n",
    "max_n": "max_n",
    "buckets": "bucket",
}
"""Our names, and gensim's for the same."""

FASTTEXT = """
import sys, time, fasttext, numpy as np
text, out, settings = sys.argv[1], sys.argv[2], dict(one.split("=") for one in sys.argv[3:])
settings = {name: value if name in ("model", "loss") else float(value) for name, value in settings.items()}
settings = {name: int(value) if name not in ("lr", "t", "model", "loss") else value for name, value in settings.items()}
def train(**more):
    before = np.array([time.perf_counter(), time.process_time()])
    found = fasttext.train_unsupervised(text, verbose=0, **settings | more)
    return found, np.array([time.perf_counter(), time.process_time()]) - before
# What it takes to read the text, to make a vocabulary and to fill two matrices is not counted.
nothing = train(epoch=0)[1]
found, seconds = train()
words = [word for word in found.get_words() if word != "</s>"]
np.savez(out, seconds=seconds - nothing, words=np.array(words), vectors=np.array([found[word] for word in words]))
"""


def gensim(kind: str, model: str, sentences: list[list[str]], seed: int, settings: Mapping[str, Any]) -> Trained:
    """Train gensim's `Word2Vec` or `FastText`, which makes its vocabulary before the clock starts."""
    from gensim import models

    more: dict[str, Any] = {THEIR_NAMES[name]: value for name, value in settings.items() if name in THEIR_NAMES}
    more |= {"sg": int(model == "skipgram"), "hs": 0}
    if settings.get("output") == "hierarchical_softmax":
        more |= {"hs": 1, "negative": 0}
    if "combine" in settings:
        more["cbow_mean"] = int(settings["combine"] == "mean")
    if "window_width" in settings:
        more["shrink_windows"] = settings["window_width"] == "dynamic"
    found = getattr(models, kind)(min_count=5, workers=THREADS, seed=seed, **more)
    found.build_vocab(sentences)
    clock = Clock()
    found.train(sentences, total_examples=found.corpus_count, epochs=settings["epochs"])
    return Trained(clock(), list(found.wv.index_to_key), found.wv.vectors)


def fasttext(python: str, model: str, text: Path, settings: Mapping[str, Any]) -> Trained:
    """Train by fastText's own program, in an interpreter that has it; without n-grams it is word2vec.

    It takes no seed, but its threads see to it that no two runs are alike.
    """
    wanted = {
        "model": model,
        "lr": settings["learning_rate"],
        "dim": settings["dimensions"],
        "ws": settings["window"],
        "neg": settings["negatives"],
        "epoch": settings["epochs"],
        "t": settings["subsample"],
        "minCount": 5,
        "minn": settings.get("min_n", 0),
        "maxn": settings.get("max_n", 0),
        "bucket": settings.get("buckets", 0),
        "thread": THREADS,
        "loss": "hs" if settings.get("output") == "hierarchical_softmax" else "ns",
    }
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "vectors.npz"
        command = [python, "-c", FASTTEXT, text, out, *(f"{name}={value}" for name, value in wanted.items())]
        # It fills a fifth of a matrix with two threads and takes the rest as it is: memory used before may be nan.
        fresh = os.environ | {"MALLOC_MMAP_THRESHOLD_": "65536"}
        subprocess.run([str(part) for part in command], check=True, env=fresh)
        with np.load(out) as found:
            return Trained(found["seconds"], found["words"].tolist(), found["vectors"])
