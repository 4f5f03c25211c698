"""safetensors: everything, exactly.

The file holds `vectors` (float32, items × dimensions), `counts` (int64) and `keys` (bytes: a JSON list of texts in
ASCII, so that any text at all comes back as it was). Its header carries the space's metadata as JSON under
`semascope`. From other programs a `words` or `keys` entry in the header (a JSON list) is taken too, and float16 or
float64 vectors become float32.
"""

import json
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

import numpy as np

from core.errors import FormatError
from core.formats.format import FORMATS, MOST_DIMENSIONS, WARNINGS, Format
from core.formats.words import first_of_each
from core.space import EmbeddingSpace
from core.tensors import Arrays, load_tensors, write_tensors

__all__ = ["Safetensors"]


@FORMATS.register
class Safetensors(Format):
    """Keys, vectors, counts and metadata in one safetensors file."""

    name: ClassVar[str] = "safetensors"
    title: ClassVar[str] = "safetensors"
    summary: ClassVar[str] = (
        "Exact and fast: words, vectors, counts and facts about the run, in a format that runs no code."
    )
    suffix: ClassVar[str] = ".safetensors"
    lossless: ClassVar[bool] = True
    readable: ClassVar[bool] = True

    def snippet(self, path: str) -> str:
        """The lines of Python that load the file."""
        return (
            "import json; from safetensors.numpy import load_file\n"
            f"tensors = load_file({path!r})\n"
            'words, vectors = json.loads(tensors["keys"].tobytes()), tensors["vectors"]'
        )

    def _write(self, space: EmbeddingSpace, file: BinaryIO) -> tuple[str, ...]:
        keys = np.frombuffer(json.dumps(space.keys).encode("ascii"), np.uint8)
        metadata = json.dumps(space.metadata, sort_keys=True, allow_nan=False)
        write_tensors(file, {"vectors": space.vectors, "counts": space.counts, "keys": keys}, {"semascope": metadata})
        return ()

    def _read(self, path: Path) -> EmbeddingSpace:
        arrays, header = load_tensors(path)
        vectors = _vectors(arrays, path)
        keys = _keys(arrays, header, path)
        if len(keys) != len(vectors):
            raise FormatError(f"{path.name} holds {len(keys):,} words for {len(vectors):,} rows of vectors.")
        counts = arrays.get("counts")
        if counts is not None and (counts.shape != (len(keys),) or counts.dtype.kind not in "iu"):
            raise FormatError(f"{path.name}: the counts do not fit {len(keys):,} words.")
        metadata = _metadata(header, path)
        rows, again = first_of_each(keys)
        if again:
            metadata[WARNINGS] = [f"{len(again):,} words are there twice (“{again[0][:60]}”); the first is kept."]
            keys, vectors = [keys[row] for row in rows], vectors[rows]
            counts = None if counts is None else counts[rows]
        return EmbeddingSpace(keys, vectors, counts, metadata)


def _vectors(arrays: Arrays, path: Path) -> Any:
    floats = {name: array for name, array in arrays.items() if array.dtype.kind == "f"}
    name = "vectors" if "vectors" in arrays else next(iter(floats), None) if len(floats) == 1 else None
    if name is None:
        raise FormatError(
            f"{path.name} has no tensor called “vectors”; there are: {', '.join(arrays)[:200] or 'none'}."
        )
    vectors = arrays[name]
    if vectors.dtype.kind != "f":
        raise FormatError(f"{path.name}: “{name[:80]}” is of type {vectors.dtype}, not float; save it as F32.")
    if vectors.ndim != 2 or not vectors.size or vectors.shape[1] > MOST_DIMENSIONS:
        raise FormatError(
            f"{path.name}: “{name[:80]}” has the shape {vectors.shape}, where (words, dimensions) is needed, "
            f"with at most {MOST_DIMENSIONS:,} dimensions."
        )
    with np.errstate(over="ignore"):
        vectors = vectors.astype(np.float32)
    if not np.isfinite(vectors).all():
        row = int(np.argmin(np.isfinite(vectors).all(axis=1)))
        raise FormatError(f"{path.name}: row {row + 1:,} holds a value that is not finite (nan or infinity).")
    return vectors


def _keys(arrays: Arrays, header: dict[str, str], path: Path) -> list[str]:
    stored = arrays.get("keys")
    if stored is not None and (stored.dtype != np.uint8 or stored.ndim != 1):
        raise FormatError(f"{path.name}: “keys” is not a list of words as bytes.")
    text: str | bytes | None = header.get("words", header.get("keys")) if stored is None else stored.tobytes()
    if text is None:
        raise FormatError(f"{path.name} holds vectors without words; add “keys” (a JSON list) to it.")
    try:
        keys = json.loads(text)
    except (ValueError, RecursionError):
        raise FormatError(f"{path.name}: the list of words is not JSON; save it anew.") from None
    if not isinstance(keys, list):
        raise FormatError(f"{path.name}: the words are not a list but {type(keys).__name__}.")
    for number, key in enumerate(keys, 1):
        if not isinstance(key, str):
            raise FormatError(f"{path.name}: word {number:,} is not text but {'null' if key is None else 'a number'}.")
    return keys


def _metadata(header: dict[str, str], path: Path) -> dict[str, Any]:
    if "semascope" not in header:
        return {}
    try:
        metadata = json.loads(header["semascope"])
    except (ValueError, RecursionError):
        metadata = None
    if not isinstance(metadata, dict):
        raise FormatError(f"{path.name}: the facts about the run in its header are damaged.")
    return metadata
