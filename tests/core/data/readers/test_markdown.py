"""Markdown: what stays and what goes, written down by hand."""

import pytest

from core.data.readers.markdown import _plain
from tests.core.data.readers.making import read


def lines(tmp_path, text, name="file.md"):
    reader, found, said = read(tmp_path, text, name)
    assert reader == "markdown"
    assert said == []
    return found


def test_lines_of_a_paragraph_are_one_document(tmp_path):
    assert lines(tmp_path, "One\ntwo  \nthree\\\nfour\n\nfive\r\nsix") == ["One two three four", "five six"]


def test_headings_and_rules(tmp_path):
    text = "# One ##\ntext\n## C# #\n###### Six\n#hashtag\nSetext\n===\nOther\n---\n***\n- - -\n--\n####### seven\n#\n"
    expected = ["One", "text", "C#", "Six", "#hashtag Setext", "Other", "-- ####### seven"]
    assert lines(tmp_path, text) == expected


def test_lists_and_quotes(tmp_path):
    text = (
        "Intro\n- a\n- [x] b\n  goes on\n  1. c\n  2) d\n+ e\n\nIt was in\n1986. That year\n\n2. f\n3. g\n\n"
        "> quoted\n> more\n>> deep\n\n-no list\n"
    )
    expected = ["Intro", "a", "b goes on", "c", "d", "e", "It was in 1986. That year", "f", "g", "quoted more deep"]
    assert lines(tmp_path, text) == [*expected, "-no list"]


def test_tables(tmp_path):
    text = (
        "before\n\n| Name | Age |\n|:-----|----:|\n| **Ann** | 30 |\nBob | 4\\|5\n\na | b\n--|--\nc | d\n\nx | y\nz\n"
    )
    assert lines(tmp_path, text) == ["before", "Name\tAge", "Ann\t30", "Bob\t4|5", "a\tb", "c\td", "x | y z"]


def test_code_is_text_as_it_stands(tmp_path):
    text = (
        "See:\n```python\nx = *y*\n# no heading\n\nz_\n```\nafter\n~~~~\n~~~\n| a |\n~~~~\n"
        "> ```\n> q\n> ```\n```never closed\nend"
    )
    assert lines(tmp_path, text) == ["See:", "x = *y* # no heading", "z_", "after", "~~~ | a |", "q", "end"]


@pytest.mark.parametrize("front", ["---\ntitle: no\n---\n", "+++\ntitle = 'no'\n+++\n", "---\na: b\n...\n"])
def test_front_matter_is_no_text(tmp_path, front):
    assert lines(tmp_path, front + "# Yes\n") == ["Yes"]


def test_a_rule_at_the_beginning_is_no_front_matter(tmp_path):
    assert lines(tmp_path, "---\nyes\n") == ["yes"]
    assert lines(tmp_path, "---\n" + "yes\n\n" * 1000 + "---\n") == ["yes"] * 1000


def test_comments_definitions_and_notes(tmp_path):
    text = (
        "a <!-- no --> b[^1]\n<!-- no\nno\n--> c\n\n[^1]: A note.\n[ref]: http://example.org 'Title'\n"
        "[Alice]: hello\n\n<!-- never closed\nno"
    )
    assert lines(tmp_path, text) == ["a b c", "A note. [Alice]: hello"]


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("**bold** __bold__ *it* _it_ ~~old~~ ***both***", "bold bold it it old both"),
        ("**bold *nested* more**, un**believ**able", "bold nested more, unbelievable"),
        # Marks that may be meant as they stand stay.
        ("snake_case_word a_b_ _ y _ 3 * 4 * 5", "snake_case_word a_b_ _ y _ 3 * 4 * 5"),
        ("2*3*4 2 ** 3 ** 4 f(*args)", "2*3*4 2 ** 3 ** 4 f(*args)"),
        ("`co*d*e` ``a_b_`` `` c `` \\`no\\`", "co*d*e a_b_  c  `no`"),
        ("a [link](http://x.org/a_(b) \"T\") ![picture](p.png) [![badge](b.svg)](http://y)", "a link picture badge"),
        ("[text][ref] [text][] [text] array[i][j] f[x](y)", "text text [text] array[i][j] fx"),
        ("<http://a.org/b_c> <mail@b.org>", "http://a.org/b_c mail@b.org"),
        ("a < b > c List<String> x<y", "a < b > c List<String> x<y"),
        ("un<b class='x'>do</b> one<br/>two<td>three</td>", "undo one two three "),
        ("&eacute;t&eacute; &lt;b&gt; AT&T \\&amp;", "été <b> AT&T &amp;"),
        ("\\*no\\* \\_no\\_ \\# \\a C:\\dir", "*no* _no_ # \\a C:\\dir"),
        ("[a *b*](x) *[c](y)*", "a b c"),
        ("\ue0000\ue001 `x`", "\ufffd0\ufffd x"),
    ],
)  # fmt: skip
def test_marks_inside_a_paragraph(marked, plain):
    assert _plain(marked) == plain


@pytest.mark.parametrize(
    "text",
    ["`", "` ", "[", "[a](", "![[a]((", "*a", "**a ", "_a ", "~~a", "<a ", "<!--", "<!-- --> ", "\\*", "<a:", "> "],
)
def test_time_grows_with_the_text_alone(tmp_path, text):
    # Each of these takes minutes where something is searched for again and again.
    assert lines(tmp_path, "x " + text * 100_000)


def test_only_the_ending_tells_markdown(tmp_path):
    assert read(tmp_path, "# A heading\n", "file.txt")[:2] == ("text", ["# A heading"])
    assert read(tmp_path, "# A heading\n", "file.txt", format="markdown")[:2] == ("markdown", ["A heading"])
    assert read(tmp_path, "<p>a fragment", "README.markdown")[:2] == ("markdown", ["a fragment"])
