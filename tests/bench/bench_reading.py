"""How fast and in how much memory text becomes a corpus: `python -m tests.bench.bench_reading [FILE]`.

Reads 11 million words (../shared/data/speed) in the limited child process and in this one, with plain Python's `re`
and `Counter` as the yardstick, then the same words many times over to see that memory does not grow with the corpus.
`--repeats 0 --step stemming --step phrases` measures the memory alone, with these steps.
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
MEMORY = """
import resource, sys, tempfile, time
from pathlib import Path
from core.data.build import build_corpus
from core.data.options import CorpusOptions
options = CorpusOptions.model_validate_json(sys.argv[2])
with tempfile.TemporaryDirectory(dir=Path(sys.argv[1]).parent) as folder:
    started = time.perf_counter()
    corpus = build_corpus(Path(sys.argv[1]), Path(folder) / "corpus", options)
    print(corpus.tokens_total, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter() - started)
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


def speed(path: Path, folder: Path, repeats: int, options: CorpusOptions) -> None:
    """Print how fast plain Python, this process and the child are."""
    build_corpus(path, folder / "warm", options)
    seconds: dict[str, list[float]] = {"plain Python": [], "build_corpus": [], "ingest (child)": []}
    words = 0
    for number in range(repeats):
        for name, times in seconds.items():
            gc.collect()
            started = time.perf_counter()
            if name == "plain Python":
                plain(path)
            elif name == "build_corpus":
                words = build_corpus(path, folder / f"corpus{number}", options).tokens_total
            else:
                ingest(path, folder / f"corpora{number}", options)
            times.append(time.perf_counter() - started)
    slowest = min(seconds["plain Python"])
    print(f"{words:,} words, {path.stat().st_size / 1e6:.0f} MB; best of {repeats}, interleaved")
    print(f"{'':16}{'seconds':>9}{'M words/s':>11}{'ratio':>8}")
    for name, times in seconds.items():
        best = min(times)
        print(f"{name:16}{best:9.2f}{words / best / 1e6:11.2f}{slowest / best:8.1f}")


def memory(path: Path, folder: Path, gigabytes: float, options: CorpusOptions) -> None:
    """Print the memory that the file takes, and so many gigabytes of it."""
    print(f"\n{'MB of text':>12}{'words':>14}{'peak MB':>10}{'seconds':>10}")
    large, size = folder / "large.txt", path.stat().st_size
    for copies in (1, round(gigabytes * 1e9 / size) or 1):
        with large.open("wb") as file:
            for _ in range(copies):
                file.write(path.read_bytes())
        command = [sys.executable, "-c", MEMORY, str(large), options.model_dump_json()]
        words, kilobytes, seconds = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        megabytes = large.stat().st_size / 1e6
        print(f"{megabytes:12.0f}{int(words):14,}{int(kilobytes) / 1024:10.0f}{float(seconds):10.1f}")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=SPEED)
    parser.add_argument("--repeats", type=int, default=3, help="0 leaves out the speed")
    parser.add_argument("--gigabytes", type=float, default=1.0, help="text for the memory row; 0 leaves it out")
    parser.add_argument("--step", action="append", default=[], help="a cleaning step with its settings")
    parser.add_argument("--tokenizer", default="words")
    args = parser.parse_args()
    if not args.file.exists():
        sys.exit(f"{args.file} is not there")
    options = CorpusOptions(steps=tuple(args.step), tokenizer=args.tokenizer)
    with tempfile.TemporaryDirectory(prefix="semascope-bench-") as scratch:
        path = Path(scratch) / "text.txt"
        data = args.file.read_bytes()
        path.write_bytes(lzma.decompress(data) if args.file.suffix == ".xz" else data)
        if args.repeats:
            speed(path, Path(scratch), args.repeats, options)
        if args.gigabytes:
            memory(path, Path(scratch), args.gigabytes, options)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"\nprocessor time of this process: {used.ru_utime + used.ru_stime:.1f} s")


if __name__ == "__main__":
    main()
