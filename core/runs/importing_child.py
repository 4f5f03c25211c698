"""The process that takes a file in: see `core.runs.importing`. It limits itself before it touches the file."""

import contextlib
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.data.ingest_child import limit
from core.errors import SemascopeError, StoreError
from core.formats.format import WARNINGS
from core.formats.recognition import read_vectors
from core.runs.archive import import_run, is_run_archive
from core.runs.importing import RUN, Limits, Taken
from core.runs.paths import clean_name
from core.runs.store import Store

PACKED = (".gz", ".zip")


def _take(store: Store, workspace: str, path: Path, form: str | None, name: str, limits: Limits) -> Taken:
    if form == RUN or (form is None and is_run_archive(path)):
        run = import_run(store, path, name, workspace)
        space = store.space(run, workspace)
        return Taken(run, len(space), space.dimensions)

    def allow(size: int) -> None:
        limit(limits.memory_for(size), limits.seconds_for(size))

    space = read_vectors(path, store.workspace(workspace) / "runs", form, allow)
    warnings = [clean_name(str(one)) for one in space.metadata.get(WARNINGS, ())]
    plain = Path(path.stem) if path.suffix.lower() in PACKED else path
    run = store.add_space(space, name or plain.stem, f"Read from {path.name}.", warnings, workspace=workspace)
    return Taken(run, len(space), space.dimensions, tuple(warnings))


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    limits = Limits(**request["limits"])
    path = Path(request["path"])
    try:
        size = path.stat().st_size
        limit(limits.memory_for(size), limits.seconds_for(size))
        store = Store(request["home"])
        return asdict(_take(store, request["workspace"], path, request["form"], request["name"], limits))
    except StoreError as error:
        return {"error": str(error), "store": True}
    except SemascopeError as error:
        return {"error": str(error), "store": False}
    except MemoryError:
        return {"error": f"Reading {path.name} needs more memory than is allowed; take a part of it.", "store": False}


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        answer = _answer(json.loads(sys.stdin.read()))
    print(json.dumps(answer))  # noqa: T201 - the answer
