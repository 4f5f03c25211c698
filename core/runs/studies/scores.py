"""The scores of a study's runs, kept with the study: computed once by its driver, read by pages and by a resume."""

from pathlib import Path

from core.errors import FormatError, RunError
from core.evaluation.benchmark import BENCHMARKS, EvaluationResult
from core.files import write_json
from core.runs.records import read_object
from core.runs.views import RunView

__all__ = ["note_scoring", "read_scores", "read_scoring", "score_path", "write_scores"]


def score_path(study: Path, run: str) -> Path:
    """Where the scores of a run of the study are."""
    return study / "scores" / f"{run}.json"


def write_scores(study: Path, run: RunView, scores: list[EvaluationResult], seconds: float) -> None:
    """Keep the scores of a run.

    Args:
        study: the study's folder.
        run: the run that was scored.
        scores: of its vectors.
        seconds: that computing them took.
    """
    path = score_path(study, run.id)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    value = {
        "run": run.id,
        "vectors": _vectors(run),
        "seconds": round(seconds, 3),
        "scores": [one.to_dict() for one in scores],
    }
    write_json(path, value)


def read_scores(study: Path, run: RunView) -> dict[str, EvaluationResult]:
    """The scores of a run by benchmark; none where they were not computed, are damaged or of other vectors."""
    try:
        value = read_object(score_path(study, run.id))
    except RunError:
        return {}
    listed = value.get("scores")
    if value.get("run") != run.id or value.get("vectors") != _vectors(run) or not isinstance(listed, list):
        return {}
    found = {}
    for one in listed:
        try:
            score = EvaluationResult.from_dict(one)
        except (FormatError, TypeError, ValueError):
            continue
        if score.benchmark in BENCHMARKS.names():
            found[score.benchmark] = score
    return found


def note_scoring(study: Path, run: str, score: str) -> None:
    """Note what is being scored, for those who look on; an empty `run` notes that nothing is."""
    path = study / "scoring.json"
    if run:
        write_json(path, {"run": run, "score": score})
    else:
        path.unlink(missing_ok=True)


def read_scoring(study: Path) -> tuple[str, str]:
    """The run that is being scored and by what; empty where none is. A driver that was killed leaves its last note."""
    try:
        value = read_object(study / "scoring.json")
    except RunError:
        return "", ""
    return str(value.get("run", "")), str(value.get("score", ""))


def _vectors(run: RunView) -> str:
    return run.result.vectors_sha256 if run.result else ""
