"""When a training has left all bounds; a clipped sigmoid would hide it, with a loss that is finite and falls."""

import math

import numpy as np

from core.errors import DivergedError
from core.negative_sampling.model import Model
from core.negative_sampling.workers import Tally

__all__ = ["watch"]

CHANCE_FACTOR = 3.0
LARGEST_NORM = 1e3
NORM_ROWS = 10_000
"""Rows looked at at every Step: those of the most frequent words, which move the most."""


def watch(model: Model, tally: Tally, blocks: int, chance: float, rate: float, whole: bool) -> None:
    """Look at a model after a Step, and count in it the Steps whose loss was too high.

    Args:
        model: what is trained, after its last block.
        tally: what was counted since the last Step.
        blocks: blocks of the whole training.
        chance: the mean loss of one who knows nothing.
        rate: the learning rate it began with.
        whole: whether to look at all vectors.

    Raises:
        DivergedError: the mean loss was above three times chance in two Steps running, or a vector is longer than a
            thousand or not finite.
    """
    mean = tally.loss / tally.examples if tally.examples else 0.0
    model.high_steps = model.high_steps + 1 if mean > CHANCE_FACTOR * chance else 0
    rows = len(model.inputs) if whole else NORM_ROWS
    square = max(float(np.einsum("ij,ij->i", m[:rows], m[:rows]).max()) for m in (model.inputs, model.outputs))
    norm = math.sqrt(square) if math.isfinite(square) else math.inf
    what = ""
    if not math.isfinite(mean) or not norm <= LARGEST_NORM:
        what = f"a vector has grown to length {norm:.3g}"
    elif model.high_steps >= 2:
        what = f"the mean loss is {mean:.3g}, above {CHANCE_FACTOR:g} times chance ({chance:.3g})"
    if what:
        better = min(0.025, rate / 10)
        raise DivergedError(
            f"Training diverged at block {model.block} of {blocks}: {what}, with learning_rate {rate:g}; try "
            f"learning_rate {better:.3g}."
        )
