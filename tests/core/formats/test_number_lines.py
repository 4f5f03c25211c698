"""Lines of words and numbers: large files through the compiled loop, others line by line, with the same bits."""

import numpy as np
import pytest

from core.errors import FormatError
from core.formats import number_lines
from core.formats.format import WARNINGS
from core.formats.number_lines import read_number_lines
from core.formats.recognition import format_of

ODD_LINES = [
    "king 0.5 0.25 -0.125",
    "",
    "queen\t0.5\t0.25\t1e-3",
    ". . . 1 2 3",
    "at name@domain.com +1 -2 .5",
    "aligned   1.0   2.0   3.0",
    "7 1 2 3",
    "new york 1 2 3 ",
    "\u00a0 1 2 3",
    "a\u00a0b 1 2 3\r",
    "a\x85b\u2028c 1 2 3",
    "   ",
    "x 0.333333333333333333333333333333333333 1e-320 3e38",
    "1e5 1E5 1e-5 5.",
    "-1 1 2 3",
    "half 0.500000029802322387695312 16777217 1e-45",
]


def read(tmp_path, text, headed=True, compiled=False):
    (tmp_path / "x.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_number_lines(tmp_path / "x.txt", headed, compiled)


@pytest.mark.parametrize("header", ["", "14 3\n", "\ufeff14 3\r\n", "\ufeff"])
@pytest.mark.parametrize("block", [1, 7, 64, 1 << 22])
def test_compiled_and_careful_give_the_same(tmp_path, monkeypatch, header, block):
    text = header + "\n".join(ODD_LINES) + "\n"
    careful = read(tmp_path, text)
    monkeypatch.setattr(number_lines, "BLOCK", block)
    compiled = read(tmp_path, text, compiled=True)
    assert careful.keys == compiled.keys
    np.testing.assert_array_equal(careful.vectors.view(np.uint32), compiled.vectors.view(np.uint32))
    assert careful.metadata == compiled.metadata
    assert careful.keys[:7] == ["king", "queen", ". . .", "at name@domain.com", "aligned", "7", "new york"]
    assert careful.keys[7:10] == ["\u00a0", "a\u00a0b", "a\x85b\u2028c"]
    assert careful.vectors[1].tolist() == np.float32([0.5, 0.25, 1e-3]).tolist()


def test_compiled_and_careful_give_the_same_for_any_numbers(tmp_path):
    rng = np.random.default_rng(0)
    forms = ("%.9g", "%.3f", "%.18e", "%r", "%.1E", "%+.6g", "%d")
    lines = []
    for number in range(3_000):
        values = rng.normal(size=5) * 10.0 ** rng.integers(-12, 12, 5)
        lines.append(f"w{number} " + " ".join(forms[rng.integers(len(forms))] % one for one in values.tolist()))
    text = "\n".join(lines) + "\n"
    careful, compiled = read(tmp_path, text), read(tmp_path, text, compiled=True)
    assert careful.keys == compiled.keys == [f"w{number}" for number in range(3_000)]
    np.testing.assert_array_equal(careful.vectors, compiled.vectors)


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(
    ("bad", "part"),
    [
        ("w 1 2", "a word and 2 numbers, where 3 numbers are needed"),
        ("w", "a word and 0 numbers"),
        ("w 1 2 3 4", "more numbers than 3"),
        ("w 1 2 nan", "“nan” where a number is needed"),
        ("w 1_0 2 3", "“1_0”"),
        ("w 1 2 １", "“１”"),
        ("w 1 2 1e39", "too large for float32"),
        (" 1 2 3", "no word"),
        ("w 1 2 " + "0" * 2_000_000, "longer than 2,000,000 bytes"),
    ],
)
def test_the_line_is_named(tmp_path, compiled, bad, part):
    text = "w 1 2 3\n" * 500 + "\n" + bad + "\n" + "w 1 2 3\n" * 10
    with pytest.raises(FormatError, match=r"x\.txt, line 502 ") as caught:
        read(tmp_path, text, compiled=compiled)
    assert part in str(caught.value)


def test_no_room_is_made_for_rows_that_cannot_be_there(tmp_path):
    # Four million empty lines of 20,000 numbers each would be 320 GB.
    space = read(tmp_path, b"2 20000\nw " + b"1 " * 20_000 + b"\n" + b"\n" * 4_000_000, compiled=True)
    assert len(space) == 1


def test_a_header_is_only_read_where_one_may_be(tmp_path):
    text = "3 4\n5 6\n"
    assert read(tmp_path, "2 1\n5 6\nw 7\n").keys == ["5", "w"]
    with pytest.raises(FormatError, match="line 1 is neither"):
        read(tmp_path, text, headed=False)
    assert format_of(tmp_path / "x.txt").name == "word2vec_text"
    assert read(tmp_path, "3 4 5\n5 6 7\n", headed=False).keys == ["3", "5"]
    assert format_of(tmp_path / "x.txt").name == "glove"


def test_a_file_without_a_last_line_end(tmp_path):
    assert read(tmp_path, "2 2\na 1 2\nb 3 4").vectors.tolist() == [[1, 2], [3, 4]]


def test_the_largest_number_comes_back(tmp_path):
    for compiled in (False, True):
        assert read(tmp_path, "a 3.40282347e+38 -3.4028235e38\n", compiled=compiled).vectors.max() > 3.4e38


def test_missing_rows(tmp_path):
    assert "4 words, the file holds 3" in read(tmp_path, "4 2\na 1 2\nb 1 2\nc 1 2\n").metadata[WARNINGS][0]
    with pytest.raises(FormatError, match="claims 5 words, the file holds 3"):
        read(tmp_path, "5 2\na 1 2\nb 1 2\nc 1 2\n")


def test_words_that_are_not_utf8_are_counted(tmp_path):
    for compiled in (False, True):
        space = read(tmp_path, b"a 1 2\n\xff\xfe 1 2\nb\xc3 1 2\n\xef\xbf\xbd 1 2\n", compiled=compiled)
        assert space.keys == ["a", "\ufffd\ufffd", "b\ufffd", "\ufffd"]
        assert "2 words are not UTF-8" in space.metadata[WARNINGS][0]
