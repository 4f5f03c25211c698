"""The one way arrays are written and read: safetensors files, whole or not at all, the same bytes every time.

The safetensors library checks what is read. Writing is not its, for two reasons that were seen with its version 0.8:
it writes strided, transposed or sliced arrays wrongly without an error, and it writes metadata in another order each
time, so that two equal runs would leave unequal files. Here every array passes through `np.ascontiguousarray` and the
header is sorted. No matrix is ever in memory twice on its way: it goes to the disk from where it lies, one that is not
contiguous some rows at a time, and comes back without a map of the file beside it.
"""

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open

from core.errors import FormatError
from core.files import atomic_file

__all__ = ["HEADER_LIMIT", "Arrays", "Rows", "Stored", "load_tensors", "open_tensors", "save_tensors", "write_tensors"]

Arrays = dict[str, npt.NDArray[Any]]

# The format's names of numpy's types.
TYPES = {
    "bool": "BOOL",
    "uint8": "U8",
    "int8": "I8",
    "uint16": "U16",
    "int16": "I16",
    "float16": "F16",
    "uint32": "U32",
    "int32": "I32",
    "float32": "F32",
    "uint64": "U64",
    "int64": "I64",
    "float64": "F64",
}
HEADER_LIMIT = 100_000_000  # bytes; the library refuses longer ones on reading
PIECE = 8_000_000  # bytes; rows copied at a time on their way to the disk


class Rows(Protocol):
    """An array, or one that is still on the disk: what is asked for of its first axis is read then."""

    @property
    def shape(self) -> tuple[int, ...]:
        """As an array's."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """As an array's."""

    def __getitem__(self, rows: slice, /) -> npt.NDArray[Any]:
        """The rows of a slice without a step."""


def save_tensors(path: Path, arrays: Mapping[str, npt.NDArray[Any]], metadata: Mapping[str, str] | None = None) -> None:
    """Write arrays of any layout (strided, transposed, sliced, big-endian) as one safetensors file, atomically.

    Args:
        path: the file; its folder must exist.
        arrays: by name; numbers or bools.
        metadata: texts that travel in the header.

    Raises:
        ValueError: an array's type or name has no place in the format (a mistake of the caller).
        OSError: the disk is full …; `path` is as it was.
    """
    with atomic_file(path) as file:
        write_tensors(file, arrays, metadata)


def write_tensors(
    file: BinaryIO, arrays: Mapping[str, npt.NDArray[Any]], metadata: Mapping[str, str] | None = None
) -> None:
    """Write the content of a safetensors file to an open one, as `save_tensors` does."""
    header: dict[str, Any] = {}
    if metadata:
        header["__metadata__"] = {key: _text(metadata[key]) for key in sorted(metadata)}
    names = sorted(arrays, key=lambda name: (-arrays[name].dtype.itemsize, name))  # widest first: all stay aligned
    end = 0
    for name in names:
        array = arrays[name]
        if name == "__metadata__" or array.dtype.name not in TYPES:
            raise ValueError(f"safetensors cannot hold {name!r} of type {array.dtype}")
        start, end = end, end + array.size * array.dtype.itemsize
        header[name] = {
            "dtype": TYPES[array.dtype.name],
            "shape": list(array.shape),
            "data_offsets": [start, end],
        }
    encoded = json.dumps(header, separators=(",", ":")).encode("ascii")
    encoded += b" " * (-len(encoded) % 8)
    if len(encoded) > HEADER_LIMIT:
        raise ValueError(f"a safetensors header holds at most {HEADER_LIMIT} bytes, not {len(encoded)}")
    file.write(len(encoded).to_bytes(8, "little"))
    file.write(encoded)
    for name in names:
        for piece in _pieces(arrays[name]):
            plain = np.ascontiguousarray(piece, dtype=piece.dtype.newbyteorder("<"))
            if plain.size:
                file.write(plain.reshape(-1).view(np.uint8).data)


def load_tensors(path: Path) -> tuple[Arrays, dict[str, str]]:
    """Read a safetensors file whole: its arrays by name, and the texts of its header.

    The sizes that the header claims are checked against the file before anything is allocated.

    Raises:
        FormatError: not a safetensors file, damaged, cut, or of a type that numpy does not have.
        OSError: the file cannot be opened.
    """
    stored, metadata = open_tensors(path)
    return {name: array.read() for name, array in stored.items()}, metadata


def open_tensors(path: Path) -> tuple[dict[str, "Stored"], dict[str, str]]:
    """As `load_tensors`, but leave the arrays on the disk: `Rows`, of which each slice is read when it is asked for.

    For a file that stays as it is meanwhile, and is too large to be held beside what is made of it.
    """
    with path.open("rb") as file:  # a missing file is the system's error, not the library's
        length = int.from_bytes(file.read(8), "little")
        try:
            with safe_open(path, framework="np") as checked:
                metadata = checked.metadata() or {}
                slices = {name: checked.get_slice(name) for name in checked.keys()}  # noqa: SIM118 (no mapping)
                claims = {name: (found.get_dtype(), tuple(found.get_shape())) for name, found in slices.items()}
        except SafetensorError as error:
            reason = str(error).replace("Error while deserializing header: ", "")[:200]
            raise FormatError(f"{path.name} is not a safetensors file, or is damaged ({reason}).") from None
        # The library has read this header, so that it is JSON and no longer than it may be.
        header = json.loads(file.read(length))
    names = {kind: name for name, kind in TYPES.items()}
    stored = {}
    for name, (kind, shape) in claims.items():
        if kind not in names:
            raise FormatError(
                f"{path.name}: the tensor “{name[:80]}” is of type {kind[:20]}, which is not supported; save it as F32."
            )
        begin = 8 + length + header[name]["data_offsets"][0]
        stored[name] = Stored(path, begin, shape, np.dtype(names[kind]))
    return stored, metadata


class Stored:
    """An array on the disk, see `Rows`."""

    def __init__(self, path: Path, begin: int, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        self.path, self.begin, self.shape, self.dtype = path, begin, shape, dtype

    def __getitem__(self, rows: slice) -> npt.NDArray[Any]:
        first, last, _ = rows.indices(self.shape[0])
        width = math.prod(self.shape[1:])
        return self._read(first * width, (max(0, last - first), *self.shape[1:]))

    def read(self) -> npt.NDArray[Any]:
        """All of it."""
        return self._read(0, self.shape)

    def _read(self, first: int, shape: tuple[int, ...]) -> npt.NDArray[Any]:
        count = math.prod(shape)
        if not count:
            return np.zeros(shape, self.dtype)
        begin = self.begin + first * self.dtype.itemsize
        found = np.fromfile(self.path, self.dtype.newbyteorder("<"), count, offset=begin)
        if found.size < count:
            raise FormatError(f"{self.path.name} is damaged: it has been cut since it was opened.")
        return found.astype(self.dtype, copy=False).reshape(shape)


def _pieces(array: npt.NDArray[Any]) -> Iterator[npt.NDArray[Any]]:
    """An array as it lies, or, where that is not contiguous, a few of its rows after the other."""
    if array.flags.c_contiguous or array.ndim < 2:
        yield array
        return
    rows = max(1, PIECE // max(1, array[0].nbytes))
    for first in range(0, len(array), rows):
        yield array[first : first + rows]


def _text(value: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"metadata is text, not {type(value).__name__}")
    value.encode("utf-8")  # a lone surrogate would make a file that nobody can read
    return value
