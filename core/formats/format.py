"""The contract that every format keeps, and the registry that finds them.

To add one, put one file into `core/formats/`: its docstring says how the bytes lie, its class writes them, reads them,
or both. Writing is whole or not at all; reading believes no size that a header claims before it was compared with the
file.
"""

import errno
from pathlib import Path
from typing import BinaryIO, ClassVar

import numpy as np

from core.errors import FormatError
from core.files import atomic_file, explain_write_error
from core.registry import Registry
from core.space import EmbeddingSpace

__all__ = ["FORMATS", "MOST_DIMENSIONS", "WARNINGS", "Format"]

MOST_DIMENSIONS = 20_000
WARNINGS = "import_warnings"  # the entry of a space's metadata that holds what reading had to mend


class Format:
    """A way to keep vectors in a file.

    Class attributes:
        name: the name on the command line; also the name of the file.
        title: the name as people write it.
        summary: what it is for, and what it loses.
        endings: how names of such files end, in lower case, with the dot; the first is given to files written here.
        lossless: whether reading gives back the same keys, vectors, counts and metadata.
        writable: whether `write` makes it; such a format has `snippet` and `_write`.
        readable: whether `read` takes it; such a format has `likeness` and `_read`.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    endings: ClassVar[tuple[str, ...]]
    lossless: ClassVar[bool] = False
    writable: ClassVar[bool]
    readable: ClassVar[bool]

    def write(self, space: EmbeddingSpace, path: Path) -> tuple[str, ...]:
        """Write `space` to `path`, atomically; what had to be changed is returned as sentences.

        Raises:
            FormatError: the format is only read, or the vectors hold values that are not finite.
            StoreError: the disk is full, the folder cannot be written to …; `path` is as it was.
        """
        if not self.writable:
            raise FormatError(f"{self.title} can be read, not written; choose another format, such as word2vec_text.")
        if not np.isfinite(space.vectors).all():
            raise FormatError("The vectors hold values that are not finite, which no program reads; train anew.")
        try:
            with atomic_file(path) as file:
                return self._write(space, file)
        except OSError as error:
            raise explain_write_error(error, path.parent) from error

    def read(self, path: Path) -> EmbeddingSpace:
        """Read the vectors of a file; what had to be mended stands in `metadata["import_warnings"]`, if anything.

        Raises:
            FormatError: the file is not in this format, damaged, or larger than it may be: what, where, what to do.
        """
        if not self.readable:
            raise FormatError(f"{self.title} can be written, not read; bring word2vec or safetensors files.")
        try:
            if path.stat().st_size == 0:
                raise FormatError(f"{path.name} is empty.")
            return self._read(path)
        except OSError as error:
            if error.errno == errno.ENOMEM:  # a map that found no room
                raise MemoryError from error
            raise FormatError(f"{path.name} cannot be read ({error.strerror or error}); check its place.") from error

    @classmethod
    def likeness(cls, head: bytes) -> float:
        """How much the first bytes of a file look like this format, from 0 to 1; the ending of its name counts not."""
        return 0.0

    def snippet(self, path: str) -> str:
        """The lines of Python that load a file of this format called `path`."""
        raise NotImplementedError

    def _write(self, space: EmbeddingSpace, file: BinaryIO) -> tuple[str, ...]:
        """Write all bytes of `space`; give back what had to be changed, as sentences."""
        raise NotImplementedError

    def _read(self, path: Path) -> EmbeddingSpace:
        """Read a file that is not empty."""
        raise NotImplementedError


FORMATS: Registry[type[Format]] = Registry("format", "core.formats")
