"""Parts of words: fastText's numbers, rows that several parts share, means, and vectors of unseen words."""

import json
from collections import Counter

import numpy as np
import pytest

from core.data.part_encoder import PartEncoder
from core.data.word_parts import Ngrams, Pieces, WordParts, splitter_of
from core.errors import UnknownWordError
from core.tensors import open_tensors, save_tensors

USUAL = Ngrams(2_000_000, 3, 6)
WORDS = ["banana", "bananas", "king", "kings", "kind", "straße", "日本語", "a", "ananas"]
# What fastText 0.9.2 answers: get_subwords, less the number of words, with 2,000,000 buckets and n-grams of 3 to 6.
KNOWN = {
    "straße": {
        "<st": 1131652,
        "<str": 64706,
        "<stra": 922521,
        "<straß": 931,
        "str": 1748752,
        "stra": 102627,
        "straß": 1121005,
        "tra": 963910,
        "traß": 733376,
        "traße": 90303,
        "traße>": 1020947,
        "raß": 1840342,
        "raße": 1392329,
        "raße>": 1151573,
        "aße": 910809,
        "aße>": 31141,
        "ße>": 679512,
    },
    "日本語": {"<日本": 758587, "<日本語": 4581, "<日本語>": 524609, "日本語>": 928923, "本語>": 1674355},
    "a": {"<a>": 1087600},
}


def test_ngrams_by_hand():
    assert Ngrams(100, 3, 4).texts("abc") == ["<ab", "<abc", "abc", "abc>", "bc>"]
    # The marks alone are no n-grams.
    assert Ngrams(100, 1, 2).texts("ab") == ["<a", "a", "ab", "b", "b>"]


@pytest.mark.parametrize("word", KNOWN)
def test_numbers_are_those_of_fasttext(word):
    numbers, begins = USUAL.numbers([word])
    found = dict(zip(USUAL.texts(word), numbers.tolist(), strict=True))
    found.pop(word, None)  # which fastText's answer does not tell from the word itself
    assert found == KNOWN[word]
    assert begins.tolist() == [0, len(numbers)]


@pytest.mark.parametrize("splitter", [Ngrams(2**30, 3, 6), Ngrams(2**30, 1, 2)], ids=["3 to 6", "1 and 2"])
def test_a_number_belongs_to_one_text(splitter):
    numbers, begins = splitter.numbers(WORDS)
    texts = [text for word in WORDS for text in splitter.texts(word)]
    assert [len(splitter.texts(word)) for word in WORDS] == np.diff(begins).tolist()
    assert len(set(zip(texts, numbers.tolist(), strict=True))) == len(set(texts)) == len(set(numbers.tolist()))


def rows_of(parts, word):
    """The row of a word and those of its parts, one after the other."""
    numbers, _ = parts.splitter.numbers([word])
    return [WORDS.index(word), *parts.known_rows[np.searchsorted(parts.known, numbers)].tolist()]


@pytest.mark.parametrize("splitter", [USUAL, Ngrams(7, 1, 3)], ids=["usual", "seven buckets"])
def test_a_word_is_the_mean_of_its_own_row_and_those_of_its_ngrams(splitter):
    parts = WordParts.of(WORDS, splitter)
    matrix = np.random.default_rng(1).normal(size=(parts.total, 5)).astype(np.float32)
    expected = [matrix[rows_of(parts, word)].mean(axis=0) for word in WORDS]
    np.testing.assert_allclose(parts.means(matrix), expected, atol=1e-6)
    np.testing.assert_allclose(
        parts.means(matrix, np.array([4, 0, 4])), [expected[4], expected[0], expected[4]], atol=1e-6
    )
    assert parts.lengths.tolist() == [1 + len(splitter.texts(word)) for word in WORDS]


def texts_of(parts, row):
    """All that a row serves for: words, marked as such, and parts."""
    own = [["word", word] for word in WORDS if rows_of(parts, word)[0] == row]
    return own + [
        ["part", text]
        for word in WORDS
        for text, found in zip(parts.splitter.texts(word), rows_of(parts, word)[1:], strict=True)
        if found == row
    ]


def test_parts_that_stand_in_the_same_words_share_a_row():
    parts = WordParts.of(WORDS, Ngrams(2**30, 3, 6))
    where = {}
    for word in WORDS:
        for text, times in Counter(parts.splitter.texts(word)).items():
            where.setdefault(text, {})[word] = times
    rows = {}
    for word in WORDS:
        rows.setdefault(rows_of(parts, word)[0], []).append({word: 1})
        for text, row in zip(parts.splitter.texts(word), rows_of(parts, word)[1:], strict=True):
            rows.setdefault(row, []).append(where[text])
    assert all(one == same[0] for same in rows.values() for one in same)
    distinct = {row: {json.dumps(one) for one in texts_of(parts, row)} for row in rows}
    assert parts.sizes.tolist() == [len(distinct[row]) for row in range(parts.total)]
    assert len(rows) == parts.total == len({json.dumps(same[0], sort_keys=True) for same in rows.values()})
    # “ana” stands twice in “banana”, “ban” once, both also in “bananas”.
    assert where["ana"] == {"banana": 2, "bananas": 2, "ananas": 2}


