"""Contestants that train on the same text take turns; then a line for each peer says who was faster and better.

Seconds are the wall's. Beside their ratio stands that of the processor's seconds, which other programs on the machine
change less. Quality is the mean over the seeds; see `tests.bench.quality` for what counts as equal.
"""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from core.architecture import ARCHITECTURES, Context
from core.data.corpus import Corpus
from core.data.training_data import TrainingData
from core.params import validate
from tests.bench.quality import SHARE, SLACK, analogies, rubenstein_goodenough, unit_of, word_sim

THREADS = 2


class Clock:
    """Seconds of the wall and of the processor, this process and its children."""

    def __init__(self) -> None:
        self.start = self._now()

    @staticmethod
    def _now() -> np.ndarray:
        times = os.times()
        return np.array([time.perf_counter(), times.user + times.system + times.children_user + times.children_system])

    def __call__(self) -> np.ndarray:
        return self._now() - self.start


@dataclass
class Trained:
    """What a contestant hands in: seconds of the wall and of the processor, and its vectors, frequent words first."""

    seconds: np.ndarray
    words: list[str]
    vectors: np.ndarray
    loss: float = float("nan")

    def scores(self) -> tuple[float, float, float]:
        """ρ on WordSim-353 and on RG-65, and the share of analogies."""
        unit = unit_of(self.vectors)
        return word_sim(self.words, unit), rubenstein_goodenough(self.words, unit), analogies(self.words, unit)


def trained(
    name: str, material: Corpus | TrainingData, seed: int, settings: Mapping[str, object], threads: int = THREADS
) -> Trained:
    """Train one of our architectures; compiling is not counted."""
    unit = ARCHITECTURES.get(name)
    params = validate(unit.Params, settings)
    unit.warm(params)
    data = material.training_data(5, 5_000_000, 0.0, seed) if isinstance(material, Corpus) else material
    model = unit(params)
    clock, loss = Clock(), float("nan")
    for step in model.train(data, Context(seed=seed, threads=threads)):
        loss = step.loss
    seconds, space = clock(), model.space()
    return Trained(seconds, space.keys, np.array(space.vectors), loss)


def compete(
    what: str, contestants: Mapping[str, Callable[[int], Trained]], seeds: int, words: int, target: float
) -> None:
    """Let all train with each seed and print what comes of it; ours is the first, `words` what each reads in all."""
    rows: dict[str, list[list[float]]] = {who: [] for who in contestants}
    for seed in range(1, seeds + 1):
        for who, train in contestants.items():
            found = train(seed)
            rows[who].append([*found.seconds, *found.scores()])
            wall, processor, sim, likeness, share = rows[who][-1]
            print(
                f"  {what} seed {seed} {who:<11}{wall:8.2f} s {words / wall / 1e6:6.2f} M words/s{processor:8.2f} s of "
                f"processor  ρ {sim:.3f} {likeness:.3f}  analogies {share:.4f}",
                flush=True,
            )
    mine, *peers = (np.array(found) for found in rows.values())
    for who, other in zip(list(rows)[1:], peers, strict=True):
        wall, processor = (np.median(other[:, i]) / np.median(mine[:, i]) for i in (0, 1))
        ours, theirs = mine[:, 2:].mean(axis=0), other[:, 2:].mean(axis=0)
        equal = (ours[:2] >= theirs[:2] - SLACK).all() and ours[2] >= SHARE * theirs[2]
        print(
            f"{what}: {wall:.1f} × as fast as {who} (target {target:g}; processor {processor:.1f} ×); ρ {ours[0]:.3f} "
            f"{ours[1]:.3f} against {theirs[0]:.3f} {theirs[1]:.3f}; analogies {ours[2]:.4f} against {theirs[2]:.4f} "
            f"({ours[2] / max(1e-9, theirs[2]):.0%}); {'equal' if equal else 'NOT EQUAL'} in quality",
            flush=True,
        )
