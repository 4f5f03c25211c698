"""What a study was asked for: study.json, written once, validated whenever it is read, for a folder is an input too."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from core.architecture import ARCHITECTURES
from core.errors import RunError, SemascopeError, SettingsError
from core.evaluation.benchmark import BENCHMARKS, Benchmark
from core.files import write_json
from core.params import Field, Params, validate
from core.runs.comparing import same_text
from core.runs.paths import clean_name, given_name, now
from core.runs.records import read_object
from core.runs.settings import RunSettings
from core.runs.spec import IMPORTED, Spec, spec_from_json
from core.runs.studies.ranges import GIVEN_LENGTH, Range, check_ranges

__all__ = [
    "HELD_OUT_LOSS",
    "DuelPlan",
    "Kind",
    "SearchPlan",
    "SeedsPlan",
    "StudySpec",
    "make_duel",
    "make_search",
    "make_seeds",
    "read_study",
    "score_of",
]

STUDY_FORMAT = 1
MAX_ENTRANTS = 20
HELD_OUT_LOSS = "held_out_loss"
"""A score that is no benchmark: what the training itself measured."""
Kind = Literal["seeds", "duel", "search"]


class SeedsPlan(Params):
    """How often to train."""

    seeds: int = Field(5, ge=2, le=50, description="Trainings that differ by their seed alone; 5 give an interval.")


class DuelPlan(Params):
    """How long each of the architectures may train."""

    seconds: float = Field(
        30, ge=1, le=86_400, description="Seconds of training for each; the number of epochs is chosen to fit."
    )


class SearchPlan(Params):
    """How much to try."""

    trials: int = Field(20, ge=2, le=1000, description="Trainings in all; 10 for each setting that is searched.")
    minutes: float = Field(
        0, ge=0, le=100_000, description="No trial is begun after so many minutes of training; 0 sets no limit."
    )


PLANS: dict[Kind, type[SeedsPlan] | type[DuelPlan] | type[SearchPlan]] = {
    "seeds": SeedsPlan,
    "duel": DuelPlan,
    "search": SearchPlan,
}


@dataclass(frozen=True, slots=True)
class StudySpec:
    """What a study was asked to do; `make_seeds`, `make_duel` and `make_search` make one.

    Attributes:
        kind: what its runs differ by: the seed; the architecture; the settings that are searched.
        entrants: what is trained, as recipes of runs: one for seeds and search, two or more for a duel.
        plan: how often, or how long.
        ranges: what a search may choose from; empty for the others.
        score: what decides: name of a benchmark or `held_out_loss`; empty for seeds, where nothing has to be decided.
        name: the label it was given when it was made.
        created: wall time in UTC.
    """

    kind: Kind
    entrants: tuple[Spec, ...]
    plan: SeedsPlan | DuelPlan | SearchPlan
    ranges: tuple[Range, ...] = ()
    score: str = ""
    name: str = ""
    created: str = field(default_factory=now)

    @property
    def settings(self) -> RunSettings:
        """What all entrants share: corpus, cut-offs, the first seed."""
        return self.entrants[0].settings

    @property
    def asked(self) -> int:
        """How many runs there are to be; a search with a limit of minutes may have fewer."""
        if isinstance(self.plan, SeedsPlan):
            return self.plan.seeds
        return self.plan.trials if isinstance(self.plan, SearchPlan) else len(self.entrants)

    def to_json(self) -> dict[str, Any]:
        """The study as study.json holds it."""
        return {
            "format": STUDY_FORMAT,
            "kind": self.kind,
            "name": self.name,
            "created": self.created,
            "score": self.score,
            "plan": self.plan.model_dump(mode="json"),
            "ranges": [one.model_dump(mode="json") for one in self.ranges],
            "entrants": [one.to_json() for one in self.entrants],
        }

    def write(self, folder: Path) -> None:
        """Write study.json into a study's folder."""
        write_json(folder / "study.json", self.to_json())


