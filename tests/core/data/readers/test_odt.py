"""OpenDocument texts, put together by hand as LibreOffice writes them."""

import pytest

from core.errors import CorpusError
from tests.core.data.readers.making import odt, read, zipped


def lines(tmp_path, body):
    name, found, _ = read(tmp_path, odt(body), "file.odt")
    assert name == "odt"
    return found


def test_paragraphs_and_headings(tmp_path):
    body = (
        "<text:h text:outline-level='1'>A heading</text:h>"
        "<text:p>The quick <text:span>bro</text:span>wn fox &amp;<text:s text:c='3'/>co.</text:p><text:p/>"
        "<text:list><text:list-item><text:p>An<text:tab/>entry<text:line-break/>here</text:p></text:list-item></text:list>"
    )
    assert lines(tmp_path, body) == ["A heading", "The quick brown fox & co.", "An entry here"]


def test_rows_of_tables(tmp_path):
    def cell(*texts):
        return "<table:table-cell>" + "".join(f"<text:p>{text}</text:p>" for text in texts) + "</table:table-cell>"

    table = "<table:table><table:table-column/>{}</table:table>"
    row = "<table:table-row>{}</table:table-row>".format
    body = table.format(
        "<table:table-header-rows>" + row(cell("Name") + cell("Age")) + "</table:table-header-rows>"
        + row(cell("Ann") + "<table:covered-table-cell/>" + cell("30")) + row(cell("a", "b") + cell("c"))
    )  # fmt: skip
    assert lines(tmp_path, body + "<text:p>after</text:p>") == ["Name\tAge", "Ann\t30", "a", "b", "c", "after"]


def test_deleted_text_comments_and_names_of_pictures_are_no_text(tmp_path):
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        "<text:p>One<office:annotation><text:p>a comment</text:p></office:annotation> two"
        "<draw:frame><svg:title>picture name</svg:title><draw:text-box><text:p>in a box</text:p></draw:text-box>"
        "</draw:frame> three</text:p>"
    )
    assert lines(tmp_path, body) == ["in a box", "One two three"]


def test_a_footnote_is_a_paragraph_of_its_own(tmp_path):
    note = (
        "<text:note><text:note-citation>1</text:note-citation>"
        "<text:note-body><text:p>The note.</text:p></text:note-body></text:note>"
    )
    assert lines(tmp_path, f"<text:p>The word{note} goes on.</text:p>") == ["The note.", "The word goes on."]


def test_ruby_is_left_out(tmp_path):
    ruby = "<text:ruby><text:ruby-base>漢字</text:ruby-base><text:ruby-text>kanji</text:ruby-text></text:ruby>"
    assert lines(tmp_path, f"<text:p>{ruby}です</text:p>") == ["漢字です"]


def test_the_content_decides(tmp_path):
    assert read(tmp_path, odt("<text:p>a b</text:p>"), "file.zip")[:2] == ("odt", ["a b"])


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (odt("", kind="spreadsheet"), r"\.xlsx or \.csv"),
        (odt("", kind="presentation-template"), "PDF"),
        (odt("", kind="graphics"), "another kind"),
        (odt("", **{"META-INF/manifest.xml": "<manifest:encryption-data/>"}), "password"),
        (odt("<text:p>"), "no valid XML"),
        (odt("", **{"content.xml": "<!DOCTYPE a><a/>"}), "XML entities"),
        (
            zipped({"mimetype": "application/vnd.oasis.opendocument.text"}, first_stored=True),
            r"damaged \(it holds no content\.xml\)",
        ),
    ],
)
def test_refused_with_a_sentence(tmp_path, content, part):
    with pytest.raises(CorpusError, match=part) as error:
        read(tmp_path, content, "file.odt")
    assert str(error.value).startswith("file.odt ")
