"""The small JSON files of a run: what an attempt and a result say, and how any of them is read with suspicion."""

import json
import re
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import RunError
from core.files import write_json

__all__ = [
    "Accuracy",
    "Attempt",
    "Outcome",
    "Record",
    "Result",
    "attempt_path",
    "newest_attempt",
    "read_object",
    "result_path",
]

MAX_BYTES = 4_000_000
Outcome = Literal["finished", "stopped", "failed"]
R = TypeVar("R", bound="Record")


class Record(BaseModel):
    """A file of JSON with known fields; fields of later versions are passed over."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", allow_inf_nan=False)

    @classmethod
    def load(cls: type[R], path: Path) -> R:
        """Read a record.

        Raises:
            RunError: the file is missing, is not JSON, or breaks a rule.
        """
        try:
            return cls.model_validate(read_object(path))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise RunError(f"{path.name} is damaged: {where}: {first['msg'][:120]}.") from None

    def save(self, path: Path) -> None:
        """Write the record whole or not at all."""
        write_json(path, self.model_dump(mode="json"))


class Attempt(Record):
    """One start of a trainer, written right after it took the run's lock.

    Attributes:
        number: 1 for the first start, one more for each resume.
        pid: its process; with `process_start` and `boot` it cannot be mistaken for another one.
        process_start: when the process began, in a unit of the system's own.
        boot: id of the machine's boot.
        host: name of the machine.
        at: wall time in UTC.
        versions: of Semascope, Python and the libraries that compute.
    """

    number: int = Field(ge=1)
    pid: int = 0
    process_start: str = ""
    boot: str = ""
    host: str = ""
    at: str = ""
    versions: dict[str, str] = Field(default_factory=dict)


class Seconds(Record):
    """Where the time of a run went, over all its attempts.

    Attributes:
        read: opening the corpus and cutting it to the run's vocabulary.
        train: first to last example, with all that a run does in between; without imports and compilation.
        total: from taking the lock to the result.
    """

    read: float = 0.0
    train: float = 0.0
    total: float = 0.0


class Accuracy(Record):
    """How many held-out documents had their label told right.

    Attributes:
        value: their share, 0 to 1; higher is better.
        documents: how many were looked at.
        majority: the share of the most frequent label among them, which one gets right who always says that one.
    """

    value: float = Field(ge=0, le=1)
    documents: int = Field(ge=1)
    majority: float = Field(ge=0, le=1)

    @property
    def sentence(self) -> str:
        """The accuracy in words."""
        return (
            f"{self.value:.1%} of {self.documents:,} held-out documents had their label told right; always saying the "
            f"most frequent one gets {self.majority:.1%}."
        )


class Result(Record):
    """How an attempt ended; the last thing that it writes.

    Attributes:
        attempt: number of the attempt that ended.
        outcome: finished, stopped or failed.
        reason: why, as a sentence; empty for a plain finish.
        block: blocks of the corpus done.
        fraction: share of the work done, 0 to 1; below 1 also of a finished run where training ended early.
        loss: mean loss per example over the last metrics row, in nats; None where there is none.
        held_out_loss: mean loss per held-out example, in nats; None where it was not measured.
        accuracy: of labels, on held-out documents, for those that learn from labels; None for all others.
        examples: examples counted since training began.
        words: words of the corpus passed over since training began.
        tokens: tokens of the corpus.
        vocabulary: words in the vocabulary of the run.
        threads: worker threads that it made use of; with 1 the same recipe gives the same bytes.
        memory: most bytes of memory that the trainer had in use; 0 where the system does not say.
        seconds: where the time went.
        vectors_sha256: hash of vectors.safetensors; empty where the attempt left none.
        at: wall time in UTC.
    """

    attempt: int = Field(ge=1)
    outcome: Outcome
    reason: str = ""
    block: int = 0
    fraction: float = 0.0
    loss: float | None = None
    held_out_loss: float | None = None
    accuracy: Accuracy | None = None
    examples: int = 0
    words: int = 0
    tokens: int = 0
    vocabulary: int = 0
    threads: int = 0
    memory: int = 0
    seconds: Seconds = Field(default_factory=Seconds)
    vectors_sha256: str = ""
    at: str = ""


def read_object(path: Path, limit: int = MAX_BYTES) -> dict[str, Any]:
    """Read a file that holds one JSON object.

    Raises:
        RunError: missing, larger than `limit` bytes, not UTF-8, not JSON, or not an object.
    """
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise RunError(f"{path.name} cannot be read ({error.strerror or error}).") from None
    if len(data) > limit:
        raise RunError(f"{path.name} is damaged: larger than {limit // 1_000_000} MB.")
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise RunError(f"{path.name} is damaged: it is not JSON.") from None
    if not isinstance(value, dict):
        raise RunError(f"{path.name} is damaged: it is not a JSON object.")
    return value


def attempt_path(folder: Path, number: int) -> Path:
    """Where attempt `number` of the run in `folder` is recorded."""
    return folder / "attempts" / f"{number:03d}.json"


def result_path(folder: Path, number: int) -> Path:
    """Where the result of attempt `number` is recorded."""
    return folder / f"result-{number:03d}.json"


def newest_attempt(folder: Path) -> int:
    """Number of the newest attempt of the run in `folder`, 0 if there was none."""
    try:
        names = [path.name for path in (folder / "attempts").iterdir()]
    except OSError:
        return 0
    return max((int(name[:-5]) for name in names if re.fullmatch(r"[0-9]{3,6}\.json", name)), default=0)
