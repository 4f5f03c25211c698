"""Every registered format keeps the contract of core/formats/format.py."""

import json
import subprocess
import sys

import numpy as np
import pytest

from core.errors import FormatError, StoreError
from core.formats.format import FORMATS, WARNINGS
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


@pytest.fixture
def readable(form):
    if not form.readable:
        pytest.skip("written only")
    return form


def test_it_says_what_it_is(form):
    for name in ("name", "title", "summary", "suffix"):
        assert getattr(form, name).strip()
    assert type(form).__module__ == f"core.formats.{form.name}"
    assert form.suffix.startswith(".")
    assert len(form.snippet("a.vec").splitlines()) == 3
    assert not form.lossless or form.readable


@pytest.mark.parametrize("keys", [PLAIN, ["one"]])
def test_plain_words_come_back_exactly(readable, tmp_path, keys):
    space = space_of(keys)
    assert readable.write(space, tmp_path / "x") == ()
    again = readable.read(tmp_path / "x")
    assert again.keys == space.keys
    np.testing.assert_array_equal(again.vectors.view(np.uint32), space.vectors.view(np.uint32))
    assert WARNINGS not in again.metadata


def test_one_dimension(readable, tmp_path):
    space = space_of(["a", "b", "c"], dimensions=2)
    readable.write(space, tmp_path / "x")
    np.testing.assert_array_equal(readable.read(tmp_path / "x").vectors, space.vectors)


def test_hostile_words_come_back_or_are_reported(readable, tmp_path):
    space = space_of([*HOSTILE, "king"])
    warnings = readable.write(space, tmp_path / "x")
    again = readable.read(tmp_path / "x")
    assert len(again) == len(space)
    assert again.keys[-1] == "king"
    assert WARNINGS not in again.metadata
    np.testing.assert_array_equal(again.vectors, space.vectors)
    if readable.lossless:
        assert warnings == ()
        assert again.keys == space.keys
        np.testing.assert_array_equal(again.counts, space.counts)
        assert again.metadata == space.metadata
    else:
        assert again.keys[HOSTILE.index("new_york")] == "new_york"  # who needs no change gets none
        assert again.keys[HOSTILE.index("new york")] == "new_york_"
        assert f"{len(HOSTILE) - 2} words hold" in warnings[0]
        assert len(set(again.keys)) == len(again.keys)


def test_hostile_words_can_be_written(form, tmp_path):
    form.write(space_of(HOSTILE), tmp_path / "x")
    assert (tmp_path / "x").stat().st_size


def test_same_space_same_bytes(form, tmp_path):
    for name in "ab":
        form.write(space_of(PLAIN), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_many_rows(readable, tmp_path):
    space = space_of([f"w{i}" for i in range(2_345)], dimensions=3)
    readable.write(space, tmp_path / "x")
    again = readable.read(tmp_path / "x")
    assert again.keys == space.keys
    np.testing.assert_array_equal(again.vectors, space.vectors)


def test_a_failed_write_leaves_the_old_file(form, tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"old")
    bad = space_of(["a", "b"])
    bad.vectors[1, 1] = np.nan
    with pytest.raises(FormatError, match="finite"):
        form.write(bad, path)
    with pytest.raises(StoreError):
        form.write(space_of(["a"]), tmp_path / "no" / "folder" / "x")
    assert [found.name for found in tmp_path.iterdir()] == ["x"]
    assert path.read_bytes() == b"old"


def test_what_cannot_be_read_says_so(form, tmp_path):
    path = tmp_path / "x"
    form.write(space_of(PLAIN), path)
    if not form.readable:
        with pytest.raises(FormatError, match="not read"):
            form.read(path)
        return
    with pytest.raises(FormatError, match="none cannot be read"):
        form.read(tmp_path / "none")


def test_a_cut_file_is_refused_or_says_what_is_missing(readable, tmp_path):
    path, cut = tmp_path / "x", tmp_path / "cut"
    space = space_of(["king", "queen", "apple"], dimensions=4)
    readable.write(space, path)
    data = path.read_bytes()
    for size in range(len(data) - 1):
        cut.write_bytes(data[:size])
        again, message = attempt(readable, cut)
        if again is None:
            assert "cut" in message
            assert len(message) < 400
        else:  # text cut inside a number, or after a whole line, is still text
            assert readable.name == "word2vec_text"
            assert again.metadata.get(WARNINGS) or len(again) == 3


def test_flipped_bytes_never_crash(readable, tmp_path):
    path = tmp_path / "x"
    readable.write(space_of(["king", "queen", "apple"], dimensions=4), path)
    data = bytearray(path.read_bytes())
    rng = np.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(data)
        damaged[rng.integers(len(data))] ^= 1 << int(rng.integers(8))
        (tmp_path / "bad").write_bytes(damaged)
        again, message = attempt(readable, tmp_path / "bad")
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


def test_the_snippet_loads_the_file(form, tmp_path):
    if "gensim" in form.snippet("x"):
        pytest.importorskip("gensim", reason="gensim is not installed (the bench extra)")
    keys = ["king", "café", "日本", "=1+1"]
    space = EmbeddingSpace(keys, np.random.default_rng(0).normal(size=(4, 5)).astype(np.float32))
    path = tmp_path / f"it's{form.suffix}"
    form.write(space, path)
    code = CHECK.format(snippet=form.snippet(str(path)))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)

    words, vectors = json.loads(done.stdout)
    assert words == keys
    np.testing.assert_array_equal(np.array(vectors, np.float32), space.vectors)
