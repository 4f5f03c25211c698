"""Figures: the right size, every word as text, nothing that a browser would run."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from core.errors import FormatError
from core.figures.map_data import LIGHT, MapData
from core.figures.map_plotly import map_figure, map_html
from core.figures.map_png import map_png
from core.figures.text import hover

HOSTILE = [
    "king",
    "<script>alert(1)</script>",
    "<b>bold</b>",
    "a&b",
    '"quoted"',
    "</script><img src=x onerror=alert(1)>",
]


def data(dimensions: int = 2, words: int = 6) -> MapData:
    rng = np.random.default_rng(1)
    return MapData(
        words=(HOSTILE * (words // 6 + 1))[:words],
        positions=rng.normal(size=(words, dimensions)).astype(np.float32),
        counts=np.arange(words, 0, -1),
        clusters=np.arange(words) % 2,
        names=["<i>one</i>", "two"],
        caption="corpus 1a2b <u>x</u>",
    )


def test_sizes_follow_the_logarithm_of_the_counts() -> None:
    figure = MapData(["a", "b", "c"], np.zeros((3, 2), np.float32), np.array([99, 9, 0]))
    # log(100), log(10), log(1) scaled to 0 … 1
    np.testing.assert_allclose(figure.sizes(), [1.0, 0.5, 0.0], atol=1e-9)


def test_cluster_names_stand_at_the_median() -> None:
    positions = np.array([[0, 0], [2, 2], [100, 4], [7, 7]], np.float32)
    figure = MapData(list("abcd"), positions, np.ones(4, np.int64), np.array([0, 0, 0, 1]), ["first", ""])
    ((name, centre),) = figure.centres()
    assert name == "first"
    assert centre.tolist() == [2, 2]


@pytest.mark.parametrize("dark", [False, True])
def test_png_has_the_size_asked_for_and_points_in_the_palette(dark: bool) -> None:
    image = Image.open(BytesIO(map_png(data(words=60), dark=dark, width=640, height=400)))
    assert image.size == (640, 400)
    assert image.format == "PNG"
    ground = image.getpixel((1, 1))
    assert ground == ((23, 26, 44) if dark else (245, 246, 250))
    assert sum(count for count, colour in image.getcolors(1_000_000) if colour != ground) > 500


def test_png_of_three_dimensions_is_refused() -> None:
    with pytest.raises(FormatError, match="two dimensions"):
        map_png(data(3))


@pytest.mark.parametrize("dimensions", [2, 3])
def test_html_holds_words_as_text_only_and_needs_no_network(dimensions: int) -> None:
    page = map_html(data(dimensions))
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert 'src="http' not in page
    assert "king" in page


def test_figure_escapes_names_and_captions() -> None:
    figure = map_figure(data())
    assert {trace.name for trace in figure.data} == {"&lt;i&gt;one&lt;/i&gt;", "two"}
    assert figure.data[0].marker.color == LIGHT.palette[0]
    assert "&lt;u&gt;" in figure.layout.annotations[0].text


def test_hover_cuts_and_escapes() -> None:
    assert hover("<b>") == "&lt;b&gt;"
    assert hover("x" * 100) == "x" * 79 + "…"


def test_a_font_is_chosen_by_the_letters_of_a_word() -> None:
    from core.figures.map_png import _font_for, _fonts, _has

    latin = _font_for("naïve", 14)
    assert all(_has(latin, char) for char in "naïve")
    # No font draws a private letter: the first font is taken, and the picture is drawn all the same.
    assert _font_for("\ue123\ufffe", 14) == _fonts(14)[0]


def test_png_of_nothing_and_of_one_point() -> None:
    for words in (0, 1):
        positions = np.zeros((words, 2), np.float32)
        picture = map_png(MapData(["a"] * words, positions, np.ones(words, np.int64)), width=300, height=200)
        assert Image.open(BytesIO(picture)).size == (300, 200)
