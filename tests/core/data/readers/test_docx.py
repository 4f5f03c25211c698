"""Word documents, put together by hand as Word and LibreOffice write them."""

import pytest

from core.errors import CorpusError
from tests.core.data.readers.making import WORD, docx, read, relations, zipped


def paragraph(*runs):
    return f"<w:p><w:pPr><w:pStyle w:val='Normal'/></w:pPr>{''.join(runs)}</w:p>"


def run(text):
    return f'<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def cell(*texts):
    return "<w:tc><w:tcPr/>" + "".join(paragraph(run(text)) for text in texts) + "</w:tc>"


def row(*cells):
    return "<w:tr>" + "".join(cells) + "</w:tr>"


def lines(tmp_path, body, **others):
    name, found, _ = read(tmp_path, docx(body, **others), "file.docx")
    assert name == "docx"
    return found


def test_words_go_over_runs_and_paragraphs_are_documents(tmp_path):
    body = (
        paragraph(run("The quick bro"), run("wn fox &amp; co."), run(" ")) + paragraph() + paragraph(run("Next  one"))
    )
    assert lines(tmp_path, body) == ["The quick brown fox & co.", "Next one"]


def test_tabs_breaks_and_hyphens(tmp_path):
    body = paragraph(
        run("a"), "<w:r><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:cr/><w:t>d</w:t></w:r>",
        "<w:r><w:noBreakHyphen/><w:t>e</w:t><w:softHyphen/><w:t>f</w:t></w:r>",
    )  # fmt: skip
    assert lines(tmp_path, body) == ["a b c d-ef"]


def test_what_tracked_changes_deleted_is_no_text_and_what_they_inserted_is(tmp_path):
    body = paragraph(
        run("kept "),
        "<w:del w:id='1'><w:r><w:delText>gone</w:delText></w:r></w:del>",
        f"<w:ins w:id='2'>{run('new ')}</w:ins>",
        f"<w:moveFrom w:id='3'>{run('moved away')}</w:moveFrom>",
        f"<w:moveTo w:id='4'>{run('moved here')}</w:moveTo>",
    )
    assert lines(tmp_path, body) == ["kept new moved here"]


def test_fields_show_their_result_and_links_their_words(tmp_path):
    body = paragraph(
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>HYPERLINK http://x</w:instrText></w:r>",
        f"<w:hyperlink>{run('here')}</w:hyperlink>",
        f"<w:sdt><w:sdtContent>{run(' and there')}</w:sdtContent></w:sdt>",
    )
    assert lines(tmp_path, body) == ["here and there"]


def test_a_row_of_a_table_is_one_document(tmp_path):
    table = "<w:tbl><w:tblPr/>" + row(cell("Name"), cell("Age")) + row(cell("Ann"), cell(), cell("30")) + "</w:tbl>"
    assert lines(tmp_path, paragraph(run("before")) + table) == ["before", "Name\tAge", "Ann\t30"]


def test_in_a_table_for_the_layout_every_paragraph_is_a_document(tmp_path):
    inner = "<w:tbl>" + row(cell("x"), cell("y")) + "</w:tbl>"
    table = "<w:tbl>" + row(cell("left"), cell("one", "two")) + row(cell("a"), f"<w:tc>{inner}</w:tc>") + "</w:tbl>"
    assert lines(tmp_path, table) == ["left", "one", "two", "a\tx\ty"]


def test_a_text_box_comes_once_and_does_not_cut_its_paragraph_in_two(tmp_path):
    box = f"<w:txbxContent>{paragraph(run('in the box'))}</w:txbxContent>"
    body = paragraph(
        run("around "),
        '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        '<mc:Choice Requires="wps"><w:drawing xmlns:wp="wp"><wp:posOffset>12345</wp:posOffset>'
        f"{box}</w:drawing></mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>",
        run("the box"),
    )
    assert lines(tmp_path, body) == ["in the box", "around the box"]


