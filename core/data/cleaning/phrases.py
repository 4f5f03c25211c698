r"""Phrases: neighbouring words that belong together become one word, as new york becomes new_york.

Of the words a and b, with f(a) and f(b) occurrences, f(ab) of them side by side, in N words, p = f / N:

npmi            ln(p(ab) / (p(a) p(b))) / -ln p(ab); 1 where a and b never stand apart, 0 by chance, -1 never together
log_likelihood  -2 ln λ = 2 Σ k ln(k / e) over the four cells a b, a ¬b, ¬a b, ¬a ¬b, with e as by chance
word2vec        (f(ab) - min_count) N / (f(a) f(b))

G. Bouma. Normalized (pointwise) mutual information in collocation extraction. GSCL 2009.
T. Dunning. Accurate methods for the statistics of surprise and coincidence. Computational Linguistics 19(1), 1993.
T. Mikolov, I. Sutskever, K. Chen, G. Corrado, J. Dean. Distributed representations of words and phrases and their
compositionality. NeurIPS 2013 (equation 6; with the factor N, as word2phrase of the same authors has it).
"""

from typing import Literal

import numpy as np
import numpy.typing as npt

from core.data.cleaner import CLEANING_STEPS, Pairs, PhraseStep
from core.data.stop_lists import StopLanguage, stop_words
from core.params import Field, Params

__all__ = ["THRESHOLDS", "Phrases", "PhrasesParams", "log_likelihood", "npmi", "word2vec_score"]

Floats = npt.NDArray[np.float64]

#: Of each measure the score from which on pairs are joined, if no other is set.
THRESHOLDS = {"npmi": 0.5, "log_likelihood": 50.0, "word2vec": 100.0}


class PhrasesParams(Params):
    """Which pairs are joined."""

    method: Literal["npmi", "log_likelihood", "word2vec"] = Field(
        "npmi",
        description="How a pair is measured: npmi asks how seldom the words stand apart, log_likelihood how sure it is "
        "that they are not together by chance (it prefers frequent words), word2vec is the measure of word2phrase.",
    )
    threshold: float | None = Field(
        None,
        ge=-1.0,
        le=1e9,
        description="Pairs with this score or more are joined; the usual one is 0.5 for npmi, 50 for log_likelihood "
        "(10.8 is significant at one in a thousand) and 100 for word2vec.",
    )
    min_count: int = Field(10, ge=2, le=1_000_000, description="Pairs that occur less often are not joined.")
    most: int = Field(10_000, ge=1, le=1_000_000, description="At most so many pairs are joined, the strongest ones.")
    stop_words: Literal["none", StopLanguage] = Field(
        "none", description="Code of a language whose stop words are in no phrase, so that there is no of_the."
    )


@CLEANING_STEPS.register
class Phrases(PhraseStep[PhrasesParams]):
    """Scores every pair; words that stand for others, such as _url_, are not joined.

    Phrases of three and four words come with the step given twice: new_york and times become new_york_times.
    """

    name = "phrases"
    title = "Phrases"
    summary = (
        "Joins words that belong together, so that new york has a vector of its own. Look at the list before; give the "
        "step twice for phrases of up to four words."
    )
    packages = ("stopwordsiso",)
    Params = PhrasesParams

    @property
    def rare(self) -> int:
        """Pairs that occur less often are not joined."""
        return self.params.min_count

    def scores(self, pairs: Pairs) -> Floats:
        """The score of each pair that is joined, nan for the others."""
        first, second = pairs.counts[pairs.first], pairs.counts[pairs.second]
        if self.params.method == "npmi":
            scores = npmi(first, second, pairs.together, pairs.tokens)
        elif self.params.method == "log_likelihood":
            scores = log_likelihood(first, second, pairs.together, pairs.tokens)
        else:
            scores = word2vec_score(first, second, pairs.together, pairs.tokens, self.params.min_count)
        threshold = self.params.threshold
        enough = scores >= (THRESHOLDS[self.params.method] if threshold is None else threshold)
        enough &= pairs.together >= self.params.min_count
        outside = self._outside(pairs)
        enough &= ~(outside[pairs.first] | outside[pairs.second])
        chosen = np.flatnonzero(enough)
        # Of equal scores the more frequent pair, then the one that is listed first.
        order = np.lexsort((chosen, -pairs.together[chosen], -scores[chosen]))[: self.params.most]
        joined = np.full(len(scores), np.nan)
        joined[chosen[order]] = scores[chosen[order]]
        return joined

    def _outside(self, pairs: Pairs) -> npt.NDArray[np.bool_]:
        """Whether each word is in no phrase."""
        language = self.params.stop_words
        listed = stop_words(language) if language != "none" else frozenset()
        return np.array([word in listed or word.startswith("_") for word in pairs.words], np.bool_)


def npmi(
    first: npt.NDArray[np.int64], second: npt.NDArray[np.int64], together: npt.NDArray[np.int64], tokens: int
) -> Floats:
    """Normalised pointwise mutual information, from -1 to 1; higher is stronger.

    Args:
        first: occurrences of the left word of each pair, shape `(pairs,)`.
        second: of the right word.
        together: of both side by side, 1 or more.
        tokens: of all words.
    """
    information = np.log(together * float(tokens)) - np.log(first.astype(np.float64)) - np.log(second)
    most = np.log(max(tokens, 1)) - np.log(together)
    # A text of one pair only: its words never stand apart.
    shares: Floats = np.divide(information, most, out=np.ones(len(together)), where=most > 0)
    return shares


def log_likelihood(
    first: npt.NDArray[np.int64], second: npt.NDArray[np.int64], together: npt.NDArray[np.int64], tokens: int
) -> Floats:
    """Dunning's log-likelihood ratio -2 ln λ, 0 by chance; negative where the words avoid each other.

    Arguments as for `npmi`.
    """
    total = float(tokens)
    a, b = first.astype(np.float64), second.astype(np.float64)
    cells = (
        (together.astype(np.float64), a * b / total),
        (a - together, a * (total - b) / total),
        (b - together, (total - a) * b / total),
        # A word that follows itself is counted in both margins.
        (np.maximum(total - a - b + together, 0), (total - a) * (total - b) / total),
    )
    ratio = np.zeros(len(a))
    for observed, expected in cells:
        share = np.divide(observed, expected, out=np.ones(len(a)), where=(observed > 0) & (expected > 0))
        ratio += 2 * observed * np.log(share)
    return np.where(together * total >= a * b, ratio, -ratio)


def word2vec_score(
    first: npt.NDArray[np.int64],
    second: npt.NDArray[np.int64],
    together: npt.NDArray[np.int64],
    tokens: int,
    discount: int,
) -> Floats:
    """The measure of word2phrase: how many times as often as by chance, rare pairs discounted; higher is stronger.

    Args:
        first: as for `npmi`, as are the others.
        second: as for `npmi`.
        together: as for `npmi`.
        tokens: as for `npmi`.
        discount: taken off the occurrences of the pair.
    """
    return (together - discount) * float(tokens) / (first.astype(np.float64) * second)
