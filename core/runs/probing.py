"""A trial of a training, three seconds at most, that tells what the whole of it will take.

It is done by a process of its own, `python -m core.runs.probing`, the trainer's twin: same code, same environment, same
low priority, so that pace and peak of memory are those that the trainer will have, and a trial that goes wrong takes
nobody along. What it trains is thrown away. Compiling is not counted: the trainer will find it done.
"""

import argparse
import contextlib
import faulthandler
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.architecture import ARCHITECTURES, Architecture, Context
from core.data.training_data import TrainingData
from core.errors import RunError, SemascopeError
from core.params import Params, validate
from core.progress import Step
from core.runs.compiled import LOADING, warm
from core.runs.dispatcher import TRAINER_ENVIRONMENT
from core.runs.locks import is_held
from core.runs.portions import Portions
from core.runs.prices import Predicted
from core.runs.processes import ROOT, peak_memory
from core.runs.settings import RunSettings
from core.runs.store import Store
from core.runs.training import usual_context

__all__ = ["Foretold", "Withdrawn", "at_work", "foretell", "probe"]

PROBE_SECONDS = 3.0
PATIENCE = 0.5
"""Seconds that a last Step may take beyond them, before the process is ended."""
AT_LEAST = 1.5
"""Seconds that training has of them, also where a busy machine took long to start the process and to read."""
LONGEST_READING = 10.0
"""Seconds that opening the corpus may take on a busy machine, before the size has to do."""
SHORTEST_SPAN = 0.3
"""Seconds between the first and the last Step of a trial, below which it tells nothing."""
UPKEEP = 0.04
"""Share of its time that a training spends on checkpoints and frames, which a trial has none of."""
POLL = 0.05


