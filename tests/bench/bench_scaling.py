"""Time and memory a word from 1 to 100 million words, the same million over and over, 30,000 words in the vocabulary.

    python -m tests.bench.bench_scaling [--architecture skipgram]… [--millions 1 3 10 30 100] [--rounds 3] [--limited]

Each training is a process of its own: one pass over the corpus, or as many as 30 million words take, two threads, 100
dimensions. All sizes take turns, and of each the median of the rounds counts. It tells what the processor and the wall
say a word took, the largest memory of its own (anonymous pages, looked at ten times a second), and how much of the
mapped corpus was in memory at the end, which the system may take back at any time. With `--limited`, the largest once
more in a process that is allowed less memory of its own than its tokens take; those must be of 100 million words, for
a process needs some 200 MB. Text and corpora are put in the system's temporary folder: 0.5 GB each for 100 million.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from core.data.options import CorpusOptions
from core.runs.store import Store
from tests.bench.corpus import film_reviews

ROOT = Path(__file__).parents[2]
VOCABULARY, LEAST, TARGET, SHARE = 30_000, 30, 0.15, 0.9
ATTEMPT = """
import json, resource, sys, threading, time
from pathlib import Path
home, corpus, name, vocabulary, epochs, limit = sys.argv[1:]
from core.architecture import ARCHITECTURES, Context
from core.params import validate
from core.runs.store import Store
if int(limit):
    resource.setrlimit(resource.RLIMIT_DATA, (int(limit), int(limit)))
def memory(what):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(what + ":"))
unit = ARCHITECTURES.get(name)
params = validate(unit.Params, {"epochs": int(epochs)})
unit.warm(params)
data = Store(Path(home)).corpus(corpus).training_data(1, int(vocabulary), 0.0, 1)
own, done = [memory("RssAnon")], threading.Event()
def watch():
    while not done.wait(0.1):
        own.append(memory("RssAnon"))
watcher = threading.Thread(target=watch)
watcher.start()
before = time.perf_counter(), time.process_time()
words = 0
for step in unit(params).train(data, Context(seed=1, threads=2)):
    words = step.words
seconds, processor = time.perf_counter() - before[0], time.process_time() - before[1]
done.set()
watcher.join()
print(json.dumps({
    "vocabulary": data.vocabulary, "words": words, "seconds": seconds, "processor": processor, "loss": step.loss,
    "own": max(own), "mapped": memory("RssFile"), "tokens": data.tokens.nbytes, "data": memory("VmData"),
}))
"""


def repeated(text: Path, times: int, target: Path) -> Path:
    """The text so many times, one after the other."""
    whole = text.read_bytes()
    with target.open("wb") as out:
        for _ in range(times):
            out.write(whole)
    return target


def attempt(home: Path, corpus: str, name: str, epochs: int, limit: int = 0) -> dict[str, float]:
    """Train in a process of its own; what it tells of itself."""
    command = [sys.executable, "-c", ATTEMPT, str(home), corpus, name, *map(str, (VOCABULARY, epochs, limit))]
    # Threads that algebra would keep ready count as memory, too.
    alone = os.environ | {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    done = subprocess.run(command, cwd=ROOT, env=alone, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def tell(name: str, millions: int, found: dict[str, float]) -> None:
    processor, wall = (1e9 * found[what] / found["words"] for what in ("processor", "seconds"))
    own, mapped, tokens = (found[what] / 1e6 for what in ("own", "mapped", "tokens"))
    print(
        f"  {name} {found['words'] / 1e6:6.1f} M words of {millions} M, {found['vocabulary']:,} different: "
        f"{processor:6.1f} ns of processor a word, {wall:6.1f} ns in all; memory of its own {own:5.0f} MB, "
        f"mapped {mapped:5.0f} MB, tokens {tokens:5.0f} MB",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--architecture", action="append", default=[])
    parser.add_argument("--millions", type=int, nargs="+", default=[1, 3, 10, 30, 100])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limited", action="store_true")
    args = parser.parse_args()
    text = film_reviews(1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        store, corpora = Store(home), {}
        for millions in args.millions:
            path = repeated(text, millions, Path(folder) / "text.txt")
            corpora[millions] = store.add_corpus(path, CorpusOptions(), f"{millions} million words")
            path.unlink()
        for name in args.architecture or ["skipgram", "cbow"]:
            taken: dict[int, list[float]] = {millions: [] for millions in corpora}
            for _ in range(args.rounds):
                for millions, corpus in corpora.items():
                    found = attempt(home, corpus, name, max(1, LEAST // millions))
                    taken[millions].append(1e9 * found["processor"] / found["words"])
                    tell(name, millions, found)
            medians = {millions: statistics.median(times) for millions, times in taken.items()}
            spread = max(medians.values()) / min(medians.values()) - 1
            told = ", ".join(f"{millions} M {median:.0f} ns" for millions, median in medians.items())
            print(f"{name}: processor time a word {told}: within {spread:.0%} (target {TARGET:.0%})", flush=True)
            if args.limited:
                largest = max(corpora)
                limit = int(SHARE * found["tokens"])
                found = attempt(home, corpora[largest], name, 1, limit)
                print(
                    f"{name}: {found['words'] / 1e6:.0f} M words, tokens of {found['tokens'] / 1e6:.0f} MB, in a "
                    f"process allowed {limit / 1e6:.0f} MB of its own: loss {found['loss']:.3f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
