"""The contract that every bias metric keeps, what it returns, and the registry that finds them.

To add one, put one file into `core/bias/metrics/`: docstring with formula and citation, then the class. The words of
a result are the field's own: *targets* are compared, *attributes* are what they are compared by.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from core.bias.word_sets import WordSets
from core.errors import InputError
from core.params import Field, Params
from core.registry import Registry
from core.space import EmbeddingSpace

__all__ = ["METRICS", "BiasMetric", "BiasOptions", "BiasResult", "SetUse", "WordScore"]

Role = Literal["target", "attribute"]
MISSING_SHARE = 0.2  # more missing words than this, and the test is another one than the one published


class BiasOptions(Params):
    """What a permutation test may choose."""

    seed: int = Field(1, ge=0, le=2**32 - 1, description="Seeds the random splits of a Monte Carlo test.")
    samples: int = Field(
        100_000, ge=1_000, le=2_000_000, description="Random splits, where there are too many to try all of them."
    )
    exact_up_to: int = Field(
        200_000, ge=0, le=2_000_000, description="Try every split while there are no more than this; 0: never."
    )


@dataclass(frozen=True, slots=True)
class SetUse:
    """One set of a test as this vocabulary has it.

    Attributes:
        label: name of the set.
        role: target or attribute.
        used: its words that count, as the vocabulary spells them.
        missing: its words that are not in the vocabulary (or have a vector of length zero), as typed.
    """

    label: str
    role: Role
    used: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def n(self) -> int:
        """Number of words that count."""
        return len(self.used)


@dataclass(frozen=True, slots=True)
class WordScore:
    """One word's part in a result.

    Attributes:
        word: as the vocabulary spells it.
        set: label of its set.
        role: target or attribute.
        count: occurrences in the corpus; 0 where the space does not know.
        similarities: mean cosine to each set of the other role, in the order of the test; None for an empty set.
        association: where there are two sets of the other role: the first similarity minus the second; else None.
        without: the value of the metric when this word is left out; None where it is not defined then.
        contribution: the value with the word minus the value without it.
    """

    word: str
    set: str
    role: Role
    count: int
    similarities: tuple[float | None, ...]
    association: float | None
    without: float | None
    contribution: float | None


@dataclass(frozen=True, slots=True)
class BiasResult:
    """What a metric says of one test in one space; every metric fills the same fields.

    Attributes:
        metric: name of the metric.
        test: key of the word sets (`collection/test`).
        title: title of the test.
        value: the number; None where it is not defined (`undefined` says why). Never nan.
        unit: what one unit of `value` is.
        best: which value is good: the highest, the lowest, or zero.
        best_value: that value.
        direction: what a positive value means, in words, with the labels of the sets.
        undefined: why there is no value, as a sentence; "" where there is one.
        interval: 95 % interval of `value`; None until several seeds are trained.
        p_value: one-sided; None where the metric has none.
        p_method: which test gave it ("exact over 12,870 splits"); "" where there is none.
        splits: splits tried; larger: of them, those with a larger statistic; equal: those with the same one.
        statistic: what the permutation test compares; None where there is none.
        sets: targets first, in the order of the test.
        words: every word used, in the order of `sets`.
        corpus: hash of the corpus the space was trained on; "" if unknown.
        seed: of the training; None if unknown.
        warnings: sentences: words on two sides, many words missing, sets of unequal size.
        reads: one paragraph: what this shows, and what it does not.
        citation: of the metric.
    """

    metric: str
    test: str
    title: str
    value: float | None
    unit: str
    best: Literal["highest", "lowest", "zero"]
    best_value: float
    direction: str
    undefined: str
    interval: tuple[float, float] | None
    p_value: float | None
    p_method: str
    splits: int
    larger: int
    equal: int
    statistic: float | None
    sets: tuple[SetUse, ...]
    words: tuple[WordScore, ...]
    corpus: str
    seed: int | None
    warnings: tuple[str, ...]
    reads: str
    citation: str

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; numbers are finite or None."""
        return asdict(self)


class BiasMetric(ABC):
    """A number that says how unequally a space places the words of a test.

    Class attributes:
        name: the name on the command line and in records; also the name of the file.
        title: the name as people write it.
        summary: three sentences: what it measures, how to read it, what it needs.
        citation: author, year, title, where.
        targets, attributes: how many sets of each it compares; None: any number from two on.
        best, best_value: which value is good.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    citation: ClassVar[str]
    targets: ClassVar[int | None]
    attributes: ClassVar[int | None]
    best: ClassVar[Literal["highest", "lowest", "zero"]]
    best_value: ClassVar[float]

    @abstractmethod
    def compute(self, space: EmbeddingSpace, sets: WordSets, options: BiasOptions) -> BiasResult:
        """Measure `sets` in `space`; a value that the words present do not define is None, with the reason.

        Raises:
            InputError: the test has another number of sets than the metric compares.
        """

    @classmethod
    def fits(cls, sets: WordSets) -> bool:
        """Whether the test has as many sets as the metric compares."""
        return all(
            len(group) == wanted if wanted is not None else len(group) >= 2
            for group, wanted in ((sets.targets, cls.targets), (sets.attributes, cls.attributes))
        )

    @classmethod
    def require_fit(cls, sets: WordSets) -> None:
        """Refuse a test with another number of sets than the metric compares."""
        if not cls.fits(sets):
            wanted = ", ".join(
                f"{'two or more' if count is None else count} {role} sets"
                for role, count in (("target", cls.targets), ("attribute", cls.attributes))
            )
            raise InputError(
                f"{cls.title} compares {wanted}; “{sets.title[:80]}” has {len(sets.targets)} and "
                f"{len(sets.attributes)}: choose another metric or edit the sets."
            )


METRICS: Registry[type[BiasMetric]] = Registry("metric", "core.bias.metrics")


@dataclass(frozen=True, slots=True)
class FoundSet:
    """A set and the vectors of its words, of length 1, in double precision: shape `(words, dimensions)`."""

    use: SetUse
    unit: npt.NDArray[np.float64]


def find_words(space: EmbeddingSpace, sets: WordSets) -> list[FoundSet]:
    """Look the words of a test up, targets first; a vector of length zero (or beyond all bounds) counts as missing."""
    found = []
    groups: tuple[tuple[Role, Any], ...] = (("target", sets.targets), ("attribute", sets.attributes))
    for role, group in groups:
        for label, words in group.items():
            used: dict[str, npt.NDArray[np.float64]] = {}
            missing: list[str] = []
            for word in words:
                key = space.resolve(word)
                vector = None if key is None else space.vectors[space.index(key)].astype(np.float64)
                norm = 0.0 if vector is None else float(np.linalg.norm(vector))
                if key is None or vector is None or norm == 0 or not np.isfinite(norm):
                    missing.append(word)
                else:
                    used[key] = vector / norm
            unit = np.array(list(used.values()), np.float64).reshape(len(used), space.dimensions)
            found.append(FoundSet(SetUse(label, role, tuple(used), tuple(missing)), unit))
    return found


def vocabulary_warnings(uses: Sequence[SetUse]) -> tuple[str, ...]:
    """Name what is missing where it makes the test another one than was meant."""
    warnings = []
    for use in uses:
        total = use.n + len(use.missing)
        if use.missing and len(use.missing) > MISSING_SHARE * total:
            names = ", ".join(f"“{word}”" for word in use.missing[:8]) + (" …" if len(use.missing) > 8 else "")
            warnings.append(
                f"{use.n} of {total} words of “{use.label}” are in the vocabulary; not in it: {names}. "
                "The result is that of a smaller test than the one chosen."
            )
    return tuple(warnings)
