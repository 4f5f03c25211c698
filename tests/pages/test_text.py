"""Names that a picker can tell apart, and sizes as people say them."""

import shutil

import pytest

from pages.ui.text import distinct, size


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (99_940, "99.9 kB"), (252_700_000, "253 MB"),
     (999_700_000, "1.0 GB")],
)  # fmt: skip
def test_sizes_have_no_more_figures_than_are_known(number, said):
    assert size(number) == said


def test_equal_names_get_their_marks_and_others_stay():
    assert distinct(["a", "b", "a"], ["1", "2", "3"]) == ["a (1)", "b", "a (3)"]
    assert distinct([], []) == []


def test_runs_that_look_alike_are_told_apart_by_the_picker(full_home, open_page):
    first = full_home.runs()[0]
    twin = first.folder.with_name(f"{first.id[:-6]}zzzzzz")
    shutil.copytree(first.folder, twin)
    assert {view.created for view in full_home.runs()} == {first.created}
    for run in (first.id, twin.name):
        app = open_page("explore/neighbours.py", run=run)
        assert not app.exception
        picker = app.selectbox(key="run_picker")
        assert len(set(picker.options)) == 2
        # What the browser sends back is the text of the option: it has to mean the same run.
        picker.set_value(picker.value).run()
        assert app.session_state["run"] == run
