"""No text cell of a table for spreadsheets begins as a formula does; numbers are left alone."""

import csv
import io

import pytest

from core.formats.spreadsheet import safe_cell, spreadsheet_csv

HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠a",
    '=HYPERLINK("http://x")',
]


@pytest.mark.parametrize("text", HOSTILE)
def test_formulas_get_an_apostrophe(text):
    assert safe_cell(text) == "'" + text.replace("\0", "")


@pytest.mark.parametrize("text", ["king", "a=b", "", " x", "'quoted", "1-1", "日本"])
def test_the_rest_is_left_alone(text):
    assert safe_cell(text) == text


def test_a_table_reads_back():
    rows = [[word, -1.5, 3, None, float("nan")] for word in [*HOSTILE, 'say "hi", you', "two\nlines", "\ud800"]]
    data = spreadsheet_csv(["=word", "cosine", "count", "none", "nan"], rows)
    assert data.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert read[0][0] == "'=word"
    for (word, *_), (cell, *numbers) in zip(rows, read[1:], strict=True):
        assert numbers == ["-1.5", "3", "", ""]
        assert cell == safe_cell(word)
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
