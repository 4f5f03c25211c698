"""What is saved is what is read, whatever an array's layout; damaged files are refused in words."""

import hashlib
import json
import struct

import numpy as np
import pytest
from safetensors.numpy import load_file

from core import tensors
from core.errors import FormatError
from core.tensors import load_tensors, open_tensors, save_tensors


def padded():
    matrix = np.zeros((7, 16), np.float32)
    matrix[:, :10] = np.arange(70).reshape(7, 10)
    return matrix[:, :10]


BASE = np.arange(24, dtype=np.float32).reshape(4, 6)
LAYOUTS = {
    "plain": BASE,
    "padded": padded(),
    "sliced": BASE[1:4:2, ::2],
    "reversed": BASE[::-1],
    "transposed": BASE.T,
    "fortran": np.asfortranarray(BASE),
    "broadcast": np.broadcast_to(np.float32(3), (2, 5)),
    "big_endian": BASE.astype(">f4"),
    "scalar": np.array(7, np.int64),
    "empty": np.zeros((0, 5), np.float32),
    "empty_columns": np.zeros((3, 0), np.float16),
    "half": BASE.astype(np.float16),
    "bytes": np.frombuffer("König".encode(), np.uint8),
    "ranks": np.arange(5, dtype=np.uint32),
    "flags": np.array([True, False, True]),
    "double": BASE.astype(np.float64) / 3,
    "counts": np.array([2**62, -5], np.int64),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_reads_back_equal(tmp_path, name):
    path = tmp_path / "a.safetensors"
    save_tensors(path, {"x": LAYOUTS[name]})
    for arrays in (load_tensors(path)[0], load_file(path)):
        assert arrays["x"].shape == LAYOUTS[name].shape
        assert arrays["x"].dtype == LAYOUTS[name].dtype.newbyteorder("=")
        np.testing.assert_array_equal(arrays["x"], LAYOUTS[name])


def test_all_together_with_metadata(tmp_path):
    path = tmp_path / "a.safetensors"
    texts = {"run": "20261121-x", "wörter": "日本 </script>\n\0"}
    save_tensors(path, LAYOUTS, texts)
    arrays, metadata = load_tensors(path)
    assert metadata == texts
    assert arrays.keys() == LAYOUTS.keys()
    for name, array in LAYOUTS.items():
        np.testing.assert_array_equal(arrays[name], array)
    assert [found.name for found in tmp_path.iterdir()] == ["a.safetensors"]


def test_what_is_read_does_not_depend_on_the_file(tmp_path):
    path = tmp_path / "a.safetensors"
    save_tensors(path, {"x": BASE})
    arrays, _ = load_tensors(path)
    arrays["x"][0, 0] = 99  # writable, too
    save_tensors(path, {"x": BASE + 1})
    assert arrays["x"][0, 1] == BASE[0, 1]


@pytest.mark.parametrize("name", [name for name in LAYOUTS if LAYOUTS[name].ndim])
def test_rows_are_read_when_they_are_asked_for(tmp_path, name):
    path = tmp_path / "a.safetensors"
    save_tensors(path, {"before": BASE, "x": LAYOUTS[name], "y": BASE}, {"a": "text"})
    stored, metadata = open_tensors(path)
    assert metadata == {"a": "text"}
    assert (stored["x"].shape, stored["x"].dtype) == (LAYOUTS[name].shape, LAYOUTS[name].dtype.newbyteorder("="))
    for rows in (slice(0, 2), slice(1, 3), slice(None), slice(3, 99), slice(2, 1), slice(-1, None)):
        found = stored["x"][rows]
        assert found.dtype == stored["x"].dtype
        np.testing.assert_array_equal(found, LAYOUTS[name][rows])


def test_a_file_cut_after_it_was_opened_is_refused(tmp_path):
    path = tmp_path / "a.safetensors"
    save_tensors(path, {"x": BASE})
    stored, _ = open_tensors(path)
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(FormatError, match="cut"):
        stored["x"][1:4]


@pytest.mark.parametrize("name", ["padded", "sliced", "transposed", "broadcast", "empty", "empty_columns"])
def test_written_a_few_rows_at_a_time_same_bytes(tmp_path, monkeypatch, name):
    save_tensors(tmp_path / "whole", {"x": np.ascontiguousarray(LAYOUTS[name])})
    for size in (1, 50, 8_000_000):
        monkeypatch.setattr(tensors, "PIECE", size)
        save_tensors(tmp_path / "pieces", {"x": LAYOUTS[name]})
        assert (tmp_path / "pieces").read_bytes() == (tmp_path / "whole").read_bytes()


def test_same_content_same_bytes(tmp_path):
    arrays = {name: LAYOUTS[name] for name in ("padded", "counts", "bytes")}
    texts = {name: name for name in "abcdefgh"}
    digests = set()
    for order in (1, -1):
        path = tmp_path / "a.safetensors"
        save_tensors(path, dict(list(arrays.items())[::order]), dict(list(texts.items())[::order]))
        digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_data_is_aligned(tmp_path):
    path = tmp_path / "a.safetensors"
    save_tensors(path, LAYOUTS, {"odd": "length"})
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    assert length % 8 == 0
    for name, array in LAYOUTS.items():
        assert header[name]["data_offsets"][0] % array.dtype.itemsize == 0


@pytest.mark.parametrize("array", [np.array(["a"]), np.array([None]), np.zeros(2, np.complex64)])
def test_types_without_a_place_are_the_callers_mistake(tmp_path, array):
    with pytest.raises(ValueError, match="cannot hold"):
        save_tensors(tmp_path / "a", {"x": array})
    assert not list(tmp_path.iterdir())


def test_metadata_must_be_text(tmp_path):
    with pytest.raises(ValueError, match="text"):
        save_tensors(tmp_path / "a", {"x": BASE}, {"seed": 1})
    with pytest.raises(ValueError, match="surrogates"):
        save_tensors(tmp_path / "a", {"x": BASE}, {"word": "\ud800"})
    with pytest.raises(ValueError, match="__metadata__"):
        save_tensors(tmp_path / "a", {"__metadata__": BASE})


def cut_and_flipped(data):
    yield from (data[:size] for size in (0, 1, 7, 8, 20, len(data) // 2, len(data) - 1))
    yield data + b"\0"
    yield struct.pack("<Q", 10**15) + data[8:]
    yield data[:8] + b"[" + data[9:]
    yield data.replace(b'"shape":[4,6]', b'"shape":[4,7]')
    yield data.replace(b'"F32"', b'"X99"')
    yield b"\x80\x04\x95" + data  # a pickle


def test_damaged_files_are_refused_in_words(tmp_path):
    path = tmp_path / "a.safetensors"
    save_tensors(path, {"x": BASE})
    for bad in cut_and_flipped(path.read_bytes()):
        (tmp_path / "bad.safetensors").write_bytes(bad)
        with pytest.raises(FormatError, match=r"bad\.safetensors is not a safetensors file, or is damaged"):
            load_tensors(tmp_path / "bad.safetensors")


def test_a_type_that_numpy_lacks_is_named(tmp_path):
    header = b'{"x":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}'
    (tmp_path / "a").write_bytes(struct.pack("<Q", len(header)) + header + b"\0\0")
    with pytest.raises(FormatError, match="BF16"):
        load_tensors(tmp_path / "a")


def test_a_missing_file_is_the_systems_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_tensors(tmp_path / "none")
