"""word2vec text and binary: the bytes themselves, gensim as the independent reader, and files from other programs."""

import struct

import numpy as np
import pytest

from core.errors import FormatError
from core.formats.format import FORMATS, WARNINGS
from core.space import EmbeddingSpace

TEXT, BINARY = FORMATS.get("word2vec_text")(), FORMATS.get("word2vec_binary")()
SMALL = EmbeddingSpace(["king", "café"], np.array([[0.5, -0.1], [1e-8, 3]], np.float32))


def read_text(tmp_path, content):
    (tmp_path / "x.vec").write_bytes(content if isinstance(content, bytes) else content.encode())
    return TEXT.read(tmp_path / "x.vec")


def test_text_bytes(tmp_path):
    TEXT.write(SMALL, tmp_path / "x")
    lines = "2 2\nking 0.5 -0.100000001\ncafé 9.99999994e-09 3\n"
    assert (tmp_path / "x").read_bytes() == lines.encode()


def test_binary_bytes(tmp_path):
    BINARY.write(SMALL, tmp_path / "x")
    want = (
        b"2 2\nking " + struct.pack("<2f", 0.5, -0.1) + b"\n" + "café ".encode() + struct.pack("<2f", 1e-8, 3) + b"\n"
    )
    assert (tmp_path / "x").read_bytes() == want
    # gensim leaves the line ends out.
    (tmp_path / "y").write_bytes(want[:17] + want[18:-1])
    assert BINARY.read(tmp_path / "y").keys == SMALL.keys


@pytest.mark.parametrize("binary", [False, True])
def test_gensim_reads_ours_and_we_read_gensims(tmp_path, binary):
    models = pytest.importorskip("gensim.models", reason="gensim is not installed (the bench extra)")
    form = BINARY if binary else TEXT
    rng = np.random.default_rng(0)
    keys = ["king", "café", "日本", "😀", "new york", "=1+1"]
    space = EmbeddingSpace(keys, (rng.normal(size=(6, 33)) * 10.0 ** rng.integers(-30, 30, (6, 33))).astype(np.float32))
    form.write(space, tmp_path / "ours")
    theirs = models.KeyedVectors.load_word2vec_format(str(tmp_path / "ours"), binary=binary)
    assert theirs.index_to_key == ["king", "café", "日本", "😀", "new_york", "=1+1"]
    np.testing.assert_array_equal(theirs.vectors, space.vectors)
    theirs.save_word2vec_format(str(tmp_path / "theirs"), binary=binary)
    again = form.read(tmp_path / "theirs")
    assert again.keys == theirs.index_to_key
    np.testing.assert_array_equal(again.vectors, space.vectors)


def test_text_without_a_header(tmp_path):
    space = read_text(tmp_path, "7 0.5 1\n. . . 2 3\nking\t4\t5\n\n")
    assert space.keys == ["7", ". . .", "king"]
    assert space.vectors.tolist() == [[0.5, 1], [2, 3], [4, 5]]


def test_text_with_bom_and_crlf(tmp_path):
    space = read_text(tmp_path, b"\xef\xbb\xbf2 2\r\nking 1 2\r\nqueen +.5 -1e-3\r\n")
    assert space.keys == ["king", "queen"]
    np.testing.assert_array_equal(space.vectors[1], np.float32([0.5, -1e-3]))


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("2 2\nking 1 2\nqueen 1\n", "line 3 has a word and 1 numbers, where 2 numbers are needed"),
        ("2 2\nking 1 2\nqueen 1 2 3\n", "line 3 has more numbers than 2"),
        ("1 2\nking 1 1_0\n", "line 2 has “1_0” where a number"),
        ("1 2\nking 1 １\n", "line 2 has “１” where a number"),
        ("1 2\nking 1 nan\n", "“nan”"),
        ("1 2\nking 1 inf\n", "“inf”"),
        ("1 2\nking 1 --1\n", "“--1”"),
        ("1 2\nking 1 1e39\n", "too large for float32"),
        ("1 2\n 1 2\n", "no word"),
        ("1 2\n 1 1 2\n", "more numbers"),
        ("0 2\n", "no vectors"),
        ("3 -2\n", "dimension -2"),
        ("-3 2\n", "count -3"),
        ("1 20001\n", "20,000"),
        ("1000000000 1000000\n", "1,000,000"),
        ("99999999999999999999 5\n", "too large"),
        ("1000000 1\nking 1\n", "header claims 1,000,000 words, the file holds 1"),
        ("what is this\n", "line 1 is neither a header"),
        ("\x80\x04\x95", "line 1 is neither a header"),
    ],
)
def test_bad_text_is_refused_with_its_line(tmp_path, content, part):
    with pytest.raises(FormatError) as caught:
        read_text(tmp_path, content)
    assert part in str(caught.value)
    assert "x.vec" in str(caught.value)


def test_an_endless_line_is_refused(tmp_path):
    with pytest.raises(FormatError, match="longer than"):
        read_text(tmp_path, b"1 2\n" + b"a" * 2_100_000)


def test_duplicates_and_odd_bytes_are_reported(tmp_path):
    space = read_text(tmp_path, b"3 2\nking 1 2\nking 3 4\n\xffodd 5 6\n")
    assert space.keys == ["king", "\ufffdodd"]
    assert space.vectors.tolist() == [[1, 2], [5, 6]]
    assert len(space.metadata[WARNINGS]) == 2


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"3 4", "no header"),
        (b"king 1 2\n" * 50, "no header"),
        (b"-3 4\n" + bytes(100), "negative"),
        (b"3 -4\n" + bytes(100), "dimension -4"),
        (b"0 4\n", "0 words"),
        (b"100000000 300\n" + bytes(100), "more than a file of this size"),
        (b"1 1\nking \0\0\xc0\x7f", "“king” holds a value that is not finite"),
        (b"1 1\nking \0\0\0\0king \0\0\0\0", "bytes follow its 1 words"),
        (b"1 1\n" + b"k" * 3_000 + b" \0\0\0\0", "no end"),
        (b"1 1\n \0\0\0\0\0", "no letters"),
    ],
)
def test_bad_binaries_are_refused(tmp_path, content, part):
    (tmp_path / "x.bin").write_bytes(content)
    with pytest.raises(FormatError) as caught:
        BINARY.read(tmp_path / "x.bin")
    assert part in str(caught.value)
