"""fastText's training only, against gensim 4.4 and, where there is one, fastText's own program in C++.

    python -m tests.bench.bench_fasttext [--words N] [--seeds 3] [--model skipgram]… [--fasttext PYTHON]
        [--set NAME=VALUE]…

As `bench_training`, with n-grams of 3 to 6 characters in 2,000,000 buckets. Vocabularies and the others' n-grams are
made before their clocks start; ours runs while n-grams are cut.
"""

import argparse
import tempfile
from functools import partial
from pathlib import Path

from core.data.options import CorpusOptions
from core.params import parse_assignments
from core.runs.store import Store
from tests.bench import peers
from tests.bench.bench_training import SETTINGS
from tests.bench.contest import compete, trained
from tests.bench.corpus import film_reviews, sentences_of

NGRAMS = {"min_n": 3, "max_n": 6, "buckets": 2_000_000}
TARGET = 6.0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--words", type=int, default=None)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--model", action="append", default=[])
    parser.add_argument("--fasttext", metavar="PYTHON")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    args = parser.parse_args()
    settings = SETTINGS | NGRAMS | parse_assignments(args.set)
    path = film_reviews(args.words)
    sentences = sentences_of(path)
    total = settings["epochs"] * sum(map(len, sentences))
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        corpus = store.corpus(store.add_corpus(path, CorpusOptions(), "bench"))
        for model in args.model or ["skipgram", "cbow"]:
            contestants = {
                "semascope": partial(trained, "fasttext", corpus, settings={**settings, "model": model}),
                "gensim": partial(peers.gensim, "FastText", model, sentences, settings=settings),
            }
            if args.fasttext:
                contestants["C++"] = lambda seed, model=model: peers.fasttext(args.fasttext, model, path, settings)
            compete(f"fasttext {model}", contestants, args.seeds, total, TARGET)


if __name__ == "__main__":
    main()
