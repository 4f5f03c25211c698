"""A preview made by a process of its own, with limits: a hostile file can take down no more than that process.

The child is `python -m core.data.previewing`. It takes one JSON object on its input and answers with another.
"""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.data.encoding import EncodingError
from core.data.ingest_child import limit
from core.data.options import CorpusOptions
from core.data.preview import Preview, preview
from core.errors import CorpusError, SemascopeError
from core.params import validate

__all__ = ["safe_preview"]

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 20
MEMORY = 1 << 30


def safe_preview(path: Path, options: CorpusOptions | None = None, rows: int = 20) -> Preview:
    """The same as `preview`, in a process of its own; takes about half a second.

    Raises:
        EncodingError: not UTF-8 and no encoding named; holds a guess to confirm.
        CorpusError: it cannot be read as a corpus, and why.
    """
    request = {
        "path": str(path.resolve()),
        "options": (options or CorpusOptions()).model_dump(mode="json"),
        "rows": rows,
    }
    name = path.name[:80]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "core.data.previewing"],
            input=json.dumps(request),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            encoding="utf-8",
            timeout=3 * SECONDS,
            check=False,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise CorpusError(f"Looking into {name} takes too long; it may be damaged.") from None
    except ValueError:
        raise CorpusError(
            f"{name} takes more memory or time than a look at it may take; read it, or a part of it."
        ) from None
    if "guess" in answer:
        raise EncodingError(str(answer["error"]), answer["guess"])
    if "error" in answer:
        raise CorpusError(str(answer["error"]))
    return Preview(**{**answer, **{key: _frozen(answer[key]) for key in ("columns", "rows", "lines")}})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list) else value


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    try:
        limit(MEMORY, SECONDS)
        options = validate(CorpusOptions, request["options"], "a corpus")
        return asdict(preview(Path(request["path"]), options, int(request["rows"])))
    except EncodingError as error:
        return {"error": str(error), "guess": error.guess}
    except SemascopeError as error:
        return {"error": str(error)}


if __name__ == "__main__":
    print(json.dumps(_answer(json.loads(sys.stdin.read()))))  # noqa: T201 - the answer
