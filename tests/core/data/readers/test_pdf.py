"""PDF files, put together by hand; what programs make of pages is undone."""

import zlib

import pytest

from core.data.readers.pdf import _Setting
from core.errors import CorpusError
from tests.core.data.readers.making import pdf, read


def pages(tmp_path, content, name="file.pdf"):
    reader, found, said = read(tmp_path, content, name)
    assert reader == "pdf"
    return found, said


def test_a_page_is_a_document_and_lines_are_joined(tmp_path):
    found, said = pages(tmp_path, pdf("The first line\nand the second.", "Another (page) with a \\ in it"))
    assert found == ["The first line and the second.", "Another (page) with a \\ in it"]
    assert said == []


def test_the_content_decides_also_behind_other_bytes(tmp_path):
    assert pages(tmp_path, pdf("alpha beta"), "file.txt")[0] == ["alpha beta"]
    assert pages(tmp_path, b"\n" + pdf("alpha beta"), "file.txt")[0] == ["alpha beta"]


def test_a_page_without_text_keeps_its_line(tmp_path):
    found, said = pages(tmp_path, pdf("one", b"0 0 100 100 re f", "three"))
    assert found == ["one", "", "three"]
    assert said == ["1 page without text; if there is some to see, it is a picture and needs OCR (page 2)."]


def test_a_page_without_fonts_is_not_damaged(tmp_path):
    content = pdf("one", b"0 0 9 9 re f", "three", b"0 0 9 9 re f")
    begin, fonts = content.rindex(b"/Resources"), b"/Resources << /Font << /F1 3 0 R >> >>"
    content = content[:begin] + b"/Resources << >>".ljust(len(fonts)) + content[begin + len(fonts) :]
    assert pages(tmp_path, content.replace(fonts, b" " * len(fonts), 2)) == (
        ["", "", "three", ""],
        ["3 pages without text; if there is some to see, it is a picture and needs OCR (pages 1, 2, 4)."],
    )


def test_a_damaged_page_is_passed_over_and_named(tmp_path):
    content = pdf("one", "two", "three").replace(b"/F1 12 Tf 14 TL 72 720 Td\n(two)", b"/F1 [" * 6 + b"  (two)")
    found, _ = pages(tmp_path, content)
    assert found[::2] == ["one", "three"]


def setting(*drawn):
    """Pages as they were drawn, each as one line."""
    undone = _Setting()
    return [undone.line(page) for page in drawn], undone.furniture


@pytest.mark.parametrize(
    ("drawn", "line"),
    [
        ("a hyphen-\nated word", "a hyphenated word"),
        ("a hyphen\u2010\nated word", "a hyphenated word"),
        ("a soft\u00ad\nware", "a software"),
        ("a Franco-\nGerman treaty", "a Franco-German treaty"),
        ("from 1990-\n1995", "from 1990-1995"),
        ("no-longer-\nused memory", "no-longer-used memory"),
        ("a well-known man, well-\nknown indeed", "a well-known man, well-known indeed"),
        ("Haus-\nund Gartenarbeit", "Haus- und Gartenarbeit"),
        ("Ende -\nneu", "Ende - neu"),
        ("a dash --\nhere", "a dash -- here"),
        ("ends in a hyphen-", "ends in a hyphen-"),
        ("eﬃcient ﬁnd of ﬂour", "efficient find of flour"),
        ("two  blanks \n\n\x00 and half a pair \ud800", "two blanks and half a pair \ufffd"),
        ("", ""),
    ],
)
def test_words_broken_at_the_end_of_a_line(drawn, line):
    assert setting(drawn) == ([line], 0)


def test_a_compound_is_known_from_an_earlier_page():
    assert setting("long-term plan", "a long-\nterm plan")[0] == ["long-term plan", "a long-term plan"]


def body(word):
    """The lines of a page of running text."""
    return [f"line {letter} of {word}" for letter in "abcdefghij"]


def test_running_heads_and_page_numbers_are_left_out():
    heads = [("Left head", "one"), ("Right", "two"), ("Left head", "three")]
    drawn = ["\n".join([head, *body(word), str(number)]) for number, (head, word) in enumerate(heads, 8)]
    found, furniture = setting(*drawn)
    # A head is told by the page before last, for left and right pages differ.
    assert found == [
        " ".join(["Left head", *body("one"), "8"]),
        " ".join(["Right", *body("two")]),
        " ".join(body("three")),
    ]
    assert furniture == 3


def test_roman_numbers_are_page_numbers():
    drawn = ["\n".join([*body("one"), "ix"]), "\n".join([*body("two"), "x"])]
    assert setting(*drawn) == ([" ".join([*body("one"), "ix"]), " ".join(body("two"))], 1)


