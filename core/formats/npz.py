"""numpy's .npz: a zip of arrays, of which one holds the vectors and one the words.

The vectors are a float array of shape (words, dimensions), the words a text array (or bytes in UTF-8), called as in
`VECTORS` and `WORDS`, or the only ones of their kind; other arrays are not looked at. An array of Python objects is
a pickle inside, which can run code when it is opened: it is refused before a byte of it is read. What the header of an
array claims is compared with the size of its member, and the bytes are counted while they are unpacked.
"""

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO, Any, ClassVar

import numpy as np
import numpy.typing as npt

from core.data.unpacking import Budget, UnpackError
from core.data.zip_files import open_zip
from core.errors import FormatError
from core.formats.format import FORMATS, Format
from core.formats.gathering import Words, as_vectors, budget_for, check_shape, space_of
from core.space import EmbeddingSpace

__all__ = ["Npz"]

VECTORS = ("vectors", "embeddings", "embedding", "weights", "matrix")
WORDS = ("words", "keys", "vocabulary", "vocab", "tokens", "index_to_key")
MEMBER, NPY = b"PK\x03\x04", b"\x93NUMPY"
LONGEST_HEADER = 10_000  # bytes, as numpy has it
LONGEST_WORD = 10_000  # characters
PIECE = 1 << 20
HOW = "save the words as an array of text beside the vectors: numpy.savez(file, words=words, vectors=vectors)"
OBJECTS = "holds Python objects, a pickle, which can run code when it is opened"


@dataclass(frozen=True, slots=True)
class Header:
    """What an array says of itself."""

    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype[Any]


@FORMATS.register
class Npz(Format):
    """Words and vectors as two arrays of a zip."""

    name: ClassVar[str] = "npz"
    title: ClassVar[str] = "numpy .npz"
    summary: ClassVar[str] = "Two arrays saved by numpy: words (text) and vectors (floats). Objects are refused."
    endings: ClassVar[tuple[str, ...]] = (".npz",)
    writable: ClassVar[bool] = False
    readable: ClassVar[bool] = True

    @classmethod
    def likeness(cls, head: bytes) -> float:
        """Sure of a zip whose first member is an array; an array alone is known too, so that it can be refused."""
        if head.startswith(NPY):
            return 1.0
        length = int.from_bytes(head[26:28], "little")
        return 1.0 if head.startswith(MEMBER) and head[30 : 30 + length].endswith(b".npy") else 0.0

    def _read(self, path: Path) -> EmbeddingSpace:
        with path.open("rb") as file:
            if file.read(len(NPY)) == NPY:
                raise FormatError(f"{path.name} holds vectors without words; {HOW}.")
            try:
                with open_zip(file, path.name) as archive:
                    return _space(_Archive(path.name, archive, budget_for(path)))
            except UnpackError as error:
                raise FormatError(str(error)) from None


class _Archive:
    """The arrays of a .npz file by name; a header is looked at when it is asked for.

    Args:
        name: how messages call the file.
        archive: the open zip.
        budget: counts what comes out of it.
    """

    def __init__(self, name: str, archive: zipfile.ZipFile, budget: Budget) -> None:
        self.name, self.archive, self.budget = name, archive, budget
        self.members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}

    def header(self, called: str) -> Header:
        """What an array says of itself."""
        with self._open(called) as (_, header):
            return header

    def choose(self, names: tuple[str, ...], kinds: str) -> tuple[str, Header]:
        """The array that has one of these names, or the only one of these kinds.

        Raises:
            FormatError: there is none, there are several, or it holds objects.
        """
        called = next((called for called in names if called in self.members), None)
        if called is None:
            # numpy gives no array a name with a folder in it.
            fitting = [one for one in self.members if "/" not in one and self.header(one).dtype.kind in kinds]
            if len(fitting) != 1:
                there = ", ".join(f"“{one[:40]}”" for one in list(self.members)[:20])
                raise FormatError(f"{self.name} has no array called “{names[0]}”; there are: {there}.")
            called = fitting[0]
        header = self.header(called)
        if header.dtype.hasobject:
            raise FormatError(f"{self.name}: “{called[:80]}” {OBJECTS}; {HOW}.")
        return called, header

    def load(self, called: str) -> npt.NDArray[Any]:
        """An array, unpacked straight into its place."""
        with self._open(called) as (member, header):
            self.budget.take(prod(header.shape) * header.dtype.itemsize)
            flat = np.empty(prod(header.shape), header.dtype)
            held, filled = flat.view(np.uint8), 0
            while piece := member.read(PIECE):
                held[filled : filled + len(piece)] = np.frombuffer(piece, np.uint8)
                filled += len(piece)
            if filled < len(held):
                raise FormatError(f"{self.name} is damaged: “{called[:80]}” breaks off.")
        return flat.reshape(header.shape, order="F" if header.fortran else "C")

    @contextmanager
    def _open(self, called: str) -> Iterator[tuple[IO[bytes], Header]]:
        """A member, read up to its values, and its header, whose claims fit the size of the member.

        Raises:
            FormatError: it is no array, damaged, or of another size than it claims.
        """
        info = self.members[called]
        if info.flag_bits & 1:
            raise FormatError(f"{self.name} is protected by a password; save it without one.")
        with self.archive.open(info) as member:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of Python 2
                    header = _header(member)
            except (ValueError, TypeError, SyntaxError, RecursionError):
                raise FormatError(f"{self.name}: the header of “{called[:80]}” is damaged; save it anew.") from None
            size, left = prod(header.shape) * header.dtype.itemsize, info.file_size - member.tell()
            if not header.dtype.hasobject and size != left:
                raise FormatError(
                    f"{self.name} is damaged: “{called[:80]}” claims {size:,} bytes of values, its member has {left:,}."
                )
            yield member, header


def _space(arrays: _Archive) -> EmbeddingSpace:
    name = arrays.name
    words, list_of_words = arrays.choose(WORDS, "SUO")
    vectors, matrix = arrays.choose(VECTORS, "fOV")
    if matrix.dtype.kind != "f":
        raise FormatError(f"{name}: “{vectors[:80]}” is of type {matrix.dtype}, not float; save it as float32.")
    check_shape(name, vectors, matrix.shape)
    if list_of_words.dtype.kind not in "SU":
        raise FormatError(f"{name}: “{words[:80]}” is of type {list_of_words.dtype}, not text; {HOW}.")
    if list_of_words.shape != matrix.shape[:1] or list_of_words.dtype.itemsize > 4 * LONGEST_WORD:
        raise FormatError(
            f"{name}: “{words[:80]}” has the shape {list_of_words.shape}, where a word for each of "
            f"{matrix.shape[0]:,} rows is needed, with at most {LONGEST_WORD:,} characters."
        )
    kept = Words()
    for text in arrays.load(words).tolist():
        kept.add(text if isinstance(text, bytes) else text.encode("utf-8", "replace"))
    rows = as_vectors(name, vectors, arrays.load(vectors))
    return space_of(name, kept.words, np.ascontiguousarray(rows), None, kept.notes())


def _header(member: IO[bytes]) -> Header:
    version = np.lib.format.read_magic(member)
    if version not in ((1, 0), (2, 0)):  # later ones are for arrays with named fields
        raise ValueError(version)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read(member, max_header_size=LONGEST_HEADER)
    if not all(isinstance(length, int) and length >= 0 for length in shape):
        raise ValueError(shape)
    return Header(shape, fortran, dtype)
