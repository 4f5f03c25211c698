"""HTTP routes beside the pages: downloads that stream from the disk instead of through the server's memory.

    GET /download/{run}/export/{format}   vectors in a format, or the run as one zip (format `run`)
    GET /download/{run}/file/{name}       one of the run's own files, as it lies on the disk

Ids and names are checked by pattern before they come near a path. What is asked for is written on the first request,
into the run's derived/exports, and found there by the next one.
"""

import re
import unicodedata
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from core.errors import RunError, SemascopeError
from core.runs.paths import is_id
from core.runs.views import RunView
from pages.ui.exports import RUN, export_path
from pages.ui.session import label, store

__all__ = ["FILES", "ROUTES", "export_url", "file_name", "file_url"]

FILES = re.compile(
    r"spec\.json|label\.json|metrics\.jsonl|events\.jsonl|log\.txt|vectors\.safetensors|result-[0-9]{3,6}\.json"
)
FORMAT = re.compile(r"[a-z0-9_]{1,40}")


def export_url(run: str, kind: str) -> str:
    """Where an export of a run is fetched."""
    return f"/download/{quote(run)}/export/{quote(kind)}"


def file_url(run: str, name: str) -> str:
    """Where a file of a run is fetched."""
    return f"/download/{quote(run)}/file/{quote(name)}"


def file_name(run: RunView, suffix: str, kind: str = RUN) -> str:
    """What a download is called: a plain form of the label, the id, and the format of a zip that is no run."""
    plain = unicodedata.normalize("NFKD", label(run)).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40]
    other = f"-{kind}" if suffix == ".zip" and kind != RUN else ""
    return f"{slug or 'run'}-{run.id}{other}{suffix}"


def export(request: Request) -> Response:
    """Answer with an export of a run. A plain function: Starlette runs it in a thread, where it may take its time."""
    run, kind = request.path_params["run"], request.path_params["format"]
    if not _allowed(request) or not is_id(run) or FORMAT.fullmatch(kind) is None:
        return PlainTextResponse("There is no such export; look on the Runs page.", 404)
    try:
        view = store().run(run)
        path = export_path(store(), view, kind)
    except RunError as error:
        return PlainTextResponse(str(error), 404)
    except SemascopeError as error:
        return PlainTextResponse(str(error), 409)
    return _send(path, file_name(view, "".join(path.suffixes), kind))


def file(request: Request) -> Response:
    """Answer with one of a run's own files."""
    run, name = request.path_params["run"], request.path_params["name"]
    if not _allowed(request) or not is_id(run) or FILES.fullmatch(name) is None:
        return PlainTextResponse("There is no such file; look on the Runs page.", 404)
    try:
        view = store().run(run)
    except SemascopeError as error:
        return PlainTextResponse(str(error), 404)
    path = view.folder / name
    if path.is_symlink() or not path.is_file():
        return PlainTextResponse(f"The run {run} has no {name}.", 404)
    return _send(path, f"{run}-{name}")


def _allowed(request: Request) -> bool:
    # Streamlit checks the host of its own socket only; without this, a foreign page could reach here by DNS rebinding.
    return is_host_allowed(request.headers.get("host"))


def _send(path: Path, name: str) -> Response:
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return FileResponse(path, filename=name, media_type="application/octet-stream", headers=headers)


ROUTES: list[BaseRoute] = [
    Route("/download/{run}/export/{format}", export, methods=["GET"]),
    Route("/download/{run}/file/{name}", file, methods=["GET"]),
]
