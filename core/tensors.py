"""The one way arrays are written and read: safetensors files, whole or not at all, the same bytes every time.

Reading is the safetensors library's. Writing is not, for two reasons that were seen with its version 0.8: it writes
strided, transposed or sliced arrays wrongly without an error, and it writes metadata in another order each time, so
that two equal runs would leave unequal files. Here every array passes through `np.ascontiguousarray` and the header
is sorted. Nothing is copied but what is not contiguous: a matrix goes to the disk from where it lies.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open

from core.errors import FormatError
from core.files import atomic_file

__all__ = ["Arrays", "load_tensors", "save_tensors", "write_tensors"]

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
        array = arrays[name]
        plain = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        if plain.size:
            file.write(plain.reshape(-1).view(np.uint8).data)


def load_tensors(path: Path) -> tuple[Arrays, dict[str, str]]:
    """Read a safetensors file whole: its arrays by name, and the texts of its header.

    The sizes that the header claims are checked against the file before anything is allocated.

    Raises:
        FormatError: not a safetensors file, damaged, cut, or of a type that numpy does not have.
        OSError: the file cannot be opened.
    """
    with path.open("rb"):  # a missing file is the system's error, not the library's
        pass
    try:
        with safe_open(path, framework="np") as file:
            metadata = file.metadata() or {}
            kinds = {name: file.get_slice(name).get_dtype() for name in file.keys()}  # noqa: SIM118 (no mapping)
            for name, kind in kinds.items():
                if kind not in TYPES.values():
                    raise FormatError(
                        f"{path.name}: the tensor “{name[:80]}” is of type {kind[:20]}, which is not supported; "
                        "save it as F32."
                    )
            # A copy, so that nothing depends on the file once it is read.
            return {name: np.array(file.get_tensor(name)) for name in kinds}, metadata
    except SafetensorError as error:
        reason = str(error).replace("Error while deserializing header: ", "")[:200]
        raise FormatError(f"{path.name} is not a safetensors file, or is damaged ({reason}).") from None


def _text(value: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"metadata is text, not {type(value).__name__}")
    value.encode("utf-8")  # a lone surrogate would make a file that nobody can read
    return value
