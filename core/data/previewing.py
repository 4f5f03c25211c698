"""Looks at a file made by a process of its own, with limits: a hostile file can take down no more than that process.

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
from core.data.phrase_preview import PhrasesFound, phrases_of
from core.data.preview import Preview, preview
from core.errors import CorpusError, SemascopeError
from core.params import validate

__all__ = ["safe_phrases", "safe_preview"]

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 20
MEMORY = 1 << 30


def safe_preview(path: Path, options: CorpusOptions | None = None, rows: int = 20) -> Preview:
    """The same as `preview`, in a process of its own; takes about half a second.

    Raises:
        EncodingError: not UTF-8 and no encoding named; holds a guess to confirm.
        CorpusError: it cannot be read as a corpus, and why.
    """
    answer = _ask("preview", path, options or CorpusOptions(), rows=rows)
    return Preview(**{**answer, **{key: _frozen(answer[key]) for key in ("columns", "rows", "lines")}})


def safe_phrases(path: Path, options: CorpusOptions, kept: bool = False) -> PhrasesFound | None:
    """The same as `phrases_of`, in a process of its own; takes about two seconds.

    Raises:
        CorpusError: it cannot be read as a corpus, and why.
    """
    found = _ask("phrases", path, options, kept=kept)["found"]
    return None if found is None else PhrasesFound(**{**found, "phrases": _frozen(found["phrases"])})


def _ask(what: str, path: Path, options: CorpusOptions, **more: Any) -> dict[str, Any]:
    """Have the child answer a question."""
    request = {"what": what, "path": str(path.resolve()), "options": options.model_dump(mode="json"), **more}
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
    return answer


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list) else value


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    path = Path(request["path"])
    try:
        limit(MEMORY, SECONDS)
        options = validate(CorpusOptions, request["options"], "a corpus")
        if request["what"] == "phrases":
            found = phrases_of(path, options, bool(request["kept"]))
            return {"found": None if found is None else asdict(found)}
        return asdict(preview(path, options, int(request["rows"])))
    except EncodingError as error:
        return {"error": str(error), "guess": error.guess}
    except SemascopeError as error:
        return {"error": str(error)}


if __name__ == "__main__":
    print(json.dumps(_answer(json.loads(sys.stdin.read()))))  # noqa: T201 - the answer
