"""A map as a picture: drawn with Pillow, since plotly's PNG needs a browser on the user's machine."""

from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from core.errors import FormatError
from core.figures.map_data import DARK, LIGHT, MapData, Theme

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

__all__ = ["map_png"]

SHARP = 2  # drawn twice as large and scaled down: Pillow's circles have no soft edge of their own
MARGIN = 48
MOST_LABELS = 160
Box = tuple[float, float, float, float]


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
        draw.text((16, height - 26), data.caption, font=_font(13), fill=theme.muted)
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
    radii = (2.0 + 4.0 * data.sizes()) * SHARP
    colours = data.colours(theme)
    # Rare words first, so that frequent ones lie on top.
    for i in range(len(data.words) - 1, -1, -1):
        (x, y), radius = places[i], float(radii[i])
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=f"{colours[i]}B4")
    image.paste(layer, (0, 0), layer)


def _labels(
    draw: "ImageDraw.ImageDraw", data: MapData, places: np.ndarray, theme: Theme, size: tuple[int, int]
) -> None:
    taken: list[Box] = []
    for name, centre in data.centres():
        nearest = int(np.argmin(((data.positions - centre) ** 2).sum(axis=1)))
        _write(draw, name, places[nearest], _font(22), theme, theme.text, taken, size, centred=True)
    colours = data.colours(theme)
    for i in range(min(MOST_LABELS, len(data.words))):
        _write(draw, data.words[i], places[i], _font(14), theme, colours[i], taken, size)


def _write(  # noqa: PLR0913, PLR0917 - a label is where, what, how and what it must not touch
    draw: "ImageDraw.ImageDraw",
    text: str,
    place: np.ndarray,
    font: "ImageFont.FreeTypeFont | ImageFont.ImageFont",
    theme: Theme,
    colour: str,
    taken: list[Box],
    size: tuple[int, int],
    centred: bool = False,
) -> None:
    text = "".join(char for char in text if char.isprintable())[:40]
    box = draw.textbbox((0, 0), text, font=font)
    wide, high = box[2] - box[0], box[3] - box[1]
    x = float(place[0]) - wide / 2 if centred else float(place[0]) + 7
    x = min(max(4.0, x), size[0] - wide - 4.0)
    y = min(max(4.0, float(place[1]) - high / 2), size[1] - high - 30.0)
    spot = (x - 2, y - 2, x + wide + 2, y + high + 2)
    if any(spot[0] < b[2] and b[0] < spot[2] and spot[1] < b[3] and b[1] < spot[3] for b in taken):
        return
    taken.append(spot)
    draw.text((x - box[0], y - box[1]), text, font=font, fill=colour, stroke_width=2, stroke_fill=theme.ground)


@lru_cache(maxsize=8)
def _font(size: int) -> "ImageFont.FreeTypeFont | ImageFont.ImageFont":
    from PIL import ImageFont

    # DejaVu, where the system has it, knows more scripts than the font inside Pillow.
    for name in ("DejaVuSans.ttf", "Arial Unicode.ttf", "arial.ttf"):
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)
