"""Peak memory of the trainer with a vocabulary so large that the matrices decide: begun, stopped, and resumed.

    python -m tests.bench.bench_memory [--types 400000] [--dimensions 300]

The text is made up: every type once, and as many tokens again by Zipf's law. Each attempt is a process of its own; its
peak is the system's own account, as the run's result states it. The bound is 1.3 × (two padded matrices + mapped
tokens) + 0.5 GB.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from core.data.options import CorpusOptions
from core.negative_sampling.model import padded_width
from core.runs.spec import make_spec
from core.runs.store import Store

ROOT = Path(__file__).parents[2]
ATTEMPT = """
import sys
from pathlib import Path
from core.runs.store import Store
from core.runs.trainer import train_run
left = int(sys.argv[3])
def asked():
    global left
    left -= 1
    return left < 0
sys.exit(train_run(Store(Path(sys.argv[1])), sys.argv[2], asked=asked))
"""


def made_up(path: Path, types: int) -> None:
    rng = np.random.default_rng(1)
    ranks = np.concatenate([np.arange(types), (types ** rng.random(types) - 1).astype(np.int64)])
    rng.shuffle(ranks)
    # Letters only: a word of ten letters a to p, four bits each.
    letters = np.array(list("abcdefghijklmnop"))[(ranks[:, None] >> np.arange(0, 40, 4)) & 15]
    words = ["".join(word) for word in letters]
    path.write_text("\n".join(" ".join(words[i : i + 20]) for i in range(0, len(words), 20)), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--types", type=int, default=400_000)
    parser.add_argument("--dimensions", type=int, default=300)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made_up(Path(folder) / "text.txt", args.types)
        store = Store(Path(folder) / "home")
        corpus = store.add_corpus(Path(folder) / "text.txt", CorpusOptions(), "made up")
        settings = {"corpus": corpus, "min_count": 1, "max_vocabulary": 5_000_000, "threads": 2}
        run = store.create_run(make_spec("skipgram", {"dimensions": args.dimensions, "epochs": 1}, settings))
        # Asked at every Step and once before: one attempt is stopped after two Steps, the next goes on to the end.
        for name, steps in (("begun and stopped", 3), ("resumed", 10**9)):
            command = [sys.executable, "-c", ATTEMPT, str(Path(folder) / "home"), run, str(steps)]
            subprocess.run(command, cwd=ROOT, check=True)
            result = store.run(run).result
            assert result is not None
            matrices = 2 * result.vocabulary * padded_width(args.dimensions) * 4
            bound = 1.3 * (matrices + 4 * result.tokens) + 0.5e9
            print(
                f"{result.vocabulary:,} words × {args.dimensions}, {name:<18} {result.outcome:<9} peak "
                f"{result.memory / 1e6:6.0f} MB; two padded matrices {matrices / 1e6:.0f} MB; bound {bound / 1e6:.0f} "
                f"MB; {result.memory / bound:.2f} of it",
                flush=True,
            )
            store.resume(run)


if __name__ == "__main__":
    main()
