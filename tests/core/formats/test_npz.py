"""numpy's archives: what numpy saves is read, what lies or could run code is refused before it is touched."""

import io
import zipfile

import numpy as np
import pytest

from core.errors import FormatError
from core.formats import gathering
from core.formats.format import FORMATS, WARNINGS

FORM = FORMATS.get("npz")()
WORDS = np.array(["king", "café", "new york", "\ud800x", " a "])
VECTORS = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)


def read(tmp_path, saved=None, **arrays):
    (saved or np.savez)(tmp_path / "x.npz", **arrays)
    return FORM.read(tmp_path / "x.npz")


def member(array):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, allow_pickle=False)
    return file.getvalue()


def zipped(tmp_path, members):
    with zipfile.ZipFile(tmp_path / "x.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return FORM.read(tmp_path / "x.npz")


@pytest.mark.parametrize("saved", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("kind", ["<f2", "<f4", ">f4", "<f8", ">f8"])
def test_what_numpy_saves_is_read(tmp_path, saved, kind):
    space = read(tmp_path, saved, words=WORDS, vectors=VECTORS.astype(kind), extra=np.arange(9))
    assert space.keys == ["king", "café", "new york", "?x", " a "]
    np.testing.assert_array_equal(space.vectors, VECTORS.astype(kind).astype(np.float32))
    assert space.vectors.flags.c_contiguous


def test_columns_first_and_other_names(tmp_path):
    space = read(tmp_path, vocab=WORDS, embeddings=np.asfortranarray(VECTORS))
    np.testing.assert_array_equal(space.vectors, VECTORS)
    # Of any other names there must be one of each kind.
    space = read(tmp_path, a=np.char.encode(WORDS[:3], "utf-8"), b=VECTORS[:3], c=np.arange(3))
    assert space.keys == ["king", "café", "new york"]
    with pytest.raises(FormatError, match="no array called “words”"):
        read(tmp_path, a=WORDS, b=WORDS, vectors=VECTORS)


def test_words_that_are_no_utf8_and_words_that_come_again(tmp_path):
    space = read(tmp_path, words=np.array([b"a", b"\xff", b"a"]), vectors=VECTORS[:3])
    assert space.keys == ["a", "\ufffd"]
    assert len(space.metadata[WARNINGS]) == 2


def test_an_object_beside_is_not_looked_at(tmp_path):
    space = read(tmp_path, words=WORDS, vectors=VECTORS, config=np.array([{"a": 1}], object))
    assert len(space) == 5


@pytest.mark.parametrize(
    ("arrays", "part"),
    [
        ({"words": WORDS.astype(object), "vectors": VECTORS}, "“words” holds Python objects, a pickle"),
        ({"words": WORDS, "vectors": VECTORS.astype(object)}, "“vectors” holds Python objects, a pickle"),
        ({"words": WORDS, "vectors": VECTORS.astype(np.int64)}, "of type int64, not float"),
        ({"words": WORDS, "vectors": VECTORS.astype(complex)}, "of type complex128, not float"),
        ({"words": np.arange(5), "vectors": VECTORS}, "of type int64, not text"),
        ({"words": WORDS[:4], "vectors": VECTORS}, "a word for each of 5 rows"),
        ({"words": WORDS[:, None], "vectors": VECTORS}, "a word for each of 5 rows"),
        ({"words": WORDS, "vectors": VECTORS[0]}, "has the shape (4,)"),
        ({"words": WORDS, "vectors": VECTORS[:, :0]}, "has the shape (5, 0)"),
        ({"words": WORDS[:1], "vectors": np.zeros((1, 20_001), np.float32)}, "at most 20,000 dimensions"),
        ({"words": WORDS, "vectors": np.full((5, 4), 1e300)}, "not finite"),
        ({"words": WORDS}, "no array called “vectors”; there are: “words”"),
        ({"vectors": VECTORS}, "no array called “words”"),
        ({"words": np.array(["x" * 10_001, "y"]), "vectors": VECTORS[:2]}, "at most 10,000 characters"),
    ],
)
def test_what_is_refused(tmp_path, arrays, part):
    with pytest.raises(FormatError) as caught:
        read(tmp_path, **arrays)
    assert part in str(caught.value)


def test_an_array_alone_has_no_words(tmp_path):
    np.save(tmp_path / "x.npy", VECTORS)
    with pytest.raises(FormatError, match="vectors without words; save the words as an array of text"):
        FORM.read(tmp_path / "x.npy")


def test_claims_are_compared_with_the_member(tmp_path):
    words, honest = member(WORDS), member(VECTORS)
    for claim in (b"(5, 5)", b"(9, 4)", b"(0, 4)"):
        with pytest.raises(FormatError, match=r"claims [\d,]+ bytes of values, its member has 80"):
            zipped(tmp_path, {"words.npy": words, "vectors.npy": honest.replace(b"(5, 4)", claim)})
    # More than all memory, and more than any integer of the machine.
    for claim in (b"(1000000000000, 4)", b"(99999999999999999999, 4)"):
        lying = honest.replace(b"(5, 4), }" + b" " * (len(claim) - 6), claim + b", }")
        assert len(lying) == len(honest)
        with pytest.raises(FormatError, match="claims"):
            zipped(tmp_path, {"words.npy": words, "vectors.npy": lying})
    for broken in (honest[:100], b"", b"\x93NUMPY\x09\x00" + honest[8:], honest.replace(b"'shape'", b"'shapo'")):
        with pytest.raises(FormatError, match="header of “vectors” is damaged"):
            zipped(tmp_path, {"words.npy": words, "vectors.npy": broken})
    with pytest.raises(FormatError, match="header of “vectors” is damaged"):
        zipped(tmp_path, {"words.npy": words, "vectors.npy": honest.replace(b"(5, 4)", b"(-5,4)")})


def test_what_comes_out_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(gathering, "MOST_UNPACKED", 1_000_000)
    words = np.array([str(number) for number in range(300)])
    with pytest.raises(FormatError, match="too large when unpacked"):
        read(tmp_path, np.savez_compressed, words=words, vectors=np.zeros((300, 1_000), np.float32))


def test_a_password_and_a_damaged_zip(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as archive:
        archive.writestr("words.npy", member(WORDS))
    data = bytearray((tmp_path / "x.npz").read_bytes())
    for place in (6, data.index(b"PK\x01\x02") + 8):
        data[place] |= 1
    (tmp_path / "x.npz").write_bytes(data)
    with pytest.raises(FormatError, match="password"):
        FORM.read(tmp_path / "x.npz")
    (tmp_path / "x.npz").write_bytes(bytes(data[:100]))
    with pytest.raises(FormatError, match="damaged zip"):
        FORM.read(tmp_path / "x.npz")
