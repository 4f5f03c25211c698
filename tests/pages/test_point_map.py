"""The Python half of the point map: what is sent, and what is believed of what comes back."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import point_map as package
from pages.ui.point_map import SHADES, Playback, PointMapState, View, shades
from pages.ui.point_map.payload import frames_table, identity_of, points_table
from pages.ui.point_map.state import parse_pick, restore_options

APP = Path(__file__).resolve().parents[1] / "browser" / "apps" / "point_map_app.py"
SQUARE = {"x": [0.0, 1.0, 1.0, 0.0], "y": [0.0, 0.0, 1.0, 1.0]}


def test_points_become_small_arrow_columns():
    table = points_table(SQUARE | {"colour": [0, 1, 2, 255], "size": [9, 5, 2, 1]}, ["a", "b", "c", "<b>"])
    assert {field.name: str(field.type) for field in table.schema} == {
        "x": "float",
        "y": "float",
        "colour": "uint8",
        "size": "float",
        "name": "string",
    }
    assert table["name"].to_pylist() == ["a", "b", "c", "<b>"]
    assert table["colour"].to_pylist() == [0, 1, 2, 255]


@pytest.mark.parametrize("kind", [pd.DataFrame, pa.table, dict])
def test_points_come_from_any_table(kind):
    table = points_table(kind(SQUARE | {"name": ["a", "b", "c", "d"], "other": [1, 2, 3, 4]}), None)
    assert table.column_names == ["x", "y", "name"]
    assert table["x"].to_pylist() == [0, 1, 1, 0]


def test_points_of_the_wrong_shape_are_refused():
    with pytest.raises(ValueError, match="x and y"):
        points_table({"x": [1.0]}, None)
    with pytest.raises(ValueError, match="differ in length"):
        points_table(SQUARE, ["a", "b"])


def test_identity_is_of_the_words_and_not_of_their_places():
    names = ["a", "b", "c", "d"]
    here, there = points_table(SQUARE, names), points_table(SQUARE | {"x": [5.0, 6.0, 7.0, 8.0]}, names)
    assert identity_of(here) == identity_of(there)
    assert identity_of(here) != identity_of(points_table(SQUARE, ["a", "b", "c", "e"]))
    assert identity_of(here) != identity_of(points_table(SQUARE, ["ab", "", "c", "d"]))
    assert identity_of(points_table(SQUARE, None)) == "4"


def test_frames_are_fractions_of_their_common_box():
    positions = np.array([[[0.0, 10.0], [4.0, 20.0]], [[2.0, 15.0], [1.0, 10.0]]])
    table, options = frames_table(Playback(positions, ["0 s", "1 s"], "timed", 30), 2)
    assert options["box"] == [0.0, 10.0, 4.0, 10.0]
    assert options["count"] == 2
    # By hand: 2 of 0..4 is half of 65,535, 15 of 10..20 as well, 1 of 0..4 a quarter.
    assert table["x"].to_pylist() == [0, 65535, 32768, 16384]
    assert table["y"].to_pylist() == [0, 65535, 32768, 0]


def test_frames_come_back_within_a_pixel():
    rng = np.random.default_rng(3)
    positions = rng.normal(size=(4, 50, 2)).astype(np.float32)
    table, options = frames_table(Playback(positions), 50)
    left, bottom, width, height = options["box"]
    back = np.stack([np.array(table["x"]) / 65535 * width + left, np.array(table["y"]) / 65535 * height + bottom], 1)
    assert np.abs(back.reshape(4, 50, 2) - positions).max() < max(width, height) / 65535


def test_added_frames_change_the_content_and_not_the_series():
    positions = np.zeros((2, 3, 2)) + np.arange(2)[:, None, None]
    _, first = frames_table(Playback(positions[:1], series="run"), 3)
    _, second = frames_table(Playback(positions, series="run"), 3)
    assert first["series"] == second["series"]
    assert first["content"] != second["content"]


def test_frames_of_other_points_and_lost_places():
    with pytest.raises(ValueError, match=r"\(frames, 4, 2\)"):
        frames_table(Playback(np.zeros((2, 3, 2))), 4)
    table, options = frames_table(Playback(np.array([[[np.nan, 0.0], [2.0, 3.0]]])), 2)
    assert all(math.isfinite(value) for value in options["box"])
    assert table["x"].to_pylist()[1] == 0  # the only finite point is the whole box


def test_shades_split_by_rank_and_keep_ties_together():
    assert shades([]).tolist() == []
    assert set(shades(np.arange(800))) == set(range(SHADES))
    assert np.bincount(shades(np.arange(800))).tolist() == [100] * SHADES
    tied = shades([1, 1, 1, 1, 1, 1, 1, 500])
    assert len(set(tied[:7].tolist())) == 1
    assert tied[7] == SHADES - 1


def test_a_choice_is_taken_over():
    pick = {"clicked": 3.0, "selected": [], "view": {"x": 1, "y": 2.5, "zoom": 4}, "frame": 7, "identity": "5"}
    assert parse_pick(pick, 5, "5") == PointMapState(3, (), View(1.0, 2.5, 4.0), 7)
    assert parse_pick({"selected": [4, 2, 2.0, 0]}, 5) == PointMapState(selected=(0, 2, 4))


@pytest.mark.parametrize(
    "pick",
    [
        {},
        {"clicked": 5},
        {"clicked": -1},
        {"clicked": 1.5},
        {"clicked": True},
        {"clicked": "1"},
        {"clicked": math.nan},
        {"clicked": math.inf},
        {"selected": "0123"},
        {"selected": [5, -1, None, "1", [2], math.inf]},
        {"view": [1, 2, 3], "frame": -1},
        {"view": {"x": "0", "y": 0, "zoom": 1}},
        {"view": {"x": math.nan, "y": 0, "zoom": 1}},
    ],
)
def test_what_makes_no_sense_is_no_choice(pick):
    assert parse_pick(pick, 5) == PointMapState()


def test_a_choice_among_other_points_is_none_among_these():
    assert parse_pick({"clicked": 1, "identity": "9-abc"}, 5, "5-def") == PointMapState()


def test_a_new_instance_takes_up_the_standing_choice():
    assert restore_options(PointMapState()) == {"clicked": None, "selected": [], "view": None}
    state = PointMapState(None, (1, 2), View(0.0, 1.0, 2.0))
    assert restore_options(state) == {"clicked": None, "selected": [1, 2], "view": {"x": 0.0, "y": 1.0, "zoom": 2.0}}


def test_every_script_is_part_of_the_component():
    folder = Path(package.__file__).parent
    assert {path.stem for path in folder.glob("*.js")} == set(package._SCRIPTS)


def test_scripts_reach_for_nothing_outside_and_write_no_html():
    folder = Path(package.__file__).parent
    for path in [*folder.glob("*.js"), *folder.glob("*.css"), *folder.glob("*.html")]:
        text = path.read_text("utf-8")
        for word in ("http:", "https:", "innerHTML", "outerHTML", "eval(", "fetch(", "import ", "document.write"):
            assert word not in text, f"{path.name} contains {word}"


@pytest.mark.parametrize("query", [{}, {"n": "0"}, {"n": "1"}, {"n": "50", "frames": "4"}, {"palette": "sequential"}])
def test_a_page_with_a_map_runs(query):
    app = AppTest.from_file(str(APP), default_timeout=30)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
