"""Checkpoints: all that a training needs to go on as if it had never stopped.

A checkpoint is a folder that is renamed into place whole, and that is believed only if every file has the size and
the hash that its manifest states; a damaged one is passed over for the one before it.
"""

import hashlib
import math
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import RunError, SemascopeError
from core.files import building_folder, write_json
from core.runs.records import read_object
from core.tensors import Arrays, Rows, load_tensors, open_tensors, save_tensors

__all__ = ["Checkpoint", "file_hash", "has_checkpoint", "list_checkpoints", "newest_good", "prune", "save_checkpoint"]

NAME = re.compile(r"[0-9]{3,6}-[0-9]{12}")
FILES = ("model.safetensors", "state.json")
KEPT = 2


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint that was read and found whole.

    Attributes:
        path: its folder.
        arrays: what the architecture's `state()` gave; read, or on the disk until rows of it are asked for.
        state: likewise, its JSON.
        facts: what the trainer noted: attempt, block, fraction, seconds, examples, threads, held_out_loss, and the
            hashes of recipe and corpus that it belongs to.
        skipped: newer checkpoints that were passed over, each with the reason.
    """

    path: Path
    arrays: Mapping[str, Rows]
    state: Mapping[str, Any]
    facts: Mapping[str, Any]
    skipped: tuple[str, ...] = ()


def save_checkpoint(folder: Path, arrays: Arrays, state: Mapping[str, Any], facts: Mapping[str, Any]) -> Path:
    """Save a checkpoint of the run in `folder`, then let go of the oldest.

    Args:
        folder: the run's folder.
        arrays: of any layout.
        state: JSON.
        facts: needs `attempt`, `block` and `held_out_loss` (None where it was not measured).

    Raises:
        OSError: it could not be written; the checkpoints before it are as they were.
    """
    parent = folder / "checkpoints"
    target = parent / f"{facts['attempt']:03d}-{facts['block']:012d}"
    if target.exists():
        return target
    with building_folder(target) as building:
        save_tensors(building / "model.safetensors", arrays)
        write_json(building / "state.json", {"state": dict(state), "facts": dict(facts)}, indent=None)
        manifest = {
            name: {"size": (building / name).stat().st_size, "sha256": file_hash(building / name)} for name in FILES
        }
        write_json(building / "MANIFEST.json", {"held_out_loss": facts.get("held_out_loss"), "files": manifest})
    prune(folder)
    return target


def list_checkpoints(folder: Path) -> list[Path]:
    """The checkpoints of the run in `folder`, newest first, unread."""
    try:
        found = [path for path in (folder / "checkpoints").iterdir() if NAME.fullmatch(path.name)]
    except OSError:
        return []
    return sorted(found, key=lambda path: tuple(int(part) for part in path.name.split("-")), reverse=True)


def has_checkpoint(folder: Path) -> bool:
    """Whether there is a checkpoint at all; whether it is whole shows when it is read."""
    return bool(list_checkpoints(folder))


def newest_good(folder: Path, belongs: Mapping[str, str] | None = None, *, on_disk: bool = False) -> Checkpoint | None:
    """The newest checkpoint that is whole, or None if there is none.

    Args:
        folder: the run's folder.
        belongs: facts that the checkpoint must state (hash of the recipe, of the corpus); one that states others was
            brought from elsewhere and is passed over.
        on_disk: leave the arrays on the disk; for the trainer, beside which nobody lets go of checkpoints.
    """
    skipped: list[str] = []
    for path in list_checkpoints(folder):
        try:
            arrays, state, facts = _read(path, on_disk)
            for key, value in (belongs or {}).items():
                if facts.get(key) != value:
                    raise RunError(f"it belongs to another {key}")
        except (SemascopeError, OSError) as error:
            skipped.append(f"checkpoint {path.name} was passed over: {str(error).rstrip('.')}.")
            continue
        return Checkpoint(path, arrays, state, facts, tuple(skipped))
    return None


def prune(folder: Path) -> None:
    """Keep the two newest checkpoints and the one with the lowest held-out loss."""
    paths = list_checkpoints(folder)
    keep = set(paths[:KEPT])
    losses = {path: loss for path in paths if (loss := _held_out_loss(path)) is not None}
    if losses:
        keep.add(min(losses, key=lambda path: losses[path]))
    for path in paths:
        if path not in keep:
            shutil.rmtree(path, ignore_errors=True)


def _read(path: Path, on_disk: bool) -> tuple[Mapping[str, Rows], dict[str, Any], dict[str, Any]]:
    manifest = read_object(path / "MANIFEST.json").get("files")
    if not isinstance(manifest, dict) or set(manifest) != set(FILES):
        raise RunError("its manifest is damaged")
    for name in FILES:
        entry = manifest[name]
        if not isinstance(entry, dict):
            raise RunError("its manifest is damaged")
        if not (path / name).is_file() or (path / name).stat().st_size != entry.get("size"):
            raise RunError(f"{name} does not have the size that was written")
        if file_hash(path / name) != entry.get("sha256"):
            raise RunError(f"{name} is not what was written")
    value = read_object(path / "state.json", limit=64_000_000)
    state, facts = value.get("state"), value.get("facts")
    if not isinstance(state, dict) or not isinstance(facts, dict):
        raise RunError("state.json is damaged")
    arrays, _ = (open_tensors if on_disk else load_tensors)(path / "model.safetensors")
    return arrays, state, facts


def _held_out_loss(path: Path) -> float | None:
    try:
        value = read_object(path / "MANIFEST.json").get("held_out_loss")
    except RunError:
        return None
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
