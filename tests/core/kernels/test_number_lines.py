"""Numbers are read as the nearest float32 or left; the kernel does the same compiled and interpreted."""

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from core.kernels.number_lines import ODD, PLAIN, read_lines

ROOT = Path(__file__).resolve().parents[3]
NUMBERS = [
    "0",
    "-0.0",
    ".5",
    "5.",
    "+0.5",
    "1E+2",
    "1e-05",
    "1e-45",
    "3.4028235e38",
    "0.1",
    "0.30000000000000004",
    "-1.234567890123456789012345",
    "12345678901234567890123",
    "0.0000000000000000000000000000000000000000001",
    "1234567890123456789e-30",
    "000000000000000000000000000000.25",
    "1e00000",
    "9.99999994e-09",
    "16777217",
]
BROKEN = [
    "",
    ".",
    "-",
    "+-1",
    "1_0",
    "nan",
    "inf",
    "1e",
    "1e+",
    "1.2.3",
    "0x1",
    "1,5",
    "e5",
    "1e39",
    "-1e999",
    "1e-999",
]


def read(data, count):
    """The places, kinds and numbers of each line."""
    lines = data.count(b"\n")
    ends, word_ends = np.zeros(lines, np.int64), np.zeros(lines, np.int64)
    kinds, values = np.full(lines, 9, np.uint8), np.zeros((lines, count), np.float32)
    with np.errstate(over="ignore"):
        assert read_lines(np.frombuffer(data, np.uint8), count, ends, word_ends, kinds, values) == lines
    return {"ends": ends.tolist(), "words": word_ends.tolist(), "kinds": kinds.tolist(), "values": values.tolist()}


def nearest(text):
    """The float32 nearest to a decimal, found with whole numbers alone."""
    exact, guess = Fraction(text), np.float32(float(text))
    with np.errstate(over="ignore"):
        near = (guess, np.nextafter(guess, np.float32(np.inf)), np.nextafter(guess, np.float32(-np.inf)))
    return min((one for one in near if np.isfinite(one)), key=lambda one: abs(Fraction(float(one)) - exact))


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_is_the_nearest_float32(text):
    found = read(f"w {text} 1\n".encode(), 2)
    if found["kinds"] == [ODD]:  # between two: 16777217 lies in the very middle
        assert text == "16777217"
        return
    value = np.float32(found["values"][0][0])
    assert value == nearest(text.rstrip("."))
    assert np.signbit(value) == text.startswith("-")


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_number_or_none_that_fits_is_left(text):
    assert read(f"w {text} 1\n".encode(), 2)["kinds"] == [ODD]


def test_any_float32_comes_back():
    bits = np.random.default_rng(0).integers(0, 2**32, 20_000, np.uint64).astype(np.uint32)
    values = bits.view(np.float32)
    values = values[np.isfinite(values)][: len(values) // 8 * 7].reshape(-1, 7)
    data = "".join("w " + " ".join(f"{one:.9g}" for one in row) + "\n" for row in values.tolist()).encode()
    found = read(data, 7)
    plain = np.array(found["kinds"]) == PLAIN
    # Subnormal numbers have few digits, so that some decimals lie in the middle of two.
    assert plain.mean() > 0.9
    np.testing.assert_array_equal(np.float32(found["values"])[plain], values[plain])


def test_few_numbers_are_left():
    rng = np.random.default_rng(1)
    for form in ("%.4g", "%.6f", "%.18e", "%r"):
        data = "".join(f"w {form % one}\n" for one in rng.normal(size=5_000).tolist()).encode()
        assert sum(read(data, 1)["kinds"]) <= 1


LINES = (
    b"king 1 2\nnew york 1 2\r\n. . . 3 4 \n 1 2\n\nqueen 1\nqueen 1 2 3\na\tb 1 2\n"
    b"x  1 2\n caf\xc3\xa9 1e0 -2\n7 1 2\ng\xa0h 1 2\t\n"
)


def test_lines_by_hand():
    found = read(LINES, 2)
    lines = LINES.split(b"\n")[:-1]
    plain = [line for line, kind in zip(lines, found["kinds"], strict=True) if kind == PLAIN]
    # Words that end in what could be a number, tabs, two blanks, and blanks in front are left to the careful reader.
    assert plain == [b"king 1 2", b"new york 1 2\r", b"7 1 2", b"g\xa0h 1 2\t"]
    begins = [0, *(end + 1 for end in found["ends"])]
    words = [LINES[begin:end] for begin, end in zip(begins, found["words"], strict=False)]
    assert [word for word, kind in zip(words, found["kinds"], strict=True) if kind == PLAIN] == [
        b"king",
        b"new york",
        b"7",
        b"g\xa0h",
    ]


def test_interpreted_does_the_same():
    code = (
        f"import json, runpy, sys; sys.path.insert(0, '.'); names = runpy.run_path({str(Path(__file__))!r});"
        "data = ''.join(f'w {one} 1\\n' for one in [*names['NUMBERS'], *names['BROKEN']]).encode();"
        "print(json.dumps([names['read'](data, 2), names['read'](names['LINES'], 2)]))"
    )
    told = [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", code],
                cwd=ROOT,
                env=os.environ | {"NUMBA_DISABLE_JIT": flag},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        for flag in ("0", "1")
    ]
    assert told[0] == told[1]
