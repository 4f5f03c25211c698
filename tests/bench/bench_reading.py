"""How fast and in how much memory text becomes a corpus: `python -m tests.bench.bench_reading [FILE]`.

Reads 11 million words (../shared/data/speed) in the limited child process and in this one, with plain Python's `re`
and `Counter` as the yardstick, then the same words many times over to see that memory does not grow with the corpus.
"""

import argparse
import gc
import lzma
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from core.data.build import build_corpus
from core.data.ingest import ingest
from core.data.options import CorpusOptions

SPEED = Path(__file__).resolve().parents[3] / "shared" / "data" / "speed" / "film_reviews_11m_words.txt.xz"
OPTIONS = CorpusOptions()
MEMORY = """
import resource, sys, tempfile
from pathlib import Path
from core.data.build import build_corpus
from core.data.options import CorpusOptions
with tempfile.TemporaryDirectory(dir=Path(sys.argv[1]).parent) as folder:
    corpus = build_corpus(Path(sys.argv[1]), Path(folder) / "corpus", CorpusOptions())
    print(corpus.tokens_total, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def plain(path: Path) -> int:
    """What a script would do: `re`, `Counter`, numbers in a list."""
    counts: Counter[str] = Counter()
    tokens = []
    numbers: dict[str, int] = {}
    with path.open(encoding="utf-8") as file:
        for line in file:
            words = re.findall(r"\w+", line.lower())
            counts.update(words)
            tokens += [numbers.setdefault(word, len(numbers)) for word in words]
    return len(tokens)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=SPEED)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--large", type=int, default=16, help="copies of the file for the memory row (16 is 1 GB)")
    args = parser.parse_args()
    if not args.file.exists():
        sys.exit(f"{args.file} is not there")
    with tempfile.TemporaryDirectory(prefix="semascope-bench-") as scratch:
        folder = Path(scratch)
        path = folder / "text.txt"
        data = args.file.read_bytes()
        path.write_bytes(lzma.decompress(data) if args.file.suffix == ".xz" else data)
        build_corpus(path, folder / "warm", OPTIONS)
        seconds: dict[str, list[float]] = {"plain Python": [], "build_corpus": [], "ingest (child)": []}
        words = 0
        for number in range(args.repeats):
            for name, times in seconds.items():
                gc.collect()
                started = time.perf_counter()
                if name == "plain Python":
                    plain(path)
                elif name == "build_corpus":
                    words = build_corpus(path, folder / f"corpus{number}", OPTIONS).tokens_total
                else:
                    ingest(path, folder / f"corpora{number}", OPTIONS)
                times.append(time.perf_counter() - started)
        slowest = min(seconds["plain Python"])
        print(f"{words:,} words, {path.stat().st_size / 1e6:.0f} MB; best of {args.repeats}, interleaved")
        print(f"{'':16}{'seconds':>9}{'M words/s':>11}{'ratio':>8}")
        for name, times in seconds.items():
            best = min(times)
            print(f"{name:16}{best:9.2f}{words / best / 1e6:11.2f}{slowest / best:8.1f}")
        print(f"\n{'MB of text':>12}{'words':>14}{'peak MB':>10}")
        large = folder / "large.txt"
        for copies in (1, args.large):
            with large.open("wb") as file:
                for _ in range(copies):
                    file.write(path.read_bytes())
            out = subprocess.run(
                [sys.executable, "-c", MEMORY, str(large)], capture_output=True, text=True, check=True
            ).stdout.split()
            print(f"{large.stat().st_size / 1e6:12.0f}{int(out[0]):14,}{int(out[1]) / 1024:10.0f}")
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"\nprocessor time of this process: {used.ru_utime + used.ru_stime:.1f} s")


if __name__ == "__main__":
    main()
