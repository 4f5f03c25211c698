"""What settings suit which size of corpus: the measurements behind the presets.

    python -m tests.bench.bench_presets [--corpus NAME]… [--seeds 2]

Scores, higher is better: Spearman's ρ with people's judgements over the pairs whose words are both there (WordSim-353
and RG-65 together for general text, MayoSRS and MiniMayoSRS for medicine, where a corpus knows twelve pairs at least),
and for the planted world the share of its analogies answered right (the words asked with left out). The row of a
preset is what it chooses for that corpus; the other rows are the grid that it was chosen from.
"""

import argparse
import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from core.architecture import ARCHITECTURES, Context
from core.data.corpus import Corpus
from core.data.options import CorpusOptions
from core.neighbours import analogy, mean_of
from core.params import validate
from core.runs.settings import default_min_count
from core.runs.store import Store
from core.space import EmbeddingSpace
from sample_corpora import sample_corpus
from tests.bench.corpus import BENCHMARKS, film_reviews

TEXT = BENCHMARKS.parent / "text"
GRID = {
    "subsample": (1e-3, 1e-4, 1e-5),
    "epochs": (5, 15, 40),
    "window": (5,),
    "learning_rate": (0.05,),
}
Score = Callable[[EmbeddingSpace], float]


def pairs(*names: str) -> Score:
    """ρ over all pairs of these lists that are in the vocabulary."""
    rows = []
    for name in names:
        for line in (BENCHMARKS / name).read_text(encoding="utf-8").splitlines():
            parts = line.split("\t")
            if line.startswith("#") or len(parts) < 3 or not parts[2].replace(".", "", 1).isdigit():
                continue
            rows.append((name, parts[0].lower(), parts[1].lower(), float(parts[2])))

    def phrase(space: EmbeddingSpace, text: str) -> np.ndarray | None:
        # A term of several words is the mean of its words, as usual on these lists.
        words = text.split()
        return mean_of(space, words) if all(word in space for word in words) else None

    def score(space: EmbeddingSpace) -> float:
        found, weights = [], []
        for name in names:
            known = [(phrase(space, a), phrase(space, b), gold) for where, a, b, gold in rows if where == name]
            there = [(float(a @ b), gold) for a, b, gold in known if a is not None and b is not None]
            if len(there) >= 12:
                found.append(spearmanr(there)[0])
                weights.append(len(there))
        return float(np.average(found, weights=weights)) if found else float("nan")

    return score


def planted(space: EmbeddingSpace) -> float:
    """Share of the planted analogies answered right, the three words asked with left out."""
    from sample_corpora.planted_world import PLANTED

    hits = [
        analogy(space, b, a, c, k=1)[0].word == d
        for a, b, c, d in PLANTED.questions()
        if all(word in space for word in (a, b, c, d))
    ]
    return float(np.mean(hits)) if hits else float("nan")


def corpora(store: Store, wanted: list[str]) -> Iterator[tuple[str, Corpus, Score]]:
    general, medical = (
        pairs("wordsim353.tsv", "rg-65.tsv"),
        pairs("medical_mayosrs.tsv", "medical_minimayosrs_physicians.tsv"),
    )
    files: dict[str, tuple[Callable[[], Path], Score]] = {
        "presidents": (lambda: TEXT / "us_presidents.txt", general),
        "medquad": (lambda: TEXT / "medquad_medical.txt", medical),
        "film_300k": (lambda: film_reviews(300_000), general),
        "film_2m": (lambda: film_reviews(2_000_000), general),
        "film_11m": (lambda: film_reviews(), general),
    }
    for name, (path, score) in files.items():
        if not wanted or name in wanted:
            yield name, store.corpus(store.add_corpus(path(), CorpusOptions(), name)), score
    if not wanted or "planted" in wanted:
        yield "planted", sample_corpus("planted_world", store), planted


def measure(corpus: Corpus, score: Score, settings: dict[str, Any], seeds: int) -> tuple[float, float]:
    unit = ARCHITECTURES.get("skipgram")
    scores, seconds = [], 0.0
    for seed in range(1, seeds + 1):
        data = corpus.training_data(default_min_count(corpus.tokens_total), 200_000, 0.0, seed)
        model = unit(validate(unit.Params, settings))
        start = time.perf_counter()
        for _ in model.train(data, Context(seed=seed, threads=2, step_seconds=5, held_out_seconds=1e9)):
            pass
        seconds += time.perf_counter() - start
        scores.append(score(model.space()))
    return float(np.mean(scores)), seconds / seeds


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", action="append", default=[])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--presets-only", action="store_true")
    args = parser.parse_args()
    unit = ARCHITECTURES.get("skipgram")
    with tempfile.TemporaryDirectory() as scratch:
        for name, corpus, score in corpora(Store(Path(scratch)), args.corpus):
            size = corpus.size(default_min_count(corpus.tokens_total), 200_000)
            print(f"{name}: {size.tokens:,} tokens, {size.vocabulary:,} words", flush=True)
            for preset in ("quick", "balanced", "thorough"):
                settings = unit.preset(preset, size)
                value, seconds = measure(corpus, score, settings, args.seeds)
                print(f"  {value:6.3f}  {seconds:6.2f} s  {preset}: {settings}", flush=True)
            if args.presets_only:
                continue
            for values in itertools.product(*GRID.values()):
                settings = dict(zip(GRID, values, strict=True))
                value, seconds = measure(corpus, score, settings, args.seeds)
                print(f"  {value:6.3f}  {seconds:6.2f} s  {settings}", flush=True)


if __name__ == "__main__":
    main()
