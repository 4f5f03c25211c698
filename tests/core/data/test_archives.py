"""Archives made here, sound and hostile: what they hold is read, and nothing else."""

import gzip
import io
import stat
import struct
import zipfile

import pytest

from core.data.documents import Documents
from core.data.options import CorpusOptions
from core.data.unpacking import UnpackError
from core.errors import CorpusError


def read(path, **options):
    """Lines, and what was kept of their reading."""
    documents = Documents(path, CorpusOptions(**options))
    text = "".join(batch.text for batch in documents)
    return text.removesuffix("\n").split("\n"), documents


def zipped(path, *members):
    """A zip archive of pairs of a name (or ZipInfo) and its content."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def refusal(path, **options):
    with pytest.raises(CorpusError) as caught:
        read(path, **options)
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


# ------------------------------------------------------------------------------------------------------------- gzip


def test_gzip_is_read_as_what_it_holds(tmp_path):
    path = tmp_path / "table.csv.gz"
    path.write_bytes(gzip.compress(b"id,text,label\n1,alpha beta,x\n2,gamma,y\n"))
    lines, documents = read(path, label_column="label")
    assert lines == ["alpha beta", "gamma"]
    assert documents.label_names == ["x", "y"]
    assert [(file.name, file.reader, file.lines) for file in documents.files] == [("table.csv.gz", "csv", 2)]
    assert documents.bytes_read == path.stat().st_size


def test_gzip_by_any_name(tmp_path):
    (tmp_path / "a.txt").write_bytes(gzip.compress(b"alpha beta\n"))
    assert read(tmp_path / "a.txt")[0] == ["alpha beta"]


def test_gzip_parts_zeros_and_what_follows(tmp_path):
    path = tmp_path / "a.gz"
    one, two = gzip.compress(b"alpha\n"), gzip.compress(b"beta\n")
    for content in (one + two, one + two + bytes(3_000_000), one + b"\0\0" + two):
        path.write_bytes(content)
        lines, documents = read(path)
        assert (lines, documents.notes.said) == (["alpha", "beta"], [])
    for rest in (b"junk", b"\x1f", b"\0\0\x1fx"):
        path.write_bytes(one + rest)
        lines, documents = read(path)
        assert lines == ["alpha"]
        assert "after the end" in documents.notes.said[0]


def test_gzip_in_pieces_of_any_size(tmp_path, monkeypatch):
    path = tmp_path / "a.gz"
    text = "".join(f"word{i} alpha\n" for i in range(300))
    path.write_bytes(gzip.compress(text.encode()) * 2 + bytes(5))
    for size in (1, 2, 7, 100):
        monkeypatch.setattr("core.data.unpacking.PIECE", size)
        assert read(path)[0] == (text * 2).splitlines()


@pytest.mark.parametrize("cut", [5, 15, -9, -4, -1])
def test_gzip_cut_off_or_changed(tmp_path, cut):
    whole = gzip.compress("".join(f"word{i} " for i in range(1000)).encode())
    path = tmp_path / "a.gz"
    path.write_bytes(whole[:cut])
    assert "breaks off" in refusal(path)
    path.write_bytes(whole[:cut] + bytes([whole[cut] ^ 1]) + whole[cut:][1:])
    if cut > 10 or cut < 0:
        assert "damaged" in refusal(path)


def test_gzip_of_an_archive_is_not_unpacked_twice(tmp_path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(gzip.compress(b"alpha\n")))
    assert "archive in an archive" in refusal(path)
    inner = io.BytesIO()
    zipped(inner, ("a.txt", "alpha\n"))
    path.write_bytes(gzip.compress(inner.getvalue()))
    assert "archive in an archive" in refusal(path)
    path.write_bytes(gzip.compress(b""))
    assert "empty" in refusal(path)


@pytest.mark.parametrize("name", ["a.gz", "a.zip", "A.GZ"])
def test_text_that_is_called_an_archive(tmp_path, name):
    (tmp_path / name).write_text("alpha beta\n")
    assert "no archive" in refusal(tmp_path / name)


# -------------------------------------------------------------------------------------------------------------- zip


def test_zip_by_hand(tmp_path):
    path = zipped(
        tmp_path / "a.zip",
        ("b/two.txt", "four\n\nfive"),
        ("b/", ""),
        ("a/one.txt", "one two\nthree\n"),
        ("c.csv", "id,text\n1,six seven\n"),
        (".hidden", "no\n"),
        ("__MACOSX/a.txt", "no\n"),
    )
    lines, documents = read(path)
    assert lines == ["one two", "three", "four", "", "five", "six seven"]
    files = [(file.name, file.reader, file.first_line, file.lines) for file in documents.files]
    assert files == [("a/one.txt", "text", 0, 2), ("b/two.txt", "text", 2, 3), ("c.csv", "csv", 5, 1)]
    assert documents.bytes_read == path.stat().st_size


def test_zip_by_any_name_and_behind_other_bytes(tmp_path):
    zipped(tmp_path / "a.txt", ("x.txt", "alpha\n"))
    assert read(tmp_path / "a.txt")[0] == ["alpha"]
    (tmp_path / "b.zip").write_bytes(b"#!/bin/sh\nexit\n" + (tmp_path / "a.txt").read_bytes())
    assert read(tmp_path / "b.zip")[0] == ["alpha"]


def test_zip_says_what_it_passed_over(tmp_path):
    inner = io.BytesIO()
    zipped(inner, ("x.txt", "hidden\n"))
    path = zipped(
        tmp_path / "a.zip",
        ("a.txt", "alpha\n"),
        ("pic.png", b"\x89PNG\r\n\x1a\n" + bytes(50)),
        ("more.txt.gz", gzip.compress(b"beta\n")),
        ("more.zip", inner.getvalue()),
        ("empty.txt", ""),
        ("latin.txt", "café ".encode("latin-1") * 9),
    )
    lines, documents = read(path)
    assert lines == ["alpha"]
    said = documents.notes.sentences()
    assert all(sentence.startswith("Passed over: ") for sentence in said)
    for name, why in [
        ("pic.png", "PNG image"),
        ("more.txt.gz", "nested"),
        ("more.zip", "nested"),
        ("empty.txt", "empty"),
        ("latin.txt", "cp1252"),
    ]:
        assert any(name in sentence and why in sentence for sentence in said), said
    assert read(path, encoding="latin-1")[0] == ["alpha", "café " * 9]


def test_many_passed_over_files_are_counted(tmp_path):
    path = zipped(tmp_path / "a.zip", ("a.txt", "alpha\n"), *[(f"{i}.png", b"\x89PNG" + bytes(9)) for i in range(30)])
    said = read(path)[1].notes.sentences()
    assert len(said) == 21
    assert said[-1] == "10 more files were passed over."


def test_zip_names_are_never_paths(tmp_path):
    names = ["../up.txt", "/abs.txt", "..\\back.txt", "C:\\drive.txt", "a/../../../deep.txt", "line\nfeed.txt"]
    inside = tmp_path / "inside"
    inside.mkdir()
    path = zipped(inside / "a.zip", *[(name, f"alpha{i} beta\n") for i, name in enumerate(names)])
    lines, documents = read(path)
    assert sorted(lines) == [f"alpha{i} beta" for i in range(6)]
    assert all(file.name.isprintable() for file in documents.files)
    assert [file.name for file in tmp_path.rglob("*.*")] == ["a.zip"]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFBLK])
def test_zip_only_regular_files(tmp_path, kind):
    info = zipfile.ZipInfo("odd.txt")
    info.create_system = 3
    info.external_attr = (kind | 0o777) << 16
    assert "no files to read (odd.txt" in refusal(zipped(tmp_path / "a.zip", (info, "/etc/passwd and more words")))
    lines, documents = read(zipped(tmp_path / "b.zip", (info, "/etc/passwd"), ("a.txt", "alpha")))
    assert lines == ["alpha"]
    assert "odd.txt" in documents.notes.said[0]


@pytest.mark.parametrize("members", [[], [("a/", ""), ("a/b/", "")]])
def test_zip_of_nothing(tmp_path, members):
    assert "no files" in refusal(zipped(tmp_path / "a.zip", *members))


def test_zip_members_are_counted(tmp_path, monkeypatch):
    path = zipped(tmp_path / "a.zip", *[(f"{i}.txt", f"w{i}") for i in range(10)])
    monkeypatch.setattr("core.data.archives.MOST_MEMBERS", 10)
    assert len(read(path)[0]) == 10
    monkeypatch.setattr("core.data.archives.MOST_MEMBERS", 9)
    assert "too many files: 10" in refusal(path)
    monkeypatch.setattr("core.data.zip_files.LARGEST_DIRECTORY", 300)
    assert "too many files" in refusal(path)


def test_zip_bytes_are_counted_over_all_members(tmp_path, monkeypatch):
    path = zipped(tmp_path / "a.zip", *[(f"{i}.txt", b"alpha " * 1000) for i in range(3)])
    monkeypatch.setattr("core.data.unpacking.MOST_UNPACKED", 18_000)
    monkeypatch.setattr("core.data.unpacking.Budget.__init__.__defaults__", (18_000,))
    assert len(read(path)[0]) == 3
    monkeypatch.setattr("core.data.unpacking.Budget.__init__.__defaults__", (17_999,))
    assert "too large when unpacked" in refusal(path)


def test_zip_what_is_not_read_is_not_unpacked(tmp_path, monkeypatch):
    path = zipped(tmp_path / "a.zip", ("a.txt", "alpha\n"), ("film.png", b"\x89PNG" + bytes(9_000_000)))
    monkeypatch.setattr("core.data.unpacking.Budget.__init__.__defaults__", (2_000_000,))
    assert read(path)[0] == ["alpha"]


def test_zip_encrypted(tmp_path):
    path = zipped(tmp_path / "a.zip", ("a.txt", "alpha\n"))
    content = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + flags] |= 1
    path.write_bytes(content)
    assert "password" in refusal(path)


def test_zip_damage_refuses_the_whole(tmp_path):
    path = zipped(tmp_path / "a.zip", ("a.txt", "alpha beta\n"), ("b.txt", "gamma " * 100))
    whole = path.read_bytes()
    second = whole.index(b"PK\x03\x04", 4)
    central = [i for i in range(len(whole)) if whole[i : i + 4] == b"PK\x01\x02"]
    changed = {
        "bytes": (second + 30 + 5 + 2, whole[second + 37] ^ 0xFF),
        "check sum": (central[1] + 16, whole[central[1] + 16] ^ 1),
        "a size that lies": (central[1] + 24, 50),
        "a method nobody knows": (central[1] + 10, 93),
    }
    for what, (place, value) in changed.items():
        path.write_bytes(whole[:place] + bytes([value]) + whole[place + 1 :])
        with pytest.raises(UnpackError) as caught:
            read(path)
        assert "zip archive" in str(caught.value), what
    path.write_bytes(whole[:-30])
    assert "breaks off" in refusal(path)


def test_zip_members_that_share_their_bytes(tmp_path):
    path = zipped(tmp_path / "a.zip", ("a.txt", "alpha " * 50), ("b.txt", "alpha " * 50))
    content = bytearray(path.read_bytes())
    second = content.rindex(b"PK\x01\x02")
    # Both entries of the directory lead to the first member.
    content[second + 42 : second + 46] = struct.pack("<L", 0)
    path.write_bytes(content)
    assert "overlap" in refusal(path)


# ----------------------------------------------------------------------------------------------------------- folders


def test_folder_of_everything(tmp_path):
    folder = tmp_path / "texts"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text("one\ntwo\n")
    zipped(folder / "b.zip", ("x.txt", "three\n"), ("y.bin", bytes(range(256)) * 9))
    (folder / "c.txt.gz").write_bytes(gzip.compress(b"four\n"))
    (folder / "d.zip").write_bytes(b"PK\x03\x04 and no more")
    (folder / "sub" / "e.csv").write_text("id,text\n1,five six\n")
    lines, documents = read(folder)
    assert lines == ["one", "two", "three", "four", "five six"]
    assert [file.name for file in documents.files] == ["a.txt", "b.zip/x.txt", "c.txt.gz", "sub/e.csv"]
    said = " ".join(documents.notes.sentences())
    assert "y.bin in b.zip" in said
    assert "d.zip is a damaged zip archive" in said
    assert documents.bytes_read == documents.bytes_total


def test_notes_name_the_file_where_there_are_several(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "alpha"}\nbroken\n')
    (tmp_path / "b.jsonl").write_text('{"text": "beta"}\n{"text": 5}\nbroken\n')
    said = read(tmp_path, column="text")[1].notes.sentences()
    assert "2 lines skipped: not valid JSON (lines 2 of a.jsonl, 3 of b.jsonl)." in said
