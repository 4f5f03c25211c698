"""A map as a picture: drawn with Pillow, since plotly's PNG needs a browser on the user's machine."""

from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from core.errors import FormatError
from core.figures.labels import label_order
from core.figures.map_data import DARK, LIGHT, MapData, Theme

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

__all__ = ["map_png"]

SHARP = 2  # drawn twice as large and scaled down: Pillow's circles have no soft edge of their own
MARGIN = 48
MOST_LABELS = 160
Box = tuple[float, float, float, float]
Font: TypeAlias = "ImageFont.FreeTypeFont | ImageFont.ImageFont"
# Found where the system has them; together they know most scripts. The font inside Pillow knows the Latin ones.
FONTS = (
    "DejaVuSans.ttf", "NotoSans-Regular.ttf", "NotoSansCJK-Regular.ttc", "NotoSansDevanagari-Regular.ttf",
    "arial.ttf", "Arial Unicode.ttf", "msyh.ttc", "meiryo.ttc", "malgun.ttf", "Nirmala.ttc", "PingFang.ttc",
    "Hiragino Sans GB.ttc", "wqy-microhei.ttc", "DroidSansFallbackFull.ttf",
)  # fmt: skip
NO_LETTER = "\uffff"
JOINERS = "\u200c\u200d"


def map_png(data: MapData, *, dark: bool = False, width: int = 1600, height: int = 1000) -> bytes:
    """Draw a two-dimensional map.

    Args:
        data: the map; three-dimensional positions are refused.
        dark: on a dark ground.
        width: of the picture, in pixels.
        height: of the picture, in pixels.

    Returns:
        The bytes of a PNG file.

    Raises:
        FormatError: the map has three dimensions.
    """
    from PIL import Image, ImageDraw

    if data.positions.ndim != 2 or data.positions.shape[1] != 2:
        raise FormatError("A picture shows two dimensions; save a map in three as HTML.")
    theme = DARK if dark else LIGHT
    image = Image.new("RGB", (width * SHARP, height * SHARP), theme.ground)
    places = _places(data, width * SHARP, height * SHARP)
    _points(image, data, places, theme)
    image = image.resize((width, height), Image.Resampling.LANCZOS)
    draw = ImageDraw.Draw(image)
    _labels(draw, data, places / SHARP, theme, (width, height))
    if data.caption:
        draw.text((16, height - 26), data.caption, font=_font_for(data.caption, 13), fill=theme.muted)
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _places(data: MapData, width: int, height: int) -> np.ndarray:
    """Positions in pixels, the map's shape kept, y upwards."""
    if not len(data.words):
        return np.zeros((0, 2))
    low, high = data.positions.min(axis=0), data.positions.max(axis=0)
    inner = np.array([width, height]) - 2 * MARGIN * SHARP
    scale = float(np.min(inner / np.maximum(high - low, 1e-9)))
    centred = (data.positions - (low + high) / 2) * scale * np.array([1, -1])
    return np.asarray(centred + np.array([width, height]) / 2)


def _points(image: "Image.Image", data: MapData, places: np.ndarray, theme: Theme) -> None:
    from PIL import Image, ImageDraw

    layer = Image.new("RGBA", image.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    # The more words, the smaller their points, so that dense regions keep their grain.
    crowd = float(np.clip(np.sqrt(1500 / max(1, len(data.words))), 0.4, 1.2))
    radii = (1.8 + 4.2 * data.sizes()) * crowd * SHARP
    colours = data.colours(theme)
    # Rare words first, so that frequent ones lie on top.
    for i in range(len(data.words) - 1, -1, -1):
        (x, y), radius = places[i], float(radii[i])
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=f"{colours[i]}A0")
    image.paste(layer, (0, 0), layer)


def _labels(
    draw: "ImageDraw.ImageDraw", data: MapData, places: np.ndarray, theme: Theme, size: tuple[int, int]
) -> None:
    taken: list[Box] = []
    for name, centre in data.centres():
        nearest = int(np.argmin(((data.positions - centre) ** 2).sum(axis=1)))
        _write(draw, name, places[nearest], 22, theme, taken, size, centred=True)
    for i in label_order(data.words, data.counts)[:MOST_LABELS]:
        _write(draw, data.words[i], places[i], 14, theme, taken, size)


def _write(
    draw: "ImageDraw.ImageDraw",
    text: str,
    place: np.ndarray,
    height: int,
    theme: Theme,
    taken: list[Box],
    size: tuple[int, int],
    centred: bool = False,
) -> None:
    text = "".join(char for char in text if char.isprintable() or char in JOINERS)[:40]
    font = _font_for(text, height)
    box = draw.textbbox((0, 0), text, font=font)
    wide, high = box[2] - box[0], box[3] - box[1]
    x = float(place[0]) - wide / 2 if centred else float(place[0]) + 7
    x = min(max(4.0, x), size[0] - wide - 4.0)
    y = min(max(4.0, float(place[1]) - high / 2), size[1] - high - 30.0)
    spot = (x - 2, y - 2, x + wide + 2, y + high + 2)
    if any(spot[0] < b[2] and b[0] < spot[2] and spot[1] < b[3] and b[1] < spot[3] for b in taken):
        return
    taken.append(spot)
    draw.text((x - box[0], y - box[1]), text, font=font, fill=theme.text, stroke_width=2, stroke_fill=theme.ground)


def _font_for(text: str, size: int) -> Font:
    """The first font that has a shape for every letter of `text`; the first of all where none has."""
    fonts = _fonts(size)
    return next((font for font in fonts if all(_has(font, char) for char in text if char not in JOINERS)), fonts[0])


@lru_cache(maxsize=8)
def _fonts(size: int) -> list[Font]:
    from PIL import ImageFont

    found: list[Font] = []
    for name in FONTS:
        try:
            found.append(ImageFont.truetype(name, size))
        except OSError:
            continue
    return [*found, ImageFont.load_default(size)]


@lru_cache(maxsize=20_000)
def _has(font: Font, char: str) -> bool:
    """Whether the font draws this letter otherwise than one that no font has."""
    return char.isspace() or bytes(font.getmask(char)) != bytes(font.getmask(NO_LETTER))
