"""A run as one zip, out and in.

What goes out: recipe, label, attempts without their machines, results, curve, events, frames, vectors (whose keys and
counts are the vocabulary), and what the corpus says of itself; the corpus with its text only where that is asked for.
Checkpoints stay at home: the vectors are the result.

What comes in is a stranger's file until it has been checked: only the names that a run has, regular files, as large
as the list of contents says and with its hashes, counted while they are unpacked; then every record is read by the
rules that hold for any run. Nothing of it takes effect before all of it has passed.
"""

import contextlib
import dataclasses
import errno
import hashlib
import json
import os
import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.errors import FormatError, RunError, SemascopeError
from core.files import atomic_file, building_folder, commit_folder, explain_write_error
from core.runs.archive_corpus import accept_corpus, corpus_files
from core.runs.frames import list_frames
from core.runs.paths import new_id
from core.runs.records import Attempt, Result, attempt_path, newest_attempt, result_path
from core.runs.spaces import ENCODER_FILE, SPACE_FILE, read_encoder, read_space
from core.runs.spec import read_spec
from core.runs.store import Store

__all__ = ["export_run", "import_run", "is_run_archive"]

ARCHIVE_FORMAT = 1
CONTENTS = "semascope-run.json"
MAX_MEMBERS = 2_000
MAX_BYTES = 4_000_000_000
MAX_CONTENTS = 4_000_000
CHUNK = 1 << 20
# The whole of what a run's archive may hold; a name that is not one of these never becomes a path.
NAMES = re.compile(
    r"spec\.json|label\.json|metrics\.jsonl|events\.jsonl|(vectors|encoder)\.safetensors|result-[0-9]{3,6}\.json"
    r"|attempts/[0-9]{3,6}\.json|frames/words\.json|frames/[0-9]{4,8}\.safetensors"
    r"|corpus/((meta|vocabulary|tokenizer|phrases)\.json|(tokens|offsets|counts|text_offsets|rows|left_out)\.bin|text\.txt)"
)
WRITE_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS)
ERRORS = (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, zlib.error, EOFError, ValueError)


def export_run(store: Store, run: str, path: Path, workspace: str = "local", *, text: bool = False) -> None:
    """Write a run as one zip; the same run gives the same bytes.

    Args:
        store: where the run is.
        run: its id.
        path: the zip; what is there is replaced.
        workspace: of the run.
        text: whether the corpus goes with it, with its text if that was kept.

    Raises:
        RunError: no such run, it is damaged, at work, or ended without vectors.
        StoreError: `path` cannot be written.
    """
    view = store.run(run, workspace)
    if view.spec is None:
        raise RunError(f"The run {run} is damaged: {view.reason}")
    if view.active:
        raise RunError(f"The run {run} is {view.shown}; export it when it has ended.")
    if not view.has_vectors:
        raise RunError(f"The run {run} has no vectors to export: it is {view.shown}; resume it, or train again.")
    try:
        with atomic_file(path) as file, zipfile.ZipFile(file, "w") as archive:
            contents: dict[str, dict[str, Any]] = {}
            for name, source in _outgoing(view.folder, _corpus_folder(store, view.corpus, workspace), text):
                contents[name] = _pack(archive, name, source)
            head = {"format": ARCHIVE_FORMAT, "run": run, "name": view.name, "files": contents}
            _pack(archive, CONTENTS, json.dumps(head, indent=1, sort_keys=True).encode())
    except OSError as error:
        raise explain_write_error(error, path.parent) from None


