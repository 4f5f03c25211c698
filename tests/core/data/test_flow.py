"""Paragraphs and rows of tables, put together by hand."""

import pytest

from core.data.flow import LONGEST, MOST_CELLS, Flow


def row(flow, *cells):
    """A row whose cells hold these paragraphs."""
    flow.begin_row()
    for paragraphs in cells:
        flow.begin_cell()
        for text in paragraphs:
            flow.add(text)
            flow.end_line()
    flow.end_row()


def test_white_space_is_one_blank_and_a_blank_line_ends_a_paragraph():
    flow = Flow()
    flow.add(" alpha\t\u00a0beta\n")
    flow.add("gamma \u2028")
    flow.end_line()
    flow.end_line()
    flow.add("one\n \n\ntwo\n")
    flow.end()
    assert flow.lines == ["alpha beta gamma", "one", "two"]
    assert flow.size == sum(len(line) + 1 for line in flow.lines)
    assert flow.batch().text == "alpha beta gamma\none\ntwo\n"
    assert flow.lines == []
    assert flow.size == 0


def test_finish_sees_the_paragraph_as_a_whole():
    flow = Flow(lambda text: text.replace("ab", "x"))
    flow.add("a")
    flow.add("b")
    flow.end_line()
    flow.finish = None
    flow.add("ab")
    flow.end()
    assert flow.lines == ["x", "ab"]


def test_a_paragraph_inside_a_paragraph():
    flow = Flow()
    flow.begin_paragraph()
    flow.add("outer ")
    flow.begin_paragraph()
    flow.add("inner")
    flow.end_paragraph()
    flow.add("goes on")
    flow.end_paragraph()
    assert flow.lines == ["inner", "outer goes on"]


def test_rows():
    flow = Flow()
    row(flow, ["a"], [], ["b c"])
    row(flow, ["a"], ["b", "c"], ["d"])
    row(flow, [], [])
    assert flow.lines == ["a\tb c", "a", "b", "c", "d"]


def test_a_row_in_a_cell_is_a_paragraph_of_it():
    flow = Flow()
    flow.begin_row()
    flow.begin_cell()
    row(flow, ["a"], ["b"])
    flow.begin_cell()
    flow.add("c")
    flow.end_row()
    assert flow.lines == ["a\tb\tc"]


def test_where_an_inner_row_breaks_the_outer_ones_break_too_and_the_order_stays():
    flow = Flow()
    flow.begin_row()
    flow.begin_cell()
    flow.add("first")
    flow.begin_cell()
    row(flow, ["a"], ["b", "c"])
    row(flow, ["d"], ["e"])
    flow.begin_cell()
    flow.add("last")
    flow.end()
    assert flow.lines == ["first", "a", "b", "c", "d\te", "last"]


@pytest.mark.parametrize("blank", ["", " "])
def test_no_paragraph_is_longer_than_the_limit(blank):
    flow = Flow()
    word = "abcdefg" + blank
    for _ in range(3 * LONGEST // (1000 * len(word)) + 1):
        flow.add(word * 1000)
    flow.end()
    assert max(map(len, flow.lines)) <= LONGEST
    assert len(flow.lines) == 4
    if blank:
        assert set(" ".join(flow.lines).split()) == {"abcdefg"}


def test_rows_are_not_held_without_end():
    flow = Flow()
    flow.begin_row()
    for number in range(MOST_CELLS + 5):
        flow.begin_cell()
        flow.add(f"x{number}")
    assert len(flow.lines) > MOST_CELLS
    flow.end()
    assert flow.lines == [f"x{number}" for number in range(MOST_CELLS + 5)]


def test_deep_tables_take_no_longer_than_long_ones():
    flow = Flow()
    for number in range(50_000):
        flow.begin_row()
        flow.begin_cell()
        flow.add(str(number))
    flow.end()
    assert flow.lines == list(map(str, range(50_000)))
