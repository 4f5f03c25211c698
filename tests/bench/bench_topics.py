"""Topics against gensim's LdaMulticore, scikit-learn's LatentDirichletAllocation and, where installed, tomotopy.

    python -m tests.bench.bench_topics [--words 3000000] [--topics 50] [--epochs 50 200] [--passes 1 5] [--only NAME…]
        [--corpus FILE [--column NAME] [--held-out 0.1]]

Film reviews, or any file that a corpus can be read from. Two threads each, the same documents without the words that
stand in more than a share of them, and every model judged alike, by its distributions φ of words over topics and its
prior α alone: perplexity by document completion (every second word of the held-out documents tells the topics, the
others are guessed) and the mean NPMI of the ten likeliest words of each topic, over the documents trained on. gensim
and scikit-learn learn by variational Bayes, which needs fewer passes; they are given several numbers of them. tomotopy
samples as we do, in as many passes. Seconds are the wall's, and the processor's beside it, which other programs change
less.
"""

import argparse
import itertools
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy import sparse

from core.architecture import ARCHITECTURES, Context
from core.counting.topics import common_words
from core.data.corpus import Corpus
from core.data.options import CorpusOptions
from core.data.training_data import TrainingData
from core.errors import SemascopeError
from core.params import validate
from core.runs.settings import default_min_count
from core.runs.store import Store
from tests.bench.bench_counting import Clock
from tests.bench.corpus import film_reviews

THREADS = 2
TOP = 10
SHARE = 0.5
Model = tuple[np.ndarray, np.ndarray]
"""φ, shape `(topics, words)`, and α."""