def test_sharing_rows_learns_the_same():
    # Alike at the beginning, parts of one row stay alike through any steps: nothing is lost by keeping one of them.
    parts = WordParts.of(WORDS, USUAL)
    rng = np.random.default_rng(2)
    shared = rng.normal(size=(parts.total, 4))
    apart = {number: shared[row].copy() for number, row in zip(parts.known.tolist(), parts.known_rows, strict=True)}
    own = shared[: len(WORDS)].copy()
    for word in rng.integers(0, len(WORDS), 200):
        step = rng.normal(size=4)
        own[word] += step
        for number in USUAL.numbers([WORDS[word]])[0].tolist():
            apart[number] += step
        for row in parts.rows[parts.starts[word] : parts.starts[word + 1]]:
            shared[row] += step
    means = [
        np.mean([own[i], *(apart[number] for number in USUAL.numbers([word])[0].tolist())], axis=0)
        for i, word in enumerate(WORDS)
    ]
    np.testing.assert_allclose(parts.means(shared.astype(np.float32)), means, rtol=1e-4, atol=1e-4)


def encoder_of(splitter, seed=3):
    parts = WordParts.of(WORDS, splitter)
    matrix = np.random.default_rng(seed).normal(size=(parts.total, 5)).astype(np.float32)
    return parts, matrix, PartEncoder(parts.splitter, parts.known, parts.known_rows, matrix)


def test_an_unseen_word_is_the_mean_of_the_ngrams_it_shares_with_known_ones():
    parts, matrix, encoder = encoder_of(USUAL)
    # Of “kingly” these stand in “king”, “kings” or “kind”; “ngl” and others in no word.
    shared = ["<ki", "<kin", "<king", "kin", "king", "ing"]
    assert encoder.parts("kingly") == shared
    of = dict(zip(USUAL.texts("king"), rows_of(parts, "king")[1:], strict=True))
    np.testing.assert_allclose(encoder("kingly"), matrix[[of[text] for text in shared]].mean(axis=0), atol=1e-6)
    # Of a known word: its n-grams without the word's own row.
    np.testing.assert_allclose(encoder("banana"), matrix[rows_of(parts, "banana")[1:]].mean(axis=0), atol=1e-6)


@pytest.mark.parametrize("word", ["xyz", "", "ß"])
def test_a_word_without_known_parts_is_unknown(word):
    with pytest.raises(UnknownWordError, match="not in the vocabulary"):
        encoder_of(USUAL)[2](word)


@pytest.mark.parametrize("kind", ["ngrams", "bpe"])
def test_an_encoder_goes_through_a_file(kind, tmp_path):
    splitter = USUAL if kind == "ngrams" else Pieces.learned(1000, WORDS, np.arange(1, len(WORDS) + 1))
    _, _, encoder = encoder_of(splitter)
    arrays, facts = encoder.kept()
    save_tensors(tmp_path / "encoder", arrays)
    stored, _ = open_tensors(tmp_path / "encoder")
    again = PartEncoder.opened(stored, json.loads(json.dumps(facts)), 5)
    for word in ("kingly", "straßen", "banana") if kind == "ngrams" else ("king", "banana"):
        assert np.array_equal(again(word), encoder(word))
        assert again.parts(word) == encoder.parts(word)


@pytest.mark.parametrize(
    "change",
    [
        lambda arrays, facts: arrays.update(known=arrays["known"][:-1]),
        lambda arrays, facts: arrays.update(known=arrays["known"][::-1]),
        lambda arrays, facts: arrays.update(known_rows=arrays["known_rows"] + np.uint32(10_000)),
        lambda arrays, facts: arrays.update(rows=arrays["rows"].astype(np.float64)),
        lambda arrays, facts: arrays.update(rows=arrays["rows"][:, :4]),
        lambda arrays, facts: facts["splitter"].update(min_n=0),
        lambda arrays, facts: facts["splitter"].update(buckets="many"),
        lambda arrays, facts: facts["splitter"].update(kind="syllables"),
        lambda arrays, facts: facts["splitter"].update(kind="bpe", learned={"pieces": 3}),
    ],
    ids=["lengths", "order", "rows", "type", "width", "min_n", "buckets", "kind", "pieces"],
)
def test_a_damaged_encoder_is_refused(change):
    arrays, facts = encoder_of(USUAL)[2].kept()
    change(arrays, facts)
    with pytest.raises(ValueError, match=r"none|another kind|no rows|unknown kind"):
        PartEncoder.opened(arrays, facts, 5)


def test_pieces_are_learned_from_the_words():
    words = [f"{stem}{ending}" for stem in ("walk", "talk", "jump") for ending in ("s", "ed", "ing")]
    pieces = Pieces.learned(2**30, words, np.full(len(words), 50))
    for word in [*words, "jumped", "walkingest"]:
        assert "".join(pieces.texts(word)) == f"<{word}>"
    # The same run of characters at the beginning, within and at the end of words are three parts.
    numbers, begins = pieces.numbers(["s", "ss", "sss"])
    assert np.diff(begins).sum() == len(numbers)
    texts = [text for word in ("s", "ss", "sss") for text in pieces.texts(word)]
    assert len(set(zip(texts, numbers.tolist(), strict=True))) == len(set(texts)) == len(set(numbers.tolist()))
    again = splitter_of(json.loads(json.dumps(pieces.facts())))
    assert [again.texts(word) for word in words] == [pieces.texts(word) for word in words]


def test_buckets_bound_the_rows():
    rng = np.random.default_rng(4)
    words = ["".join(chr(97 + letter) for letter in rng.integers(0, 26, 7)) for _ in range(2000)]
    few, many = (WordParts.of(words, Ngrams(buckets, 3, 6)).total for buckets in (1_000, 2_000_000))
    assert len(words) < few <= len(words) + 1_000 < many


def test_no_words():
    parts = WordParts.of(["", "x"], Ngrams(1000, 6, 6))
    assert parts.lengths.tolist() == [1, 1]
    assert parts.total == 2
    matrix = np.eye(2, dtype=np.float32)
    assert np.array_equal(parts.means(matrix), matrix)
