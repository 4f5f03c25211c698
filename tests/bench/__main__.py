"""All benchmarks, one after the other: `python -m tests.bench`, or `make bench`. They take half an hour."""

import subprocess
import sys
from pathlib import Path

for path in sorted(Path(__file__).parent.glob("bench_*.py")):
    print(f"\n== {path.stem}", flush=True)
    subprocess.run([sys.executable, "-m", f"tests.bench.{path.stem}"], check=False)
