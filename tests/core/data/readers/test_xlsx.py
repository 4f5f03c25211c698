"""Workbooks made here: values, sheets, headers, and claims that are not believed."""

import datetime
import io
import re
import zipfile

import openpyxl
import pytest

from core.data.documents import Documents
from core.data.notes import Notes
from core.data.options import CorpusOptions
from core.data.reader import reader_for
from core.data.source import Source
from core.errors import CorpusError


def book(path, **sheets):
    """A workbook with the rows of each sheet."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def changed(path, member, change):
    """The same zip archive with one member's text changed."""
    content = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data.decode()) if name == member else data)
    path.write_bytes(content.getvalue())


def read(path, **options):
    """Lines, the other columns, labels by line, and the notes."""
    documents = Documents(path, CorpusOptions(**options))
    text, columns = "", {}
    for batch in documents:
        text += batch.text
        for name, cells in (batch.metadata or {}).items():
            columns.setdefault(name, []).extend(cells)
    labels = [documents.label_names[index] for part in documents.labels for index in part]
    return text.removesuffix("\n").split("\n"), columns, labels, documents


def test_by_hand(tmp_path):
    rows = [
        [],
        ["id", "text", "label", "when", "share", "good"],
        [1, "alpha beta", "x", datetime.datetime(2020, 2, 29), 0.5, True],
        [],
        [2, "gamma\ndelta", "y", datetime.datetime(2020, 2, 29, 12, 30), 2.0, False],
        [3, None, None, None, 1e300],
        [4, "epsilon", "x", None, None, None, "beside"],
    ]
    path = book(tmp_path / "a.xlsx", Empty=[], First=rows, Second=[["text"], ["no"]])
    lines, columns, labels, documents = read(path, label_column="label")
    assert lines == ["alpha beta", "gamma delta", "", "epsilon"]
    assert labels == ["x", "y", "", "x"]
    assert columns == {
        "id": ["1", "2", "3", "4"],
        "when": ["2020-02-29", "2020-02-29 12:30:00", "", ""],
        "share": ["0.5", "2", "1e+300", ""],
        "good": ["true", "false", "", ""],
    }
    assert documents.notes.sentences() == [
        "Sheet “First” of a.xlsx was read, others were not: “Empty”, “Second”.",
        "Column “text” of a.xlsx was taken for the text; name another if it is not.",
        "1 row with cells beside the columns, which are left out (row 4).",
    ]
    assert [(file.reader, file.unit, file.lines) for file in documents.files] == [("xlsx", "row", 4)]


def test_a_sheet_by_name_or_number(tmp_path):
    path = book(tmp_path / "a.xlsx", One=[["text"], ["alpha"]], Two=[["text"], ["beta"]])
    assert read(path)[0] == ["alpha"]
    assert read(path, sheet="two")[0] == read(path, sheet="2")[0] == ["beta"]
    with pytest.raises(CorpusError, match="no sheet called “Three”; there are: “One”, “Two”"):
        read(path, sheet="Three")


def test_without_header(tmp_path):
    path = book(tmp_path / "a.xlsx", One=[["alpha beta", 1], ["gamma", 2]])
    assert read(path, header=False)[:2] == (["alpha beta", "gamma"], {"column 2": ["1", "2"]})


def test_formulas_count_as_their_saved_value(tmp_path):
    path = book(tmp_path / "a.xlsx", One=[["text"], ['=CONCATENATE("al", "pha")'], ["beta"]])
    changed(path, "xl/worksheets/sheet1.xml", lambda text: re.sub(r'<c r="A2">.*?</c>', saved, text))
    assert read(path)[0] == ["alpha", "beta"]


def saved(_):
    return '<c r="A2" t="str"><f>CONCATENATE("al", "pha")</f><v>alpha</v></c>'


def test_claims_about_the_size_are_not_believed(tmp_path):
    path = book(tmp_path / "a.xlsx", One=[["text", "n"], ["alpha", 1]])
    changed(path, "xl/worksheets/sheet1.xml", lambda text: re.sub('ref="A1:B2"', 'ref="A1:XFD1048576"', text))
    assert "XFD" in zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    assert read(path)[:2] == (["alpha"], {"n": ["1"]})


def test_bytes_are_counted_before_they_are_unpacked(tmp_path, monkeypatch):
    path = book(tmp_path / "a.xlsx", One=[["text"], ["alpha " * 1000]])
    monkeypatch.setattr("core.data.unpacking.Budget.__init__.__defaults__", (5_000,))
    with pytest.raises(CorpusError, match="too large when unpacked"):
        read(path)


def test_by_any_name_and_looked_at(tmp_path):
    path = book(tmp_path / "a.csv", One=[["n", "text"], [1, "alpha beta"], [2], [3, "c"]])
    source = Source(path, CorpusOptions(), Notes())
    reader = reader_for(source)
    found = reader.look(source, 2)
    assert (reader.name, found.names, found.text) == ("xlsx", ("n", "text"), "text")
    assert found.rows == (("1", "alpha beta"), ("2", ""))


@pytest.mark.parametrize(
    ("rows", "part"), [([], "no rows"), ([["text"]], "no rows"), ([["a", "b"], [1, 2]], "No column")]
)
def test_nothing_to_read(tmp_path, rows, part):
    with pytest.raises(CorpusError, match=part):
        read(book(tmp_path / "a.xlsx", One=rows))


def test_damage(tmp_path):
    path = book(tmp_path / "a.xlsx", One=[["text"], ["alpha"]])
    whole = path.read_bytes()
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    changes = {
        "xl/workbook.xml": lambda text: text[:100],
        "xl/worksheets/sheet1.xml": lambda text: bomb + f"]><worksheet>&i;{text}</worksheet>",
        "[Content_Types].xml": lambda text: "",
    }
    for member, change in changes.items():
        path.write_bytes(whole)
        changed(path, member, change)
        with pytest.raises(CorpusError, match="Excel") as caught:
            read(path)
        assert len(str(caught.value).splitlines()) == 1
    path.write_bytes(whole[:-50])
    with pytest.raises(CorpusError, match="damaged"):
        read(path)
    path.write_text("alpha\n")
    with pytest.raises(CorpusError, match="no Excel file, as its name says"):
        read(path)
