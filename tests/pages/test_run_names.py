"""Names that people give to runs: labels, shown as they were typed, and never a path, a formula or a tag.

Where the manifest allows two outcomes, the first is chosen: every name is kept; what no line can show is taken out.
"""

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from core.__main__ import build_parser
from core.errors import SettingsError
from core.formats.spreadsheet import safe_cell
from core.runs.spec import make_spec
from core.space import EmbeddingSpace
from pages.ui.routes import file_name
from pages.ui.session import label
from pages.ui.text import SPECIAL, md

MANIFEST = Path(__file__).resolve().parents[3] / "shared" / "torture" / "manifest.json"
SPACE = EmbeddingSpace(["a", "b"], np.eye(2, dtype=np.float32))
BACKSLASH = "\\"
KEPT = {
    "run_blank": "",
    "run_300_chars": "n" * 120,
    "run_255_emoji": "😀" * 120,
    "run_newline": "a b",
    "run_bidi": "abcgpj.exe",
}


def _cases():
    cases = json.loads(MANIFEST.read_text("utf-8"))["cases"] if MANIFEST.exists() else []
    return [pytest.param(case, id=case["name"]) for case in cases if case["kind"] == "run-name"] or [
        pytest.param(None, id="none", marks=pytest.mark.skip("../shared/torture is not there"))
    ]


def shown(case):
    return case["must"]["display"] if "must" in case else KEPT[case["name"]]


@pytest.mark.parametrize("case", _cases())
def test_a_name_is_a_label(empty_home, case):
    value, runs = case["value"], empty_home.workspace() / "runs"
    first = empty_home.add_space(SPACE, "first")
    if case["name"] == "run_nul":
        for give in (
            lambda: empty_home.add_space(SPACE, value),
            lambda: empty_home.rename(first, value),
            lambda: make_spec("skipgram", {}, {"corpus": "x"}, value),
        ):
            with pytest.raises(SettingsError) as caught:
                give()
            assert any(part in str(caught.value).lower() for part in case["error_any"])
        assert (len(empty_home.runs()), empty_home.run(first).name) == (1, "first")
        return
    twice = [empty_home.add_space(SPACE, value) for _ in range(2)]
    empty_home.rename(first, value)
    assert make_spec("skipgram", {}, {"corpus": "x"}, value).name == shown(case)
    views = [empty_home.run(run) for run in (first, *twice)]
    assert [view.name for view in views] == [shown(case)] * 3
    assert {view.folder.parent for view in views} == {runs}
    assert sorted(one.name for one in runs.iterdir()) == sorted({view.id for view in views})
    for view in views:
        # What a page writes as markdown, what a table for spreadsheets holds, and what a download is called.
        assert re.sub(r"\\(.)", r"\1", md(label(view), 200)) == label(view)
        assert not re.search(rf"(?<!\\)[{re.escape(''.join(SPECIAL - set(BACKSLASH)))}]", md(label(view), 200))
        assert not safe_cell(view.name).startswith(("=", "+", "-", "@", "\t", "\r"))
        assert re.fullmatch(r"[a-z0-9-]+\.vec", file_name(view, ".vec", "word2vec_text"))


def test_the_table_shows_them_all(empty_home, open_page):
    cases = [one.values[0] for one in _cases() if one.id not in ("none", "run_nul")]
    if not cases:
        pytest.skip("../shared/torture is not there")
    for case in cases:
        empty_home.add_space(SPACE, case["value"])
    app = open_page("train/runs.py")
    named = sorted(shown(case) for case in cases if shown(case))
    assert sorted(name for name in app.dataframe[0].value["Name"] if name in named) == named


@pytest.mark.parametrize("case", _cases())
def test_the_command_line_takes_it(case):
    if case["name"] == "run_nul":
        pytest.skip("no system passes NUL in an argument")
    line = shlex.join(["import", "x.txt", f"--name={case['value']}"])
    assert build_parser().parse_args(shlex.split(line)).name == case["value"]
