"""What lists and pages show of a run and of a corpus: small frozen facts, gathered without opening anything large."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.errors import RunError
from core.runs.checkpoints import has_checkpoint
from core.runs.events import phase
from core.runs.locks import is_held, surely_free
from core.runs.paths import clean_name
from core.runs.processes import is_alive
from core.runs.records import Attempt, Result, attempt_path, read_object
from core.runs.spec import IMPORTED, Spec, read_spec
from core.runs.state import ACTIVE, RESUMABLE, Facts, RunState, derive, look

__all__ = ["CorpusView", "RunView", "may_live", "view_corpus", "view_run", "view_runs"]


@dataclass(frozen=True, slots=True)
class RunView:
    """One run as a list shows it.

    Attributes:
        id: the run's id.
        folder: where it lives.
        state: derived at the moment of looking.
        reason: why the run is damaged, failed, interrupted or stopped, or finished before its last epoch, as a
            sentence; else empty.
        name: its label; empty lets pages name it after architecture and corpus.
        notes: free text of its owner.
        spec: the recipe; None where it is damaged.
        attempt: number of the newest attempt, 0 if there was none.
        started: wall time in UTC of the newest attempt; empty if there was none.
        result: how the newest attempt ended, if it has.
        phase: of a run at work: starting, reading, compiling, training, saving; else empty.
        can_resume: `Store.resume` would make it queued.
        has_vectors: `vectors.safetensors` is there.
    """

    id: str
    folder: Path
    state: RunState
    reason: str = ""
    name: str = ""
    notes: str = ""
    spec: Spec | None = None
    attempt: int = 0
    started: str = ""
    result: Result | None = None
    phase: str = ""
    can_resume: bool = False
    has_vectors: bool = False

    @property
    def active(self) -> bool:
        """Whether the run is queued or at work, so that a page should look again soon."""
        return self.state in ACTIVE

    @property
    def ended_early(self) -> bool:
        """Whether training ended by itself before its last epoch."""
        return self.state == "finished" and self.result is not None and self.result.fraction < 1

    @property
    def shown(self) -> str:
        """The word for the state: `starting` where the trainer has only just taken the run, else the state itself."""
        return "starting" if self.state == "running" and self.phase == "starting" else self.state

    @property
    def architecture(self) -> str:
        """Name of the architecture; empty for a damaged run."""
        return self.spec.architecture if self.spec else ""

    @property
    def corpus(self) -> str:
        """Id of the corpus; empty for a damaged run and for imported vectors."""
        return self.spec.settings.corpus if self.spec else ""

    @property
    def study(self) -> str:
        """Id of the study that the run belongs to; empty for a run of its own and for a damaged one."""
        return self.spec.study if self.spec else ""

    @property
    def created(self) -> str:
        """Wall time in UTC at which the run was made; from its id where the spec is damaged."""
        if self.spec and self.spec.created:
            return self.spec.created
        try:
            return datetime.strptime(self.id[:15], "%Y%m%d-%H%M%S").isoformat() + "+00:00"
        except ValueError:
            return ""


@dataclass(frozen=True, slots=True)
class CorpusView:
    """One corpus as a list shows it; `damage` says why it cannot be used, empty where it can."""

    id: str
    folder: Path
    name: str = ""
    documents: int = 0
    tokens: int = 0
    types: int = 0
    created: str = ""
    has_text: bool = False
    bytes: int = 0
    damage: str = ""


def view_run(folder: Path) -> RunView:
    """Look at one run."""
    return view_runs([folder])[0]


def view_runs(folders: Iterable[Path]) -> list[RunView]:
    """Look at runs; those that seem interrupted though their process lives are looked at again 50 ms later."""
    found = {folder: _facts(folder) for folder in folders}
    doubtful = [
        folder / "lock"
        for folder, (_, facts) in found.items()
        if derive(facts) == "interrupted" and may_live(folder, facts.attempt)
    ]
    if doubtful:
        free = surely_free(doubtful)
        for lock in doubtful:
            # Free now: its end may have come between the two looks. Held now: a trainer has just taken it up again.
            found[lock.parent] = _facts(lock.parent, held=lock not in free)
    return [_view(folder, spec, facts) for folder, (spec, facts) in found.items()]


def view_corpus(folder: Path) -> CorpusView:
    """Look at one corpus."""
    try:
        meta = read_object(folder / "meta.json")
    except RunError as error:
        return CorpusView(folder.name, folder, damage=str(error))
    size = 0
    for path in folder.iterdir():
        size += path.stat().st_size if path.is_file() else 0
    return CorpusView(
        id=folder.name,
        folder=folder,
        name=clean_name(str(meta.get("name", ""))),
        documents=_count(meta, "documents"),
        tokens=_count(meta, "tokens"),
        types=_count(meta, "types"),
        created=str(meta.get("created", ""))[:40],
        has_text=bool(meta.get("has_text", True)),
        bytes=size,
    )


def _facts(folder: Path, held: bool | None = None) -> tuple[Spec | None, Facts]:
    if held is None:
        held = is_held(folder / "lock")
    try:
        return read_spec(folder), look(folder, held=held)
    except RunError as error:
        return None, look(folder, held=held, damage=str(error))


def may_live(folder: Path, attempt: int) -> bool:
    """Whether the process of an attempt still exists, so that a lock that seems free deserves a second look."""
    try:
        return is_alive(Attempt.load(attempt_path(folder, attempt)))
    except RunError:
        return False


def _view(folder: Path, spec: Spec | None, facts: Facts) -> RunView:
    state = derive(facts)
    name, notes = _label(folder, spec)
    started = ""
    if facts.attempt:
        try:
            started = Attempt.load(attempt_path(folder, facts.attempt)).at
        except RunError:
            started = ""
    resumable = state in RESUMABLE and spec is not None and spec.architecture != IMPORTED
    if resumable and state == "failed":
        resumable = has_checkpoint(folder)
    return RunView(
        id=folder.name,
        folder=folder,
        state=state,
        reason=_reason(folder, state, facts),
        name=name,
        notes=notes,
        spec=spec,
        attempt=facts.attempt,
        started=started,
        result=facts.result,
        phase=phase(folder, facts.attempt) if facts.held else "",
        can_resume=resumable,
        has_vectors=(folder / "vectors.safetensors").exists(),
    )


def _reason(folder: Path, state: RunState, facts: Facts) -> str:
    if state == "damaged":
        return facts.damage
    if state == "interrupted":
        return _interruption(folder, facts.attempt)
    return facts.result.reason if facts.result is not None and not facts.held else ""


def _interruption(folder: Path, attempt: int) -> str:
    # The dispatcher leaves this note where it saw its child end; after a power cut nobody did.
    try:
        code = read_object(folder / "attempts" / f"{attempt:03d}-exit.json").get("code")
    except RunError:
        code = None
    then = "Resume goes on from the last checkpoint." if has_checkpoint(folder) else "Resume starts again."
    if code == -9:
        return f"The trainer was killed, perhaps because memory ran out. {then}"
    if isinstance(code, int) and code:
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        return f"The trainer ended {how}; its log says more. {then}"
    return f"The trainer ended without a word. {then}"


def _label(folder: Path, spec: Spec | None) -> tuple[str, str]:
    try:
        value = read_object(folder / "label.json")
    except RunError:
        return (spec.name if spec else ""), ""
    return clean_name(str(value.get("name", ""))), str(value.get("notes", ""))[:10_000]


def _count(meta: dict[str, Any], key: str) -> int:
    value = meta.get(key, 0)
    return value if isinstance(value, int) else 0
