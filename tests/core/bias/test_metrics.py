"""Every registered metric keeps the contract of core/bias/metric.py."""

import dataclasses
import json
import math

import numpy as np
import pytest

from core.bias.metric import METRICS, BiasOptions, BiasResult
from core.bias.word_sets import WordSets
from core.errors import InputError
from core.space import EmbeddingSpace

WORDS_A_SET = 5
FAST = BiasOptions(samples=1_000)


@pytest.fixture(params=list(METRICS), ids=lambda metric: metric.name)
def metric(request):
    return request.param()


def sets_for(metric, missing=0):
    """A test in the metric's own form, `missing` words of each set unknown."""

    def group(role, count):
        return {
            f"{role}{number}": [f"{role}{number}w{i}" for i in range(WORDS_A_SET)]
            + [f"{role}{number}m{i}" for i in range(missing)]
            for number in range(count or 2)
        }

    value = {"targets": group("t", metric.targets), "attributes": group("a", metric.attributes)}
    return WordSets.from_dict(value)


def space_of(sets, seed=3):
    words = [word for group in (sets.targets, sets.attributes) for words in group.values() for word in words]
    words = [word for word in words if "w" in word]
    vectors = np.random.default_rng(seed).normal(size=(len(words), 12)).astype(np.float32)
    counts = np.arange(len(words), 0, -1)
    return EmbeddingSpace(words, vectors, counts, {"corpus": "abc", "seed": 5})


def without(result, *names):
    return {name: value for name, value in result.to_dict().items() if name not in names}


def numbers(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [number for part in value for number in numbers(part)]
    return [value] if isinstance(value, float) else []


def test_it_says_what_it_is(metric):
    for name in ("name", "title", "summary", "citation"):
        assert getattr(metric, name).strip()
    assert type(metric).__module__ == f"core.bias.metrics.{metric.name}"
    assert metric.best in ("highest", "lowest", "zero")
    assert math.isfinite(metric.best_value)
    assert metric.best != "zero" or metric.best_value == 0
    assert metric.citation[-1].isalnum() or metric.citation.endswith(".")


def test_the_result_is_complete(metric):
    sets = sets_for(metric, missing=1)
    space = space_of(sets)
    before = space.vectors.copy()
    result = metric.compute(space, sets, FAST)
    assert isinstance(result, BiasResult)
    assert dataclasses.is_dataclass(result)
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.value = 0
    assert result.value is not None
    assert result.undefined == ""
    assert (result.metric, result.best, result.best_value) == (metric.name, metric.best, metric.best_value)
    assert (result.corpus, result.seed) == ("abc", 5)
    assert [use.label for use in result.sets] == [*sets.targets, *sets.attributes]
    for use in result.sets:
        assert use.n == WORDS_A_SET
        assert [word[2] for word in use.missing] == ["m"]
    assert [score.word for score in result.words] == [word for use in result.sets for word in use.used]
    for score in result.words:
        assert score.count == space.counts[space.index(score.word)]
        assert score.contribution == pytest.approx(result.value - score.without)
    assert (result.p_value is None) == (result.p_method == "") == (result.splits == 0)
    assert result.direction
    assert result.unit
    assert len(result.reads) > 100
    assert "not" in result.reads
    np.testing.assert_array_equal(space.vectors, before)
    json.dumps(result.to_dict(), allow_nan=False)


def test_same_input_same_result(metric):
    sets = sets_for(metric)
    assert metric.compute(space_of(sets), sets, FAST) == metric.compute(space_of(sets), sets, FAST)


def test_leaving_a_word_out_is_measuring_without_it(metric):
    sets = sets_for(metric)
    space = space_of(sets)
    result = metric.compute(space, sets, FAST)
    for score in result.words:
        fewer = {
            role: {label: [word for word in words if word != score.word] for label, words in group.items()}
            for role, group in (("targets", sets.targets), ("attributes", sets.attributes))
        }
        assert metric.compute(space, WordSets.from_dict(fewer), FAST).value == pytest.approx(score.without)


def test_unknown_words_change_nothing_but_their_names(metric):
    sets, more = sets_for(metric), sets_for(metric, missing=3)
    space = space_of(sets)
    known, with_unknown = metric.compute(space, sets, FAST), metric.compute(space, more, FAST)
    rest = ("sets", "warnings")
    assert without(known, *rest) == without(with_unknown, *rest)
    assert any("t0m0" in warning for warning in with_unknown.warnings)  # more than a fifth are missing


def test_no_known_word_means_not_defined(metric):
    sets = sets_for(metric)
    space = EmbeddingSpace(["king", "queen"], np.eye(2, dtype=np.float32))
    result = metric.compute(space, sets, FAST)
    assert result.value is None
    assert result.p_value is None
    assert result.statistic is None
    assert result.words == ()
    assert "t0" in result.undefined
    assert all(math.isfinite(number) for number in numbers(result.to_dict()))


@pytest.mark.parametrize("vector", [[0, 0, 0], [1, 1, 1]])
def test_a_space_without_differences_gives_no_nan(metric, vector):
    sets = sets_for(metric)
    words = space_of(sets).keys
    result = metric.compute(EmbeddingSpace(words, np.tile(np.float32(vector), (len(words), 1))), sets, FAST)
    assert all(math.isfinite(number) for number in numbers(result.to_dict()))


def test_huge_and_tiny_vectors_stay_finite(metric):
    sets = sets_for(metric)
    space = space_of(sets)
    for factor in (1e-38, 1e37):
        scaled = EmbeddingSpace(space.keys, space.vectors * np.float32(factor), space.counts)
        result = metric.compute(scaled, sets, FAST)
        assert all(math.isfinite(number) for number in numbers(result.to_dict()))


def test_another_number_of_sets_is_refused(metric):
    if metric.targets is None:
        pytest.skip("takes any number of target sets")
    one = WordSets.from_dict(
        {"targets": {f"t{n}": ["a"] for n in range(metric.targets + 1)}, "attributes": {"a": ["b"], "b": ["c"]}}
    )
    assert not metric.fits(one)
    with pytest.raises(InputError, match="target sets"):
        metric.compute(EmbeddingSpace(["a"], np.ones((1, 2), np.float32)), one, FAST)
