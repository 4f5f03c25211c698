"""The recipe of a run: written once, validated whenever it is read, because a run folder is an input too."""

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from core.architecture import ARCHITECTURES
from core.errors import RunError, SemascopeError, SettingsError
from core.files import write_json
from core.params import Params, validate
from core.runs.paths import clean_name, given_name, is_id, now
from core.runs.prices import Predicted, read_predicted
from core.runs.records import read_object
from core.runs.settings import RunSettings

__all__ = ["IMPORTED", "Spec", "make_spec", "read_spec", "spec_from_json", "versions"]

SPEC_FORMAT = 1
MAX_NUMBER = 100_000
IMPORTED = "imported"
"""The architecture of vectors that were brought along; nothing can be trained with it."""


@dataclass(frozen=True, slots=True)
class Spec:
    """What a run was asked to do.

    Attributes:
        architecture: registered name, or `imported`.
        params: its validated parameters; None for imported vectors.
        settings: what every architecture shares.
        name: the label it was given when it was made.
        created: wall time in UTC.
        versions: of Semascope, Python and the libraries that compute.
        predicted: the price as it was told before Start; None where nobody asked.
        study: id of the study that the run belongs to; empty for a run of its own.
        number: which of the study's runs it is, from 1; 0 for a run of its own.
    """

    architecture: str
    params: Params | None
    settings: RunSettings
    name: str = ""
    created: str = field(default_factory=now)
    versions: Mapping[str, str] = field(default_factory=dict)
    predicted: Predicted | None = None
    study: str = ""
    number: int = 0

    def to_json(self) -> dict[str, Any]:
        """The spec as spec.json holds it."""
        return {
            "format": SPEC_FORMAT,
            "architecture": self.architecture,
            "params": self.params.model_dump(mode="json") if self.params else {},
            "settings": self.settings.model_dump(mode="json"),
            "name": self.name,
            "created": self.created,
            "versions": dict(self.versions),
            **({"predicted": self.predicted.model_dump(mode="json")} if self.predicted else {}),
            **({"study": self.study, "number": self.number} if self.study else {}),
        }

    def write(self, folder: Path) -> None:
        """Write spec.json into a run's folder."""
        write_json(folder / "spec.json", self.to_json())


def make_spec(
    architecture: str, params: Mapping[str, Any], settings: Mapping[str, Any] | RunSettings, name: str = ""
) -> Spec:
    """Validate what a form, a link or a command line asks for.

    Args:
        architecture: registered name.
        params: the architecture's parameters; missing ones take their defaults.
        settings: the run's settings, as values or already validated.
        name: a label; empty lets the pages name the run after architecture and corpus.

    Raises:
        UnknownNameError: no such architecture.
        SettingsError: a value breaks its rule.
    """
    unit = ARCHITECTURES.get(architecture)
    values = settings.model_dump() if isinstance(settings, RunSettings) else settings
    checked, shared = validate(unit.Params, params, architecture), validate(RunSettings, values, "a run")
    if getattr(checked, "early_stopping", 0) and shared.held_out == 0 and unit.measures_held_out:
        raise SettingsError(
            "early_stopping looks at the held-out loss, and held_out is 0; set held_out to 0.01 or early_stopping to 0."
        )
    return Spec(
        architecture=architecture,
        params=checked,
        settings=shared,
        name=given_name(name),
        versions=versions(),
    )


def read_spec(folder: Path) -> Spec:
    """Read and validate spec.json of the run in `folder`.

    Raises:
        RunError: the spec is missing, unreadable, or breaks a rule.
    """
    path = folder / "spec.json"
    try:
        facts = path.stat()
    except OSError as error:
        raise RunError(f"spec.json cannot be read ({error.strerror or error}).") from None
    return _read(path, facts.st_ino, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=4096)
def _read(path: Path, _inode: int, _modified: int, _size: int) -> Spec:
    # A spec is written once, so a list of hundreds of runs validates each of them only once.
    return spec_from_json(read_object(path))


def spec_from_json(value: Mapping[str, Any]) -> Spec:
    """Validate what spec.json holds.

    Raises:
        RunError: something is missing or breaks a rule.
    """
    version = value.get("format")
    if not isinstance(version, int) or version < 1:
        raise RunError("spec.json is damaged: it has no format number.")
    if version > SPEC_FORMAT:
        raise RunError(f"spec.json has format {version}, this Semascope reads up to {SPEC_FORMAT}; update Semascope.")
    architecture, params, settings = (value.get(key) for key in ("architecture", "params", "settings"))
    if not isinstance(architecture, str) or not isinstance(params, dict) or not isinstance(settings, dict):
        raise RunError("spec.json is damaged: architecture, params or settings are missing.")
    known = value.get("versions")
    study, number = value.get("study", ""), value.get("number", 0)
    if not isinstance(study, str) or (study and not is_id(study)):
        raise RunError("spec.json is damaged: the study that it names cannot be one.")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MAX_NUMBER:
        raise RunError("spec.json is damaged: its number within a study cannot be one.")
    try:
        return Spec(
            architecture=architecture,
            params=None if architecture == IMPORTED else _params(architecture, params),
            settings=validate(RunSettings, settings, "a run"),
            name=clean_name(str(value.get("name", ""))),
            created=str(value.get("created", ""))[:40],
            versions={str(k)[:40]: str(v)[:80] for k, v in known.items()} if isinstance(known, dict) else {},
            predicted=read_predicted(value.get("predicted")),
            study=study,
            number=number,
        )
    except SemascopeError as error:
        raise RunError(f"spec.json does not hold: {error}") from None


def _params(architecture: str, params: Mapping[str, Any]) -> Params:
    unit = ARCHITECTURES.get(architecture)
    return validate(unit.Params, params, architecture)


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Versions of what computes, for the record."""
    found = {"python": platform.python_version(), "machine": f"{platform.system()} {platform.machine()}"}
    for package in ("semascope", "numpy", "numba"):
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found