class Documents:
    """The documents to train on as lists of ranks, and how to judge what was learned from them."""

    def __init__(self, data: TrainingData, share: float) -> None:
        self.data, self.common = data, common_words(data, share)
        tokens = np.asarray(data.tokens).astype(np.int64)
        known = tokens < data.vocabulary
        known[known] &= ~self.common[tokens[known]]
        lines = np.repeat(np.arange(data.segments), np.diff(data.offsets))
        known &= ~np.asarray(data.held_out)[lines]
        self.tokens, self.lines = tokens[known], lines[known]
        shape = (data.segments, data.vocabulary)
        ones = np.ones(len(self.tokens), np.int64)
        self.table = sparse.coo_matrix((ones, (self.lines, self.tokens)), shape).tocsr()
        self.table = self.table[np.diff(self.table.indptr) > 0]

    def bags(self) -> list[list[tuple[int, int]]]:
        """As gensim takes them."""
        table = self.table
        rows = itertools.pairwise(table.indptr)
        return [list(zip(table.indices[a:b].tolist(), table.data[a:b].tolist(), strict=True)) for a, b in rows]

    def lists(self) -> list[list[str]]:
        """As tomotopy takes them: words in their order."""
        cuts = np.flatnonzero(np.diff(self.lines)) + 1
        return [[str(word) for word in part] for part in np.split(self.tokens, cuts)]

    def perplexity(self, model: Model) -> float:
        from core.kernels.topic_counts import ROUNDS, complete_documents

        likely, alpha = model[0].T, model[1]
        width = -(-len(alpha) // 16) * 16
        wide = np.zeros((len(likely), width), np.float32)
        wide[:, : len(alpha)] = np.maximum(likely, 1e-12)
        padded = np.zeros(width, np.float32)
        padded[: len(alpha)] = alpha
        data, held = self.data, np.flatnonzero(self.data.held_out)
        given = np.asarray(data.tokens), np.asarray(data.offsets), held, self.common
        loss, words = complete_documents(*given, wide, padded, ROUNDS)
        return float(np.exp(loss / words))

    def coherence(self, model: Model) -> float:
        """Mean NPMI of pairs among the ten likeliest words of each topic; a pair never seen together has −1."""
        stands = (self.table > 0).astype(np.int64).tocsc()
        total, found = stands.shape[0], []
        for row in model[0]:
            part = stands[:, np.argsort(-row)[:TOP]]
            together = np.asarray((part.T @ part).todense()) / total
            for i, j in itertools.combinations(range(TOP), 2):
                both = together[i, j]
                pmi = np.log(both / (together[i, i] * together[j, j])) if both else -1.0
                found.append(pmi / -np.log(both) if both else -1.0)
        return float(np.mean(found))


def ours(documents: Documents, topics: int, epochs: int) -> tuple[np.ndarray, Model]:
    unit = ARCHITECTURES.get("lda")
    params = validate(unit.Params, {"topics": topics, "epochs": epochs, "most_documents": SHARE})
    unit.warm(params)
    model, clock = unit(params), Clock()
    list(model.train(documents.data, Context(threads=THREADS, held_out_seconds=1e9)))
    seconds = clock()
    sampled, priors = model._known()
    counts = sampled.expected()
    counts[sampled.common] = 0
    phi = (counts + priors.beta) / (counts.sum(axis=0) + priors.beta * sampled.words)
    return seconds, (phi.T, priors.alpha)


def gensim(documents: Documents, topics: int, passes: int) -> tuple[np.ndarray, Model]:
    from gensim.models import LdaMulticore

    bags, words = documents.bags(), {rank: str(rank) for rank in range(documents.data.vocabulary)}
    clock = Clock()
    model = LdaMulticore(
        bags, topics, id2word=words, workers=THREADS, passes=passes, eval_every=None, eta="auto", random_state=1
    )
    return clock(), (model.get_topics(), np.asarray(model.alpha))


def scikit_learn(documents: Documents, topics: int, passes: int) -> tuple[np.ndarray, Model]:
    from sklearn.decomposition import LatentDirichletAllocation

    model = LatentDirichletAllocation(
        topics, learning_method="online", batch_size=2048, max_iter=passes, n_jobs=THREADS, random_state=1
    )
    clock = Clock()
    model.fit(documents.table)
    seconds = clock()
    phi = model.components_ / model.components_.sum(axis=1, keepdims=True)
    return seconds, (phi, np.full(topics, 1 / topics))


def tomotopy(documents: Documents, topics: int, epochs: int) -> tuple[np.ndarray, Model]:
    import tomotopy

    model = tomotopy.LDAModel(k=topics, seed=1)
    for words in documents.lists():
        model.add_doc(words)
    model.train(0)
    clock = Clock()
    model.train(epochs, workers=THREADS)
    seconds = clock()
    phi = np.full((topics, documents.data.vocabulary), 1e-12)
    ranks = [int(word) for word in model.used_vocabs]
    for topic in range(topics):
        phi[topic, ranks] = model.get_topic_word_dist(topic)
    return seconds, (phi, np.asarray(model.alpha))


def read(store: Store, path: Path, column: str | None) -> Corpus:
    if not path.exists():
        raise SystemExit(f"{path} is not there; give a file that a corpus can be read from.")
    try:
        return store.corpus(store.add_corpus(path, CorpusOptions(column=column) if column else CorpusOptions()))
    except SemascopeError as error:
        raise SystemExit(str(error)) from None


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--words", type=int, default=3_000_000)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--column")
    parser.add_argument("--held-out", type=float)
    parser.add_argument("--topics", type=int, default=50)
    parser.add_argument("--epochs", type=int, nargs="+", default=[50, 200])
    parser.add_argument("--passes", type=int, nargs="+", default=[1, 5])
    parser.add_argument("--only", nargs="+", default=["ours", "gensim", "scikit_learn", "tomotopy"])
    args = parser.parse_args()
    ways: dict[str, tuple[Callable[[Documents, int, int], tuple[np.ndarray, Model]], list[int]]] = {
        "ours": (ours, args.epochs),
        "gensim": (gensim, args.passes),
        "scikit_learn": (scikit_learn, args.passes),
        "tomotopy": (tomotopy, args.epochs),
    }
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        corpus = read(store, args.corpus or film_reviews(args.words), args.column)
        # A hundredth of a small text is too little to guess words of.
        held_out = args.held_out or (0.1 if args.corpus else 0.01)
        data = corpus.training_data(default_min_count(corpus.tokens_total), 5_000_000, held_out, 1)
        documents = Documents(data, SHARE)
        print(f"{len(documents.tokens):,} words in {documents.table.shape[0]:,} documents, {args.topics} topics")
        for name, (way, passes) in ways.items():
            for number in passes if name in args.only else []:
                try:
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        seconds, model = way(documents, args.topics, number)
                except ImportError:
                    print(f"  {name} is not installed")
                    break
                print(
                    f"  {name:<14}{number:5} passes{seconds[0]:8.1f} s{seconds[1]:8.1f} s of processor   "
                    f"perplexity {documents.perplexity(model):7.1f}   NPMI {documents.coherence(model):.3f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
