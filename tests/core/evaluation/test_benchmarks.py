"""Every registered score keeps the contract of core/evaluation/benchmark.py."""

import dataclasses
import json
import math

import numpy as np
import pytest

from core.errors import FormatError
from core.evaluation.benchmark import BENCHMARKS, Benchmark, EvaluationResult, Finding
from core.evaluation.material import DocumentLabels, Material
from core.params import Params, describe
from core.space import EmbeddingSpace
from tests.core.toy import data_of

WORDS = 300


@pytest.fixture(params=list(BENCHMARKS), ids=lambda benchmark: benchmark.name)
def benchmark(request):
    return request.param


@pytest.fixture(scope="module")
def material():
    lines = np.random.default_rng(2).integers(0, WORDS, (300, 12)).tolist()
    data = data_of(lines, held_out=range(0, 300, 4), vocabulary=WORDS)
    return Material(data, DocumentLabels(data.offsets, np.arange(300, dtype=np.uint32) % 3, ("a", "b", "c")))


def space_of(seed=3):
    vectors = np.random.default_rng(seed).normal(size=(WORDS, 6)).astype(np.float32)
    return EmbeddingSpace([f"w{i}" for i in range(WORDS)], vectors, None, {"seed": 5, "corpus": "elsewhere"})


def numbers(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [number for part in value for number in numbers(part)]
    return [value] if isinstance(value, float) else []


def test_it_says_what_it_is(benchmark):
    for name in ("name", "title", "summary", "citation", "unit", "items"):
        assert getattr(benchmark, name).strip()
    assert benchmark.__module__ == f"core.evaluation.benchmarks.{benchmark.name}"
    assert benchmark.best in ("highest", "lowest")
    least, most = benchmark.bounds
    assert least < most
    assert benchmark.chance is None or least <= benchmark.chance <= most
    assert benchmark.needs
    assert all(info.help for info in describe(benchmark.Params))
    assert benchmark.Params()


def test_the_result_is_complete(benchmark, material):
    space = space_of()
    before = space.vectors.copy()
    result = benchmark.evaluate(space, material)
    assert isinstance(result, EvaluationResult)
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.value = 0
    assert benchmark.bounds[0] <= result.value <= benchmark.bounds[1]
    assert result.undefined == ""
    assert (result.benchmark, result.title, result.best) == (benchmark.name, benchmark.title, benchmark.best)
    assert (result.unit, result.items, result.citation) == (benchmark.unit, benchmark.items, benchmark.citation)
    assert (result.corpus, result.seed) == ("toy", 5)
    assert result.params == benchmark.Params().model_dump(mode="json")
    assert result.chance is not None
    assert result.used > 0
    assert result.basis
    low, high = result.interval
    assert low < result.value < high
    # Random vectors know nothing; five standard errors are a matter of one in two million.
    assert abs(result.value - result.chance) < 5 * result.deviation + 0.02 * result.chance
    np.testing.assert_array_equal(space.vectors, before)
    assert EvaluationResult.from_dict(json.loads(json.dumps(result.to_dict(), allow_nan=False))) == result


def test_same_input_same_result(benchmark, material):
    assert benchmark.evaluate(space_of(), material) == benchmark.evaluate(space_of(), material)


def test_what_is_needed_and_missing_is_no_value_with_the_reason(benchmark, material):
    for bare in (Material(), Material(data_of([[0, 1], [1, 0]]))):
        assert benchmark.unmet(bare.has)
        result = benchmark.evaluate(space_of(), bare)
        assert (result.value, result.interval, result.used) == (None, None, 0)
        assert result.undefined == benchmark.unmet(bare.has)
    assert benchmark.unmet(material.has) == ""


@pytest.mark.parametrize("vector", [[0, 0], [1, 1]])
def test_a_space_without_differences_gives_no_nan(benchmark, material, vector):
    space = EmbeddingSpace(space_of().keys, np.tile(np.float32(vector), (WORDS, 1)))
    assert all(math.isfinite(number) for number in numbers(benchmark.evaluate(space, material).to_dict()))


def test_an_interval_ends_at_the_bounds():
    class Half(Benchmark):
        name = title = summary = citation = unit = items = "half"
        best, bounds, chance, needs, Params = "highest", (0.0, 1.0), 0.5, (), Params

        @classmethod
        def measure(cls, space, material, params):
            return Finding(0.9, deviation=0.1, used=3)

    result = Half.evaluate(space_of(), Material())
    assert result.interval == (pytest.approx(0.9 - 0.1959964), 1.0)
    assert (result.corpus, result.chance) == ("", 0.5)


def test_a_damaged_result_is_refused(material):
    result = BENCHMARKS.get("held_out_rank").evaluate(space_of(), material).to_dict()
    assert EvaluationResult.from_dict(result | {"seconds": 1.2}).value == result["value"]
    for change in ({"value": "high"}, {"best": "zero"}, {"interval": [1]}):
        with pytest.raises(FormatError, match=f"damaged .{next(iter(change))}"):
            EvaluationResult.from_dict(result | change)
    with pytest.raises(FormatError):
        EvaluationResult.from_dict({})