def make_seeds(spec: Spec, seeds: int, name: str = "") -> StudySpec:
    """Train one recipe several times, with the seeds that follow its own.

    Args:
        spec: the recipe, from `make_spec`.
        seeds: how many trainings.
        name: a label; empty takes the recipe's, with how many there are.

    Raises:
        SettingsError: too few or too many, or the seed changes nothing in what this architecture learns.
    """
    plan = validate(SeedsPlan, {"seeds": seeds}, "several seeds")
    # Lists show it beside runs of the same recipe.
    usual = clean_name(f"{plan.seeds} seeds · {spec.name}") if spec.name else ""
    return _checked(StudySpec("seeds", (spec,), plan, name=given_name(name) or usual))


def make_duel(entrants: Sequence[Spec], seconds: float, score: str = "held_out_rank", name: str = "") -> StudySpec:
    """Give several recipes for one corpus the same time to train.

    Args:
        entrants: the recipes, from `make_spec`; where there are epochs, they will be chosen anew.
        seconds: of training, for each.
        score: what decides: a benchmark's name.
        name: a label.

    Raises:
        UnknownNameError: no such score.
        SettingsError: fewer than two entrants, or they do not train on the same text.
    """
    plan = validate(DuelPlan, {"seconds": seconds}, "a duel")
    return _checked(StudySpec("duel", tuple(entrants), plan, score=score, name=given_name(name)))


def make_search(
    spec: Spec,
    ranges: Sequence[Range],
    trials: int = 20,
    minutes: float = 0,
    score: str = "held_out_rank",
    name: str = "",
) -> StudySpec:
    """Look for the settings of an architecture that give the best score.

    Args:
        spec: the recipe to begin from, from `make_spec`; what is not searched stays as it says.
        ranges: what to choose from, by `core.runs.studies.ranges`.
        trials: trainings in all.
        minutes: of training, after which no trial is begun; 0 sets no limit.
        score: what decides: a benchmark's name or `held_out_loss`.
        name: a label.

    Raises:
        UnknownNameError: no such score.
        SettingsError: a range breaks the rule of its setting, the score would change its meaning with a setting, or
            vectors to begin from have the length that is searched.
    """
    # Asked of new ones only: one that was made before stays readable, and each of its runs says why it failed.
    if spec.settings.begin_from and any(one.name == GIVEN_LENGTH for one in ranges):
        raise SettingsError(
            "The vectors to begin from have one length, so dimensions cannot be searched; leave dimensions out, or let "
            "the training begin at random."
        )
    plan = validate(SearchPlan, {"trials": trials, "minutes": minutes}, "a search")
    return _checked(StudySpec("search", (spec,), plan, tuple(ranges), score, given_name(name)))


def score_of(name: str) -> type[Benchmark[Any]] | None:
    """The benchmark that a study's score names; None for `held_out_loss`.

    Raises:
        UnknownNameError: no such score.
    """
    return None if name == HELD_OUT_LOSS else BENCHMARKS.get(name)


def read_study(folder: Path) -> StudySpec:
    """Read and validate study.json of the study in `folder`.

    Raises:
        RunError: it is missing, unreadable, or breaks a rule.
    """
    path = folder / "study.json"
    try:
        facts = path.stat()
    except OSError as error:
        raise RunError(f"study.json cannot be read ({error.strerror or error}).") from None
    return _read(path, facts.st_ino, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=1024)
