"""Sixteen lanes by their bits and places, compiled and as numpy does it, against numbers worked out by hand."""

import subprocess
import sys

import numba
import numpy as np

from core.kernels.columns import add_to_columns, fma_columns, load_columns, sum_columns
from core.kernels.lane_bits import (
    apart,
    apart_later,
    exponent_of,
    four_times,
    half_twice,
    later_half_twice,
    mantissa_of,
    signs_of,
    store_places,
)
from core.kernels.lanes import load, store
from core.kernels.rows import zero_row
from core.kernels.tiles import OUTPUTS, logarithm

VALUES = np.array([1, 2, 3, 4, 5, 6.5, 7, 8, 1.5, 1.75, 1024, 1e30, 1.0000001, 100, 0.75, 12], np.float32)


@numba.njit
def _all(values, turns, places):
    given, found = load(values, 0), np.zeros((9, 16), np.float32)
    store(found, 0, half_twice(given))
    store(found, 16, later_half_twice(given))
    store(found, 32, four_times(given))
    store(found, 48, apart(given))
    store(found, 64, apart_later(given))
    store(found, 80, exponent_of(given))
    store(found, 96, mantissa_of(given))
    store(found, 112, logarithm(given))
    store(found, 128, signs_of(load(turns, 0), 11))
    store_places(places, 2, load(turns, 0), 11, 3, 5000, 100)
    return found


@numba.njit
def _columns(rows, places, factors, vector):
    there, found = load_columns(rows, places, 1, 16, zero_row(2)), np.zeros((1, 16), np.float32)
    store(found, 0, sum_columns(factors, 3, there, load(vector, 0)))
    add_to_columns(rows, places, 1, 16, fma_columns(factors, 3, load(vector, 0), zero_row(2)))
    return found


def check():
    """By hand; the same whether compiled or interpreted."""
    turns, places = np.arange(3, 19).astype(np.uint32), np.full(20, -1)
    half, later, four, first, last, exponent, mantissa, log, signs = _all(VALUES, turns, places)
    assert half.tolist() == [*VALUES[:8], *VALUES[:8]]
    assert later.tolist() == [*VALUES[8:], *VALUES[8:]]
    assert four.tolist() == [*VALUES[:4]] * 4
    assert first.tolist() == [*VALUES[:4], 0, 0, 0, 0, *VALUES[4:8], 0, 0, 0, 0]
    assert last.tolist() == [*VALUES[8:12], 0, 0, 0, 0, *VALUES[12:], 0, 0, 0, 0]
    assert exponent.tolist() == [0, 1, 1, 2, 2, 2, 2, 3, 0, 0, 10, 99, 0, 6, -1, 3]
    np.testing.assert_array_equal(mantissa * 2.0**exponent, VALUES)
    np.testing.assert_allclose(log, np.log(VALUES.astype(float)), atol=2e-7, rtol=1e-6)
    # Turns 3 to 13 are of nodes 1 to 6; the nodes before the third have their rows 5,000 further; then the root's.
    assert signs.tolist() == [-1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 0, 0, 0, 0, 0]
    nodes = [5100, 5200, 5200, 300, 300, 400, 400, 500, 500, 600, 600]
    assert places.tolist() == [-1, -1, *nodes, *[5000] * 5, -1, -1]

    rows = np.arange(96, dtype=np.float32).reshape(3, 32)
    factors = np.zeros(OUTPUTS + 4, np.float32)
    factors[3], factors[3 + OUTPUTS] = 2, 10
    found = _columns(rows, np.array([0, 64, 64]), factors, np.ones(16, np.float32))
    # The second half of the third row, 80 to 95, taken twice: 1 + (2 + 10) · 80, and 2 + 10 more in each place.
    assert found[0].tolist() == [1 + 12 * x for x in range(80, 96)]
    assert rows[2].tolist() == [*range(64, 80), *range(92, 108)]


def test_compiled():
    check()


def test_interpreted():
    command = "import core.kernels; from tests.core.kernels.test_lane_bits import check; check(); print('alike')"
    said = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, env={"NUMBA_DISABLE_JIT": "1"}, check=False
    )
    assert said.stdout == "alike\n", said.stderr
