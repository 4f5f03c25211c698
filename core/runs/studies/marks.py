"""What a study's driver notes of each run that it makes: so a deleted one is not made again."""

from pathlib import Path

from core.errors import RunError
from core.files import write_json
from core.runs.paths import is_id
from core.runs.records import read_object

__all__ = ["did_all", "mark", "was_made"]


def mark(study: Path, number: int, run: str, did_all: bool = False) -> None:
    """Note that a run was made.

    Args:
        study: the study's folder.
        number: of the run in the study.
        run: its id; empty where the one that was made is thrown away, to be made anew.
        did_all: of a side of a duel: it has as many epochs as do any good, however much time is left.
    """
    path = _path(study, number)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    write_json(path, {"number": number, "run": run, "did_all": did_all})


def was_made(study: Path, number: int) -> bool:
    """Whether the run of this number was made once, be it that it was deleted since."""
    try:
        return is_id(str(read_object(_path(study, number)).get("run")))
    except RunError:
        return False


def did_all(study: Path, number: int) -> bool:
    """Whether a side of a duel was given as many epochs as do any good."""
    try:
        return read_object(_path(study, number)).get("did_all") is True
    except RunError:
        return False


def _path(study: Path, number: int) -> Path:
    return study / "made" / f"{number:04d}.json"
