"""A row of a study's table: one of its runs, with what it differs by and what it came to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.architecture import ARCHITECTURES
from core.evaluation.benchmark import EvaluationResult
from core.runs.comparing import loss_meaning
from core.runs.metrics import last_row
from core.runs.spec import Spec
from core.runs.studies.notes import note_of
from core.runs.studies.spec import StudySpec, score_of
from core.runs.views import RunView

__all__ = ["StudyRow", "view_row"]


@dataclass(frozen=True, slots=True)
class StudyRow:
    """One run of a study, as its table shows it.

    Attributes:
        run: the run; its state, reason and name.
        number: which one it is, from 1.
        title: of its architecture.
        differs: the settings by which the study's runs differ: the seed; what is searched; of a duel the architecture
            and its epochs, where it has them.
        seconds: of training so far, over all attempts; None before.
        words_per_second: words of the corpus passed over in a second of training; None before.
        held_out_loss: mean per held-out example; None where it was not measured.
        loss: what that loss is, in words; numbers of rows compare where it is the same.
        scores: by benchmark; empty until they are computed. A value comes with its error, direction and basis.
        value: of what decides in this study (`StudyView.score`); None where it is not known.
        deviation: standard error of `value`, where it has one.
        note: what there is to say, as a sentence: that it went over the budget, why there is no score; else empty.
    """

    run: RunView
    number: int
    title: str
    differs: Mapping[str, Any]
    seconds: float | None = None
    words_per_second: float | None = None
    held_out_loss: float | None = None
    loss: str = ""
    scores: Mapping[str, EvaluationResult] = field(default_factory=dict)
    value: float | None = None
    deviation: float | None = None
    note: str = ""


def view_row(spec: StudySpec | None, view: RunView, scores: Mapping[str, EvaluationResult], folder: Path) -> StudyRow:
    """Look at one run of a study.

    Args:
        spec: what the study was asked; None where it is damaged.
        view: of the run.
        scores: of its vectors, by benchmark.
        folder: of the study.
    """
    assert view.spec is not None
    result = view.result
    seconds, words, loss = None, None, None
    if result is not None and not view.active:
        seconds, words, loss = result.seconds.train, float(result.words), result.held_out_loss
    elif view.attempt and (row := last_row(view.folder / "metrics.jsonl")) is not None:
        seconds, words, loss = row["seconds"], float(row["words"]), row["held_out_loss"]
    decides = scores.get(spec.score) if spec else None
    value, deviation = (decides.value, decides.deviation) if decides else (None, None)
    if spec is not None and spec.score and score_of(spec.score) is None and view.state == "finished":
        value = loss
    return StudyRow(
        run=view,
        number=view.spec.number,
        title=ARCHITECTURES.get(view.architecture).title if view.spec.params is not None else "Imported vectors",
        differs=_differs(spec, view.spec),
        seconds=seconds,
        words_per_second=words / seconds if seconds and words else None,
        held_out_loss=loss,
        loss=loss_meaning(view.spec),
        scores=scores,
        value=value,
        deviation=deviation,
        note=note_of(spec, view, seconds, decides, folder),
    )


def _differs(spec: StudySpec | None, run: Spec) -> dict[str, Any]:
    params = run.params.model_dump() if run.params else {}
    if spec is None:
        return {}
    if spec.kind == "seeds":
        return {"seed": run.settings.seed}
    if spec.kind == "search":
        return {one.name: params.get(one.name) for one in spec.ranges}
    return {"architecture": run.architecture, **({"epochs": params["epochs"]} if "epochs" in params else {})}
