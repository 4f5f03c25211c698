"""Take in a stranger's file, vectors or a run, in a process of its own with limits: it can take down no more than that.

The child is `python -m core.runs.importing_child`. It takes one JSON object on its input and answers with another.
"""

import json
import shutil
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.errors import FormatError, StoreError
from core.formats.format import FORMATS
from core.formats.gathering import budget_for
from core.runs.places import LOCAL
from core.runs.store import Store

__all__ = ["RUN", "Limits", "Taken", "take_in"]

ROOT = Path(__file__).resolve().parents[2]
RUN = "run"  # the format of an exported run
BYTES_PER_SECOND = 5_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What taking in one file may take.

    Attributes:
        memory: bytes of address space beyond what the interpreter takes; four times the file's size is added.
        seconds: of processor time, and three times that of the clock; more is given to larger files.
    """

    memory: int = 2 << 30
    seconds: int = 120

    def memory_for(self, size: int) -> int:
        """For a file of so many bytes: a map of it, its numbers, and its words."""
        return self.memory + 4 * size

    def seconds_for(self, size: int) -> int:
        """For a file of so many bytes."""
        return self.seconds + size // BYTES_PER_SECOND


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken in.

    Attributes:
        run: id of the run that it has become.
        items: how many there are.
        dimensions: of their vectors.
        warnings: what reading had to mend, as sentences.
    """

    run: str
    items: int
    dimensions: int
    warnings: tuple[str, ...] = ()


def take_in(
    store: Store,
    path: Path,
    form: str | None = None,
    name: str = "",
    workspace: str = LOCAL,
    limits: Limits | None = None,
) -> Taken:
    """Make a run of the vectors in a file of any format, or of the zip of a run, and wait for it.

    Args:
        store: where it goes.
        path: the file; what it holds decides how it is read.
        form: a format's name, or `run`, where the content does not say it.
        name: a label; empty takes the file's name, or the one that a run comes with.
        workspace: where.
        limits: what it may take.

    Raises:
        FormatError: the file cannot be used: what is wrong, where, what to do.
        UnknownNameError: no such format.
        StoreError: the store cannot be written.
    """
    try:
        if not path.is_file():
            raise FormatError(f"There is no file {str(path)[:200]}.")
    except OSError as error:  # a folder that may not be looked into, a name that is too long
        raise FormatError(f"{str(path)[:200]} cannot be read ({error.strerror or error}); check its place.") from None
    if form not in (None, RUN):
        FORMATS.get(form)
    limits = limits or Limits()
    request = {
        "home": str(store.home),
        "workspace": workspace,
        "path": str(path.absolute()),
        "form": form,
        "name": name,
        "limits": asdict(limits),
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "core.runs.importing_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        encoding="utf-8",
    )
    try:
        text, _ = child.communicate(json.dumps(request), timeout=3 * limits.seconds_for(budget_for(path).most))
        answer: dict[str, Any] = json.loads(text)
    except subprocess.TimeoutExpired:
        raise FormatError(f"Reading {path.name} took longer than allowed; take a part of it.") from None
    except ValueError:
        raise FormatError(_why(child.returncode, path.name)) from None
    finally:
        child.kill()
        child.wait()
        # What a killed child leaves half made carries its process id.
        for left in (store.workspace(workspace) / "runs").glob(f".*.{child.pid}-*.tmp"):
            shutil.rmtree(left, ignore_errors=True)
    if "error" in answer:
        raise (StoreError if answer["store"] else FormatError)(answer["error"])
    return Taken(**{**answer, "warnings": tuple(answer["warnings"])})


def _why(code: int, name: str) -> str:
    if code in (-9, 137):
        return f"Reading {name} was killed, most likely because memory ran out; take a part of it."
    if hasattr(signal, "SIGXCPU") and code == -signal.SIGXCPU:
        return f"Reading {name} took longer than allowed; take a part of it."
    return f"Reading {name} ended unexpectedly (code {code}); it may be damaged, or try again."
