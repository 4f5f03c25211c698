"""The contract that every score of a space keeps, what it returns, and the registry that finds them.

To add one, put one file into `core/evaluation/benchmarks/`: docstring with formula and citation, its `Params`, then the
class. It says what it needs and measures; needs that are not met, and the fields of the result that are the same for
all, are seen to here.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Generic, Literal, TypeVar

from pydantic import TypeAdapter, ValidationError

from core.errors import FormatError
from core.evaluation.material import Material, Need
from core.params import Params
from core.registry import Registry
from core.space import EmbeddingSpace

__all__ = ["BENCHMARKS", "NORMAL_95", "Benchmark", "EvaluationResult", "Finding"]

P = TypeVar("P", bound=Params)
Best = Literal["highest", "lowest"]
NORMAL_95 = 1.959964
"""Standard errors to each side of a 95 % interval."""
SHOWN_MISSING = 1000
UNMET: dict[Need, str] = {
    "held_out": "No lines were held out; train with held_out above 0.",
    "labels": "The documents of this corpus have no labels; read it with its label column.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one benchmark found out; the rest of a result is the same for all.

    Attributes:
        value: the score; None where it is not defined.
        undefined: why there is none, as a sentence.
        deviation: standard error of the value over the items.
        chance: what vectors that know nothing would get, where it depends on the material; else that of the benchmark.
        used: items that the value is a mean of.
        missing: items that could not be used.
        missing_names: what was missing, by name where it has one.
        basis: what it was computed on, in words.
    """

    value: float | None = None
    undefined: str = ""
    deviation: float | None = None
    chance: float | None = None
    used: int = 0
    missing: int = 0
    missing_names: tuple[str, ...] = ()
    basis: str = ""


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """A score of one space; every benchmark fills the same fields.

    Attributes:
        benchmark: its name.
        title: its name as people write it.
        value: the number; None where it is not defined (`undefined` says why). Never nan.
        unit: what one unit of `value` is.
        best: whether the highest or the lowest value is good.
        chance: what vectors that know nothing get; None where that is not known.
        undefined: why there is no value, as a sentence; empty where there is one.
        deviation: standard error of the value over the items; None where there is none. Another training may differ by
            more.
        interval: 95 % interval by that error, within the bounds of the score; None without one.
        used: items that the value is a mean of.
        items: what an item is, in the plural.
        missing: items that could not be used.
        missing_names: what was missing, by name where it has one; at most 1,000.
        basis: what it was computed on, in words.
        corpus: id of the corpus that it was computed on; empty if unknown.
        seed: of the training; None if unknown.
        params: the settings of the benchmark; scores compare where they agree.
        citation: of the benchmark.
    """

    benchmark: str
    title: str
    value: float | None
    unit: str
    best: Best
    chance: float | None
    undefined: str
    deviation: float | None
    interval: tuple[float, float] | None
    used: int
    items: str
    missing: int
    missing_names: tuple[str, ...]
    basis: str
    corpus: str
    seed: int | None
    params: dict[str, Any]
    citation: str

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; numbers are finite or None."""
        return asdict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "EvaluationResult":
        """Read what `to_dict` wrote; other keys are passed over.

        Raises:
            FormatError: it is not a result.
        """
        try:
            return _RESULT.validate_python(dict(value))
        except ValidationError as error:
            what = ".".join(map(str, error.errors(include_url=False)[0]["loc"]))
            raise FormatError(f"A score is damaged ({what[:80]}); compute it again.") from None


_RESULT = TypeAdapter(EvaluationResult)


class Benchmark(ABC, Generic[P]):
    """A score: one number that says how good a space is at something.

    Class attributes:
        name: the name on the command line and in records; also the name of the file.
        title: the name as people write it.
        summary: three sentences: what it measures, how to read it, what it does not tell.
        citation: author, year, title, where.
        unit: what one unit of the value is.
        items: what the value is a mean of, in the plural.
        best: whether the highest or the lowest value is good.
        bounds: the least and the greatest value there can be.
        chance: what vectors that know nothing get; None where it depends on the material.
        needs: what the material must have.
        Params: the settings, declared once.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    citation: ClassVar[str]
    unit: ClassVar[str]
    items: ClassVar[str]
    best: ClassVar[Best]
    bounds: ClassVar[tuple[float, float]]
    chance: ClassVar[float | None]
    needs: ClassVar[tuple[Need, ...]]
    Params: ClassVar[type[Params]]

    @classmethod
    @abstractmethod
    def measure(cls, space: EmbeddingSpace, material: Material, params: P) -> Finding:
        """Measure, the needs being met. Same space, material and settings: same value.

        Raises:
            CorpusError: the vectors are not of the words of the material.
        """

    @classmethod
    def evaluate(cls, space: EmbeddingSpace, material: Material, params: P | None = None) -> EvaluationResult:
        """Score `space`; what the material does not allow is no value, with the reason.

        Raises:
            CorpusError: the vectors are not of the words of the material.
        """
        asked: Any = cls.Params() if params is None else params
        unmet = cls.unmet(material.has)
        found = Finding(undefined=unmet) if unmet else cls.measure(space, material, asked)
        interval = None
        if found.value is not None and found.deviation is not None:
            reach, (least, most) = NORMAL_95 * found.deviation, cls.bounds
            interval = (max(least, found.value - reach), min(most, found.value + reach))
        seed = space.metadata.get("seed")
        corpus = material.data.corpus if material.data is not None else ""
        return EvaluationResult(
            benchmark=cls.name,
            title=cls.title,
            value=found.value,
            unit=cls.unit,
            best=cls.best,
            chance=cls.chance if found.chance is None else found.chance,
            undefined=found.undefined,
            deviation=found.deviation,
            interval=interval,
            used=found.used,
            items=cls.items,
            missing=found.missing,
            missing_names=found.missing_names[:SHOWN_MISSING],
            basis=found.basis,
            corpus=corpus,
            seed=seed if isinstance(seed, int) else None,
            params=asked.model_dump(mode="json"),
            citation=cls.citation,
        )

    @classmethod
    def unmet(cls, has: Collection[Need]) -> str:
        """Why it cannot be computed where only these needs are met, as a sentence; empty where it can."""
        return next((UNMET[need] for need in cls.needs if need not in has), "")


BENCHMARKS: Registry[type[Benchmark[Any]]] = Registry("score", "core.evaluation.benchmarks")
