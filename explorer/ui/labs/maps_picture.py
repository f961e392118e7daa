"""Feature maps as a picture file: the rows that the page shows, a square of pixels for each value."""

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from explorer.outputs.palette import Palette
from explorer.runs.probes.pictures import BlockView, FeatureMaps

LARGEST_TILE = 112
"""Pixels of a map's side, about: maps are enlarged to it, so that those of all stages are equally large."""
MARGIN, HEAD = 12, 22
Colour = tuple[int, int, int]


def png(view: BlockView, order: Sequence[str], theme: Palette) -> bytes:
    """A block's tensors below one another in `order`, each under its name, on one scale symmetric about 0."""
    shown = [each for name in order for each in view.tensors if each.name == name and each.channels]
    reach = max((max(abs(each.lowest), abs(each.highest)) for each in shown), default=1.0) or 1.0
    rows = [_row(each, reach, theme) for each in shown]
    width = max((row.width for row in rows), default=0) + 2 * MARGIN
    height = sum(row.height + HEAD for row in rows) + HEAD + 2 * MARGIN
    sheet = Image.new("RGB", (width, height), theme.background)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    pen.text((MARGIN, MARGIN), f"{view.block}, shortcut: {view.shortcut}", theme.text, font)
    top = MARGIN + HEAD
    for maps, row in zip(shown, rows, strict=True):
        pen.text((MARGIN, top), f"{maps.name}   ±{reach:.2f}, deviation {maps.deviation:.2f}", theme.text, font)
        sheet.paste(row, (MARGIN, top + HEAD - 4))
        top += row.height + HEAD
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


def _row(maps: FeatureMaps, reach: float, theme: Palette) -> Image.Image:
    """The channels side by side with a gap of the ground's colour between two."""
    size = max(1, LARGEST_TILE // max(maps.height, maps.width))
    pixels = [shades(np.array(maps.values(place)), reach, theme) for place in range(len(maps.channels))]
    row = Image.new("RGB", (len(pixels) * (maps.width * size + 4), maps.height * size + 4), theme.background)
    for place, each in enumerate(pixels):
        tile = Image.fromarray(each).resize((maps.width * size, maps.height * size), Image.Resampling.NEAREST)
        row.paste(tile, (place * (maps.width * size + 4), 0))
    return row


def shades(values: "NDArray[np.float64]", reach: float, theme: Palette) -> "NDArray[np.uint8]":
    """Values of `(height, width)` as colours of the diverging scale from -`reach` to `reach`, `(height, width, 3)`."""
    stops = np.array([_rgb(colour) for colour in theme.diverging], dtype=float)
    places = (np.clip(values / reach, -1, 1) + 1) / 2 * (len(stops) - 1)
    mixed = [np.interp(places, range(len(stops)), stops[:, part]) for part in range(3)]
    return np.stack(mixed, axis=-1).round().astype(np.uint8)


def _rgb(colour: str) -> Colour:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return red, green, blue
