"""Every registered format keeps the contract of core/formats/format.py."""

import json
import subprocess
import sys

import numpy as np
import pytest

from core.errors import FormatError, StoreError
from core.formats.format import FORMATS, WARNINGS
from core.formats.recognition import format_of
from core.space import EmbeddingSpace

PLAIN = [
    "king",
    "café",
    "日本",
    "😀",
    "=1+1",
    "<br>",
    "nan",
    "null",
    "__metadata__",
    "</s>",
    "3",
    "0.5",
    "-1",
    '"',
    "\\",
]
HOSTILE = [
    "new york",
    "new_york",
    "a\tb",
    "a\nb",
    "\u00a0",
    "x\u2028y",
    "\r",
    "",
    "\x00",
    "\ufeffbom",
    "\ud800",
    "a b",
    "a_b",
]


def space_of(keys, dimensions=7, seed=0):
    rng = np.random.default_rng(seed)
    # All magnitudes that float32 has, subnormals and both zeros included.
    vectors = rng.normal(size=(len(keys), dimensions)) * 10.0 ** rng.integers(-44, 38, (len(keys), dimensions))
    vectors[0, :2] = 0.0, -0.0
    counts = np.arange(len(keys), 0, -1) * 10**12
    return EmbeddingSpace(keys, vectors.astype(np.float32), counts, {"corpus": "a\u2028b", "seed": 3, "nested": [1.5]})


def attempt(form, path):
    """What reading gives: a space, or the message."""
    try:
        return form.read(path), ""
    except FormatError as error:
        return None, str(error)


@pytest.fixture(params=list(FORMATS), ids=lambda unit: unit.name)
def form(request):
    return request.param()


@pytest.fixture(params=[unit for unit in FORMATS if unit.writable], ids=lambda unit: unit.name)
def written(request):
    return request.param()


@pytest.fixture(params=[unit for unit in FORMATS if unit.writable and unit.readable], ids=lambda unit: unit.name)
def both(request):
    return request.param()


def test_it_says_what_it_is(form):
    for name in ("name", "title", "summary"):
        assert getattr(form, name).strip()
    assert type(form).__module__ == f"core.formats.{form.name}"
    assert all(ending.startswith(".") and ending == ending.lower() for ending in form.endings)
    assert form.readable or form.writable
    assert not form.lossless or (form.readable and form.writable)
    assert not form.writable or len(form.snippet("a.vec").splitlines()) == 3


def test_what_is_written_is_known_by_its_content(both, tmp_path):
    for keys in (PLAIN, ["one"], ["日本", "été"]):
        for dimensions in (2, 300, 9000):
            both.write(space_of(keys, dimensions), tmp_path / "x")
            assert format_of(tmp_path / "x").name == both.name


def test_what_is_only_read_is_not_written(form, tmp_path):
    if not form.writable:
        with pytest.raises(FormatError, match="not written"):
            form.write(space_of(PLAIN), tmp_path / "x")
        assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_none_is_one_sentence(form, tmp_path):
    if not form.readable:
        return
    blank = (b"", b"\x00", b"\n" * 500, b" " * 500)
    for content in (*blank, b"\xff" * 500, bytes(range(256)) * 9, b"1 1\n", b"PK\x03\x04"):
        (tmp_path / "x").write_bytes(content)
        space, message = attempt(form, tmp_path / "x")
        assert space is None
        assert len(message.splitlines()) == 1


@pytest.mark.parametrize("keys", [PLAIN, ["one"]])
def test_plain_words_come_back_exactly(both, tmp_path, keys):
    space = space_of(keys)
    assert both.write(space, tmp_path / "x") == ()
    again = both.read(tmp_path / "x")
    assert again.keys == space.keys
    np.testing.assert_array_equal(again.vectors.view(np.uint32), space.vectors.view(np.uint32))
    assert WARNINGS not in again.metadata


def test_one_dimension(both, tmp_path):
    space = space_of(["a", "b", "c"], dimensions=2)
    both.write(space, tmp_path / "x")
    np.testing.assert_array_equal(both.read(tmp_path / "x").vectors, space.vectors)


