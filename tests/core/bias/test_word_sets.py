"""Word sets: what Semascope brings along is sound; what comes from outside is checked and refused in words."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.bias.metric import METRICS, BiasOptions
from core.bias.word_sets import WordSets, list_word_sets, load, load_json, load_test
from core.errors import InputError, UnknownNameError
from core.space import EmbeddingSpace

SHARED = Path(__file__).parents[4] / "shared"
GOOD = {"targets": {"A": ["a", "b"], "B": ["c", "d"]}, "attributes": {"C": ["e"], "D": ["f"]}}


def test_every_collection_has_a_source_and_fits_a_metric():
    assert {"caliskan2017", "occupations_gender"} <= {collection.name for collection in list_word_sets()}
    for collection in list_word_sets():
        assert collection.title
        assert collection.source
        assert collection.citation
        assert collection.licence
        assert load(collection.name) is collection
        for test in collection.tests:
            assert test.warnings == ()
            assert load_test(test.key) == test
            assert any(metric.fits(test) for metric in METRICS)
            assert (test.source, test.citation) == (collection.source, collection.citation)


def test_caliskan_is_as_published():
    path = SHARED / "data" / "benchmarks" / "weat.json"
    if not path.exists():
        pytest.skip("the published copy of the word lists is not on this machine")
    published = json.loads(path.read_text("utf-8"))
    for number, test in zip((0, 1, 5, 6, 7, 8, 9), load("caliskan2017").tests, strict=True):
        groups = [*test.targets.values(), *test.attributes.values()]
        for place, words in zip(
            ("first_target", "second_target", "first_attribute", "second_attribute"), groups, strict=True
        ):
            known = ["failure" if word == "failur" else word for word in published[number][place]["words"]]
            assert list(words) == known


def test_round_trip():
    for collection in list_word_sets():
        again = load_json(json.dumps(collection.to_dict()).encode())
        assert again == collection
        for test in collection.tests:
            assert WordSets.from_dict(test.to_dict()).targets == test.targets


def test_forms():
    short = load_json(b'\xef\xbb\xbf{"target1": ["a"], "target2": ["b"], "attribute1": ["c"], "attribute2": ["d"]}')
    (test,) = short.tests
    assert test.targets == {"target1": ("a",), "target2": ("b",)}
    assert test.key == "own"
    (test,) = load_json(json.dumps(GOOD).encode()).tests
    assert test.title == "A and B by C and D"


def test_words_are_tidied():
    value = {**GOOD, "targets": {"A": [" cafe\u0301 ", "caf\u00e9", "b"], "B": ["c"]}}
    test = WordSets.from_dict(value)
    assert test.targets["A"] == ("caf\u00e9", "b")
    assert test.warnings == ("“caf\u00e9” stands twice in “A”; it is counted once.",)


def test_words_on_two_sides_are_named():
    value = {**GOOD, "attributes": {"C": ["a", "e"], "D": ["e", "f"]}}
    assert [warning[:40] for warning in WordSets.from_dict(value).warnings] == [
        "“a” stands in both “A” and “C”: the same"[:40],
        "“e” stands in both “C” and “D”: the same"[:40],
    ]


BAD = [
    (b"", "is empty"),
    (b" \n", "is empty"),
    (b"[1]", "not a set of words"),
    (b'"x"', "not a set of words"),
    (b"{", "not JSON"),
    (b"[" * 100_000, "not JSON"),
    (b'{"target1": ' + b"9" * 20_000 + b"}", "not JSON"),
    (b"\xff\xfe{", "UTF-8"),
    (b'{"targets": {"a": ["q"], "a": ["r"]}}', "“a” stands twice"),
    (b'{"tests": []}', "“name” is missing"),
    (b'{"name": "a", "title": "b", "tests": []}', "“tests” is empty; give at least one test"),
    (b'{"name": "a", "title": "b", "tests": [5]}', "test 1 "),
    (b'{"target1": ["a"]}', "attribute1 is missing"),
    (b'{"target1": ["a"], "atribute1": ["a"]}', "“atribute1” is not known"),
    (b'{"x": 1}', "“targets” is missing"),
    ({**GOOD, "colour": 1}, "“colour” is not known"),
    ({**GOOD, "targets": ["a"]}, "“targets” must be an object of labels"),
    ({**GOOD, "targets": {"A": "a", "B": ["b"]}}, "“A” must be a list of words, not a text"),
    ({**GOOD, "targets": {"A": ["a", None], "B": ["b"]}}, "word 2 of “A” must be text (a word in quotes), not nothing"),
    ({**GOOD, "targets": {"A": ["a", True], "B": ["b"]}}, "not a switch"),
    ({**GOOD, "targets": {"A": [["a"]], "B": ["b"]}}, "not a list"),
    ({**GOOD, "targets": {"A": [], "B": ["b"]}}, "“A” is empty; give at least one word"),
    ({**GOOD, "targets": {"A": ["a", "  "], "B": ["b"]}}, "“A” holds an empty word"),
    ({**GOOD, "targets": {"": ["a"], "B": ["b"]}}, "give every set a label"),
    ({**GOOD, "targets": {"A": ["a" * 201], "B": ["b"]}}, "too long (at most 200 characters)"),
    ({**GOOD, "targets": {"A": ["a"] * 1_001, "B": ["b"]}}, "too long (at most 1,000)"),
    ({**GOOD, "targets": {"A": ["\ud800"], "B": ["b"]}}, "half a character"),
    ({**GOOD, "attributes": {"A": ["a"], "D": ["b"]}}, "both called “A”"),
    ({"name": "n", "title": "t", "tests": [GOOD, GOOD]}, "two tests are called “own”"),
    (
        {"name": "n", "title": "t", "tests": [GOOD, {**GOOD, "targets": {"A": [1], "B": ["b"]}}]},
        "word 1 of “A” in test 2 must be text",
    ),
]


@pytest.mark.parametrize(("data", "part"), BAD)
def test_bad_files_are_refused_in_one_sentence(data, part):
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    with pytest.raises(InputError) as caught:
        load_json(content, "sets.json")
    message = str(caught.value)
    assert part in message
    assert "sets.json" in message
    assert "\n" not in message
    assert len(message) < 300


def test_files(tmp_path):
    with pytest.raises(InputError, match=r"none\.json cannot be read"):
        load_json(tmp_path / "none.json")
    path = tmp_path / "big.json"
    path.write_bytes(b" " * 5_000_000 + b"{}")
    with pytest.raises(InputError, match=r"big\.json is larger than 5 MB"):
        load_json(path)


def test_unknown_names_get_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean caliskan2017"):
        load("caliskan")
    with pytest.raises(UnknownNameError, match="did you mean flowers_insects"):
        load_test("caliskan2017/flower")


@pytest.mark.parametrize("name", ["bias_all_oov.json", "bias_overlap.json", "bias_wrong_types.json"])
def test_torture(name):
    folder = SHARED / "torture"
    if not folder.exists():
        pytest.skip("the torture files are not on this machine")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    (case,) = [case for case in manifest["cases"] if case["name"] == name]
    if case["expect"] == "reject":
        with pytest.raises(InputError) as caught:
            load_json(folder / "files" / name)
        assert any(part in str(caught.value).lower() for part in case["error_any"])
        return
    (test,) = load_json(folder / "files" / name).tests
    space = EmbeddingSpace(["king", "queen", "apple"], np.eye(3, dtype=np.float32))
    result = METRICS.get("weat")().compute(space, test, BiasOptions())
    json.dumps(result.to_dict(), allow_nan=False)
    shown = " ".join((*result.warnings, result.undefined)).lower()
    assert any(part in shown for part in case["must"]["warn_any"])
