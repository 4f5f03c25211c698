"""What a file holds decides how it is read: packed, called as it may be, or refused with what it is."""

import gzip
import io
import json
import zipfile

import numpy as np
import pytest

from core.errors import FormatError, StoreError
from core.formats import gathering
from core.formats.format import FORMATS, WARNINGS
from core.formats.recognition import format_of, read_vectors
from core.space import EmbeddingSpace
from core.tensors import save_tensors

SPACE = EmbeddingSpace(["king", "café", "日本"], np.random.default_rng(0).normal(size=(3, 5)).astype(np.float32))
TEXT = b"2 2\nking 1 2\nqueen 3 4\n"


def bytes_of(name, tmp_path):
    FORMATS.get(name)().write(SPACE, tmp_path / "written")
    return (tmp_path / "written").read_bytes()


def zipped(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def read(tmp_path, data, called="x", **options):
    path, scratch = tmp_path / called, tmp_path / "scratch"
    path.write_bytes(data)
    scratch.mkdir(exist_ok=True)
    try:
        return read_vectors(path, scratch, **options)
    finally:
        assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("called", ["x.txt", "x.bin", "x.npz", "x.safetensors", "x", "x.vec.gz.zip", ".gz"])
@pytest.mark.parametrize("name", [unit.name for unit in FORMATS if unit.readable and unit.writable])
def test_the_ending_does_not_count(tmp_path, name, called):
    data = bytes_of(name, tmp_path)
    for packed in (data, gzip.compress(data), zipped(**{"any/name.xyz": data})):
        space = read(tmp_path, packed, called)
        assert space.keys == SPACE.keys
        np.testing.assert_array_equal(space.vectors, SPACE.vectors)


def test_the_ending_counts_where_the_content_says_nothing(tmp_path):
    (tmp_path / "x.npz").write_bytes(b"\0" * 1_000)
    assert format_of(tmp_path / "x.npz").name == "npz"
    (tmp_path / "x.safetensors").write_bytes(b"\0" * 1_000)
    assert format_of(tmp_path / "x.safetensors").name == "safetensors"


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", "x is empty"),
        (b"\0" * 1_000, "x is in no format that is supported; vectors are read from fastText .bin, GloVe text"),
        (b"\x80\x04\x95" + b"\0" * 50, "x is a pickle, which can run code"),
        (zipped(**{"model/data.pkl": b"\x80\x02.", "model/version": b"3"}), "x is a PyTorch file"),
        (zipped(a=TEXT, b=TEXT), "a zip archive of 2 files; unpack it"),
        (zipped(), "a zip archive of 0 files; unpack it"),
        (zipped(a=gzip.compress(TEXT)), "x is packed twice"),
        (zipped(a=zipped(b=TEXT)), "x is packed twice"),
        (gzip.compress(TEXT)[:-9], "breaks off before its end"),
        (zipped(a=TEXT)[:-9], "damaged zip"),
        (b"\x89HDF\r\n\x1a\n" + b"\0" * 50, "an HDF5 file"),
        (b"GGUF" + b"\0" * 50, "a language model"),
        ("2 2\nking 1 2\nqueen 3 4\n".encode("utf-16"), "text in UTF-16"),
        (b"%PDF-1.7\n1 0 obj", "line 1 is neither a header"),
        (b"word,1,2\nother,3,4\n", "line 1 is neither a header"),
    ],
)
def test_what_it_is_and_what_to_do(tmp_path, data, part):
    with pytest.raises(FormatError) as caught:
        read(tmp_path, data)
    assert part in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_member_without_a_name_is_a_member(tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo(""), TEXT)
    assert read(tmp_path, file.getvalue()).keys == ["king", "queen"]


def test_a_named_format_is_taken_at_its_word(tmp_path):
    data = b"3 4 5\n6 7 8\n"
    assert read(tmp_path, data).keys == ["3", "6"]
    assert read(tmp_path, b"2 1\n3 4\n5 6\n").keys == ["3", "5"]
    with pytest.raises(FormatError, match="line 1 is neither"):
        read(tmp_path, b"2 1\n3 4\n5 6\n", name="glove")
    with pytest.raises(FormatError, match="no header"):
        read(tmp_path, data, name="word2vec_binary")
    with pytest.raises(FormatError, match="can be written, not read"):
        read(tmp_path, data, name="projector")


def test_a_bomb_is_counted_while_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(gathering, "MOST_UNPACKED", 1_000_000)
    bomb = TEXT + b"\n" * 5_000_000
    for data in (gzip.compress(bomb), zipped(a=bomb)):
        with pytest.raises(FormatError, match="too large when unpacked: more than 1 MB"):
            read(tmp_path, data)


def test_a_full_disk_is_the_stores_fault(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(gathering.Budget, "take", full)
    with pytest.raises(StoreError, match="full"):
        read(tmp_path, gzip.compress(TEXT))


def test_what_follows_a_gzip_archive_is_told(tmp_path):
    space = read(tmp_path, gzip.compress(TEXT) + b"rest")
    assert "other bytes after the end" in space.metadata[WARNINGS][0]
    assert read(tmp_path, gzip.compress(TEXT[:10]) + gzip.compress(TEXT[10:])).keys == ["king", "queen"]


def test_the_size_is_told_before_it_is_read(tmp_path):
    told = []
    read(tmp_path, gzip.compress(TEXT), unpacked=told.append)
    assert told == [len(TEXT)]


def test_halves_of_characters_become_whole(tmp_path):
    keys = np.frombuffer(json.dumps(["\ud800", "\udc00", "king"]).encode(), np.uint8)
    save_tensors(tmp_path / "x", {"vectors": np.eye(3, dtype=np.float32), "keys": keys})
    space = read_vectors(tmp_path / "x", tmp_path)
    assert space.keys == ["?", "king"]
    assert space.vectors.tolist() == [[1, 0, 0], [0, 0, 1]]
    assert len(space.metadata[WARNINGS]) == 2


def test_a_message_holds_nothing_that_a_terminal_obeys(tmp_path):
    for data in (b"2 2\na\x1b]0;x\x07\xc2\x85b 1 1e39\n", b"2 2\na 1 \x1b[2J\xe2\x80\xa8\nb 1 2\n"):
        with pytest.raises(FormatError) as caught:
            read(tmp_path, data)
        assert str(caught.value).isprintable()


def test_numbers_too_large_to_compute_with_are_refused(tmp_path):
    assert read(tmp_path, b"2 2\na 1e15 1\nb 1 1\n").vectors.max() == np.float32(1e15)
    with pytest.raises(FormatError, match="“b” holds 2e"):
        read(tmp_path, b"2 2\na 1 1\nb 1 -2e15\n")