def test_ruby_and_formulas(tmp_path):
    ruby = f"<w:r><w:ruby><w:rt>{run('kan')}</w:rt><w:rubyBase>{run('漢')}</w:rubyBase></w:ruby></w:r>"
    formula = '<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r><m:t>x</m:t></m:r></m:oMath>'
    assert lines(tmp_path, paragraph(ruby, run("字 "), formula, run(" &gt; 0"))) == ["漢字 x > 0"]


def test_notes_come_behind_the_text_and_headers_not_at_all(tmp_path):
    def part(kind, text):
        return f"<w:{kind} {WORD}>{paragraph(run(text))}</w:{kind}>"

    found = lines(
        tmp_path,
        paragraph(run("Text"), "<w:r><w:footnoteReference w:id='1'/></w:r>"),
        **{
            "word/_rels/document.xml.rels": relations(
                footnotes="footnotes.xml", endnotes="/word/endnotes.xml", header="header1.xml", comments="comments.xml"
            ),
            "word/footnotes.xml": part("footnotes", "A footnote"),
            "word/endnotes.xml": part("endnotes", "An endnote"),
            "word/header1.xml": part("hdr", "Page header"),
            "word/comments.xml": part("comments", "A comment"),
        },
    )
    assert found == ["Text", "A footnote", "An endnote"]


def test_the_main_part_may_be_called_otherwise_and_the_strict_form_is_read(tmp_path):
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    content = zipped(
        {
            "_rels/.rels": relations(officeDocument="/word/document2.xml"),
            "word/document2.xml": f"<x:document xmlns:x='{strict}'><x:p><x:r><x:t>found</x:t></x:r></x:p></x:document>",
            "[Content_Types].xml": "<Types/>",
        }
    )
    # The content decides, whatever the file is called.
    assert read(tmp_path, content, "file.txt")[:2] == ("docx", ["found"])


def test_a_paragraph_without_end_is_cut_at_blanks(tmp_path):
    found = lines(tmp_path, paragraph(*[run("alpha beta " * 1000)] * 200))
    assert len(found) == 3
    assert " ".join(found).split() == ["alpha", "beta"] * 200_000
    assert max(map(len, found)) <= 1 << 20


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (docx("<w:p>"), "no valid XML"),
        (docx("</w:body>"), "no valid XML"),
        (docx("<w:p>" * 2000), "inside one another"),
        (zipped({"[Content_Types].xml": "", "word/styles.xml": ""}), "no Word document"),
        (zipped({"[Content_Types].xml": "", "ppt/presentation.xml": ""}), "PowerPoint .* PDF"),
        (
            docx("", **{"word/document.xml": '<!DOCTYPE w:p [<!ENTITY a "aaaa">]><w:p/>'}),
            "XML entities",
        ),
    ],
)
def test_refused_with_a_sentence(tmp_path, content, part):
    with pytest.raises(CorpusError, match=part) as error:
        read(tmp_path, content, "file.docx")
    assert str(error.value).startswith("file.docx ")


def test_another_office_file_is_no_damaged_word_document(tmp_path):
    content = zipped({"[Content_Types].xml": "", "FixedDocumentSequence.fdseq": ""})
    with pytest.raises(CorpusError, match=r"is an Office file, but no Word document; save it as \.docx or PDF"):
        read(tmp_path, content, "file.xps")


def test_a_tag_without_end_does_not_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("core.data.office.LONGEST_TAG", 1 << 18)
    with pytest.raises(CorpusError, match="tag without end"):
        read(tmp_path, docx(f'<w:p w:a="{"x" * (1 << 20)}"/>'), "file.docx")
    # As much text is no tag.
    assert len(lines(tmp_path, paragraph(run("alpha " * (1 << 18))))) == 2


def test_claims_are_counted_before_anything_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("core.data.source.Budget.__init__.__defaults__", (1000,))
    with pytest.raises(CorpusError, match="too large when unpacked"):
        read(tmp_path, docx(paragraph(run("alpha " * 1000))), "file.docx")