def import_run(store: Store, path: Path, name: str = "", workspace: str = "local") -> str:
    """Take in a run that `export_run` wrote; returns its new id.

    Args:
        store: where it goes.
        path: the zip.
        name: a label; empty keeps the one that it comes with.
        workspace: where.

    Raises:
        FormatError: not such a zip, damaged, or made to do harm.
        StoreError: the store cannot be written.
    """
    if not path.is_file():
        raise FormatError(f"There is no file {path}.")
    base = store.workspace(workspace)
    run = new_id()
    try:
        with building_folder(base / "runs" / run) as folder:
            try:
                with zipfile.ZipFile(path) as archive:
                    _unpack(archive, folder)
                _check(folder)
                _settle_corpus(store, folder, workspace)
                _leave_study(folder)
            except RunError as error:
                raise FormatError(f"{path.name} cannot be taken in: {error}") from None
            except FormatError:
                raise
            except ERRORS as error:
                if isinstance(error, OSError) and error.errno in WRITE_ERRORS:
                    raise
                raise FormatError(f"{path.name} is not a whole zip file ({str(error)[:120]}).") from None
    except OSError as error:
        raise explain_write_error(error, store.home) from None
    if name:
        store.rename(run, name, workspace=workspace)
    return run


def _settle_corpus(store: Store, folder: Path, workspace: str) -> None:
    """Keep the corpus that came along, unless the store has the run's own; the recipe then names what was kept."""
    came = folder / "corpus"
    spec = read_spec(folder)
    known = _corpus_folder(store, spec.settings.corpus, workspace) is not None
    if known or not (came / "tokens.bin").exists():
        shutil.rmtree(came, ignore_errors=True)
        return
    identifier = accept_corpus(came)
    target = store.workspace(workspace) / "corpora" / identifier
    if not target.exists():
        beside = target.with_name(f".{identifier}.{folder.name}")
        os.rename(came, beside)
        with contextlib.suppress(FileExistsError):
            commit_folder(beside, target)
        shutil.rmtree(beside, ignore_errors=True)
    settings = spec.settings.model_copy(update={"corpus": identifier})
    dataclasses.replace(spec, settings=settings).write(folder)


def _leave_study(folder: Path) -> None:
    """What comes alone is a run of its own: a study of the same id here is none of its business."""
    spec = read_spec(folder)
    if spec.study:
        dataclasses.replace(spec, study="", number=0).write(folder)


def is_run_archive(path: Path) -> bool:
    """Whether a file looks like an exported run, so that an import need not be told."""
    try:
        with zipfile.ZipFile(path) as archive:
            return CONTENTS in archive.namelist()
    except ERRORS:
        return False


def _corpus_folder(store: Store, corpus: str, workspace: str) -> Path | None:
    try:
        return store.corpus_folder(corpus, workspace)
    except SemascopeError:
        return None


def _outgoing(folder: Path, corpus: Path | None, text: bool) -> Iterator[tuple[str, Path | bytes]]:
    for name in ("spec.json", "label.json", "metrics.jsonl", "events.jsonl", SPACE_FILE, ENCODER_FILE):
        if (folder / name).exists():
            yield name, folder / name
    for number in range(1, newest_attempt(folder) + 1):
        for path, kind in ((attempt_path(folder, number), Attempt), (result_path(folder, number), Result)):
            with contextlib.suppress(RunError):
                record = _anonymous(kind.load(path)) if kind is Attempt else kind.load(path)
                yield str(path.relative_to(folder).as_posix()), record.model_dump_json(indent=1).encode()
    if (folder / "frames" / "words.json").exists():
        yield "frames/words.json", folder / "frames" / "words.json"
    for frame in list_frames(folder):
        yield f"frames/{frame.path.name}", frame.path
    for path in corpus_files(corpus) if corpus is not None else ():
        if text or path.name == "meta.json":
            yield f"corpus/{path.name}", path


def _anonymous(attempt: Any) -> Attempt:
    """An attempt without what it says of the machine: of no use elsewhere, and a pid could be a stranger's."""
    return Attempt(number=attempt.number, at=attempt.at, versions=attempt.versions)


def _pack(archive: zipfile.ZipFile, name: str, source: Path | bytes) -> dict[str, Any]:
    info = zipfile.ZipInfo(name)  # without a date: the same run gives the same bytes
    info.external_attr = (stat.S_IFREG | 0o600) << 16
    info.compress_type = zipfile.ZIP_STORED if name.endswith(".safetensors") else zipfile.ZIP_DEFLATED
    digest, size = hashlib.sha256(), 0
    with archive.open(info, "w", force_zip64=True) as target:
        for piece in _pieces(source):
            target.write(piece)
            digest.update(piece)
            size += len(piece)
    return {"size": size, "sha256": digest.hexdigest()}


