"""One attempt at a training, from the corpus to the vectors; the process around it is `core.runs.trainer`."""

import contextlib
import hashlib
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.architecture import ARCHITECTURES, Architecture, Context, CorpusSize
from core.data.training_data import TrainingData
from core.errors import DivergedError, RunError
from core.progress import Step
from core.runs.beginning import read_before, start_of
from core.runs.checkpoints import Checkpoint, has_checkpoint, newest_good
from core.runs.compiled import warm
from core.runs.events import EventWriter
from core.runs.frame_writer import FrameWriter
from core.runs.locks import is_held
from core.runs.metrics import MetricsWriter, Row
from core.runs.records import Accuracy, Outcome
from core.runs.saving import Pace, Saver
from core.runs.settings import automatic_threads
from core.runs.spaces import SPACE_FILE, write_space
from core.runs.spec import Spec
from core.runs.store import Store
from core.space import EmbeddingSpace

__all__ = ["Reached", "Training", "usual_context"]

MOST_MISSING = 20
"""Words named that are not among the vectors to begin from, the most frequent ones."""


@dataclass(slots=True)
class Reached:
    """How far an attempt has come, for its result; filled in as it goes, so that a failure can state it too."""

    block: int = 0
    fraction: float = 0.0
    loss: float | None = None
    held_out_loss: float | None = None
    accuracy: Accuracy | None = None
    examples: int = 0
    words: int = 0
    tokens: int = 0
    vocabulary: int = 0
    threads: int = 0
    memory: int = 0
    vectors_sha256: str = ""
    seconds: dict[str, float] = field(default_factory=lambda: {"read": 0.0, "train": 0.0, "total": 0.0})


def usual_context(seed: int, threads: int, start: EmbeddingSpace | None = None) -> Context:
    """What a training is told of its surroundings: how often a Step and the held-out loss are wanted."""
    # Threads wait for each other at the end of a Step; one thread can afford to tell more often.
    steps, held_out = (0.1, 0.5) if threads == 1 else (0.25, 2.0)
    return Context(seed=seed, threads=threads, step_seconds=steps, held_out_seconds=held_out, start=start)