class Withdrawn(Exception):  # noqa: N818 - a way out, not an error
    """Nobody waits for the trial any longer, or it would be in the way of a training."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """What the beginning of a training tells.

    Attributes:
        seconds: that all of it will take.
        words: passed over in the trial.
        share: of the processor time that it could have used, how much it got, 0 to 1.
    """

    seconds: float
    words: int
    share: float


def at_work(store: Store) -> bool:
    """Whether a training is under way in the store, which a trial would slow down and be slowed down by."""
    return any(is_held(path) for path in (store.home / "slots").iterdir())


def foretell(
    steps: Iterator[Step],
    steady: bool,
    until: float,
    threads: int = 1,
    clock: Callable[[], float] = time.monotonic,
    processor: Callable[[], float] = time.process_time,
) -> Foretold | None:
    """Train for a while, or to the end; None where the beginning tells nothing of the rest.

    The first Step is set apart: in it caches and memory are still cold.

    Args:
        steps: of a training.
        steady: the fraction grows evenly with time from Step to Step.
        until: what the clock says when it shall have stopped: no Step is begun that would go on longer.
        threads: worker threads.
        clock: seconds of the day.
        processor: seconds of processor time.
    """
    began, used = clock(), processor()
    before = began
    first: tuple[float, float, float] | None = None
    for step in steps:
        now, spent = clock(), processor()
        if step.fraction >= 1:
            return Foretold(now - began, step.words, _share(now - began, spent - used, threads))
        another = now if first is None else now + now - before
        first, before = first or (now, spent, step.fraction), now
        if another < until:
            continue
        span, gained = now - first[0], step.fraction - first[2]
        if not steady or span < SHORTEST_SPAN or gained <= 0:
            return None
        seconds = first[0] - began + span * (1 - first[2]) / gained
        return Foretold(seconds, step.words, _share(span, spent - first[1], threads))
    if first is None:
        return None
    # It ended early of itself.
    return Foretold(before - began, step.words, _share(before - began, processor() - used, threads))


def probe(
    store: Store,
    workspace: str,
    asked: Mapping[str, Any],
    wanted: Callable[[], bool] = lambda: True,
    busy: Callable[[Store], bool] = at_work,
) -> Predicted | None:
    """Have a trial made, and wait for it; None where it tells nothing and the size has to do.

    Args:
        store: where the corpus is.
        workspace: of the corpus.
        asked: `architecture`, `params`, `settings` and `threads`.
        wanted: asked again and again; False ends the trial.
        busy: likewise; True ends it. Who keeps the store quiet by holding its slots says otherwise.

    Raises:
        Withdrawn: nobody wants it any longer, or a training is under way.
        RunError: training cannot work like this: what it would have failed of, as a sentence.
    """
    command = [sys.executable, "-m", "core.runs.probing", "--home", str(store.home), "--workspace", workspace]
    given = json.dumps(dict(asked))
    if busy(store):
        raise Withdrawn
    environment = {**os.environ, **TRAINER_ENVIRONMENT}
    with subprocess.Popen(
        [*command, "--began", repr(time.time()), "--asked", given],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=environment,
    ) as child:
        while child.poll() is None:
            if not wanted() or busy(store):
                child.kill()
                raise Withdrawn
            time.sleep(POLL)
        assert child.stdout is not None
        said = child.stdout.read(10_000)
    try:
        found = json.loads(said)
        return None if found is None else Predicted.model_validate(found)
    except ValueError:
        pass
    message = said.decode("utf-8", "replace").strip()
    if message:
        raise RunError(message[:600])
    return None


def _share(seconds: float, used: float, threads: int) -> float:
    return min(1.0, max(0.0, used / (seconds * threads))) if seconds > 0 else 1.0


def _measure(store: Store, workspace: str, asked: Mapping[str, Any], began: float) -> Predicted | None:
    """The trial itself, in the process that is made for it.

    Args:
        store: where the corpus is.
        workspace: of the corpus.
        asked: as `probe` takes it.
        began: when the trial was begun, in seconds since 1970.
    """
    unit = ARCHITECTURES.get(str(asked["architecture"]))
    params = validate(unit.Params, asked["params"], unit.name)
    settings, threads = validate(RunSettings, asked["settings"], "a run"), int(asked["threads"])
    started = time.monotonic()
    corpus = store.corpus(settings.corpus, workspace)
    data = corpus.training_data(settings.min_count, settings.max_vocabulary, settings.held_out, settings.seed)
    threads = unit.useful_threads(threads, data.vocabulary)
    read = time.monotonic() - started
    faulthandler.cancel_dump_traceback_later()
    started, used = time.monotonic(), time.process_time()
    warm(unit, params)
    loaded, compiled = time.monotonic() - started, time.process_time() - used > LOADING
    left = max(AT_LEAST, PROBE_SECONDS - (time.time() - began) + (loaded if compiled else 0.0))
    with open(os.devnull, "w") as nowhere:
        # One Step may take longer than there is time: then this process ends in the middle of it, without a word.
        faulthandler.dump_traceback_later(left + PATIENCE, exit=True, file=nowhere)
        found, portions = _tried(unit, params, data, usual_context(settings.seed, threads), time.monotonic() + left)
        faulthandler.cancel_dump_traceback_later()
    if found is None:
        return None
    memory = portions.memory if found.words == 0 else 0
    return Predicted(
        seconds=round(read + (LOADING if compiled else loaded) + found.seconds * (1 + UPKEEP), 3),
        memory=max(peak_memory() + _unread(data, found.words), memory),
        by="trial",
        threads=threads,
        share=round(found.share, 3),
    )


def _tried(
    unit: type[Architecture[Any]], params: Params, data: TrainingData, context: Context, until: float
) -> tuple[Foretold | None, Portions]:
    """What the beginning of a training tells or, where that tells nothing, portions of the text."""
    portions = Portions(unit, params, data, context)
    if not portions.wanted(until - time.monotonic()):
        return foretell(unit(params).train(data, context), unit.steady, until, context.threads), portions
    shares = [1.0]

    def train(model: Architecture[Any], part: TrainingData, until: float) -> float | None:
        found = foretell(model.train(part, context), unit.steady, until, context.threads)
        if found is None:
            return None
        shares.append(found.share)
        return found.seconds

    try:
        seconds = portions.foretell(until, train)
    except SemascopeError:  # a portion may be too small to learn from, where the whole is not
        seconds = None
    return None if seconds is None else Foretold(seconds, 0, shares[-1]), portions


def _unread(data: TrainingData, words: int) -> int:
    """Bytes of the mapped corpus that the trial has not come to; the trainer will have passed over all of them."""
    return 4 * max(0, len(data.tokens) - words)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make a trial; say what it tells as JSON, or why nothing can be trained as a sentence."""
    parser = argparse.ArgumentParser(prog="python -m core.runs.probing", description="Try a training for 3 seconds.")
    parser.add_argument("--home", required=True)
    parser.add_argument("--workspace", default="local")
    parser.add_argument("--asked", required=True, help="JSON: architecture, params, settings, threads")
    parser.add_argument("--began", type=float, required=True, help="when, in seconds since 1970")
    given = parser.parse_args(arguments)
    with contextlib.suppress(OSError, AttributeError):
        Path("/proc/self/oom_score_adj").write_text("900", encoding="ascii")
        os.nice(5)  # the trainer's own priority: what it gets of a busy machine is what the trainer will get
    with open(os.devnull, "w") as nowhere:
        faulthandler.dump_traceback_later(LONGEST_READING, exit=True, file=nowhere)
        try:
            found = _measure(Store(given.home), given.workspace, json.loads(given.asked), given.began)
        except SemascopeError as error:
            sys.stdout.write(str(error))
            return 1
        except MemoryError:
            sys.stdout.write("There is not enough memory for this; use fewer dimensions or a smaller vocabulary.")
            return 1
    sys.stdout.write(json.dumps(None if found is None else found.model_dump(mode="json")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
