"""Vectors from any file: unpacked if it is an archive, its format known by its content, read.

What a file holds decides how it is read; its ending counts only where the content says nothing.
"""

import contextlib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from core.data.notes import Notes
from core.data.unpacking import UnpackError, gunzip, is_gzip
from core.data.zip_files import is_zip, open_zip, pieces_of, regular_members
from core.errors import FormatError
from core.files import explain_write_error, temporary_folder
from core.formats.format import FORMATS, WARNINGS, Format
from core.formats.gathering import LARGEST, budget_for, first_beyond, space_of
from core.space import EmbeddingSpace

__all__ = ["format_of", "read_vectors"]

HEAD = 1 << 16  # bytes
SURE = 0.5
PICKLES = tuple(b"\x80" + bytes([protocol]) for protocol in range(2, 6))
PICKLE = (
    "is a pickle, which can run code when it is opened and is not supported; where it was made, save the vectors as "
    "word2vec text (in gensim: save_word2vec_format) or as safetensors"
)
TORCH = (
    "is a PyTorch file, which holds a pickle that can run code when it is opened and is not supported; where it was "
    "made, save the vectors with safetensors"
)
#: Beginnings, and the sentence's end: what it is, and what to do.
MAGIC = (
    *((start, PICKLE) for start in PICKLES),
    (b"\x1f\x8b", "is packed twice; unpack it once"),
    (b"PK\x03\x04", "is packed twice; unpack it once"),
    (b"\x89HDF", "is an HDF5 file, which is not supported; save the vectors as word2vec text or safetensors"),
    (b"GGUF", "is a language model (GGUF), which is not supported; bring its input vectors as safetensors"),
    (b"\xff\xfe", "is text in UTF-16, which is not supported; save it as UTF-8"),
    (b"\xfe\xff", "is text in UTF-16, which is not supported; save it as UTF-8"),
)


def read_vectors(
    path: Path, scratch: Path, name: str | None = None, unpacked: Callable[[int], None] | None = None
) -> EmbeddingSpace:
    """Read the vectors of a file of any format, also of one packed with gzip or alone in a zip.

    Args:
        path: the file.
        scratch: a folder for what is unpacked; it is removed again.
        name: of the format; None lets the content decide.
        unpacked: told the bytes of the file that is read, before it is.

    Raises:
        FormatError: what is wrong with the file, where, and what to do.
        StoreError: there is no room to unpack it.
    """
    asked = FORMATS.get(name)() if name else None
    notes = Notes()
    try:
        with _unpacked(path, scratch, notes) as plain:
            if unpacked is not None:
                unpacked(plain.stat().st_size)
            space = (asked or format_of(plain)()).read(plain)
            _check_size(path.name, space)
    except (UnpackError, FormatError) as error:
        raise FormatError(_printable(str(error))) from None
    except OSError as error:
        raise FormatError(f"{path.name} cannot be read ({error.strerror or error}); check its place.") from error
    if notes.said:
        space.metadata[WARNINGS] = [*notes.said, *space.metadata.get(WARNINGS, ())]
    return _whole_characters(path.name, space)


def format_of(path: Path) -> type[Format]:
    """The format that the first bytes of a file say.

    Raises:
        FormatError: none that is read; what the file is, where that is known, and what to do.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise FormatError(f"{path.name} is empty.")
    likeness = {unit: unit.likeness(head) for unit in FORMATS if unit.readable}
    best = max(likeness, key=lambda unit: likeness[unit])
    if likeness[best] > SURE:
        return best
    for magic, what in MAGIC:
        if head.startswith(magic):
            raise FormatError(f"{path.name} {what}.")
    if likeness[best] > 0:
        return best
    named = next((unit for unit in likeness if path.suffix.lower() in unit.endings), None)
    if named is None:
        titles = ", ".join(unit.title for unit in likeness)
        raise FormatError(f"{path.name} is in no format that is supported; vectors are read from {titles}.")
    return named


@contextlib.contextmanager
def _unpacked(path: Path, scratch: Path, notes: Notes) -> Iterator[Path]:
    """The file itself, or what is packed in it: counted while it is unpacked, and never under a name from inside."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not is_gzip(head) and (not is_zip(head) or any(unit.likeness(head) > SURE for unit in FORMATS)):
        yield path
        return
    with temporary_folder(scratch, "unpacked") as folder:
        plain = folder / path.stem
        _unpack(path, plain, notes)
        yield plain


def _unpack(path: Path, plain: Path, notes: Notes) -> None:
    budget = budget_for(path)
    with path.open("rb") as file, contextlib.ExitStack() as stack:
        if is_gzip(file.read(2)):
            file.seek(0)
            pieces = gunzip(file, path.name, notes)
        else:
            archive = stack.enter_context(open_zip(file, path.name))
            pieces = pieces_of(archive, _only_member(archive, path.name), path.name)
        try:
            with plain.open("xb") as out:
                for piece in pieces:
                    budget.take(len(piece))
                    out.write(piece)
        except OSError as error:
            raise explain_write_error(error, plain.parent) from None


def _only_member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    if any(one.split("/")[-1] == "data.pkl" for one in archive.namelist()):
        raise FormatError(f"{name} {TORCH}.")
    members = [info for info, wrong in regular_members(archive) if not wrong]
    if len(members) != 1:
        raise FormatError(f"{name} is a zip archive of {len(members):,} files; unpack it and bring one of them.")
    return members[0]


def _printable(text: str) -> str:
    """A message without what a terminal would obey: words and names from files stand in it."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _check_size(name: str, space: EmbeddingSpace) -> None:
    """Refuse numbers that can be kept, but not computed with."""
    bad = first_beyond(space.vectors, LARGEST)
    if bad is not None:
        raise FormatError(
            f"{name}: the vector of “{space.keys[bad][:60]}” holds {np.abs(space.vectors[bad]).max():.3g}, too large a "
            f"value to compute with; scale the vectors to below {LARGEST:.0e}."
        )


def _whole_characters(name: str, space: EmbeddingSpace) -> EmbeddingSpace:
    """The space, with words that hold half a character (of JSON's escapes) made whole: no page can show them."""
    try:
        "".join(space.keys).encode()
    except UnicodeEncodeError:
        told = ["Words with half characters are not text; these are shown as “?”.", *space.metadata.get(WARNINGS, ())]
        keys = [key.encode("utf-8", "replace").decode() for key in space.keys]
        whole = space_of(name, keys, space.vectors, space.counts, told, space.metadata)
        whole.encoder = space.encoder
        return whole
    return space
