"""fastText models: vectors equal to those that fastText 0.9.2 computes from the same bytes, and what is refused."""

import struct

import numpy as np
import pytest

from core.errors import FormatError
from core.formats.format import FORMATS, WARNINGS
from core.neighbours import nearest
from core.ngrams import ngram_rows

FORM = FORMATS.get("fasttext")()
WORDS, COUNTS = ["king", "queen", "</s>", "été", "日本", "a"], [9, 8, 7, 6, 5, 4]
# What `get_word_vector` of fastText gives for the models that `model` writes.
TOLD = {
    (2, 3): {
        "king": [0.515625, 0.1875, -1.1906250715255737],
        "</s>": [-1.71875, -1.9375, -1.3125],
        "été": [0.0703125, -0.30078125, -0.015625],
        "日本": [-0.46875, -0.0572916679084301, 0.1875],
        "kings": [-0.3295454680919647, -0.07386364042758942, -1.03125],
        "日本語": [0.2232142984867096, -0.0758928582072258, -0.4107142984867096],
        "ßñ": [-0.48125001788139343, -0.574999988079071, -0.96875],
        ">": [-0.8125, -0.8125, -0.3020833432674408],
    },
    (1, 6): {
        "queen": [-0.3882211744785309, 0.2920673191547394, -0.41826924681663513],
        "a": [-0.3062500059604645, -0.17499999701976776, -0.7875000238418579],
        "kings": [-0.6087499856948853, -0.05999999865889549, -0.6100000143051147],
        "日本語": [0.23076924681663513, -0.4326923191547394, -0.7475962042808533],
        "x": [-0.078125, -0.125, -0.1328125],
        "<>": [-0.70703125, -0.01171875, -0.32421875],
    },
    (5, 6): {
        "queen": [-0.5885416865348816, 0.515625, -0.4010416865348816],
        "日本": [0.0, 0.40625, 1.875],
        "kings": [-0.9000000357627869, 0.30000001192092896, -0.4375],
    },
}


def model(
    words=tuple(WORDS),
    counts=tuple(COUNTS),
    *,
    version=12,
    kind=2,
    dimensions=3,
    buckets=11,
    min_n=2,
    max_n=3,
    labels=0,
    pruned=-1,
    quantised=0,
    rows=None,
    entry=0,
):
    """The bytes of a model whose numbers are multiples of 1/32."""
    held = len(words) + buckets
    matrix = np.random.default_rng(0).integers(-64, 64, (held, max(1, dimensions))).astype("<f4") / 32
    settings = (version, dimensions, 5, 5, 1, 5, 1, 2, kind, buckets, min_n, max_n, 100)
    parts = [struct.pack("<14id", 793712314, *settings, 1e-4)]
    parts.append(struct.pack("<3i2q", len(words), len(words) - labels, labels, sum(counts), pruned))
    for word, count in zip(words, counts, strict=True):
        parts.append((word if isinstance(word, bytes) else word.encode()) + b"\0" + struct.pack("<qb", count, entry))
    parts.append(struct.pack("<b2q", quantised, held if rows is None else rows, dimensions) + matrix.tobytes())
    parts.append(struct.pack("<b2q", 0, len(words), dimensions) + bytes(4 * len(words) * max(1, dimensions)))
    return b"".join(parts)


def read(tmp_path, data):
    (tmp_path / "m.bin").write_bytes(data)
    return FORM.read(tmp_path / "m.bin")


@pytest.mark.parametrize(("min_n", "max_n"), list(TOLD))
@pytest.mark.parametrize("version", [11, 12])
def test_vectors_are_fasttexts_own(tmp_path, min_n, max_n, version):
    space = read(tmp_path, model(min_n=min_n, max_n=max_n, version=version))
    assert space.keys == WORDS
    assert space.counts.tolist() == COUNTS
    for word, vector in TOLD[min_n, max_n].items():
        mine = space.vectors[space.index(word)] if word in space else space.encoder(word)
        assert mine.tolist() == np.float32(vector).tolist(), word


def test_unseen_words_have_neighbours(tmp_path):
    space = read(tmp_path, model())
    assert len(nearest(space, "kingdom", 3)) == 3


def test_a_model_without_ngrams_has_its_rows_and_no_encoder(tmp_path):
    space = read(tmp_path, model(buckets=0, min_n=0, max_n=0))
    assert space.encoder is None
    first = np.random.default_rng(0).integers(-64, 64, (6, 3)).astype("<f4") / 32
    np.testing.assert_array_equal(space.vectors, first)


