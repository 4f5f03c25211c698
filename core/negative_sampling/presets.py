"""Settings that fit a corpus, and what a training will cost, both from the size of the corpus alone."""

from typing import Any

import numpy as np
import numpy.typing as npt

from core.architecture import CorpusSize, Estimate, Preset
from core.negative_sampling.held_out import keep_probabilities
from core.negative_sampling.near import MOST_WORDS
from core.negative_sampling.params import NegativeSamplingParams
from core.negative_sampling.workers import useful_threads

__all__ = ["estimate", "kept_share", "near_seconds", "settings", "zipfian_counts"]

SMALL = 100_000
"""Tokens from which a corpus can spare most of its frequent words and fill 100 dimensions."""
MOST_EPOCHS = 40
ENOUGH_TOKENS = 500_000
"""Tokens to go through in any case: below, vectors have hardly left where they began."""

FETCHED = 6.0
"""Contexts that a row of the outputs could be scored against in the time in which it is fetched and written back."""
SUMMED = 0.4
"""Outputs that could be scored while CBOW fetches one context, adds it up and writes it back."""
COMMON_WORDS = 5_000
"""Words that all speakers of a language share."""
PRODUCTS_PER_SECOND = 3e10
"""Of the vectors of words with one another."""
OVERHEAD_BYTES = 250_000_000
"""The interpreter, numpy, the compiler and its compiled kernels."""


def settings(preset: Preset, size: CorpusSize, pairs: bool) -> dict[str, Any]:
    """Settings for a corpus of this size; what is not named keeps its default.

    Measured with `tests/bench/bench_presets.py`; skip-gram left, CBOW right; two seeds, from a million words on one.
    *gaps* is how well a word is told from equally frequent ones by the words around it, in lines never trained on (.5
    is chance), *pairs* ρ on WordSim-353 and RG-65, *labels* the accuracy of a classifier of documents.

    | corpus | words | | word2vec's | quick | balanced | thorough |
    |---|---|---|---|---|---|---|
    | Finnish | 24,000 | gaps | .54 .52 | .68 .67 | .76 .77 | .76 .77 |
    | Python help | 51,000 | gaps | .59 .52 | .75 .75 | .75 .76 | .74 .77 |
    | medical answers | 80,000 | gaps | .67 .60 | .77 .77 | .77 .79 | .76 .80 |
    | | | labels | .95 .84 | .96 .96 | .96 .96 | .97 .96 |
    | German law | 104,000 | gaps | .63 .57 | .80 .79 | .81 .81 | .80 .82 |
    | medical | 162,000 | gaps | .82 .73 | .84 .83 | .82 .85 | .81 .85 |
    | presidents | 164,000 | gaps | .66 .55 | .74 .74 | .73 .75 | .72 .75 |
    | | | pairs | .13 .14 | .30 .39 | .30 .37 | .29 .36 |
    | film sentences | 192,000 | gaps | .56 .52 | .68 .67 | .67 .69 | .67 .68 |
    | | | labels | .65 .59 | .70 .70 | .73 .74 | .73 .74 |
    | film reviews | 287,000 | gaps | .61 .53 | .67 .65 | .66 .68 | .66 .67 |
    | | | pairs | .15 .04 | .31 .29 | .31 .35 | .34 .35 |
    | | 963,000 | pairs | .09 .11 | .23 .24 | .38 .31 | .35 .35 |
    | | 2.9 million | pairs | .26 .18 | .38 .36 | .50 .45 | .43 .43 |
    | | 11 million | pairs | .44 .31 | .47 .39 | .56 .52 | .56 .51 |

    What a change to *balanced* does, the mean over the seven corpora above of 24,000 to 287,000 words without Python's:

    | | gaps | pairs | labels |
    |---|---|---|---|
    | half the epochs | −.018 −.049 | −.12 −.18 | −.009 −.012 |
    | twice the epochs | −.013 −.012 | −.06 −.03 | .000 −.003 |
    | subsample × 3 | −.012 −.011 | −.08 +.02 | +.002 −.003 |
    | subsample ÷ 3 | −.031 −.051 | −.07 −.13 | −.013 −.013 |
    | learning rate .025 | −.015 −.048 | −.12 −.19 | −.009 −.012 |
    | learning rate .1 | −.020 −.022 | −.10 −.05 | −.004 −.004 |
    | window 10 | −.013 −.006 | .00 −.03 | .000 .000 |
    | 50 for 100 dimensions or 100 for 50 | −.003 −.003 | +.02 .00 | −.014 −.013 |
    | 10 negatives | −.004 −.001 | +.01 +.01 | −.003 −.002 |

    (Seeds differ by about .003, in pairs by .03.) So: the smaller a corpus, the more passes, but
    no more than 40 where it has the words to learn from at all; CBOW, which learns less from a pass, twice as many;
    frequent words thinned out ten to thirty times harder than word2vec does, and less where passes are few; twice
    word2vec's rate. *Thorough* is hardly better than *balanced* by these scores. 3.4 million words of medical questions
    were best with still stronger thinning (1e-5), film reviews of that length with 3e-5.

    Args:
        preset: quick takes a third of the time of balanced, thorough twice as long.
        size: the corpus after the run's cut-offs.
        pairs: whether each context is trained on its own, as skip-gram does; else all together, as CBOW does.
    """
    tokens = max(1, size.tokens)
    passes = 15 * (3e6 / tokens) ** 0.42
    if preset == "thorough":
        passes *= 1.5
    epochs = max(min(max(passes, 5), MOST_EPOCHS), min(ENOUGH_TOKENS / tokens, 500))
    # A small vocabulary is most of what is to be learned: its words are frequent all and must not be thinned out.
    subsample = max(3e-5 if tokens >= SMALL else 1e-4, 0.15 / max(1, size.vocabulary))
    if preset == "quick":
        # Few passes cannot spare as many words.
        epochs, subsample = max(3, epochs / 3), 10 * subsample
    return {
        "dimensions": 50 if preset == "quick" or (preset == "balanced" and tokens < SMALL) else 100,
        "negatives": 10 if preset == "thorough" else 5,
        "subsample": float(f"{subsample:.1g}"),
        "learning_rate": 0.05,
        "epochs": round(epochs if pairs else 2 * epochs),
    }


