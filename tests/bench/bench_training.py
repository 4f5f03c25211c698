"""Training only, against gensim 4.4 and, where there is one, fastText's own program in C++ without n-grams.

    python -m tests.bench.bench_training [--words N] [--seeds 3] [--architecture skipgram]… [--fasttext PYTHON]
        [--set NAME=VALUE]…

`PYTHON` is the interpreter of an environment in which the package `fasttext` is installed. 3 epochs, 100 dimensions,
window 5, 5 negatives, minimum count 5, subsampling 1e-3, rate .025, two threads; `--set` changes a parameter of ours,
and the peers' of the same meaning: `--set output=hierarchical_softmax` is gensim's `hs=1, negative=0`. Vocabularies are
made before the clock starts; gensim's sentences are lists in memory, cut at 10,000 words as ours are.
"""

import argparse
import tempfile
from functools import partial
from pathlib import Path

from core.data.options import CorpusOptions
from core.params import parse_assignments
from core.runs.store import Store
from tests.bench import peers
from tests.bench.contest import compete, trained
from tests.bench.corpus import film_reviews, sentences_of

SETTINGS = {
    "dimensions": 100,
    "window": 5,
    "negatives": 5,
    "epochs": 3,
    "subsample": 1e-3,
    "learning_rate": 0.025,
}
TARGETS = {"skipgram": 12.0, "cbow": 6.0}
TARGET_OF_PATHS = 6.0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--words", type=int, default=None)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--architecture", action="append", default=[])
    parser.add_argument("--fasttext", metavar="PYTHON")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    args = parser.parse_args()
    settings = SETTINGS | parse_assignments(args.set)
    path = film_reviews(args.words)
    sentences = sentences_of(path)
    total = settings["epochs"] * sum(map(len, sentences))
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        corpus = store.corpus(store.add_corpus(path, CorpusOptions(), "bench"))
        for name in args.architecture or list(TARGETS):
            contestants = {
                "semascope": partial(trained, name, corpus, settings=settings),
                "gensim": partial(peers.gensim, "Word2Vec", name, sentences, settings=settings),
            }
            if args.fasttext:
                contestants["C++"] = lambda seed, name=name: peers.fasttext(args.fasttext, name, path, settings)
            target = (
                TARGETS[name] if settings.get("output", "negative_sampling") == "negative_sampling" else TARGET_OF_PATHS
            )
            compete(name, contestants, args.seeds, total, target)


if __name__ == "__main__":
    main()
