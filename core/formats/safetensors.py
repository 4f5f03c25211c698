"""safetensors: everything, exactly.

The file holds `vectors` (float32, items × dimensions), `counts` (int64) and `keys` (bytes: a JSON list of texts in
ASCII, so that any text at all comes back as it was). Its header carries the space's metadata as JSON under
`semascope`. From other programs a `words` or `keys` entry in the header (a JSON list) is taken too, and float16 or
float64 vectors become float32.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

import numpy as np

from core.errors import FormatError
from core.formats.format import FORMATS, WARNINGS, Format
from core.formats.gathering import as_vectors, space_of
from core.space import EmbeddingSpace, FloatMatrix
from core.tensors import HEADER_LIMIT, Stored, open_tensors, write_tensors

__all__ = ["Safetensors"]


@FORMATS.register
class Safetensors(Format):
    """Keys, vectors, counts and metadata in one safetensors file."""

    name: ClassVar[str] = "safetensors"
    title: ClassVar[str] = "safetensors"
    summary: ClassVar[str] = (
        "Exact and fast: words, vectors, counts and facts about the run, in a format that runs no code."
    )
    endings: ClassVar[tuple[str, ...]] = (".safetensors",)
    lossless: ClassVar[bool] = True
    writable: ClassVar[bool] = True
    readable: ClassVar[bool] = True

    @classmethod
    def likeness(cls, head: bytes) -> float:
        """Sure of eight bytes that give the length of a header, and the beginning of that header."""
        length = int.from_bytes(head[:8], "little")
        return 0.9 if head[8:9] == b"{" and 2 <= length <= HEADER_LIMIT else 0.0

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
        tensors, header = open_tensors(path)
        vectors = _vectors(tensors, path)
        keys = _keys(tensors, header, path)
        if len(keys) != len(vectors):
            raise FormatError(f"{path.name} holds {len(keys):,} words for {len(vectors):,} rows of vectors.")
        counts = tensors["counts"].read() if "counts" in tensors else None
        if counts is not None and (
            counts.shape != (len(keys),) or counts.dtype.kind not in "iu" or (counts.astype(np.int64) < 0).any()
        ):
            raise FormatError(f"{path.name}: the counts do not fit {len(keys):,} words.")
        return space_of(path.name, keys, vectors, counts, (), _metadata(header, path))


def _vectors(tensors: Mapping[str, Stored], path: Path) -> FloatMatrix:
    floats = [name for name, tensor in tensors.items() if tensor.dtype.kind == "f"]
    name = "vectors" if "vectors" in tensors else floats[0] if len(floats) == 1 else None
    if name is None:
        raise FormatError(
            f"{path.name} has no tensor called “vectors”; there are: {', '.join(tensors)[:200] or 'none'}."
        )
    tensor = tensors[name]
    if tensor.dtype.kind != "f":
        raise FormatError(f"{path.name}: “{name[:80]}” is of type {tensor.dtype}, not float; save it as F32.")
    return as_vectors(path.name, name, tensor.read())


def _keys(tensors: Mapping[str, Stored], header: Mapping[str, str], path: Path) -> list[str]:
    stored = tensors.get("keys")
    if stored is not None and (stored.dtype != np.uint8 or len(stored.shape) != 1):
        raise FormatError(f"{path.name}: “keys” is not a list of words as bytes.")
    text: str | bytes | None = header.get("words", header.get("keys")) if stored is None else stored.read().tobytes()
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


def _metadata(header: Mapping[str, str], path: Path) -> dict[str, Any]:
    if "semascope" not in header:
        return {}
    try:
        metadata = json.loads(header["semascope"])
    except (ValueError, RecursionError):
        metadata = None
    if not isinstance(metadata, dict):
        raise FormatError(f"{path.name}: the facts about the run in its header are damaged.")
    metadata.pop(WARNINGS, None)
    return metadata