def estimate(
    params: NegativeSamplingParams,
    size: CorpusSize,
    threads: int,
    width: int,
    pace: float,
    pairs: bool,
    outputs: float | None = None,
) -> Estimate:
    """Seconds and memory of a training.

    Args:
        params: the settings.
        size: the corpus after the run's cut-offs.
        threads: worker threads.
        width: floats of a padded row.
        pace: padded floats that one thread updates in a second.
        pairs: whether each context is trained on its own.
        outputs: rows that a word is told by; None: its own and those of the negatives.
    """
    contexts, outputs = params.window + 1, 1.0 + params.negatives if outputs is None else outputs
    scored = (contexts + FETCHED) * outputs if pairs else outputs + SUMMED * contexts
    kept = size.tokens * kept_share(size, params.subsample)
    floats = kept * params.epochs * scored * (width + 16)
    memory = 2 * size.vocabulary * width * 4 + 4 * size.tokens + 2 * size.vocabulary * params.dimensions * 4
    seconds = 0.3 + near_seconds(params, size) + floats / (pace * useful_threads(threads, size.vocabulary))
    return Estimate(seconds=seconds, memory=memory + OVERHEAD_BYTES)


def near_seconds(params: NegativeSamplingParams, size: CorpusSize) -> float:
    """Seconds in which near words are looked for, once an epoch but the first; none where noise is not hard."""
    rows = min(size.vocabulary, MOST_WORDS) if params.noise == "hard" else 0
    return (params.epochs - 1) * rows**2 * params.dimensions / PRODUCTS_PER_SECOND


def kept_share(size: CorpusSize, subsample: float) -> float:
    """Share of the tokens that subsampling leaves, 0 to 1, by the law of `zipfian_counts`.

    At 3e-5 it is at most a twelfth off for English and German of 100,000 to 11 million words, a fifth too much for
    medical answers, which repeat themselves, and too little by as much and more for small corpora of rich morphology.
    """
    counts = zipfian_counts(size)
    return float(keep_probabilities(counts, subsample) @ counts / counts.sum())


def zipfian_counts(size: CorpusSize) -> npt.NDArray[np.int64]:
    """How often words occur, the most frequent first, if their frequencies follow Zipf's law: 1/r up to some rank r.

    Beyond, words that not every speaker uses fall off with its square (R. Ferrer i Cancho and R. V. Solé, "Two regimes
    in the frequency of words and the origins of complex lexicons", Journal of Quantitative Linguistics 8, 2001).
    """
    ranks = np.arange(1, max(1, size.vocabulary) + 1)
    law = 1 / ranks * np.minimum(1, COMMON_WORDS / ranks)
    counts: npt.NDArray[np.int64] = np.maximum(1, size.tokens * law / law.sum()).astype(np.int64)
    return counts
