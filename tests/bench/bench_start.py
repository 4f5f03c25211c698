"""Start pressed → first loss point: `python -m tests.bench.bench_start`.

From `create_run` to the first row that a reader of metrics.jsonl sees, with a dispatcher that is already there and
without one, and how much of it each phase of the trainer took. The target is 2.5 s with the kernel cached.
"""

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from core.runs.dispatcher import ensure_dispatcher
from core.runs.events import read_events
from core.runs.spec import make_spec
from core.runs.store import Store

REPEATS = 5
TARGET = 2.5


def write_text(path: Path) -> None:
    """Half a million words of no meaning, Zipf distributed."""
    rng = np.random.default_rng(1)
    words = (1 / rng.random(500_000)).astype(np.int64) % 20_000
    path.write_text("\n".join(" ".join(f"w{word}" for word in words[i : i + 20]) for i in range(0, len(words), 20)))


def start(store: Store, corpus: str) -> dict[str, float]:
    """Seconds from the click to each event of a run."""
    spec = make_spec("skipgram", {"epochs": 3}, {"corpus": corpus})
    clicked = time.perf_counter()
    run = store.create_run(spec)
    ensure_dispatcher(store)
    found: dict[str, float] = {"written down": time.perf_counter() - clicked}
    folder = store.run_folder(run)
    while True:
        passed = time.perf_counter() - clicked
        if (folder / "attempts" / "001.json").exists():
            found.setdefault("taken by the trainer", passed)
        for event in read_events(folder / "events.jsonl")[1]:
            if event["kind"] == "phase":
                found.setdefault(event["phase"], passed)
            elif event["kind"] == "frame":
                found.setdefault("first frame", passed)
        if store.metrics(run)[1]:
            found.setdefault("first loss", passed)
        if not store.run(run).active:
            return {**found, "ended": passed}
        time.sleep(0.005)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        text = Path(scratch) / "words.txt"
        write_text(text)
        rows: dict[str, list[dict[str, float]]] = {"no dispatcher": [], "dispatcher there": []}
        for number in range(REPEATS):
            store = Store(Path(scratch) / f"home{number}")
            corpus = store.add_corpus(text)
            for case in rows:
                rows[case].append(start(store, corpus))
            store.home.rename(Path(scratch) / f"gone{number}")
            time.sleep(0.5)
    print(f"seconds from the click, median of {REPEATS} (largest)")
    for case, found in rows.items():
        print(f"\n{case}")
        for event in found[0]:
            seconds = [one[event] for one in found if event in one]
            print(f"  {event:<22}{statistics.median(seconds):6.2f}  ({max(seconds):.2f})")
        first = statistics.median(one["first loss"] for one in found)
        print(f"  first loss / target   {first / TARGET:6.2f}")


if __name__ == "__main__":
    main()
