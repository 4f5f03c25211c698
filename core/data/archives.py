"""What lies in a file: itself, or, where it is a gzip or zip archive, its members as files of the corpus.

Archives in archives are not unpacked. Members are read as streams and never written under their own names.
"""

from collections.abc import Generator, Iterator

from core.data.reader import binary_reader
from core.data.source import Source
from core.data.source_files import shown_name
from core.data.unpacking import Unpacked, UnpackError, gunzip, is_gzip
from core.data.zip_files import is_zip, open_zip, pieces_of, regular_members
from core.errors import CorpusError

__all__ = ["is_archive", "sources_of"]

MOST_MEMBERS = 2_000
# A file that says by its name what it should hold, and does not, is damaged or something else.
ENDINGS = {".gz": is_gzip, ".gzip": is_gzip, ".zip": is_zip}
# These make a zip archive a document of some program; its members mean nothing by themselves.
OF_DOCUMENTS = frozenset({"[Content_Types].xml", "mimetype", "word/document.xml", "xl/workbook.xml"})


def is_archive(source: Source) -> bool:
    """Whether a file holds other files, and is no document of a program that happens to be zipped."""
    if is_gzip(source.head_bytes):
        return True
    return is_zip(source.head_bytes) and not source.zip_names & OF_DOCUMENTS and binary_reader(source) is None


def sources_of(outer: Source) -> Generator[Source]:
    """The file itself, or the files in it where it is an archive; what cannot be read is passed over with a note.

    Args:
        outer: a file on disk.

    Raises:
        UnpackError: an archive that is damaged, protected, too large, or holds nothing to read.
    """
    if is_gzip(outer.head_bytes):
        yield from _gunzipped(outer)
    elif is_archive(outer) or (outer.ending == ".zip" and not is_zip(outer.head_bytes) and _is_zip_behind(outer)):
        yield from _unzipped(outer)
    elif outer.ending in ENDINGS and not ENDINGS[outer.ending](outer.head_bytes):
        raise CorpusError(
            f"{outer.name} is damaged or no archive, as its name says: it does not begin like one; "
            "if it is text, let its name end in .txt."
        )
    else:
        yield outer


def _is_zip_behind(outer: Source) -> bool:
    """Whether a zip archive follows some other bytes, as in one that unpacks itself."""
    with outer.content.open() as file:
        file.seek(max(0, outer.size - (1 << 16)))
        return b"PK\x05\x06" in file.read()


def _gunzipped(outer: Source) -> Iterator[Source]:
    called = outer.path.name.removesuffix(outer.path.suffix) if outer.ending in ENDINGS else outer.path.name
    with outer.open() as file, Unpacked(gunzip(file, outer.name, outer.notes), outer.budget, "", called) as content:
        source = Source(outer.path, outer.options, outer.notes, None, outer.whole_first, content, outer.budget)
        if is_archive(source):
            raise UnpackError(f"{outer.name} is an archive in an archive, which is not unpacked; unpack it once.")
        yield source


def _unzipped(outer: Source) -> Iterator[Source]:
    found = 0
    passed_over = ""
    with outer.open() as file, open_zip(file, outer.name) as archive:
        members = list(regular_members(archive))
        if len(members) > MOST_MEMBERS:
            raise UnpackError(
                f"{outer.name} holds too many files: {len(members):,}, and the limit is {MOST_MEMBERS:,}; "
                "make smaller archives."
            )
        packed = sum(info.compress_size for info, _ in members) or 1
        for info, refused in members:
            pieces, name = pieces_of(archive, info, outer.name), info.filename
            share = info.compress_size / packed
            with Unpacked(pieces, outer.budget, name, name, share, info.file_size) as content:
                try:
                    source = _member(outer, content, refused)
                except UnpackError:
                    raise
                except CorpusError as error:
                    outer.notes.pass_over(str(error))
                    passed_over = passed_over or str(error)
                else:
                    found += 1
                    yield source
    if not found:
        reason = f" ({passed_over.rstrip('.')})" if passed_over else ""
        raise UnpackError(f"{outer.name} is empty: it holds no files to read{reason}.")


def _member(outer: Source, content: Unpacked, refused: str) -> Source:
    if refused:
        raise CorpusError(f"{shown_name(content.inner)} in {outer.name} is {refused}.")
    source = Source(outer.path, outer.options, outer.notes, None, True, content, outer.budget)
    if is_archive(source):
        raise CorpusError(f"{source.name} was skipped: a nested archive is not unpacked.")
    return source
