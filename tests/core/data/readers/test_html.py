"""Web pages and broken ones: what a browser would show, written down by hand."""

import pytest

from core.data.readers.html import _Page
from tests.core.data.readers.making import read


def lines(tmp_path, html, name="file.html", **options):
    reader, found, _ = read(tmp_path, html, name, **options)
    assert reader == "html"
    return found


def test_blocks_end_a_document_and_other_elements_do_not(tmp_path):
    html = (
        "<!DOCTYPE html><html><head><title>Tab</title></head><body><h1>Head<em>ing</em></h1>\n"
        "<p>One <b>two</b>\nthree<br>four<p>un<i>believ</i>able<div>five<span>six</span></div>seven"
        "<ul><li>a<li>b</ul><dl><dt>term<dd>meaning</dl><hr/>end</body></html>\n"
    )
    expected = ["Heading", "One two three four", "unbelievable", "fivesix", "seven", "a", "b", "term", "meaning", "end"]
    assert lines(tmp_path, html) == expected


def test_what_is_not_shown_is_no_text(tmp_path):
    html = (
        "<html><style>p { color: red }</style><script>if (a < b) { c = '<p>no</p>' }</script>"
        "<!-- <p>no</p> --><![CDATA[no]]><?php no ?><template><p>no</p></template>"
        "<svg><title>no</title><svg><text>no</text></svg></svg><select><option>no</select>"
        "<nav><ul><li>no</ul></nav><noscript>no</noscript><textarea>no <p> no</textarea><iframe>no</iframe>"
        "<p title='no' alt=\"no>\">yes</p>"
        "<SCRIPT>no</SCRIPT ><script/>yes too"
    )
    assert lines(tmp_path, html) == ["yes", "yes too"]


def test_a_comment_may_be_empty_or_end_oddly(tmp_path):
    assert lines(tmp_path, "<p>a<!--> b<!--->c<!-- - -- --!>d<!---->e<!- no -><!>f") == ["a bcdef"]


def test_characters(tmp_path):
    html = "<p>&eacute;t&eacute; &#233;&#xe9; &amp;lt; AT&T &nbsp;x &copy 2 &#0; &#xD800; &nosuch; &lt;b&gt;"
    assert lines(tmp_path, html) == ["été éé &lt; AT&T x © 2 \ufffd \ufffd &nosuch; <b>"]


def test_two_breaks_end_a_paragraph_and_so_does_a_blank_line_in_pre(tmp_path):
    assert lines(tmp_path, "<p>a<br>b<br />\n<BR>c") == ["a b", "c"]
    assert lines(tmp_path, "<p>a\n\nb<pre>c\nd\n\n  e</pre>f\n\ng</p>") == ["a b", "c d", "e", "f g"]


def test_rows_of_tables(tmp_path):
    html = (
        "<table><caption>Ages</caption><thead><tr><th>Name<th>Age</thead>"
        "<tr><td>Ann</td><td>30</td></tr><tr><td><p>Bob</p><td>4<b>0</b></tr></table>after"
    )
    assert lines(tmp_path, html) == ["Ages", "Name\tAge", "Ann\t30", "Bob\t40", "after"]


def test_tables_for_the_layout_and_tables_in_tables(tmp_path):
    html = (
        "<table><tr><td>menu<td><h1>Title</h1><p>Text.</p><table><tr><td>a<td>b<tr><td>c<td>d</table>"
        "more</td></tr></table><td>stray</td></tr></table><p>end"
    )
    assert lines(tmp_path, html) == ["menu", "Title", "Text.", "a\tb", "c\td", "more", "stray", "end"]


def test_ruby(tmp_path):
    assert lines(tmp_path, "<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp>字<rt>ji</ruby>です") == ["漢字です"]


def test_broken_markup_is_read_as_browsers_do(tmp_path):
    html = "<p>alpha <b>beta <i>gamma</b> 3 < 4 <5 a<b> x </ b>y</p ><div>epsilon</p><p>zeta <a title=it's>eta</a"
    assert lines(tmp_path, html) == ["alpha beta gamma 3 < 4 <5 a x y", "epsilon", "zeta eta"]


@pytest.mark.parametrize("what", ["<!-- begun", "<script>var a", "<title>a", "<nav>a"])
def test_what_swallows_the_rest_is_named(tmp_path, what):
    _, found, said = read(tmp_path, f"<p>alpha beta</p>{what} <p>gamma</p>", "file.html")
    assert found == ["alpha beta"]
    assert "never closed" in said[0]


def test_a_tag_that_breaks_off_at_the_end(tmp_path):
    assert lines(tmp_path, "<p>alpha<a href='x") == ["alpha"]
    assert lines(tmp_path, "<p>alpha<") == ["alpha<"]
    assert lines(tmp_path, "<p>alpha<a") == ["alpha"]


PAGE = (
    "<!doctype html><p class=\"a>b\" id='x'>One &amp; two &eacute;<!-- x --><script>no </p> no</script >"
    "<table><tr><td>a<td>b 3 < 4</table><br><pre>c\n\nd</pre><svg a=1><p>no</svg><title/>e<a =\"'\" b = 'x'>f"
)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 1000])
def test_pieces_of_any_size_give_the_same(size):
    page = _Page()
    for start in range(0, len(PAGE), size):
        page.feed(PAGE[start : start + size])
    assert page.close() == ""
    assert page.flow.lines == ["One & two é", "a\tb 3 < 4", "c", "d", "ef"]


@pytest.mark.parametrize(
    ("html", "times"),
    [
        *((html, 200_000) for html in ("<a ", "<a b='", "<!--", "</", "<!", "<![", "&", "&#", "<a x=", "<", "<script")),
        *((html, 50_000) for html in ("<div>", "<table><tr><td>x", "<svg>")),
    ],
)
def test_time_grows_with_the_page_alone(html, times):
    # Each of these takes minutes where something is searched for again and again.
    page = _Page()
    page.feed(html * times)
    page.close()


def test_the_encoding_that_the_page_declares(tmp_path):
    page = '<html><meta charset="windows-1251"><p>Все люди рождаются'.encode("cp1251")
    assert lines(tmp_path, page) == ["Все люди рождаются"]
    page = '<html><meta charset="iso-8859-1"><p>Ein „Wort“ – 3 €'.encode("cp1252")
    assert lines(tmp_path, page) == ["Ein „Wort“ – 3 €"]
    page = "<html><meta charset='utf-16'><p>été".encode("utf-16")
    assert lines(tmp_path, page) == ["été"]


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        ("<!DOCTYPE html><p>a", "file.txt", "html"),
        ("<!-- saved --><html><p>a", "file", "html"),
        ("<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><p>a</p></html>", "file.xml", "html"),
        ("<p>a fragment</p>", "file.htm", "html"),
        ("<script>alert(1)</script> words in a text", "file.txt", "text"),
        ("No tag at all.", "file.html", "text"),
        ("text,label\n<html>,1\n", "file.csv", "csv"),
    ],
)
def test_what_is_taken_for_a_page(tmp_path, content, name, expected):
    assert read(tmp_path, content, name)[0] == expected