def test_many_words_in_blocks(tmp_path):
    words = [f"word{i}" for i in range(1_234)]
    space = read(tmp_path, model(words, [1] * len(words)))
    again = read(tmp_path, model(words, [1] * len(words)))
    assert space.keys == words
    np.testing.assert_array_equal(space.vectors, again.vectors)
    # Each by itself: its own row and those of its n-grams.
    matrix = np.random.default_rng(0).integers(-64, 64, (len(words) + 11, 3)) / 32
    at = 777
    ngrams = len([1 for n in (2, 3) for _ in range(len("<word777>") - n + 1)])
    mean = (matrix[at] + ngrams * space.encoder(words[at]).astype(np.float64)) / (1 + ngrams)
    np.testing.assert_allclose(space.vectors[at], mean, atol=1e-6)


def test_odd_words_are_told(tmp_path):
    space = read(tmp_path, model([b"king", b"\xff", b"king"], [3, 2, 1]))
    assert space.keys == ["king", "\ufffd"]
    assert space.counts.tolist() == [3, 2]
    assert len(space.metadata[WARNINGS]) == 2


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"version": 99}, "version 99"),
        ({"kind": 3}, "classifier"),
        ({"kind": 4}, "kind 4"),
        ({"quantised": 1}, "quantised"),
        ({"pruned": 4}, "quantised"),
        ({"quantised": 7}, "matrix claims"),
        ({"dimensions": 0}, "claims 0 dimensions"),
        ({"rows": 10**12}, "matrix claims the size 1,000,000,000,000"),
        ({"rows": 16}, "where 17 × 3 is due"),
        ({"rows": -1}, "matrix claims"),
        ({"labels": 1}, "1 labels"),
        ({"entry": 1}, "is no word"),
        ({"max_n": 10**9}, "n-grams of 1,000,000,000"),
        ({"words": ["king", ""], "counts": [1, 1]}, "word 2 of 2 has no end or no letters"),
        ({"words": ["k" * 20_000], "counts": [1]}, "no end"),
        ({"words": ["king"], "counts": [-1]}, "is no word"),
        ({"words": [], "counts": []}, "empty"),
    ],
)
def test_what_is_refused(tmp_path, changed, part):
    with pytest.raises(FormatError) as caught:
        read(tmp_path, model(**changed))
    assert part in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_claims_larger_than_the_file_take_no_memory(tmp_path):
    data = bytearray(model())
    struct.pack_into("<i", data, 4 * 10, 2_000_000_000)
    with pytest.raises(FormatError, match="where 2,000,000,006 × 3 is due"):
        read(tmp_path, bytes(data))
    struct.pack_into("<i", data, 4 * 10, -1)
    with pytest.raises(FormatError, match="-1 buckets"):
        read(tmp_path, bytes(data))
    data = bytearray(model())
    struct.pack_into("<i", data, 64, 2_000_000_000)
    with pytest.raises(FormatError, match="in 2,000,000,000 entries"):
        read(tmp_path, bytes(data))


def test_a_cut_or_longer_file_is_refused(tmp_path):
    data = model()
    for size in range(4, len(data)):
        with pytest.raises(FormatError):
            read(tmp_path, data[:size])
    with pytest.raises(FormatError, match="3 bytes follow"):
        read(tmp_path, data + b"end")


def test_a_value_that_is_not_finite_is_refused(tmp_path):
    data = model(["a"], [1], min_n=3)
    begin = data.index(np.float32(np.random.default_rng(0).integers(-64, 64, 3) / 32).tobytes())
    used = 1 + ngram_rows([b"a"], 3, 3, 11)[0][0]
    unused = next(row for row in range(1, 12) if row != used)
    for row, part in ((0, "“a”"), (used, "“a”"), (unused, f"n-gram {unused:,}")):
        broken = bytearray(data)
        struct.pack_into("<f", broken, begin + 12 * row, float("nan"))
        with pytest.raises(FormatError, match="not finite") as caught:
            read(tmp_path, bytes(broken))
        assert part in str(caught.value)


def test_gensim_reads_the_same_vectors(tmp_path):
    fasttext = pytest.importorskip("gensim.models.fasttext", reason="gensim is not installed (the bench extra)")
    path = tmp_path / "m.bin"
    path.write_bytes(model(min_n=3, max_n=5, buckets=200))
    theirs, ours = fasttext.load_facebook_vectors(str(path)), FORM.read(path)
    assert ours.keys == theirs.index_to_key
    np.testing.assert_allclose(ours.vectors[[0, 1, 3]], theirs.vectors[[0, 1, 3]], atol=1e-6)  # </s> has n-grams there
    np.testing.assert_allclose(ours.encoder("kingdoms"), theirs["kingdoms"], atol=1e-6)