def test_short_pages_and_pages_that_are_alike_keep_what_they_repeat():
    assert setting("Slide\nalpha\n1", "Slide\nbeta\n2")[0] == ["Slide alpha 1", "Slide beta 2"]
    assert setting("\n".join(body("one")), "\n".join(body("one"))) == ([" ".join(body("one"))] * 2, 0)


def test_what_was_left_out_is_said(tmp_path):
    words = ("one", "two", "three")
    found, said = pages(tmp_path, pdf(*("\n".join(["Title", *body(word), f"Page {word}"]) for word in words)))
    assert found[1:] == [" ".join([*body(word), f"Page {word}"]) for word in words[1:]]
    assert said == ["2 pages with lines that repeat from page to page (running heads, numbers), left out (pages 2, 3)."]


def compressed(data):
    """A page whose content stream is packed."""
    packed = zlib.compress(data, 9)
    page = pdf(b"STREAM")
    return page.replace(
        b"<< /Length 6 >>\nstream\nSTREAM", b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s" % (len(packed), packed)
    )


def test_a_packed_page(tmp_path):
    assert pages(tmp_path, compressed(b"BT /F1 12 Tf (alpha beta) Tj ET"))[0] == ["alpha beta"]


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (pdf(b"0 0 9 9 re f", b""), "2 pages and no text: is it a scan.*OCR"),
        (pdf(), "no pages, so no text"),
        (pdf("alpha")[:300], "damaged|no text"),
        (b"%PDF-1.7\n" + b"x" * 500, "damaged"),
        (compressed(b"(a) Tj " * 12_000_000), r"too large when unpacked"),
        (pdf("a").replace(b"/Kids [4 0 R]", b"/Kids [2 0 R]"), "damaged"),
        (
            pdf("a").replace(b"trailer\n<<", b"trailer\n<< /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 "
                             b"/O <" + b"ab" * 32 + b"> /U <" + b"cd" * 32 + b"> >> /ID [<00> <00>]"),
            "protected by a password",
        ),
    ],
)  # fmt: skip
def test_refused_with_a_sentence(tmp_path, content, part):
    with pytest.raises(CorpusError, match=part) as error:
        pages(tmp_path, content)
    assert str(error.value).startswith("file.pdf ")


def test_a_page_is_given_up_after_a_million_operations(tmp_path, monkeypatch):
    monkeypatch.setattr("core.data.readers.pdf.MOST_OPERATIONS", 100)
    found, said = pages(tmp_path, pdf("one", b"BT /F1 12 Tf " + b"(a) Tj " * 200 + b"ET"))
    assert found == ["one", ""]
    assert said == ["1 page skipped: too many drawing operations (page 2)."]


def test_drawings_inside_drawings_count_too(tmp_path, monkeypatch):
    monkeypatch.setattr("core.data.readers.pdf.MOST_OPERATIONS", 100)
    form = b"(a) Tj " * 200
    content = pdf("one", b"/X Do").replace(
        b"/Resources << /Font << /F1 3 0 R >> >>",
        b"/Resources << /Font << /F1 3 0 R >> /XObject << /X 8 0 R >> >>",
    )  # fmt: skip
    content = content.replace(
        b"xref\n0 8",
        b"8 0 obj\n<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /Font << /F1 3 0 R >> >> "
        b"/Length %d >>\nstream\n%s\nendstream\nendobj\nxref\n0 8" % (len(form), form),
    )
    found, said = pages(tmp_path, content)
    assert found == ["one", ""]
    assert "too many drawing operations" in said[0]


def test_what_pages_unpack_to_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr("core.data.source.Budget.__init__.__defaults__", (1000,))
    with pytest.raises(CorpusError, match="too large when unpacked"):
        pages(tmp_path, compressed(b"(a) Tj " * 1000))


def test_a_file_locked_against_changes_alone_is_read(tmp_path):
    from pypdf import PdfReader, PdfWriter

    (tmp_path / "open.pdf").write_bytes(pdf("alpha beta"))
    writer = PdfWriter(clone_from=PdfReader(tmp_path / "open.pdf"))
    writer.encrypt(user_password="", owner_password="secret", algorithm="RC4-128")
    writer.write(tmp_path / "locked.pdf")
    assert pages(tmp_path, (tmp_path / "locked.pdf").read_bytes())[0] == ["alpha beta"]


def test_a_font_that_does_not_say_its_letters_is_named(tmp_path):
    page = b"BT /F1 12 Tf 72 720 Td (%s) Tj ET" % bytes(range(1, 9))
    assert "does not say which letters" in pages(tmp_path, pdf("one", page))[1][0]
    by_number = pdf("one").replace(b"/Subtype /Type1", b"/Subtype /Type0").replace(b"/WinAnsiEncoding", b"/Identity-H")
    assert "does not say which letters" in pages(tmp_path, by_number)[1][0]
