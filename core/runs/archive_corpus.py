"""The corpus that may travel with an archived run: what goes out, and what a stranger's must prove to come in.

Compiled loops walk these arrays without looking left or right, so that every number in them is checked before they
become a corpus. That they are of the file whose hash the corpus is named after cannot be proved: what came in gets an
id of its own, made from what it holds.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.data.corpus import FORMAT
from core.data.options import CorpusOptions
from core.data.wording import read_wording
from core.errors import CorpusError, FormatError, RunError, SettingsError
from core.files import write_json
from core.params import validate
from core.runs.paths import clean_name, now
from core.runs.records import read_object

__all__ = ["CORPUS_FILES", "accept_corpus", "corpus_files"]

NEEDED = ("tokens.bin", "offsets.bin", "counts.bin", "vocabulary.json")
TEXT = ("text.txt", "text_offsets.bin")
LINES = ("rows.bin", "left_out.bin")
WORDING = ("tokenizer.json", "phrases.json")
CORPUS_FILES = ("meta.json", *NEEDED, *TEXT, *LINES, *WORDING)
MOST_VOCABULARY = 500_000_000
MOST_WORDING = 100_000_000
CHUNK = 4_000_000


def corpus_files(folder: Path) -> Iterator[Path]:
    """The files of a corpus that travel: all but its labels and other columns, which may say more than the text."""
    for name in CORPUS_FILES:
        if (folder / name).is_file():
            yield folder / name


def accept_corpus(folder: Path) -> str:
    """Check the unpacked corpus in `folder` and describe it anew; returns the id that it gets.

    Raises:
        FormatError: an array is not what a corpus holds.
    """
    for path in folder.iterdir():
        if path.name not in CORPUS_FILES:
            raise FormatError(f"The corpus in the zip holds “{path.name[:80]}”, which is not part of one.")
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        raise FormatError(f"The corpus in the zip lacks {missing[0]}.")
    words = _vocabulary(folder / "vocabulary.json")
    tokens, offsets = _array(folder / "tokens.bin", np.uint32), _array(folder / "offsets.bin", np.int64)
    if not _rise(offsets, len(tokens)):
        raise FormatError("The corpus in the zip is damaged: its lines do not follow one another.")
    _check_counts(tokens, _array(folder / "counts.bin", np.int64), len(words))
    if not all((folder / name).is_file() for name in TEXT):
        for name in TEXT:
            (folder / name).unlink(missing_ok=True)
    elif not _rise(_array(folder / "text_offsets.bin", np.int64, len(offsets)), (folder / "text.txt").stat().st_size):
        raise FormatError("The corpus in the zip is damaged: its text does not fit its lines.")
    _check_lines(folder, len(offsets) - 1)
    return _describe(folder, words, tokens, offsets)


def _check_lines(folder: Path, lines: int) -> None:
    """Which document a line is of, and whether it was left out."""
    if (folder / "rows.bin").exists():
        rows = _array(folder / "rows.bin", np.uint32, lines)
        if rows[0] != 0 or not ((rows[1:] == rows[:-1]) | (rows[1:] == rows[:-1] + np.uint32(1))).all():
            raise FormatError("The corpus in the zip is damaged: its documents do not follow one another.")
    if (folder / "left_out.bin").exists() and (_array(folder / "left_out.bin", np.uint8, lines) > 1).any():
        raise FormatError("The corpus in the zip is damaged: what was left out of it is not clear.")


def _options(folder: Path, stated: Any) -> CorpusOptions:
    """How the corpus was read, as far as this version can do it; with what its tokeniser learned, if that is sound."""
    try:
        options = validate(CorpusOptions, stated if isinstance(stated, dict) else {})
    except SettingsError:
        for name in WORDING:
            (folder / name).unlink(missing_ok=True)
        return CorpusOptions()
    try:
        if any(path.stat().st_size > MOST_WORDING for path in map(folder.joinpath, WORDING) if path.exists()):
            raise ValueError("too large")
        read_wording(folder, options).words("a word")
    except (CorpusError, OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise FormatError("The corpus in the zip is damaged: how it cuts words cannot be read.") from None
    return options


def _check_counts(tokens: npt.NDArray[np.uint32], counts: npt.NDArray[np.int64], types: int) -> None:
    found = np.zeros(types, np.int64)
    for first in range(0, len(tokens), CHUNK):
        piece = np.asarray(tokens[first : first + CHUNK])
        if int(piece.max()) >= types:
            raise FormatError("The corpus in the zip is damaged: it uses words that it does not have.")
        found += np.bincount(piece, minlength=types)
    if not np.array_equal(found, counts) or (np.diff(counts) > 0).any():
        raise FormatError("The corpus in the zip is damaged: its words are counted wrongly.")


def _vocabulary(path: Path) -> list[str]:
    if path.stat().st_size > MOST_VOCABULARY:
        raise FormatError("The corpus in the zip is damaged: its vocabulary is too large.")
    try:
        words = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        words = None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words) or len(set(words)) < len(words):
        raise FormatError("The corpus in the zip is damaged: its vocabulary is not a list of different words.")
    if len(words) < 2:
        raise FormatError("The corpus in the zip is too small: it has no two words.")
    return words


def _array(path: Path, kind: type[np.generic], length: int | None = None) -> npt.NDArray[Any]:
    size = path.stat().st_size
    if size == 0 or size % np.dtype(kind).itemsize or length not in (None, size // np.dtype(kind).itemsize):
        raise FormatError(f"The corpus in the zip is damaged: {path.name} has a wrong size.")
    return np.memmap(path, dtype=kind, mode="r")


def _rise(offsets: npt.NDArray[np.int64], end: int) -> bool:
    return bool(offsets[0] == 0 and offsets[-1] == end and (np.diff(offsets) >= 0).all())


def _describe(folder: Path, words: list[str], tokens: npt.NDArray[np.uint32], offsets: npt.NDArray[np.int64]) -> str:
    """Write meta.json from what was counted here; of the stranger's own only name, source and options are taken."""
    try:
        stated = read_object(folder / "meta.json")
    except RunError:
        stated = {}
    (folder / "meta.json").unlink(missing_ok=True)
    options = _options(folder, stated.get("options"))
    digest = hashlib.sha256()
    sizes = {}
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            digest.update(f"{path.name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
        sizes[path.name] = path.stat().st_size
    identifier = f"in-{digest.hexdigest()[:20]}"
    name = clean_name(str(stated.get("name", ""))) or "imported corpus"
    lines = len(offsets) - 1
    rows = int(np.fromfile(folder / "rows.bin", np.uint32)[-1]) + 1 if "rows.bin" in sizes else lines
    left_out = int(np.fromfile(folder / "left_out.bin", np.uint8).sum()) if "left_out.bin" in sizes else 0
    meta = {
        "format": FORMAT,
        "id": identifier,
        "name": name,
        "source": clean_name(str(stated.get("source", ""))),
        "options": options.model_dump(mode="json"),
        "tokenizer": clean_name(str(stated.get("tokenizer", ""))),
        "unicode": clean_name(str(stated.get("unicode", ""))),
        "created": now(),
        "sha256": digest.hexdigest(),
        "bytes": sum(sizes.values()),
        "steps": [],
        "lines": lines,
        "rows": rows,
        "left_out": left_out,
        "documents": int(np.count_nonzero(np.diff(offsets))),
        "tokens": len(tokens),
        "types": len(words),
        "overlong": 0,
        "skipped": 0,
        "warnings": ["This corpus came with an imported run; that it is the file it is named after is not proved."],
        "labels": {},
        "label_names": [],
        "fields": [],
        "files": [{"name": name, "unit": "line", "first_line": 0, "lines": rows}],
        "has_text": "text.txt" in sizes,
        "sizes": sizes,
    }
    write_json(folder / "meta.json", meta)
    return identifier
