"""Settings that fit a corpus, and what a training will cost, both from the size of the corpus alone."""

from typing import Any

from core.architecture import CorpusSize, Estimate, Preset
from core.negative_sampling.params import NegativeSamplingParams

__all__ = ["estimate", "settings"]

OVERHEAD_BYTES = 250_000_000
"""The interpreter, numpy, the compiler and its compiled kernels."""


def settings(preset: Preset, size: CorpusSize) -> dict[str, Any]:
    """Settings for a corpus of this size; what is not named keeps its default."""
    if preset == "quick":
        return {"epochs": 3}
    return {"epochs": 5 if preset == "balanced" else 15}


def estimate(
    params: NegativeSamplingParams, size: CorpusSize, threads: int, width: int, pace: float, pairs: bool
) -> Estimate:
    """Seconds and memory of a training.

    Args:
        params: the settings.
        size: the corpus after the run's cut-offs.
        threads: worker threads.
        width: floats of a padded row.
        pace: padded floats that one thread updates in a second.
        pairs: whether each context is trained on its own.
    """
    contexts = params.window + 1 if pairs else 1
    floats = size.tokens * params.epochs * contexts * (1 + params.negatives) * (width + 16)
    memory = 2 * size.vocabulary * width * 4 + 4 * size.tokens + 2 * size.vocabulary * params.dimensions * 4
    return Estimate(seconds=0.3 + floats / (pace * max(1, threads)), memory=memory + OVERHEAD_BYTES)
