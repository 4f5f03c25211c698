"""What is compiled on this machine already, without asking numba, which no page may import.

numba keeps what it compiles in files that only numba can read. So whoever has compiled, or loaded, what a training
needs leaves a note of it beside them: deleted together, and as good for one version, one processor and one state of
the sources as they are.

`python -m core.runs.compiled` gets ready what presets train with.
"""

import contextlib
import functools
import hashlib
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import platformdirs

import core.kernels
from core.architecture import ARCHITECTURES, Architecture
from core.errors import RunError
from core.files import write_json
from core.params import Params, validate
from core.runs.records import read_object

__all__ = ["LOADING", "MUCH_COMPILING", "compiling_ahead", "warm"]

LOADING = 0.8
"""Most seconds of a processor that loading compiled code takes, numba with it; what is more was compiling."""
MUCH_COMPILING = 2.0
"""Seconds from which on compiling is told apart; loading what was compiled before takes less."""
USUAL_DIMENSIONS = (50, 100)


def warm(unit: type[Architecture[Any]], params: Params) -> None:
    """Compile what a training needs, or load it, and leave a note of it."""
    missing = _missing(unit, params)
    started = time.monotonic()
    unit.warm(params)
    seconds, expected = time.monotonic() - started, sum(missing.values())
    for name in missing:
        # A note only saves a wrong word before Start: a folder that cannot be written to does not matter.
        with contextlib.suppress(OSError):
            write_json(_note(name), {"kernel": name, "seconds": round(seconds, 3), "expected": expected})


def compiling_ahead(unit: type[Architecture[Any]], params: Params) -> float:
    """About how many seconds a training will compile before it begins; 0 where that is done already."""
    expected = sum(_missing(unit, params).values())
    return round(expected * _slowness(), 1) if expected else 0.0


def _missing(unit: type[Architecture[Any]], params: Params) -> dict[str, float]:
    """The kernels of which there is no note, with the seconds that compiling each takes."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return {}
    return {name: seconds for name, seconds in unit.kernels(params).items() if not _note(name).exists()}


def _slowness() -> float:
    """Times as long as elsewhere that compiling took on this machine; 1 where it has not compiled yet."""
    found = sorted(note["seconds"] / note["expected"] for note in _notes() if note["seconds"] >= MUCH_COMPILING)
    return float(found[len(found) // 2]) if found else 1.0


def _notes() -> Iterator[dict[str, Any]]:
    for path in _folder().glob("compiled-*.json"):
        with contextlib.suppress(RunError):
            note = read_object(path)
            if all(isinstance(note.get(key), int | float) and note[key] > 0 for key in ("seconds", "expected")):
                yield note


def _note(name: str) -> Path:
    key = json.dumps([name, _sources(), _machine()])
    return _folder() / f"compiled-{hashlib.sha256(key.encode()).hexdigest()[:24]}.json"


def _folder() -> Path:
    """Where numba keeps what it compiles."""
    if chosen := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(chosen)
    beside = Path(core.kernels.__path__[0]) / "__pycache__"
    if os.access(beside if beside.exists() else beside.parent, os.W_OK):
        return beside
    return platformdirs.user_cache_path("numba", appauthor=False)


def _sources() -> list[list[Any]]:
    """Sizes and times of the kernels' sources: numba compiles anew what was written anew."""
    folder = Path(core.kernels.__path__[0])
    return [[path.name, path.stat().st_size, path.stat().st_mtime_ns] for path in sorted(folder.glob("*.py"))]


@functools.cache
def _machine() -> list[str]:
    """Versions and processor: code that was compiled for another is compiled anew."""
    told = ("model name", "flags", "Features")
    lines = [f"{platform.machine()} {platform.processor()}"]
    with contextlib.suppress(OSError):
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split("\n\n")[0]
        lines += [line for line in text.splitlines() if line.startswith(told)]
    return [platform.python_version(), metadata.version("numba"), *lines]


def main() -> int:
    """Get ready what the presets of all architectures need."""
    for unit in ARCHITECTURES:
        for dimensions in USUAL_DIMENSIONS if "dimensions" in unit.Params.model_fields else (None,):
            given = {} if dimensions is None else {"dimensions": dimensions}
            params = validate(unit.Params, given, unit.name)
            if unit.kernels(params):
                warm(unit, params)
    return 0


if __name__ == "__main__":
    sys.exit(main())