class Training:
    """Trains one run to its end, or until it is asked to stop.

    Args:
        store: where corpora and slots are.
        folder: the run's folder; its lock is held by this process.
        spec: the recipe.
        attempt: number of this attempt.
        workspace: of the run.
        pace: how often things are saved.
        asked: whether the process was asked to end, besides the stop file.
    """

    def __init__(
        self,
        store: Store,
        folder: Path,
        spec: Spec,
        attempt: int,
        workspace: str = "local",
        pace: Pace | None = None,
        asked: Callable[[], bool] = lambda: False,
    ) -> None:
        self.store, self.folder, self.spec, self.workspace = store, folder, spec, workspace
        self.attempt = attempt
        self.asked = asked
        self.reached = Reached()
        self.events = EventWriter(folder / "events.jsonl", attempt)
        self.saver = Saver(folder, attempt, self.events, pace or Pace())
        self._began = time.monotonic()
        self._before = dict(self.reached.seconds)
        self._belongs: dict[str, str] = {}

    def run(self) -> tuple[Outcome, str]:
        """Train; returns the outcome and, where there is one, the reason as a sentence.

        Raises:
            SemascopeError: the corpus or the checkpoint cannot be used, or training diverged.
            OSError: the disk is full …, after three tries.
        """
        self._phase("reading")
        data, corpus_tokens = self._read()
        checkpoint = self._checkpoint(data)
        self._phase("compiling")
        unit = ARCHITECTURES.get(self.spec.architecture)
        assert self.spec.params is not None, "imported vectors are finished from the start"
        warm(unit, self.spec.params)
        architecture = unit(self.spec.params)
        facts: dict[str, Any] = {}
        if checkpoint is not None:
            architecture.restore(checkpoint.arrays, checkpoint.state, data)
            facts = dict(checkpoint.facts)
        threads = int(facts.get("threads") or self._threads(corpus_tokens))
        self.reached.threads = unit.useful_threads(threads, data.vocabulary)
        size = CorpusSize(tokens=int(data.counts.sum()), vocabulary=data.vocabulary)
        self.reached.memory = unit.estimate(self.spec.params, size, self.reached.threads).memory
        self._before = {**self._before, **facts.get("seconds", {})}
        if self._asked():
            return "stopped", "It was stopped before its first step."
        start = self._start(data) if checkpoint is None else None
        return self._train(architecture, data, facts, start)

    def total_seconds(self) -> dict[str, float]:
        """Where the time went, over all attempts."""
        seconds = dict(self.reached.seconds)
        seconds["read"] += self._before["read"]
        seconds["total"] = self._before["total"] + time.monotonic() - self._began
        return {key: round(value, 4) for key, value in seconds.items()}

    # --------------------------------------------------------------- private

    def _read(self) -> tuple[TrainingData, int]:
        started = time.monotonic()
        settings = self.spec.settings
        corpus = self.store.corpus(settings.corpus, self.workspace)
        data = corpus.training_data(settings.min_count, settings.max_vocabulary, settings.held_out, settings.seed)
        recipe = hashlib.sha256((self.folder / "spec.json").read_bytes()).hexdigest()
        self._belongs = {"recipe": recipe, "corpus": _fingerprint(data)}
        self.reached.tokens, self.reached.vocabulary = int(corpus.tokens_total), data.vocabulary
        self.reached.seconds["read"] = time.monotonic() - started
        return data, int(corpus.tokens_total)

    def _checkpoint(self, data: TrainingData) -> Checkpoint | None:
        """The checkpoint to go on from; None begins at the beginning."""
        if self.attempt == 1 or not has_checkpoint(self.folder):
            return None
        found = newest_good(self.folder, {"run": self.folder.name}, on_disk=True)
        if found is None:
            raise RunError("It cannot be resumed: no checkpoint is whole; train again with the same recipe.")
        for what, value in self._belongs.items():
            if found.facts.get(what) != value:
                raise RunError(
                    f"It cannot be resumed: the {what} has changed since the training began "
                    f"({str(found.facts.get(what))[:12]} then, {value[:12]} now); train again."
                )
        for message in found.skipped:
            self.events.add("warning", message=message)
        return found

    def _start(self, data: TrainingData) -> EmbeddingSpace | None:
        """The vectors to begin from, and an event that says how many words have one."""
        words = list(data.words)
        start = start_of(self.store, self.spec, words, self.workspace)
        if start is not None:
            known = set(start.keys)
            missing = [word for word in words if word not in known]
            facts = {"run": self.spec.settings.begin_from, "missing": missing[:MOST_MISSING]}
            self.events.add("begun", found=len(start), words=len(words), **facts)
            if read := read_before(self.store, self.spec, self.workspace):
                self.events.add("warning", message=read)
        return start

    def _threads(self, tokens: int) -> int:
        running = sum(is_held(path) for path in (self.store.home / "slots").iterdir())
        return automatic_threads(self.spec.settings.threads, tokens, max(1, running))

    def _train(
        self, architecture: Architecture[Any], data: TrainingData, facts: dict[str, Any], start: EmbeddingSpace | None
    ) -> tuple[Outcome, str]:
        block, fraction = int(facts.get("block", 0)), float(facts.get("fraction", 0.0))
        if facts:
            self.events.add("resumed", block=block, fraction=fraction)
        before, examples = self._before["train"], int(facts.get("examples", 0))
        metrics = MetricsWriter(self.folder / "metrics.jsonl", self.attempt, block, before, examples)
        frames = FrameWriter(self.folder, self.events, self.spec.settings.watched, block)
        context = usual_context(self.spec.settings.seed, self.reached.threads, start)
        self.reached.held_out_loss, self.reached.block, self.reached.fraction = (
            facts.get("held_out_loss"),
            block,
            fraction,
        )
        self._phase("training")
        outcome: Outcome = "finished"
        last: Step | None = None
        diverged = ""
        self.saver.start_clock()
        metrics.start_clock()
        steps = architecture.train(data, context)
        try:
            for step in steps:
                last = step
                self._note(step, metrics)
                if frames.due(step):
                    self._draw(frames, architecture, step, metrics.seconds)
                if self._asked() and step.fraction < 1:
                    outcome = "stopped"
                    break
                if self.saver.due(architecture, step.block) and step.fraction < 1:
                    self.saver.save(architecture, self._facts(step))
        except DivergedError as error:
            diverged = str(error)  # the error itself would keep what diverged in memory
        if diverged:
            raise DivergedError(f"{diverged} {self._kept(architecture, data)}")
        self.reached.seconds["train"] = metrics.seconds
        if last is None:  # resumed after the last block, before the result
            return self._finish(architecture, None, outcome)
        with self._tolerating():
            self._note_row(metrics.flush())
        self._draw(frames, architecture, last, metrics.seconds)
        return self._finish(architecture, last, outcome)

    def _note(self, step: Step, metrics: MetricsWriter) -> None:
        reached = self.reached
        reached.block, reached.fraction = step.block, step.fraction
        reached.examples, reached.words = step.examples, step.words
        if step.held_out_loss is not None:
            reached.held_out_loss = step.held_out_loss
        reached.seconds["train"] = metrics.seconds
        with self._tolerating():
            self._note_row(metrics.add(step))

    def _note_row(self, row: Row | None) -> None:
        if row is not None and row["loss"] is not None:
            self.reached.loss = row["loss"]

    def _draw(self, frames: FrameWriter, architecture: Architecture[Any], step: Step, seconds: float) -> None:
        with self._tolerating():
            frames.draw(architecture.space(), step, round(seconds, 4))

    def _facts(self, step: Step) -> dict[str, Any]:
        return {
            "run": self.folder.name,
            "attempt": self.attempt,
            "block": step.block,
            "fraction": step.fraction,
            "examples": step.examples,
            "threads": self.reached.threads,
            "held_out_loss": self.reached.held_out_loss,
            "seconds": self.total_seconds(),
            **self._belongs,
        }

    def _finish(self, architecture: Architecture[Any], last: Step | None, outcome: Outcome) -> tuple[Outcome, str]:
        self._phase("saving")
        if last is not None:
            self.saver.save_at_last(architecture, self._facts(last))
        space = architecture.space()
        if (told := space.metadata.get("accuracy")) is not None:
            self.reached.accuracy = Accuracy.model_validate(told)
        self.reached.vectors_sha256 = write_space(self.folder / SPACE_FILE, space)
        if outcome == "stopped":
            return outcome, f"It was stopped at {100 * self.reached.fraction:.0f} %."
        return outcome, architecture.ended_early

    def _kept(self, architecture: Architecture[Any], data: TrainingData) -> str:
        """Go back to the last good checkpoint of a training that diverged, and say what is kept."""
        found = self.saver.last_good({"run": self.folder.name, **self._belongs})
        if found is None:
            return "That was before its first good checkpoint, so there is nothing to explore or to resume."
        with self._tolerating():
            architecture.restore(found.arrays, found.state, data)
            self.reached.vectors_sha256 = write_space(self.folder / SPACE_FILE, architecture.space())
        return f"What it had learned up to block {found.facts['block']} is kept and can be explored."

    def _asked(self) -> bool:
        return self.asked() or (self.folder / "stop").exists()

    def _phase(self, phase: str) -> None:
        with self._tolerating():
            self.events.add("phase", phase=phase, seconds=round(time.monotonic() - self._began, 3))

    @contextlib.contextmanager
    def _tolerating(self) -> Iterator[None]:
        """A row or a frame that a full disk refuses is lost; the training goes on."""
        with contextlib.suppress(OSError):
            yield


def _fingerprint(data: TrainingData) -> str:
    """Id of the corpus and checksum of what is trained on: a byte changed on the disk shows."""
    check = 0
    for array in (data.offsets, data.counts, *([] if data.labels is None else [data.labels])):
        check = zlib.crc32(np.ascontiguousarray(array).view(np.uint8).data, check)
    for first in range(0, len(data.tokens), 4_000_000):
        check = zlib.crc32(np.ascontiguousarray(data.tokens[first : first + 4_000_000]).view(np.uint8).data, check)
    return f"{check:08x}-{data.corpus}"
