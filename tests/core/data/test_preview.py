"""A look at a file says what reading it will do."""

import zipfile

import pytest

from core.data.encoding import EncodingError
from core.data.options import CorpusOptions
from core.data.preview import preview
from core.errors import CorpusError
from tests.core.data.readers.making import pdf


def test_text(tmp_path):
    (tmp_path / "a.txt").write_text("one two\n\n" + "x" * 1000 + "\nlast\n")
    found = preview(tmp_path / "a.txt", rows=2)
    assert (found.format, found.title, found.unit, found.encoding) == ("text", "Plain text", "line", "utf-8")
    assert (found.columns, found.text_column, found.files, found.bytes) == ((), None, 1, 1015)
    assert found.rows == (("one two",), ("x" * 299 + "…",))


def test_table(tmp_path):
    (tmp_path / "a.csv").write_bytes("id;text\n1;café au lait\n2\n".encode("utf-8-sig"))
    found = preview(tmp_path / "a.csv")
    assert (found.format, found.unit, found.columns, found.text_column) == ("csv", "row", ("id", "text"), "text")
    assert found.rows == (("1", "café au lait"), ("2", ""))
    assert preview(tmp_path / "a.csv", CorpusOptions(column="id")).text_column == "id"
    assert preview(tmp_path / "a.csv", CorpusOptions(header=False)).columns == ("column 1", "column 2")


def test_json(tmp_path):
    (tmp_path / "a.json").write_text('[{"n": 1, "body": "a b"}, {"body": "c"}]')
    found = preview(tmp_path / "a.json")
    assert (found.columns, found.text_column, found.rows) == (("n", "body"), "body", (("1", "a b"), ("", "c")))


def test_a_guess_to_confirm(tmp_path):
    (tmp_path / "a.txt").write_bytes("naïve café Straße\n".encode("latin-1") * 9)
    with pytest.raises(EncodingError) as caught:
        preview(tmp_path / "a.txt")
    assert caught.value.guess == "cp1252"
    assert preview(tmp_path / "a.txt", CorpusOptions(encoding="cp1252")).rows[0] == ("naïve café Straße",)


def test_a_character_at_the_end_of_what_is_looked_at(tmp_path):
    (tmp_path / "a.txt").write_text("x" * (2**18 - 1) + "é" + "y" * 100, "utf-8")
    assert preview(tmp_path / "a.txt").encoding == "utf-8"


def test_a_folder_shows_its_first_file(tmp_path):
    (tmp_path / "b.txt").write_text("second\n")
    (tmp_path / "a.txt").write_text("first\n")
    found = preview(tmp_path)
    assert (found.name, found.files, found.bytes, found.rows) == ("a.txt", 2, 13, (("first",),))


def test_lines_by_chance_are_the_same_each_time(tmp_path):
    (tmp_path / "a.txt").write_text("".join(f"line {n}\n\n" for n in range(500)))
    found = preview(tmp_path / "a.txt").lines
    assert len(found) == 20
    assert [text for _, text in found] == [f"line {number // 2}" for number, _ in found]
    assert found == preview(tmp_path / "a.txt").lines
    assert found[-1][0] > 100


def test_labels_and_lines_of_a_table(tmp_path):
    (tmp_path / "a.csv").write_text("body,kind\n" + "".join(f"some text {n},{n % 2}\n" for n in range(40)))
    found = preview(tmp_path / "a.csv", rows=3)
    assert (found.label_column, len(found.rows)) == ("kind", 3)
    assert found.lines[0][1] == f"some text {found.lines[0][0]}"


def test_the_first_file_of_an_archive(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("one.txt", "alpha beta\n")
        archive.writestr("two.txt", "gamma\n")
    found = preview(tmp_path / "a.zip")
    assert (found.format, found.lines) == ("text", ((0, "alpha beta"),))


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"PK\x03\x04"])
def test_refusals(tmp_path, content):
    (tmp_path / "a.txt").write_bytes(content)
    with pytest.raises(CorpusError):
        preview(tmp_path / "a.txt")


def test_the_first_file_that_can_be_read_is_shown(tmp_path):
    (tmp_path / "a.png").write_bytes(b"\x89PNG" + bytes(50))
    (tmp_path / "b.zip").write_bytes(b"PK\x03\x04 damaged")
    (tmp_path / "c.csv").write_text("n,m\n1,2\n")
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr("x.png", b"\x89PNG" + bytes(50))
        archive.writestr("y.txt", "in the archive\n")
    (tmp_path / "e.txt").write_text("later\n")
    found = preview(tmp_path)
    assert (found.name, found.files, found.rows) == ("y.txt in d.zip", 5, (("in the archive",),))
    (tmp_path / "d.zip").unlink()
    (tmp_path / "e.txt").write_bytes("café ".encode("latin-1") * 9)
    with pytest.raises(EncodingError, match="cp1252"):
        preview(tmp_path)
    (tmp_path / "e.txt").unlink()
    with pytest.raises(CorpusError, match="PNG"):
        preview(tmp_path)


def test_of_a_slow_format_a_part_is_enough(tmp_path, monkeypatch):
    monkeypatch.setattr("core.data.preview.SECONDS", -1.0)
    (tmp_path / "a.pdf").write_bytes(pdf(*["alpha beta gamma\n" * 40] * 300))
    found = preview(tmp_path / "a.pdf")
    assert found.unit == "page"
    assert 0 < max(number for number, _ in found.lines) < 200
