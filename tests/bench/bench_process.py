"""Whole processes, from a text file to saved vectors, against gensim's; and the trainer's peak memory.

    python -m tests.bench.bench_process [--words N] [--rounds 3]

Both start from the same file, train skip-gram with the same settings (3 epochs, 100 dimensions, window 5, 5 negatives,
minimum count 5, subsampling 1e-3) on two threads, and end when the vectors are on the disk. gensim reads the file in
its fastest way (`corpus_file`). Rounds alternate; the table gives medians and their ratio.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.bench.corpus import film_reviews

ROOT = Path(__file__).parents[2]
SETTINGS = ["epochs=3", "dimensions=100", "window=5", "negatives=5", "subsample=0.001", "learning_rate=0.025"]
GENSIM = """
import sys
from gensim.models import Word2Vec
model = Word2Vec(corpus_file=sys.argv[1], sg=1, epochs=3, vector_size=100, window=5, negative=5, min_count=5,
                 sample=1e-3, alpha=0.025, workers=2, seed=1, max_vocab_size=None)
model.wv.save_word2vec_format(sys.argv[2], binary=True)
"""


def ours(text: Path, scratch: Path) -> tuple[float, dict[str, object]]:
    command = [sys.executable, "-m", "core", "train", str(text), "--json", "--threads", "2", "--min-count", "5"]
    for setting in SETTINGS:
        command += ["--set", setting]
    env = os.environ | {"SEMASCOPE_HOME": str(Path(tempfile.mkdtemp(dir=scratch)) / "home")}
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    return time.perf_counter() - start, json.loads(done.stdout.splitlines()[-1])


def gensim(text: Path, scratch: Path) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", GENSIM, str(text), str(scratch / "gensim.bin")], cwd=ROOT, check=True)
    return time.perf_counter() - start


def peak_memory(text: Path, scratch: Path) -> tuple[int, dict[str, object]]:
    """Peak resident bytes of the trainer process, by the system's own account (VmHWM), looked at until it ends."""
    command = [sys.executable, "-m", "core", "train", str(text), "--json", "--threads", "2", "--min-count", "5"]
    for setting in SETTINGS:
        command += ["--set", setting]
    env = os.environ | {"SEMASCOPE_HOME": str(Path(tempfile.mkdtemp(dir=scratch)) / "home")}
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        peak = 0
        while process.poll() is None:
            for other in psutil.process_iter(["cmdline"]):
                if "core.runs.trainer" in (other.info["cmdline"] or []) and (home := env["SEMASCOPE_HOME"]):
                    if home not in " ".join(other.info["cmdline"]):
                        continue
                    peak = max(peak, _high_water(other.pid))
            time.sleep(0.02)
        return peak, json.loads(process.stdout.read().splitlines()[-1])


def _high_water(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    line = next((line for line in status.splitlines() if line.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(line.split()[1]) * 1024


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--words", type=int, default=None)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    text = film_reviews(args.words)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        mine, theirs, parts = [], [], []
        for _ in range(args.rounds):
            seconds, summary = ours(text, scratch)
            mine.append(seconds)
            parts.append(summary["seconds"])
            theirs.append(gensim(text, scratch))
        print(f"text file to saved vectors, {text.stat().st_size / 1e6:.0f} MB, {args.rounds} rounds, medians")
        print(f"  semascope  {statistics.median(mine):7.2f} s   {parts[-1]}")
        print(f"  gensim     {statistics.median(theirs):7.2f} s")
        print(f"  ratio      {statistics.median(theirs) / statistics.median(mine):7.2f} x   (target 6)")
        peak, summary = peak_memory(text, scratch)
        matrices = 2 * int(summary["vocabulary"]) * 112 * 4
        bound = 1.3 * (matrices + 4 * int(summary["tokens"])) + 0.5e9
        print(
            f"peak memory of the trainer {peak / 1e6:.0f} MB; bound "
            f"1.3 x (matrices + tokens) + 0.5 GB = {bound / 1e6:.0f} MB"
        )


if __name__ == "__main__":
    main()