def _read(path: Path, _inode: int, _modified: int, _size: int) -> StudySpec:
    value = read_object(path)
    version = value.get("format")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise RunError("study.json is damaged: it has no format number.")
    if version > STUDY_FORMAT:
        raise RunError(f"study.json has format {version}, this Semascope reads up to {STUDY_FORMAT}; update Semascope.")
    kind, entrants, plan, ranges = (value.get(key) for key in ("kind", "entrants", "plan", "ranges"))
    if kind not in ("seeds", "duel", "search"):
        raise RunError("study.json is damaged: it names no kind of study.")
    if not isinstance(entrants, list) or not 0 < len(entrants) <= MAX_ENTRANTS or not isinstance(plan, dict):
        raise RunError("study.json is damaged: what is trained, or how long, is missing.")
    if not all(isinstance(one, dict) for one in entrants) or not isinstance(ranges, list):
        raise RunError("study.json is damaged: what is trained is no recipe.")
    try:
        return _checked(
            StudySpec(
                kind=kind,
                entrants=tuple(map(spec_from_json, entrants)),
                plan=validate(PLANS[kind], plan, f"a study of kind {kind}"),
                ranges=tuple(validate(Range, one, "a range") for one in ranges if isinstance(one, Mapping)),
                score=str(value.get("score", ""))[:80],
                name=clean_name(str(value.get("name", ""))),
                created=str(value.get("created", ""))[:40],
            )
        )
    except SemascopeError as error:
        raise RunError(f"study.json does not hold: {error}") from None


def _checked(spec: StudySpec) -> StudySpec:
    """The study, if what it asks for makes sense."""
    if any(one.architecture == IMPORTED for one in spec.entrants):
        raise SettingsError("Vectors that were brought along cannot be trained; choose an architecture.")
    if spec.kind != "duel" and len(spec.entrants) != 1:
        raise SettingsError(f"A study of kind {spec.kind} is of one recipe, not of {len(spec.entrants)}.")
    check = {"seeds": _check_seeds, "duel": _check_duel, "search": _check_search}[spec.kind]
    check(spec)
    # A recipe of a study's is never itself a run of another one.
    entrants = tuple(dataclasses.replace(one, study="", number=0) for one in spec.entrants)
    return dataclasses.replace(spec, entrants=entrants)


def _check_seeds(spec: StudySpec) -> None:
    unit = ARCHITECTURES.get(spec.entrants[0].architecture)
    if not unit.seeded:
        raise SettingsError(f"{unit.title} learns the same whatever the seed; train it once.")
    validate(RunSettings, {"seed": spec.settings.seed + spec.asked - 1}, "a run")


def _check_duel(spec: StudySpec) -> None:
    if not 2 <= len(spec.entrants) <= MAX_ENTRANTS:
        raise SettingsError(f"A duel is between 2 to {MAX_ENTRANTS} architectures, not {len(spec.entrants)}.")
    if not all(same_text(spec.entrants[0], one) for one in spec.entrants):
        raise SettingsError("All sides of a duel train on the same corpus with the same cut-offs; make them agree.")
    unit = score_of(spec.score)
    if unit is None:
        raise SettingsError(
            "The held-out loss means something else for each architecture; let held_out_rank decide a duel."
        )
    _check_needs(spec, unit)


def _check_search(spec: StudySpec) -> None:
    base = spec.entrants[0]
    unit = ARCHITECTURES.get(base.architecture)
    check_ranges(base, spec.ranges)
    benchmark = score_of(spec.score)
    if benchmark is not None:
        _check_needs(spec, benchmark)
        return
    if not unit.loss_unit or not unit.measures_held_out:
        raise SettingsError(f"{unit.title} measures no held-out loss; let held_out_rank decide.")
    if spec.settings.held_out == 0:
        raise SettingsError("No lines are held out, so there is no held-out loss; set held_out above 0.")
    changing = [one.name for one in spec.ranges if one.name in unit.comparable]
    if changing:
        raise SettingsError(
            f"The held-out loss changes its meaning with {' and '.join(changing)}, so it cannot decide on "
            f"{'them' if len(changing) > 1 else 'it'}; let held_out_rank decide."
        )


def _check_needs(spec: StudySpec, unit: type[Benchmark[Any]]) -> None:
    if "held_out" in unit.needs and spec.settings.held_out == 0:
        raise SettingsError(f"{unit.title} needs lines that are held out; set held_out above 0.")
