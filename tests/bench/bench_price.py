"""What was told before Start against what came true.

    python -m tests.bench.bench_price [--words N] [--seconds 25] [NAME[:SETTING=VALUE…]]…

`skipgram:output=full_softmax:optimiser=adam` is one with settings of its own; without names, skip-gram and CBOW.
For each: the price by size, the trial's, then the run itself as a person would start it. The target is a
trial of at most 3 s whose prediction is within ± 25 % for runs over 20 s. On a machine that has other things to do the
seconds say more of those than of the trial; processor seconds (what the trial got, carried on) say it anyway. The
epochs are chosen so that a run takes about as long as is asked for (25 s).
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from core.params import parse_assignments
from core.runs.dispatcher import TRAINER_ENVIRONMENT
from core.runs.prices import Predicted, deviation, price_by_size
from core.runs.probing import probe
from core.runs.records import Result
from core.runs.settings import automatic_threads
from core.runs.spec import make_spec
from core.runs.store import Store
from tests.bench.corpus import film_reviews

ARCHITECTURES = ("skipgram", "cbow")


def priced(
    store: Store, corpus: str, architecture: str, chosen: dict[str, object], seconds: float
) -> tuple[Predicted, Predicted | None, Result, float, float]:
    """The price by size and, if it told anything, by trial; the truth with processor seconds; the trial’s time."""
    spec = make_spec(architecture, chosen, {"corpus": corpus})
    assert spec.params is not None
    opened = store.corpus(corpus)
    size = opened.size(spec.settings.min_count, spec.settings.max_vocabulary)
    threads = automatic_threads(0, opened.tokens_total, 1)
    settings = spec.settings.model_dump(mode="json")

    def tried(epochs: int) -> Predicted | None:
        params = chosen | {"epochs": epochs}
        asked = {"architecture": architecture, "params": params, "settings": settings, "threads": threads}
        return probe(store, "local", asked)

    def by_size(epochs: int) -> Predicted:
        params = make_spec(architecture, chosen | {"epochs": epochs}, spec.settings).params
        assert params is not None
        return price_by_size(architecture, params, size, threads)

    tried(5)  # compiles
    epochs = max(1, round(5 * seconds / (tried(5) or by_size(5)).seconds))
    began = time.perf_counter()
    trial = tried(epochs)
    took = time.perf_counter() - began
    spec = make_spec(architecture, chosen | {"epochs": epochs}, spec.settings)
    run = store.create_run(spec)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "core.runs.trainer", run, "--home", str(store.home)]
    subprocess.run(command, env=os.environ | TRAINER_ENVIRONMENT, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = store.run(run).result
    assert result is not None
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return by_size(epochs), trial, result, used, took


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", default=list(ARCHITECTURES))
    parser.add_argument("--words", type=int, default=None)
    parser.add_argument("--seconds", type=float, default=25.0)
    args = parser.parse_args()
    text = film_reviews(args.words)
    print(f"{args.words or 'all'} words; predicted, and how far off")
    print(f"{'':<10}{'':<10}{'by size':>18}{'by trial':>18}{'true':>10}   trial took, of the processor time it got")
    with tempfile.TemporaryDirectory() as scratch:
        store = Store(Path(scratch) / "home")
        corpus = store.add_corpus(text)
        for name in args.names:
            architecture, *rest = name.split(":")
            found = priced(store, corpus, architecture, parse_assignments(rest), args.seconds)
            size, trial, result, used, took = found
            print(name)
            for what, unit, name in (("seconds", 1.0, "s"), ("memory", 1e6, "MB")):
                true = (result.seconds.total if what == "seconds" else result.memory) / unit
                told = [getattr(price, what) / unit for price in (size, trial) if price is not None]
                shown = "".join(f"{f'{one:,.1f} {name} {deviation(one, true)}':>18}" for one in told)
                share = "told nothing" if trial is None else f"{trial.share:.0%}"
                extra = f"   {took:.1f} s, {share}" if what == "seconds" else ""
                print(f"{architecture:<10}{what:<10}{shown}{f'{true:,.1f} {name}':>10}{extra}", flush=True)
            if trial is None:
                continue
            carried = trial.seconds * trial.share * trial.threads
            print(
                f"{architecture:<10}{'processor':<28}{f'{carried:,.1f} s {deviation(carried, used)}':>18}{used:>8.1f} s"
            )
        store.home.rename(Path(scratch) / "gone")
        time.sleep(0.5)


if __name__ == "__main__":
    main()
