"""Settings that fit a corpus, and what a training will cost, both from the size of the corpus alone."""

from typing import Any

from core.architecture import CorpusSize, Estimate, Preset
from core.negative_sampling.params import NegativeSamplingParams

__all__ = ["estimate", "settings"]

SMALL, LARGE = 100_000, 1_000_000
"""Tokens below which a corpus needs every one of them, and from which frequent words can be thinned hard."""

OVERHEAD_BYTES = 250_000_000
"""The interpreter, numpy, the compiler and its compiled kernels."""


def settings(preset: Preset, size: CorpusSize) -> dict[str, Any]:
    """Settings for a corpus of this size; what is not named keeps its default.

    Measured with `tests/bench/bench_presets.py` (100 dimensions, 5 negatives, one seed; ρ on WordSim-353 and RG-65):

    | film reviews | subsample | epochs | window | ρ |
    |---|---|---|---|---|
    | 300,000 words | 1e-3 | 15 | 5 | .32 |
    | | **1e-4** | **40** | **5** | **.38** |
    | | 1e-4 | 40 | 10 | .37 |
    | | 1e-5 | 40 | 10 | .25 |
    | 2 million words | 1e-4 | 10 | 5 | .38 |
    | | 1e-4 | 15 | 10 | .42 |
    | | **3e-5** | **15** | **5** | **.43** |
    | | 1e-5 | 15 | 10 | .34 |

    3.4 million words of medical questions peaked at 15 epochs with 1e-5 and fell off beyond 30. So: the smaller the
    corpus, the more passes; the larger, the stronger the subsampling; twice word2vec's rate, since passes are few.
    """
    tokens = max(1, size.tokens)
    epochs = 15 * (3e6 / tokens) ** 0.42
    chosen: dict[str, Any] = {
        "dimensions": 100 if tokens >= SMALL else 50,
        "subsample": 3e-5 if tokens >= LARGE else 1e-4 if tokens >= SMALL else 1e-3,
        "learning_rate": 0.05,
        "epochs": round(min(max(epochs, 5), 60)),
    }
    if preset == "quick":
        chosen["epochs"] = max(3, chosen["epochs"] // 3)
        chosen["dimensions"] = 50
    elif preset == "thorough":
        chosen["epochs"] = round(1.5 * chosen["epochs"])
        chosen["dimensions"] *= 2
        chosen["negatives"] = 10
    return chosen


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