def _pieces(source: Path | bytes) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    with source.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def _unpack(archive: zipfile.ZipFile, folder: Path) -> None:
    """Unpack into `folder` what the list of contents states, and nothing else."""
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(members) > MAX_MEMBERS or len(set(names)) < len(names):
        raise FormatError("The zip holds too many files, or one of them twice.")
    if CONTENTS not in names:
        raise FormatError(f"This zip is not an exported run: it holds no {CONTENTS}.")
    files = _contents(archive)
    total = 0
    for member in members:
        name = member.filename
        if name == CONTENTS:
            continue
        kind = stat.S_IFMT(member.external_attr >> 16)
        stated = files.get(name)
        if NAMES.fullmatch(name) is None or kind not in (0, stat.S_IFREG) or member.flag_bits & 1 or stated is None:
            raise FormatError(f"The zip holds “{name[:80]}”, which is not part of an exported run.")
        size, sha256 = stated
        total += size
        if total > MAX_BYTES:
            raise FormatError(f"The run is larger than {MAX_BYTES // 1_000_000_000} GB.")
        _unpack_one(archive, member, folder / name, size, sha256)
    missing = set(files) - set(names)
    if missing or "spec.json" not in files:
        raise FormatError(f"The zip lacks {sorted(missing or {'spec.json'})[0][:80]}.")


def _contents(archive: zipfile.ZipFile) -> dict[str, tuple[int, str]]:
    with archive.open(CONTENTS) as file:
        data = file.read(MAX_CONTENTS + 1)
    try:
        head = json.loads(data[: MAX_CONTENTS + 1])
    except RecursionError:
        raise FormatError("The zip's list of contents is damaged.") from None
    version = head.get("format") if isinstance(head, dict) else None
    if isinstance(version, int) and version > ARCHIVE_FORMAT:
        raise FormatError(f"The zip was written by a newer Semascope (format {version}); update Semascope.")
    files = head.get("files") if version == ARCHIVE_FORMAT else None
    if not isinstance(files, dict):
        raise FormatError("The zip's list of contents is damaged.")
    found = {}
    for name, stated in files.items():
        size, sha256 = (stated.get("size"), stated.get("sha256")) if isinstance(stated, dict) else (None, None)
        if not isinstance(size, int) or isinstance(size, bool) or size < 0 or not isinstance(sha256, str):
            raise FormatError("The zip's list of contents is damaged.")
        found[name] = (size, sha256)
    return found


def _unpack_one(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, size: int, sha256: str) -> None:
    target.parent.mkdir(mode=0o700, exist_ok=True)
    digest, count = hashlib.sha256(), 0
    with archive.open(member) as source, atomic_file(target) as file:
        while piece := source.read(CHUNK):
            count += len(piece)
            if count > size:
                break
            digest.update(piece)
            file.write(piece)
    if count != size or digest.hexdigest() != sha256:
        raise FormatError(f"{member.filename} is not what the zip's list of contents states.")


def _check(folder: Path) -> None:
    """Read every record by the rules of any run.

    Raises:
        RunError: one of them breaks a rule.
    """
    read_spec(folder)
    newest = newest_attempt(folder)
    sha256 = ""
    for path in sorted((folder / "attempts").glob("*.json")) if newest else ():
        attempt = Attempt.load(path)
        if attempt_path(folder, attempt.number) != path:
            raise RunError(f"{path.name} is of another attempt.")
        _anonymous(attempt).save(path)
    for path in sorted(folder.glob("result-*.json")):
        result = Result.load(path)
        if result_path(folder, result.attempt) != path:
            raise RunError(f"{path.name} is of another attempt.")
        sha256 = result.vectors_sha256
    if (folder / SPACE_FILE).exists():
        space = read_space(folder / SPACE_FILE, sha256)
        read_encoder(folder / ENCODER_FILE, space.dimensions)