def test_hostile_words_come_back_or_are_reported(both, tmp_path):
    space = space_of([*HOSTILE, "king"])
    warnings = both.write(space, tmp_path / "x")
    again = both.read(tmp_path / "x")
    assert len(again) == len(space)
    assert again.keys[-1] == "king"
    assert WARNINGS not in again.metadata
    np.testing.assert_array_equal(again.vectors, space.vectors)
    if both.lossless:
        assert warnings == ()
        assert again.keys == space.keys
        np.testing.assert_array_equal(again.counts, space.counts)
        assert again.metadata == space.metadata
    else:
        assert again.keys[HOSTILE.index("new_york")] == "new_york"  # who needs no change gets none
        assert again.keys[HOSTILE.index("new york")] == "new_york_"
        assert f"{len(HOSTILE) - 2} words hold" in warnings[0]
        assert len(set(again.keys)) == len(again.keys)


def test_hostile_words_can_be_written(written, tmp_path):
    written.write(space_of(HOSTILE), tmp_path / "x")
    assert (tmp_path / "x").stat().st_size


def test_same_space_same_bytes(written, tmp_path):
    for name in "ab":
        written.write(space_of(PLAIN), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_many_rows(both, tmp_path):
    space = space_of([f"w{i}" for i in range(2_345)], dimensions=3)
    both.write(space, tmp_path / "x")
    again = both.read(tmp_path / "x")
    assert again.keys == space.keys
    np.testing.assert_array_equal(again.vectors, space.vectors)


def test_a_failed_write_leaves_the_old_file(written, tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"old")
    bad = space_of(["a", "b"])
    bad.vectors[1, 1] = np.nan
    with pytest.raises(FormatError, match="finite"):
        written.write(bad, path)
    with pytest.raises(StoreError):
        written.write(space_of(["a"]), tmp_path / "no" / "folder" / "x")
    assert [found.name for found in tmp_path.iterdir()] == ["x"]
    assert path.read_bytes() == b"old"


def test_what_cannot_be_read_says_so(form, tmp_path):
    (tmp_path / "x").write_bytes(b"2 1\na 1\nb 1\n")
    with pytest.raises(FormatError, match="none cannot be read" if form.readable else "not read"):
        form.read(tmp_path / "none")


def test_a_cut_file_is_refused_or_says_what_is_missing(both, tmp_path):
    path, cut = tmp_path / "x", tmp_path / "cut"
    space = space_of(["king", "queen", "apple"], dimensions=4)
    both.write(space, path)
    data = path.read_bytes()
    for size in range(len(data) - 1):
        cut.write_bytes(data[:size])
        again, message = attempt(both, cut)
        if again is None:
            assert "cut" in message
            assert len(message) < 400
        else:  # text cut inside a number, or after a whole line, is still text
            assert both.name in ("word2vec_text", "glove")
            assert again.metadata.get(WARNINGS) or len(again) == 3 or both.name == "glove"


def test_flipped_bytes_never_crash(both, tmp_path):
    path = tmp_path / "x"
    both.write(space_of(["king", "queen", "apple"], dimensions=4), path)
    data = bytearray(path.read_bytes())
    rng = np.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(data)
        damaged[rng.integers(len(data))] ^= 1 << int(rng.integers(8))
        (tmp_path / "bad").write_bytes(damaged)
        again, message = attempt(both, tmp_path / "bad")
        assert "\n" not in message
        if again is not None:
            assert np.isfinite(again.vectors).all()
            assert again.vectors.shape[0] == len(again.keys)


CHECK = """
import json, sys
{snippet}
if "words" in dir():
    print(json.dumps([list(words), vectors.tolist()]))
else:
    print(json.dumps([vectors.index_to_key, vectors.vectors.tolist()]))
"""


def test_the_snippet_loads_the_file(written, tmp_path):
    if "gensim" in written.snippet("x"):
        pytest.importorskip("gensim", reason="gensim is not installed (the bench extra)")
    keys = ["king", "café", "日本", "=1+1"]
    space = EmbeddingSpace(keys, np.random.default_rng(0).normal(size=(4, 5)).astype(np.float32))
    path = tmp_path / f"it's{written.endings[0]}"
    written.write(space, path)
    code = CHECK.format(snippet=written.snippet(str(path)))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)

    words, vectors = json.loads(done.stdout)
    assert words == keys
    np.testing.assert_array_equal(np.array(vectors, np.float32), space.vectors)
